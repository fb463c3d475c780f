"""Whether a database is whole, asked without changing it: it is opened to be read only, and nobody waits.

Full-text indexes hold no text of their own, and SQLite's `integrity-check` of such an index may say that all is well
where it lags behind the rows. So each row must be in the index, none more, and a search for a row's own longest words
must find it: of the newest rows and of some of the others, or of all (`thorough`).
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from urllib.parse import quote

from sqlite_utils import Database, Migrations

from storage.board import Board
from storage.database import connect, moment, refuse_newer
from storage.schema import migrations, private

PATIENCE_SECONDS = 0.5  # readers wait for nobody, but where another program has the file for itself
MOST = 5  # faults that are named
SAMPLE = 200  # rows: the newest, and as many of the others
WORDS = 3  # of a row that are searched for
WORD = re.compile(r"[^\W_]{3,40}")  # a trigram index finds nothing shorter


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """A full-text index and the rows that it is of."""

    index: str
    table: str
    key: str
    text: str


INDEXES = (
    Searched(index="stories_fts", table="stories", key="number", text="folded"),
    Searched(index="word_parts", table="words", key="number", text="word"),
)


@contextmanager
def opened(path: Path) -> Iterator[Database]:
    """A database, to be read. Where its folder may not be written to, and nobody has it open, as it stands on disk."""
    address = f"file:{quote(str(path.absolute()))}?mode=ro"
    try:
        connection = _to_read(address)
    except sqlite3.OperationalError:
        if path.with_name(f"{path.name}-wal").exists():
            raise
        connection = _to_read(f"{address}&immutable=1")
    try:
        yield Database(connection)
    finally:
        connection.close()


def pending(db: Database, path: Path) -> list[str]:
    """The migrations that it has not been through. Raises DatabaseError where a newer program made it."""
    needed = _needed(db, path)
    refuse_newer(db, path, needed)
    return [one.name for one in needed.pending(db)]


def damage(db: Database, *, thorough: bool = False) -> list[str]:
    """What SQLite finds broken, some words for each fault; `thorough` compares all indexes with their tables, too."""
    how = "integrity_check" if thorough else "quick_check"
    found = [" ".join(str(row[0]).split()) for row in db.conn.execute(f"pragma {how}({MOST})")]
    return [] if found == ["ok"] else found


def loose(db: Database) -> dict[str, int]:
    """How many rows name others that are not there: by `table -> other table`."""
    rows: dict[str, int] = {}
    for table, _, other, _ in db.conn.execute("pragma foreign_key_check"):
        rows[f"{table} -> {other}"] = rows.get(f"{table} -> {other}", 0) + 1
    return rows


def missing(db: Database, path: Path) -> list[str]:
    """What a new database has and this one has not: `trigger stories_search_added`."""
    return sorted(f"{kind} {name}" for kind, name in _pieces(_needed(db, path)) - _of(db))


def stale(db: Database, *, thorough: bool = False) -> dict[str, int]:
    """The full-text indexes that do not say what the rows say, and of how many rows that was seen."""
    found = {}
    for searched in INDEXES:
        lacking, more = db.conn.execute(_COMPARED.format(**_named(searched))).fetchone()
        wrong = lacking + more or sum(not _finds(db, searched, *row) for row in _rows(db, searched, thorough))
        if wrong:
            found[searched.index] = wrong
    return found


def unlisted(db: Database) -> int:
    """How many clusters with stories the desk's lists would not have, or have though there is none."""
    listed = set(Board().look(db).ids)
    told = {row[0] for row in db.conn.execute("select distinct cluster from stories")}
    return len(told - listed)


def newest(db: Database) -> datetime | None:
    """The newest moment at which anything was done."""
    return moment(db.conn.execute(_NEWEST).fetchone()[0])


def operators(db: Database) -> int:
    """How many operators can sign in; of the database of people."""
    return int(db.conn.execute(_OPERATORS).fetchone()[0])


def try_out() -> str:
    """Make and use a database in memory: what this machine's SQLite lacks, "" where it can all that we ask of it."""
    try:
        with opened_in_memory() as db:
            db.conn.execute("select json_group_array(value) from json_each('[1]')").fetchone()
    except sqlite3.Error as error:
        return str(error)
    return ""


@contextmanager
def opened_in_memory() -> Iterator[Database]:
    """A new database, with all that it has."""
    db = connect()
    try:
        yield db
    finally:
        db.close()


def sqlite() -> str:
    """SQLite's version."""
    return sqlite3.sqlite_version


def _to_read(address: str) -> sqlite3.Connection:
    connection = sqlite3.connect(address, uri=True, timeout=PATIENCE_SECONDS, isolation_level=None)
    connection.row_factory = sqlite3.Row
    try:
        connection.execute("select count(*) from sqlite_master").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _needed(db: Database, path: Path) -> Migrations:
    """The migrations of stories, or of people."""
    return private if path.name == "private.db" else migrations


@cache
def _pieces(needed: Migrations) -> frozenset[tuple[str, str]]:
    made = Database(memory=True)
    needed.apply(made)
    return _of(made)


def _of(db: Database) -> frozenset[tuple[str, str]]:
    return frozenset((row[0], row[1]) for row in db.conn.execute(_SCHEMA))


def _rows(db: Database, searched: Searched, thorough: bool) -> list[tuple[int, str]]:
    """Rows to be searched for."""
    names = _named(searched)
    if thorough:
        return [tuple(row) for row in db.conn.execute("select {key}, {text} from {table}".format(**names))]
    (count,) = db.conn.execute("select count(*) from {table}".format(**names)).fetchone()
    values = {"some": SAMPLE, "step": max(count // SAMPLE, 1)}
    return [tuple(row) for row in db.conn.execute(_SAMPLE.format(**names), values)]


def _finds(db: Database, searched: Searched, number: int, text: str) -> bool:
    """Whether a search for a row's longest words finds it."""
    words = sorted(set(WORD.findall(text)), key=len, reverse=True)[:WORDS]
    if not words:
        return True
    asked = " ".join(f'"{word}"' for word in words)
    return db.conn.execute(_FOUND.format(**_named(searched)), (asked, number)).fetchone() is not None


def _named(searched: Searched) -> dict[str, str]:
    return {"index": searched.index, "table": searched.table, "key": searched.key, "text": searched.text}


_SCHEMA = "select type, name from sqlite_master where name not like 'sqlite_%' and name not like '_sqlite_%'"
_COMPARED = """
select (select count(*) from {table} where {key} not in (select id from {index}_docsize)),
    (select count(*) from {index}_docsize where id not in (select {key} from {table}))
"""
_SAMPLE = """
select {key}, {text} from (select {key}, {text} from {table} order by {key} desc limit :some)
union
select {key}, {text} from (select {key}, {text} from {table} where {key} % :step = 0 limit :some)
"""
_FOUND = "select 1 from {index} where {index} match ? and rowid = ?"
_NEWEST = """
select max(at) from (
    select max(at) as at from fetches union all select max(at) from decisions union all select max(began) from runs
)
"""
_OPERATORS = """
select count(*) from users where role = 'operator' and ended_at is null and password is not null
"""
