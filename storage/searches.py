"""Searches that editors keep under a name; one that is public may become a feed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from storage.database import stamp, writing
from storage.filters import Filters

MOST_CHARACTERS = 80  # of a name


class SearchError(ValueError):
    """The search cannot be kept; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A search: `asked` are its filters as they stand in an address, without the question mark."""

    number: int
    name: str
    asked: str
    public: bool
    who: str
    at: str


def save(db: Database, name: str, filters: Filters, *, who: str, at: datetime, public: bool = False) -> Search:
    """Keep a search; one of that name gets these filters instead. Raises SearchError."""
    called = " ".join(name.split())
    if not 0 < len(called) <= MOST_CHARACTERS or not called.isprintable():
        raise SearchError(f"give the search a name of 1 to {MOST_CHARACTERS} letters")
    values = (called, filters.query().removeprefix("?"), public, who, stamp(at))
    with writing(db):
        db.conn.execute(_SAVE, values)
    found = search(db, called)
    assert found
    return found


def searches(db: Database) -> Sequence[Search]:
    """All of them, by name."""
    return [_search(row) for row in db.query("select * from searches order by name collate nocase")]


def search(db: Database, name: str) -> Search | None:
    """The search of that name, in small letters or capitals."""
    return next((_search(row) for row in db.query("select * from searches where name = ?", [name])), None)


def forget(db: Database, number: int) -> bool:
    """Keep a search no longer; whether there was one."""
    with writing(db):
        return db.conn.execute("delete from searches where number = ?", (number,)).rowcount > 0


def _search(row: dict[str, object]) -> Search:
    return Search(**{**row, "public": bool(row["public"])})  # type: ignore[arg-type]  # the table's columns


_SAVE = """
insert into searches (name, asked, public, who, at) values (?, ?, ?, ?, ?)
on conflict (name) do update set asked = excluded.asked, public = excluded.public, who = excluded.who, at = excluded.at
"""
