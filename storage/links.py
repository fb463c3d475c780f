"""Where a page leads to, and what of that is fetched next. All within a transaction of the caller's.

What was never seen goes into the queue; of a feed's or an archive's further pages as many as its source asks for. A
further page that is done goes in again where this page led to an article never seen: then those behind it moved too.
That happens once in each round, which begins when the source is claimed.

An article that is done goes in again where the page that lists it says that it has more comments than before, or where
it was fetched longer ago than the source's option `revisit` says. It leads to further parts of its thread, and those to
others: as many in all as the option `thread` says. They are asked for again whenever the article itself has changed.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlite_utils import Database

from reading.page import Link, PageKind
from storage import frontier
from storage.database import identity, stamp

MOST_PARTS = 10  # further pages of a thread, unless its source says otherwise: 500 comments on most blogs


def replace(db: Database, id: str, links: Iterable[Link]) -> None:
    """Let a page have these links, and no others."""
    db.conn.execute("delete from links where page = ?", (id,))
    db.conn.executemany(
        "insert into links (page, url, kind, comments) values (?, ?, ?, ?) on conflict do nothing",
        [(id, link.url, link.kind, link.comments) for link in links],
    )


def of(db: Database, id: str) -> tuple[Link, ...]:
    """The links of a page, by address."""
    rows = db.conn.execute("select url, kind from links where page = ? order by url", (id,))
    return tuple(Link(url=row["url"], kind=PageKind(row["kind"])) for row in rows)


def follow(db: Database, id: str, links: Iterable[Link], now: datetime) -> None:
    """Put the links of a feed or archive into the queue, in their order."""
    place = db.conn.execute(_PLACE, (id,)).fetchone()
    if place is None:
        return
    fresh = False
    for link in sorted(links, key=lambda link: link.kind is not PageKind.ARTICLE):
        if link.kind is PageKind.ARTICLE:
            again = _has_new_comments(db, id, link) or _was_long_ago(db, link.url, now, place["revisit"])
        elif place["depth"] + 1 < place["pages"]:
            again = fresh and _was_before(db, link.url, place["last_started"])
        else:
            continue
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
        )
        fresh |= waits and not again


def follow_thread(db: Database, id: str, links: Iterable[Link], now: datetime) -> None:
    """Put the further parts of a thread that an article, or one of them, led to into the queue."""
    place = db.conn.execute(_THREAD, (id,)).fetchone()
    if place is None:
        return
    known = place["known"]
    for link in links:
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


def _has_new_comments(db: Database, id: str, link: Link) -> bool:
    """Whether the page says that the article has more comments than it said before."""
    if link.comments is None:
        return False
    before = db.conn.execute("select comments from links where page = ? and url = ?", (id, link.url)).fetchone()
    return bool(before and before[0] is not None and link.comments > before[0])


def _was_long_ago(db: Database, url: str, now: datetime, seconds: int | None) -> bool:
    return seconds is not None and _was_before(db, url, stamp(now - timedelta(seconds=seconds)))


def _was_before(db: Database, url: str, moment: str | None) -> bool:
    """Whether an address is done, and was so before a moment."""
    row = db.conn.execute("select done_at from frontier where id = ? and state = 'done'", (identity(url),)).fetchone()
    return bool(moment and row and row[0] < moment)


_PLACE = """
select f.spider, f.source, f.depth, coalesce(s.pages, 1) as pages, s.last_started,
    json_extract(s.options, '$.revisit') + 0 as revisit
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
