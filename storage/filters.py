"""What is asked of the clusters: a state, facts, words, and an order; the same in the desk's addresses, for `goodturn
stories` and in saved searches.

A cluster meets a filter on facts when any of its tellings has one of the values asked for, so that the event told in
Danish and in English is found by either; it meets the words when one telling has all of them. `company` and `source`
need only be part of a name. In the line of words a filter may be typed, too: `bank channel:phone language:da`.
"""

import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl, urlencode

from stories.languages import LANGUAGES
from stories.story import Channel, Sector, Teller

MOST_WORDS = 300  # characters of words; a longer text is a paste gone wrong
MOST_VALUES = 50  # of one filter; more is no question but a list
MOST_DIGITS = 9  # of a number; far more than there are days or tellings


class State(StrEnum):
    """Where a cluster is. `any` asks for all."""

    OPEN = "open"
    HELD = "held"
    APPROVED = "approved"
    REJECTED = "rejected"
    ANY = "any"


class Sort(StrEnum):
    """In what order a list comes: best score, newest or oldest find, newest date, most tellings, newest decision."""

    BEST = "best"
    NEWEST = "newest"
    OLDEST = "oldest"
    DATE = "date"
    TOLD = "told"
    DECIDED = "decided"


class Origin(StrEnum):
    """How a cluster came in: a crawl found it, or a reader or editor sent it."""

    COLLECTED = "collected"
    SUBMITTED = "submitted"


class FilterError(ValueError):
    """There is no such filter or value; the message names those there are."""


CLOSED: Mapping[str, Iterable[str]] = {
    "language": LANGUAGES,
    "sector": Sector,
    "channel": Channel,
    "teller": Teller,
    "origin": Origin,
}
OPEN = ("company", "source", "because")
FACTS = (*CLOSED, *OPEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What is asked for; what is None or empty does not narrow.

    `score` is the least (0 to 1), `told` the fewest tellings, `age` the most days since it was found, `since` and
    `until` the first and last day on which it was found.
    """

    state: State = State.OPEN
    words: str = ""
    language: tuple[str, ...] = ()
    sector: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    teller: tuple[str, ...] = ()
    company: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    origin: tuple[str, ...] = ()
    score: float | None = None
    told: int | None = None
    age: int | None = None
    since: date | None = None
    until: date | None = None
    sort: Sort = Sort.BEST

    @property
    def narrowed(self) -> bool:
        """Whether anything but the state and the order is asked."""
        return replace(self, state=State.OPEN, sort=Sort.BEST) != Filters()

    @property
    def asked(self) -> list[tuple[str, str]]:
        """Names and values, as they stand in an address; without what is so anyway."""
        default = Filters()
        return [
            (field.name, str(one))
            for field in fields(self)
            if (value := getattr(self, field.name)) != getattr(default, field.name)
            for one in (value if isinstance(value, tuple) else (value,))
        ]

    def query(self, **more: object) -> str:
        """Its part of an address, with its question mark; empty for the whole inbox. `more` comes behind."""
        named = [*self.asked, *((name, str(value)) for name, value in more.items() if value)]
        return f"?{urlencode(named)}" if named else ""

    def without(self, name: str, value: str | None = None) -> "Filters":
        """The same question with one filter, or one value of it, left out."""
        now = getattr(self, name)
        if isinstance(now, tuple) and value is not None:
            return replace(self, **{name: tuple(one for one in now if one != value)})  # type: ignore[arg-type]
        return replace(self, **{name: getattr(Filters(), name)})

    def having(self, name: str, value: object) -> "Filters":
        """The same question with one more value of a filter, or another one where there can be only one."""
        now = getattr(self, name)
        if isinstance(now, tuple):
            return self if value in now else replace(self, **{name: (*now, str(value))})  # type: ignore[arg-type]
        return replace(self, **{name: value})  # type: ignore[arg-type]


NAMES = tuple(field.name for field in fields(Filters))
OTHERS = ("offset", "done", "missed")  # of a page of a list, or of one that tells what was just done
HUNDREDTHS = 100  # as scores are shown
_TYPED = re.compile(r'(?<!\S)(\w+):("[^"]*"|\S+)')


def filters_of(asked: Iterable[tuple[str, str]], *, others: Collection[str] = (), typed: bool = True) -> Filters:
    """The filters of an address's names and values; names in `others` belong to others, any else is a mistake. What is
    typed among the words as a filter is one, unless `typed` is false.

    Raises FilterError.
    """
    given: dict[str, list[str]] = {}
    for name, value in asked:
        if name == "words":
            found, rest = _typed(value) if typed else ([], value)
            for key, one in found:
                given.setdefault(key, []).append(one)
            given.setdefault("words", []).append(rest)
        elif name in NAMES:
            if value.strip():
                given.setdefault(name, []).append(value.strip())
        elif name not in others:
            raise FilterError(f"there is no filter '{name}'{_nearest(name)}")
    return Filters(**{name: _value(name, values) for name, values in given.items()})


def filters_of_query(query: str) -> Filters:
    """The filters of what stands behind an address's question mark. Raises FilterError."""
    return filters_of(parse_qsl(query.removeprefix("?")), others=OTHERS)


def _typed(words: str) -> tuple[list[tuple[str, str]], str]:
    """The filters that are typed among words, and the words."""
    found = [(key, value.strip('"')) for key, value in _TYPED.findall(words) if key in NAMES and key != "words"]
    for key, _ in _TYPED.findall(words):
        if key not in NAMES and difflib.get_close_matches(key, NAMES, 1):
            raise FilterError(f"there is no filter '{key}'{_nearest(key)}")
    rest = _TYPED.sub(lambda typed: "" if typed[1] in NAMES and typed[1] != "words" else typed[0], words)
    return found, rest


def _value(name: str, values: list[str]) -> Any:
    if name == "words":
        return " ".join(" ".join(values).split())[:MOST_WORDS]
    if name in FACTS:
        if len(values) > MOST_VALUES:
            raise FilterError(f"{name} has {len(values)} values; at most {MOST_VALUES} can be asked for")
        return tuple(dict.fromkeys(_word(name, value, CLOSED[name]) if name in CLOSED else value for value in values))
    return _single(name, values[-1])


def _single(name: str, value: str) -> Any:
    if name == "state":
        return State(_word(name, value, State))
    if name == "sort":
        return Sort(_word(name, value, Sort))
    if name in ("since", "until"):
        return _day(name, value)
    if name == "score":
        return _share(value)
    if not (value.isascii() and value.isdigit() and len(value) <= MOST_DIGITS):
        raise FilterError(f"{name} must be a whole number, and “{value}” is not")
    return int(value)


def _word(name: str, value: str, known: Iterable[str]) -> str:
    words = {str(word).casefold(): str(word) for word in known}
    words |= {called.casefold(): code for code, called in LANGUAGES.items()} if name == "language" else {}
    if found := words.get(value.casefold()):
        return found
    raise FilterError(f"“{value}” is no {name}; there are {', '.join(str(word) for word in known)}")


def _day(name: str, value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise FilterError(f"{name} must be a day like 2026-05-31, and “{value}” is not") from None


def _share(value: str) -> float:
    try:
        share = float(value)
    except ValueError:
        share = -1
    share = share / HUNDREDTHS if share > 1 else share
    if not 0 <= share <= 1:
        raise FilterError(f"score must be between 0 and 100, and “{value}” is not")
    return share


def _nearest(name: str) -> str:
    close = difflib.get_close_matches(name, NAMES, 1)
    return f"; did you mean '{close[0]}'?" if close else f"; there are {', '.join(NAMES)}"


def each_fact(filters: Filters) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The facts that are asked for, with the values."""
    yield from ((name, values) for name in FACTS if (values := getattr(filters, name)))
