"""Pages, kept raw: each with its outcome and its links, in one transaction with its place in the queue.

The id of a page is the hash of the canonical address that was asked for. A body is stored once, compressed, under the
hash of its content. A page that comes back with the same body, or that another address led to before, is `unchanged`:
nothing is read twice, nor what names another as its canonical address or has the very bytes of another article of its
host. What changed is unread again. Of a page that asks not to be archived (`noarchive`) the bytes go once it is read.
"""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlite_utils import Database

from reading.page import Outcome, Page, PageKind
from storage import blocked, bodies, frontier, links, revisits, sources, stubs
from storage.database import identity, stamp, writing

FAILED = {Outcome.FORBIDDEN, Outcome.GONE, Outcome.LATER, Outcome.TOO_LARGE, Outcome.NOT_TEXT, Outcome.BROKEN}
THREADS = {PageKind.ARTICLE, PageKind.THREAD}
ARRIVED = {Outcome.STORED, Outcome.UNCHANGED}
SAME_PAGE = "the same page as "  # how the reason begins of a page that is another; that one's address follows
A_DAY = timedelta(days=1)
WHOLE = 200  # the status of an answer with all of its body


def keep(db: Database, page: Page) -> Page:
    """Store one fetch, follow its links, and settle its address; returns the page with its final outcome."""
    with writing(db):
        return put(db, page)


def put(db: Database, page: Page) -> Page:
    """As `keep`, within a transaction of the caller's."""
    id, body = identity(page.requested), identity(page.body) if page.outcome is Outcome.STORED else None
    known = db.conn.execute("select body from pages where id = ?", (id,)).fetchone()
    if blocked.bars(db, page.requested, page.url, page.canonical):
        page, body = blocked.refused(page), None
        if page.kind in THREADS:
            return stubs.refuse(db, page)
    if page.kind not in THREADS:
        page = blocked.without(db, replace(page, links=links.recognised(db, id, page.links)))
    was, page = page, _weighed(db, id, page, body, known["body"] if known else None)
    if page.outcome is Outcome.UNCHANGED and page.status is None:
        return page  # it stood in a feed, as before: nothing was fetched
    if body:
        _write_body(db, body, was.body, is_new=page.outcome is Outcome.STORED)
    db.conn.execute(_KEEP, _values(id, page, body))
    db.conn.execute(
        "insert into fetches (page, source, at, outcome, status, ms, bytes) values (?, ?, ?, ?, ?, ?, ?)",
        (id, page.source, stamp(page.fetched_at), page.outcome, page.status, page.ms, len(page.body)),
    )
    if page.kind in THREADS:
        _settle_thread(db, id, page)
    else:
        _settle_list(db, id, page)
    if page.outcome is Outcome.STORED and (known or page.links):
        links.replace(db, id, page.links)
    return page


def _settle_thread(db: Database, id: str, page: Page) -> None:
    """Settle an article, or a further part of its thread."""
    links.follow_thread(db, id, page.links, page.fetched_at)
    if page.status is None:  # it came whole with its source
        sources.note_new(db, page.source, 1)
    if page.kind is PageKind.THREAD and page.outcome is Outcome.STORED:
        db.conn.execute(_UNREAD_ARTICLE, (id,))
    if page.outcome in (Outcome.UNCHANGED, Outcome.LATER):
        revisits.schedule(db, id, page.fetched_at)
    _leave(db, id, page)


def _settle_list(db: Database, id: str, page: Page) -> None:
    """Settle a feed or an archive; a source has a rhythm of its own."""
    if page.outcome in ARRIVED:
        new = links.follow(db, id, page.links or links.of(db, id), page.fetched_at)
        sources.note_new(db, page.source, new)
    if sources.finish(db, id, page, failed=page.outcome in FAILED):
        frontier.done(db, id, page.fetched_at)
    else:
        _leave(db, id, page)


def _leave(db: Database, id: str, page: Page) -> None:
    if page.again_at:
        frontier.retry(db, id, page.again_at, asked=page.asked)
    else:
        frontier.done(db, id, page.fetched_at)


def load(db: Database, id: str) -> Page:
    """A stored page with its body. Raises KeyError where there is none of that id."""
    row = db.conn.execute(_LOAD + "where p.id = ?", (id,)).fetchone()
    if row is None:
        raise KeyError(f"no page has the id {id}")
    return _page(db, row)


def parts(db: Database, id: str) -> tuple[Page, ...]:
    """The further parts of an article's thread that are stored, in the order in which they were found."""
    rows = db.conn.execute(_LOAD + "where p.thread = ? and p.body is not null order by p.first_fetched_at, p.id", (id,))
    return tuple(_page(db, row) for row in rows)


def state(db: Database, id: str) -> str:
    """A text that changes whenever the body of an article, or of a part of its thread, does."""
    rows = db.conn.execute(
        "select id, body from pages where (id = ?1 or thread = ?1) and body is not null order by id", (id,)
    )
    return " ".join(f"{row['id']}={row['body']}" for row in rows)


def find(db: Database, url: str) -> Page | None:
    """The page of a canonical address: one with a body first, asked for there or led there from another address."""
    row = db.conn.execute(
        _LOAD + "where p.requested = ?1 or p.url = ?1 order by p.body is null, p.requested = ?1 desc limit 1", (url,)
    ).fetchone()
    return _page(db, row) if row else None


def unread(db: Database, limit: int) -> list[str]:
    """The ids of articles whose body waits to be read, the longest waiting first."""
    rows = db.conn.execute(
        "select id from pages where kind = 'article' and body is not null and reading is null"
        " and not (outcome = 'forbidden' and reserved <> '')"
        " and exists (select 1 from bodies b where b.id = pages.body and (b.body <> x'' or b.bytes = 0))"  # not let go
        " order by fetched_at limit ?",
        (limit,),
    )
    return [row[0] for row in rows]


def let_go(db: Database, id: str | None = None) -> int:
    """Keep no copy of what was read and asks not to be archived, of one article and its thread or of all: the bytes go,
    their hash tells whether they change. What waits for further parts of its thread stays. Within a transaction of the
    caller's; returns how many bodies."""
    of = "" if id is None else "and (p.id = :id or p.thread = :id)"
    return db.conn.execute(_LET_GO.format(of=of), {"id": id}).rowcount


def last_fetch(db: Database) -> int:
    """The number of the newest fetch; `outcomes_since` counts from there."""
    return int(db.conn.execute("select coalesce(max(number), 0) from fetches").fetchone()[0])


def outcomes_since(db: Database, number: int) -> dict[Outcome, int]:
    """How many fetches ended how since a fetch."""
    rows = db.conn.execute("select outcome, count(*) from fetches where number > ? group by outcome", (number,))
    return {Outcome(outcome): count for outcome, count in rows}


def reasons_since(db: Database, number: int) -> set[str]:
    """Why the fetches since a fetch came to nothing; "" for those that did not."""
    rows = db.conn.execute(
        "select distinct p.reason from fetches f join pages p on p.id = f.page where f.number > ?", (number,)
    )
    return {row[0] for row in rows}


def _weighed(db: Database, id: str, page: Page, body: str | None, known: str | None) -> Page:
    """The page; `unchanged` where its body is known already, under its own address or another."""
    if body is None:
        return page
    if known == body:
        return replace(page, outcome=Outcome.UNCHANGED, reason="the same body as before")
    if page.kind is PageKind.ARTICLE and not known:
        asked = {"id": id, "url": page.url, "canonical": page.canonical or page.url, "body": body, "host": _host(page)}
        if other := db.conn.execute(_SAME, asked).fetchone():
            again = page.fetched_at + A_DAY if other["by_bytes"] and _is_first_try(db, id) else None
            reason = f"{SAME_PAGE}{other['requested']}"
            return replace(page, outcome=Outcome.UNCHANGED, reason=reason, again_at=again)
    return page


def _is_first_try(db: Database, id: str) -> bool:
    """What only has the bytes of another may be a notice that stands on all pages of a site for a while."""
    row = db.conn.execute("select tries from frontier where id = ?", (id,)).fetchone()
    return bool(row and row["tries"] == 0)


def _host(page: Page) -> str:
    return urlsplit(page.url)._replace(path="/", query="").geturl()


def _write_body(db: Database, id: str, body: bytes, *, is_new: bool) -> None:
    """Store a body once; one that was let go comes back with the same bytes, for when its thread is read again."""
    if is_new or db.conn.execute(_GONE, (id,)).fetchone():
        db.conn.execute(_WRITE_BODY, (id, bodies.pack(body) if body else b"", len(body)))


def _values(id: str, page: Page, body: str | None) -> dict[str, str | int | None]:
    return {
        "id": id,
        "url": page.url,
        "requested": page.requested,
        "source": page.source,
        "kind": page.kind,
        "outcome": page.outcome,
        "reason": page.reason,
        "status": page.status,
        "headers": json.dumps(dict(page.headers), ensure_ascii=False),
        "body": body if page.outcome is Outcome.STORED else None,
        "etag": page.headers.get("etag"),
        "last_modified": page.headers.get("last-modified"),
        "canonical": page.canonical,
        "reserved": " ".join(sorted(page.reserved)),
        "full": page.status == WHOLE,
        "hints": page.hints,
        "at": stamp(page.fetched_at),
        "ms": page.ms,
    }


def _page(db: Database, row: Any) -> Page:
    return Page(
        requested=row["requested"],
        url=row["url"],
        kind=PageKind(row["kind"]),
        outcome=Outcome(row["outcome"]),
        fetched_at=datetime.fromisoformat(row["fetched_at"]).astimezone(UTC),
        source=row["source"],
        status=row["status"],
        headers=json.loads(row["headers"]),
        body=bodies.unpack(row["bytes"]),
        links=links.of(db, row["id"]),
        reason=row["reason"],
        ms=row["ms"],
        canonical=row["canonical"],
        reserved=frozenset(row["reserved"].split()),
    )


_LOAD = "select p.*, b.body as bytes from pages p left join bodies b on b.id = p.body "

# What is stored stays when a later fetch brings nothing; a new body is unread.
_KEEP = """
insert into pages (id, url, requested, source, kind, thread, outcome, reason, status, headers, body, etag,
    last_modified, fetched_at, first_fetched_at, changed_at, ms, canonical, reserved, full_at,
    hints)
values (:id, :url, :requested, :source, :kind,
    (select found_on from frontier where id = :id and kind = 'thread'), :outcome, :reason, :status, :headers, :body,
    :etag, :last_modified, :at, :at, case when :body is not null then :at end, :ms,
    :canonical, :reserved, case when :full then :at end, :hints)
on conflict (id) do update set
    outcome = excluded.outcome, reason = excluded.reason, status = excluded.status, kind = excluded.kind,
    source = coalesce(excluded.source, source), fetched_at = excluded.fetched_at, ms = excluded.ms,
    requested = excluded.requested,
    url = case when excluded.body is null then url else excluded.url end,
    headers = case when excluded.body is null then headers else excluded.headers end,
    etag = case when excluded.outcome not in ('stored', 'unchanged') then etag
        when excluded.body is null then coalesce(excluded.etag, etag) else excluded.etag end,
    last_modified = case when excluded.outcome not in ('stored', 'unchanged') then last_modified
        when excluded.body is null then coalesce(excluded.last_modified, last_modified) else excluded.last_modified end,
    changed_at = coalesce(excluded.changed_at, changed_at),
    full_at = case when excluded.outcome in ('stored', 'unchanged') then coalesce(excluded.full_at, full_at)
        else full_at end,
    hints = case when excluded.body is null then hints else excluded.hints end,
    canonical = case when excluded.body is null then canonical else excluded.canonical end,
    reserved = case when excluded.status = 304
        or (excluded.reserved = '' and excluded.outcome not in ('stored', 'unchanged')) then reserved
        else excluded.reserved end,
    body = coalesce(excluded.body, body),
    reading = case when excluded.body is null then reading end,
    reading_reason = case when excluded.body is null then reading_reason else '' end,
    reading_tries = case when excluded.body is null then reading_tries else 0 end,
    read_at = case when excluded.body is null then read_at end
"""

_UNREAD_ARTICLE = "update pages set reading = null where id = (select thread from pages where id = ?)"

# Another page that is this one: it answered at its address, or names the same canonical one, or has its very bytes.
_SAME = """
select requested, url not in (:url, :canonical) and coalesce(canonical, '') not in (:url, :canonical) as by_bytes
from pages where id <> :id and kind = 'article' and body is not null
    and (url in (:url, :canonical) or canonical in (:url, :canonical)
        or (body = :body and url >= :host and url < :host || char(1114111)))
order by by_bytes limit 1
"""

_WRITE_BODY = """
insert into bodies (id, body, bytes) values (?, ?, ?)
on conflict (id) do update set body = excluded.body where length(bodies.body) = 0
"""

_GONE = "select 1 from bodies where id = ? and length(body) = 0"

_LET_GO = """
update bodies set body = x'' where length(body) > 0 and id in (
    select p.body from pages p where p.reserved <> '' {of}
        and ' ' || p.reserved || ' ' like '% noarchive %'
        and exists (select 1 from pages a where a.id = coalesce(p.thread, p.id) and a.reading is not null)
        and not exists (select 1 from frontier f where f.found_on = coalesce(p.thread, p.id) and f.kind = 'thread'
            and f.state <> 'done'))
"""
