"""The frontier: the queue of addresses to fetch, as a table.

An address is there once for ever, under the hash of its canonical form. It waits, is leased to a run
(storage/leases.py), and is done when its page is kept, in the same transaction (storage/pages.py). So a crash between
fetch and commit means that it is fetched again, never that it is stored twice.

Two spellings of one article's address (http and https, its mobile and AMP forms; crawler/addresses/twins.py) are
twins: the second is put in only if the first led to no page. What was taken down (storage/blocked.py) is not put in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlite_utils import Database

from reading.page import PageKind
from storage import blocked, rest
from storage.database import identity, stamp, writing

FIRST = {
    PageKind.FEED: 20,
    PageKind.ARCHIVE: 10,
    PageKind.THREAD: 5,
    PageKind.ARTICLE: 0,
}  # what leads to more comes first
REVISIT = -1  # the priority of an article that is looked at again: after what was never seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address that a crawl holds, with what it needs to ask for it.

    `depth` counts the pages of a feed or archive from its first; `tries` the failed attempts so far. `pages` and
    `options` are those of the source, and `home` its address. `etag` and `last_modified` are the validators of what
    is stored of it, `hints` what it said of when to ask again; no validators where it is time to ask for all of it,
    as some servers say "unchanged" of what has changed.
    """

    id: str
    url: str
    host: str
    spider: str
    kind: PageKind
    depth: int
    tries: int
    source: str | None
    home: str | None
    pages: int
    options: Mapping[str, str]
    etag: str | None
    last_modified: str | None
    hints: str = ""


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
    twin: str | None = None,
    comments: int | None = None,
) -> bool:
    """As `add`, within a transaction of the caller's."""
    if blocked.bars(db, url, twin):
        return False
    twin = identity(twin) if twin else None
    if twin and not again and db.conn.execute(_HAS_TWIN, {"twin": twin, "id": identity(url)}).fetchone():
        return False
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
        "twin": twin,
        "comments": comments,
    }
    return db.conn.execute(_PUT_AGAIN if again else _PUT, values).rowcount > 0


def done(db: Database, id: str, at: datetime) -> None:
    """An address has its page. Within a transaction of the caller's."""
    db.conn.execute(
        "update frontier set state = 'done', run = null, leased_until = null, done_at = ?, deaths = 0 where id = ?",
        (stamp(at), id),
    )


def retry(db: Database, id: str, not_before: datetime, *, asked: bool = True) -> None:
    """An address is worth another try, later; one that was not asked for has not used up a try, nor its source's
    budget. Within a transaction of the caller's."""
    db.conn.execute(
        "update frontier set state = 'waiting', run = null, leased_until = null, tries = tries + ?, not_before = ?,"
        " deaths = 0 where id = ?",
        (asked, stamp(not_before), id),
    )
    if not asked:
        db.conn.execute(
            "update sources set spent = max(0, spent - 1) where id = (select source from frontier where id = ?)", (id,)
        )


def waiting(db: Database, now: datetime) -> int:
    """How many addresses are to be fetched now or are being fetched."""
    asked = {"now": stamp(now), "resting": rest.as_json(db, now)}
    return int(db.conn.execute(_WAITING, asked).fetchone()[0])


_PUT = """
insert into frontier (id, url, host, spider, source, kind, depth, priority, found_at, found_on, twin, comments)
values (:id, :url, :host, :spider, :source, :kind, :depth, :priority, :found_at, :found_on, :twin, :comments)
on conflict (id) do nothing
"""

_PUT_AGAIN = (
    _PUT.replace("do nothing", "do update set")
    + """
    state = 'waiting', tries = 0, not_before = null, revisit_at = null, spider = excluded.spider, kind = excluded.kind,
    source = coalesce(excluded.source, source), depth = excluded.depth, priority = excluded.priority
where state <> 'leased'
"""
)

# A twin that led to no page does not count, nor one that waits for another try.
_HAS_TWIN = """
select 1 from frontier f left join pages p on p.id = f.id
where f.twin = :twin and f.id <> :id and (p.id is null or p.body is not null)
"""

# May be asked for: its time has come, and its source neither rests (its line is gone, or storage/rest.py says so) nor
# is stopped nor has used up its budget; a source's own address may be whether it is stopped or not.
MAY = """
(w.not_before is null or w.not_before <= :now) and coalesce(s.active, 1)
and coalesce(w.source, '') not in (select value from json_each(:resting))
and (s.id is null or s.id = w.id or s.asked = w.url or (s.stopped is null and s.spent < s.budget))
"""

_WAITING = f"""
select (select count(*) from frontier where state = 'leased') + (
    select count(*) from frontier w left join sources s on s.id = w.source where w.state = 'waiting' and {MAY})
"""
