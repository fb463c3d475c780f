"""What a client asks of the API: the parameters of each of its addresses, once as data, and read from a request.

`PARAMETERS` says what each may be, as JSON Schema; publish/openapi.py shows it, and what is read here keeps to it. The
filters are the desk's (storage/filters.py), without typing filters among the words. A parameter that there is not, an
empty one, or a value that does not fit is a FilterError, with one sentence that names what there is.
"""

import difflib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from publish.feeds import FULL
from publish.routes import EXCERPT, approved
from storage.filters import CLOSED, MOST_DIGITS, MOST_VALUES, OPEN, FilterError, Filters, State, filters_of
from storage.publication import ALL, Changed
from storage.walks import Order, Place

MOST, USUAL = 100, 50  # stories of an answer: a hundred are some 250 kB
FIRST = "0"  # the cursor of who has nothing yet
MANY = 10**MOST_DIGITS - 1
Schema = Mapping[str, Any]
Parameter = Mapping[str, Any]
Asked = Sequence[tuple[str, str]]
_PLACE = re.compile(rf"({'|'.join(Order)})\.([0-9a-f]{{1,15}})(?:\.([0-9a-f]{{1,15}}|[1-7][0-9a-f]{{15}}))?")
_SINCE = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,10}))?(?:-([0-9]{1,15}\.[0-9a-f]{8}))?")


class By(StrEnum):
    """In what order companies come: by name, or the one first that most stories name."""

    NAME = "name"
    STORIES = "stories"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A question for stories. `kept` is what of it stands in the address of the next page."""

    filters: Filters
    order: Order
    after: Place | None
    limit: int
    whole: bool
    kept: Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """A question for changes: since which version, how far that one is met already, and the mark of the database that
    the cursor is of (storage/lineage.py), "" for none."""

    version: int
    within: int
    mark: str
    limit: int
    whole: bool


def _several(what: str, item: Schema) -> Parameter:
    schema = {"type": "array", "items": item, "minItems": 1, "maxItems": MOST_VALUES}
    return {"description": f"{what}; given twice, either will do", "schema": schema}


def _one_of(words: type[StrEnum], usual: StrEnum) -> Schema:
    return {"enum": [*map(str, words)], "default": str(usual)}


_TEXT = {"type": "string", "pattern": r"\S"}
_NUMBER = {"type": "integer", "minimum": 0, "maximum": MANY}
_DAY = {"type": "string", "format": "date"}
_FILTERS: Mapping[str, Parameter] = {
    **{name: _several(f"the story's {name}", {"enum": [*map(str, known)]}) for name, known in CLOSED.items()},
    **{name: _several(f"part of a {name}", _TEXT) for name in OPEN},
    "origin": _several("whether a crawl found it, or a reader sent it", {"enum": [*map(str, CLOSED["origin"])]}),
    "because": _several("part of a reason why it was taken for a story", _TEXT),
    "words": {"description": "words of its text or title; all of them", "schema": _TEXT},
    "score": {"description": "least score, 0 to 100", "schema": {"type": "number", "minimum": 0, "maximum": 100}},
    "told": {"description": "fewest tellings", "schema": _NUMBER},
    "age": {"description": "most days since it was found", "schema": _NUMBER},
    "since": {"description": "first day on which it was found", "schema": _DAY},
    "until": {"description": "last day on which it was found", "schema": _DAY},
    "state": {"description": "only what is approved is published", "schema": {"enum": [str(State.APPROVED)]}},
}
_CONTENT = {
    "description": f"{FULL}: whole texts where their licences allow that",
    "schema": {"enum": [EXCERPT, FULL], "default": EXCERPT},
}
_LIMIT = {
    "description": "how many stories at most",
    "schema": {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
}
PARAMETERS: Mapping[str, Mapping[str, Parameter]] = {
    "stories": {
        **_FILTERS,
        "sort": {
            "description": "first approved last, changed last, told most often, or the best score comes first",
            "schema": _one_of(Order, Order.APPROVED),
        },
        "limit": _LIMIT,
        "cursor": {
            "description": "where a page begins, as `next` of the page before has it",
            "schema": {"type": "string", "pattern": f"^{_PLACE.pattern}$"},
        },
        "content": _CONTENT,
    },
    "story": {"content": _CONTENT},
    "changes": {
        "since": {
            "description": "the `cursor` of the last answer; without it, everything from the beginning",
            "schema": {"type": "string", "pattern": f"^{_SINCE.pattern}$", "default": FIRST},
        },
        "limit": _LIMIT,
        "content": _CONTENT,
    },
    "companies": {
        "prefix": {"description": "how the name begins, in small letters or capitals", "schema": _TEXT},
        "sort": {
            "description": "by name, or most stories first",
            "schema": _one_of(By, By.NAME),
        },
    },
    "stats": {},
}


def listing(asked: Asked) -> Listing:
    """A question for stories. Raises FilterError."""
    own = one_each(asked, PARAMETERS["stories"])
    if _SINCE.fullmatch(own.get("since", "")):
        raise FilterError("since is a day here, like 2026-05-31; what has changed since a cursor is at /api/v1/changes")
    named = [(name, value) for name, value in asked if name in _FILTERS]
    filters = approved(filters_of([("state", State.APPROVED), *named], typed=False))
    order, after = Order(_word("sort", own.get("sort", Order.APPROVED), [*Order])), None
    if "cursor" in own:
        order, after = _place(own["cursor"])
    return Listing(
        filters=filters,
        order=order,
        after=after,
        limit=_limit(own),
        whole=whole(own),
        kept=[(name, value) for name, value in asked if name != "cursor"],
    )


def changes(asked: Asked) -> Since:
    """A question for changes. Raises FilterError."""
    own = one_each(asked, PARAMETERS["changes"])
    if not (found := _SINCE.fullmatch(own.get("since", FIRST))):
        raise FilterError(f"since must be the cursor of an earlier answer, and “{own['since']}” is none")
    return Since(
        version=int(found[1]),
        within=min(int(found[2]), ALL) if found[2] else ALL,
        mark=found[3] or "",
        limit=_limit(own),
        whole=whole(own),
    )


def one_each(asked: Asked, known: Mapping[str, Parameter]) -> dict[str, str]:
    """The last value of each name. Raises FilterError for a name that is not known, has no value, or has several and
    takes one."""
    own: dict[str, str] = {}
    for name, value in asked:
        if name not in known:
            raise FilterError(f"there is no parameter '{name}'{_nearest(name, known)}")
        if not value.strip():
            raise FilterError(f"{name} is empty; give it a value, or leave it out")
        if name in own and known[name]["schema"].get("type") != "array":
            raise FilterError(f"{name} takes one value, and it is given twice")
        own[name] = value
    return own


def whole(own: Mapping[str, str]) -> bool:
    """Whether whole texts are asked for. Raises FilterError."""
    return _word("content", own.get("content", EXCERPT), (EXCERPT, FULL)) == FULL


def by(own: Mapping[str, str]) -> By:
    """In what order companies are asked for. Raises FilterError."""
    return By(_word("sort", own.get("sort", By.NAME), [*By]))


def cursor(order: Order, place: Place) -> str:
    """A place as it stands in an address."""
    return f"{order}.{place.change:x}" + (f".{place.key:x}" if place.key is not None else "")


def since_cursor(told: Changed, mark: str) -> str:
    """Where an answer of changes ends, as it stands in an address, with the mark of its database."""
    place = f"{told.cursor}.{told.within}" if told.within != ALL else str(told.cursor)
    return f"{place}-{mark}" if mark else place


def _place(given: str) -> tuple[Order, Place]:
    """A cursor carries its order."""
    found = _PLACE.fullmatch(given)
    if not found:
        raise FilterError(f"cursor must be as the address of the next page has it, and “{given}” is not")
    return Order(found[1]), Place(change=int(found[2], 16), key=int(found[3], 16) if found[3] else None)


def _limit(own: Mapping[str, str]) -> int:
    given = own.get("limit", str(USUAL))
    if not (given.isascii() and given.isdigit() and len(given) <= MOST_DIGITS and 0 < int(given) <= MOST):
        raise FilterError(f"limit must be a whole number from 1 to {MOST}, and “{given}” is not")
    return int(given)


def _word(name: str, given: str, known: Collection[str]) -> str:
    if given not in known:
        raise FilterError(f"{name} is one of {', '.join(known)}, and “{given}” is none of them")
    return given


def _nearest(name: str, known: Collection[str]) -> str:
    if close := difflib.get_close_matches(name, known, 1):
        return f"; did you mean '{close[0]}'?"
    return f"; there are {', '.join(known)}" if known else "; this address takes none"
