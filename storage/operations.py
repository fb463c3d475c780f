"""What the operators' page asks of one source, quick in a large database too, and the one thing that it does to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from storage import alarms, schedule
from storage.database import moment, stamp, writing
from storage.health import Health, of_row

FETCHES = 30  # that are shown: a few turns of most sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A source with what its line in feeds.txt asks: every so often, or between that and `longest`, or by cron."""

    id: str
    health: Health
    every: timedelta
    longest: timedelta | None
    cron: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """One request: when, for what, how it ended and how long it took; `reason` is that of the page's last one."""

    at: datetime
    address: str
    outcome: str
    status: int | None
    reason: str
    took: timedelta
    bytes: int


def watched(db: Database, id: str) -> Watched | None:
    """A source, whether its line is still in feeds.txt or not; None where there never was one of that id."""
    row = next(iter(db.query(_SOURCE, {"id": id})), None)
    if row is None:
        return None
    return Watched(
        id=id,
        health=of_row(row, schedule.pauses(db), alarms.strange(db)),
        every=timedelta(seconds=row["every_s"]),
        longest=timedelta(seconds=row["longest_s"]) if row["longest_s"] else None,
        cron=row["cron"],
    )


def fetches(db: Database, id: str) -> list[Fetch]:
    """The last requests for a source, the newest first."""
    return [_fetch(row) for row in db.query(_FETCHES, {"id": id, "limit": FETCHES})]


def names(db: Database) -> dict[str, tuple[str, str]]:
    """What each source is called (its label, "" for none) and its address, by its id."""
    return {row[0]: (row[1] or "", row[2]) for row in db.conn.execute("select id, label, address from sources")}


def ask_now(db: Database, id: str, now: datetime) -> bool:
    """Let a source be due at once: the next collect asks it, unless it rests. Tells whether it may be asked."""
    values = (stamp(now), id)
    with writing(db):
        asked = db.conn.execute("update sources set next_due = ? where id = ? and active and stopped is null", values)
        return bool(asked.rowcount)


def _fetch(row: Mapping[str, str | int | None]) -> Fetch:
    at = moment(str(row["at"]))
    assert at  # not null in the table
    return Fetch(
        at=at,
        address=str(row["requested"]),
        outcome=str(row["outcome"]),
        status=int(row["status"]) if row["status"] is not None else None,
        reason=str(row["reason"] or "") if row["last"] else "",
        took=timedelta(milliseconds=int(row["ms"] or 0)),
        bytes=int(row["bytes"] or 0),
    )


_SOURCE = """
select s.id, s.address, s.kind, s.label, s.active, s.stopped, s.asked, s.last_started, s.last_success, s.last_outcome,
    s.last_reason, s.failures, s.next_due, s.last_new, s.gap_s, s.budget, s.spent, s.quiet, s.every_s,
    s.longest_s, s.cron,
    (select count(*) from pages p where p.source = s.id) as pages,
    (select count(*) from pages p where p.source = s.id and p.reading = 'read') as "read",
    (select count(*) from pages p where p.source = s.id and kind = 'article' and body is not null and reading is null)
        as unread,
    (select min(fetched_at) from pages p
        where p.source = s.id and kind = 'article' and body is not null and reading is null) as unread_since,
    (select count(*) from pages p join stories t on t.document = p.id where p.source = s.id and t.gone_at is null)
        as stories,
    (select count(distinct t.cluster) from pages p join stories t on t.document = p.id
        join last_decisions d on d.cluster = t.cluster where p.source = s.id and d.verb = 'approve') as approved,
    (select count(*) from frontier f where f.source = s.id and f.state = 'waiting') as waiting
from sources s where s.id = :id
"""

_FETCHES = """
select f.at, p.requested, f.outcome, f.status, f.ms, f.bytes, p.reason,
    f.outcome = p.outcome and f.at = p.fetched_at as last
from fetches f join pages p on p.id = f.page where f.source = :id order by f.at desc, f.number desc limit :limit
"""
