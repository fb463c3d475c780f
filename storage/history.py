"""What sources brought so far, as the rules for alarms ask for it.

For each source and day stands in `yields` how many new articles came (by the day of their first fetch), how many of
them are judged (read, or refused for good), how many have text, and how many have comments. The rows of the last days
are counted anew at each look, as pages are read and get comments later; those before are kept for ever. What a page
says is old is no news: a source that was just added brings years of posts on one day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import groupby
from operator import itemgetter

from sqlite_utils import Database

from storage import schedule
from storage.database import moment, stamp, writing

UNSETTLED = timedelta(days=8)  # for which a day's counts may change: pages wait to be read, readers to comment
NEWS = "-45 days"  # an article is news if its own date is no earlier than this before it came
LOOK_BACK = "-800 days"  # before its last news: of a monthly source, 26 pages
QUIET = timedelta(days=3)  # a weekend and the hours about it: less is no silence
LAST_DAYS, FEW = 2, 0.2  # only where fewer than so many pages of its last days have what is asked for it may be lost
RIPE = timedelta(days=4)  # the age at which a page has comments if it ever has
TEXT = 200  # characters, from which on a page has a text; less is a heading, or a notice on cookies
FAILED = ("later", "forbidden", "gone", "too-large", "not-text", "broken")  # storage/pages.py, FAILED
MOST_FETCHES = 100_000  # that are counted at once: a fifth of a second
ALWAYS = "0000"  # before all moments


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What a day brought: new articles, and of these the judged, those with text, those with comments."""

    day: date
    new: int
    judged: int
    texts: int
    talked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A source that is asked, and what it has brought, day by day. `failing_since` is its first failure in a row."""

    address: str
    days: Sequence[Day]
    last_started: datetime | None = None
    last_success: datetime | None = None
    last_new: datetime | None = None
    last_reason: str = ""
    fails: bool = False
    failures: int = 0
    failing_since: datetime | None = None
    stopped: str | None = None
    moved: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """How fetches of a host went: since when, how many, and how many of them failed; before, likewise."""

    host: str
    first: datetime
    last: datetime
    fetches: int
    failed: int


def learn(db: Database, now: datetime) -> None:
    """Count the days that may have changed, or all where none was counted."""
    counted = db.conn.execute("select max(day) from yields").fetchone()[0]
    start = ALWAYS if counted is None else stamp(min(now, _midnight(counted)) - UNSETTLED)[:10]
    rows = db.conn.execute(
        _COUNT, {"start": start}
    ).fetchall()  # outside: of a large database's whole past it takes long
    with writing(db):
        db.conn.execute("delete from yields where day >= ?", (start,))
        db.conn.executemany("insert into yields values (?, ?, ?, ?, ?, ?)", rows)


def pasts(db: Database, now: datetime) -> list[Past]:
    """The sources that are asked, neither removed nor paused; with what its days brought, of the 800 before its last
    news, each of which something may be said: it is quiet, or its last pages lack text or comments."""
    values = {"quiet": stamp(now - QUIET), "ripe": stamp(now - RIPE)[:10], "days": LAST_DAYS, "few": FEW}
    paused, rows = schedule.paused(db, now), db.conn.execute(_YIELDS, values)
    days = {source: [_day(row) for row in group] for source, group in groupby(rows, itemgetter("source"))}
    return [
        Past(
            address=row["address"],
            days=days.get(row["id"], []),
            last_started=moment(row["last_started"]),
            last_success=moment(row["last_success"]),
            last_new=moment(row["last_new"]),
            last_reason=row["last_reason"],
            fails=row["last_outcome"] in FAILED,
            failures=row["failures"],
            failing_since=moment(row["failing_since"]),
            stopped=row["stopped"],
            moved=row["asked"],
        )
        for row in db.conn.execute(_SOURCES)
        if row["id"] not in paused and schedule.EVERYTHING not in paused
    ]


def hosts(db: Database, since: datetime, until: datetime) -> list[Host]:
    """How the fetches of each host went between two moments; of the last MOST_FETCHES of these, if more."""
    values = {"since": stamp(since), "until": stamp(until), "most": MOST_FETCHES}
    return [
        Host(
            host=row["host"],
            first=moment(row["first"]) or since,
            last=moment(row["last"]) or since,
            fetches=row["fetches"],
            failed=row["failed"],
        )
        for row in db.conn.execute(_HOSTS, values)
    ]


def unread(db: Database) -> tuple[int, datetime | None]:
    """How many pages wait to be read, and since when the first does."""
    count, since = db.conn.execute(_UNREAD).fetchone()
    return count, moment(since)


def has_sources(db: Database) -> bool:
    """Whether any source is asked."""
    return bool(db.conn.execute("select exists (select 1 from sources where active)").fetchone()[0])


def began(db: Database) -> datetime | None:
    """When the first page came."""
    return moment(db.conn.execute("select min(first_fetched_at) from pages where kind = 'article'").fetchone()[0])


def _midnight(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T00:00:00+00:00")


@cache
def _date(day: str) -> date:
    return date.fromisoformat(day)


def _day(row: Sequence[str | int]) -> Day:
    _, day, new, judged, texts, talked = row
    return Day(day=_date(str(day)), new=int(new), judged=int(judged), texts=int(texts), talked=int(talked))


_failed = ", ".join(f"'{word}'" for word in FAILED)

_COUNT = f"""
select p.source, substr(first_fetched_at, 1, 10) as day,
    sum(d.date is null or d.date >= date(first_fetched_at, '{NEWS}')),
    sum(p.reading is not null or (p.body is null and p.outcome in ({_failed}) and p.outcome <> 'later')),
    sum(p.reading is 'read' and length(d.text) >= {TEXT}),
    sum(p.reading is 'read' and length(d.text) >= {TEXT} and d.comments > 0)
from pages p left join documents d on d.id = p.id
where p.kind = 'article' and p.first_fetched_at >= :start and p.source is not null
group by p.source, day
"""

_YIELDS = f"""
with suspects as materialized (
    select s.id, date(s.last_new, '{LOOK_BACK}') as first from sources s
    where s.active and (
        s.last_new <= :quiet
        or (select sum(texts) <= :few * sum(judged) from (
            select texts, judged from yields where source = s.id and judged > 0 order by day desc limit :days))
        or (select sum(talked) <= :few * sum(texts) from (
            select talked, texts from yields
            where source = s.id and texts > 0 and day <= :ripe order by day desc limit :days))
    )
)
select y.* from suspects s cross join yields y on y.source = s.id and y.day >= s.first
order by y.source, y.day
"""

_SOURCES = f"""
select s.*, case when s.last_outcome in ({_failed}) then (
    select min(f.at) from fetches f where f.source = s.id and f.page = s.id and f.at > coalesce(s.last_success, '')
) end as failing_since
from sources s where s.active order by s.address
"""

_HOSTS = f"""
select w.host, min(f.at) as first, max(f.at) as last, count(*) as fetches, sum(f.outcome in ({_failed})) as failed
from (select page, at, outcome from fetches where at >= :since and at < :until order by at desc limit :most) f
join frontier w on w.id = f.page group by w.host
"""

_UNREAD = """
select count(*), min(fetched_at) from pages
where kind = 'article' and body is not null and reading is null and not (outcome = 'forbidden' and reserved <> '')
"""
