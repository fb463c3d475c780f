"""Taking pages down: what they say goes, for ever, and that it went stays.

Gone are the pages' texts, bodies and headers, comments, titles, authors, pictures and addresses; their stories with
all by which those were compared and found; what others' feeds and archives quoted of them; and what was sent in about
them. Of each page a stub stays (storage/stubs.py), of each cluster its row and its log, so that numbers, the archive's
places and the cursors of whoever polls stay true. From the log go the words: notes, and the values of edits and masks,
of all clusters that its stories are in or were in; so a cluster that stays, told elsewhere, and that readers could see
leaves the feed until an editor has looked at it again, as what was masked there may show.

All of it, with the block list (storage/blocked.py), is one transaction. The log may not be changed (triggers see to
it): within that transaction its triggers are taken off and put back as they were.
"""

import json
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlite_utils import Database

from storage import blocked, bodies, named, stubs, submissions
from storage.blocked import Block, Kind
from storage.clusters import model, settle
from storage.database import writing
from storage.log import Verb, append

Spell = Callable[[str], str]
"""One text for all spellings of an address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Who takes something down, when, and why. `spell` says what spellings of an address have in common."""

    who: str
    at: datetime
    reason: str
    spell: Spell


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """How much it is: pages, stories, comments, clusters that have lost all tellings, other tellings that stay in
    `left` clusters, `held` of which have left the feed, submissions. `addresses` are the pages' own."""

    pages: int
    stories: int
    comments: int
    clusters: int
    tellings: int
    left: int
    held: int
    sent: int
    addresses: frozenset[str]


def look(db: Database, pages: Collection[str]) -> Taken:
    """What taking these pages down would take."""
    return _taken(db, named.whole(db, pages))


def take(db: Database, pages: Collection[str], order: Order, *, site: str | None = None) -> Taken:
    """Take these pages down, or all of a site with its pages, in one transaction."""
    with writing(db):
        db.conn.execute("pragma defer_foreign_keys = on")
        whole = named.whole(db, pages)
        taken = _taken(db, whole)
        _block(db, whole, taken.addresses, order, site)
        _let_go_of_quotes(db, whole, taken.addresses, site)
        _stop(db, order)
        with _unlocked(db, "decisions", "ties"):
            stayed = _forget(db, whole, order)
        stubs.make(db, whole)
        if numbers := [row[0] for row in db.conn.execute(_OTHERS, {"clusters": json.dumps(stayed)})]:
            settle(db, numbers, model(db))
        return taken


def _taken(db: Database, pages: Collection[str]) -> Taken:
    row = db.conn.execute(_MUCH, _asked(pages)).fetchone()
    counts = {name: int(row[name]) for name in row.keys()}  # noqa: SIM118 -- a Row is no dict
    return Taken(**counts, addresses=frozenset(named.addresses(db, pages)))


def _block(db: Database, pages: Collection[str], addresses: Collection[str], order: Order, site: str | None) -> None:
    """Put the pages' addresses and their stories' words on the list; the addresses of a blocked site need it not."""
    if site is not None:
        blocked.add(db, [_line(blocked.site_hash(site), Kind.SITE, order)])
    for address in addresses:
        if not blocked.bars(db, address):
            both = {blocked.page_hash(address), blocked.page_hash(order.spell(address))}
            blocked.add(db, [_line(hash, Kind.PAGE, order) for hash in both])
    told = {blocked.words_hash(row[0]) for row in db.conn.execute(_WORDS, _asked(pages))}
    blocked.add(db, [_line(hash, Kind.WORDS, order) for hash in told if hash])


def _line(hash: str, kind: Kind, order: Order) -> Block:
    return blocked.block(hash, kind, at=order.at, who=order.who, reason=order.reason)


def _let_go_of_quotes(db: Database, pages: Collection[str], addresses: Collection[str], site: str | None) -> None:
    """Let go of the bodies that name these pages: of the feeds and archives that led to them, and of what was read of
    the same sources; and of the links to them."""
    asked = _asked(pages, addresses=json.dumps(sorted(addresses)))
    marks = [site] if site is not None else [mark for address in addresses if len(mark := _path(address)) > 1]
    names = [mark.encode() for mark in marks] + [mark.replace("&", "&amp;").encode() for mark in marks]
    for row in db.conn.execute(_NEIGHBOURS, asked).fetchall():
        (packed,) = db.conn.execute("select body from bodies where id = ?", (row[0],)).fetchone()
        body = bodies.unpack(packed)
        if any(name in body for name in names):
            db.conn.execute("update bodies set body = x'' where id = ?", (row[0],))
    db.conn.execute(_LINKS, asked)


def _path(address: str) -> str:
    return urlsplit(address)._replace(scheme="", netloc="", fragment="").geturl()


def _stop(db: Database, order: Order) -> None:
    """Ask sources on the list no more, and forget what their sites said of themselves."""
    for id, address in db.conn.execute("select id, address from sources where stopped is null").fetchall():
        if blocked.bars(db, address):
            said = f"it was taken down on {order.at:%Y-%m-%d}: {order.reason}"
            db.conn.execute("update sources set stopped = ?, asked = null, moving_to = null where id = ?", (said, id))
    for (host,) in db.conn.execute("select host from hosts").fetchall():
        if blocked.bars(db, f"//{host}/"):
            db.conn.execute("delete from hosts where host = ?", (host,))
    for (site,) in db.conn.execute("select site from sites").fetchall():
        if blocked.bars(db, site):
            db.conn.execute("delete from sites where site = ?", (site,))


def _forget(db: Database, pages: Collection[str], order: Order) -> list[str]:
    """Erase the pages' words from everywhere; the clusters that were touched and have tellings elsewhere."""
    asked = _asked(pages)
    asked["touched"] = json.dumps([row[0] for row in db.conn.execute(_TOUCHED, asked)])
    asked["stories"] = json.dumps([row[0] for row in db.conn.execute(_STORIES, asked)])
    there = db.conn.execute(_THERE, asked).fetchall()
    sent = [row[0] for row in db.conn.execute(_SENT, asked)]
    for statement in _ERASE:
        db.conn.execute(statement, asked)
    submissions.empty(db, sent, order.at)
    for row in there:
        verb = Verb.UNPUBLISH if row["approved"] else Verb.NOTE
        append(db, row["cluster"], verb, who=order.who, at=order.at, note=f"taken down: {order.reason}")
    _prune(db)
    return [row["cluster"] for row in there]


def _prune(db: Database) -> None:
    """Forget the long words that no story has any more, and the texts that none tells."""
    db.conn.execute("create virtual table temp.terms using fts5vocab (main, stories_fts, row)")
    db.conn.execute("delete from words where word not in (select term from temp.terms)")
    db.conn.execute("drop table temp.terms")
    for statement in _PRUNE:
        db.conn.execute(statement)


@contextmanager
def _unlocked(db: Database, *tables: str) -> Iterator[None]:
    """Without the triggers that keep tables from being changed; put back as they were."""
    found = db.conn.execute(_TRIGGERS, (json.dumps(tables),)).fetchall()
    for row in found:
        db.conn.execute(f"drop trigger {row['name']}")
    yield
    for row in found:
        db.conn.execute(row["sql"])


def _asked(pages: Collection[str], **more: str) -> dict[str, Any]:
    return {"pages": json.dumps(sorted(pages)), **more}


_THOSE = "in (select value from json_each(:pages))"

_TRIGGERS = """
select name, sql from sqlite_master
where type = 'trigger' and name like '%\\_are\\_never\\_%' escape '\\' and tbl_name in (select value from json_each(?))
"""

_MUCH = f"""
with s as (select * from stories where document {_THOSE}),
others as (select cluster, count(*) as many from stories
    where cluster in (select cluster from s) and document not {_THOSE} and gone_at is null group by cluster)
select (select count(*) from json_each(:pages)) as pages, (select count(*) from s) as stories,
    (select count(*) from comments where document {_THOSE}) as comments,
    (select count(distinct cluster) from s where cluster not in (select cluster from others)) as clusters,
    (select coalesce(sum(many), 0) from others) as tellings, (select count(*) from others) as "left",
    (select count(*) from others o join last_decisions d on d.cluster = o.cluster where d.verb = 'approve') as held,
    (select count(*) from submissions where page {_THOSE} or address {_THOSE}) as sent
"""

_WORDS = f"""
select text from stories where document {_THOSE}
union select words from submissions where words <> '' and (page {_THOSE} or address {_THOSE})
"""

_STORIES = f"select id from stories where document {_THOSE}"

_SENT = f"select number from submissions where page {_THOSE} or address {_THOSE}"

# The bodies that may name the pages: of what led to them, and of what was read of their sources.
_NEIGHBOURS = f"""
select distinct p.body from pages p
where p.body is not null and p.id not {_THOSE} and (p.kind in ('feed', 'archive') or p.reading is not null) and (
    p.source in (select source from pages where id {_THOSE}) or p.id in (
        select page from links where url in (select value from json_each(:addresses))))
"""

_LINKS = f"delete from links where page {_THOSE} or url in (select value from json_each(:addresses))"

# The clusters that the stories are in, and all that they were in.
_TOUCHED = f"""
with recursive told as (select id, cluster from stories where document {_THOSE}),
became (id, now) as materialized (select id, became from clusters where became is not null),
touched (id) as (
    select cluster from told
    union select d.cluster from decisions d, json_each(d.moved) m where m.value in (select id from told)
    union select d.other from decisions d, json_each(d.moved) m where m.value in (select id from told)
    union select b.id from touched t join became b on b.now = t.id)
select id from touched where id is not null
"""

_THERE = """
select c.id as cluster, coalesce(d.verb = 'approve', 0) as approved from clusters c
left join last_decisions d on d.cluster = c.id
where c.id in (select value from json_each(:touched)) and exists (select 1 from stories s where s.cluster = c.id)
order by c.id
"""

_OTHERS = "select number from stories where cluster in (select value from json_each(:clusters))"

_ERASE = (
    """
    update decisions set note = '' where note <> '' and (cluster in (select value from json_each(:touched))
        or other in (select value from json_each(:touched)))
    """,
    """
    update decisions set value = case verb when 'mask' then '{"what": "", "instead": ""}' else 'null' end
    where value is not null and cluster in (select value from json_each(:touched))
        and (story is null or story in (select value from json_each(:stories)))
    """,
    "update decisions set value = 'null', story = null where story in (select value from json_each(:stories))",
    """
    delete from ties where one in (select value from json_each(:stories))
        or other in (select value from json_each(:stories))
    """,
    f"delete from stories where document {_THOSE}",
    f"delete from comments where document {_THOSE}",
    f"delete from documents where id {_THOSE}",
    f"""
    delete from bodies where id in (select body from pages where id {_THOSE}) and id not in (
        select body from pages where body is not null and id not {_THOSE})
    """,
)

_PRUNE = (
    "delete from texts where number not in (select same_text from stories where same_text is not null)",
    "delete from text_keys where text not in (select number from texts)",
    "delete from likenesses where one not in (select number from texts) or other not in (select number from texts)",
)
