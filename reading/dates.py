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
from functools import cache

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
_HIER = re.compile(r"\W*hier(?:\s+a\b|\s*[,\d]|\W*$)")
_UNIX = re.compile(r"(?<!\d)(1[0-9]{9})(?:\d{3})?(?!\d)")


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
        folded = fold(text)
        for look in (self._iso, self._named, self._figures, self._unix, self._relative, self._yearless):
            if (when := look(folded)) is not None:
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
        for pattern in _named_patterns():
            for match in pattern.finditer(text):
                year, day = int(match["year"]), int(match["day"])
                if when := self._when(match, self._day(year, months[match["month"]], day)):
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
        words = date_words()
        if (match := words.day_name.search(text)) and self._means_a_day(match, text):
            return self._ago(match, words.day_names[match[1]])
        match = words.relative.search(text)
        if match is None or not (words.markers.search(text) or match[0] == text.strip()):
            return None
        count = int(match[1]) if match[1].isdecimal() else 1
        return self._ago(match, count * words.units[match[2]])

    def _means_a_day(self, match: re.Match[str], text: str) -> bool:
        """Whether a day's name is one here: German and Dutch "hier" is no yesterday."""
        return match[1] != "hier" or self.tag.startswith("fr") or bool(_HIER.match(text))

    def _ago(self, match: re.Match[str], days: float) -> When | None:
        try:
            found = (self.now - timedelta(days=days)).date()
        except OverflowError:
            return None
        return self._when(match, self._day(found.year, found.month, found.day))

    def _yearless(self, text: str) -> When | None:
        months = date_words().months
        for pattern in _yearless_patterns():
            if match := pattern.search(text):
                month, day, year = months[match["month"]], int(match["day"]), self.now.year
                found = self._day(year, month, day) or self._day(year - 1, month, day)
                return self._when(match, found)
        return None


def _choose(when: When | None, month_first: bool) -> date | None:
    if when is None:
        return None
    return (when.month_first or when.day_first) if month_first else (when.day_first or when.month_first)


@cache
def _named_patterns() -> tuple[re.Pattern[str], ...]:
    """Day, month, year; month, day, year; year, month, day: with what stands between them in these languages."""
    month = rf"(?<![^\W\d_])(?P<month>{date_words().month})(?![^\W\d_])"
    day = r"(?<!\d)(?P<day>\d\d?)(?:st|nd|rd|th|er|:e|º|ª|\.)?"
    year = r"'?(?P<year>(?:19|20)\d\d|(?<=')\d\d)(?!\d)"
    gap = r"[\s.,/-]*(?:of|de|del|den)?[\s.,/'-]*"
    time = r"(?:(?:at|kl|um|om)?[\s.,]*\d\d?[:.]\d\d(?::\d\d)?(?:\s*[ap]\.?m\.?)?[\s.,-]*)?"
    return tuple(
        re.compile(pattern)
        for pattern in (
            rf"{day}{gap}{month}{gap}{time}{year}",
            rf"{month}{gap}{day}{gap}{time}{year}",
            rf"(?<!\d){year}{gap}{month}{gap}{day}(?!\d)",
            rf"{day}{gap}{month}{gap}(?P<year>\d\d)(?!\d|[:.]\d)",
        )
    )


@cache
def _yearless_patterns() -> tuple[re.Pattern[str], ...]:
    month = rf"(?<![^\W\d_])(?P<month>{date_words().month})(?![^\W\d_])"
    day = r"(?<![\d:])(?P<day>\d\d?)(?:st|nd|rd|th|er|:e|\.)?"
    return re.compile(rf"{day}\s*(?:de\s)?{month}"), re.compile(rf"{month}\.?\s*{day}(?![\d:])")
