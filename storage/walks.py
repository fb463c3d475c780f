"""Walking through a list page by page while editors work: nothing is skipped, nothing comes twice unless it changed.

By their first approval entries have an order that no act changes, so that a page goes on below the last entry of the
page before it. Any other order changes with the entries. So a walk by it has two parts: what has not changed since the
walk began, in that order; then what has, in the order of its changes, until there is none. `Place` is where a page
ends: the last change that the walk knows of, and in the first part the key of the page's last entry. Keys hang on
nothing but the entry, so that a place is good in another process, too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from storage.board import Marks, Snapshot
from storage.publication import ALL, MANY, change

SCALE = 1_000_000  # scores as whole numbers
Keys = NDArray[np.int64]


class Order(StrEnum):
    """What comes first: what was first approved last, changed last, is told most often, or has the best score."""

    APPROVED = "approved"
    UPDATED = "updated"
    TOLD = "told"
    BEST = "best"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a page ends. `key` is None in the part of what has changed since the walk began."""

    change: int
    key: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """A page: its clusters, and where it ends; None where the list does."""

    ids: Sequence[str]
    end: Place | None


def walked(board: Snapshot, met: Marks, order: Order, limit: int, after: Place | None = None) -> Walked:
    """The page of these rows that begins after a place."""
    begin = after or Place(change=board.version * MANY + ALL, key=0)
    rows, keys, changes = np.flatnonzero(met), _keys(board, order), change(board)
    moved = changes[rows] > (begin.change if order is not Order.APPROVED else np.iinfo(np.int64).max)
    still = rows[~moved][keys[rows[~moved]] > begin.key] if begin.key is not None else rows[:0]
    first = _first(still, keys, limit)
    then = _first(rows[moved], changes, limit - first.size)
    ids = [board.ids[row] for row in (*first, *then)]
    if still.size + int(moved.sum()) <= limit:
        return Walked(ids=ids, end=None)
    if then.size:
        return Walked(ids=ids, end=Place(change=int(changes[then[-1]]), key=None))
    return Walked(ids=ids, end=Place(change=begin.change, key=int(keys[first[-1]])))


def _keys(board: Snapshot, order: Order) -> Keys:
    """A number for each row, all different, that grows along the list; the first one is above 0."""
    numbers = board.numbers
    by: NDArray[np.int64] = {
        Order.APPROVED: np.zeros_like(numbers["version"]),
        Order.UPDATED: numbers["version"],
        Order.TOLD: numbers["tellings"].astype(np.int64),
        Order.BEST: np.rint(numbers["score"].astype(np.float64) * SCALE).astype(np.int64),
    }[order]
    keys: Keys = MANY * MANY // 2 - (by * MANY + numbers["approved"])
    return keys


def _first(rows: NDArray[np.intp], keys: Keys, limit: int) -> NDArray[np.intp]:
    """The first of these rows by their keys, in order."""
    own = keys[rows]
    if limit < rows.size:
        nearest = np.argpartition(own, limit)[:limit]
        rows, own = rows[nearest], own[nearest]
    return rows[np.argsort(own)]
