"""Copying a database while everybody uses it, making sure that the copy is whole, and what backups there are.

A copy is of one moment: what is written while it is made waits in the WAL and is not in it. So it never begins anew
however busy the writers are, and they never wait; between two steps of a megabyte it rests, so that the disk is theirs
too. A copy counts when SQLite finds nothing broken in it, all rows that it names are there, the full-text indexes say
what the rows say, and each table has as many rows as it had at that moment.

A backup is a folder named by its moment, `2026-11-22T023000Z`, with the packed files and a manifest (JSON). It has that
name only once it is whole: until then it ends in `.partial`. It may have been in other hands: a manifest that names
anything but the four files that a backup has is none.
"""

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import sleep
from typing import Any
from urllib.parse import quote

from storage.database import BUSY_SECONDS, moment, stamp

MANIFEST = "manifest.json"
FORMAT = 1  # of the manifest
TAKEN_DOWN, LEARNED = "taken-down.jsonl", "learned"
PACKED = {  # what a backup has, and how it is called there
    "goodturn.db": "goodturn.db.zst",
    "private.db": "private.db.zst",
    TAKEN_DOWN: f"{TAKEN_DOWN}.zst",
    LEARNED: f"{LEARNED}.tar.zst",
}
NAME = "%Y-%m-%dT%H%M%SZ"
IS_BACKUP = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z")
IS_PARTIAL = re.compile(IS_BACKUP.pattern + r"\.partial")
STEP_PAGES = 256  # a megabyte
REST_SECONDS = 0.001  # after each step: a second more for a gigabyte
MOST_FAULTS = 3  # that are named


class BackupError(RuntimeError):
    """A backup could not be made, or is not whole; the message says why, and what is still there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One file of a backup: how it is called there, what it was unpacked, and the same packed; of a database the
    migrations it has been through and how many rows each table has."""

    packed: str
    bytes: int
    packed_bytes: int
    sha256: str
    migrations: tuple[str, ...] = ()
    rows: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A whole backup: its folder, the moment it is of, the version of the program that made it, its files by name."""

    folder: Path
    at: datetime
    version: str
    files: Mapping[str, Kept]

    @property
    def bytes(self) -> int:
        """How large it is."""
        return sum(kept.packed_bytes for kept in self.files.values())


def copy(source: Path, target: Path) -> tuple[tuple[str, ...], dict[str, int]]:
    """Copy a database as it is now into a new file; its migrations, and the rows of its tables at that moment."""
    with closing(_opened(source, "ro")) as here, closing(sqlite3.connect(target)) as there:
        here.execute("begin")
        facts = _migrations(here), _rows(here)  # reading holds the moment fast
        there.execute("pragma synchronous = off")  # it is packed next, and that is what goes safely to the disk
        here.backup(there, pages=STEP_PAGES, progress=lambda *_: sleep(REST_SECONDS))
        there.execute("pragma journal_mode = delete")  # one file, without those of the WAL mode
    return facts


def check(path: Path, rows: Mapping[str, int]) -> None:
    """Raise BackupError where a copy is not whole, or has not these rows."""
    with _complaining(path), closing(_opened(path, "rw")) as db:
        found = [row[0] for row in db.execute(f"pragma integrity_check({MOST_FAULTS})")]
        if found != ["ok"]:
            raise BackupError(f"{path.name} is damaged: {'; '.join(found)}")
        if loose := db.execute("pragma foreign_key_check").fetchmany(MOST_FAULTS):
            raise BackupError(f"{path.name} has rows that name others that are not there: {loose}")
        counted = _rows(db)
        if differ := [name for name in rows.keys() | counted.keys() if rows.get(name) != counted.get(name)]:
            raise BackupError(f"{path.name} has not the rows that were copied, in: {', '.join(differ)}")
        for (name,) in db.execute(_SEARCHED).fetchall():
            db.execute("begin")
            db.execute(f"insert into {name} ({name}, rank) values ('integrity-check', 1)")
            db.execute("rollback")


def backups(folder: Path) -> list[Backup]:
    """All whole backups in a folder, the newest first. What is no backup of ours is passed over."""
    if not folder.is_dir():
        return []
    found = [read(path) for path in sorted(folder.iterdir(), reverse=True) if IS_BACKUP.fullmatch(path.name)]
    return [backup for backup in found if backup]


def newest(folder: Path, now: datetime | None = None) -> Backup | None:
    """The newest whole backup in a folder; None where there is none. One of a moment that is still to come, which a
    clock that was wrong has made, counts where there is no other."""
    found = backups(folder)
    return next((backup for backup in found if now is None or backup.at <= now), next(iter(found), None))


def read(folder: Path) -> Backup | None:
    """The backup in a folder of its own; None where that is none, or not whole."""
    try:
        said = json.loads((folder / MANIFEST).read_text("utf-8"))
        files = {name: _kept(each, PACKED[name]) for name, each in said["files"].items()}
        at = moment(said["at"])
        there = all((folder / kept.packed).is_file() for kept in files.values())
        if said["format"] != FORMAT or at is None or not there:
            return None
        return Backup(folder=folder, at=at, version=said["version"], files=files)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _kept(said: dict[str, Any], packed: str) -> Kept:
    if said["packed"] != packed:
        raise ValueError(f"no backup has a file {said['packed']}")
    sizes = {name: int(said[name]) for name in ("bytes", "packed_bytes")}
    return Kept(**{**said, **sizes, "migrations": tuple(said["migrations"])})


def manifest(backup: Backup) -> str:
    """What a backup says of itself."""
    files = {name: asdict(kept) for name, kept in backup.files.items()}
    said = {"format": FORMAT, "at": stamp(backup.at), "version": backup.version, "files": files}
    return json.dumps(said, indent=1, ensure_ascii=False) + "\n"


def name_of(at: datetime) -> str:
    """What the backup of a moment is called."""
    return at.astimezone(UTC).strftime(NAME)


@contextmanager
def _complaining(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise BackupError(f"{path.name} cannot be read: {error}") from error


def _opened(path: Path, mode: str) -> sqlite3.Connection:
    address = f"file:{quote(str(path.absolute()))}?mode={mode}"
    return sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, isolation_level=None)


def _migrations(db: sqlite3.Connection) -> tuple[str, ...]:
    return tuple(row[0] for row in db.execute("select name from _sqlite_migrations order by rowid"))


def _rows(db: sqlite3.Connection) -> dict[str, int]:
    names = [row[0] for row in db.execute(_TABLES)]
    return {name: int(db.execute(f'select count(*) from "{name}"').fetchone()[0]) for name in names}


_TABLES = "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name"
_SEARCHED = "select name from sqlite_master where type = 'table' and sql like 'create virtual table % using fts5%'"
