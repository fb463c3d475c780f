"""Made-up sources for the replay of bench/alarms.py: what each brings, when it was asked, what goes wrong with it, and
what is expected of it.

Of one in seven the first year is missing: they were added in the second, with the posts of the days before, as a feed
has them. Of half of them the share of posts with comments rises and falls by a third in the course of the year.
"""

import random
from bisect import bisect
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise
from math import ceil, log, sin, tau

from bench.alarm_tempers import A_DAY, BEGIN, END, YEARS, Temper
from storage.alarms import Alarm, Kind
from storage.history import Day, Past

WARM = 365  # days: the past
RIPE = 4  # days after which all comments are there
STAYS = 150  # days after its fault for which a source is looked at, at least; two of its expected intervals, else
YOUNG = 0.15  # of the sources: added in the second year,
NEWS, LISTED = 45, 120  # with the posts of so many days before, of which the older ones are no news
LULL = 250  # days in which the share of posts with comments falls and rises again
USUAL, BURST = 0.01, 0.95  # the share of fetches that fail, as ever and in a burst
BURST_DAYS = 2
BUSY = 15  # fetches a day of a source that has a burst of errors, at least
UNLIMITED = 10**6
BUDGET = 0.01  # false alarms a source-week: the target
LOST = 0.98  # more than that share is not believed
TRIES = (0, 0.007, 0.035, 0.15, 0.6, 2.4, 9.5, 38)  # days after its first failure at which a source is asked again
Span = tuple[float, float]
Fetches = list[tuple[float, bool]]


class Fault(StrEnum):
    """What is planted."""

    SILENT = "goes silent"
    TEXT = "text gone"
    COMMENTS = "comments gone"
    FAILS = "fails"
    BURST = "burst of errors"


KIND = {
    Fault.SILENT: Kind.SILENT,
    Fault.TEXT: Kind.BARREN,
    Fault.COMMENTS: Kind.BARREN,
    Fault.FAILS: Kind.FAILING,
    Fault.BURST: Kind.ERRORS,
}


@dataclass(slots=True, kw_only=True)
class Made:
    """A made-up source: its days with news, when it was asked with success, when news came, and its fault."""

    name: str
    temper: str
    days: list[Day]
    polls: list[float]
    news: list[float]
    fetches: Fetches
    share: float
    begins: float
    fault: Fault | None
    at: float
    stays: float
    found: float | None = None
    false: list[tuple[float, Alarm]] = field(default_factory=list)


def made(
    number: int, dice: random.Random, tempers: Sequence[Temper], outages: Sequence[Span], fault: Fault | None
) -> Made:
    """A source of a temperament, with its fault at a moment of its second year."""
    temper = tempers[number % len(tempers)]
    begins = dice.uniform(WARM, YEARS - 120) if dice.random() < YOUNG else 0.0
    at = dice.uniform(max(WARM, begins) + 20, YEARS) if fault else UNLIMITED
    at += 0 if _is_up(at, outages) else 3  # what happens while nobody can look is seen later
    wait, texts, share = dice.uniform(0.1, 0.9), dice.choice((1, 0.98, 0.9)), dice.choice((0.05, 0.4, 0.7, 0.95))
    wanders, turn = dice.choice((0, 0.3)), dice.random()
    polls = [poll for n in range(int(END / wait)) if _is_up(poll := (n + dice.random() / 4) * wait, outages)]
    polls = [poll for poll in polls if poll >= begins and not (fault is Fault.FAILS and poll >= at)]
    counts: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    news = []
    for post in temper(dice):
        if post >= END or (fault is Fault.SILENT and post >= at) or (seen := bisect(polls, post)) == len(polls):
            continue
        talks = share * (1 + wanders * sin(tau * (post / LULL + turn)))
        is_text = dice.random() < texts and not (fault is Fault.TEXT and post >= at)
        is_talked = is_text and dice.random() < talks and not (fault is Fault.COMMENTS and post >= at)
        is_new = post >= begins - NEWS
        if not is_new and post < begins - LISTED:
            continue
        if is_new:
            news.append(polls[seen])
        count = counts[int(polls[seen])]
        for n, one in enumerate((is_new, True, is_text, is_talked)):
            count[n] += one
    fetches = sorted((each, dice.random() < USUAL) for each in (*polls, *news))
    if fault is Fault.BURST:
        fault, at, fetches = _burst(dice, fetches, at)
    days = [Day(day=date_of(day), new=n, judged=j, texts=t, talked=c) for day, (n, j, t, c) in sorted(counts.items())]
    name = f"http://{temper.__name__}{number}.example/"
    made = Made(
        name=name,
        temper=temper.__name__,
        days=days,
        polls=polls,
        news=sorted(news),
        fetches=fetches,
        share=share,
        begins=begins,
        fault=fault,
        at=at,
        stays=STAYS,
    )
    made.stays = max(STAYS, 2 * interval(made) + 2) if fault else STAYS
    return made


def _burst(dice: random.Random, fetches: Fetches, at: float) -> tuple[Fault | None, float, Fetches]:
    """The fetches with a burst of errors, unless they are too few for one."""
    if bisect(fetches, (at,)) - bisect(fetches, (at - 7,)) < BUSY * 7:
        return None, UNLIMITED, fetches
    return (
        Fault.BURST,
        at,
        [(when, dice.random() < BURST if at <= when < at + BURST_DAYS else bad) for when, bad in fetches],
    )


def past(source: Made, at: float, outages: Sequence[Span]) -> Past:
    """What is known of a source at a moment."""
    asked = source.polls[bisect(source.polls, at) - 1]
    seen = bisect(source.news, at)
    begun = [begin for begin, end in outages if begin <= at < end]
    if source.fault is Fault.FAILS and at > source.at:
        begun.append(source.at + 0.2)
    failing = max(min(begun), asked) if begun else None
    failures = bisect(TRIES, at - failing) if failing else 0
    return Past(
        address=source.name,
        days=source.days[
            bisect(source.days, date_of(int(source.news[seen - 1] if seen else at) - 800), key=_day) : bisect(
                source.days, date_of(int(at)), key=_day
            )
        ],
        last_started=moment(failing + TRIES[failures - 1] if failing and failures else asked),
        last_success=moment(asked),
        last_new=moment(source.news[seen - 1]) if seen else None,
        fails=failures > 0,
        failures=failures,
        failing_since=moment(failing) if failing else None,
    )


def interval(source: Made) -> float:
    """The expected interval of what a fault took away, in days: the longest it was missing in the 400 days before."""
    what = {Fault.TEXT: "texts", Fault.COMMENTS: "talked"}.get(source.fault or Fault.SILENT, "new")
    days = [day.day for day in source.days if getattr(day, what) and date_of(int(source.at) - 400) <= day.day]
    days = [day for day in days if day <= date_of(int(source.at))]
    longest = max(((end - begin).days for begin, end in pairwise(days)), default=WARM)
    return max(longest, 2) + (RIPE if what == "talked" else 0)


def is_possible(source: Made) -> bool:
    """Whether a test that knew the true shares, and had a false alarm in 100 source-weeks for this alone, would find
    what its pages lost within two expected intervals: it waits for a run of pages without which chance makes that
    often."""
    what = {Fault.TEXT: "texts", Fault.COMMENTS: "talked"}.get(source.fault or Fault.SILENT)
    if not what:
        return True
    before = [day for day in source.days if date_of(int(source.at) - 365) <= day.day < date_of(int(source.at))]
    asked = [(day.day, day.judged if what == "texts" else day.texts) for day in source.days]
    had, pages = (
        sum(getattr(day, what) for day in before),
        sum(n for day, n in asked if before[0].day <= day < before[-1].day),
    )
    share = min(had / max(pages, 1), LOST)
    often = pages / max((before[-1].day - before[0].day).days / 7, 1) * share
    needed = max(ceil(log(BUDGET / often) / log(1 - share)), 1) if often > BUDGET else 1
    late = date_of(int(source.at + 2 * interval(source) - (RIPE if what == "talked" else 0)))
    return sum(n for day, n in asked if date_of(int(source.at)) < day <= late) >= needed


def mean_gap(source: Made) -> float:
    """The mean time between two days with news in the year before the fault."""
    days = [day for day in source.days if date_of(int(source.at) - 365) <= day.day <= date_of(int(source.at))]
    return 365 / max(len(days), 1)


def weekends(dice: random.Random) -> list[Span]:
    """When the network is gone: for an hour now and then, and for two weekends of each year."""
    hours = [(at, at + 1 / 24) for at in (dice.uniform(0, END) for _ in range(35))]
    return sorted([*hours, *((at, at + 2.5) for at in (100.7, 254.7, 471.7, 604.7, 835.7))])


def _is_up(at: float, outages: Sequence[Span]) -> bool:
    return not any(begin <= at < end for begin, end in outages)


def moment(at: float) -> datetime:
    return BEGIN + at * A_DAY


def date_of(day: int) -> date:
    return (BEGIN + day * A_DAY).date()


def _day(day: Day) -> date:
    return day.day
