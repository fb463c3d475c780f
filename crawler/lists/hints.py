"""When a feed's or an archive's site asks to be asked again. Pure.

Three voices are heard, and the one that asks for the longest wait counts: `Cache-Control: max-age` less `Age`, or
`Expires` less `Date` where there is no max-age (RFC 9111); RSS's `ttl`, in minutes; `sy:updatePeriod` divided by
`sy:updateFrequency`. s-maxage speaks to shared caches, and we are none; no-store and no-cache silence both headers.
Many sites say a year of their feeds as of their images, by mistake: no wait is longer than a day.

Then the moment moves to the next hour that is neither in `skipHours` nor on one of `skipDays` (all in GMT). This may
lead beyond the day: who publishes on Mondays names six days on purpose. Who names all of them is not heard.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Self
from urllib.request import parse_http_list

MOST = timedelta(days=1)  # see above
PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HOURS_OF_DAY, HOURS_OF_WEEK = 24, 7 * 24
SKIPPED = re.compile(r"<skip(?:Hours|Days)>((?:\s*<(?:hour|day)>[^<]*</(?:hour|day)>)*)", re.IGNORECASE)
HOUR = re.compile(r"<hour>\s*(\d{1,2})\s*<", re.IGNORECASE)
DAY = re.compile(r"<day>\s*(\w+)\s*<", re.IGNORECASE)
SILENT = {"no-store", "no-cache"}
MOST_DIGITS = 9  # of a number: more than any wait has; RFC 9111 lets a cache cut them


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What a feed itself says: how often it changes, and the hours (0-23) and days (0 = Monday) on which it rests."""

    every: timedelta | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()

    def __str__(self) -> str:
        """As it is stored with its feed: `3600 0,1,2 5,6`; "" where nothing is said."""
        if self == Hints():
            return ""
        seconds = int(self.every.total_seconds()) if self.every else 0
        return f"{seconds} {_listed(self.skip_hours)} {_listed(self.skip_days)}"

    @classmethod
    def read(cls, stored: str) -> Self:
        """What was stored."""
        if not stored:
            return cls()
        seconds, hours, days = stored.split(" ")
        return cls(
            every=timedelta(seconds=int(seconds)) if int(seconds) else None,
            skip_hours=frozenset(int(hour) for hour in hours.split(",") if hour),
            skip_days=frozenset(int(day) for day in days.split(",") if day),
        )


def _listed(numbers: Iterable[int]) -> str:
    return ",".join(map(str, sorted(numbers)))


def told(feed: Mapping[str, object], text: str) -> Hints:
    """What a feed says: `feed` as feedparser reads it, and its text, as feedparser keeps one hour of skipHours."""
    minutes, frequency = _number(feed.get("ttl")), _number(feed.get("sy_updatefrequency")) or 1
    period = PERIODS.get(str(feed.get("sy_updateperiod", "")).strip().lower())
    waits = [timedelta(minutes=minutes)] if minutes else []
    waits += [period / frequency] if period else []
    skipped = "".join(SKIPPED.findall(text))
    return Hints(
        every=max(waits, default=None),
        skip_hours=frozenset(int(hour) % HOURS_OF_DAY for hour in HOUR.findall(skipped)),
        skip_days=frozenset(DAYS.index(d.lower()) for d in DAY.findall(skipped) if d.lower() in DAYS),
    )


def fresh_until(headers: Mapping[str, str], hints: Hints, now: datetime) -> datetime | None:
    """The moment before which the site asks not to be asked again; None where it does not. Header names: lower case."""
    none = timedelta()
    until = now + min(max(_of_headers(headers, now), hints.every or none, none), MOST)
    until = next((hour for hour in _hours_from(until) if _is_open(hour, hints)), until)
    return until if until > now else None


def _hours_from(moment: datetime) -> Iterator[datetime]:
    """The moment, then each full hour of a week."""
    yield moment
    hour = moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    yield from (hour + timedelta(hours=after) for after in range(1, HOURS_OF_WEEK + 1))


def _is_open(moment: datetime, hints: Hints) -> bool:
    at = moment.astimezone(UTC)
    return at.hour not in hints.skip_hours and at.weekday() not in hints.skip_days


def _of_headers(headers: Mapping[str, str], now: datetime) -> timedelta:
    said = [part.partition("=") for part in parse_http_list(headers.get("cache-control", ""))]
    directives = [(name.strip().lower(), value.strip(' "')) for name, _, value in said]
    if any(name in SILENT and not value for name, value in directives):  # with a value it speaks of single headers
        return timedelta()
    ages = [_number(value) or 0 for name, value in directives if name == "max-age"]
    lifetime = (
        timedelta(seconds=min(ages)) if ages else _until_expires(headers, now)
    )  # of two that differ: the stricter
    return lifetime - timedelta(seconds=_number(headers.get("age")) or 0)


def _until_expires(headers: Mapping[str, str], now: datetime) -> timedelta:
    expires = _date(headers.get("expires"))
    return expires - (_date(headers.get("date")) or now) if expires else timedelta()


def _date(value: str | None) -> datetime | None:
    """An HTTP date, the first where there are several."""
    try:
        moment = parsedate_to_datetime(value or "")
    except (ValueError, OverflowError):
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC)


def _number(value: object) -> int | None:
    """The number that a value begins with; None where it begins with none."""
    found = re.match(r"\s*([0-9]+)", str(value))
    return int(found[1][:MOST_DIGITS]) if found else None
