"""Which pages are meant by what somebody wants taken down: an address, a cluster, a story, a site.

An address is one of a page where the page was asked for there, answered there, calls itself so, or holds a story there;
all spellings count. What is meant always is whole pages: with the further parts of its thread, the addresses that led
to the same page, and what somebody sent in about it. Every address that is stored is looked at, which takes some
seconds in a large collection: nothing is to be missed, and nobody does it often.
"""

import json
from collections.abc import Callable, Iterable

from sqlite_utils import Database

from reading.page import PageKind
from storage.merged import whereabouts
from storage.pages import SAME_PAGE

Fits = Callable[[str], bool]
ARTICLES = (PageKind.ARTICLE, PageKind.THREAD)


def at(db: Database, fits: Fits, *, kinds: Iterable[PageKind] = ARTICLES, twin: str | None = None) -> set[str]:
    """The pages of these kinds that have an address that fits, or the twin (a hash, as the queue has it)."""
    db.conn.create_function("fits", 1, lambda address: address is not None and fits(address), deterministic=True)
    asked = {"kinds": json.dumps(list(kinds)), "twin": twin}
    return {row[0] for row in db.conn.execute(_FITTING, asked)}


def of(db: Database, id: str) -> set[str] | None:
    """The pages on which a cluster is told, by its id or one that it had, or a story; None where no one has that id."""
    if db.conn.execute("select 1 from clusters where id = ?", (id,)).fetchone():
        return _documents(db, "cluster", whereabouts(db, id))
    return _documents(db, "id", id) or None


def whole(db: Database, pages: Iterable[str]) -> set[str]:
    """These pages with all that belongs to them."""
    asked = {"pages": json.dumps(sorted(pages)), "same": SAME_PAGE}
    return {row[0] for row in db.conn.execute(_WHOLE, asked)}


def addresses(db: Database, pages: Iterable[str]) -> set[str]:
    """All addresses of these pages; without those of sources, which have other pages to lead to."""
    return {row[0] for row in db.conn.execute(_ADDRESSES, {"pages": json.dumps(sorted(pages))})}


def _documents(db: Database, column: str, id: str) -> set[str]:
    return {row[0] for row in db.conn.execute(f"select document from stories where {column} = ?", (id,))}


_FITTING = """
with kinds as (select value from json_each(:kinds))
select id from pages where kind in kinds and (fits(requested) or fits(url) or fits(canonical))
union select id from frontier where kind in kinds and (fits(url) or twin = :twin)
union select id from documents where fits(url)
union select document from stories where fits(url)
union select page from submissions where page is not null and fits(url)
"""

# Those that led to the same page have no body of their own, and answered there or say in their reason what they are.
_WHOLE = """
with recursive same (other, page) as materialized (
    select o.id, p.id from pages o join pages p on p.requested = substr(o.reason, length(:same) + 1)
    where o.body is null and o.reason like :same || '%'
    union select o.id, p.id from pages o join pages p on p.id <> o.id and (p.requested = o.url or p.url = o.url)
    where o.body is null and p.body is not null and o.kind = 'article' and p.kind = 'article'),
sent (page, link) as materialized (
    select page, address from submissions where page is not null and address in (select id from pages)),
those (id) as (
    select value from json_each(:pages)
    union select p.id from those t join pages p on p.thread = t.id
    union select p.thread from those t join pages p on p.id = t.id where p.thread is not null
    union select f.id from those t join frontier f on f.found_on = t.id and f.kind = 'thread'
    union select f.found_on from those t join frontier f on f.id = t.id
        where f.kind = 'thread' and f.found_on is not null
    union select s.other from those t join same s on s.page = t.id
    union select s.page from those t join same s on s.other = t.id
    union select s.page from those t join sent s on s.link = t.id)
select id from those
"""

_ADDRESSES = """
with those as (select value as id from json_each(:pages))
select address from (
    select requested as address from pages where id in those
    union select url from pages where id in those and body is not null
    union select canonical from pages where id in those
    union select url from frontier where id in those
    union select url from documents where id in those
    union select url from stories where document in those)
where address is not null and address not in (
    select address from sources union select asked from sources where asked is not null)
"""
