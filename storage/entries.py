"""What readers get: the clusters that an editor approved, one entry each, and what was taken back.

An entry shows a cluster's best telling as its editors made it, and names the others. It is there exactly while the
last judgement of its cluster that stands is an approval: the query itself asks for that, so that nothing else can come
out, whatever list of ids it is given. What was ever approved and is no longer there is `Removed`.

Which entries a feed shows, in which order, is said by storage/publication.py.
"""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlite_utils import Database

from storage.database import BUSY_SECONDS, RESTORING, DatabaseError, refuse_newer
from storage.edits import Mask, masked, masks
from storage.inbox import MASKED
from storage.schema import migrations


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """Where the same event is told, too: the page's address and title, the telling's language and day."""

    url: str
    title: str | None
    language: str | None
    date: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One approved story. `id` is its cluster's and never changes; moments are UTC, as `2026-11-21T09:30:00Z`.

    `version` grows with every change. `published_at` is its first approval, `updated_at` when it was approved, edited
    or told anew last. `date` is the day of the telling in its page's words; `page_title` and `source` (the label of its
    line in feeds.txt) say where it stands. `licence` is the address of the licence that its page names for
    the post, which is not that of a comment; `altered` is whether masks hide words of the text. `reserved` are the
    page's wishes (reading/page.py) and `options` the source's settings. `media` are pictures and videos of its page:
    `kind`, `url`, `alt`.
    """

    id: str
    version: int
    title: str
    summary: str | None
    text: str
    url: str
    page_title: str | None
    source: str | None
    author: str | None
    date: str | None
    language: str | None
    sector: str
    channel: str
    teller: str
    companies: tuple[str, ...]
    published_at: str
    updated_at: str
    tellings: int
    others: tuple[Elsewhere, ...]
    media: tuple[dict[str, str], ...]
    licence: str | None
    reserved: frozenset[str]
    options: dict[str, str]
    altered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """An entry that was there and is taken back: its id, since when, and its version."""

    id: str
    at: str
    version: int


class NoDatabaseError(DatabaseError):
    """There is no database yet."""


def read_only(path: Path) -> Database:
    """Open the database without a way to write to it. Raises NoDatabaseError, also for one of an older version, or
    DatabaseError where it is none of ours."""
    if not path.is_file():
        raise NoDatabaseError(f"no database at {path}: collect first, or set the folder 'data'")
    if path.with_name(RESTORING).exists():
        raise NoDatabaseError(f"a backup is taking the place of {path}; 'goodturn restore' finishes that")
    address = f"file:{quote(str(path.absolute()))}?mode=ro"
    connection = sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, check_same_thread=False, isolation_level=None)
    connection.row_factory = sqlite3.Row
    try:
        connection.execute("select 1 from last_decisions limit 1")
    except sqlite3.Error as error:
        connection.close()
        raise DatabaseError(f"cannot publish from {path}: {error}; see the setting 'data'") from error
    db = Database(connection)
    try:
        refuse_newer(db, path, migrations)
    except DatabaseError:
        connection.close()
        raise
    if migrations.pending(db):
        connection.close()
        raise NoDatabaseError(
            f"{path} is of an older version: 'goodturn read' brings it up to date, then publish again"
        )
    return db


def entries(db: Database, ids: Sequence[str]) -> list[Entry]:
    """The entries of these clusters, in that order; without those that are not approved now."""
    asked = {"ids": json.dumps(list(ids))}
    rows = list(db.query(_ENTRIES, asked))
    by = masks(db, [row["id"] for row in rows])
    found = {row["id"]: _entry(row, by.get(row["id"], [])) for row in rows}
    return [found[id] for id in ids if id in found]


def removed(db: Database, ids: Sequence[str]) -> list[Removed]:
    """Those of these clusters that were approved once and are not now, in that order."""
    rows = db.query(_REMOVED, {"ids": json.dumps(list(ids))})
    found = {row["id"]: Removed(**row) for row in rows}
    return [found[id] for id in ids if id in found]


def last_change(db: Database) -> str | None:
    """When what readers get last changed: an act on, or a telling found or lost of, what was ever approved.

    So it never goes back, also when an entry leaves. None before the first approval.
    """
    at: str | None = next(iter(db.query(_LAST_CHANGE)))["at"]
    return at


def version(db: Database) -> int:
    """A number that another process's writing changes: as long as it stays, what this connection reads stays too."""
    return int(db.conn.execute("pragma data_version").fetchone()[0])


def _entry(row: dict[str, Any], by: Sequence[Mask]) -> Entry:
    texts = {name: masked(row[name], by) for name in (*MASKED, "page_title") if row[name]}
    others = tuple(Elsewhere(**{**other, "title": masked(other["title"] or "", by) or None}) for other in _rows(row))
    return Entry(
        **row
        | texts
        | {
            "companies": tuple(masked(name, by) for name in json.loads(row["companies"])),
            "media": tuple(_medium(each, by) for each in json.loads(row["media"])),
            "reserved": frozenset(row["reserved"].split()),
            "options": json.loads(row["options"]),
            "others": others,
            "altered": texts.get("text", row["text"]) != row["text"],
        }
    )


def _medium(found: dict[str, str], by: Sequence[Mask]) -> dict[str, str]:
    return found | {"alt": masked(found.get("alt") or "", by)}


def _rows(row: dict[str, Any]) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = json.loads(row["others"])
    return told


_ENTRIES = """
select l.cluster as id, l.version, l.title, l.summary, l.text, l.url, d.title as page_title, o.label as source,
    l.author, l.date, l.language, l.sector, l.channel, l.teller, l.companies, l.tellings,
    (select min(n.at) from decisions n where n.cluster = l.cluster and n.verb = 'approve') as published_at,
    max(l.decided_at,
        (select max(n.at) from decisions n where n.cluster = l.cluster and n.verb <> 'note'),
        coalesce((select max(t.found_at) from stories t where t.cluster = l.cluster), ''),
        coalesce((select max(t.gone_at) from stories t where t.cluster = l.cluster), '')) as updated_at,
    case when s.place is null then d.media else '[]' end as media,
    case when s.place is null then d.licence end as licence, p.reserved,
    coalesce(o.options, '{}') as options,
    (select json_group_array(json_object('url', u.url, 'title', u.title, 'language', u.language, 'date', u.date))
        from (select t.url, e.title, t.language, t.date from stories t join documents e on e.id = t.document
            where t.cluster = l.cluster and t.gone_at is null and t.url <> l.url
            group by t.url order by min(t.number)) u) as others
from json_each(:ids) i join cluster_list l on l.cluster = i.value join stories s on s.id = l.story
join documents d on d.id = s.document join pages p on p.id = d.id left join sources o on o.id = p.source
where l.state = 'approved'
"""

_REMOVED = """
select c.id, c.version, (
    select max(n.at) from decisions n left join decisions u on u.number = n.undoes
    where (n.cluster = c.id or n.other = c.id) and coalesce(u.verb, n.verb) not in ('note', 'edit', 'mask', 'apart')
    ) as at
from json_each(:ids) i join clusters c on c.id = i.value
where exists (select 1 from decisions a where a.cluster = c.id and a.verb = 'approve') and not exists (
    select 1 from cluster_list l where l.cluster = c.id and l.state = 'approved')
"""

_LAST_CHANGE = """
with ever as (select distinct cluster from decisions where verb = 'approve')
select max(d.at, coalesce(s.found, ''), coalesce(s.gone, '')) as at
from (select max(at) as at from decisions where (cluster in ever or other in ever) and verb <> 'note') d,
    (select max(found_at) as found, max(gone_at) as gone from stories where cluster in ever) s
"""
