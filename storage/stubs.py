"""What is left of a page that was taken down: its id, which is a hash of its address, and that it was refused.

Its row among the pages stays, so that the log of fetches stays true; in place of its address it has one made of the id.
It leaves the queue, which does not take it again (storage/blocked.py). All within a transaction of the caller's.
"""

import json
from collections.abc import Iterable
from dataclasses import replace

from sqlite_utils import Database

from reading.page import Page
from storage import blocked
from storage.database import identity, stamp

SCHEME = "taken-down:"


def make(db: Database, ids: Iterable[str]) -> None:
    """Leave nothing but a stub of these pages."""
    asked = {"ids": json.dumps(list(ids)), "scheme": SCHEME, "reason": blocked.REASON}
    db.conn.execute(_PAGES, asked)
    db.conn.execute(_QUEUE, asked)


def refuse(db: Database, page: Page) -> Page:
    """Count a fetch of what was taken down, and keep nothing else of it; the page as it may be told of in a log.

    An address that leads there is taken down as well. What only stood in a feed was not fetched, and is not counted.
    """
    id = identity(page.requested)
    if page.status is not None:
        here = blocked.block(
            blocked.page_hash(page.requested),
            blocked.Kind.PAGE,
            at=page.fetched_at,
            who="crawl",
            reason="it led to what was taken down",
        )
        if not blocked.bars(db, page.requested):
            blocked.add(db, [here])
        at = stamp(page.fetched_at)
        db.conn.execute(_FETCHED, {"id": id, "stub": f"{SCHEME}{id}", "kind": page.kind, "at": at})
        db.conn.execute(_COUNT, (id, page.source, at, page.outcome, page.status, page.ms))
        make(db, [id])
    return replace(page, requested=f"{SCHEME}{id}", url=f"{SCHEME}{id}")


def is_one(db: Database, page: str) -> bool:
    """Whether nothing but a stub is left of the page with this id."""
    asked = (page, f"{SCHEME}{page}")
    return db.conn.execute("select 1 from pages where id = ? and requested = ?", asked).fetchone() is not None


_PAGES = """
update pages set url = :scheme || id, requested = :scheme || id, outcome = 'forbidden', reason = :reason,
    status = null, headers = '{}', body = null, etag = null, last_modified = null, canonical = null, reserved = '',
    hints = '', reading = null, reading_reason = '', read_at = null
where id in (select value from json_each(:ids))
"""

_QUEUE = "delete from frontier where id in (select value from json_each(:ids))"

_FETCHED = """
insert into pages (id, url, requested, kind, outcome, fetched_at, first_fetched_at)
values (:id, :stub, :stub, :kind, 'forbidden', :at, :at) on conflict (id) do update set fetched_at = excluded.fetched_at
"""

_COUNT = """
insert into fetches (page, source, at, outcome, status, ms, bytes) values (?, ?, ?, ?, ?, ?, 0)
"""
