"""What an editor asks the database: what waits, what a cluster holds, who else told it.

Rows are frozen and hold plain values: moments as they are stored (`2026-11-21T09:30:00Z`), lists as tuples.

Search words are anybody's text and never FTS syntax: each is quoted, folded with the schema's own folds, and finds the
words that begin with it, so that *Kunden* finds *Kundendienst*. All of them must occur in one telling.
"""

import json
import re
import sqlite3
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from sqlite_utils import Database

from storage.schema import FOLDS

LISTS = ("companies", "because", "shared")  # columns that hold a JSON list of texts
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterRow:
    """A cluster as the desk lists it: its best telling, its size, its state and the last decision on it.

    `cluster` and `story` are ids; `found_at` is when its first telling was found; `tellings` and `languages` count
    the tellings that are still there. `why`, `note`, `decided_by` and `decided_at` are None while nobody decided.
    """

    cluster: str
    state: str
    title: str
    text: str
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
    found_at: str
    why: str | None
    note: str | None
    decided_by: str | None
    decided_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TellingRow:
    """One telling of a cluster: `because` says why it is a story, `shared` what it has in common with the others.

    `place` is None for a post, else the index of the comment; `gone_at` is set where the source has lost it.
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


Row = TypeVar("Row", ClusterRow, TellingRow)


def cluster(db: Database, id: str) -> ClusterRow | None:
    """The cluster, whatever its state; None where there is none of that id (or it lost all its rows)."""
    found = _rows(ClusterRow, db.query("select * from cluster_list where cluster = :id", {"id": id}))
    return found[0] if found else None


def tellings(db: Database, id: str) -> list[TellingRow]:
    """All tellings of a cluster: those still there first, the best first."""
    return _rows(TellingRow, db.query(_TELLINGS, {"id": id}))


def inbox(
    db: Database,
    *,
    limit: int,
    offset: int = 0,
    language: str | None = None,
    sector: str | None = None,
    words: str | None = None,
) -> list[ClusterRow]:
    """What waits for an editor, best first. A filter holds where one of a cluster's tellings meets all of it."""
    asked = {"language": language, "sector": sector, "words": quoted(words or "")}
    where = [_FILTERS[name] for name, value in asked.items() if value]
    telling = f"and cluster in ({_TOLD} and {' and '.join(where)})" if where else ""
    return _rows(ClusterRow, db.query(_INBOX.format(telling=telling), {**asked, "limit": limit, "offset": offset}))


def quoted(words: str) -> str:
    """Search words as an FTS5 query that cannot be misread: every word a quoted prefix, all of them wanted."""
    for letter, plain in FOLDS.items():
        words = words.replace(letter, plain)
    return " ".join(f'"{word}"*' for word in _WORD.findall(unicodedata.normalize("NFC", words)))


def _rows(kind: type[Row], found: Iterable[dict[str, Any]] | Iterable[sqlite3.Row]) -> list[Row]:
    names = [field.name for field in fields(kind)]
    return [kind(**{name: _value(name, row[name]) for name in names}) for row in found]


def _value(name: str, stored: Any) -> Any:
    return tuple(json.loads(stored)) if name in LISTS else stored


_TELLINGS = """
select s.*, d.title as page_title, d.url as page_url
from stories s join documents d on d.id = s.document
where s.cluster = :id
order by s.gone_at is not null, s.relation = 'first' desc, s.score desc, s.number
"""

_INBOX = """
select * from inbox where true {telling}
order by score desc, found_at, cluster limit :limit offset :offset
"""

_TOLD = "select t.cluster from stories t where t.gone_at is null"

_FILTERS = {
    "language": "t.language = :language",
    "sector": "t.sector = :sector",
    "words": "t.number in (select rowid from stories_fts where stories_fts match :words)",
}
