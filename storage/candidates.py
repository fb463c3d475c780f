"""Whom to compare a text with, without comparing it with all: those that share keys with it.

A text is what stories tell in the same words (the table texts): each is compared once, however often it is copied. Its
number is a hash of it, so that nothing here depends on who came first. Each key (`stories.keys`) leads to the COMMON
texts with the smallest numbers that have it, so that the work for one text is bounded however many there are; as these
are the same for all keys, tellings of an event that is told very often still meet.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache

from sqlite_utils import Database

from stories.keys import Key, keys, number_of, shares
from stories.telling import Telling, pack, unpack

COMMON = 100  # texts that a key leads to
MOST, BEST = 64, 24  # texts that one is compared with; where more are worth it, as in a large collection, only the best
KEPT = 16_384  # tellings kept unpacked in memory, some 5 KB each


def enter(db: Database, telling: Telling) -> tuple[int, list[int] | None]:
    """The number of a telling's text, entered where it is new; then those of the texts that it is worth comparing with,
    else None."""
    number = number_of(telling)
    added = db.conn.execute("insert or ignore into texts values (?, ?)", (number, pack(telling))).rowcount
    if not added:
        return number, None
    led = _led(db, keys(telling))
    into = [(key.number, number) for key, texts in led if len(texts) < COMMON or number < texts[-1]]
    out = [(key.number, texts[-1]) for key, texts in led if len(texts) >= COMMON and number < texts[-1]]
    db.conn.executemany("insert into text_keys (key, text) values (?, ?)", into)
    db.conn.executemany("delete from text_keys where key = ? and text = ?", out)
    return number, _best(number, led)


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


def _led(db: Database, its: Iterable[Key]) -> list[tuple[Key, list[int]]]:
    """The texts that keys lead to, the smallest numbers first."""
    cursor = db.conn.cursor()
    cursor.row_factory = None  # plain tuples: there are thousands
    wanted = "select text from text_keys where key = ? order by text"
    return [(key, [text for (text,) in cursor.execute(wanted, (key.number,))]) for key in its]


def _best(number: int, led: Sequence[tuple[Key, list[int]]]) -> list[int]:
    worth = shares(number, led)
    best = sorted(worth, key=lambda text: (-worth[text], text))
    return best if len(best) <= MOST else best[:BEST]


@lru_cache(KEPT)
def _unpacked(packed: str) -> Telling:
    return unpack(packed)
