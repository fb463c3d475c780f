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
import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlite_utils import Database

from storage import blocked, bodies, candidates, named, sources, stubs, submissions
from storage.blocked import Block, Kind
from storage.clusters import model, settle
from storage.database import writing
from storage.log import Verb, append

_PLAIN = re.compile(r"[a-zA-Z0-9_=-]+")

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
    `left` clusters, `held` of which have left the feed, submissions."""

    pages: int
    stories: int
    comments: int
    clusters: int
    tellings: int
    left: int
    held: int
    sent: int


def look(db: Database, pages: Collection[str]) -> Taken:
    """What taking these pages down would take."""
    return _taken(db, named.whole(db, pages))


def take(
    db: Database, pages: Collection[str], order: Order, *, address: str | None = None, site: str | None = None
) -> Taken:
    """Take these pages down, or all of a site with its pages, in one transaction. An `address` that was named is on the
    list whatever else it is."""
    with writing(db):
        db.conn.execute("pragma defer_foreign_keys = on")
        whole = named.whole(db, pages)
        taken = _taken(db, whole)
        addresses = named.addresses(db, whole) | ({address} if address else set())
        _block(db, whole, addresses, order, site)
        _let_go_of_quotes(db, whole, addresses, order, site)
        _stop(db)
        with _unlocked(db, "decisions", "ties"):
            stayed = _forget(db, whole, order)
        stubs.make(db, whole)
        if numbers := [row[0] for row in db.conn.execute(_OTHERS, {"clusters": json.dumps(stayed)})]:
            settle(db, numbers, model(db))
        return taken


def _taken(db: Database, pages: Collection[str]) -> Taken:
    row = db.conn.execute(_MUCH, _asked(pages)).fetchone()
    counts = {name: int(row[name]) for name in row.keys()}  # noqa: SIM118 -- a Row is no dict
    return Taken(**counts)


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


def _let_go_of_quotes(
    db: Database, pages: Collection[str], addresses: Collection[str], order: Order, site: str | None
) -> None:
    """Let go of the links to these pages, in any spelling, and of the bodies of what led there; and of the bodies that
    name what is on the list, of feeds and archives and of what was read of the same sources."""
    spelled = {order.spell(address) for address in addresses}
    asked = _asked(pages, addresses=json.dumps(sorted(addresses)), spelled=json.dumps(sorted(spelled)))
    tell = {site.encode()} if site else {_tell_tale(address) for address in addresses}
    for id, url, led in db.conn.execute(_NEIGHBOURS, asked).fetchall():
        if led or _names(db, id, url, tell):
            db.conn.execute("update bodies set body = x'' where id = ?", (id,))
    db.conn.execute(_LINKS, asked)


def _names(db: Database, id: str, url: str, tell: Collection[bytes]) -> bool:
    """Whether a body names what is on the list; only one that holds a tell-tale is looked at closely, as that takes
    some fifty times as long."""
    (packed,) = db.conn.execute("select body from bodies where id = ?", (id,)).fetchone()
    body = bodies.unpack(packed)
    return any(each in body for each in tell) and blocked.bars(db, *blocked.named(body, url))


def _tell_tale(address: str) -> bytes:
    """What every way of writing an address has in it: its longest run of plain letters, of its host if it has no
    path."""
    parts = urlsplit(address)
    runs = _PLAIN.findall(unquote(f"{parts.path}?{parts.query}")) or _PLAIN.findall(parts.netloc)
    return max(runs, key=len, default="").encode()


def _stop(db: Database) -> None:
    """Ask sources on the list no more, and forget what their sites said of themselves."""
    sources.heed(db)
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
    texts = {row[0] for row in db.conn.execute(_TEXTS, asked)}
    for statement in _ERASE:
        db.conn.execute(statement, asked)
    submissions.empty(db, sent, order.at)
    for row in there:
        verb = Verb.UNPUBLISH if row["approved"] else Verb.NOTE
        append(db, row["cluster"], verb, who=order.who, at=order.at, note=f"taken down: {order.reason}")
    _let_go_of_words(db)
    candidates.forget(db, texts)
    return [row["cluster"] for row in there]


def _let_go_of_words(db: Database) -> None:
    """Forget the long words that no story has any more."""
    db.conn.execute("create virtual table temp.terms using fts5vocab (main, stories_fts, row)")
    db.conn.execute("delete from words where word not in (select term from temp.terms)")
    db.conn.execute("drop table temp.terms")


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

_TEXTS = f"select same_text from stories where same_text is not null and document {_THOSE}"

_SENT = f"select number from submissions where page {_THOSE} or address {_THOSE}"

_LED = "(url in (select value from json_each(:addresses)) or twin in (select value from json_each(:spelled)))"

# The bodies that may name the pages: of what led to them, and of what came from their sources.
_NEIGHBOURS = f"""
with led as materialized (select page from links where {_LED}),
near as materialized (select distinct source from pages where id {_THOSE} and source is not null)
select b.id, p.url, p.id in led as led from pages p join bodies b on b.id = p.body
where length(b.body) > 0 and p.id not {_THOSE} and (
    p.id in led or (p.source in near and (p.kind in ('feed', 'archive') or p.reading is not null)))
"""

_LINKS = f"delete from links where page {_THOSE} or {_LED}"

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
    """
    update decisions set value = case when value is not null then 'null' end, story = null
    where story in (select value from json_each(:stories))
    """,
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
