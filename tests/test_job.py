"""A job that the clock runs, and a part that is supervised: where what they say cannot be written it is lost and keeps
nobody waiting; a job that hangs is ended; how one went is written down even where the database was locked meanwhile."""

import io
import logging
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config import Settings
from jobs.child import Child
from jobs.clock import Clock
from jobs.lifeline import Lifeline
from jobs.timetable import JOBS, Beat
from storage import schedule
from storage.database import connect

LINE = "2026-11-22T10:00:00Z INFO run-1 crawl.stored page="
TALK = f"import sys\nfor n in range(2000): print({LINE!r} + 'x' * 100, file=sys.stderr)\nprint('done')"
HANG = "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(60)"
SECONDS = 30.0
Program = Callable[[str], None]


class _Full(io.StringIO):
    """Standard error on a disk that is full."""

    def write(self, _: str) -> int:
        """Refused."""
        raise OSError(28, "No space left on device")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data", feeds=tmp_path / "feeds.txt", backups=tmp_path / "backups")


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Program:
    """Has jobs and parts run other lines of Python than ours."""

    def put(lines: str) -> None:
        script = tmp_path / "program"
        script.write_text(f"#!{sys.executable} -S\n{lines}\n")
        script.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(script))

    return put


def tick_until(clock: Clock, found: Callable[[], object]) -> None:
    latest = time.monotonic() + SECONDS
    while not found():
        assert time.monotonic() < latest, "nothing happens"
        clock.tick()
        time.sleep(0.02)


def of_tidy(settings: Settings) -> Clock:
    return Clock(settings, without=[job for job in JOBS if job != "tidy"])


def test_a_job_goes_on_where_its_words_cannot_be_written(
    settings: Settings, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(TALK)
    monkeypatch.setattr(sys, "stderr", _Full())
    clock, db = of_tidy(settings), connect(settings.database)
    tick_until(clock, lambda: schedule.last_runs(db))
    assert [(run.outcome, run.said) for run in schedule.runs(db)] == [("done", "done")]
    clock.end()


def test_a_part_goes_on_where_its_words_cannot_be_written(
    settings: Settings, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(TALK)
    settings.data.mkdir()
    monkeypatch.setattr(sys, "stderr", _Full())
    part = Child("desk", ("desk",))
    part.start(Lifeline(), settings, heard=False)
    assert part.process
    assert part.process.wait(SECONDS) == 0


def test_how_a_job_went_is_written_down_once_the_database_is_free(
    settings: Settings, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    program("print('done')")
    monkeypatch.setattr(schedule, "BUSY_MILLISECONDS", 10)
    clock, db = of_tidy(settings), connect(settings.database)
    clock.tick()
    with closing(sqlite3.connect(settings.database, isolation_level=None)) as other:
        other.execute("begin immediate")
        time.sleep(0.3)
        clock.tick()
        assert not schedule.last_runs(db)
    tick_until(clock, lambda: schedule.last_runs(db))
    assert [(run.outcome, run.said) for run in schedule.runs(db)] == [("done", "done")]
    clock.end()


def test_a_job_that_hangs_is_ended_and_tried_again(
    settings: Settings, program: Program, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    program(HANG)
    monkeypatch.setattr(Beat, "longest", timedelta(seconds=0.2))
    monkeypatch.setattr("jobs.job.STOP_SECONDS", 0.2)
    clock, db = of_tidy(settings), connect(settings.database)
    tick_until(clock, lambda: schedule.last_runs(db))
    (run,) = schedule.runs(db)
    assert (run.outcome, run.said) == ("killed", "it had run for 0:00:00.200000, longer than it may, and was ended")
    assert schedule.next_due(db)["tidy"] <= datetime.now(UTC) + timedelta(minutes=2)
    clock.end()


def test_what_wants_attention_is_said_once(
    settings: Settings, program: Program, caplog: pytest.LogCaptureFixture
) -> None:
    program("print('one')\nprint('two')\nraise SystemExit(1)")
    caplog.set_level(logging.INFO, "goodturn")
    clock, db = of_tidy(settings), connect(settings.database)
    tick_until(clock, lambda: schedule.last_runs(db))
    clock.end()
    told = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert [line.rpartition("=")[2] for line in told] == ["one", "two"]
    assert "outcome=attention" in told[1]


def test_a_clock_takes_the_place_of_one_that_was_killed(settings: Settings) -> None:
    db = connect(settings.database)
    now = datetime.now(UTC)
    schedule.beat(db, "clock-killed", now)
    clock = Clock(settings, without=JOBS)
    clock.tick()
    clock.tick()
    clock.end()
    assert not schedule.is_running(db, now)
