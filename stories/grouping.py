"""Which tellings tell one event, given how alike each two of them are. Pure, and the same in whatever order they come.

Groups grow from single tellings. The two groups that are most alike become one, then the next two, as long as they are
`sure`: what counts is the mean of the log odds over all pairs between them, so that one lucky likeness does not pull a
stranger in, nor one odd detail keep a brother out. A pair that was never compared, as it shares nothing that leads from
one to the other, counts as UNLIKE, and no pair counts for less. Of two choices alike by the same odds the one with the
smaller names is taken, never the one that came first.

What editors said goes before: tellings that are `together` are one group from the start, and groups that hold tellings
said to be `apart` are never joined.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

UNLIKE = -4.0  # log odds
Pair = tuple[str, str]  # names of two tellings, in their order
Kind = TypeVar("Kind", np.float64, np.bool_)


def pair(one: str, other: str) -> Pair:
    """Two names in their order."""
    return (one, other) if one < other else (other, one)


def groups(
    names: Iterable[str],
    odds: Mapping[Pair, float],
    sure: float,
    together: Iterable[Collection[str]] = (),
    apart: Iterable[Pair] = (),
) -> list[list[str]]:
    """The tellings of these names in groups, each sorted, the groups by their first name.

    `odds` are the log odds that two of them tell one event, `sure` those from which groups are joined.
    """
    of = _joined(names, together)
    between: defaultdict[Pair, float] = defaultdict(float)  # by the first names of two blocks
    for one, other in sorted(odds):
        if one in of and other in of and of[one] is not of[other]:
            between[pair(of[one][0], of[other][0])] += max(odds[one, other] - UNLIKE, 0.0)
    never = {pair(of[one][0], of[other][0]) for one, other in apart if one in of and other in of}
    sizes = {block[0]: len(block) for block in of.values()}
    near = [two for two, more in between.items() if _mean(more, two, sizes) >= sure]
    part = _joined(sizes, near)
    inside: defaultdict[str, list[Pair]] = defaultdict(list)
    for two in between:
        if part[two[0]] is part[two[1]]:
            inside[part[two[0]][0]].append(two)
    grown = (
        group
        for first, blocks in part.items()
        if first == blocks[0]
        for group in _grown(blocks, {two: between[two] for two in inside[first]}, sizes, never, sure)
    )
    return sorted(sorted(name for block in group for name in of[block]) for group in grown)


def _mean(more: float, two: Pair, sizes: Mapping[str, int]) -> float:
    """The mean log odds between two blocks, from what all pairs between them have `more` than UNLIKE."""
    return UNLIKE + more / (sizes[two[0]] * sizes[two[1]])


def _grown(
    blocks: Sequence[str], between: Mapping[Pair, float], sizes: Mapping[str, int], never: Collection[Pair], sure: float
) -> list[list[str]]:
    """Blocks (by their first names, in order) joined into groups."""
    place = {block: number for number, block in enumerate(blocks)}
    found, count = [[block] for block in blocks], np.array([float(sizes[block]) for block in blocks])
    sums, parted = np.zeros((len(blocks), len(blocks))), np.eye(len(blocks), dtype=bool)
    for two, more in between.items():
        sums[place[two[0]], place[two[1]]] = sums[place[two[1]], place[two[0]]] = more
    for two in never:
        if set(two) <= place.keys():
            here, there = place[two[0]], place[two[1]]
            parted[here, there] = parted[there, here] = True
    while len(found) > 1:
        means = np.where(parted, -np.inf, UNLIKE + sums / np.outer(count, count))
        one, other = divmod(int(means.argmax()), len(found))
        if means[one, other] < sure:
            break
        found[one] += found.pop(other)
        sums, parted, count = _added(sums, one, other), _added(parted, one, other), _added(count, one, other)
        parted[one, one] = True
    return found


def _joined(names: Iterable[str], said: Iterable[Collection[str]]) -> dict[str, list[str]]:
    """For each name those that it is together with, however that was said; in order."""
    of = {name: [name] for name in sorted(names)}
    for some in said:
        here = {id(of[name]): of[name] for name in some if name in of}
        if len(here) > 1:
            together = sorted(name for names in here.values() for name in names)
            of.update(dict.fromkeys(together, together))
    return of


def _added(table: NDArray[Kind], one: int, other: int) -> NDArray[Kind]:
    """A table of groups in which what stands for `other` is added to `one`."""
    for axis in range(table.ndim):
        rows = np.moveaxis(table, axis, 0)
        rows[one] += rows[other]
        table = np.delete(table, other, axis=axis)
    return table
