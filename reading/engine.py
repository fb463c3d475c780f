"""How one blog or forum engine marks up a thread: the form of a declaration in `reading/engines/`.

A declaration says only where things are; `thread.py` reads them all. Where several selectors are given, the first
that finds something is used. docs/reading.md shows how to write one.
"""

import pkgutil
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from typing import Any

from reading.selector import narrowed

Selectors = tuple[str, ...]
_ALL = ("drop", "quote")  # the fields of which all selectors count, not the first that finds something
_FIELDS = (
    *("text", "author", "date", "permalink", "number"),
    *("drop", "quote", "ignore", "pingback", "deleted", "edited"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """An answer's element lies inside that of what it answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Indented:
    """An answer lies in one more element that `wrapper` selects than what it answers."""

    wrapper: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A number in the comment tells its depth: `at` finds it, `first` is depth 0, `step` leads to the next."""

    at: str
    pattern: str = r"(\d+)"
    first: int = 0
    step: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """A comment names its own `key` and that of its `parent`; `pattern` takes the key out of what they find."""

    key: str
    parent: str
    pattern: str = r"(\d+)\D*$"


Nesting = Inside | Indented | Level | Answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """Where an engine's comments are, and what in them is what.

    `signs` are literal strings; a page without any of them in its source is not looked at further, which is what
    keeps many engines cheap. `comment` selects the comments in the page; all other selectors look inside one comment,
    never into the answers within it.
    """

    name: str
    signs: Selectors
    comment: Selectors
    text: Selectors = ()  # found nothing: the whole comment without its author, date and `drop`
    author: Selectors = ()
    date: Selectors = ()
    permalink: Selectors = ()
    nesting: Nesting = Inside()
    flat: bool = False  # `comment` selects a comment's first element; the siblings up to the next one are its rest
    forum: bool = False  # the first comment of a thread's first page is the post
    number: Selectors = ()  # a forum post's number in its thread, from 1
    drop: Selectors = ()  # taken out of the text
    quote: Selectors = ("blockquote",)
    ignore: Selectors = ()  # found in a comment: it is none (a form, an advertisement)
    pingback: Selectors = ()  # found in a comment: it is a pingback; likewise the next two
    deleted: Selectors = ()
    edited: Selectors = ()


def narrow(engine: Engine, present: frozenset[str]) -> Engine:
    """The declaration without the selectors that cannot match in a page with these classes and ids.

    The selectors of `drop` and of `quote` become one, as all that they find counts.
    """
    kept: dict[str, Any] = {}
    for field in _FIELDS:
        selectors = (narrowed(selector, present) for selector in getattr(engine, field))
        kept[field] = tuple(selector for selector in selectors if selector)
    for field in _ALL:
        kept[field] = (", ".join(kept[field]),) if len(kept[field]) > 1 and _is_css(kept[field]) else kept[field]
    return replace(engine, **kept)


def _is_css(selectors: Selectors) -> bool:
    return not any(selector.startswith(("./", "(")) for selector in selectors)


@cache
def engines() -> tuple[Engine, ...]:
    """All declarations: each module of `reading/engines/` has one `ENGINES`, a tuple of the engine's generations."""
    folder = import_module("reading.engines")
    modules = sorted(module.name for module in pkgutil.iter_modules(folder.__path__))
    return tuple(engine for module in modules for engine in import_module(f"reading.engines.{module}").ENGINES)
