"""Whether a database is still the one that was read before: it has moved on, or another was put in its place.

A backup that is put back has lower versions, but grows again and passes those that were seen. The log tells: it is
appended to and never changed, so whoever remembers its last act finds that one again for as long as it is the same
database (but where nothing but a crawl had come between the backup and the look).
"""

import hashlib

from sqlite_utils import Database

MARK_CHARACTERS = 8  # 32 bits, for the one act of that number
Act = tuple[int, str, str]
"""An act's number, cluster and moment: no two databases that have parted agree on all three."""


def version(db: Database) -> int:
    """The highest version of any cluster."""
    (found,) = db.conn.execute("select coalesce(max(version), 0) from clusters").fetchone()
    return int(found)


def last_act(db: Database) -> Act | None:
    """The last act of the log."""
    row = db.conn.execute("select number, cluster, at from decisions order by number desc limit 1").fetchone()
    return (row[0], row[1], row[2]) if row else None


def mark(db: Database) -> str:
    """The last act as it stands in an address, `12.0a1b2c3d`; "" where there is none."""
    act = last_act(db)
    return f"{act[0]}.{_digest(act)}" if act else ""


def is_marked(db: Database, mark: str) -> bool:
    """Whether a mark is of this database: its act stands in the log."""
    number, _, digest = mark.partition(".")
    row = db.conn.execute("select number, cluster, at from decisions where number = ?", (int(number),)).fetchone()
    return row is not None and _digest((row[0], row[1], row[2])) == digest


def _digest(act: Act) -> str:
    return hashlib.sha256(repr(act).encode()).hexdigest()[:MARK_CHARACTERS]


def goes_on(db: Database, seen: int, act: Act | None) -> bool:
    """Whether the database has moved on, if at all, from what it was at a version, with that last act."""
    if version(db) < seen:
        return False
    known = "select 1 from decisions where (number, cluster, at) = (?, ?, ?)"
    return act is None or db.conn.execute(known, act).fetchone() is not None
