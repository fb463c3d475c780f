"""The sources: what feeds.txt says, when each is due, and how each has been.

A source is claimed in one transaction: its address goes into the queue and its next time is set, so that two clocks
on one database never claim it twice, and a crash right after loses nothing, as the queue has the address. How it went
is written with the page at its address (storage/pages.py), and with that when it is due next (storage/rhythm.py).

A source that says three times in a row that it has moved for good is asked at its new address from then on, until that
one fails. One that is gone for good (410) is asked no more, and says so, until somebody asks for it by name.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from reading.page import Outcome, Page, PageKind
from storage import frontier, rhythm
from storage.database import identity, moment, stamp, writing

LATELY = timedelta(days=90)  # approved stories count so long in a source's favour
GONE_FOR_GOOD = 410
MOVES = 3  # so often in a row a source says that it has moved for good before it is believed


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A line of feeds.txt. `kind` names the spider; `pages` is how many pages of an archive are looked at; `budget` how
    many pages are asked for at most between two of its turns. It is asked every `every`, or between that and `longest`.
    """

    address: str
    kind: str
    every: timedelta
    pages: int
    longest: timedelta | None = None
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


def sync(db: Database, sources: Sequence[Source]) -> None:
    """Make the table say what feeds.txt says. A source whose line is gone rests, with all that came from it."""
    with writing(db):
        ids = json.dumps([source.id for source in sources])
        db.conn.execute("update sources set active = 0 where id not in (select value from json_each(?))", (ids,))
        for source in sources:
            db.conn.execute(_SYNC, _values(source))


def due(db: Database, now: datetime) -> list[Source]:
    """The active sources whose time has come, the longest due first."""
    return _sources(db, "active and stopped is null and (next_due is null or next_due <= ?)", stamp(now))


def active(db: Database) -> list[Source]:
    """All sources of feeds.txt."""
    return _sources(db, "active")


def claim(db: Database, now: datetime, *, only: Iterable[str] = (), force: bool = False) -> list[Source]:
    """Put the due sources into the queue and set when each is due next; returns them.

    `only` limits it to these addresses, and `force` takes those that are not due, and those that were stopped, too.
    """
    wanted = set(only)
    with writing(db):
        found = active(db) if force else due(db, now)
        claimed = [source for source in found if not wanted or source.address in wanted]
        worth = _approved(db, now) if claimed else {}
        for source in claimed:
            row = db.conn.execute(_CLAIM, _claim(source, worth, now)).fetchone()
            frontier.put(
                db,
                row["asked"] or source.address,
                spider=source.kind,
                kind=source.page_kind,
                source=source.id,
                now=now,
                again=True,
            )
    return claimed


def _claim(source: Source, worth: Mapping[str, int], now: datetime) -> dict[str, str | int]:
    """For the time being it is due after its usual interval; its page will say."""
    return {
        "id": source.id,
        "now": stamp(now),
        "due": stamp(now + (source.every if source.longest is None else max(source.every, rhythm.FIRST))),
        "approved": worth.get(source.id, 0),
    }


def finish(db: Database, address_id: str, page: Page, *, failed: bool) -> bool:
    """Write down how a source went, if a source is asked at this address, and tell whether one is. Within a transaction
    of the caller's."""
    rows = db.conn.execute(_ASKED, {"id": address_id, "url": page.requested}).fetchall()
    for row in rows:
        went = _failure(row, page) if failed else _success(row, page)
        moved = _moved(row, page, failed=failed)
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


def _success(row: Any, page: Page) -> dict[str, Any]:
    """What a success changes: the first one begins the count, as all that it brought was there before."""
    now, before, last_new = page.fetched_at, _span(row["gap_s"]), moment(row["last_new"])
    if row["last_success"] is None:
        last_new = now
    elif row["fresh"]:
        before = rhythm.gap(before, max(now - (last_new or now), timedelta(minutes=1)), row["fresh"])
        last_new = now
    shortest, silence = timedelta(seconds=row["every_s"]), now - (last_new or now)
    wait = rhythm.wait(shortest, _span(row["longest_s"]), before, silence, row["approved"])
    began = moment(row["last_started"]) or now
    due = began + rhythm.jittered(wait, identity(row["id"], stamp(began)))
    return {
        "failures": 0,
        "success": stamp(now),
        "last_new": stamp(last_new) if last_new else None,
        "gap": round(before.total_seconds()) if before else None,
        "wait": round(wait.total_seconds()),
        "due": stamp(max(due, now + wait / 2, page.fresh_until or due)),
        "stopped": None,
    }


def _failure(row: Any, page: Page) -> dict[str, Any]:
    failures, now = row["failures"] + 1, page.fetched_at
    usual = _span(row["wait_s"]) or timedelta(seconds=row["every_s"])
    soon = page.outcome is Outcome.LATER
    wait = rhythm.jittered(rhythm.backoff(failures, usual, soon=soon), identity(row["id"], stamp(now)))
    gone = page.status == GONE_FOR_GOOD and not row["asked"]
    return {
        "failures": failures,
        "success": row["last_success"],
        "last_new": row["last_new"],
        "gap": row["gap_s"],
        "wait": row["wait_s"],
        "due": stamp(max(now + wait, page.again_at or now)),
        "stopped": f"its site said on {now:%Y-%m-%d} that it is gone for good (410)" if gone else row["stopped"],
    }


def _moved(row: Any, page: Page, *, failed: bool) -> dict[str, Any]:
    """Where a source is asked next: a new address that failed is forgotten."""
    if failed:
        return {"asked": None, "moving_to": None, "moves": 0}
    if page.moved_to is None:
        return {"asked": row["asked"], "moving_to": None, "moves": 0}
    moves = row["moves"] + 1 if page.moved_to == row["moving_to"] else 1
    if moves >= MOVES:
        return {"asked": page.moved_to, "moving_to": None, "moves": 0}
    return {"asked": row["asked"], "moving_to": page.moved_to, "moves": moves}


def _approved(db: Database, now: datetime) -> dict[str, int]:
    """How many stories of each source editors approved lately."""
    return dict(tuple(row) for row in db.conn.execute(_APPROVED, (stamp(now - LATELY),)))


def _span(seconds: int | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


def _sources(db: Database, where: str, *values: str) -> list[Source]:
    rows = db.conn.execute(f"select * from sources where {where} order by next_due, address", values)
    return [_source(row) for row in rows]


def _source(row: Any) -> Source:
    return Source(
        address=row["address"],
        kind=row["kind"],
        every=timedelta(seconds=row["every_s"]),
        longest=_span(row["longest_s"]),
        pages=row["pages"],
        budget=row["budget"],
        language=row["language"],
        label=row["label"],
        options=json.loads(row["options"]),
    )


def _values(source: Source) -> dict[str, str | int | None]:
    return {
        "id": source.id,
        "address": source.address,
        "kind": source.kind,
        "language": source.language,
        "label": source.label,
        "every_s": int(source.every.total_seconds()),
        "longest_s": int(source.longest.total_seconds()) if source.longest else None,
        "budget": source.budget,
        "pages": source.pages,
        "options": json.dumps(dict(source.options), ensure_ascii=False, sort_keys=True),
    }


# A line that asks for another interval or more pages is due at once; one that was stopped is asked when put back.
_SYNC = """
insert into sources (id, address, kind, language, label, every_s, longest_s, pages, budget, options, active)
values (:id, :address, :kind, :language, :label, :every_s, :longest_s, :pages, :budget, :options, 1)
on conflict (id) do update set
    next_due = case when every_s = excluded.every_s and longest_s is excluded.longest_s and pages = excluded.pages
        then next_due end,
    kind = excluded.kind, language = excluded.language, label = excluded.label, every_s = excluded.every_s,
    longest_s = excluded.longest_s, pages = excluded.pages, budget = excluded.budget, options = excluded.options,
    stopped = case when active then stopped end, active = 1
"""

_CLAIM = """
update sources set last_started = :now, next_due = :due, spent = 0, fresh = 0, approved = :approved
where id = :id returning asked
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
