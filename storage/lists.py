"""Lists of clusters: those that meet the filters, in order, with how many have each fact; and what stands beside one.

Everything is counted on a snapshot of the board (storage/board.py). A fact's counts say how many clusters one would
see with that value: all filters hold but the fact's own.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from storage.board import GONE, STATES, Marks, Snapshot
from storage.database import SQLiteError
from storage.facts import NEVER
from storage.filters import FACTS, OPEN, Filters, Sort, State, each_fact
from storage.folding import fold
from storage.search import TYPED, quoted

AGES = {1: "today", 7: "this week", 30: "this month", 91: "three months", 365: "this year"}  # days
TOLD = (2, 3, 5, 10)  # tellings, at least
SCORES = (0.9, 0.8, 0.7, 0.6, 0.5)  # at least
MOST_VALUES = 12  # of a fact that has no end of values: as many as one reads
ORDERS = {  # by which number, and whether the highest comes first
    Sort.BEST: ("score", -1),
    Sort.NEWEST: ("found", -1),
    Sort.OLDEST: ("found", 1),
    Sort.DATE: ("date", -1),
    Sort.TOLD: ("tellings", -1),
    Sort.DECIDED: ("decided", -1),
}
MANY = 2**31  # more than there are rows: a key is an order, then a row
_WORD = re.compile(r"\w+")
SCALE = 1_000_000  # scores as whole numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A value of a filter, how many clusters one would see with it, and whether it is asked for."""

    value: str
    clusters: int
    asked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What a question finds: how many clusters, the ids of those on the page asked for, and the counts by filter."""

    total: int
    ids: Sequence[str]
    counts: dict[str, list[Count]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which rows meet a question, and which would if one of its filters were left out."""

    board: Snapshot
    all: Marks
    but: dict[str, Marks]


def ask(db: Database, board: Snapshot, filters: Filters, now: datetime) -> Asked:
    """The rows that meet all filters."""
    met = {"state": _in_state(board, filters.state)}
    met |= {name: _having(board, name, values) for name, values in each_fact(filters)}
    numbers = board.numbers
    if filters.score is not None:
        met["score"] = numbers["score"] >= np.float32(filters.score)
    if filters.told is not None:
        met["told"] = numbers["tellings"] >= filters.told
    if filters.age is not None:
        met["age"] = numbers["found"] >= _ago(now, filters.age)
    if filters.since or filters.until:
        met["since"] = _between(board, filters)
    if match := quoted(filters.words, db):
        met["words"] = _matching(db, board, match) & ~_hiding(board, filters.words)
    but = {
        name: reduce(np.logical_and, [m for other, m in met.items() if other != name] or [_told(board)]) for name in met
    }
    return Asked(board=board, all=reduce(np.logical_and, met.values()), but=but)


def listed(asked: Asked, filters: Filters, now: datetime, *, limit: int, offset: int = 0) -> Listed:
    """A page of what meets the question, with the counts."""
    rows = _page(asked, filters.sort, limit, offset)
    return Listed(
        total=int(asked.all.sum()),
        ids=[asked.board.ids[row] for row in rows],
        counts=_counts(asked, filters, now),
    )


def all_ids(asked: Asked, sort: Sort) -> list[str]:
    """Everything that meets the question, in order."""
    return [asked.board.ids[row] for row in _page(asked, sort, len(asked.all), 0)]


def beside(asked: Asked, sort: Sort, id: str) -> tuple[str | None, str | None, int]:
    """The clusters just before and just after one in that list, whether or not it is in it itself, and how many come
    before it."""
    row = asked.board.row_of.get(id)
    if row is None:
        return None, None, 0
    keys, found = _keys(asked.board, sort), np.flatnonzero(asked.all)
    own, theirs = keys[row], keys[found]
    before, after = found[theirs < own], found[theirs > own]
    last = asked.board.ids[before[np.argmax(keys[before])]] if before.size else None
    first = asked.board.ids[after[np.argmin(keys[after])]] if after.size else None
    return last, first, int(before.size)


def sizes(board: Snapshot) -> dict[str, int]:
    """How many clusters are in each state that has any; those that wait count only while a telling is there."""
    counted = {str(state): int(_in_state(board, state).sum()) for state in STATES}
    return {state: count for state, count in counted.items() if count}


def _page(asked: Asked, sort: Sort, limit: int, offset: int) -> NDArray[Any]:
    found = np.flatnonzero(asked.all)
    keys = _keys(asked.board, sort)[found]
    end = offset + limit
    if end < found.size:
        nearest = np.argpartition(keys, end)[:end]
        found, keys = found[nearest], keys[nearest]
    page: NDArray[Any] = found[np.argsort(keys)][offset:end]
    return page


def _keys(board: Snapshot, sort: Sort) -> NDArray[np.int64]:
    """A number for each row, all different, that grows along the list; of two alike the older find comes first."""
    numbers = board.numbers
    name, sign = ORDERS[sort]
    order = np.rint(numbers[name].astype(np.float64) * (SCALE if name == "score" else 1)).astype(np.int64)
    keys: NDArray[np.int64] = sign * order * MANY + np.arange(len(board.ids))
    return keys


def _told(board: Snapshot) -> Marks:
    """The clusters that have any row of tellings."""
    told: Marks = board.numbers["found"] != NEVER
    return told


def _in_state(board: Snapshot, state: State) -> Marks:
    there: Marks = board.numbers["tellings"] > 0
    decided: Marks = _told(board) & (board.numbers["state"] != STATES.index(State.OPEN))
    if state is State.ANY:
        return there | decided
    here: Marks = board.numbers["state"] == STATES.index(state)
    return here & (there if state is State.OPEN else decided)


def _having(board: Snapshot, name: str, values: Sequence[str]) -> Marks:
    """The rows that have one of these values of a fact; of an open one, a value that such a text is part of."""
    pairs, known = board.facts[name], board.values[name]
    if name in OPEN:
        parts = [value.casefold() for value in values]
        codes = [code for code, value in enumerate(known) if any(part in value.casefold() for part in parts)]
    else:
        codes = [code for code, value in enumerate(known) if value in values]
    wanted = np.zeros(len(known), dtype=bool)
    wanted[codes] = True
    met = np.zeros(len(board.ids), dtype=bool)
    met[pairs.rows[wanted[pairs.codes]]] = True
    return met


def _between(board: Snapshot, filters: Filters) -> Marks:
    found = board.numbers["found"]
    met: Marks = np.ones(len(found), dtype=bool)
    if filters.since:
        met &= found >= _midnight(filters.since.toordinal())
    if filters.until:
        met &= found < _midnight(filters.until.toordinal() + 1)
    return met


def _midnight(ordinal: int) -> int:
    return (ordinal - datetime(1970, 1, 1).toordinal()) * int(timedelta(days=1).total_seconds())


def _ago(now: datetime, days: int) -> int:
    return int(now.timestamp()) - days * int(timedelta(days=1).total_seconds())


def _matching(db: Database, board: Snapshot, match: str) -> Marks:
    met = np.zeros(len(board.ids), dtype=bool)
    try:
        (found,) = db.conn.execute(_MATCHING, (match,)).fetchone()
    except SQLiteError:  # what nobody thought of must not cost the page
        return met
    numbers = np.fromstring(found or "", dtype=np.int64, sep=",")
    rows = board.of_story[numbers[numbers < len(board.of_story)]]
    met[rows[rows != GONE]] = True
    return met


def _hiding(board: Snapshot, words: str) -> Marks:
    """The rows in which one of these words is masked: readers do not find by what they may not see."""
    marks = np.zeros(len(board.ids), dtype=bool)
    for letter, plain in TYPED.items():  # as search takes them
        words = words.replace(letter, plain)
    typed = _WORD.findall(fold(words).casefold())
    marks[[row for row, said in board.hidden.items() if any(word in said for word in typed)]] = True
    return marks


def _counts(asked: Asked, filters: Filters, now: datetime) -> dict[str, list[Count]]:
    counts = {name: _fact_counts(asked, name, getattr(filters, name)) for name in FACTS}
    numbers = asked.board.numbers
    met = asked.but.get("age", asked.all)
    counts["age"] = [_count(met & (numbers["found"] >= _ago(now, age)), age, filters.age) for age in AGES]
    met = asked.but.get("told", asked.all)
    counts["told"] = [_count(met & (numbers["tellings"] >= told), told, filters.told) for told in TOLD]
    met = asked.but.get("score", asked.all)
    counts["score"] = [_count(met & (numbers["score"] >= np.float32(s)), s, filters.score) for s in SCORES]
    met = asked.but["state"]
    counts["state"] = [
        _count(met & _in_state(asked.board, state), state, filters.state) for state in (*STATES, State.ANY)
    ]
    return counts


def _count(met: Marks, value: object, asked: object) -> Count:
    return Count(value=str(value), clusters=int(met.sum()), asked=value == asked)


def _fact_counts(asked: Asked, name: str, values: Sequence[str]) -> list[Count]:
    pairs, known = asked.board.facts[name], asked.board.values[name]
    met = asked.but.get(name, asked.all)
    found = np.bincount(pairs.codes[met[pairs.rows]], minlength=len(known))
    order = sorted(np.flatnonzero(found), key=lambda code: (-found[code], known[code]))
    if name in OPEN:
        order, all_known = order[:MOST_VALUES], "\n".join(known).casefold()
        for code in order:
            if all_known.count(known[code].casefold()) > 1:  # it is part of other values, which one would see, too
                found[code] = _size(asked, name, known[code])
    counts = [Count(value=known[code], clusters=int(found[code]), asked=known[code] in values) for code in order]
    shown = {count.value for count in counts}
    missing = (Count(value=value, clusters=0, asked=True) for value in values if value not in shown)
    return [*(replace(one, clusters=_size(asked, name, one.value)) for one in missing), *counts]


def _size(asked: Asked, name: str, value: str) -> int:
    return int((asked.but.get(name, asked.all) & _having(asked.board, name, (value,))).sum())


# as one text, which costs a quarter of as many rows: half of all stories may hold a word
_MATCHING = "select group_concat(rowid) from stories_fts where stories_fts match ?"
