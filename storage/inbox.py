"""What an editor asks the database: what a cluster holds, and who else told it.

Rows are frozen and hold plain values: moments as they are stored (`2026-11-21T09:30:00Z`), lists as tuples. A cluster
is shown as its readers would get it, with what editors made of it (storage/edits.py); a telling as it was found.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlite_utils import Database

from storage.board import Board
from storage.edits import Mask, masked, masks
from storage.filters import Filters
from storage.lists import ask, listed

LISTS = ("companies", "because", "shared")  # columns that hold a JSON list of texts
ALL_OPEN = Filters()
MASKED = ("title", "summary", "text", "author")  # what a mask holds for


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterRow:
    """A cluster as the desk lists it: its best telling, its size, its state and the last decision on it.

    `cluster` and `story` are ids; `found_at` is when its first telling was found; `tellings` and `languages` count
    the tellings that are still there; `submitted` is 1 where somebody sent it. `version` grows with every change.
    `summary` is an editor's; `why`, `note`, `decided_by` and `decided_at` are None while nobody decided.
    """

    cluster: str
    state: str
    title: str
    text: str
    summary: str | None
    language: str | None
    score: float
    sector: str
    channel: str
    teller: str
    companies: tuple[str, ...]
    because: tuple[str, ...]
    url: str
    author: str | None
    date: str | None
    story: str
    tellings: int
    languages: int
    submitted: int
    found_at: str
    version: int
    why: str | None
    note: str | None
    decided_by: str | None
    decided_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TellingRow:
    """One telling of a cluster: `because` says why it is a story, `shared` what it has in common with the others.

    `place` is None for a post, else the index of the comment; `gone_at` is set where the source has lost it.
    `excerpt` is what an editor says it is, where that is not what was found.
    """

    number: int
    id: str
    cluster: str
    relation: str
    shared: tuple[str, ...]
    title: str
    text: str
    language: str | None
    score: float
    sector: str
    channel: str
    teller: str
    companies: tuple[str, ...]
    because: tuple[str, ...]
    place: int | None
    url: str
    author: str | None
    date: str | None
    found_at: str
    gone_at: str | None
    page_title: str | None
    page_url: str
    excerpt: str | None


Row = TypeVar("Row")


def cluster(db: Database, id: str) -> ClusterRow | None:
    """The cluster, whatever its state; None where there is none of that id (or it lost all its rows)."""
    return next(iter(clusters(db, [id])), None)


def unmasked(db: Database, id: str) -> ClusterRow | None:
    """The cluster with all its words, for editors alone."""
    found = as_rows(ClusterRow, db.query(_CLUSTERS, {"ids": json.dumps([id])}))
    return found[0] if found else None


def tellings(db: Database, id: str) -> list[TellingRow]:
    """All tellings of a cluster: those still there first, the first teller first, then the best."""
    return as_rows(TellingRow, db.query(_TELLINGS, {"id": id}))


def clusters(db: Database, ids: Sequence[str]) -> list[ClusterRow]:
    """The clusters of these ids, in that order; without those that are no more."""
    rows = as_rows(ClusterRow, db.query(_CLUSTERS, {"ids": json.dumps(list(ids))}))
    found = {row.cluster: row for row in _as_readers_see(db, rows)}
    return [found[id] for id in ids if id in found]


def inbox(db: Database, filters: Filters = ALL_OPEN, *, limit: int, now: datetime | None = None) -> list[ClusterRow]:
    """The first of what meets the filters, once: who asks again and again keeps a board (storage/board.py)."""
    moment = now or datetime.now(UTC)
    asked = ask(db, Board().look(db), filters, moment)
    return clusters(db, listed(asked, filters, moment, limit=limit).ids)


def as_rows(kind: type[Row], found: Iterable[dict[str, Any]] | Iterable[sqlite3.Row]) -> list[Row]:
    """Each row as a dataclass of this kind; columns that hold a JSON list become tuples."""
    names = [field.name for field in fields(kind)]  # type: ignore[arg-type]  # a row is always a dataclass
    return [kind(**{name: _value(name, row[name]) for name in names}) for row in found]


def _as_readers_see(db: Database, rows: Sequence[ClusterRow]) -> list[ClusterRow]:
    by = masks(db, [row.cluster for row in rows])
    return [replace(row, **_masked(row, by[row.cluster])) if row.cluster in by else row for row in rows]


def _masked(row: ClusterRow, by: Sequence[Mask]) -> dict[str, Any]:
    texts = {name: getattr(row, name) for name in MASKED}
    companies = tuple(masked(name, by) for name in row.companies)
    return {name: masked(text, by) for name, text in texts.items() if text} | {"companies": companies}


def _value(name: str, stored: Any) -> Any:
    return tuple(json.loads(stored)) if name in LISTS else stored


_TELLINGS = """
select s.*, d.title as page_title, d.url as page_url, p.text as excerpt
from stories s join documents d on d.id = s.document left join spans p on p.story = s.id
where s.cluster = :id
order by s.gone_at is not null, s.relation = 'first' desc, s.score desc, s.number
"""

_CLUSTERS = "select * from cluster_list where cluster in (select value from json_each(:ids))"
