"""Dates as pages write them, in many languages: `3. mai 2013 kl. 14:05`, `May 3rd, 2013`, `5 år siden`.

`find` looks for a date anywhere in a short text, the surest form first: ISO 8601; a month's name beside a day and a
year; figures (`3.5.2013`, `05/03/13`, `2013年5月3日`); a Unix time; "3 days ago" and "yesterday", relative to when the
page was fetched; a day and a month without a year, which is the last such day before the fetch.

`03/05/2013` may be two days. `settle` decides for all dates of a page together: a figure over 12 in one of them shows
which comes first; else the month does where the page is English and not from a country that writes the day first.
Dates before 1990 (the web did not exist) and more than two days after the fetch are not believed.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from reading.ago import ago
from reading.datewords import date_words, fold

EARLIEST = date(1990, 1, 1)
_SLACK = timedelta(days=2)  # clocks and time zones differ
_LONGEST = 400  # characters; a longer text is no date line
_CENTURY_BREAK = 70  # '69 is 2069, '70 is 1970
_MILLENNIUM = 2000
_SURELY_YEAR = 100
_DAY_FIRST_ENGLISH = frozenset(["gb", "uk", "au", "nz", "ie", "za", "in", "sg", "my", "hk"])

_ISO = re.compile(r"(?<!\d)((?:19|20)\d\d)-(\d\d)-(\d\d)(?!\d)")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?:t?\d{4,6})?z?(?!\d)")
_YEAR_FIRST = re.compile(r"(?<!\d)((?:19|20)\d\d)\s?[./年-]\s?(\d\d?)\s?[./月-]\s?(\d\d?)(?!\d)")
_POINT_COMMA = re.compile(r"(?<![\d.])(\d\d?)(\.)(\d\d?),\s((?:19|20)\d\d)(?!\d)")
_FIGURES = re.compile(r"(?<![\d.])(\d\d?)\s?([./-])\s?(\d\d?)\s?\2\s?((?:19|20)?\d\d)(?![\d:])")
_UNIX = re.compile(r"(?<!\d)(1[0-9]{9})(?:\d{3})?(?!\d)")
_WORD = re.compile(r"[^\W\d_]{3,}")
_MONTH = r"(?<![^\W\d_])(?P<month>[^\W\d_]{3,})(?![^\W\d_])"
_DAY = r"(?<!\d)(?P<day>\d\d?)\s?(?:st|nd|rd|th|er|:e|º|ª|\.)?"
_YEAR = r"'?(?P<year>(?:19|20)\d\d|(?<=')\d\d)(?!\d)"
_GAP = r"[\s.,/-]*(?:of\b|de\b|del\b|den\b)?[\s.,/'-]*"
_CLOCK = r"(?:(?:at|kl|um|om)?[\s.,]*\d\d?[:.]\d\d(?::\d\d)?(?:\s*[ap]\.?m\.?)?[\s.,-]*)?"
# Day, month, year; month, day, year; year, month, day; and a year of two figures.
_NAMED = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_DAY}{_GAP}{_MONTH}{_GAP}{_CLOCK}{_YEAR}",
        rf"{_MONTH}{_GAP}{_DAY}{_GAP}{_CLOCK}{_YEAR}",
        rf"(?<!\d){_YEAR}{_GAP}{_MONTH}{_GAP}{_DAY}(?!\d)",
        rf"{_DAY}{_GAP}{_MONTH}{_GAP}(?P<year>\d\d)(?!\d|[:.]\d)",
    )
)
_YEARLESS = (re.compile(rf"{_DAY}\s*(?:de\s)?{_MONTH}"), re.compile(rf"{_MONTH}\.?\s*{_DAY}(?![\d:])"))


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A date found in a text: where it stands, and the day it is if days come first, or months; mostly the same."""

    start: int
    end: int
    day_first: date | None
    month_first: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """What a date is read against: when the page was fetched, and the page's language tag (`en-GB`)."""

    now: datetime
    tag: str = ""

    def find(self, text: str | None) -> When | None:
        """The surest date in a short text."""
        if not text or len(text) > _LONGEST or not text.strip():
            return None
        return _found(self, text)

    def look(self, text: str) -> When | None:
        """What `find` says, without remembering it."""
        folded = fold(text)
        for way in (self._iso, self._named, self._figures, self._unix, self._relative, self._yearless):
            if (when := way(folded)) is not None:
                return when
        return None

    def read(self, text: str | None) -> date | None:
        """The date in a text by itself."""
        return self.settle([self.find(text)])[0]

    def settle(self, whens: Iterable[When | None]) -> list[date | None]:
        """One day for each, day or month first decided for all together."""
        found = list(whens)
        days = any(when and not when.month_first for when in found)
        months = any(when and not when.day_first for when in found)
        month_first = months if days != months else self._month_first()
        return [_choose(when, month_first) for when in found]

    def _month_first(self) -> bool:
        language, _, country = self.tag.lower().replace("_", "-").partition("-")
        return language in ("", "en") and country not in _DAY_FIRST_ENGLISH

    def _day(self, year: int, month: int, day: int) -> date | None:
        """That day, if there is one and it is believable."""
        if year < _SURELY_YEAR:
            year += _MILLENNIUM if year < _CENTURY_BREAK else _MILLENNIUM - 100
        try:
            found = date(year, month, day)
        except ValueError:
            return None
        return found if EARLIEST <= found <= self.now.date() + _SLACK else None

    def _when(self, match: re.Match[str], first: date | None, other: date | None = None) -> When | None:
        other = other or first
        if first is None and other is None:
            return None
        return When(start=match.start(), end=match.end(), day_first=first, month_first=other)

    def _iso(self, text: str) -> When | None:
        for pattern in (_ISO, _YEAR_FIRST, _COMPACT):
            for match in pattern.finditer(text):
                year, month, day = map(int, match.groups())
                if when := self._when(match, self._day(year, month, day)):
                    return when
        return None

    def _named(self, text: str) -> When | None:
        months = date_words().months
        if not any(word in months for word in _WORD.findall(text)):
            return None
        for pattern in _NAMED:
            for match in pattern.finditer(text):
                month = months.get(match["month"])
                if month and (when := self._when(match, self._day(int(match["year"]), month, int(match["day"])))):
                    return when
        return None

    def _figures(self, text: str) -> When | None:
        for match in (*_FIGURES.finditer(text), *_POINT_COMMA.finditer(text)):
            first, mark, second, year = match.groups()
            day_first = self._day(int(year), int(second), int(first))
            month_first = day_first if mark == "." else self._day(int(year), int(first), int(second))
            if day_first or month_first:
                return When(start=match.start(), end=match.end(), day_first=day_first, month_first=month_first)
        return None

    def _unix(self, text: str) -> When | None:
        match = _UNIX.fullmatch(text.strip())
        if match is None:
            return None
        found = datetime.fromtimestamp(int(match[1]), UTC).date()
        return self._when(match, self._day(found.year, found.month, found.day))

    def _relative(self, text: str) -> When | None:
        if (said := ago(text, self.tag)) is None:
            return None
        found = (self.now - timedelta(days=said.days)).date()
        day = self._day(found.year, found.month, found.day)
        return When(start=said.start, end=said.end, day_first=day, month_first=day) if day else None

    def _yearless(self, text: str) -> When | None:
        months = date_words().months
        for pattern in _YEARLESS:
            for match in pattern.finditer(text):
                if month := months.get(match["month"]):
                    day, year = int(match["day"]), self.now.year
                    return self._when(match, self._day(year, month, day) or self._day(year - 1, month, day))
        return None


@lru_cache(maxsize=4096)
def _found(calendar: Calendar, text: str) -> When | None:
    """Pages tell the same date in several places, and several readers look at each."""
    return calendar.look(text)


def _choose(when: When | None, month_first: bool) -> date | None:
    if when is None:
        return None
    return (when.month_first or when.day_first) if month_first else (when.day_first or when.month_first)
