"""Which entries a feed shows: the live one, the archive's pages, what has changed since a cursor, and any filter's.

All of it is read from the board of what was ever approved (storage/board.py). An entry's place among all that were ever
approved, by the number of its first approval, never changes; so the archive's full pages keep the same entries for
ever, and those taken back leave a gap. A page's `mark` is a hash of the versions of all entries on it and on the older
ones: it stands in the page's address, and a page that has changed has another address.

The live feed has what is not in the archive yet, and what editors touched last. With the archive it is everything.

A cursor is a version. Versions grow in the order in which transactions are committed, so what has a higher one than a
cursor is exactly what has changed since: nothing is skipped, and nothing comes twice unless it changed twice. One
statement may give many entries the same version (a source's new excerpt); within it they come in the order of their
first approval, so that a page of changes has an end.
"""

import hashlib
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from storage.board import STATES, Board, Snapshot
from storage.filters import State

PAGE = 100  # entries of an archive's page: some 200 kB of Atom
MARK_CHARACTERS = 12  # 48 bits: two states of one page do not meet
MANY = 2**31  # more than there are decisions: a version and a number in one
ALL = MANY - 1  # of a version


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """A full page of the archive, the oldest has number 1, and its address's `mark`."""

    number: int
    mark: str


# of the last board that was asked about: each page of the archive asks again
_ORDERED: deque[tuple[Snapshot, NDArray[np.int64]]] = deque(maxlen=1)
_ARCHIVES: deque[tuple[Snapshot, str, list[Archive]]] = deque(maxlen=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """The ids of what has changed since a cursor, in order of change; the next cursor with the number of a first
    approval up to which its version is met, and whether there is more."""

    ids: Sequence[str]
    cursor: int
    within: int
    more: bool


@contextmanager
def held(db: Database, board: Board) -> Iterator[Snapshot]:
    """The board as it is now, with the database held at that moment: all that is read meanwhile belongs together. Not
    to be nested."""
    while True:
        snapshot = board.look(db)
        db.conn.execute("begin")
        (newest,) = db.conn.execute("select coalesce(max(version), 0) from clusters").fetchone()
        if newest == snapshot.version:
            break
        db.conn.execute("commit")  # somebody wrote in between
    try:
        yield snapshot
    finally:
        db.conn.execute("commit")


def ever(board: Snapshot) -> NDArray[np.int64]:
    """The rows of all that were ever approved, in the order of their first approval."""
    for known, order in tuple(_ORDERED):
        if known is board:
            return order
    approved = board.numbers["approved"]
    rows = np.flatnonzero(approved)
    found: NDArray[np.int64] = rows[np.argsort(approved[rows], kind="stable")]
    _ORDERED.append((board, found))
    return found


def live(board: Snapshot, limit: int) -> list[str]:
    """The ids of the live feed, what was touched last first: those not in the archive yet, and the last `limit`."""
    rows = ever(board)
    fresh = rows[len(rows) // PAGE * PAGE :]
    acted = board.numbers["acted"]
    last = rows[np.argsort(acted[rows], kind="stable")[::-1][:limit]]
    shown = np.union1d(fresh, last)
    return _ids(board, shown[np.argsort(acted[shown], kind="stable")[::-1]])


def taken_back(board: Snapshot, limit: int) -> list[str]:
    """The ids of what was ever approved and may not be there now, what changed last first: `removed` knows which."""
    rows = ever(board)
    back = rows[~_approved(board)[rows]]
    return _ids(board, back[np.argsort(board.numbers["version"][back])[::-1][:limit]])


def archives(board: Snapshot, form: str) -> list[Archive]:
    """All full pages of the archive, the oldest first. `form` is what else their contents hang on."""
    for known, as_form, pages in tuple(_ARCHIVES):
        if known is board and as_form == form:
            return pages
    rows = ever(board)
    full = rows[: len(rows) // PAGE * PAGE]
    states = np.stack([board.numbers["version"][full], _approved(board)[full]], axis=1)
    found, mark = [], form.encode()
    for number, page in enumerate(states.reshape(-1, PAGE, 2), 1):
        mark = hashlib.sha256(mark + page.tobytes()).digest()
        found.append(Archive(number=number, mark=mark.hex()[:MARK_CHARACTERS]))
    _ARCHIVES.append((board, form, found))
    return found


def on_page(board: Snapshot, number: int) -> list[str]:
    """The ids on a page of the archive, the oldest first."""
    return _ids(board, ever(board)[(number - 1) * PAGE : number * PAGE])


def since(board: Snapshot, cursor: int, limit: int, *, within: int = ALL) -> Changed:
    """What has changed since a cursor (0: everything), the first `limit` of it."""
    rows = ever(board)
    changes = change(board)[rows]
    is_new = changes > cursor * MANY + within
    order = np.argsort(changes[is_new])
    page = rows[is_new][order[:limit]]
    if page.size:
        cursor, within = (int(board.numbers[name][page[-1]]) for name in ("version", "approved"))
    return Changed(ids=_ids(board, page), cursor=cursor, within=within, more=order.size > limit)


def change(board: Snapshot) -> NDArray[np.int64]:
    """A number for each row that grows in the order of changes; all different for what was ever approved."""
    changes: NDArray[np.int64] = board.numbers["version"] * MANY + board.numbers["approved"]
    return changes


def _approved(board: Snapshot) -> NDArray[np.bool_]:
    marks: NDArray[np.bool_] = board.numbers["state"] == STATES.index(State.APPROVED)
    return marks


def _ids(board: Snapshot, rows: NDArray[np.int64]) -> list[str]:
    return [board.ids[row] for row in rows]
