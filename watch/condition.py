"""How a source is, in plain words for the operator: one sentence, the most pressing thing first.

Whether it is silent, or its pages have stopped yielding, is judged in one place, by the looks of `goodturn watch`
(rules_silent.py, rules_barren.py): here stands what the alarm says.
"""

from datetime import datetime, timedelta

from storage.health import Health
from storage.schedule import EVERYTHING
from storage.sources import TAKEN_DOWN

PLAIN = {
    "status 401": "it wants a password (401)",
    "status 403": "its server refuses us (403)",
    "status 404": "not found (404)",
    "status 410": "gone for good (410)",
    "status 429": "its server has had enough of us for now (429)",
    "status 500": "its server is out of order (500)",
    "status 502": "its server is out of order (502)",
    "status 503": "its server is out of order or busy (503)",
    "robots.txt": "its robots.txt asks us to keep out",
    "time-out": "it did not answer in time",
    "connection refused": "nobody answers at its address",
    "its host is unknown": "its host's name is unknown: is it spelled right?",
    "no body": "its answer is empty",
}
DAY = timedelta(days=1)
MANY = 4  # pages, from which on it is no accident that nothing could be read


def words(source: Health, now: datetime) -> str:
    """What an operator should know of a source; "" where all is well."""
    return next(filter(None, (says(source, now) for says in CONDITIONS)), "")


def is_stopped(source: Health, now: datetime) -> str:
    if not source.stopped:
        return ""
    if source.stopped.startswith(TAKEN_DOWN):
        return f"stopped: {source.stopped}; it is never asked unless 'goodturn takedown --lift' ends that"
    return f"stopped: {source.stopped}; 'goodturn collect --source {source.address}' tries it again"


def fails(source: Health, now: datetime) -> str:
    if not source.failures:
        return ""
    times = "once" if source.failures == 1 else f"{source.failures} times in a row"
    reason = source.last_reason.removeprefix("robots.txt: ")
    why = PLAIN.get(reason) or reason or source.last_outcome
    since = f"last well on {source.last_success:%Y-%m-%d}" if source.last_success else "never well"
    return f"failed {times}, {since}: {why}"


def has_moved(source: Health, now: datetime) -> str:
    return f"moved for good: write {source.moved} into its line" if source.moved else ""


def is_strange(source: Health, now: datetime) -> str:
    return source.strange


def leads_nowhere(source: Health, now: datetime) -> str:
    if source.last_success is None or source.pages > 1 or source.waiting:
        return ""
    if source.last_reason == "it says nofollow":
        return "fetched, but it says nofollow: its site does not want its links to be followed"
    return "fetched, but it led to no article; is 'kind=' right?"


def has_spent_all(source: Health, now: datetime) -> str:
    if source.spent < source.budget or not source.waiting:
        return ""
    return f"its budget of {source.budget} pages is spent; {source.waiting} wait for its next turn"


def brings_nothing(source: Health, now: datetime) -> str:
    if source.pages < MANY or source.read or source.unread or source.waiting:
        return ""
    return f"none of its {source.pages - 1} articles could be read; 'goodturn explain' says of one why"


def is_paused(source: Health, now: datetime) -> str:
    if source.paused is None or not source.paused.holds(now):
        return ""
    pause, all_of_it = source.paused, source.paused.what == EVERYTHING
    until = f" until {pause.until:%Y-%m-%d %H:%M} UTC" if pause.until else ""
    why = f" ({pause.note})" if pause.note else ""
    whose = "paused with all sources" if all_of_it else "paused"
    ends = "goodturn resume" if all_of_it else f"goodturn resume {source.address}"
    return f"{whose} by {pause.who} on {pause.since:%Y-%m-%d}{until}{why}; '{ends}' ends that"


CONDITIONS = (is_stopped, is_paused, fails, has_moved, is_strange, leads_nowhere, brings_nothing, has_spent_all)


def span(time: timedelta) -> str:
    """A length of time as people say it."""
    for unit, name in ((DAY, "days"), (timedelta(hours=1), "hours")):
        if time >= 2 * unit:
            return f"{round(time / unit)} {name}"
    minutes = max(round(time / timedelta(minutes=1)), 1)
    return "1 minute" if minutes == 1 else f"{minutes} minutes"


def until(moment: datetime | None, now: datetime) -> str:
    """How far a moment is from now: `3 hours ago`, `in 2 days`, `now`; "" for none."""
    if moment is None:
        return ""
    return (
        f"{span(now - moment)} ago"
        if moment <= now - timedelta(minutes=1)
        else ("now" if moment <= now else f"in {span(moment - now)}")
    )
