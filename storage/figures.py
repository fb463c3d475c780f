"""How much there is of everything and how it goes, by questions that stay quick in a large database: what waits is
counted by indexes, what came by the day (storage/days.py).

Whoever asks may not disturb and must not wait: the database is opened to read only, is never brought up to date by it,
and whatever takes longer than a few seconds is given up.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from time import monotonic
from urllib.parse import quote

from sqlite_utils import Database

from storage import history, schedule
from storage.alarms import Alarm, Kind
from storage.database import RESTORING, DatabaseError, moment, refuse_newer, stamp
from storage.schema import known, migrations

BUSY_SECONDS = 1.0  # readers wait for nobody, but where another program has the file for itself
MOST_SECONDS = 8.0  # for all questions together; Prometheus gives up after ten
CACHE = -65536  # KiB, taken as they are needed
STEPS = 20_000  # of SQLite's machine between two looks at the time: a millisecond or two
FAILURES = 3  # in a row, from which on a source fails; one or two are the web's weather
WEEKS = (timedelta(days=7), timedelta(days=28))
A_DAY = timedelta(days=1)


class Condition(StrEnum):
    """How a source is; the first that holds, from below: `silent` and `barren` where an alarm says so."""

    WELL = "well"
    SILENT = "silent"
    BARREN = "barren"
    FAILING = "failing"
    NEVER = "never asked"
    STOPPED = "stopped"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """A source that is in feeds.txt, and what it brought in the last four weeks, as `days` has it."""

    id: str
    address: str
    label: str | None
    kind: str
    condition: Condition
    failures: int
    reason: str
    last_success: datetime | None
    last_new: datetime | None
    due: datetime | None
    pages: int
    stories: int
    approved: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Queues:
    """What waits: addresses to be fetched (and those under way), the oldest since when it might have been; pages to be
    read, since when; stories for an editor, that nobody has judged, and that are held."""

    waiting: int
    leased: int
    oldest_due: datetime | None
    unread: int
    unread_since: datetime | None
    open: int
    held: int
    open_since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Yield:
    """What came within a time: articles, stories, and approvals that stand."""

    time: timedelta
    pages: int
    stories: int
    approved: int


@contextmanager
def reading(path: Path) -> Iterator[Database]:
    """The database, to be asked for some seconds and to be closed then. Raises DatabaseError where it cannot be, with
    what to do; a question that takes too long raises an SQLiteError."""
    if path.with_name(RESTORING).exists():
        raise DatabaseError(f"a backup was about to take the place of {path}: run 'goodturn restore' to finish that")
    if not path.is_file():
        raise DatabaseError(f"there is no database at {path} yet: goodturn run makes it, or set the folder 'data'")
    address = f"file:{quote(str(path.absolute()))}?mode=ro"
    connection = sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, check_same_thread=False, isolation_level=None)
    connection.row_factory = sqlite3.Row
    latest = monotonic() + MOST_SECONDS
    connection.execute(f"pragma cache_size = {CACHE}")
    connection.set_progress_handler(lambda: monotonic() > latest, STEPS)
    try:
        db = Database(connection)
        refuse_newer(db, path, migrations)
        if migrations.pending(db):
            raise DatabaseError(f"{path} is of an older version: goodturn run brings it up to date")
        connection.execute("begin")  # all answers are of one moment
        yield db
    finally:
        connection.close()


def sources(db: Database, alarms: Sequence[Alarm], now: datetime) -> list[SourceRow]:
    """The sources that are in feeds.txt; `alarms`: those that are on."""
    paused = schedule.paused(db, now)
    strange = {alarm.subject: alarm.kind for alarm in alarms if alarm.kind in (Kind.SILENT, Kind.BARREN)}
    values = {"since": stamp(now - WEEKS[-1])[:10]}
    return [
        SourceRow(
            id=row["id"],
            address=row["address"],
            label=row["label"],
            kind=row["kind"],
            condition=_condition(row, paused, strange),
            failures=row["failures"],
            reason=row["last_reason"],
            last_success=moment(row["last_success"]),
            last_new=moment(row["last_new"]),
            due=moment(row["next_due"]),
            pages=row["came"],
            stories=row["told"],
            approved=row["liked"],
        )
        for row in db.conn.execute(_SOURCES, values)
    ]


def _condition(row: sqlite3.Row, paused: Mapping[str, object], strange: Mapping[str, Kind]) -> Condition:
    if row["id"] in paused or schedule.EVERYTHING in paused:
        return Condition.PAUSED
    if row["stopped"]:
        return Condition.STOPPED
    if row["last_started"] is None:
        return Condition.NEVER
    if row["failures"] >= FAILURES:
        return Condition.FAILING
    return Condition(strange[row["address"]]) if row["address"] in strange else Condition.WELL


def queues(db: Database) -> Queues:
    """What waits at each station."""
    waiting, leased, oldest = db.conn.execute(_FRONTIER).fetchone()
    unread, since = history.unread(db)
    inbox = {row["verb"]: row for row in db.conn.execute(_INBOX)}
    new = inbox.get("reopen")
    return Queues(
        waiting=waiting,
        leased=leased,
        oldest_due=moment(oldest),
        unread=unread,
        unread_since=since,
        open=new["clusters"] if new else 0,
        held=sum(inbox[verb]["clusters"] for verb in ("hold", "unpublish") if verb in inbox),
        open_since=moment(new["since"]) if new else None,
    )


def yields(db: Database, now: datetime) -> list[Yield]:
    """What came in the last week, and in the last four."""
    return [Yield(time=time, **_new(db, stamp(now - time))) for time in WEEKS]


def _new(db: Database, since: str) -> dict[str, int]:
    return {name: db.conn.execute(question, (since,)).fetchone()[0] for name, question in _NEW.items()}


def fetches(db: Database, now: datetime) -> dict[str, int]:
    """How the fetches of the last day ended: how many with each outcome, the most first."""
    return dict(db.conn.execute(_FETCHES, (stamp(now - A_DAY),)).fetchall())


def schema() -> str:
    """The migration that this program's databases have been through last."""
    return max(known(migrations))


_SOURCES = """
with brought as (
    select source, sum(count) filter (where what = 'pages') as came, sum(count) filter (where what = 'stories') as told,
        sum(count) filter (where what = 'decisions' and word = 'approve') as liked
    from days where what in ('pages', 'stories', 'decisions') and day >= :since group by source
)
select s.*, coalesce(came, 0) as came, coalesce(told, 0) as told, coalesce(liked, 0) as liked
from sources s left join brought b on b.source = s.id
where s.active order by s.failures desc, s.address
"""

_FRONTIER = """
select (select count(*) from frontier where state = 'waiting'), (select count(*) from frontier where state = 'leased'),
    (select coalesce(not_before, found_at) from frontier where state = 'waiting'
        order by coalesce(not_before, found_at) limit 1)
"""

_INBOX = """
with judged as (
    select cluster, verb, max(number) from standing
    where verb in ('approve', 'reject', 'hold', 'unpublish', 'reopen') group by cluster
)
select coalesce(j.verb, 'reopen') as verb, count(*) as clusters, min(c.made_at) as since
from clusters c left join judged j on j.cluster = c.id
where exists (select 1 from stories where cluster = c.id and gone_at is null)
group by 1
"""  # `verb` is that of the row with the greatest number, as SQLite promises of a bare column beside max()

_NEW = {
    "pages": "select count(*) from pages where kind = 'article' and first_fetched_at >= ?",
    "stories": "select count(*) from stories where found_at >= ?",
    "approved": "select count(*) from last_decisions where verb = 'approve' and at >= ?",
}

_FETCHES = "select outcome, count(*) as n from fetches where at >= ? group by outcome order by n desc, outcome"
