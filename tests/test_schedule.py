"""The clock's table: a job is leased to one run at a time, whoever asks for it, and what is paused rests."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from storage import leases, schedule, sources
from storage.database import connect
from storage.health import health
from storage.schedule import EVERYTHING, Ended
from storage.sources import Source
from watch.condition import words

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FEED, OTHER = (Source(address=f"https://{name}.example/feed", kind="feed", every=HOUR, pages=1) for name in "ab")


@pytest.fixture
def db() -> Database:
    found = connect()
    schedule.plan(found, {"collect": NOON, "backup": NOON + HOUR})
    return found


def test_a_job_is_claimed_when_it_is_due_by_one_run_until_that_has_ended(db: Database) -> None:
    assert schedule.due(db, NOON - MINUTE) == []
    assert not schedule.claim(db, "collect", NOON - MINUTE, "early")
    assert schedule.due(db, NOON) == ["collect"]
    assert schedule.claim(db, "collect", NOON, "one")
    assert not schedule.claim(db, "collect", NOON, "two")
    assert schedule.due(db, NOON) == []
    schedule.finish(db, "one", NOON + MINUTE, Ended.DONE, "collected: none", due=NOON + 15 * MINUTE, failures=0)
    assert not schedule.claim(db, "collect", NOON + MINUTE, "two")
    assert schedule.claim(db, "collect", NOON + 15 * MINUTE, "two")
    said = [(run.id, run.outcome, run.said) for run in schedule.runs(db)]
    assert said == [("two", "running", ""), ("one", "done", "collected: none")]
    assert schedule.last_runs(db)["collect"].id == "one"
    assert schedule.forget(db, NOON + HOUR) == 1


def test_a_lease_ends_unless_it_is_renewed_and_that_of_a_dead_clock_at_once(db: Database) -> None:
    schedule.claim(db, "collect", NOON, "one")
    schedule.renew(db, ["one"], NOON + 4 * MINUTE)
    assert not schedule.claim(db, "collect", NOON + 6 * MINUTE, "two")
    assert schedule.claim(db, "collect", NOON + 9 * MINUTE, "two"), "its holder hangs"
    schedule.finish(db, "one", NOON + 10 * MINUTE, Ended.DONE, "late", due=NOON + DAY, failures=0)
    assert schedule.unfinished(db) == ["two"], "and has no say in it any more"
    schedule.bury(db, ["two"], NOON + 10 * MINUTE)
    assert schedule.claim(db, "collect", NOON + 10 * MINUTE, "three")
    outcomes = {run.id: (run.outcome, run.said) for run in schedule.runs(db)}
    assert outcomes["one"] == ("killed", "its clock did not say how it ended")
    assert outcomes["two"] == ("killed", "its clock was killed")


def test_the_schedule_keeps_what_was_due_and_lets_go_of_jobs_that_are_no_more(db: Database) -> None:
    schedule.plan(db, {"collect": NOON + DAY, "ping": NOON})
    assert schedule.next_due(db) == {"collect": NOON, "ping": NOON}


def test_it_is_known_whether_a_clock_runs(db: Database) -> None:
    assert not schedule.is_running(db, NOON)
    schedule.beat(db, "clock-1", NOON)
    assert schedule.is_running(db, NOON + 4 * MINUTE)
    assert not schedule.is_running(db, NOON + 6 * MINUTE)
    assert schedule.due(db, NOON + DAY) == ["collect", "backup"], "the clock itself is no job"
    schedule.beat(db, "clock-2", NOON + 6 * MINUTE)
    schedule.stop(db, "clock-1")
    assert schedule.is_running(db, NOON + 6 * MINUTE)


HAMMER = """
import sys
from datetime import UTC, datetime, timedelta
from storage import schedule
from storage.database import connect
db, got = connect(sys.argv[1]), []
for n in range(100):
    now, run = datetime(2026, 11, 22, 12, tzinfo=UTC) + timedelta(hours=n), f"{sys.argv[2]}-{n}"
    if schedule.claim(db, "collect", now, run):
        got.append(run)
        schedule.finish(db, run, now, schedule.Ended.DONE, "", due=now + timedelta(hours=1), failures=0)
print(*got)
"""


def test_two_clocks_that_hammer_on_one_database_never_have_one_job_both(tmp_path: Path) -> None:
    path = tmp_path / "goodturn.db"
    schedule.plan(connect(path), {"collect": NOON})
    command = [sys.executable, "-c", HAMMER, str(path)]
    both = [subprocess.Popen([*command, name], stdout=subprocess.PIPE, text=True) for name in ("a", "b")]
    got = [run.partition("-")[2] for each in both for run in each.communicate(timeout=60)[0].split()]
    assert sorted(got, key=int) == [str(n) for n in range(100)], "each turn once"


def test_of_many_threads_one_has_the_job(tmp_path: Path) -> None:
    path = tmp_path / "goodturn.db"
    schedule.plan(connect(path), {"collect": NOON})

    def claim(n: int) -> bool:
        return schedule.claim(connect(path), "collect", NOON + MINUTE, f"run-{n}")

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(claim, range(40))) == 1


def rested(db: Database, now: datetime) -> tuple[int, int]:
    """How many sources are claimed, and how many addresses leased, of the two."""
    return len(sources.claim(db, now)), len(leases.lease(db, spider=None, run="one", now=now, each=9))


@pytest.mark.parametrize(
    ("what", "during", "after"),
    [(FEED.id, (1, 1), (1, 1)), (EVERYTHING, (0, 0), (2, 2))],
    ids=["a source", "everything"],
)
def test_what_is_paused_is_neither_claimed_nor_leased(
    what: str, during: tuple[int, int], after: tuple[int, int]
) -> None:
    db = connect()
    sources.sync(db, [FEED, OTHER])
    schedule.pause(db, what, now=NOON, until=NOON + DAY, who="anna", note="")
    assert rested(db, NOON) == during
    assert rested(db, NOON + DAY)[0] >= after[0], "it goes on by itself"


def test_what_was_leased_before_goes_back_and_waits_while_its_source_is_paused() -> None:
    db = connect()
    sources.sync(db, [FEED])
    assert rested(db, NOON) == (1, 1)
    leases.release(db, "one")
    schedule.pause(db, FEED.id, now=NOON, until=None, who="anna", note="")
    assert rested(db, NOON) == (0, 0)
    assert schedule.resume(db, FEED.id, NOON)
    assert not schedule.resume(db, FEED.id, NOON)
    assert rested(db, NOON) == (0, 1)


def test_a_pause_is_told_with_who_and_why_and_until_when() -> None:
    db = connect()
    sources.sync(db, [FEED, OTHER])
    schedule.pause(db, FEED.id, now=NOON, until=NOON + DAY, who="anna", note="they move house")
    one, other = health(db)
    assert words(one, NOON) == (
        "paused by anna on 2026-11-22 until 2026-11-23 12:00 UTC (they move house); "
        "'goodturn resume https://a.example/feed' ends that"
    )
    assert (words(one, NOON + DAY), words(other, NOON)) == ("", "")
    schedule.pause(db, EVERYTHING, now=NOON, until=None, who="bo", note="")
    assert [words(source, NOON) for source in health(db)] == [
        "paused with all sources by bo on 2026-11-22; 'goodturn resume' ends that"
    ] * 2
