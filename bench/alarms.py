"""A year of made-up sources, replayed through the rules for alarms: how often they cry wolf, and how soon they see it.

    python -m bench.alarms [--sources 168] [--seeds 6001 6002 6003] [--only tuned|held-out]

Two years are made up for each source, of which the first is its past and the second is replayed day by day through the
real rules, and through the table of alarms. A source has one of the temperaments of bench/alarm_tempers.py; they share
outages of an hour and two weekends a year without network. At a moment of the second year most get a fault, planted:
it goes silent, its pages lose their text or their comments, it fails, or its fetches do for two days. What is opened
before is false, but for what the outages brought. After it a source is looked at for two of its intervals at least.

How soon is told in two measures. In mean gaps: the mean time between two days with news in the past year. And in the
source's own expected intervals: the longest it went without what the fault takes away (news; pages with text; with
comments) in the past 400 days, two days at least, as days are counted and not hours. `possible` are those that a test
would find in two intervals which knew the true shares and had the whole budget to itself.

The rules were tuned on the seeds 5001 to 5007 and the temperaments that TUNED names; HELD_OUT and all other seeds were
left aside. Of sources of which fewer than a quarter of the posts had comments, loss of these is not asked for.
"""

import argparse
import random
from bisect import bisect
from collections import Counter
from collections.abc import Sequence
from statistics import median

from bench.alarm_sources import (
    KIND,
    UNLIMITED,
    WARM,
    Fault,
    Made,
    Span,
    date_of,
    interval,
    is_possible,
    made,
    mean_gap,
    moment,
    past,
    weekends,
)
from bench.alarm_tempers import EVERY, HELD_OUT, TUNED, YEARS, Temper
from storage.alarms import Alarm, Finding, Kind, last, recent, settle
from storage.database import connect
from storage.history import Host
from watch import rules_machine
from watch.alarms import CALM
from watch.rules import of_sources
from watch.rules_machine import is_suspect, suspects

TALKED = 0.25  # the share of posts with comments, from which on their loss is to be found


def replay(sources: Sequence[Made], outages: Sequence[Span], step: float) -> None:
    """Look at the sources through their second year; each keeps what was said of it falsely, and when its fault was
    found. With that it leaves the replay, or `stays` days after it."""
    db, known, here, gone = connect(), 0, list(sources), None
    at = float(WARM)
    while here:
        now, asked = moment(at), [source for source in here if source.begins + 1 <= at]
        found = of_sources([past(source, at, outages) for source in asked], now, gone)
        if not any(each.kind is Kind.NETWORK for each in found):
            found += errors(asked, at)
        settle(db, found, list(Kind), now, CALM)
        opened = [alarm for alarm in recent(db, now) if alarm.number > known]
        for alarm in opened:
            known = max(known, alarm.number)
            _note(here, alarm, at)
        if outage := last(db, Kind.NETWORK):
            gone = outage.since, outage.over or now
        here = [each for each in here if each.found is None and at < (each.at + each.stays if each.fault else YEARS)]
        at += step
    db.close()


def errors(sources: Sequence[Made], at: float) -> list[Finding]:
    """What is found of the fetches of the last day."""
    lately = _hosts(sources, at - 1, at)
    suspect = is_suspect(lately) or suspects(lately)
    return rules_machine.errors(lately, _hosts(sources, at - 8, at - 1)) if suspect else []


def _hosts(sources: Sequence[Made], since: float, until: float) -> list[Host]:
    return [
        Host(
            host=source.name,
            first=moment(those[0][0]),
            last=moment(those[-1][0]),
            fetches=len(those),
            failed=sum(failed for _, failed in those),
        )
        for source in sources
        if (those := source.fetches[bisect(source.fetches, (since,)) : bisect(source.fetches, (until,))])
    ]


def _note(sources: Sequence[Made], alarm: Alarm, at: float) -> None:
    for source in sources:
        if source.name == alarm.subject:
            if source.fault and at >= source.at and KIND[source.fault] is alarm.kind:
                source.found = at
            else:
                source.false.append((at, alarm))


def year(seed: int, sources: int, tempers: Sequence[Temper] = EVERY, step: float = 0.5) -> list[Made]:
    """A replayed year of so many sources."""
    dice = random.Random(seed)
    outages = weekends(dice)
    faults = [*Fault, None]
    all_ = [
        made(n, random.Random(seed * 10_000 + n), tempers, outages, faults[(n // len(tempers)) % len(faults)])
        for n in range(sources)
    ]
    replay(all_, outages, step)
    return all_


def source_weeks(sources: Sequence[Made]) -> float:
    """Weeks of the replay in which nothing was wrong with a source."""
    return sum(max(min(source.at, YEARS) - max(WARM, source.begins), 0) for source in sources) / 7


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=int, default=168)
    parser.add_argument("--seeds", type=int, nargs="*", default=[6001, 6002, 6003])
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
    print(f"{'fault':24} planted  found  in two intervals   median days  intervals  mean gaps  at worst  possible")
    for fault in Fault:
        mine = [source for source in sources if source.fault is fault]
        if fault is Fault.COMMENTS:
            mine = [s for s in mine if _share(s) >= TALKED]
        _print(f"{fault.value}, long known", [source for source in mine if not source.begins])
        _print(f"{fault.value}, new", [source for source in mine if source.begins])


def _print(name: str, mine: Sequence[Made]) -> None:
    if mine:
        waits = [(s.found - s.at if s.found else UNLIMITED, interval(s), mean_gap(s)) for s in mine]
        in_time = sum(wait <= 2 * expected for wait, expected, _ in waits)
        seen = [w for w in waits if w[0] < UNLIMITED]
        print(
            f"{name:27} {len(mine):6} {len(seen):6} {in_time:6} ({in_time / len(mine):.0%})"
            f" {median(w for w, _, _ in waits):18.1f} {median(w / e for w, e, _ in waits):10.2f}"
            f" {median(w / g for w, _, g in waits):10.1f} {max(w / e for w, e, _ in waits):10.2f}"
            f" {sum(map(is_possible, mine)):9}"
        )


def _share(source: Made) -> float:
    days = [day for day in source.days if day.day < date_of(int(source.at))]
    return sum(day.talked for day in days) / sum(day.texts for day in days)


if __name__ == "__main__":
    main()
