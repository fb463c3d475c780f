"""Reads comments in markup that nobody declared: what repeats, with an author, a date and words of its own.

For each group of dates that stand alike (`spots.py`) the repeating elements are found (`repeats.py`), and what is
what in them is learnt from all of them together (`learnt.py`). Then evidence is weighed whether they are comments
(`evidence.py`); the group with most evidence is believed, if it has enough.
"""

import re
from itertools import islice
from math import log2

from lxml import etree

from reading.dates import Calendar
from reading.draft import Draft, Thread
from reading.evidence import ENOUGH, MORE, evidence, is_forum, promise
from reading.learnt import Learnt, learn
from reading.repeats import Item, repeats
from reading.spots import alike, spots

_MOST_GROUPS = 12  # the largest; a page has a handful of things that repeat
_EACH_TIME = 0.5  # evidence that twice as many items outweigh
_PLACES = 100  # depths told apart
_DEPTH = re.compile(
    r"(?:^|[\s_-])(?:depth|level|lvl|indent|nest(?:ed|ing)?)[_-]?(\d{1,3})|(?:margin|padding)-left:\s*(\d{1,4})", re.I
)
_ANSWER = re.compile(
    r"(?:^|[\s_-])(?:indented|indent|child|nested|subcomment|sub-comment|is-?reply|comment-?reply)(?=$|\s)", re.I
)
_NEAR = 4  # elements around the date
_THIN = frozenset(("1", "0"))  # the height of an image that indents


def read_general(tree: etree._Element, calendar: Calendar) -> Thread:
    """The comments found without knowing the engine."""
    best, most = Thread(), 0.0
    for group in alike(spots(tree, calendar))[:_MOST_GROUPS]:
        items = repeats(group)
        if not items:
            continue
        hoped = promise(items)
        more = _EACH_TIME * log2(len(items))  # of two groups with enough, the larger
        if hoped + MORE <= ENOUGH or hoped + MORE + more <= most:
            continue
        learnt = learn(items)
        found = hoped + evidence(items, learnt)
        if found > ENOUGH and found + more > most:
            best, most = _thread(items, learnt, tree), found + more
    return best


def _thread(items: list[Item], learnt: list[Learnt], tree: etree._Element) -> Thread:
    forum = is_forum(items, tree)
    depths = [0, *_depths(items[1:])] if forum else _depths(items)
    drafts = [
        Draft(
            elements=item.elements,
            prose=told.prose,
            author=told.author,
            when=item.spot.when,
            permalink=told.permalink,
            key=at,
            parent=item.within,
            depth=depths[at],
        )
        for at, (item, told) in enumerate(zip(items, learnt, strict=True))
    ]
    return Thread(drafts=[draft for draft in drafts if draft.prose.text], reader="general", forum=forum)


def _depths(items: list[Item]) -> list[int] | list[None]:
    """Depths by what the markup tells, else by how deep each item lies in it; none if they lie in each other."""
    if any(item.within is not None for item in items):
        return [None] * len(items)
    told = [_told(item) for item in items]
    if len(set(told)) == 1:
        told = [sum(1 for _ in item.elements[0].iterancestors()) for item in items]
    levels = sorted(set(told))[:_PLACES]
    return [levels.index(level) if level in levels else 0 for level in told]


def _told(item: Item) -> int:
    """The depth that an item's markup tells: a class such as `depth-2`, a margin, an image that indents."""
    top = item.elements[0]
    for element in (top, *top.iterchildren("div", "li", "article"), *islice(item.spot.element.iterancestors(), _NEAR)):
        if element is not top and top not in element.iterancestors():
            break
        said = f"{element.get('class') or ''} {element.get('style') or ''}"
        if match := _DEPTH.search(said):
            return int(next(filter(None, match.groups())))
        if (depth := element.get("data-depth") or "").isdecimal():
            return int(depth)
        if _ANSWER.search(said):
            return 1
    image = next(top.iter("img"), None)
    width = "" if image is None or image.get("height") not in _THIN else image.get("width") or ""
    return int(width) if width.isdecimal() else 0
