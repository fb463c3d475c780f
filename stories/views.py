"""The signals of a text seen from a sentence and from a passage: what the weights in `learned/` are for. Pure.

A sentence is asked three questions, each with its own view of the signals around it:
  inside   own, near (mean of 2 before and 2 after), wide (8 and 8): does it belong to a told incident?
  begins   own, before (3), after (4): does the incident begin here?
  ends     own, before (4), after (3): does it end here?
A passage is asked two, is it a story and does it fit one from edge to edge, both with one view: whether a signal
stands in it at all, how often (up to 4 times), how often in each 70 characters, in what share of the 8 sentences before
and the 8 after it, and in what share of the stretch of itself and the 30 on each side: that a text is an
advertisement, a complaint or a diary is told by what stands far from the passage.

Each view ends with a few features of form that are no signals; `EXTRAS` names them in order.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stories.signals import Matrix, Numbers, column

Vector = NDArray[np.float64]
Features = NDArray[np.float64]

NEAR, WIDE = 2, 8  # sentences on each side; a told incident has 6 sentences in the median, seldom more than 22
OPENING, CLOSING = (3, 4), (4, 3)  # sentences before and after
CONTEXT = 8  # sentences on each side of a passage
STRETCH = 30  # sentences on each side that say what kind of text it stands in; 16 and 60 did a little worse
MOST = 4  # times that a signal counts in a passage
UNIT = 70  # characters; the share of a signal is how often it stands in so many, as sentences differ in length
SHORTEST = 3  # units; a shorter passage has the shares of one of that length

TOGETHER = {
    "serves and kind act": ("serves", "kind act"),
    "trouble and kind act": ("trouble", "kind act"),
    "serves and trouble": ("serves", "trouble"),
    "kind act and joy": ("kind act", "joy"),
    "asked and answered": ("ask", "say"),
    "somebody in kind act": ("kind somebody", "serves"),
    "told by I": ("i", "past"),
    "moved to act": ("ask", "kind act"),
}
ALONE = {
    "complaint without joy": ("complaint", "joy"),
    "complaint without kind act": ("complaint", "kind act"),
    "joy without past": ("joy", "past"),
    "joy without asking": ("joy", "ask"),
    "habit without when": ("habit", "when"),
    "everybody and nobody": ("mass", "i"),
    "business without when": ("business", "when"),
    "strangers without service": ("stranger", "serves"),
}
VARIETY = (
    *(
        "staff",
        "customer",
        "service",
        "trade",
        "person",
        "kin",
        "trouble",
        "ask",
        "say",
        "help",
        "bring",
        "give",
        "free",
    ),
    *(
        "find",
        "care",
        "rule",
        "hours",
        "beyond",
        "swift",
        "treat",
        "note",
        "surprise",
        "thanks",
        "warm",
        "goods",
        "when",
        "then",
        "scene",
        "count",
    ),
)
FEW = 3  # times that a signal counts beside another
COLUMNS = {
    "inside": ("own", "near", "wide"),
    "begins": ("own", "before", "after"),
    "ends": ("own", "before", "after"),
    "passage": ("any", "count", "share", "around", "stretch"),
    "fits": ("any", "count", "share", "around", "stretch"),
}
PASSAGE_EXTRAS = (
    "log sentences",
    "log characters",
    "mean inside",
    "at begin",
    "at end",
    "most inside",
    "log text",
    "share of text",
    *TOGETHER,
    *ALONE,
    "variety",
)
EXTRAS: dict[str, tuple[str, ...]] = {
    "inside": (),
    "begins": ("after a heading", "first of all"),
    "ends": ("before a new line", "before a heading", "last of all"),
    "passage": PASSAGE_EXTRAS,
    "fits": PASSAGE_EXTRAS,
}


@dataclass(frozen=True, slots=True)
class Leanings:
    """For each sentence the log odds that it is inside an incident, begins one, ends one."""

    inside: Vector
    begins: Vector
    ends: Vector


@dataclass(frozen=True, slots=True)
class Span:
    """The first and the last sentence of a passage."""

    first: int
    last: int


def sentence_views(rows: Matrix, blocks: Numbers) -> dict[str, Features]:
    """The features of all sentences for inside, begins and ends, in the order of COLUMNS and EXTRAS.

    `blocks` says which sentences belong together: nothing is seen of other blocks.
    """
    near = _Near(rows, blocks)
    heading, line = rows[:, [column("heading")]], rows[:, [column("line begins")]]
    here = np.arange(len(rows))
    first, last = (near.begins == here)[:, None], (near.ends == here + 1)[:, None]
    return {
        "inside": np.hstack([rows, near.mean(NEAR, NEAR), near.mean(WIDE, WIDE)]),
        "begins": np.hstack([rows, near.mean(OPENING[0], 0), near.mean(0, OPENING[1]), _earlier(heading), first]),
        "ends": np.hstack(
            [rows, near.mean(CLOSING[0], 0), near.mean(0, CLOSING[1]), _later(line), _later(heading), last]
        ),
    }


def passage_view(rows: Matrix, blocks: Numbers, lengths: Vector, leanings: Leanings, spans: Sequence[Span]) -> Features:
    """The features of some passages; `lengths` are the sentences' in code points."""
    total, (begins, ends) = _running(rows), block_edges(blocks)
    first, last = np.array([s.first for s in spans]), np.array([s.last for s in spans])
    size = (last - first + 1)[:, None]
    inner = total[last + 1] - total[first]
    before, after = np.maximum(first - CONTEXT, begins[first]), np.minimum(last + 1 + CONTEXT, ends[first])
    outer = total[after] - total[last + 1] + total[first] - total[before]
    around = outer / np.maximum(after - last - 1 + first - before, 1)[:, None]
    summed, letters = _running(leanings.inside[:, None])[:, 0], _running(lengths[:, None])[:, 0]
    extras = [
        np.log(size[:, 0]),
        np.log(letters[last + 1] - letters[first]),
        (summed[last + 1] - summed[first]) / size[:, 0],
        leanings.begins[first],
        leanings.ends[last],
        [leanings.inside[s.first : s.last + 1].max() for s in spans],
        np.log(ends[first] - begins[first]),
        size[:, 0] / (ends[first] - begins[first]),
    ]
    few = np.minimum(inner, FEW) / FEW
    extras += [few[:, column(one)] * few[:, column(other)] for one, other in TOGETHER.values()]
    extras += [few[:, column(one)] * (1 - few[:, column(other)]) for one, other in ALONE.values()]
    size_in_units = np.maximum(letters[last + 1] - letters[first], SHORTEST * UNIT) / UNIT
    share = inner / size_in_units[:, None]
    any_, count = np.minimum(inner, 1), np.minimum(inner, MOST) / MOST
    extras.append(any_[:, [column(name) for name in VARIETY]].sum(axis=1) / len(VARIETY))
    low, high = np.maximum(first - STRETCH, begins[first]), np.minimum(last + 1 + STRETCH, ends[first])
    stretch = (total[high] - total[low]) / (high - low)[:, None]
    return np.hstack([any_, count, share, around, stretch, np.column_stack(extras)])


def block_edges(blocks: Numbers) -> tuple[Numbers, Numbers]:
    """For each sentence the first sentence of its block, and the one after the last."""
    return np.searchsorted(blocks, blocks), np.searchsorted(blocks, blocks, side="right")


def _running(rows: Matrix | Vector) -> Features:
    return np.vstack([np.zeros((1, rows.shape[1])), np.cumsum(rows, axis=0, dtype=np.float64)])


class _Near:
    """The means of the rows around each row, within its block."""

    def __init__(self, rows: Matrix, blocks: Numbers) -> None:
        self.rows, self.total = rows, _running(rows)
        self.begins, self.ends = block_edges(blocks)

    def mean(self, before: int, after: int) -> Features:
        """For each row the mean of the rows before and after it, itself left out; 0 where there are none."""
        here = np.arange(len(self.rows))
        low, high = np.maximum(here - before, self.begins), np.minimum(here + 1 + after, self.ends)
        mean: Features = (self.total[high] - self.total[low] - self.rows) / np.maximum(high - low - 1, 1)[:, None]
        return mean


def _earlier(rows: Matrix) -> Matrix:
    return np.vstack([np.zeros_like(rows[:1]), rows[:-1]])


def _later(rows: Matrix) -> Matrix:
    return np.vstack([rows[1:], np.zeros_like(rows[:1])])
