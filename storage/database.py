"""Opening the database, and writing to it without being in another writer's way.

One file, in WAL mode, so that readers never wait. Several processes write (a crawl, the reading workers' job, the
desk), so a transaction that writes takes the write lock when it begins (`BEGIN IMMEDIATE`): sqlite-utils' own
`atomic()` begins deferred and then fails at once where another process wrote in between.

An older database is brought up to date by whoever opens it first, in one transaction for all migrations together: a
failure or a kill leaves it as it was, and who opens it meanwhile waits. One that a newer program made is refused before
anything is written to it. A new one gives its free pages back step by step (storage/upkeep.py).

A file that is removed or replaced while it is open takes what is written to it along in silence; so whoever writes
looks first whether it is still there. And no empty database takes the place of one that is lost: where there were runs
there was one, and what runs by itself makes no folder.
"""

import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

from sqlite_utils import Database, Migrations

import logs
from storage import runs
from storage.schema import known, migrations, private

__all__ = [
    "Database",
    "SQLiteError",
    "connect",
    "connect_private",
    "identity",
    "is_trouble",
    "moment",
    "refuse_newer",
    "stamp",
    "writing",
]

SQLiteError = sqlite3.Error  # these two for rooms that may not name SQLite

MOST_REST_SECONDS = 0.05
BUSY_SECONDS = 30.0  # a batch of a reading job holds the lock for well under a second; 30 is a dead writer
UPGRADE_SECONDS = 1800.0  # who opens a database while another brings it up to date waits: a minute for 100,000 stories
STORIES = "goodturn.db"
RESTORING = "restoring.json"  # beside the database while a backup takes its place (storage/replacing.py)
PRAGMAS = (
    "journal_mode = wal",
    "synchronous = normal",
    "foreign_keys = on",
    "cache_size = -65536",  # KiB, taken as they are needed: the indexes of a large collection are read all over
    "wal_autocheckpoint = 4000",  # pages, some sixty stories that are added: a checkpoint waits for the disk
)
OWNER_ONLY, PERMISSIONS = 0o600, 0o777
DAMAGE = ("malformed", "not a database", "disk I/O error")  # in SQLite's words
MILLISECONDS = 1000  # in a second
ID_CHARACTERS = 16  # 64 bits: a collision among a million pages has odds of one in 40 million


class DatabaseError(ValueError):
    """The file cannot be used as our database; the message says why and what to do."""


class Connection(sqlite3.Connection):
    """A connection that knows which file it is to, and whom to tell where that cannot be used."""

    path: Path | None = None
    file: tuple[int, int] | None = None
    on_trouble: Callable[[sqlite3.Error], None] | None = None

    def execute(self, *asked: Any) -> sqlite3.Cursor:
        """As SQLite does; who wants to know of trouble is told first."""
        try:
            return super().execute(*asked)
        except sqlite3.Error as error:
            if self.on_trouble and is_trouble(error):
                self.on_trouble(error)
            raise

    def must_be_there(self) -> None:
        """Raise sqlite3.OperationalError where its file was removed, or another is in its place."""
        if self.path and _file(self.path) != self.file:
            error = sqlite3.OperationalError(f"{self.path} was removed or replaced while it was in use")
            if self.on_trouble:
                self.on_trouble(error)
            raise error


def is_trouble(error: Exception) -> bool:
    """Whether it is the file or the disk that is wrong (locked, full, read-only, damaged, gone), and not what was to be
    written: then nothing else can be written either."""
    return isinstance(error, sqlite3.OperationalError) or type(error) is sqlite3.DatabaseError


def connect(path: Path | str = ":memory:", *, on_trouble: Callable[[sqlite3.Error], None] | None = None) -> Database:
    """Open the database at `path`, made and migrated where needed; its folder too. `on_trouble` is called where it
    cannot be used later on."""
    db = _open(path, migrations)
    assert isinstance(db.conn, Connection)
    db.conn.on_trouble = on_trouble
    return db


def connect_private(path: Path | str = ":memory:") -> Database:
    """Open the database of people (sql/private.sql), which only its owner may read; made where needed."""
    if path != ":memory:":
        _keep_private(Path(path))
    return _open(path, private)


def _keep_private(path: Path) -> None:
    """Make the file if there is none, and close it to others: a copy that was put back is open to all, often."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=OWNER_ONLY)
    if path.stat().st_mode & ~OWNER_ONLY & PERMISSIONS:
        path.chmod(OWNER_ONLY)


def refuse_newer(db: Database, path: Path | str, needed: Migrations) -> None:
    """Raise DatabaseError where a database has been through migrations that this program does not know."""
    if newer := [one.name for one in needed.applied(db) if one.name not in known(needed)]:
        raise DatabaseError(
            f"{path} was made by a newer Goodturn (it knows {', '.join(newer)}); update this one, or restore a backup "
            "of before: 'goodturn restore --list' shows them"
        )


def _open(path: Path | str, needed: Migrations) -> Database:
    if path != ":memory:" and Path(path).with_name(RESTORING).exists():
        raise DatabaseError(f"a backup was about to take the place of {path}: run 'goodturn restore' to finish that")
    try:
        if path != ":memory:":
            _refuse_lost(Path(path))
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(
            path, timeout=BUSY_SECONDS, check_same_thread=False, isolation_level=None, factory=Connection
        )
    except (sqlite3.Error, OSError) as error:
        raise _unusable(path, error) from error
    try:
        db = _opened(connection, path, needed)
        if path != ":memory:":
            connection.path, connection.file = Path(path).absolute(), _file(Path(path))
        return db
    except sqlite3.Error as error:
        connection.close()
        raise _unusable(path, error) from error
    except BaseException:
        connection.close()
        raise


def _refuse_lost(path: Path) -> None:
    """Raise DatabaseError where there was a database and is none any more."""
    folder = path.parent
    if logs.RUN in os.environ and not folder.exists():
        raise DatabaseError(
            f"the folder {folder} is gone: see the setting 'data'; nothing is written until it is there"
        )
    there = path.exists() and path.stat().st_size > 0
    if not there and path.name == STORIES and (folder / runs.FOLDER).is_dir():
        raise DatabaseError(
            f"{path} is gone, and no empty one takes its place: put it back, or end all that runs and 'goodturn "
            f"restore' the last backup; to begin anew remove {folder / runs.FOLDER} too"
        )


def _file(path: Path) -> tuple[int, int] | None:
    """Which file is there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _unusable(path: Path | str, error: Exception) -> DatabaseError:
    if any(word in str(error) for word in DAMAGE):
        end = "if it was one it is damaged: end all that runs and 'goodturn restore' the last backup"
    else:
        end = "see the setting 'data'"
    return DatabaseError(f"cannot use {path} as the database: {error}; {end}")


def _opened(connection: sqlite3.Connection, path: Path | str, needed: Migrations) -> Database:
    connection.row_factory = sqlite3.Row
    db = Database(connection)
    refuse_newer(db, path, needed)
    if not connection.execute("pragma page_count").fetchone()[0]:
        connection.execute("pragma auto_vacuum = incremental")  # before its first page: later only `vacuum` could
    for pragma in PRAGMAS:
        connection.execute(f"pragma {pragma}")
    if pending := [one.name for one in needed.pending(db)]:
        _upgrade(db, path, needed, pending)
    return db


def _upgrade(db: Database, path: Path | str, needed: Migrations, pending: list[str]) -> None:
    """Apply all that is pending, as one transaction; another process may just have done so."""
    _be_patient(db, UPGRADE_SECONDS)
    try:
        with writing(db):
            refuse_newer(db, path, needed)
            needed.apply(db)
    except sqlite3.Error as error:
        upgrade = f"{pending[0]} to {pending[-1]}" if len(pending) > 1 else pending[0]
        raise DatabaseError(f"cannot bring {path} up to date ({upgrade}): {error}; it is as it was") from error
    _be_patient(db, BUSY_SECONDS)


def _be_patient(db: Database, seconds: float) -> None:
    db.conn.execute(f"pragma busy_timeout = {round(seconds * MILLISECONDS)}")


@contextmanager
def writing(db: Database) -> Iterator[Database]:
    """One transaction that writes: all of it or nothing. Not to be nested."""
    db.conn.execute("begin immediate")
    try:
        if isinstance(db.conn, Connection):
            db.conn.must_be_there()
        yield db
        db.conn.execute("commit")
    except BaseException:
        if db.conn.in_transaction:  # where the disk is full SQLite has ended it by itself
            db.conn.execute("rollback")
        raise


@contextmanager
def giving_way() -> Iterator[None]:
    """Around what a job writes again and again: it rests as long as it wrote, 50 ms at most. SQLite has no queue for
    its one writer, and who never rests leaves an editor waiting for seconds."""
    began = perf_counter()
    yield
    sleep(min(perf_counter() - began, MOST_REST_SECONDS))


def identity(*parts: str | bytes) -> str:
    """The id of a thing: a hash of its content, 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode() if isinstance(part, str) else part)
        digest.update(b"\0")
    return digest.hexdigest()[:ID_CHARACTERS]


def stamp(moment: datetime) -> str:
    """An aware moment as it is stored: UTC, whole seconds, sorting as text: `2026-11-21T09:30:00Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(stored: str | None) -> datetime | None:
    """A moment as it was stored, aware; None for none."""
    return datetime.fromisoformat(stored).astimezone(UTC) if stored else None
