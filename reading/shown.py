"""Author and date of a post as the page shows them: around the title, or elsewhere outside the comments."""

import datetime
import re
from collections.abc import Sequence, Set

from lxml import etree

from reading.bylines import NO_NAME, author_hint
from reading.dates import Calendar
from reading.names import name, signed
from reading.prose import is_longer, line
from reading.spots import Spot, spots

_LONGEST_NAME = 60  # characters
_LONGEST_BYLINE = 160  # characters
_LONGEST_LINE = 350  # characters of a line that tells when a post was published
_FEW = 10  # dates beside which an author is looked for
_NEAR = 3  # elements around a date in whose line the name may stand
_FEWEST_HINTS = 0.9  # how much the markup must say that something is an author
_OTHERS = re.compile(r"related|recent|sidebar|widget|popular|comment|teaser|nav|share|archive|reply|respond", re.I)
_POST_DATE = re.compile(
    r"publish|posted|post_?-?(?:date|time|meta|foot|info)|entry-?(?:date|time|meta)|byline|timestamp|dateline", re.I
)
_SIGNED = re.compile(r"posted|byline|meta|post-?foot|post-?info|entry-?foot|credit|written|author", re.I)
_SHORT_LINE = 80  # characters


def shown_author(elements: Sequence[etree._Element], dated: Sequence[Spot]) -> str | None:
    """The author in the lines around a title: by a "by", by what the markup says, or beside a date."""
    for element in elements:
        if (element.text is None and not len(element)) or is_longer(element, _SHORT_LINE):
            continue
        if found := _signed(element) or (_named(element) if author_hint(element) >= _FEWEST_HINTS else None):
            return found
    return next((found for spot in dated[:_FEW] if (found := _beside(spot))), None)


def _signed(element: etree._Element) -> str | None:
    """The name in an element that signs; as the innermost element has it that signs too, without what follows it."""
    found = signed(line(element))
    if found is None:
        return None
    inner = (signed(line(child)) for child in element.iterdescendants(etree.Element))
    return min((one for one in (found, *inner) if one), key=len)


def _named(element: etree._Element) -> str | None:
    inner = {line(child) for child in element} - {""}
    said = inner.pop() if len(inner) == 1 and not (element.text or "").strip() else line(element)
    found = name(said) if len(said) <= _LONGEST_NAME else None
    return found if found and not NO_NAME.match(found) else None


def _beside(spot: Spot) -> str | None:
    element = spot.element
    for _ in range(_NEAR):
        if is_longer(element, _LONGEST_BYLINE):
            return None
        said = line(element)
        if found := signed(said.replace(spot.said, " ") if spot.said != said else said):
            return found
        if (outer := element.getparent()) is None:
            return None
        element = outer
    return None


def shown_date(dated: Sequence[Spot], calendar: Calendar) -> datetime.date | None:
    """The first of the dates."""
    return calendar.settle(spot.when for spot in dated[:1])[0] if dated else None


def elsewhere(tree: etree._Element, calendar: Calendar, inside: Set[etree._Element]) -> list[Spot]:
    """The dates of the page outside comments, lists and boxes of other posts; those that say what they are first."""
    found: list[tuple[bool, int, Spot]] = []
    for spot in spots(tree, calendar):
        chain = [spot.element, *spot.element.iterancestors()]
        called = " ".join(f"{one.get('class') or ''} {one.get('id') or ''}" for one in chain[:4])
        if any(one in inside for one in chain) or any(one.tag in ("aside", "nav") for one in chain):
            continue
        if not _OTHERS.search(called):
            found.append((not _POST_DATE.search(called), len(found), spot))
    return [spot for *_, spot in sorted(found, key=lambda one: one[:2])]


def told_date(tree: etree._Element, calendar: Calendar, inside: Set[etree._Element]) -> datetime.date | None:
    """The date in a longer line below a post: "This entry was posted on Friday, 3 May 2013 and filed under ..."."""
    for element in tree.iter("p", "div", "small", "span", "footer"):
        called = f"{element.get('class') or ''} {element.get('id') or ''}"
        if not _POST_DATE.search(called) or is_longer(element, _LONGEST_LINE):
            continue
        if inside.isdisjoint([element, *element.iterancestors()]) and (found := calendar.read(line(element))):
            return found
    return None


def far_author(tree: etree._Element, inside: Set[etree._Element]) -> str | None:
    """An author anywhere in the page whose markup surely says so, or a line that signs the post."""
    for element in tree.iter("a", "span", "div", "p", "address", "strong", "b", "cite", "footer", "small"):
        said = f"{element.get('rel') or ''} {element.get('itemprop') or ''} {element.get('class') or ''}"
        if said == "  " or not (_SIGNED.search(said) or "fn" in said.split()) or is_longer(element, _LONGEST_BYLINE):
            continue
        chain = [element, *element.iterancestors()]
        if any(one in inside for one in chain) or _OTHERS.search(" ".join(one.get("class") or "" for one in chain[:4])):
            continue
        hinted = author_hint(element) >= _FEWEST_HINTS and _named(element)
        if found := hinted or _signed(element):
            return found
    return None
