"""How well tellings are put together and suggested. Pure.

What counts is what editors see: pairs of tellings within groups, and pairs of groups that are suggested, not pairs of
tellings by themselves. A suggestion is right if any telling of the one group tells the event of one of the other.
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stories.grouping import UNLIKE, groups
from stories.likeness import suggests
from stories.pairs import Pairs

Numbers = NDArray[np.float64]
Groups = NDArray[np.int_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How well tellings are put together: of all pairs that were, how many tell one event (`precision`); of all that
    do, how many were (`recall`, `one_language`, `across` languages); the mean over tellings, `b_cubed`. With what is
    suggested counted as found: recall across languages, how many suggestions there are, and how many are right."""

    precision: float
    recall: float
    one_language: float
    across: float
    b_cubed: float
    suggested_across: float
    suggestions: int
    suggested_right: float


def put_together(pairs: Pairs, odds: Numbers, sure: float) -> Groups:
    """The number of each telling's group."""
    names = [f"{place:06}" for place in range(len(pairs.known))]
    likeness = {
        (names[one], names[other]): float(each)
        for (one, other), each in zip(pairs.places, odds, strict=True)
        if each > UNLIKE
    }
    of = np.zeros(len(names), dtype=int)
    for number, group in enumerate(groups(names, likeness, sure)):
        of[[int(name) for name in group]] = number
    return of


def measure(pairs: Pairs, odds: Numbers, sure: float, perhaps: float) -> Quality:
    """How well tellings are put together and suggested at these log odds."""
    of = put_together(pairs, odds, sure)
    one, other = pairs.places.T
    same, joined = pairs.same == 1, of[one] == of[other]
    languages = np.array([str(each.telling.language) for each in pairs.known])
    across = same & (languages[one] != languages[other])
    of_two = _of_two(of, one, other)
    offered = _offered(of, of_two[~joined], odds[~joined], perhaps)
    right = np.unique(of_two[same & ~joined])
    return Quality(
        precision=_share(same, joined),
        recall=_share(joined, same),
        one_language=_share(joined, same & ~across),
        across=_share(joined, across),
        b_cubed=_b_cubed(of, np.array([each.event for each in pairs.known])),
        suggested_across=_share(joined | np.isin(of_two, offered), across),
        suggestions=len(offered),
        suggested_right=float(np.isin(offered, right).mean()) if len(offered) else 0.0,
    )


def _offered(of: Groups, of_two: NDArray[np.int_], odds: Numbers, perhaps: float) -> NDArray[np.int_]:
    """The pairs of groups that are suggested, of those that any of some pairs of tellings belongs to."""
    size, between = np.bincount(of), defaultdict[int, list[float]](list)
    for two, each in zip(of_two.tolist(), odds.tolist(), strict=True):
        if each > UNLIKE:
            between[two].append(each)
    count = of.max() + 1
    found = [
        two for two, some in between.items() if suggests(some, int(size[two // count] * size[two % count]), perhaps)
    ]
    return np.array(found, dtype=int)


def _of_two(of: Groups, one: NDArray[np.int_], other: NDArray[np.int_]) -> NDArray[np.int_]:
    """A number for the pair of groups that each pair of tellings belongs to."""
    numbers: NDArray[np.int_] = np.minimum(of[one], of[other]) * (of.max() + 1) + np.maximum(of[one], of[other])
    return numbers


def _share(of: NDArray[np.bool_], among: NDArray[np.bool_]) -> float:
    return float((of & among).sum() / max(1, among.sum()))


def _b_cubed(of: Groups, events: NDArray[np.str_]) -> float:
    """The harmonic mean of how pure each telling's group is, and how whole its event, over all tellings."""
    pure = float(np.mean([(events[of == of[at]] == events[at]).mean() for at in range(len(of))]))
    whole = float(np.mean([(of[events == events[at]] == of[at]).mean() for at in range(len(of))]))
    return 2 * pure * whole / (pure + whole) if pure + whole else 0.0
