"""The elements that repeat around spots that stand alike: one for each comment, if they are comments.

Of two spots that follow each other the items are what lies around each without holding the other. An answer that lies
inside the comment that it answers is told apart: an item's `core` is the largest element that holds its spot alone,
its `outer` the largest of one shape, the same for all items, of which its spot is the first. Where the cores hold
nothing but a byline, the items are runs of siblings: from one byline to the next, or back to the one before.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median_low

from lxml import etree

from reading.prose import line
from reading.spots import Spot, traits

_MOST_ITEMS = 2000  # a thread page with more is none
_BARE = 60  # characters in a core beside its date, in the middle, under which it is a byline alone
# What the box around all comments is called: a single comment is what lies in it.
_LIST = re.compile(r"comments|comment-?_?list|responses|replies|kommentare|commentaires|comentarios|reacties", re.I)
_ROOMIER = 1.3  # times the characters
_MORE = 10  # characters
_LESS = 0.6  # where the others would be mere bylines
_COVER = 0.9  # of the items must have a shape for it to be that of the items


Heights = dict[str, dict[int, list[int]]]  # by trait and item, how high in its chain


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One of the things that repeat. `elements` is all of it, answers within it included; `inner` are those answers."""

    spot: Spot
    core: etree._Element
    elements: tuple[etree._Element, ...]
    inner: frozenset[etree._Element] = frozenset()
    within: int | None = None  # the item that it lies in


def repeats(group: Sequence[Spot]) -> list[Item]:
    """The items around the spots of a group, in the order of the page."""
    group = group[:_MOST_ITEMS]
    counts: Counter[etree._Element] = Counter()
    first: dict[etree._Element, int] = {}
    for at, spot in enumerate(group):
        for element in _chain(spot.element):
            counts[element] += 1
            first.setdefault(element, at)
    kept = [at for at, spot in enumerate(group) if counts[spot.element] == 1]
    cores = {at: _core(group[at].element, counts, alone=len(kept) == 1) for at in kept}
    if len({cores[at].getparent() for at in kept}) == 1 and len(kept) > 1:
        runs = _runs([cores[at] for at in kept])
        if sorted(map(len, runs))[len(runs) // 2] > 1 and _bare([cores[at] for at in kept], [group[at] for at in kept]):
            return [Item(spot=group[at], core=run[0], elements=run) for at, run in zip(kept, runs, strict=True)]
    outers = _outers(kept, cores, first, group)
    return _nested([at for at in kept if at in outers], cores, outers, group)


def _chain(element: etree._Element) -> list[etree._Element]:
    chain = [element]
    chain += (outer for outer in element.iterancestors() if outer.tag not in ("body", "html"))
    return chain


def _core(element: etree._Element, counts: Counter[etree._Element], *, alone: bool) -> etree._Element:
    for outer in element.iterancestors():
        if counts[outer] != 1 or (alone and _LIST.search(f"{outer.get('class') or ''} {outer.get('id') or ''}")):
            break
        element = outer
    return element


def _outers(
    kept: list[int], cores: dict[int, etree._Element], first: dict[etree._Element, int], group: Sequence[Spot]
) -> dict[int, etree._Element]:
    """For each item the largest element with the trait that nearly all items have, its spot the first in it.

    What lacks the trait is something else that is dated alike, such as the post, and is left out.
    """
    if len(kept) == 1:
        return cores
    chains = {at: [element for element in _chain(group[at].element) if first[element] == at] for at in kept}
    heights: Heights = defaultdict(lambda: defaultdict(list))
    for at, chain in chains.items():
        for height, element in enumerate(chain):
            for trait in traits(element):
                heights[trait][at].append(height)
    best = _at_cover(heights, chains, _COVER) or cores
    had = _room(best)
    for other in (_at_cover(heights, chains, _LESS), cores):
        if other and (room := _room(other)) > _ROOMIER * had + _MORE:  # those before were mere bylines
            best, had = other, room
    return best


def _room(outers: dict[int, etree._Element]) -> int:
    """How many characters an element mostly holds."""
    return median_low(sum(len(text.strip()) for text in element.itertext()) for element in outers.values())


def _at_cover(
    heights: Heights, chains: dict[int, list[etree._Element]], cover: float
) -> dict[int, etree._Element] | None:
    """The elements with the trait that stands highest, of those that so many of the items have."""
    wide = [found for found in heights.values() if len(found) >= cover * len(chains)]
    best = max(wide, key=_usual, default=None)
    if best is None:
        return None
    usual = _usual(best)
    return {at: chains[at][min(found, key=lambda h: abs(h - usual))] for at, found in sorted(best.items())}


def _usual(found: dict[int, list[int]]) -> float:
    """How high the largest element with a trait mostly is; the first item's may reach to the top of the page."""
    tops = [max(heights) for _, heights in sorted(found.items())]
    return median_low(tops[1:] or tops)


def _nested(
    kept: list[int], cores: dict[int, etree._Element], outers: dict[int, etree._Element], group: Sequence[Spot]
) -> list[Item]:
    index = {outers[at]: place for place, at in enumerate(kept)}
    within = [next((index[e] for e in outers[at].iterancestors() if e in index), None) for at in kept]
    inner: list[set[etree._Element]] = [set() for _ in kept]
    for place, parent in enumerate(within):
        if parent is not None:
            inner[parent].add(outers[kept[place]])
    return [
        Item(
            spot=group[at],
            core=cores[at],
            elements=(outers[at],),
            inner=frozenset(inner[place]),
            within=within[place],
        )
        for place, at in enumerate(kept)
    ]


def _bare(cores: list[etree._Element], group: list[Spot]) -> bool:
    """Whether the cores hold little beside their date: then the words stand beside them."""
    pairs = zip(cores, group, strict=True)
    beside = sorted(len(line(core)) - (spot.when.end - spot.when.start) for core, spot in pairs)
    return beside[len(beside) // 2] < _BARE


def _runs(cores: list[etree._Element]) -> list[tuple[etree._Element, ...]]:
    """Each core with the siblings after it, or before it if nothing stands after the last."""
    starts = set(cores)
    last = [sibling for sibling in cores[-1].itersiblings() if sibling.tag != "form" and line(sibling)]
    forward = bool(last) and last[0].tag not in ("h1", "h2", "h3", "h4")
    runs = []
    for core in cores:
        run = [core]
        for sibling in core.itersiblings(preceding=not forward):
            if sibling in starts or sibling.tag == "form":
                break
            run.append(sibling)
        runs.append(tuple(run if forward else reversed(run)))
    return runs
