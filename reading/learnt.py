"""What is what in things that repeat, learnt from all of them together.

Author: the short text at the same place of nearly all items that reads like a name, preferred where its markup says
so (`author`, `user`, a link to a profile) and where it differs from item to item; else the name in the line that tells
the date. Text: the place that holds most words and neither author nor date; else the whole item without its byline.
What says the same in most of the items ("Reply", "Report") is no one's words and falls away.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from reading.bylines import BUTTONS, NO_NAME, author_hint
from reading.names import credit, name
from reading.prose import Prose, line, prose, tags
from reading.repeats import Item
from reading.spots import shape, traits
from reading.thread import joined, without

_COVER = 0.7  # of the items have the place of the author
_WIDE = 0.9  # of the items have the place of the text
_BODY = re.compile(r"content|body|text|message|entry|words|copy", re.I)
_NAMED_SHARE = 0.3  # the same where its classes say that it is the text
_SHARE = 0.5  # of the items' words stand in the place of the text
_LONGEST_NAME = 50  # characters
_MOST_WORDS = 6  # in a name
_SAME = 0.7  # of the items say it: no one's words
_FEW = 3  # items are too few to tell
_SHORT = 60  # characters of a line that may be a button or a label
_NEAR = 3  # elements around the date in whose line the name may stand
_INLINE = tags("a abbr b br cite code em font i img p s small span strong sub sup u")
_NOT_IN = tags("form script style select noscript svg")
_OWN_LINK = re.compile(r"#\D*\d+$|[?&]p=\d+")

_NAMING = ("data-author", "data-username", "data-user-name", "data-displayname")

Place = tuple[str, str]
Part = dict[etree._Element, int]  # characters
Author = tuple[etree._Element | None, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """What one item says, and who."""

    prose: Prose
    author: str | None
    permalink: str | None
    hinted: bool  # the markup says of most authors that they are authors


def learn(items: Sequence[Item]) -> list[Learnt]:
    """What is what in each of the items."""
    parts = [_parts(item) for item in items]
    authors = _authors(items, parts)
    texts = _texts(items, _bodies(items, parts, authors), authors)
    hinted = sum(at is not None and author_hint(at) > 0 for at, _ in authors) >= _COVER * len(items)
    return [
        Learnt(prose=text, author=author, permalink=_permalink(part), hinted=hinted)
        for text, (_, author), part in zip(texts, authors, parts, strict=True)
    ]


def _parts(item: Item) -> Part:
    """The elements of an item, without those of the answers within it, and how many characters each holds."""
    found: Part = {}
    for root in item.elements:
        if root in item.inner:
            continue
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            if event == "start" and (element in item.inner or element.tag in _NOT_IN):
                walk.skip_subtree()
            elif event == "start":
                found[element] = len((element.text or "").strip())
            elif element is not root and element.getparent() in found:
                length = found.get(element, 0) + len((element.tail or "").strip())
                found[element.getparent()] += length
    return found


def _places(element: etree._Element) -> list[Place]:
    """What an element is called, in every way that counts; where its classes do not say, with the one around it."""
    parent = element.getparent()
    if parent is None:
        return []
    own = traits(element)
    return [(trait, "") for trait in own] if "." in own[0] else [(own[0], shape(parent))]


def _authors(items: Sequence[Item], parts: list[Part]) -> list[Author]:
    found: dict[Place, dict[int, tuple[etree._Element, str]]] = defaultdict(dict)
    for at, elements in enumerate(parts):
        date = items[at].spot.element
        for element, length in elements.items():
            if element is date or not length or length > 2 * _LONGEST_NAME or len(element) > _MOST_WORDS:
                continue
            if said := _short_name(element, date):
                for place in _places(element):
                    found[place].setdefault(at, (element, said))
    best = max(found.values(), key=lambda hits: _name_worth(hits, len(items)), default={})
    if len(best) < _COVER * len(items):
        best = {}
    return [_author(item, best.get(at)) for at, item in enumerate(items)]


def _author(item: Item, found: tuple[etree._Element, str] | None) -> Author:
    """What an attribute tells, else what was found, else the name beside the date."""
    told = name(next(filter(None, map(item.elements[0].get, _NAMING)), None))
    element, said = found or _credited(item)
    return element, told or said


def _short_name(element: etree._Element, date: etree._Element) -> str | None:
    holds = any(one is date for one in element.iterdescendants(date.tag))
    said = " ".join(prose(element, {date}).text.split()) if holds else line(element)
    if not said or len(said) > _LONGEST_NAME or len(said.split()) > _MOST_WORDS or NO_NAME.match(said):
        return None
    return name(said)


def _name_worth(hits: dict[int, tuple[etree._Element, str]], items: int) -> float:
    """How much a place looks like that of the author: cover, hints in the markup, and different names."""
    cover = len(hits) / items
    if cover < _COVER:
        return 0.0
    if items > _FEW and len({said for _, said in hits.values()}) == 1:
        return 0.0  # a label
    hints = sum(author_hint(element) for element, _ in hits.values()) / len(hits)
    if hints < 0:
        return 0.0
    alone = sum(_is_one_text(element) for element, _ in hits.values()) / len(hits)
    return cover + hints + 0.5 * alone


def _is_one_text(element: etree._Element) -> bool:
    return sum(bool(text.strip()) for text in element.itertext()) == 1


def _credited(item: Item) -> Author:
    """The name beside the date, where it has no element of its own."""
    element = item.spot.element
    for _ in range(_NEAR):
        said = line(element)
        date = item.spot.date if item.spot.date in said else line(item.spot.element)
        if (found := credit(said, date)) is not None:
            return element, found
        outer = element.getparent()
        if outer is None or element in item.elements:
            break
        element = outer
    return None, None


def _bodies(items: Sequence[Item], parts: list[Part], authors: list[Author]) -> list[list[etree._Element]]:
    """The elements that hold each item's words; empty where no place does in nearly all items."""
    sizes: Counter[Place] = Counter()
    total = 0
    held: list[dict[Place, list[etree._Element]]] = []
    for item, elements, (author, _) in zip(items, parts, authors, strict=True):
        byline = _around(item.spot.element) | (_around(author) if author is not None else set())
        mine: dict[Place, list[etree._Element]] = defaultdict(list)
        for element, length in elements.items():
            if element in byline:
                continue
            if element.getparent() in byline:
                total += length
            if element.tag not in _INLINE:
                for place in _places(element):
                    mine[place].append(element)
                    sizes[place] += length
        held.append(mine)
    covers = Counter(place for mine in held for place in mine)
    wide = [place for place, cover in covers.items() if cover >= _WIDE * len(items)]
    best = max(wide, key=lambda place: sizes[place] * (1 + bool(_BODY.search(place[0]))), default=None)
    if best is None or sizes[best] < (_NAMED_SHARE if _BODY.search(best[0]) else _SHARE) * total:
        return [[] for _ in items]
    return [mine.get(best, []) for mine in held]


def _around(element: etree._Element) -> set[etree._Element]:
    return {element, *element.iterancestors()}


def _texts(items: Sequence[Item], bodies: list[list[etree._Element]], authors: list[Author]) -> list[Prose]:
    texts = []
    for item, body, (author, _) in zip(items, bodies, authors, strict=True):
        roots = [one for one in body if not any(outer in body for outer in one.iterancestors())]
        if roots:
            texts.append(joined([prose(root, item.inner) for root in roots]))
        else:
            texts.append(_remainder(item, author))
    lines = (one for text in texts for one in set(text.text.split("\n")) if len(one) <= _SHORT)
    common = {one for one, count in Counter(lines).items() if count > _FEW and count >= _SAME * len(items)}
    return [_cleaned(text, common) for text in texts]


def _remainder(item: Item, author: etree._Element | None) -> Prose:
    """All of an item but its byline."""
    heads = [one for one in (item.spot.element, author) if one is not None and one not in item.elements]
    skip = set(item.inner) | {one for one in heads if len(line(one)) <= _SHORT}
    return _dateless(joined([prose(root, skip - {root}) for root in item.elements]), item.spot.said)


def _dateless(text: Prose, date: str) -> Prose:
    """The text without the line that is little more than its date."""
    for at, said in enumerate(text.text.split("\n")):
        if date in said and len(said) <= len(date) + _SHORT:
            return without(text, at)
    return text


def _cleaned(text: Prose, common: set[str]) -> Prose:
    lines = text.text.split("\n")
    for at in range(len(lines) - 1, -1, -1):
        if lines[at] in common or BUTTONS.match(lines[at]):
            text = without(text, at)
    return text


def _permalink(elements: Part) -> str | None:
    for element in elements:
        href = element.get("href") if element.tag == "a" else None
        if href and _OWN_LINK.search(href):
            return href
    first = next(iter(elements), None)
    identity = None if first is None else first.get("id")
    return f"#{identity}" if identity and re.search(r"\d", identity) else None
