"""Opening the database, and writing to it without being in another writer's way.

One file, in WAL mode, so that readers never wait. Several processes write (a crawl, the reading workers' job, the
desk), so a transaction that writes takes the write lock when it begins (`BEGIN IMMEDIATE`): sqlite-utils' own
`atomic()` begins deferred and then fails at once where another process wrote in between.
"""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, sleep

from sqlite_utils import Database, Migrations

from storage.schema import migrations, private

__all__ = ["Database", "SQLiteError", "connect", "connect_private", "identity", "moment", "stamp", "writing"]

SQLiteError = sqlite3.Error  # these two for rooms that may not name SQLite

MOST_REST_SECONDS = 0.05
BUSY_SECONDS = 30.0  # a batch of a reading job holds the lock for well under a second; 30 is a dead writer
PRAGMAS = (
    "journal_mode = wal",
    "synchronous = normal",
    "foreign_keys = on",
    "cache_size = -65536",  # KiB, taken as they are needed: the indexes of a large collection are read all over
    "wal_autocheckpoint = 4000",  # pages, some sixty stories that are added: a checkpoint waits for the disk
)
OWNER_ONLY, PERMISSIONS = 0o600, 0o777
ID_CHARACTERS = 16  # 64 bits: a collision among a million pages has odds of one in 40 million


class DatabaseError(ValueError):
    """The file cannot be used as our database; the message says why and what to do."""


def connect(path: Path | str = ":memory:") -> Database:
    """Open the database at `path`, made and migrated where needed; its folder too."""
    return _open(path, migrations)


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


def _open(path: Path | str, needed: Migrations) -> Database:
    try:
        return _opened(path, needed)
    except (sqlite3.Error, OSError) as error:
        raise DatabaseError(f"cannot use {path} as the database: {error}; see the setting 'data'") from error


def _opened(path: Path | str, needed: Migrations) -> Database:
    if path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, check_same_thread=False, isolation_level=None)
    connection.row_factory = sqlite3.Row
    db = Database(connection)
    for pragma in PRAGMAS:
        connection.execute(f"pragma {pragma}")
    if needed.pending(db):
        with writing(db):
            needed.apply(db)
    return db


@contextmanager
def writing(db: Database) -> Iterator[Database]:
    """One transaction that writes: all of it or nothing. Not to be nested."""
    db.conn.execute("begin immediate")
    try:
        yield db
    except BaseException:
        db.conn.execute("rollback")
        raise
    db.conn.execute("commit")


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
