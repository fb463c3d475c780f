"""Whom to compare a text with, without comparing it with all: those that share keys with it.

A text is what stories tell in the same words (the table texts): each is compared once, however often it is copied. Its
number is a hash of it, so that nothing here depends on who came first. A key (`stories.keys`) that at most FULL texts
have leads to all of them, one that more have to the COMMON with the smallest numbers: so the work for one text is
bounded however many there are, and as those are the same for all keys, tellings of an event that is told very often
still meet.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache

from sqlite_utils import Database

from stories.keys import Key, keys, number_of, shares
from stories.telling import Telling, pack, unpack

FULL, COMMON = 400, 100  # texts that a key leads to, and where more have it
MOST, BEST = (
    100,
    24,
)  # texts that one is compared with; where more are worth it, as in a large collection, only the best
Led = tuple[Key, list[int], int | None]  # a key, the texts that it leads to, and where more have it, the last kept
KEPT = 16_384  # tellings kept unpacked in memory, some 5 KB each


def enter(db: Database, telling: Telling) -> tuple[int, list[int] | None]:
    """The number of a telling's text, entered where it is new; then those of the texts that it is worth comparing with,
    else None."""
    number = number_of(telling)
    added = db.conn.execute("insert or ignore into texts values (?, ?)", (number, pack(telling))).rowcount
    if not added:
        return number, None
    led = _led(db, keys(telling))
    into = [(key.number, number) for key, _, last in led if last is None or number < last]
    out = [(key.number, last) for key, _, last in led if last is not None and number < last]
    db.conn.executemany("insert into text_keys (key, text) values (?, ?)", into)
    db.conn.executemany("delete from text_keys where key = ? and text = ?", out)
    return number, _best(number, led)


def forget(db: Database, numbers: Collection[int]) -> None:
    """Forget those of these texts that no story tells any more, with all that they were compared by."""
    told = {row[0] for row in db.conn.execute(_TOLD, (json.dumps(list(numbers)),))}
    for number in set(numbers) - told:
        rows = [(key.number, number) for telling in known(db, [number]).values() for key in keys(telling)]
        db.conn.executemany("delete from text_keys where key = ? and text = ?", rows)
        for statement in _FORGET:
            db.conn.execute(statement, (number,))


def candidates(db: Database, number: int, telling: Telling) -> list[int]:
    """The numbers of the texts that one is worth comparing with."""
    return _best(number, _led(db, keys(telling)))


def known(db: Database, numbers: Collection[int]) -> Mapping[int, Telling]:
    """The tellings of some texts, by number."""
    marks = ", ".join("?" * len(numbers))
    cursor = db.conn.cursor()
    cursor.row_factory = None
    rows = cursor.execute(f"select number, compared from texts where number in ({marks})", tuple(numbers))
    return {number: _unpacked(packed) for number, packed in rows}


def _led(db: Database, its: Iterable[Key]) -> list[Led]:
    """What keys lead to."""
    cursor = db.conn.cursor()
    cursor.row_factory = None  # plain tuples: there are thousands

    def texts(key: Key, count: int, after: int) -> list[int]:
        return [text for (text,) in cursor.execute(_TEXTS, (key.number, count, after))]

    found: list[Led] = []
    for key in its:
        first = texts(key, COMMON, 0)
        last = texts(key, 1, FULL) if len(first) == COMMON else []
        more = texts(key, FULL, COMMON) if len(first) == COMMON and not last else []
        found.append((key, first + more, last[0] if last else None))
    return found


def _best(number: int, led: Iterable[Led]) -> list[int]:
    worth = shares(number, ((key, texts) for key, texts, _ in led))
    best = sorted(worth, key=lambda text: (-worth[text], text))
    return best if len(best) <= MOST else best[:BEST]


@lru_cache(KEPT)
def _unpacked(packed: str) -> Telling:
    return unpack(packed)


_TOLD = "select same_text from stories where same_text in (select value from json_each(?))"

_TEXTS = "select text from text_keys where key = ? order by text limit ? offset ?"

_FORGET = (
    "delete from likenesses where (one, other) in (select other, one from likenesses where one = ?)",
    "delete from likenesses where one = ?",
    "delete from texts where number = ?",
)
