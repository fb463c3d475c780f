"""What a telling's row in the database says of each fact, and of moments and days, as the board counts them.

What was read once is kept: most hosts, and most lists of names and reasons, come again and again.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from storage.database import moment
from storage.edits import masked
from storage.filters import Origin

NEVER = 0  # a day or moment that there is not: before all others
MOST_KNOWN = 20_000  # of each kind
Told = Any  # a row of a telling


def seconds(stored: str | None) -> int:
    at = moment(stored)
    return int(at.timestamp()) if at else NEVER


@lru_cache(MOST_KNOWN)
def day(stored: str | None) -> int:
    at = moment(stored) if stored else None
    return at.toordinal() if at else NEVER


@lru_cache(MOST_KNOWN)
def _alone(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()


@lru_cache(MOST_KNOWN)
def _texts(stored: str) -> tuple[str, ...]:
    return tuple(json.loads(stored))


@lru_cache(MOST_KNOWN)
def _reasons(stored: str) -> tuple[str, ...]:
    """The first words of each reason, which many stories share."""
    return tuple(reason.partition(":")[0] for reason in json.loads(stored))


def _host(url: str) -> tuple[str, ...]:
    scheme, slashes, rest = url.partition("//")
    return _host_of(f"{scheme}{slashes}{rest.partition('/')[0]}")


@lru_cache(MOST_KNOWN)
def _host_of(origin: str) -> tuple[str, ...]:
    try:
        return ((urlsplit(origin).hostname or origin).removeprefix("www."),)
    except ValueError:  # `http://[`
        return (origin,)


def _one(name: str) -> Callable[[Told], Sequence[str]]:
    return lambda one: _alone(one[name])


VALUES: dict[str, Callable[[Told], Sequence[str]]] = {
    **{name: _one(name) for name in ("language", "sector", "channel", "teller")},
    "origin": lambda one: _alone(Origin.SUBMITTED if one["submitted"] else Origin.COLLECTED),
    "company": lambda one: _texts(one["companies"]),
    "source": lambda one: _host(one["url"]),
    "because": lambda one: _reasons(one["because"]),
}
"""The values of each fact that a telling has."""


def edited_facts(rows: Iterable[Told]) -> dict[str, dict[str, list[str]]]:
    """The facts that editors gave clusters other values of."""
    found: defaultdict[str, dict[str, list[str]]] = defaultdict(dict)
    for row in rows:
        if (value := json.loads(row["value"])) is not None:
            name = "company" if row["field"] == "companies" else row["field"]
            found[row["cluster"]][name] = value if isinstance(value, list) else [value]
    return found


def unmasked(edited: dict[str, Any], news: Iterable[Any], hidden: dict[str, Any]) -> dict[str, Any]:
    """The edits, with the companies of what is masked as readers see them."""
    found = dict(edited)
    for _, id, told in news:
        if id in hidden and told:
            names = edited.get(id, {}).get("company", VALUES["company"](told[0]))
            kept = [name for name in names if masked(name, hidden[id]) == name]
            found[id] = {**edited.get(id, {}), "company": kept}
    return found
