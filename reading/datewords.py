"""The words of dates in many languages, from the CLDR data that babel brings: months, and how to say "3 days ago".

Built once a process. A month's name counts in every form CLDR knows (`März`, `Mär`, `mars`), without case, accents
or a full stop; no word of these languages names two months. Of "3 days ago" the first word after the number is the
unit and the rest are markers; a text must hold one of a language's markers to be taken as relative.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from babel import Locale
from babel.dates import format_timedelta

LANGUAGES = ["en", "da", "nb", "nn", "sv", "de", "nl", "fr", "es", "it", "pt", "pl", "fi", "ru"]
_DAYS = {"second": 0.0, "minute": 0.0, "hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 30.44, "year": 365.25}
_SAMPLE_COUNTS = (1, 3, 5)  # these bring out all plural forms of these languages (Polish and Russian need 5)
# Written by sites, not in CLDR's short forms.
_MORE_MONTHS = {"sept": 9, "mrt": 3, "juil": 7, "agosto": 8, "jänner": 1, "feber": 2, "janv": 1, "févr": 2}
_MORE_UNITS = {"h": 1 / 24, "hr": 1 / 24, "hrs": 1 / 24, "d": 1.0, "w": 7.0, "wk": 7.0, "mo": 30.44, "y": 365.25}
_MORE_UNITS |= {"yr": 365.25, "yrs": 365.25, "m": 0.0, "min": 0.0, "mins": 0.0, "s": 0.0, "u": 1 / 24, "std": 1 / 24}
_ONE = frozenset(
    "a an one en ein eine einem einer ett et éin een un une una um uma jeden один".split()  # noqa: SIM905 -- a list to read
)
_DAY_NAMES = {
    0: "today heute i dag idag vandaag aujourd'hui hoy oggi hoje сегодня",
    1: "yesterday gestern i går igår gisteren hier ayer ieri ontem вчера wczoraj",
    2: "vorgestern i forgårs eergisteren avant-hier anteayer",
}
_TWO_WORDS = ("i dag", "i går", "i forgårs")


def fold(text: str) -> str:
    """Lower case without accents, so that `Fév` and `fev` are one; as long as the text where that can be."""
    if text.isascii():
        return text.lower()
    return "".join(unicodedata.normalize("NFD", char)[0] for char in text.lower())


@dataclass(frozen=True, slots=True, kw_only=True)
class DateWords:
    """Patterns over folded text, and what their words mean."""

    months: dict[str, int]
    weekdays: frozenset[str]
    units: dict[str, float]  # days
    one: frozenset[str]  # "an", "ein", "une": counts of one
    markers: re.Pattern[str]
    day_names: dict[str, int]  # days ago


@cache
def date_words() -> DateWords:
    """The words of all languages."""
    units, markers = _relative()
    return DateWords(
        months=_months(),
        weekdays=_weekdays(),
        units=units,
        one=frozenset(map(fold, _ONE)),
        markers=re.compile(rf"(?<!\w)(?:{_any(markers)})(?!\w)"),
        day_names=_day_names(),
    )


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _months() -> dict[str, int]:
    found = {fold(name): number for name, number in _MORE_MONTHS.items()}
    for code in LANGUAGES:
        for shape in Locale(code).months.values():
            for width in ("wide", "abbreviated"):
                for number, name in shape[width].items():
                    found.setdefault(fold(name).rstrip("."), number)
    return {name: number for name, number in found.items() if name.isalpha()}


def _weekdays() -> frozenset[str]:
    return frozenset(
        fold(name).rstrip(".")
        for code in LANGUAGES
        for width in ("wide", "abbreviated")
        for name in Locale(code).days["format"][width].values()
    )


def _relative() -> tuple[dict[str, float], set[str]]:
    units, markers = dict(_MORE_UNITS), {"ago"}
    for code in LANGUAGES:
        for unit, days in _DAYS.items():
            for count in _SAMPLE_COUNTS:
                said = fold(_ago(code, unit, count))
                before, _, after = said.partition(str(count))
                word, *rest = after.split() or [""]
                if word:
                    units.setdefault(word.rstrip("."), days)
                markers |= {part for part in (before.strip(), " ".join(rest)) if part}
    return units, markers - {"for"}  # Danish and Norwegian say "for 3 dage siden", English "for 3 days"


def _ago(code: str, unit: str, count: int) -> str:
    seconds = {"second": 1, "minute": 60, "hour": 3600}.get(unit) or _DAYS[unit] * 86_400 * 1.001
    past = timedelta(seconds=-seconds * count)
    return format_timedelta(past, granularity=unit, threshold=1e9, add_direction=True, locale=code)  # type: ignore[arg-type]  # a unit's name


def _day_names() -> dict[str, int]:
    found = {}
    for days, names in _DAY_NAMES.items():
        left = names
        for pair in _TWO_WORDS:
            if pair in left:
                left = left.replace(pair, "")
                found[fold(pair)] = days
        found |= {fold(name): days for name in left.split()}
    return found
