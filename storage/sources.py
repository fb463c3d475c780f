"""The sources: what feeds.txt says, when each is due, and how each has been.

A source is claimed in one transaction: its address goes into the queue and its next time is set, so that two clocks
on one database never claim it twice, and a crash right after loses nothing, as the queue has the address. How it went
is written with the page at its address (storage/pages.py), and with that when it is due next (storage/turns.py).
What is paused (storage/schedule.py) or has quiet hours is not claimed, nor is what came from it leased.

A source that says three times in a row that it has moved for good is asked at its new address from then on, until that
one fails. One that is gone for good (410) is asked no more, and says so, until somebody asks for it by name.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from sqlite3 import Row

from sqlite_utils import Database

from reading.page import Page, PageKind
from storage import blocked, frontier, rest, rhythm, turns
from storage.database import identity, stamp, writing
from storage.times import NONE, next_turn, quiet_until

LATELY = timedelta(days=90)  # approved stories count so long in a source's favour
TAKEN_DOWN = "it was taken down"  # why a source is stopped
DAY = len("2026-11-21")
AHEAD = timedelta(hours=1)  # a turn that began as long from now began by a clock that was wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A line of feeds.txt. `kind` names the spider; `pages` is how many pages of an archive are looked at; `budget` how
    many pages are asked for at most between two of its turns. It is asked every `every`, or between that and `longest`,
    or by a line of `cron`, but not in its `quiet` hours (storage/times.py).
    """

    address: str
    kind: str
    every: timedelta
    pages: int
    longest: timedelta | None = None
    cron: str | None = None
    quiet: str | None = None
    budget: int = 500
    language: str | None = None
    label: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """A hash of the address, which is canonical."""
        return identity(self.address)

    @property
    def page_kind(self) -> PageKind:
        """What its address is to the crawl."""
        return PageKind.FEED if self.kind == "feed" else PageKind.ARCHIVE


def sync(db: Database, sources: Sequence[Source], *, quiet: str = "") -> None:
    """Make the table say what feeds.txt says. A source whose line is gone rests, with all that came from it. The hours
    `quiet` are those of sources that say nothing of it."""
    with writing(db):
        ids = json.dumps([source.id for source in sources])
        db.conn.execute("update sources set active = 0 where id not in (select value from json_each(?))", (ids,))
        for source in sources:
            db.conn.execute(_SYNC, _values(source, quiet))
        heed(db)


def heed(db: Database) -> None:
    """Stop what was taken down, and let go of what is on that list no more. Within a transaction of the caller's."""
    for row in db.conn.execute("select id, address, asked, stopped from sources").fetchall():
        block = blocked.barring(db, row["address"])
        stopped = f"{TAKEN_DOWN} on {block.at[:DAY]}: {block.reason}" if block else None
        if stopped != row["stopped"] and (stopped or row["stopped"].startswith(TAKEN_DOWN)):
            db.conn.execute("update sources set stopped = ? where id = ?", (stopped, row["id"]))
        if stopped or blocked.bars(db, row["asked"]):
            db.conn.execute("update sources set asked = null, moving_to = null, moves = 0 where id = ?", (row["id"],))


def due(db: Database, now: datetime) -> list[Source]:
    """The active sources whose time has come, the longest due first."""
    return [_source(row) for row in _rows(db, _DUE, now)]


def active(db: Database) -> list[Source]:
    """All sources of feeds.txt."""
    return [_source(row) for row in _rows(db, "active")]


def claim(db: Database, now: datetime, *, only: Iterable[str] = (), force: bool = False) -> list[Source]:
    """Put the due sources into the queue and set when each is due next; returns them.

    `only` limits it to these addresses, and `force` takes those that are not due, and those that were stopped, too;
    but none that rests.
    """
    wanted = set(only)
    with writing(db):
        if not force:
            _put_off(db, now)
        rows = _rows(db, "active" if force else _DUE, now)
        resting = rest.resting(db, now)
        rows = [row for row in rows if row["id"] not in resting and (not wanted or row["address"] in wanted)]
        worth = _approved(db, now) if rows else {}
        for row in rows:
            db.conn.execute(_CLAIM, _claim(row, worth, now))
            frontier.put(
                db,
                row["asked"] or row["address"],
                spider=row["kind"],
                kind=_source(row).page_kind,
                source=row["id"],
                now=now,
                again=True,
            )
    return [_source(row) for row in rows]


def _put_off(db: Database, now: datetime) -> None:
    """What is due in its quiet hours is due when they end, and what never had a turn waits for its first."""
    for row in _rows(db, f"{_DUE} and (quiet is not null or (cron is not null and next_due is null))", now):
        due = next_turn(row["cron"], now) if row["cron"] and row["next_due"] is None else now
        due = quiet_until(row["quiet"], due) or due
        if due > now:
            db.conn.execute("update sources set next_due = ? where id = ?", (stamp(due), row["id"]))


def _claim(row: Row, worth: Mapping[str, int], now: datetime) -> dict[str, str | int]:
    return {
        "id": row["id"],
        "now": stamp(now),
        "due": stamp(turns.claimed(row, now)),
        "look_back": turns.look_back(row, now),
        "approved": worth.get(row["id"], 0),
    }


def finish(db: Database, address_id: str, page: Page, *, failed: bool) -> bool:
    """Write down how a source went, if a source is asked at this address, and tell whether one is. Within a transaction
    of the caller's."""
    rows = db.conn.execute(_ASKED, {"id": address_id, "url": page.requested}).fetchall()
    for row in rows:
        went = turns.failure(row, page) if failed else turns.success(row, page)
        moved = turns.moved(row, page, failed=failed)
        db.conn.execute(_FINISH, {"id": row["id"], "outcome": page.outcome, "reason": page.reason, **went, **moved})
    return bool(rows)


def excuse(db: Database, claimed: Iterable[Source], now: datetime) -> None:
    """Take back the failure of sources that were asked when this machine had no network; they are due soon."""
    with writing(db):
        for source in claimed:
            db.conn.execute(
                "update sources set failures = max(0, failures - 1), next_due = ? where id = ?",
                (stamp(now + rhythm.FIRST_FAILURE), source.id),
            )


def note_new(db: Database, source: str | None, new: int) -> None:
    """A source led to so many articles never seen before. Within a transaction of the caller's."""
    if source and new:
        db.conn.execute("update sources set fresh = fresh + ? where id = ?", (new, source))


def _approved(db: Database, now: datetime) -> dict[str, int]:
    """How many stories of each source editors approved lately."""
    return dict(tuple(row) for row in db.conn.execute(_APPROVED, (stamp(now - LATELY),)))


def _rows(db: Database, where: str, now: datetime | None = None) -> list[Row]:
    values = {"now": stamp(now), "ahead": stamp(now + AHEAD)} if now else {}
    return db.conn.execute(f"select * from sources where {where} order by next_due, address", values).fetchall()


def _source(row: Row) -> Source:
    return Source(
        address=row["address"],
        kind=row["kind"],
        every=timedelta(seconds=row["every_s"]),
        longest=timedelta(seconds=row["longest_s"]) if row["longest_s"] else None,
        cron=row["cron"],
        quiet=row["quiet"],
        pages=row["pages"],
        budget=row["budget"],
        language=row["language"],
        label=row["label"],
        options=json.loads(row["options"]),
    )


def _values(source: Source, quiet: str) -> dict[str, str | int | None]:
    return {
        "id": source.id,
        "address": source.address,
        "kind": source.kind,
        "language": source.language,
        "label": source.label,
        "every_s": int(source.every.total_seconds()),
        "longest_s": int(source.longest.total_seconds()) if source.longest else None,
        "cron": source.cron,
        "quiet": None if (hours := source.quiet or quiet) in ("", NONE) else hours,
        "budget": source.budget,
        "pages": source.pages,
        "options": json.dumps(dict(source.options), ensure_ascii=False, sort_keys=True),
    }


# One that was started far from now was by a clock that went back since.
_DUE = "active and stopped is null and (next_due is null or next_due <= :now or last_started > :ahead)"

# A line that asks for another interval or more pages is due at once; one that was stopped is asked when put back.
_SYNC = """
insert into sources (id, address, kind, language, label, every_s, longest_s, cron, quiet, pages, budget, options,
    active)
values (:id, :address, :kind, :language, :label, :every_s, :longest_s, :cron, :quiet, :pages, :budget, :options, 1)
on conflict (id) do update set
    next_due = case when every_s = excluded.every_s and longest_s is excluded.longest_s and cron is excluded.cron
        and pages = excluded.pages then next_due end,
    kind = excluded.kind, language = excluded.language, label = excluded.label, every_s = excluded.every_s,
    longest_s = excluded.longest_s, cron = excluded.cron, quiet = excluded.quiet, pages = excluded.pages,
    budget = excluded.budget, options = excluded.options, stopped = case when active then stopped end, active = 1
"""

_CLAIM = """
update sources set last_started = :now, next_due = :due, look_back = :look_back, spent = 0, fresh = 0,
    approved = :approved
where id = :id
"""

_ASKED = "select * from sources where asked = :url union all select * from sources where asked is null and id = :id"

_FINISH = """
update sources set last_outcome = :outcome, last_reason = :reason, failures = :failures, last_success = :success,
    last_new = :last_new, gap_s = :gap, wait_s = :wait, next_due = :due, stopped = :stopped, fresh = 0,
    asked = :asked, moving_to = :moving_to, moves = :moves
where id = :id
"""

_APPROVED = """
select p.source, count(distinct s.cluster) from last_decisions d
join stories s on s.cluster = d.cluster join pages p on p.id = s.document
where d.verb = 'approve' and d.at > ? and p.source is not null group by p.source
"""
