"""Pairs of labelled tellings: what the comparison of tellings is learned from, and measured by. Pure.

The project's own are in `tellings/`: invented events, each told six times in four languages and more by people who
remember it differently, and two look-alikes of each; and the stories of `training/`, most of them told once. Paired are
those that would be compared in a collection (they share keys), and all that tell one event. A pair of an event that is
told often weighs less, so that no event decides alone.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from reading.document import Document
from stories.detect import whole
from stories.keys import items, weight, worth
from stories.labelled import FOLDER, TRAINING, Labelled, read
from stories.likeness import signs
from stories.telling import Telling, telling

TELLINGS = FOLDER / "tellings"
SHORTEST = 120  # characters of a telling that is worth comparing
MOST_WEIGHT, PAIRS_OF_ONE = 3.0, 3.0  # of a pair of events that are told once; what an event's pairs weigh in all
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A telling, the event that it tells, and which texts it is from."""

    telling: Telling
    event: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Pairs of tellings by their places: a row of signs for each, whether a collection would compare them, whether they
    tell one event, and the pair's weight."""

    known: Sequence[Known]
    places: NDArray[np.int_]
    signs: Numbers
    compared: NDArray[np.bool_]
    same: Numbers
    weight: Numbers


def own() -> list[Known]:
    """The project's own labelled tellings."""
    return [each for folder in (TELLINGS, TRAINING) for text in read(folder) for each in known(text, folder.name)]


def known(text: Labelled, source: str) -> list[Known]:
    """The tellings of a labelled text, as the finder would have them."""
    told = [story for story in text.stories if story.end - story.start >= SHORTEST]
    return [
        Known(
            telling=telling(whole(Document(url="", text=text.text[each.start : each.end], language=text.language))),
            event=f"{source} {each.event}",
            source=source,
        )
        for each in told
    ]


def pair_up(known: Sequence[Known]) -> Pairs:
    """The pairs that would be compared, and all others of one event."""
    compared = _compared(known)
    order = sorted(compared | _of_one_event(known))
    size = Counter(each.event for each in known)
    rows = [list(signs(known[one].telling, known[other].telling).values()) for one, other in order]
    counts = [size[known[one].event] * size[known[other].event] for one, other in order]
    return Pairs(
        known=known,
        places=np.array(order),
        signs=np.array(rows, dtype=float),
        compared=np.array([two in compared for two in order]),
        same=np.array([known[one].event == known[other].event for one, other in order], dtype=float),
        weight=np.minimum(MOST_WEIGHT, np.sqrt(PAIRS_OF_ONE / np.sqrt(np.array(counts, dtype=float)))),
    )


def _of_one_event(known: Sequence[Known]) -> set[tuple[int, int]]:
    told: defaultdict[str, list[int]] = defaultdict(list)
    for place, each in enumerate(known):
        told[each.event].append(place)
    return {two for places in told.values() for two in combinations(places, 2)}


def _compared(known: Sequence[Known]) -> set[tuple[int, int]]:
    """The pairs that are worth comparing."""
    tells = [items(each.telling) for each in known]
    sharing: defaultdict[str, list[int]] = defaultdict(list)
    for place, told in enumerate(tells):
        for item in told:
            sharing[item].append(place)
    shared: defaultdict[tuple[int, int], float] = defaultdict(float)
    for item, places in sharing.items():
        for two in combinations(places, 2):
            shared[two] += tells[two[0]][item]
    weights = [weight(its) for its in tells]
    return {(one, other) for (one, other), much in shared.items() if worth(much, weights[one], weights[other])}
