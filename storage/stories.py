"""What anyone asks about stories: listing and searching them, with filters."""

from dataclasses import dataclass, fields

from sqlite_utils import Database

from storage.inbox import TellingRow, as_rows, quoted


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryRow(TellingRow):
    """One telling as it is listed; `state` is its cluster's: open, approved or rejected."""

    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What is asked for; None and empty do not narrow. `since` is a day, YYYY-MM-DD, on which it was found or later."""

    words: str | None = None
    language: str | None = None
    sector: str | None = None
    channel: str | None = None
    teller: str | None = None
    company: str | None = None
    state: str | None = None
    cluster: str | None = None
    page: str | None = None
    score: float | None = None
    since: str | None = None


def search(db: Database, filters: Filters, limit: int) -> list[StoryRow]:
    """Stories that meet all filters, best score first."""
    asked = {f.name: getattr(filters, f.name) for f in fields(Filters)} | {"words": quoted(filters.words or "")}
    asked = {name: value for name, value in asked.items() if value not in (None, "")}
    where = " and ".join(["true", *(_FILTERS[name] for name in asked)])
    rows = db.query(_SEARCH.format(where=where), {**asked, "limit": limit})
    return as_rows(StoryRow, rows)


_SEARCH = """
select s.*, l.state, d.title as page_title, d.url as page_url
from stories s join documents d on d.id = s.document join cluster_list l on l.cluster = s.cluster
where s.gone_at is null and {where}
order by s.score desc, s.number limit :limit
"""

_FILTERS = {
    "words": "s.number in (select rowid from stories_fts where stories_fts match :words)",
    "language": "s.language = :language",
    "sector": "s.sector = :sector",
    "channel": "s.channel = :channel",
    "teller": "s.teller = :teller",
    "company": "exists (select 1 from json_each(s.companies) c where c.value like '%' || :company || '%')",
    "state": "l.state = :state",
    "cluster": "s.cluster = :cluster",
    "page": "s.document = :page",
    "score": "s.score >= :score",
    "since": "s.found_at >= :since",
}
