"""The frontier: the queue of addresses to fetch, as a table.

An address is there once for ever, under the hash of its canonical form. It waits, is leased to a run, and is done when
its page is kept, in the same transaction (storage/pages.py). So a crash between fetch and commit means that it is
fetched again, never that it is stored twice.

Leasing takes the waiting addresses host by host, so that one host with thousands of them does not keep the others
waiting; a host that another living run holds addresses of is left to that run, so that two crawls at once do not
double the pace at which a site is asked. What a dead run held waits again (`release`).
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlite_utils import Database

from reading.page import PageKind
from storage.database import identity, stamp, writing

FIRST = {
    PageKind.FEED: 20,
    PageKind.ARCHIVE: 10,
    PageKind.THREAD: 5,
    PageKind.ARTICLE: 0,
}  # what leads to more comes first


MOST = 500  # addresses leased at a time: some milliseconds, and more hosts than a crawl has connections


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address that a crawl holds, with what it needs to ask for it.

    `depth` counts the pages of a feed or archive from its first; `tries` the failed attempts so far. `pages` and
    `options` are those of the source. `etag` and `last_modified` are the validators of what is stored of it.
    """

    id: str
    url: str
    host: str
    kind: PageKind
    depth: int
    tries: int
    source: str | None
    pages: int
    options: Mapping[str, str]
    etag: str | None
    last_modified: str | None


def add(db: Database, url: str, *, spider: str, kind: PageKind, now: datetime, again: bool = False) -> bool:
    """Put an address into the queue; with `again` also one that is done. Tells whether it waits now."""
    with writing(db):
        return put(db, url, spider=spider, kind=kind, now=now, again=again)


def put(
    db: Database,
    url: str,
    *,
    spider: str,
    kind: PageKind,
    now: datetime,
    source: str | None = None,
    depth: int = 0,
    found_on: str | None = None,
    again: bool = False,
) -> bool:
    """As `add`, within a transaction of the caller's."""
    values = {
        "id": identity(url),
        "url": url,
        "host": urlsplit(url).hostname or "",
        "spider": spider,
        "source": source,
        "kind": kind,
        "depth": depth,
        "priority": FIRST[kind],
        "found_at": stamp(now),
        "found_on": found_on,
    }
    return db.conn.execute(_PUT_AGAIN if again else _PUT, values).rowcount > 0


def lease(
    db: Database, *, spider: str, run: str, now: datetime, each: int, without: Collection[str] = ()
) -> list[Address]:
    """Lease to a run up to `each` addresses of every host, best first, and MOST in all; none of the hosts `without`."""
    asked = {
        "spider": spider,
        "run": run,
        "now": stamp(now),
        "each": each,
        "most": MOST,
        "without": json.dumps(sorted(without)),
    }
    with writing(db):
        ids = json.dumps([row[0] for row in db.conn.execute(_FREE, asked)])
        db.conn.execute(
            "update frontier set state = 'leased', run = ? where id in (select value from json_each(?))", (run, ids)
        )
        rows = db.conn.execute(_LEASED, {"ids": ids}).fetchall()
    return [
        Address(
            id=row["id"],
            url=row["url"],
            host=row["host"],
            kind=PageKind(row["kind"]),
            depth=row["depth"],
            tries=row["tries"],
            source=row["source"],
            pages=row["pages"],
            options=json.loads(row["options"]),
            etag=row["etag"],
            last_modified=row["last_modified"],
        )
        for row in rows
    ]


def holders(db: Database) -> list[str]:
    """The runs that hold addresses."""
    return [row[0] for row in db.conn.execute("select distinct run from frontier where state = 'leased'")]


def release(db: Database, run: str, *, died: bool = False) -> int:
    """Let what a run holds wait again; returns how many.

    What a run held when it died comes after the rest from then on, so that a page that ends the process that fetches
    it cannot keep all others from being fetched.
    """
    with writing(db):
        return db.conn.execute(
            "update frontier set state = 'waiting', run = null, priority = priority - ? "
            "where state = 'leased' and run = ?",
            (died, run),
        ).rowcount


def done(db: Database, id: str, at: datetime) -> None:
    """An address has its page. Within a transaction of the caller's."""
    db.conn.execute("update frontier set state = 'done', run = null, done_at = ? where id = ?", (stamp(at), id))


def retry(db: Database, id: str, not_before: datetime) -> None:
    """An address is worth another try, later. Within a transaction of the caller's."""
    db.conn.execute(
        "update frontier set state = 'waiting', run = null, tries = tries + 1, not_before = ? where id = ?",
        (stamp(not_before), id),
    )


def waiting(db: Database, now: datetime) -> dict[str, int]:
    """How many addresses are to be fetched now or are being fetched, by spider."""
    return dict(tuple(row) for row in db.conn.execute(_WAITING, {"now": stamp(now)}))


_PUT = """
insert into frontier (id, url, host, spider, source, kind, depth, priority, found_at, found_on)
values (:id, :url, :host, :spider, :source, :kind, :depth, :priority, :found_at, :found_on)
on conflict (id) do nothing
"""

_PUT_AGAIN = (
    _PUT.replace("do nothing", "do update set")
    + """
    state = 'waiting', tries = 0, not_before = null, spider = excluded.spider, kind = excluded.kind,
    source = coalesce(excluded.source, source), depth = excluded.depth, priority = excluded.priority
where state <> 'leased'
"""
)

# The hosts are found by skipping through the index, not by reading all that waits. What came from a source that
# rests is left alone.
_FREE = """
with recursive hosts (host) as (
    select min(host) from frontier where spider = :spider and state = 'waiting'
    union all
    select (select min(host) from frontier where spider = :spider and state = 'waiting' and host > hosts.host)
    from hosts where host is not null
)
select f.id from hosts join frontier f on f.rowid in (
    select w.rowid from frontier w left join sources s on s.id = w.source
    where w.spider = :spider and w.state = 'waiting' and w.host = hosts.host
        and (w.not_before is null or w.not_before <= :now) and coalesce(s.active, 1)
    order by w.priority desc, w.rowid limit :each)
where hosts.host not in (select value from json_each(:without))
    and not exists (select 1 from frontier o where o.host = hosts.host and o.state = 'leased' and o.run <> :run)
limit :most
"""

_LEASED = """
select f.*, coalesce(s.pages, 1) as pages, coalesce(s.options, '{}') as options, p.etag, p.last_modified
from json_each(:ids) j join frontier f on f.id = j.value
left join sources s on s.id = f.source left join pages p on p.id = f.id and p.body is not null
order by f.priority desc, f.rowid
"""

_WAITING = """
select f.spider, count(*) from frontier f left join sources s on s.id = f.source
where f.state <> 'done' and (f.not_before is null or f.not_before <= :now) and coalesce(s.active, 1)
group by f.spider
"""
