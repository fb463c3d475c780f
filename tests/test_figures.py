"""One look at everything, whatever has happened to the database."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from config import Settings
from jobs.backup import backup
from storage import alarms, days, figures, schedule, sources
from storage.alarms import Finding, Kind
from storage.database import SQLiteError, connect, connect_private, stamp, writing
from storage.decisions import decide
from storage.figures import Condition
from storage.log import Verb
from storage.schedule import Ended
from storage.sources import Source
from stories.story import WhyNot
from tests.builders import NOW, tell
from watch.figures import SHIPPED, look
from watch.parts import Ledger, Part, State
from watch.verdict import sentence, wants

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BLOG = "https://{}.example/feed"
SOURCES: dict[str, dict[str, Any]] = {
    "well": {"last_started": stamp(NOW)},
    "weather": {"last_started": stamp(NOW), "failures": 2},
    "failing": {"last_started": stamp(NOW), "failures": 3, "last_reason": "status 503"},
    "silent": {"last_started": stamp(NOW)},
    "stopped": {"last_started": stamp(NOW), "stopped": "it is gone for good (410)", "failures": 9},
    "paused": {"last_started": stamp(NOW), "failures": 9},
    "new": {},
    "removed": {"active": 0},
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data", backups=tmp_path / "backups", low_disk_gb=0)


@pytest.fixture
def db(settings: Settings) -> Iterator[Database]:
    with closing(connect(settings.database)) as found:
        yield found


def tick(db: Database, **last: Ended) -> None:
    """A clock runs, and these jobs have run an hour ago, for a minute."""
    schedule.plan(db, dict.fromkeys(last, NOW - HOUR))
    for job, outcome in last.items():
        schedule.claim(db, job, NOW - HOUR, f"{job}-1")
        ended = NOW - HOUR + timedelta(minutes=1)
        schedule.finish(db, f"{job}-1", ended, outcome, "the last line", due=NOW + HOUR, failures=0)
    schedule.beat(db, "clock-1", NOW)


def add_sources(db: Database) -> None:
    given = {name: Source(address=BLOG.format(name), kind="feed", every=HOUR, pages=1) for name in SOURCES}
    sources.sync(db, list(given.values()))
    for name, facts in SOURCES.items():
        db.table("sources").update(given[name].id, facts) if facts else None
    schedule.pause(db, given["paused"].id, now=NOW, until=None, who="Ada", note="")
    silence = Finding(kind=Kind.SILENT, subject=BLOG.format("silent"), said="nothing new")
    alarms.settle(db, [silence], [Kind.SILENT], NOW, {})


def test_sources_are_told_apart_by_how_they_are(db: Database, settings: Settings) -> None:
    add_sources(db)
    found = look(settings, NOW).stored
    assert found
    assert {each.address: each.condition for each in found.sources} == {
        BLOG.format("well"): Condition.WELL,
        BLOG.format("weather"): Condition.WELL,
        BLOG.format("failing"): Condition.FAILING,
        BLOG.format("silent"): Condition.SILENT,
        BLOG.format("stopped"): Condition.STOPPED,
        BLOG.format("paused"): Condition.PAUSED,
        BLOG.format("new"): Condition.NEVER,
    }
    assert found.conditions[Condition.WELL] == 2
    schedule.pause(db, schedule.EVERYTHING, now=NOW, until=None, who="Ada", note="")
    found = look(settings, NOW).stored
    assert found
    assert found.conditions[Condition.PAUSED] == 7


def test_queues_are_counted_with_since_when(db: Database, settings: Settings) -> None:
    for cluster in ("open", "approved", "held", "reopened", "undone", "gone"):
        tell(db, cluster)
    decide(db, "approved", Verb.APPROVE, who="Ada", at=NOW)
    decide(db, "held", Verb.HOLD, who="Ada", at=NOW)
    decide(db, "reopened", Verb.REJECT, who="Ada", at=NOW, why=WhyNot.ADVICE)
    decide(db, "reopened", Verb.REOPEN, who="Ada", at=NOW)
    frontier = {"host": "a.example", "spider": "feed", "kind": "article", "state": "waiting"}
    for n, more in enumerate(({}, {"not_before": stamp(NOW - 2 * DAY)}, {"state": "leased"}, {"state": "done"})):
        db.table("frontier").insert(frontier | {"id": str(n), "url": str(n), "found_at": stamp(NOW - DAY)} | more)
    with writing(db):
        db.conn.execute("update stories set gone_at = found_at where cluster = 'gone'")
        db.conn.execute("insert into bodies values ('x', x'00', 1)")
        db.conn.execute("update pages set body = 'x', fetched_at = ? where rowid in (2, 3)", (stamp(NOW - 3 * HOUR),))
        db.conn.execute("update pages set reading = 'read' where rowid = 3")
    found = figures.queues(db)
    assert (found.waiting, found.leased, found.oldest_due) == (2, 1, NOW - 2 * DAY)
    assert (found.unread, found.unread_since) == (1, NOW - 3 * HOUR)
    assert (found.open, found.held, found.open_since) == (3, 1, NOW)


def test_what_came_is_of_one_week_and_of_four(db: Database, settings: Settings) -> None:
    for age in (1, 20, 40):
        tell(db, f"c{age}", found_at=stamp(NOW - age * DAY))
        decide(db, f"c{age}", Verb.APPROVE, who="Ada", at=NOW - age * DAY)
    decide(db, "c1", Verb.HOLD, who="Ada", at=NOW)
    week, four = figures.yields(db, NOW)
    assert (week.pages, week.stories, week.approved) == (3, 1, 0), "the builder's pages are all of today"
    assert (four.stories, four.approved) == (2, 1)


def test_jobs_parts_backups_and_room_are_in_it(db: Database, settings: Settings) -> None:
    tick(db, collect=Ended.DONE)
    connect_private(settings.private).close()
    backup(settings, NOW - HOUR)
    ledger = Ledger(settings)
    ledger.keep([Part(name="desk", state=State.RUNS, pid=1, since=NOW - DAY, restarts=2)])
    days.catch_up(db, NOW)
    found = look(settings, NOW)
    ledger.close()
    stored = found.stored
    assert stored
    assert found.backup
    assert (found.backup.at, found.backups) == (NOW - HOUR, 1)
    assert [part.name for part in found.parts] == ["desk"]
    assert [row.job for row in stored.schedule] == ["collect"], "the clock's own row is no job"
    assert stored.last["collect"].outcome is Ended.DONE
    assert (stored.ticks, stored.ticked) == (True, NOW)
    assert found.bytes["goodturn.db"] > 0 < found.bytes["private.db"]
    assert [room.free > 0 for room in found.rooms] == [True], "two folders on one disk"
    assert (found.schema, found.model) == ("m009_years", SHIPPED)
    assert wants(found, settings) == []
    assert sentence([]) == "all is well"


def test_the_model_is_told_by_the_card_of_what_was_learned(settings: Settings) -> None:
    card = settings.data / "learned" / "card.md"
    card.parent.mkdir(parents=True)
    card.write_text("# Weights\n\nMade by `goodturn learn` on 2026-03-01 at\n10:15 UTC from 40 decisions\n", "utf-8")
    assert look(settings, NOW).model == "learned on 2026-03-01 at 10:15"


@contextmanager
def locked(path: Path) -> Iterator[None]:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("pragma locking_mode = exclusive")
        other.execute("begin exclusive")
        yield


def damaged(path: Path) -> AbstractContextManager[None]:
    with closing(sqlite3.connect(path)) as db:
        db.execute("pragma wal_checkpoint(truncate)")
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xa5" * (len(whole) - 4096))
    return nullcontext()


def older(path: Path) -> AbstractContextManager[None]:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("delete from _sqlite_migrations where name = 'm009_years'")
    return nullcontext()


def newer(path: Path) -> AbstractContextManager[None]:
    with closing(sqlite3.connect(path)) as db, db:
        row = "insert into _sqlite_migrations (migration_set, name, applied_at) values ('goodturn', 'm900_x', '')"
        db.execute(row)
    return nullcontext()


def text(path: Path) -> AbstractContextManager[None]:
    path.write_text("This is no database. " * 500, "utf-8")
    return nullcontext()


def empty(path: Path) -> AbstractContextManager[None]:
    deleted(path)
    path.touch()
    return nullcontext()


def restoring(path: Path) -> AbstractContextManager[None]:
    path.with_name("restoring.json").touch()
    return nullcontext()


def deleted(path: Path) -> AbstractContextManager[None]:
    path.unlink()
    return nullcontext()


TROUBLES: dict[str, tuple[Callable[[Path], AbstractContextManager[None]], str]] = {
    "locked by another program": (locked, "is locked by another program"),
    "damaged": (damaged, "goodturn restore"),
    "of an older version": (older, "goodturn run brings it up to date"),
    "of a newer version": (newer, "was made by a newer Goodturn (it knows m900_x)"),
    "no database at all": (text, "is damaged (file is not a database)"),
    "empty": (empty, "goodturn run"),
    "half restored": (restoring, "run 'goodturn restore' to finish that"),
    "not there": (deleted, "there is no database at"),
}


@pytest.mark.parametrize(("trouble", "said"), TROUBLES.values(), ids=TROUBLES)
def test_a_database_that_cannot_be_asked_is_told_and_the_rest_is_there(
    settings: Settings, trouble: Callable[[Path], AbstractContextManager[None]], said: str, monkeypatch: Any
) -> None:
    monkeypatch.setattr(figures, "BUSY_SECONDS", 0.1)
    with closing(connect(settings.database)) as db:
        tell(db, "porter")
    with trouble(settings.database):
        found = look(settings, NOW)
    assert found.stored is None
    assert said in found.trouble
    assert found.rooms
    assert [want.said for want in wants(found, settings)] == [found.trouble]
    assert sentence(wants(found, settings)) == "one thing wants you"


def test_a_look_writes_nothing(settings: Settings) -> None:
    look(settings, NOW)
    assert not settings.data.exists()
    connect(settings.database).close()
    with figures.reading(settings.database) as db, pytest.raises(SQLiteError, match="readonly"):
        db.execute("delete from stories")


def test_a_question_that_takes_too_long_is_given_up(settings: Settings, monkeypatch: Any) -> None:
    connect(settings.database).close()
    monkeypatch.setattr(figures, "MOST_SECONDS", 0.05)
    endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n"
    with figures.reading(settings.database) as db, pytest.raises(SQLiteError, match="interrupted"):
        db.execute(endless)


def fails_the_backup(db: Database) -> None:
    tick(db, backup=Ended.ATTENTION)


def stops_the_clock(db: Database) -> None:
    schedule.stop(db, "clock-1")


def raises(kind: Kind, subject: str = "") -> Callable[[Database], None]:
    return lambda db: alarms.settle(db, [Finding(kind=kind, subject=subject, said="so")], [kind], NOW, {})


WANTS: dict[str, tuple[Sequence[Callable[[Database], None]], list[tuple[Kind, str]]]] = {
    "an alarm": ([raises(Kind.FEEDS)], [(Kind.FEEDS, "")]),
    "a clock that does not run": ([stops_the_clock], [(Kind.JOBS, "clock")]),
    "a backup that failed": ([fails_the_backup], [(Kind.BACKUP, "")]),
    "an alarm of what is also seen, once": ([stops_the_clock, raises(Kind.JOBS, "clock")], [(Kind.JOBS, "clock")]),
}


@pytest.mark.parametrize(("happens", "wanted"), WANTS.values(), ids=WANTS)
def test_what_wants_an_operator(
    db: Database, settings: Settings, happens: Sequence[Callable[[Database], None]], wanted: list[tuple[Kind, str]]
) -> None:
    tick(db)
    for each in happens:
        each(db)
    found = wants(look(settings, NOW), settings)
    assert [(want.kind, want.subject) for want in found] == wanted
    assert all(want.said and want.advice for want in found)


def test_a_disk_that_is_too_full_wants_an_operator_also_without_a_database(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, low_disk_gb=1e9)
    assert {want.kind for want in wants(look(settings, NOW), settings)} == {Kind.DISK, Kind.DATABASE}
