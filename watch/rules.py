"""What is wrong with the sources, by their pasts. Pure: pasts and a moment in, findings out.

A source fails when its own address has failed three times in a row over half a day: an hour's outage, or a night's,
is the web's weather. Where half of the sources fail, and none has succeeded for an hour, that is one finding about
this machine's network, not many about sources; and what began to fail then, or in the day before that was noticed, is
held against no source: it counts from when the network was back. A source that was stopped by its site, or has moved,
is found at once; one that was taken down is not, as that was the operator's own doing. Silence and barren pages are
looked for in rules_silent.py and rules_barren.py, of sources that do not fail.

Sources that are removed or paused are not handed in, so that what was found of them is over.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from storage.alarms import Finding, Kind
from storage.history import Past
from storage.sources import TAKEN_DOWN
from watch.condition import PLAIN, span
from watch.rules_barren import barren
from watch.rules_silent import silent

FAILURES = 3  # in a row
FAILING = timedelta(hours=12)
FEWEST = 3  # sources, below which their failing says nothing about the network
SHARE = 0.5  # of all sources: those that are asked once a day have not seen it yet
UNREACHED = timedelta(hours=1)
UNNOTICED = timedelta(days=1)  # for which the network may be gone before half of the sources have failed
Outage = tuple[datetime, datetime]


def of_sources(pasts: Sequence[Past], now: datetime, gone: Outage | None = None) -> list[Finding]:
    """All that is wrong with these sources. `gone`: since when and until when the network last was, as was noticed."""
    cut_off = network(pasts, now)
    found = [cut_off] if cut_off else []
    for past in pasts:
        found += of_source(past, now, gone, reached=cut_off is None)
    return found


def of_source(past: Past, now: datetime, gone: Outage | None = None, *, reached: bool = True) -> list[Finding]:
    """What is wrong with a source. `reached` is false while the network is gone: then it cannot be seen to fail."""
    if past.stopped:
        return [] if past.stopped.startswith(TAKEN_DOWN) else [_finding(Kind.STOPPED, past, f"stopped: {past.stopped}")]
    if past.fails:
        failure = failing(past, now, gone) if reached else None
        return [failure] if failure else []
    found = [silent(past, now), barren(past, now)]
    if past.moved:
        found.append(_finding(Kind.MOVED, past, f"moved for good: write {past.moved} into its line"))
    return [each for each in found if each]


def failing(past: Past, now: datetime, gone: Outage | None = None) -> Finding | None:
    """The failing of a source that is no weather."""
    since = past.failing_since
    if since is None or past.failures < FAILURES or past.last_started is None:
        return None
    if gone and gone[0] - UNNOTICED <= since <= gone[1]:
        if past.last_started <= gone[1]:  # not asked since
            return None
        since = gone[1]
    if now - since < FAILING:
        return None
    reason = past.last_reason.removeprefix("robots.txt: ")
    well = f"last well on {past.last_success:%Y-%m-%d}" if past.last_success else "never well"
    said = f"failed {past.failures} times in a row, {well}: {PLAIN.get(reason) or reason or 'no reason was given'}"
    return _finding(Kind.FAILING, past, said)


def network(pasts: Sequence[Past], now: datetime) -> Finding | None:
    """Whether the machine is cut off: many sources fail, and none succeeds."""
    asked = [past for past in pasts if past.last_started and not past.stopped]
    fail = [past for past in asked if past.fails]
    if len(asked) < FEWEST or len(fail) < SHARE * len(asked):
        return None
    last = max((past.last_success for past in pasts if past.last_success), default=None)
    if last and now - last < UNREACHED:
        return None
    since = f"; the last success was {span(now - last)} ago" if last else ""
    said = f"{len(fail)} of {len(asked)} sources fail{since}: is this machine on the network?"
    return Finding(kind=Kind.NETWORK, said=said)


def _finding(kind: Kind, past: Past, said: str) -> Finding:
    return Finding(kind=kind, subject=past.address, said=said)
