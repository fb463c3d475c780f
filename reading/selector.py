"""The selectors that engine declarations are written in: CSS as Scrapy speaks it.

`.comment-author .fn` gives elements, `time::attr(datetime)` an attribute's value, `::attr(id)` that of the comment
itself; `:not()`, `:has()` and commas work. What starts with `./` or `(` is XPath, for the rest. A selector is
compiled when it is first used.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import cast

from lxml import etree
from parsel.csstranslator import HTMLTranslator

_TRANSLATOR = HTMLTranslator()
_NAME = re.compile(r"[.#]([A-Za-z][\w-]*)")
_NOT = re.compile(r":not\((?:[^()]|\([^()]*\))*\)")
_CHOICE = re.compile(r":has\([^()]*,(?:[^()]|\([^()]*\))*\)")
_ATTRIBUTE = re.compile(r"\[[^\]]*\]|::attr\([^)]*\)")
_PIECE = re.compile(r"\[(?:id|class)([\^$*])=[\"']?([^\"'\]\s]+)[\"']?\]")
_COMMA = re.compile(r",(?![^\[]*\])(?![^(]*\))")  # not one within brackets
_ALL_CLASSES = etree.XPath("//@class", smart_strings=False)
_ALL_IDS = etree.XPath("//@id", smart_strings=False)
Found = etree._Element | str


@cache
def compiled(selector: str) -> etree.XPath:
    """The compiled selector. Raises ValueError if it is no selector."""
    try:
        if selector.startswith(("./", "(")):
            return etree.XPath(selector)
        if selector.startswith("::"):
            selector = f":scope{selector}"
        return etree.XPath(_TRANSLATOR.css_to_xpath(selector))
    except (etree.XPathSyntaxError, SyntaxError) as error:  # cssselect's errors are SyntaxErrors
        raise ValueError(f"selector {selector!r}: {error}") from None


def names_in(tree: etree._Element) -> frozenset[str]:
    """All classes and ids of a page."""
    found = set(map(str, _values(_ALL_IDS, tree)))
    for classes in set(map(str, _values(_ALL_CLASSES, tree))):
        found.update(classes.split())
    return frozenset(found)


def _values(path: etree.XPath, tree: etree._Element) -> list[object]:
    return cast(list[object], path(tree))


def narrowed(selector: str, present: frozenset[str]) -> str:
    """The parts of a selector, between its commas, whose classes and ids the page has; often none.

    What cannot match need not be evaluated, and most of what declarations allow for is not in one page.
    """
    return ", ".join(part.text for part in _parts(selector) if part.may_match(present))


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a selector, with the classes and ids, and the pieces of them, that it cannot do without."""

    text: str
    names: frozenset[str] = frozenset()
    pieces: tuple[tuple[str, str], ...] = ()

    def may_match(self, present: frozenset[str]) -> bool:
        return self.names <= present and all(_has_piece(present, *piece) for piece in self.pieces)


def _has_piece(present: frozenset[str], relation: str, piece: str) -> bool:
    if relation == "^":
        return any(name.startswith(piece) for name in present)
    if relation == "$":
        return any(name.endswith(piece) for name in present)
    return any(piece in name for name in present)


@cache
def _parts(selector: str) -> tuple[_Part, ...]:
    if selector.startswith(("./", "(")):
        return (_Part(selector),)
    return tuple(_part(part.strip()) for part in _COMMA.split(selector))


def _part(text: str) -> _Part:
    """What a part needs; what stands in `:not()`, or in a choice within `:has()`, it can do without."""
    needed = _CHOICE.sub("", _NOT.sub("", text))
    names = _NAME.findall(_ATTRIBUTE.sub("", needed))
    return _Part(text, frozenset(names), tuple(_PIECE.findall(needed)))


def is_relative(selector: str) -> bool:
    """Whether a selector means the element that it is evaluated at."""
    return selector.startswith(("./", "(", "::")) or ":scope" in selector


def select(selector: str, element: etree._Element) -> list[Found]:
    """What the selector finds in and at `element`, in the order of the page."""
    found = compiled(selector)(element)
    return cast(list[Found], found) if isinstance(found, list) else []


def elements(selector: str, element: etree._Element) -> list[etree._Element]:
    """The elements that the selector finds in and at `element`."""
    return [found for found in select(selector, element) if isinstance(found, etree._Element)]


def owner(found: Found) -> etree._Element | None:
    """The element that what was found is, or stands at."""
    return found if isinstance(found, etree._Element) else found.getparent()  # type: ignore[attr-defined]  # lxml's strings know their element
