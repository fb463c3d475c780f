"""Putting a database in the place of another: who has that one open, and how the change is whole or not at all.

A process that has a database of the WAL mode open holds a shared lock on its file for as long, used or idle, so that an
exclusive lock on those bytes says that there is none; and what has opened the file and not yet read it, or was stopped
in between, is seen among the open files of all processes, where the system shows them (Linux). That also says who it
is.

Before the first file is moved a note of all that is to be moved lies beside the database, and goes after the last.
While it is there nobody can open the database (storage/database.py), and `finish` goes on from wherever a kill left it.
"""

import fcntl
import json
import os
import sqlite3
from collections.abc import Iterable
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote

from storage.blocked import Block, Kind
from storage.database import BUSY_SECONDS, RESTORING, Database, writing

LOCKED_FROM, LOCKED_BYTES = 0x40000002, 510  # of the file, by who reads: SQLite's "shared" range, its file format
ASIDE = ("-wal", "-shm", "-journal")  # of a database's file, which go with it
PROCESSES = Path("/proc")


def users(paths: Iterable[Path]) -> list[str]:
    """Who has one of these files open, but for this process: what each process is called and its number; "somebody"
    where a file is locked and the system does not tell by whom. Not to be asked where this process has one open."""
    there = [path for path in paths if path.exists()]
    found = _holders({(stat.st_dev, stat.st_ino) for stat in map(Path.stat, there)})
    return found or (["somebody"] if any(map(_is_locked, there)) else [])


def _is_locked(path: Path) -> bool:
    with path.open("r+b") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, LOCKED_BYTES, LOCKED_FROM)
        except BlockingIOError:
            return True
    return False


def _holders(files: set[tuple[int, int]]) -> list[str]:
    found = []
    for process in PROCESSES.glob("[0-9]*"):
        if process.name == str(os.getpid()):
            continue
        with suppress(OSError):  # it has ended, or is another user's
            if any(_is_one(handle, files) for handle in (process / "fd").iterdir()):
                said = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace").strip()
                found.append(f"{said} (process {process.name})")
    return found


def _is_one(handle: Path, files: set[tuple[int, int]]) -> bool:
    with suppress(OSError):
        stat = handle.stat()
        return (stat.st_dev, stat.st_ino) in files
    return False


def is_begun(folder: Path) -> bool:
    """Whether a change was begun there and is not finished."""
    return (folder / RESTORING).exists()


def begin(folder: Path, staged: Path, aside: Path, names: Iterable[str]) -> None:
    """Note that what is staged takes the place of what is in the folder, which goes aside; `finish` does it."""
    aside.mkdir(mode=0o700)
    note = {"staged": staged.name, "aside": aside.name, "names": list(names)}
    unfinished = staged / RESTORING
    with unfinished.open("w", encoding="utf-8") as file:
        json.dump(note, file)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(folder / RESTORING)
    _settle(folder)


def finish(folder: Path) -> Path | None:
    """Move what is noted, or was not yet moved when a kill came in between; where that is which was there before.
    None where nothing is noted."""
    try:
        note = json.loads((folder / RESTORING).read_text("utf-8"))
    except FileNotFoundError:
        return None
    staged, aside = folder / str(note["staged"]), folder / str(note["aside"])
    for name in note["names"]:
        if (staged / name).exists():  # else it was moved before
            for each in (name, *(f"{name}{end}" for end in ASIDE)):
                if (folder / each).exists():
                    (folder / each).rename(aside / each)
            (staged / name).rename(folder / name)
    for path in (aside, folder):
        _settle(path)
    (folder / RESTORING).unlink()
    _settle(folder)
    return aside


def taken_down(path: Path) -> list[Block]:
    """What a database says was taken down, however old it is; it is not changed. Raises sqlite3.Error where that cannot
    be read."""
    with closing(_read_only(path)) as db:
        if not db.execute("select 1 from sqlite_master where name = 'blocked'").fetchone():
            return []  # of a time before anything could be
        return [Block(**{**dict(row), "kind": Kind(row["kind"])}) for row in db.execute("select * from blocked")]


def shut_out(private: Database, since: Path) -> None:
    """Keep out who was shut out since: of people who are in both, role, password and end are those of the database
    that is replaced; sessions that ended stay ended, links that were used or withdrawn stay so. Raises sqlite3.Error
    where that cannot be read."""
    with closing(_read_only(since)) as db:
        people = db.execute("select role, password, ended_at, number, folded from users").fetchall()
        sessions = db.execute("select ended_at, hash from sessions where ended_at is not null").fetchall()
        links = [row[0] for row in db.execute("select hash from tokens where used_at is null")]
    with writing(private):
        private.conn.executemany(_PEOPLE, people)
        private.conn.executemany("update sessions set ended_at = ? where hash = ? and ended_at is null", sessions)
        private.conn.execute(_LINKS, (json.dumps(links),))


def alone(db: Database) -> None:
    """Have all of an open database in its one file, and close it."""
    db.conn.execute("pragma journal_mode = delete")
    db.close()


def _settle(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read_only(path: Path) -> sqlite3.Connection:
    address = f"file:{quote(str(path.absolute()))}?mode=ro"
    db = sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
    db.row_factory = sqlite3.Row
    return db


_PEOPLE = "update users set role = ?, password = ?, ended_at = ? where number = ? and folded = ?"

_LINKS = "delete from tokens where used_at is null and hash not in (select value from json_each(?))"
