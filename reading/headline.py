"""The heading that is a post's title, and what stands around it.

The title is the heading that shares most with what the page declares (`<title>`, Open Graph, JSON-LD), so that neither
a site's name nor a search engine's wording stands in it. An `<h1>` and a class such as `entry-title` count for it, a
site's header against it. Without such a heading it is the declared title without the site's name.
"""

import re
from collections import deque
from collections.abc import Collection, Sequence

from lxml import etree

from reading.prose import is_longer, line, tags

_ENOUGH = 1.0
_LONGEST_TITLE = 300  # characters
_MOST_HEADINGS = 80  # looked at; a page with more is a listing
_TITLE_CLASS = re.compile(
    r"(?:entry|post|article|story|blog|thread|topic|page)[_-]?(?:title|headline)|headline|p-name", re.I
)
_NO_TITLE = re.compile(
    r"site[_-]?(?:title|name|desc|head)|logo|brand|banner|masthead|widget|related|sidebar|respond|recent|popular|teaser",
    re.I,
)
_SITE = re.compile(r"\s+[|–—»«·:•-]+\s+|\s*[|»]\s*")
_PART = 0.6  # worth of a heading that is one of the parts of a declared title
_HOME = re.compile(r"^(?:(?:https?:)?//[^/?#]+)?(?:/|\./|/?index\.\w+|)$", re.I)
_BOXES = 2  # around a heading whose names tell that it is no title
_AFTER, _BEFORE = 60, 14  # elements around the title in which a byline stands
_WORDS_AFTER = 900  # characters after the title in which a byline stands
_NOT_IN = tags("script style noscript svg select form nav template option button")


def headline(
    tree: etree._Element, titles: Sequence[str], site: str, inside: Collection[etree._Element]
) -> tuple[etree._Element | None, str | None]:
    """The heading, if there is one, and the title; `titles` are those that the page declares."""
    best, most = None, _ENOUGH
    for count, heading in enumerate(tree.iter("h1", "h2", "h3")):
        if count > _MOST_HEADINGS:
            break
        worth = _worth(heading, titles, site)
        if worth > most and _outside(heading, inside):
            best, most = heading, worth
    if best is not None:
        return best, line(best)
    return None, next((_without_site(title, site) for title in titles if title), None)


def _outside(element: etree._Element, inside: Collection[etree._Element]) -> bool:
    return element not in inside and not any(outer in inside for outer in element.iterancestors())


def _worth(heading: etree._Element, titles: Sequence[str], site: str) -> float:
    if is_longer(heading, _LONGEST_TITLE) or not (said := line(heading)):
        return 0.0
    named = " ".join(filter(None, map(heading.get, ("class", "id", "itemprop"))))
    boxes = list(heading.iterancestors())[:_BOXES]
    around = " ".join(f"{box.get('class') or ''} {box.get('id') or ''}" for box in boxes if box.tag != "body")
    shared = max((_shared(said, title) for title in titles), default=0.0)
    worth = 2.0 * shared + 0.5 * (heading.tag == "h1") + 0.5 * bool(_TITLE_CLASS.search(named))
    worth -= 1.5 * bool(_NO_TITLE.search(named) or _NO_TITLE.search(around)) + 1.0 * (said == site)
    worth -= 1.0 * any(_is_home(link.get("href") or "") for link in heading.iter("a"))
    return worth if shared or worth >= _ENOUGH else 0.0


def _is_home(address: str) -> bool:
    """Whether a link leads to the site's front page."""
    return bool(_HOME.match(address))


def _shared(heading: str, title: str) -> float:
    """The share of words that both have, counted by letters, of the longer one, 0 to 1."""
    first, second = heading.lower().split(), title.lower().split()
    common = sum(len(word) for word in set(first) & set(second))
    most = max(sum(map(len, set(first))), sum(map(len, set(second))))
    if heading in _SITE.split(title):
        return max(_PART, common / max(most, 1))
    if heading in title:
        return max(len(heading) / len(title), common / max(most, 1))
    return common / max(most, 1)


def _without_site(title: str, site: str) -> str:
    """A declared title without the site's name at its end or start."""
    parts = [part for part in _SITE.split(title) if part]
    if site and len(parts) > 1:
        kept = [part for part in parts if part.lower() != site.lower()]
        if len(kept) == 1:
            return kept[0]
    return max(parts, key=len, default=title) if len(parts) == 2 else title  # noqa: PLR2004 -- title and site


def around(tree: etree._Element, heading: etree._Element, inside: Collection[etree._Element]) -> list[etree._Element]:
    """The elements after the title and, behind them, those before it, nearest first; none of the comments."""
    before: deque[etree._Element] = deque(maxlen=_BEFORE)
    after: list[etree._Element] = []
    words, met = 0, False
    within = set(heading.iterdescendants())
    for element in tree.iter(etree.Element):
        if element.tag in _NOT_IN or element in within:
            continue
        if element is heading:
            met = True
        elif not met:
            before.append(element)
        elif len(after) >= _AFTER or words > _WORDS_AFTER or element in inside:
            break
        else:
            after.append(element)
            words += len(element.text or "")
    return after + list(reversed(before))
