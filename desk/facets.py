"""The facets of a list: each filter with its values in plain words, how many one would see, and where that leads."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from desk import words
from storage.filters import FACTS, Filters, State
from storage.lists import AGES, Count
from stories.languages import LANGUAGES

NAMED = ("told", "score", "because", "company", "source", "teller", "age")  # whose values say too little alone
OPEN_ALWAYS = ("language", "sector", "channel")  # the three clicks that most questions begin with


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A value of a facet: `to` is the address's part that asks for it, or no longer does where it is `asked` for."""

    label: str
    clusters: int
    asked: bool
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """A filter and its values; `open` where it is shown unfolded."""

    name: str
    label: str
    values: Sequence[Value]
    open: bool


LABELS = {
    "language": "Language",
    "sector": "Sector",
    "channel": "Channel",
    "teller": "Told by",
    "company": "Company",
    "source": "Source",
    "because": "Why it was found",
    "origin": "How it came in",
    "age": "Found",
    "told": "Tellings",
    "score": "Score",
}
TYPED: Mapping[str, Callable[[str], object]] = {"score": float, "age": int, "told": int, "state": State}
SAYS: Mapping[str, Callable[[str], str]] = {
    "language": lambda value: LANGUAGES.get(value, value),
    "sector": words.plain,
    "channel": words.plain,
    "teller": words.plain,
    "origin": lambda value: {"collected": "found by a crawl", "submitted": "sent in"}[value],
    "age": lambda value: AGES.get(int(value), f"in {value} days"),
    "told": lambda value: f"{value} or more",
    "score": lambda value: f"{round(float(value) * 100)} or more",
    "since": lambda value: f"since {value}",
    "until": lambda value: f"until {value}",
    "state": lambda value: words.STATES[State(value)],
    "words": lambda value: value if value.startswith(("“", '"', "„", "«")) else f"“{value}”",
}


def facets(counts: Mapping[str, Sequence[Count]], view: Filters) -> list[Facet]:
    """All facets that have a value to choose."""
    found = []
    for name, label in LABELS.items():
        values = [_value(name, count, view) for count in counts[name] if count.clusters or count.asked]
        if values:
            opened = name in OPEN_ALWAYS or any(value.asked for value in values)
            found.append(Facet(name=name, label=label, values=values, open=opened))
    return found


def elsewhere(counts: Mapping[str, Sequence[Count]], view: Filters) -> list[Value]:
    """The other states in which the same question finds something."""
    return [_value("state", count, view) for count in counts["state"] if count.clusters and not count.asked]


def chips(view: Filters) -> list[Value]:
    """What is asked for, one by one, with where leaving it out leads."""
    default = replace(Filters(), state=view.state, sort=view.sort)
    found = []
    for name, value in view.asked:
        if name in ("state", "sort") or getattr(default, name) == getattr(view, name):
            continue
        less = view.without(name, value if name in FACTS else None)
        label = f"{LABELS[name].lower()}: {said(name, value)}" if name in NAMED else said(name, value)
        found.append(Value(label=label, clusters=0, asked=True, to=less.query()))
    return found


def said(name: str, value: str) -> str:
    """A value in plain words."""
    try:
        return SAYS.get(name, str)(value)
    except (KeyError, ValueError):
        return value


def _value(name: str, count: Count, view: Filters) -> Value:
    other = view.without(name, count.value) if count.asked else view.having(name, _typed(name, count.value))
    label = said(name, count.value)
    return Value(label=f"{label[:1].upper()}{label[1:]}", clusters=count.clusters, asked=count.asked, to=other.query())


def _typed(name: str, value: str) -> object:
    return TYPED.get(name, str)(value)
