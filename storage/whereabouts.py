"""Where an address stands: what the queue, its source, its host and its page say of it, for whoever asks why."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlite_utils import Database

from reading.page import Outcome, PageKind
from storage.database import identity, moment
from storage.pages import SAME_PAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An address in the queue, or of a source that was never put there.

    `run` is the crawl that holds it, until `leased_until`; `tries` the failed attempts, the next one not before
    `not_before`; `twin` another address of the same page, which is stored. `source` is the address of its source,
    which is not `active` where its line was taken out, `stopped` where its site ended it, has `quiet` hours, is or was
    `paused_until` a moment, and has `spent` so much of its `budget` of pages. `rests_until` and `rests_why` are those
    of its host.
    """

    url: str
    kind: PageKind
    is_source: bool
    waits: bool
    run: str | None
    leased_until: datetime | None
    not_before: datetime | None
    tries: int
    twin: str | None
    source: str | None
    active: bool
    stopped: str | None
    quiet: str | None
    paused_until: datetime | None
    budget: int
    spent: int
    next_due: datetime | None
    host: str
    rests_until: datetime | None
    rests_why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What the table of pages says of an address beside the page: how its last reading ended (None: it waits to be
    read), why and when; and what its site reserves."""

    reading: Outcome | None
    reason: str
    read_at: datetime | None
    reserved: tuple[str, ...]


def place(db: Database, url: str) -> Place | None:
    """Where a canonical address stands in the queue; None where it was never seen."""
    asked = {"id": identity(url), "host": urlsplit(url).hostname or ""}
    row = db.conn.execute(_PLACE, asked).fetchone()
    if row is None:
        return None
    moments = ("leased_until", "not_before", "next_due", "rests_until", "paused_until")
    flags = ("is_source", "waits", "active")
    values = {name: row[name] for name in row.keys()}  # noqa: SIM118 -- a Row is no dict
    values |= {name: moment(row[name]) for name in moments} | {name: bool(row[name]) for name in flags}
    return Place(**values | {"url": url, "kind": PageKind(row["kind"]), "host": asked["host"]})


def stored(db: Database, requested: str) -> Stored | None:
    """What is known of the page of an address beside the page itself; None where there is none."""
    row = db.conn.execute(
        "select reading, reading_reason, read_at, reserved from pages where requested = ?", (requested,)
    ).fetchone()
    if row is None:
        return None
    return Stored(
        reading=Outcome(row["reading"]) if row["reading"] else None,
        reason=row["reading_reason"],
        read_at=moment(row["read_at"]),
        reserved=tuple(row["reserved"].replace(",", " ").split()),
    )


def leads_to(db: Database, url: str) -> str | None:
    """The address under which the page of this one is kept: the same page, or the article whose thread it is part of;
    None where it is its own."""
    row = db.conn.execute(_LEADS_TO, {"id": identity(url), "same": SAME_PAGE}).fetchone()
    return str(row[0]) if row and row[0] else None


_PLACE = """
select coalesce(f.kind, case s.kind when 'feed' then 'feed' else 'archive' end) as kind, s.id is :id as is_source,
    coalesce(f.state, '') = 'waiting' as waits, f.run, f.leased_until, f.not_before, coalesce(f.tries, 0) as tries,
    (select p.requested from frontier t join pages p on p.id = t.id
        where t.twin = f.twin and t.id <> f.id and p.body is not null
        order by p.first_fetched_at, p.id limit 1) as twin,
    s.address as source, coalesce(s.active, 1) as active, s.stopped, s.quiet,
    (select max(coalesce(z.until, '9999-12-31T00:00:00Z')) from pauses z where z.what in ('*', s.id)) as paused_until,
    coalesce(s.budget, 1) as budget,
    coalesce(s.spent, 0) as spent, s.next_due, h.rests_until, coalesce(h.reason, '') as rests_why
from (select :id as id) asked
left join frontier f on f.id = asked.id
left join sources s on s.id = coalesce(f.source, asked.id)
left join hosts h on h.host = :host
where f.id is not null or s.id is not null
"""

_LEADS_TO = """
select case
    when p.body is null and p.outcome = 'unchanged' and p.reason like :same || '%'
        then substr(p.reason, length(:same) + 1)
    when p.thread is not null then (select requested from pages where id = p.thread) end
from pages p where p.id = :id
"""
