"""The numbered pages of a thread: comment pages of blogs, pages of forum threads.

A link of the page leads to another page of its thread if the two addresses are alike but for a number (`numbers.py`)
and one of these holds: the address says that it numbers pages of comments, or its fragment does; the address is that
of a forum's thread; the link stands in a box that is called one of comments. So the pages of a blog's archive, and the
pages into which an article is split, are none.

Numbers that are not linked are filled in: pages 2 to 9 where the links are 2, 3 and 9. A forum's thread is followed
onward. Comment pages of a blog are followed from the post to both sides, as the post's own address shows the first page
on some and the last on others; which it is tells the page number that is marked as the current one, or the permalinks
of the comments, or the link to page 1, which the first page does not have, or the direction of a link to a neighbour.
From a later page they are followed onward, unless it has WordPress's list of numbers: that names the last page, so that
the post has named all.
"""

import re
from collections import Counter
from collections.abc import Iterator
from math import gcd

from lxml import etree

from reading.page import Link, PageKind
from reading.prose import line
from reading.routes.numbers import MAYBE, Numbered, family, numbered
from reading.routes.sight import Sight, absolute, part

_MOST = 500  # pages filled in; the longest real thread seen has 155, and a wrong number must not name millions
_THREAD = re.compile(
    r"viewtopic\.php|showthread\.php|/threads?[/-]|[?&/]topic[=,/]|/topic\d|-t\d+|/t/|/discussions?/|/questions/\d"
    r"|item\?id=|/forums?/.*\d",
    re.I,
)
_SHORT_THREAD = re.compile(r"/\d+-[^/?#]+\.html")  # only with a sign in the page: a blog's post may look so
_COMMENTS = re.compile(r"comment|komment|reactie|reaction|discussion|disqus|talkback|responses", re.I)
_TO_COMMENT = re.compile(r"#(?:[a-z-]*comment-?|c|li-|div-)\w*\d", re.I)
_TO_COMMENTS = re.compile(r"#(?:comments?|respond|comment-?list|kommentare?r?|forum)$", re.I)
_BACK = re.compile(r"prev|older|(?:^|[\s_-])back(?:$|[\s_-])", re.I)
_LAST_FIGURE = re.compile(r"^(?:\w+ )?(\d{1,5})$")  # "3", "Page 3"
_WHOLE_PAGE = ("html", "body", "main")


def numbered_pages(sight: Sight) -> tuple[Link, ...]:
    """The other pages of the thread, in the order of their numbers; onward only, but for comment pages of a blog."""
    own = {family(address) for address in sight.addresses}
    found = [(element, href, target) for element, href, target in _candidates(sight) if family(target.url) in own]
    trusted = [(e, href, target) for e, href, target in found if _is_trusted(sight, e, href, target)]
    if not trusted:
        return ()
    style = Counter(target.style for _, _, target in trusted).most_common(1)[0][0]
    same = [(e, href, target) for e, href, target in trusted if target.style == style]
    sample = same[0][2]
    here = next((n.number for url in sight.addresses if (n := numbered(url)) and n.style == style), None)
    numbers = _blog(sight, same, here) if sample.of_comments else _forum(sight, same, here)
    return tuple(part(sample.at(number)) for number in numbers)


def _candidates(sight: Sight) -> Iterator[tuple[etree._Element, str, Numbered]]:
    for element, href in sight.links():
        if element.tag == "link" and not {"next", "prev"}.intersection((element.get("rel") or "").lower().split()):
            continue
        if (
            MAYBE.search(href.lower().encode())
            and (whole := absolute(sight.base, href))
            and (target := numbered(whole))
        ):
            yield element, href, target


def _is_trusted(sight: Sight, element: etree._Element, href: str, target: Numbered) -> bool:
    if target.of_comments or _TO_COMMENTS.search(href) or _THREAD.search(target.url):
        return True
    if _SHORT_THREAD.search(target.url) and "vbulletin" in sight.source.lower():
        return True
    return _in_comments(element)


Found = list[tuple[etree._Element, str, Numbered]]


def _forum(sight: Sight, found: Found, here: int | None) -> list[int]:
    """The pages after this one."""
    numbers = {target.number for _, _, target in found}
    if found[0][2].counts_comments:
        here = here or 0
        step = gcd(here, *numbers)
        return _filled(here + step, max(numbers), step) if step else []
    if here is None:
        here = 0 if "Drupal" in sight.source else 1  # Drupal counts from 0
    return _filled(here + 1, max(numbers), 1)


def _blog(sight: Sight, found: Found, here: int | None) -> list[int]:
    """The pages beside this one."""
    if found[0][2].counts_comments:
        return _forum(sight, found, here)
    shown = {target.number for _, href, target in found if _TO_COMMENT.search(href)}
    linked = {target.number for _, href, target in found if not _TO_COMMENT.search(href)}
    if sight.page.kind is PageKind.THREAD and here is not None:
        return [] if _lists_all(found) else _filled(here + 1, max(linked | {here}), 1)
    if not linked and len(shown) != 1:  # all is on this page, whatever the comments' addresses say
        return []
    here = here or _current(sight) or _only(shown) or _beside(found, linked)
    return [number for number in _filled(1, max(linked | {here}), 1) if number != here]


def _lists_all(found: Found) -> bool:
    return any(
        "page-numbers" in (one.get("class") or "").split() and _LAST_FIGURE.search(line(one)) for one, _, _ in found
    )


def _current(sight: Sight) -> int | None:
    """The number that a comment navigation marks as this page's."""
    for element in sight.tree.iter("span", "a", "strong", "em", "li"):
        if element.get("aria-current") == "page" or "current" in (element.get("class") or "").split():
            said = _LAST_FIGURE.search(line(element))
            if said and _in_comments(element):
                return int(said[1])
    return None


def _in_comments(element: etree._Element) -> bool:
    boxes = (box for box in element.iterancestors() if box.tag not in _WHOLE_PAGE)
    return any(_COMMENTS.search(f"{box.get('class') or ''} {box.get('id') or ''}") for box in boxes)


def _only(shown: set[int]) -> int | None:
    return next(iter(shown)) if len(shown) == 1 else None


def _beside(found: Found, linked: set[int]) -> int:
    """This page's number, from its links alone."""
    last = max(linked) + 1
    back = [element for element, href, _ in found if not _TO_COMMENT.search(href) and _leads_back(element)]
    return last if 1 in linked or back else 1


def _leads_back(element: etree._Element) -> bool:
    parent = element.getparent()
    near = (element,) if parent is None or parent.tag in _WHOLE_PAGE else (element, parent)
    return any(_BACK.search(f"{one.get('class') or ''} {one.get('rel') or ''} {one.get('id') or ''}") for one in near)


def _filled(first: int, last: int, step: int) -> list[int]:
    return list(range(first, last + 1, step)[:_MOST])
