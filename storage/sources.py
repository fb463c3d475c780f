"""The sources: what feeds.txt says, when each is due, and how each has been.

A source is claimed in one transaction: its address goes into the queue and its next time is set, so that two clocks
on one database never claim it twice, and a crash right after loses nothing, as the queue has the address. How it went
is written with the page at its address (storage/pages.py).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from reading.page import PageKind
from storage import frontier
from storage.database import identity, stamp, writing

MOST_WAIT = timedelta(days=7)  # a source that keeps failing is still asked once a week: blogs come back
SHIFT_MOST = 10  # 2 to the 10th of the shortest interval is beyond MOST_WAIT in any case


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A line of feeds.txt. `kind` names the spider; `pages` is how many pages of an archive are looked at."""

    address: str
    kind: str
    every: timedelta
    pages: int
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
        db.conn.execute("update sources set active = 0")
        for source in sources:
            db.conn.execute(_SYNC, _values(source))


def due(db: Database, now: datetime) -> list[Source]:
    """The active sources whose time has come, the longest due first."""
    return _sources(db, "active and (next_due is null or next_due <= ?)", stamp(now))


def active(db: Database) -> list[Source]:
    """All sources of feeds.txt."""
    return _sources(db, "active")


def claim(db: Database, now: datetime, *, only: Iterable[str] = (), force: bool = False) -> list[Source]:
    """Put the due sources into the queue and set when each is due next; returns them.

    `only` limits it to these addresses, and `force` takes those that are not due too.
    """
    wanted = set(only)
    with writing(db):
        found = active(db) if force else due(db, now)
        claimed = [source for source in found if not wanted or source.address in wanted]
        for source in claimed:
            frontier.put(
                db, source.address, spider=source.kind, kind=source.page_kind, source=source.id, now=now, again=True
            )
            failures = db.conn.execute("select failures from sources where id = ?", (source.id,)).fetchone()[0]
            db.conn.execute(
                "update sources set last_started = ?, next_due = ? where id = ?",
                (stamp(now), stamp(now + wait(source.every, failures)), source.id),
            )
    return claimed


def wait(every: timedelta, failures: int) -> timedelta:
    """How long until a source is asked again: twice as long with each failure in a row, a week at most."""
    return max(every, min(every * (1 << min(failures, SHIFT_MOST)), MOST_WAIT))


def finish(db: Database, address_id: str, outcome: str, *, failed: bool) -> None:
    """Write down how a source went, if a source has this address. Within a transaction of the caller's."""
    db.conn.execute(
        "update sources set last_outcome = ?, failures = case when ? then failures + 1 else 0 end where id = ?",
        (outcome, failed, address_id),
    )


def _sources(db: Database, where: str, *values: str) -> list[Source]:
    rows = db.conn.execute(f"select * from sources where {where} order by next_due, address", values)
    return [_source(row) for row in rows]


def _source(row: Any) -> Source:
    return Source(
        address=row["address"],
        kind=row["kind"],
        every=timedelta(seconds=row["every_s"]),
        pages=row["pages"],
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
        "pages": source.pages,
        "options": json.dumps(dict(source.options), ensure_ascii=False, sort_keys=True),
    }


# A line that asks for another interval or more pages is due at once.
_SYNC = """
insert into sources (id, address, kind, language, label, every_s, pages, options, active)
values (:id, :address, :kind, :language, :label, :every_s, :pages, :options, 1)
on conflict (id) do update set
    next_due = case when every_s = excluded.every_s and pages = excluded.pages then next_due end,
    kind = excluded.kind, language = excluded.language, label = excluded.label, every_s = excluded.every_s,
    pages = excluded.pages, options = excluded.options, active = 1
"""
