"""What readers get: the clusters that an editor approved, one entry each, newest decision first.

An entry shows a cluster's best telling as its editors made it, and links to the others. It is there exactly while the
last judgement of its cluster that stands is an approval. Its number is that decision's, so that lists go on below a
number (`before`) without gaps or doubles while editors work. (`cross join` is SQLite's word for: in this order,
decisions first.)
"""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlite_utils import Database

from storage.database import BUSY_SECONDS, DatabaseError
from storage.edits import Mask, masked, masks
from storage.inbox import MASKED


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One approved story. `id` is its cluster's and never changes; moments are UTC, as `2026-11-21T09:30:00Z`.

    `date` is the day of the telling in its page's words; `updated_at` when it was approved, or when a telling was
    found or lost, or an editor did anything to it, after that. `others` are the addresses of the other tellings that
    are still there.
    """

    number: int
    id: str
    title: str
    summary: str | None
    text: str
    url: str
    author: str | None
    date: str | None
    language: str | None
    sector: str
    companies: tuple[str, ...]
    approved_at: str
    updated_at: str
    tellings: int
    others: tuple[str, ...]


class NoDatabaseError(DatabaseError):
    """There is no database yet."""


def read_only(path: Path) -> Database:
    """Open the database without a way to write to it. Raises NoDatabaseError, or DatabaseError where it is none."""
    if not path.is_file():
        raise NoDatabaseError(f"no database at {path}: collect first, or set the folder 'data'")
    address = f"file:{quote(str(path.absolute()))}?mode=ro"
    connection = sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, check_same_thread=False, isolation_level=None)
    connection.row_factory = sqlite3.Row
    try:
        connection.execute("select 1 from last_decisions limit 1")
    except sqlite3.Error as error:
        connection.close()
        raise DatabaseError(f"cannot publish from {path}: {error}; see the setting 'data'") from error
    return Database(connection)


def entries(db: Database, *, limit: int, language: str | None = None, before: int | None = None) -> list[Entry]:
    """What readers get, newest decision first; in one language, and below a number, where asked."""
    asked = {"limit": limit, "language": language, "before": before}
    rows = list(db.query(_ENTRIES, asked))
    by = masks(db, [row["id"] for row in rows])
    return [_entry(row, by.get(row["id"], [])) for row in rows]


def languages(db: Database) -> list[str]:
    """The languages that approved stories are in, as ISO 639-1."""
    return [row["language"] for row in db.query(_LANGUAGES)]


def last_change(db: Database) -> str | None:
    """When what readers get last changed: a decision on, or a telling found or lost of, what was ever approved.

    So it never goes back, also when an entry leaves. None before the first approval.
    """
    at: str | None = next(iter(db.query(_LAST_CHANGE)))["at"]
    return at


def version(db: Database) -> int:
    """A number that another process's writing changes: as long as it stays, what this connection reads stays too."""
    return int(db.conn.execute("pragma data_version").fetchone()[0])


def _entry(row: dict[str, Any], by: Sequence[Mask]) -> Entry:
    lists = {name: tuple(json.loads(row[name])) for name in ("companies", "others")}
    lists["companies"] = tuple(masked(name, by) for name in lists["companies"])
    texts = {name: masked(row[name], by) for name in MASKED if row[name]}
    return Entry(**row | lists | texts)


_ENTRIES = """
with approved as (
    select d.number, d.cluster, d.at from last_decisions d cross join cluster_list l on l.cluster = d.cluster
    where d.verb = 'approve' and (:before is null or d.number < :before)
        and (:language is null or l.language = :language)
    order by d.number desc limit :limit
)
select a.number, l.cluster as id, l.title, l.summary, l.text, l.url, l.author, l.date, l.language, l.sector,
    l.companies,
    a.at as approved_at, l.tellings,
    (select max(a.at, coalesce(max(t.found_at), ''), coalesce(max(t.gone_at), ''), (
            select max(n.at) from decisions n where n.cluster = a.cluster and n.verb <> 'note'))
        from stories t where t.cluster = a.cluster) as updated_at,
    (select json_group_array(u.url) from (select distinct t.url from stories t
        where t.cluster = a.cluster and t.gone_at is null and t.url <> l.url order by t.number) u) as others
from approved a cross join cluster_list l on l.cluster = a.cluster
order by a.number desc
"""

_LANGUAGES = """
select distinct l.language from last_decisions d cross join cluster_list l on l.cluster = d.cluster
where d.verb = 'approve' and l.language is not null order by l.language
"""

_LAST_CHANGE = """
with ever as (select distinct cluster from decisions where verb = 'approve')
select max(d.at, coalesce(s.found, ''), coalesce(s.gone, '')) as at
from (select max(at) as at from decisions where cluster in ever) d,
    (select max(found_at) as found, max(gone_at) as gone from stories where cluster in ever) s
"""
