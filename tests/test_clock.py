"""The clock: it runs each job as a process when it is due, writes down how that went, and ends cleanly."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from apscheduler.schedulers.background import BackgroundScheduler

from config import Settings
from jobs.clock import Clock, _set_right
from jobs.collect import environment
from jobs.lock import AlreadyRunningError, alone
from storage import schedule
from storage.database import Database, connect
from storage.schedule import JobRun

ALL = ("collect", "read", "watch", "checkup", "tidy", "backup")
SECONDS = 60.0  # a machine may be busy


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "feeds.txt").write_text("# no source yet\n")
    return Settings(data=tmp_path / "data", feeds=tmp_path / "feeds.txt", backups=tmp_path / "backups")


@contextmanager
def clock(settings: Settings, *jobs: str) -> Iterator[subprocess.Popen[str]]:
    """A clock of these jobs; ended in any case."""
    without = [word for job in ALL if job not in jobs for word in ("--without", job)]
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", "clock", *without],
        env=environment(settings),
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def until(found: Callable[[], bool]) -> None:
    latest = time.monotonic() + SECONDS
    while not found():
        assert time.monotonic() < latest, "nothing happens"
        time.sleep(0.1)


def ended(db: Database, job: str) -> list[JobRun]:
    return [run for run in schedule.runs(db, job) if run.ended]


def test_it_runs_jobs_writes_down_how_they_went_and_ends_when_asked(settings: Settings) -> None:
    db = connect(settings.database)
    with clock(settings, "collect", "checkup") as running:
        until(lambda: bool(ended(db, "collect") and ended(db, "checkup")))
        assert schedule.is_running(db, datetime.now(UTC))
        running.terminate()
        assert running.wait(10) == 0
    assert not schedule.is_running(db, datetime.now(UTC))
    (collected,), (checked,) = ended(db, "collect"), ended(db, "checkup")
    assert (collected.outcome, collected.said) == ("done", "collected: none")
    assert checked.outcome == "attention", "without a source it wants the operator"
    assert "names no source" in checked.said
    assert not list((settings.data / "runs").glob("*.lock"))
    assert all(due > datetime.now(UTC) for due in schedule.next_due(db).values())


def test_what_a_killed_clock_ran_is_run_at_once_by_the_next_one(settings: Settings) -> None:
    db = connect(settings.database)
    with clock(settings, "tidy") as first:
        until(lambda: bool(schedule.unfinished(db)))
        first.kill()
        first.wait()
    (left,) = schedule.unfinished(db)
    with clock(settings, "tidy") as second:
        until(lambda: len(ended(db, "tidy")) > 1)
        second.send_signal(signal.SIGINT)
        assert second.wait(10) == 0
    outcomes = {run.id: run.outcome for run in ended(db, "tidy")}
    assert outcomes[left] == "killed"


def test_a_job_that_fails_is_a_run_that_failed_and_is_tried_again_soon(settings: Settings) -> None:
    db = connect(settings.database)
    (settings.data / "tidy.lock").mkdir()
    before = datetime.now(UTC)
    with clock(settings, "tidy"):
        until(lambda: bool(ended(db, "tidy")))
    (run,) = ended(db, "tidy")
    (row,) = (row for row in schedule.scheduled(db) if row.job == "tidy")
    assert (run.outcome, row.failures) == ("failed", 1)
    assert "cannot use the folder" in run.said
    assert row.due
    assert row.due < before + timedelta(minutes=3)


def test_two_clocks_do_not_run_a_job_twice(settings: Settings) -> None:
    db = connect(settings.database)
    one, other = Clock(settings, without=ALL[1:]), Clock(settings, without=ALL[1:])
    try:
        for _ in range(3):
            one.tick()
            other.tick()
        assert len(schedule.runs(db)) == 1
        while not ended(db, "collect"):
            one.tick()
            other.tick()
            time.sleep(0.1)
        assert [run.outcome for run in schedule.runs(db)] == ["done"]
    finally:
        one.end()
        other.end()


def test_a_change_of_feeds_txt_has_the_sources_collected_at_once(settings: Settings) -> None:
    db = connect(settings.database)
    of = Clock(settings, without=ALL[1:])
    try:
        schedule.plan(db, {"collect": datetime.now(UTC) + timedelta(minutes=10)})
        of.tick()
        assert not schedule.runs(db)
        settings.feeds.write_text("# changed\n")
        of.tick()
        assert [run.job for run in schedule.runs(db)] == ["collect"]
    finally:
        of.end()
    assert [run.outcome for run in schedule.runs(db)] == ["killed"]
    assert schedule.due(db, datetime.now(UTC)) == ["collect"], "what was ended with its clock is due at the next start"


def test_a_job_that_is_due_in_a_future_that_never_was_is_due_at_its_next_beat(settings: Settings) -> None:
    db = connect(settings.database)
    schedule.plan(db, {"collect": datetime.now(UTC) + timedelta(days=400)})
    Clock(settings, without=ALL[1:]).tick()
    assert schedule.next_due(db)["collect"] <= datetime.now(UTC) + timedelta(minutes=15)


def test_it_ticks_although_the_clock_of_the_machine_went_back() -> None:
    ticking = BackgroundScheduler(timezone=UTC)
    ticked: list[int] = []
    later = datetime.now(UTC) + timedelta(hours=1)
    ticking.add_job(lambda: ticked.append(1), "interval", seconds=1, id="tick", next_run_time=later)
    ticking.start()
    _set_right(ticking)
    until(lambda: bool(ticked))
    ticking.shutdown()


def test_a_database_that_cannot_be_used_is_told_once_and_used_again_when_it_can_be(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "goodturn")
    of = Clock(settings, without=ALL)
    of.tick()
    aside = settings.database.rename(settings.data / "aside.db")
    settings.database.mkdir()
    for _ in range(3):
        of.tick()
    settings.database.rmdir()
    aside.rename(settings.database)
    of.tick()
    said = [record.getMessage().partition(" because=")[0] for record in caplog.records]
    assert said.count("halted") == said.count("goes on") == 1
    assert schedule.is_running(connect(settings.database), datetime.now(UTC))
    of.end()


def test_a_job_is_not_run_twice_at_a_time(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    running = pytest.raises(AlreadyRunningError, match="'read' is already running")
    with alone("read", settings), running, alone("read", settings):
        pass
    with alone("read", settings):
        pass
