"""Where a page leads to, and what of that is fetched next. All within a transaction of the caller's.

What was never seen goes into the queue; of a feed's or an archive's further pages as many as its source asks for. A
further page that is done goes in again where this page led to an article never seen: then those behind it moved too.
That happens once in each round, which begins when the source is claimed.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlite_utils import Database

from reading.page import Link, PageKind
from storage import frontier
from storage.database import identity


def replace(db: Database, id: str, links: Iterable[Link]) -> None:
    """Let a page have these links, and no others."""
    db.conn.execute("delete from links where page = ?", (id,))
    db.conn.executemany(
        "insert into links (page, url, kind) values (?, ?, ?) on conflict do nothing",
        [(id, link.url, link.kind) for link in links],
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
        again = False
        if link.kind is not PageKind.ARTICLE:
            if place["depth"] + 1 >= place["pages"]:
                continue
            again = fresh and _is_of_an_earlier_round(db, link.url, place["last_started"])
        fresh |= frontier.put(
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


def _is_of_an_earlier_round(db: Database, url: str, began: str | None) -> bool:
    done_at = db.conn.execute(
        "select done_at from frontier where id = ? and state = 'done'", (identity(url),)
    ).fetchone()
    return bool(began and done_at and done_at[0] < began)


_PLACE = """
select f.spider, f.source, f.depth, coalesce(s.pages, 1) as pages, s.last_started
from frontier f left join sources s on s.id = f.source where f.id = ?
"""
