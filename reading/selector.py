"""The selectors that engine declarations are written in: CSS as Scrapy speaks it.

`.comment-author .fn` gives elements, `time::attr(datetime)` an attribute's value, `::attr(id)` that of the comment
itself; `:not()`, `:has()` and commas work. What starts with `./` or `(` is XPath, for the rest. A selector is
compiled when it is first used.
"""

import re
from functools import cache
from typing import cast

from lxml import etree
from parsel.csstranslator import HTMLTranslator

_TRANSLATOR = HTMLTranslator()
_NAME = re.compile(r"[.#]([A-Za-z][\w-]*)")
_BRACKETS = re.compile(r"\[[^\]]*\]|\((?:[^()]|\([^()]*\))*\)")
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
    return ", ".join(part for part, names in _parts(selector) if names <= present)


@cache
def _parts(selector: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """Each part of a selector with the classes and ids that it cannot do without."""
    if selector.startswith(("./", "(")):
        return ((selector, frozenset()),)
    parts = [part.strip() for part in _COMMA.split(selector)]
    return tuple((part, frozenset(_NAME.findall(_BRACKETS.sub("", part)))) for part in parts)


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
