"""Where a page leads to, and what of that is fetched next. All within a transaction of the caller's.

What was never seen goes into the queue; of a feed's or an archive's further pages as many as its source asks for. A
further page that is done goes in again where this page led to an article never seen, as then those behind it moved too,
and where this page leads to no articles at all, as the index of a sitemap does; or if it says when they changed, then.
That happens once in each round, which begins when the source is claimed. In a round that comes late (storage/turns.py)
there are further pages beyond those that the source asks for, as long as each leads to an article never seen.

An article that is done goes in again where the page that lists it says that it has more comments than before or was
changed since, or where it was fetched longer ago than the source's option `revisit` says. An entry of a feed that stood
there before, by its id and title, and now has another address, is no new article: some feeds count their readers so.
What was waited for in vain, and for no longer, is tried again. An article leads to further parts of its thread, and
those to others: as many in all as the option `thread` says. They are asked for again whenever the article has changed.
"""

from collections.abc import Iterable
from dataclasses import replace as replaced
from datetime import datetime, timedelta
from sqlite3 import Row

from sqlite_utils import Database

from reading.page import Link, PageKind
from storage import frontier
from storage.database import identity, stamp

MOST_PARTS = 10  # further pages of a thread, unless its source says otherwise: 500 comments on most blogs


def replace(db: Database, id: str, links: Iterable[Link]) -> None:
    """Let a page have these links, and no others."""
    db.conn.execute("delete from links where page = ?", (id,))
    db.conn.executemany(
        "insert into links (page, url, kind, comments, key, twin, changed_at) values (?, ?, ?, ?, ?, ?, ?)"
        " on conflict do nothing",
        [(id, *_values(link)) for link in links],
    )


def _values(link: Link) -> tuple[str | int | None, ...]:
    changed_at = stamp(link.changed_at) if link.changed_at else None
    return link.url, link.kind, link.comments, link.key, link.twin, changed_at


def of(db: Database, id: str) -> tuple[Link, ...]:
    """The links of a page, by address."""
    rows = db.conn.execute("select url, kind, key, twin, changed_at from links where page = ? order by url", (id,))
    return tuple(
        Link(
            url=row["url"],
            kind=PageKind(row["kind"]),
            key=row["key"],
            twin=row["twin"],
            changed_at=datetime.fromisoformat(row["changed_at"]) if row["changed_at"] else None,
        )
        for row in rows
    )


def recognised(db: Database, id: str, links: Iterable[Link]) -> tuple[Link, ...]:
    """The links of a page as they are to be followed and kept: an entry that stood there before, by its key, has the
    address that it had, as some feeds give it another one for each reader."""
    rows = db.conn.execute(_KEYS, (id,))
    known = dict(tuple(row) for row in rows)
    return tuple(replaced(link, url=known[link.key]) if link.key in known else link for link in links)


def follow(db: Database, id: str, links: Iterable[Link], now: datetime) -> int:
    """Put the links of a feed or archive into the queue, in their order; how many articles were never seen."""
    place = db.conn.execute(_PLACE, (id,)).fetchone()
    if place is None:
        return 0
    fresh = 0
    found = sorted(links, key=lambda link: link.kind is not PageKind.ARTICLE)
    for link in found:
        if link.kind is PageKind.ARTICLE:
            again = _has_changed(db, link, now, place["revisit"])
        elif place["depth"] + 1 >= _most_pages(db, place, fresh, now):
            continue
        elif link.changed_at:
            again = _was_before(db, link.url, stamp(link.changed_at))
        else:
            moved = fresh > 0 or found[0].kind is not PageKind.ARTICLE
            again = moved and _was_before(db, link.url, place["last_started"])
        waits = frontier.put(
            db,
            link.url,
            spider=place["spider"],
            kind=link.kind,
            now=now,
            source=place["source"],
            depth=place["depth"] + 1,
            found_on=id,
            again=again,
            twin=link.twin,
            comments=link.comments,
        )
        fresh += waits and not again and link.kind is PageKind.ARTICLE
    return fresh


def _most_pages(db: Database, place: Row, fresh: int, now: datetime) -> int:
    """How many pages are looked at, as far as this one lets us know: it may lead to articles never seen, or, in a feed,
    have them inside, which were kept just before it."""
    if place["look_back"] == 1:
        return int(place["pages"])
    brought = fresh or db.conn.execute(_BROUGHT, (place["source"], stamp(now))).fetchone()
    return int(place["pages"] * (place["look_back"] if brought else 1))


def follow_thread(db: Database, id: str, links: Iterable[Link], now: datetime) -> None:
    """Put the further parts of a thread that an article, or one of them, led to into the queue."""
    found = tuple(links)
    place = db.conn.execute(_THREAD, (id,)).fetchone() if found else None
    if place is None:
        return
    known = place["known"]
    for link in found:
        again = _was_before(db, link.url, place["changed_at"])
        if known >= place["most"] and not again:
            continue
        known += frontier.put(
            db,
            link.url,
            spider=place["spider"],
            kind=PageKind.THREAD,
            now=now,
            source=place["source"],
            found_on=place["article"],
            again=again,
        )


def _has_changed(db: Database, link: Link, now: datetime, revisit: int | None) -> bool:
    if link.changed_at and _was_before(db, link.url, stamp(link.changed_at)):
        return True
    if db.conn.execute(_GIVEN_UP, (identity(link.url),)).fetchone():
        return True
    return _has_new_comments(db, link) or _was_long_ago(db, link.url, now, revisit)


def _has_new_comments(db: Database, link: Link) -> bool:
    """Whether the page says that the article has more comments than any page said before."""
    if link.comments is None:
        return False
    id = identity(link.url)
    row = db.conn.execute("select comments from frontier where id = ?", (id,)).fetchone()
    if row:
        db.conn.execute("update frontier set comments = ? where id = ?", (link.comments, id))
    return bool(row and row[0] is not None and link.comments > row[0])


def _was_long_ago(db: Database, url: str, now: datetime, seconds: int | None) -> bool:
    return seconds is not None and _was_before(db, url, stamp(now - timedelta(seconds=seconds)))


def _was_before(db: Database, url: str, moment: str | None) -> bool:
    """Whether an address is done, and was so before a moment."""
    row = db.conn.execute("select done_at from frontier where id = ? and state = 'done'", (identity(url),)).fetchone()
    return bool(moment and row and row[0] < moment)


_PLACE = """
select f.spider, f.source, f.depth, coalesce(s.pages, 1) as pages, s.last_started,
    coalesce(s.look_back, 1) as look_back,
    nullif(json_extract(s.options, '$.revisit'), 'never') + 0 as revisit
from frontier f left join sources s on s.id = f.source where f.id = ?
"""

# The article of a page is the page itself, or the one on which a further part was found.
_THREAD = f"""
select a.id as article, f.spider, f.source, p.changed_at,
    coalesce(json_extract(s.options, '$.thread'), {MOST_PARTS}) + 0 as most,
    (select count(*) from frontier t where t.found_on = a.id and t.kind = 'thread') as known
from frontier f
join frontier a on a.id = case f.kind when 'thread' then f.found_on else f.id end
left join pages p on p.id = a.id
left join sources s on s.id = f.source
where f.id = ?
"""

_BROUGHT = "select 1 from pages where source = ? and first_fetched_at = ? and status is null limit 1"

_KEYS = "select key, min(url) from links where page = ? and key is not null group by key having count(*) = 1"

# What never came, and is waited for no more, is tried again when a page leads to it once more.
_GIVEN_UP = """
select 1 from frontier f join pages p on p.id = f.id
where f.id = ? and f.state = 'done' and p.outcome = 'later' and p.body is null
"""
