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


Row = TypeVar("Row")


def cluster(db: Database, id: str) -> ClusterRow | None:
    """The cluster, whatever its state; None where there is none of that id (or it lost all its rows)."""
    found = as_rows(ClusterRow, db.query("select * from cluster_list where cluster = :id", {"id": id}))
    return found[0] if found else None


def tellings(db: Database, id: str) -> list[TellingRow]:
    """All tellings of a cluster: those still there first, the best first."""
    return as_rows(TellingRow, db.query(_TELLINGS, {"id": id}))


def inbox(
    db: Database,
    *,
    limit: int,
    offset: int = 0,
    state: str = "open",
    language: str | None = None,
    sector: str | None = None,
    words: str | None = None,
) -> list[ClusterRow]:
    """What waits for an editor, best first. A filter holds where one of a cluster's tellings meets all of it.

    Another `state` lists what is `approved` or `rejected`; an open cluster whose tellings are all gone waits no more.
    """
    where, asked = _asked(state, language, sector, words)
    return as_rows(ClusterRow, db.query(_INBOX.format(where=where), {**asked, "limit": limit, "offset": offset}))


def beside(
    db: Database,
    id: str,
    *,
    state: str = "open",
    language: str | None = None,
    sector: str | None = None,
    words: str | None = None,
) -> tuple[str | None, str | None]:
    """The clusters that come just before and just after one in that list, whether or not it is in it itself."""
    this = cluster(db, id)
    if not this:
        return None, None
    where, asked = _asked(state, language, sector, words)
    asked |= {"id": id, "score": this.score, "found_at": this.found_at}
    before, after = (
        next((row["cluster"] for row in db.query(query.format(where=where), asked)), None)
        for query in (_BEFORE, _AFTER)
    )
    return before, after


def sizes(db: Database) -> dict[str, int]:
    """How many clusters are in each state that has any; those that wait count only while a telling is there."""
    return {row["state"]: row["clusters"] for row in db.query(_SIZES) if row["clusters"]}


def _asked(
    state: str, language: str | None, sector: str | None, words: str | None
) -> tuple[str, dict[str, str | float | None]]:
    """The condition on a cluster `l`. Few tellings have all the words, so that they lead to their clusters; a language
    or sector is asked of each cluster in turn, since a list ends after a page of them."""
    asked = {"state": state, "language": language, "sector": sector, "words": quoted(words or "")}
    wanted = [_FILTERS[name] for name, value in asked.items() if value and name in _FILTERS]
    there = " and ".join(["t.gone_at is null", *wanted])
    where = "l.state = :state and (l.tellings > 0 or l.state <> 'open')"
    if asked["words"]:
        where += f" and l.cluster in (select t.cluster from stories t where {there})"
    elif wanted:
        where += f" and exists (select 1 from stories t where t.cluster = l.cluster and {there})"
    return where, {**asked}


def quoted(words: str) -> str:
    """Search words as an FTS5 query that cannot be misread: every word a quoted prefix, all of them wanted."""
    for letter, plain in FOLDS.items():
        words = words.replace(letter, plain)
    return " ".join(f'"{word}"*' for word in _WORD.findall(unicodedata.normalize("NFC", words)))


def as_rows(kind: type[Row], found: Iterable[dict[str, Any]] | Iterable[sqlite3.Row]) -> list[Row]:
    """Each row as a dataclass of this kind; columns that hold a JSON list become tuples."""
    names = [field.name for field in fields(kind)]  # type: ignore[arg-type]  # a row is always a dataclass
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
select l.* from cluster_list l where {where}
order by score desc, found_at, cluster limit :limit offset :offset
"""

_BEFORE = """
select l.cluster from cluster_list l
where {where} and l.score >= :score and (-l.score, l.found_at, l.cluster) < (-:score, :found_at, :id)
order by l.score, l.found_at desc, l.cluster desc limit 1
"""

_AFTER = """
select l.cluster from cluster_list l
where {where} and l.score <= :score and (-l.score, l.found_at, l.cluster) > (-:score, :found_at, :id)
order by l.score desc, l.found_at, l.cluster limit 1
"""

_SIZES = """
with decided as (
    select d.cluster, d.verb,
        exists (select 1 from stories t where t.cluster = d.cluster and t.gone_at is null) as there
    from decisions d
    where d.verb <> 'reopen' and exists (select 1 from stories t where t.cluster = d.cluster)
        and not exists (select 1 from decisions n where n.cluster = d.cluster and n.number > d.number)
)
select 'approved' as state, count(*) as clusters from decided where verb = 'approve'
union all select 'rejected', count(*) from decided where verb = 'reject'
union all select 'open', (select count(distinct cluster) from stories where gone_at is null)
    - (select count(*) from decided where there)
"""

_FILTERS = {
    "language": "t.language = :language",
    "sector": "t.sector = :sector",
    "words": "t.number in (select rowid from stories_fts where stories_fts match :words)",
}
