"""What readers sent and editors added, and how far each has come on the way to the inbox.

A number is given out in the transaction that keeps what was sent. The contact is written under that number, in the
other database, before this transaction ends: a kill in between leaves a contact whose number is not taken yet, and the
next submission, which takes it, writes its own in that place. So nothing that was thanked for is without its contact
and consent, and no contact comes to stand with another's story. The same thing sent again within the hour is the same.

A submission's `address` is where it waits in the queue, `page` is the page that its words stand on in the end: that of
the link, or one made of what was said (reading/sent.py). What is put into the queue here goes ahead of articles.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from sqlite_utils import Database

from reading.page import Page, PageKind
from reading.sent import SCHEME, Contact, Kind, Sent
from storage import blocked, contacts, frontier, pages
from storage.database import identity, stamp, writing

FIRST = 8  # the priority of what was sent: before articles (0) and threads (5), after what leads to more (10, 20)
AN_HOUR = timedelta(hours=1)
A_DAY = timedelta(days=1)  # after which an address that could not be fetched is asked for again when it is sent again
NO_ADDRESS = ""
BY_READER, BY_EDITOR = "sent in by a reader", "added by an editor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """Something that was sent; `who` is the editor who added it, None for a reader."""

    number: int
    kind: Kind
    url: str | None
    title: str
    words: str
    language: str | None
    printed: str
    who: str | None
    at: str
    address: str | None
    page: str | None
    closed_at: str | None
    closed_by: str | None

    @property
    def sent(self) -> Sent:
        """What was sent."""
        return Sent(**{field.name: getattr(self, field.name) for field in fields(Sent)})

    @property
    def by(self) -> str:
        """Who sent it, as a story's reasons say it."""
        return BY_EDITOR if self.who else BY_READER


def add(db: Database, private: Database, sent: Sent, contact: Contact, at: datetime, *, who: str | None = None) -> int:
    """Keep what was sent with its contact; its number. Sent again, it may bring the contact that was missing."""
    said = {"kind": sent.kind, "url": sent.url, "title": sent.title, "words": sent.words}
    with writing(db):
        if again := db.conn.execute(_AGAIN, {**said, "who": who, "since": stamp(at - AN_HOUR)}).fetchone():
            if not contacts.of(private, [number := int(again[0])]):
                contacts.put(private, number, contact, at)
            return number
        row = {**said, "language": sent.language, "printed": sent.printed, "who": who, "at": stamp(at)}
        number = int(db.conn.execute(_ADD, row).fetchone()[0])
        contacts.put(private, number, contact, at)
        return number


def get(db: Database, number: int) -> Submitted:
    """One submission. Raises KeyError where there is none of that number."""
    found = _rows(db, "select * from submissions where number = ?", (number,))
    if not found:
        raise KeyError(f"nothing was sent in under the number {number}")
    return found[0]


def submitted(db: Database, cluster: str) -> list[Submitted]:
    """What was sent that led to tellings of a cluster, the first first."""
    return _rows(db, _OF_CLUSTER, (cluster,))


def close(db: Database, number: int, *, who: str, at: datetime) -> None:
    """Set a submission aside: nothing more is done to have it told. What stands in the inbox is decided there."""
    with writing(db):
        db.conn.execute(
            "update submissions set closed_at = ?, closed_by = ? where number = ? and closed_at is null",
            (stamp(at), who, number),
        )


def empty(db: Database, numbers: Iterable[int], at: datetime) -> None:
    """Set submissions aside and keep nothing of what they say, as it was taken down. Within a transaction of the
    caller's; the contacts are for `contacts.withdraw`."""
    db.conn.executemany(_EMPTY, [(stamp(at), blocked.REASON, number) for number in numbers])


def emptied(db: Database) -> list[int]:
    """The submissions of which nothing was kept."""
    return [row[0] for row in db.conn.execute("select number from submissions where closed_by = ?", (blocked.REASON,))]


def unqueued(db: Database) -> list[Submitted]:
    """The links and videos that nobody has put into the queue yet."""
    return _rows(db, _OPEN + "and address is null and kind <> 'text' order by number")


def queue(db: Database, number: int, url: str | None, twin: str, now: datetime) -> None:
    """Put the canonical address of a submission into the queue, ahead of articles, unless its page is there already.

    None, and an address that leads to articles and is none itself, is told as one that cannot be asked for.
    """
    with writing(db):
        if blocked.bars(db, url, twin):
            empty(db, [number], now)
            return
        id = _put(db, url, twin, now) if url else NO_ADDRESS
        db.conn.execute("update submissions set address = ? where number = ?", (id, number))


def _put(db: Database, url: str, twin: str, now: datetime) -> str:
    known = db.conn.execute(_KNOWN, {"id": identity(url), "url": url, "twin": identity(twin)}).fetchone()
    if known is None:
        frontier.put(db, url, spider="link", kind=PageKind.ARTICLE, now=now, twin=twin)
        known = {"id": identity(url), "kind": PageKind.ARTICLE, "article": None, "stored": False}
    if known["kind"] not in (PageKind.ARTICLE, PageKind.THREAD):
        return NO_ADDRESS
    id = str(known["article"] or known["id"])
    if not known["stored"]:
        db.conn.execute(_FIRST, {"id": id, "first": FIRST, "before": stamp(now - A_DAY)})
    return id


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A submission that has led to no story yet. `waits`: it is in the queue; `came`: the page that came of its link,
    `readable` if there is something to read, `read` once that was tried, `held` if a story stands on it."""

    submitted: Submitted
    waits: bool
    came: str | None
    readable: bool
    read: bool
    held: bool


def unsettled(db: Database) -> list[Standing]:
    """What waits to be fetched or read, or has led to nothing, the oldest first."""
    found = []
    for row in db.conn.execute(_UNSETTLED).fetchall():
        said = {field.name: row[field.name] for field in fields(Submitted)}
        ways = {name: bool(row[name]) for name in ("waits", "readable", "read", "held")}
        found.append(Standing(submitted=_submitted(said), came=row["came"], **ways))
    return found


def take_page(db: Database, standing: Standing) -> None:
    """Let a submission be told by the page that came of its link: its stories say so, and if it has none, it is to be
    read as one that has."""
    with writing(db):
        db.conn.execute("update submissions set page = ? where number = ?", (standing.came, standing.submitted.number))
        if standing.held:
            db.conn.execute(_SAY, {"page": standing.came, "by": standing.submitted.by})
        elif standing.readable:
            db.conn.execute("update pages set reading = null where id = ?", (standing.came,))


def make_page(db: Database, number: int, page: Page) -> None:
    """Let a submission be told by a page made of its words, unless those were taken down."""
    with writing(db):
        if blocked.bars_words(db, get(db, number).words):
            empty(db, [number], page.fetched_at)
            return
        kept = pages.put(db, page)
        same = kept.reason.removeprefix(pages.SAME_PAGE) if kept.reason.startswith(pages.SAME_PAGE) else page.requested
        db.conn.execute("update submissions set page = ? where number = ?", (identity(same), number))


def to_be_kept(db: Database) -> set[str]:
    """The pages of which a story is kept even where none is found, as somebody says that there is one."""
    return {row[0] for row in db.conn.execute(_TO_BE_KEPT)}


def said_of(db: Database, page: str) -> list[str]:
    """Who sent a page in, as the reasons of its stories say it."""
    return list(dict.fromkeys(each.by for each in _rows(db, "select * from submissions where page = ?", (page,))))


def _rows(db: Database, sql: str, asked: tuple[object, ...] = ()) -> list[Submitted]:
    return [_submitted(dict(row)) for row in db.conn.execute(sql, asked)]


def _submitted(row: dict[str, object]) -> Submitted:
    return Submitted(**(row | {"kind": Kind(str(row["kind"]))}))  # type: ignore[arg-type]  # as the columns are


_AGAIN = """
select number from submissions where kind = :kind and url is :url and title = :title and words = :words and who is :who
    and at > :since
"""

_ADD = """
insert into submissions (kind, url, title, words, language, printed, who, at)
values (:kind, :url, :title, :words, :language, :printed, :who, :at) returning number
"""

_EMPTY = """
update submissions set url = null, title = '', words = '', printed = '', closed_at = ?, closed_by = ? where number = ?
"""

_OPEN = "select * from submissions where closed_at is null "

_OF_CLUSTER = """
select * from submissions where page in (select document from stories where cluster = ?) order by number
"""

# The page that an address leads to, or a twin of it: one that is stored before one that waits.
_KNOWN = """
select id, kind, article, stored from (
    select f.id, f.kind, case f.kind when 'thread' then f.found_on end as article, f.id <> :id as other,
        exists (select 1 from pages p where p.id = f.id and p.body is not null) as stored
    from frontier f left join pages p on p.id = f.id
    where f.id = :id or (f.twin = :twin and (p.id is null or p.body is not null))
    union all
    select id, kind, thread, 1, 1 from pages where (id = :id or url = :url or canonical = :url) and body is not null)
order by stored desc, other limit 1
"""

# What nobody would ask for any more is freed from its source.
_FIRST = """
update frontier set priority = max(priority, :first), state = 'waiting', not_before = case state when 'waiting'
        then not_before end, tries = case state when 'waiting' then tries else 0 end,
    source = (select s.id from sources s where s.id = source and s.active and s.stopped is null)
where id = :id and (state = 'waiting' or (state = 'done' and done_at < :before))
"""

# came: the page itself, or the one that it is the same as. Pages made of words have no address.
_UNSETTLED = f"""
select s.*, coalesce(f.state in ('waiting', 'leased'), s.address is null and s.kind <> 'text') as waits,
    p.id as came, p.reading is not null as "read",
    coalesce(b.bytes > 0 and length(b.body) > 0 and not (p.outcome = 'forbidden' and p.reserved <> ''), 0) as readable,
    exists (select 1 from stories t where t.document = p.id and (t.gone_at is null or exists (
        select 1 from last_decisions d where d.cluster = t.cluster and d.verb <> 'reopen'))) as held
from submissions s
left join frontier f on f.id = s.address
left join pages a on a.id = s.address
left join pages p on p.id = case when a.body is null and a.reason like '{pages.SAME_PAGE}%'
    then (select id from pages where requested = substr(a.reason, {len(pages.SAME_PAGE) + 1})) else a.id end
left join bodies b on b.id = p.body
where s.closed_at is null and (s.page is null or (
    s.page not in (select id from pages where requested like '{SCHEME}%')
    and not exists (select 1 from stories t where t.document = s.page)))
order by s.number
"""

# A video's page tells little: what was said of it goes before a passage that only might be a story.
_TO_BE_KEPT = """
select page from submissions where page is not null and closed_at is null and not (kind = 'video' and words <> ''
    and page not in (select id from pages where requested like 'submission:%'))
"""

_SAY = """
update stories set because = json_insert(because, '$[#]', :by)
where document = :page and gone_at is null and not exists (select 1 from json_each(because) where value = :by)
"""
