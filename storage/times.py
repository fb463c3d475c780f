"""The times that an operator names: when a source is asked (`cron="0 6 * * 1-5"`), and when it is left alone
(`quiet=22:00-06:00`). All of them are UTC, so that no hour comes twice or never in the weeks when clocks change.

A cron line means what crontab(5) says, and is computed by APScheduler, whose own weekdays begin with 0 on Monday:
weekdays are handed to it by their names. A day of the month and a weekday in one line are refused, as crontab takes
the one or the other and APScheduler both. Two turns are five minutes apart at least, like those of `every=`.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from itertools import islice, pairwise, takewhile

from apscheduler.triggers.cron import CronTrigger

NONE = "none"  # as quiet hours: none, whatever the setting `quiet_hours` says
HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
EXAMPLE = 'write for instance "0 6 * * 1-5": minute, hour, day, month, weekday (0 and 7: Sunday), UTC'
NEAREST = timedelta(minutes=5)  # between two turns
LOOKED_AT = 300  # turns, within a month: a day has 288 of them at most, and what is too near is so in any day
A_MONTH = timedelta(days=32)  # or over the midnight between two that follow one another
FIELDS = 5
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CRON = re.compile(r"[0-9a-z*,/ -]+")
_WEEKDAYS = re.compile(r"(?:(\*)|([0-7])(?:-([0-7]))?)(?:/([1-7]))?")
NEVER = datetime.max.replace(tzinfo=UTC)
BEGINNING = datetime(2001, 1, 1, tzinfo=UTC)  # from which on a line's turns are looked at


class TimeError(ValueError):
    """No such times; the message says why and what to write."""


def cron(line: str) -> str:
    """A cron line as it is kept. Raises TimeError."""
    kept = " ".join(line.lower().split())
    first = next_turn(kept, BEGINNING)
    if first == NEVER:
        raise TimeError(f"'{line}' names a day that never comes; {EXAMPLE}")
    turns = islice(takewhile(lambda turn: turn < first + A_MONTH, _turns(_trigger(kept), BEGINNING)), LOOKED_AT)
    if near := next(((a, b) for a, b in pairwise(turns) if b - a < NEAREST), None):
        raise TimeError(f"'{line}' asks at {near[0]:%H:%M} and {near[1]:%H:%M}; leave 5 minutes between two turns")
    return kept


def next_turn(line: str, after: datetime) -> datetime:
    """The first turn of a cron line after a moment; never, for a line that `cron` refuses."""
    return next(_turns(_trigger(line), after), NEVER)


def quiet_until(hours: str | None, moment: datetime) -> datetime | None:
    """When the quiet hours end that a moment falls into; None where it falls into none."""
    found = HOURS.fullmatch(hours or "")
    if found is None:
        return None
    begin, end = (time(int(found[n]), int(found[n + 1])) for n in (1, 3))
    now = moment.astimezone(UTC)
    is_quiet = begin <= now.time() < end if begin < end else not end <= now.time() < begin
    over = datetime.combine(now.date(), end, UTC)
    return (over if over > now else over + timedelta(days=1)) if is_quiet else None


def awake(hours: str | None, moment: datetime) -> datetime:
    """A moment, or the end of the quiet hours that it falls into."""
    return quiet_until(hours, moment) or moment


def _turns(trigger: CronTrigger, after: datetime) -> Iterator[datetime]:
    while found := trigger.get_next_fire_time(None, after + timedelta(microseconds=1)):
        yield found
        after = found


@lru_cache(maxsize=1024)
def _trigger(line: str) -> CronTrigger:
    fields = line.split()
    try:
        if len(fields) != FIELDS or not _CRON.fullmatch(line):
            raise TimeError(f"it has not {FIELDS} fields of numbers")
        if fields[2] != "*" and fields[4] != "*":
            raise TimeError("name a day of the month or a weekday, not both")
        return CronTrigger.from_crontab(" ".join([*fields[:4], _weekdays(fields[4])]), UTC)
    except ValueError as error:
        raise TimeError(f"'{line}' is no cron line: {error}; {EXAMPLE}") from None


def _weekdays(field: str) -> str:
    """The weekdays of crontab, by their names."""
    for number, day in enumerate(DAYS[:-1]):
        field = field.replace(day, str(number))
    found: set[str] = set()
    for part in field.split(","):
        said = _WEEKDAYS.fullmatch(part)
        if said is None:
            raise TimeError(f"'{part}' is no weekday")
        first = 0 if said[1] else int(said[2])
        last = 6 if said[1] else int(said[3] or (6 if said[4] else first))
        last = 7 if last == 0 < first else last  # fri-sun
        if last < first:
            raise TimeError(f"'{part}' ends before it begins")
        found.update(DAYS[first : last + 1 : int(said[4] or 1)])
    return "*" if len(found) == len(DAYS) - 1 else ",".join(sorted(found, key=DAYS.index))
