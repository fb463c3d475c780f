"""A year of made-up sources, replayed through the rules for alarms: how often they cry wolf, and how soon they see it.

    python -m bench.alarms [--sources 220] [--seeds 3001 3002 3003] [--only tuned|held-out]

Two years are made up for each source, of which the first is its past and the second is replayed day by day through the
real rules, and through the table of alarms. A source has one of the temperaments below; they share outages of an hour
and two weekends without network. At a moment of the second year most get a fault, planted: it goes silent, its pages
lose their text or their comments, or it fails. What is opened before is false, but for what the outages brought.

How soon is told in two measures. In mean gaps: the mean time between two days with news in the past year. And in the
source's own expected intervals: the longest it went without what the fault takes away (news; pages with text; with
comments) in the past 400 days, two days at least, as days are counted and not hours.

The rules were tuned on the seeds 1 to 7 and the temperaments that TUNED names; HELD_OUT and all other seeds were left
aside. Of sources of which fewer than a quarter of the posts had comments, loss of these is not asked for.
"""

import argparse
import random
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from math import exp, sin, tau
from statistics import median

from storage.alarms import Alarm, Kind, recent, settle
from storage.database import connect
from storage.history import Day, Past
from watch.alarms import CALM
from watch.rules import of_sources

BEGIN = datetime(2024, 3, 1, tzinfo=UTC)
WARM, YEARS = 365, 730  # days: the past, and all of it
A_DAY = timedelta(days=1)
RIPE = 4  # days after which all comments are there
FRIDAY = 4
HOLIDAYS = 0.04  # of workdays
TALKED = 0.25  # the share of posts with comments, from which on their loss is to be found
STAYS = 150  # days after its fault for which a source is looked at
UNLIMITED = 10**6


class Fault(StrEnum):
    """What is planted."""

    SILENT = "goes silent"
    TEXT = "text gone"
    COMMENTS = "comments gone"
    FAILS = "fails"


KIND = {Fault.SILENT: Kind.SILENT, Fault.TEXT: Kind.BARREN, Fault.COMMENTS: Kind.BARREN, Fault.FAILS: Kind.FAILING}


TRIES = (0, 0.007, 0.035, 0.15, 0.6, 2.4, 9.5, 38)  # days after its first failure at which a source is asked again
Span = tuple[float, float]
Temper = Callable[[random.Random], Iterator[float]]


@dataclass(slots=True, kw_only=True)
class Made:
    """A made-up source: its days with news, when it was asked with success, when news came, and its fault."""

    name: str
    temper: str
    days: list[Day]
    polls: list[float]
    news: list[float]
    fault: Fault | None
    at: float
    found: float | None = None
    false: list[tuple[float, Alarm]] = field(default_factory=list)


def weekly(dice: random.Random) -> Iterator[float]:
    """A column: the same day, now and then a day late, one in forty left out."""
    for week in range(YEARS // 7):
        if dice.random() > 1 / 40:
            yield week * 7 + 0.4 + abs(dice.gauss(0, 0.4))


def monthly(dice: random.Random) -> Iterator[float]:
    """Once a month, within a week."""
    return (month * 30.4 + dice.uniform(0, 7) for month in range(24))


def workdays(dice: random.Random) -> Iterator[float]:
    """One to three a workday; bank holidays now and then."""
    for day in range(YEARS):
        if (BEGIN + day * A_DAY).weekday() <= FRIDAY and dice.random() > HOLIDAYS:
            yield from (day + dice.uniform(0.3, 0.8) for _ in range(dice.randint(1, 3)))


def chance(dice: random.Random, mean: float | None = None) -> Iterator[float]:
    """When it comes it comes: gaps of a mean between five hours and twelve days."""
    mean, at = mean or exp(dice.uniform(-1.6, 2.5)), 0.0
    while (at := at + dice.expovariate(1 / mean)) < YEARS:
        yield at


def bursty(dice: random.Random) -> Iterator[float]:
    """Some posts within days, then nothing for a week or two."""
    at = 0.0
    while at < YEARS:
        for _ in range(dice.randint(1, 6)):
            yield (at := at + dice.expovariate(1.2))
        at += dice.expovariate(1 / 9)


def slowing(dice: random.Random) -> Iterator[float]:
    """Tires: from every other day to every other week."""
    at = 0.0
    while at < YEARS:
        yield at
        at += dice.gammavariate(3, 1 / 3) * 2 * exp(2 * at / YEARS)


def resting(dice: random.Random) -> Iterator[float]:
    """Twice a week, but three to five weeks of summer, and Christmas."""
    rests = [(dice.uniform(122, 140) + 365 * year, dice.uniform(20, 35)) for year in range(2)]
    rests += [(294 + dice.uniform(-3, 3) + 365 * year, dice.uniform(10, 18)) for year in range(2)]
    return (at for at in chance(dice, 3) if not any(begin <= at < begin + long for begin, long in rests))


def heavy(dice: random.Random) -> Iterator[float]:
    """Gaps with a long tail (log-normal)."""
    at, mean = 0.0, dice.uniform(0.3, 1.2)
    while (at := at + dice.lognormvariate(mean, 0.8)) < YEARS:
        yield at


def wavy(dice: random.Random) -> Iterator[float]:
    """Busier in some months than in others, threefold."""
    at, turn = 0.0, dice.random() * 365
    while at < YEARS:
        yield at
        at += dice.expovariate(1) * 3 * exp(0.55 * sin(tau * (at + turn) / 365))


def biweekly(dice: random.Random) -> Iterator[float]:
    """Every other week, in pairs, and a few weeks off at any time of year."""
    off = [dice.uniform(0, YEARS) for _ in range(3)]
    for at in range(3, YEARS, 14):
        if not any(begin <= at < begin + 21 for begin in off):
            yield from (at + dice.uniform(0, 2), at + dice.uniform(0, 2))


def paper(dice: random.Random) -> Iterator[float]:
    """Ten to thirty a day, half at weekends."""
    for day in range(YEARS):
        many = dice.randint(10, 30) // (2 if (BEGIN + day * A_DAY).weekday() > FRIDAY else 1)
        yield from (day + dice.random() for _ in range(many))


TUNED: tuple[Temper, ...] = (
    weekly,
    workdays,
    chance,
    bursty,
    slowing,
    resting,
)
HELD_OUT: tuple[Temper, ...] = (monthly, heavy, wavy, biweekly, paper)
EVERY = TUNED + HELD_OUT


def made(
    number: int, dice: random.Random, tempers: Sequence[Temper], outages: Sequence[Span], fault: Fault | None
) -> Made:
    """A source of a temperament, with its fault at a moment of its second year."""
    temper = tempers[number % len(tempers)]
    at = dice.uniform(WARM + 20, YEARS - 100) if fault else UNLIMITED
    at += 0 if _is_up(at, outages) else 3  # what happens while nobody can look is seen later
    wait, texts, talks = dice.uniform(0.1, 0.9), dice.choice((1, 0.98, 0.9)), dice.choice((0.05, 0.4, 0.7, 0.95))
    polls = [poll for n in range(int(YEARS / wait)) if _is_up(poll := (n + dice.random() / 4) * wait, outages)]
    if fault is Fault.FAILS:
        polls = [poll for poll in polls if poll < at]
    counts: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    news = []
    for post in temper(dice):
        if post >= YEARS or (fault is Fault.SILENT and post >= at) or (seen := bisect(polls, post)) == len(polls):
            continue
        is_text = dice.random() < texts and not (fault is Fault.TEXT and post >= at)
        is_talked = is_text and dice.random() < talks and not (fault is Fault.COMMENTS and post >= at)
        news.append(polls[seen])
        count = counts[int(polls[seen])]
        count[0], count[1], count[2] = count[0] + 1, count[1] + is_text, count[2] + is_talked
    days = [Day(day=_date(day), new=n, judged=n, texts=t, talked=c) for day, (n, t, c) in sorted(counts.items())]
    name = f"http://{temper.__name__}{number}.example/"
    return Made(name=name, temper=temper.__name__, days=days, polls=polls, news=sorted(news), fault=fault, at=at)


def past(source: Made, at: float, outages: Sequence[Span]) -> Past:
    """What is known of a source at a moment."""
    asked = source.polls[bisect(source.polls, at) - 1]
    new = source.news[bisect(source.news, at) - 1]
    begun = [begin for begin, end in outages if begin <= at < end]
    if source.fault is Fault.FAILS and at > source.at:
        begun.append(source.at + 0.2)
    failing = max(min(begun), asked) if begun else None
    failures = bisect(TRIES, at - failing) if failing else 0
    return Past(
        address=source.name,
        days=source.days[
            bisect(source.days, _date(int(new) - 400), key=_day) : bisect(source.days, _date(int(at)), key=_day)
        ],
        last_started=_moment(failing + TRIES[failures - 1] if failing and failures else asked),
        last_success=_moment(asked),
        last_new=_moment(new),
        fails=failures > 0,
        failures=failures,
        failing_since=_moment(failing) if failing else None,
    )


def replay(sources: Sequence[Made], outages: Sequence[Span], step: float) -> None:
    """Look at the sources through their second year; each keeps what was said of it falsely, and when its fault was
    found. With that it leaves the replay, or STAYS days after it."""
    db, known, here, back = connect(), 0, list(sources), None
    at = float(WARM)
    while at < YEARS and here:
        now = _moment(at)
        found = of_sources([past(source, at, outages) for source in here], now, back)
        settle(db, found, list(Kind), now, CALM)
        opened = [alarm for alarm in recent(db, now) if alarm.number > known]
        for alarm in opened:
            known = max(known, alarm.number)
            _note(here, alarm, at)
        if any(alarm.kind is Kind.NETWORK and alarm.over for alarm in recent(db, now)):
            back = now
        here = [source for source in here if source.found is None and at < source.at + STAYS]
        at += step
    db.close()


def _note(sources: Sequence[Made], alarm: Alarm, at: float) -> None:
    for source in sources:
        if source.name == alarm.subject:
            if source.fault and at >= source.at and KIND[source.fault] is alarm.kind:
                source.found = at
            else:
                source.false.append((at, alarm))


def interval(source: Made) -> float:
    """The expected interval of what a fault took away, in days: the longest it was missing in the 400 days before."""
    what = {Fault.TEXT: "texts", Fault.COMMENTS: "talked"}.get(source.fault or Fault.SILENT, "new")
    days = [day.day for day in source.days if getattr(day, what) and _date(int(source.at) - 400) <= day.day]
    days = [day for day in days if day <= _date(int(source.at))]
    longest = max(((end - begin).days for begin, end in pairwise(days)), default=YEARS)
    return max(longest, 2) + (RIPE if what == "talked" else 0)


def mean_gap(source: Made) -> float:
    """The mean time between two days with news in the year before the fault."""
    days = [day for day in source.days if _date(int(source.at) - 365) <= day.day <= _date(int(source.at))]
    return 365 / max(len(days), 1)


def weekends(dice: random.Random) -> list[Span]:
    """When the network is gone: for an hour now and then, and for two weekends of each year."""
    hours = [(at, at + 1 / 24) for at in (dice.uniform(0, YEARS) for _ in range(20))]
    return sorted([*hours, *((at, at + 2.5) for at in (100.7, 254.7, 471.7, 604.7))])


def _is_up(at: float, outages: Sequence[Span]) -> bool:
    return not any(begin <= at < end for begin, end in outages)


def _moment(at: float) -> datetime:
    return BEGIN + at * A_DAY


def _date(day: int) -> date:
    return (BEGIN + day * A_DAY).date()


def _day(day: Day) -> date:
    return day.day


def year(seed: int, sources: int, tempers: Sequence[Temper] = EVERY, step: float = 0.5) -> list[Made]:
    """A replayed year of so many sources."""
    dice = random.Random(seed)
    outages = weekends(dice)
    faults = [*Fault, None]
    all_ = [
        made(n, random.Random(seed * 10_000 + n), tempers, outages, faults[(n // len(tempers)) % 5])
        for n in range(sources)
    ]
    replay(all_, outages, step)
    return all_


def source_weeks(sources: Sequence[Made]) -> float:
    """Weeks of the replay in which nothing was wrong with a source."""
    return sum(min(source.at, YEARS) - WARM for source in sources) / 7


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=int, default=220)
    parser.add_argument("--seeds", type=int, nargs="*", default=[3001, 3002, 3003])
    parser.add_argument("--only", choices=("tuned", "held-out"))
    given = parser.parse_args()
    tempers = {"tuned": TUNED, "held-out": HELD_OUT}.get(given.only, EVERY)
    sources = [source for seed in given.seeds for source in year(seed, given.sources, tempers)]
    weeks = source_weeks(sources)
    false = [(source, alarm) for source in sources for at, alarm in source.false if at < source.at]
    rate = 100 * len(false) / weeks
    print(f"{len(sources)} sources, {weeks:.0f} source-weeks, {len(false)} false alarms: {rate:.2f} in 100 weeks")
    for temper in tempers:
        mine = [source for source in sources if source.temper == temper.__name__]
        kinds = Counter(alarm.kind.value for source, alarm in false if source.temper == temper.__name__)
        print(f"  {temper.__name__:10} {100 * kinds.total() / source_weeks(mine):5.2f}  {dict(kinds) or ''}")
    print("fault          planted  found  within two intervals   median days  intervals  mean gaps   worst intervals")
    for fault in Fault:
        mine = [source for source in sources if source.fault is fault]
        if fault is Fault.COMMENTS:
            mine = [s for s in mine if _share(s) >= TALKED]
        waits = [(s.found - s.at if s.found else UNLIMITED, interval(s), mean_gap(s)) for s in mine]
        in_time = sum(wait <= 2 * expected for wait, expected, _ in waits)
        seen = [w for w in waits if w[0] < UNLIMITED]
        print(
            f"{fault.value:15} {len(mine):6} {len(seen):6} {in_time:6} ({in_time / len(mine):.0%})"
            f" {median(w for w, _, _ in waits):18.1f} {median(w / e for w, e, _ in waits):10.2f}"
            f" {median(w / g for w, _, g in waits):10.1f} {max(w / e for w, e, _ in waits):10.2f}"
        )


def _share(source: Made) -> float:
    days = [day for day in source.days if day.day < _date(int(source.at))]
    return sum(day.talked for day in days) / sum(day.texts for day in days)


if __name__ == "__main__":
    main()
