"""New databases of tests: copies of one that was made before, as making it takes 40 ms and there are two thousand."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

from sqlite_utils import Database, Migrations

Upgrade = Callable[[Database, Path | str, Migrations, list[str]], None]


def copied_if_new(upgrade: Upgrade) -> Upgrade:
    """As `upgrade` of storage/database.py; what it would make of an empty database is copied."""
    made: dict[Migrations, sqlite3.Connection] = {}

    def copied(db: Database, path: Path | str, needed: Migrations, pending: list[str]) -> None:
        if needed in made and not db.conn.execute("select 1 from sqlite_master").fetchone():
            made[needed].backup(db.conn)
            return
        is_new = not db.conn.execute("select 1 from sqlite_master").fetchone()
        upgrade(db, path, needed, pending)
        if is_new:
            made[needed] = sqlite3.connect(":memory:", check_same_thread=False)
            db.conn.backup(made[needed])

    return copied
