"""`goodturn read --follow`: what comes is read at once, others come between, and it ends when it is asked to."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import OperationalError

import pytest
from filelock import FileLock

import logs
from config import Settings
from jobs import follow
from jobs.collect import environment
from reading.page import Outcome, Page, PageKind
from storage import pages
from storage.database import connect, writing
from tests.builders import NOW
from tests.crawls import settings_in

STORY = "<article><h1>The lost bear</h1><p>The hotel called me back the same evening and sent it.</p>"


def bring(settings: Settings, name: str) -> None:
    """A page that waits to be read."""
    address = f"https://blog.example.org/{name}"
    page = Page(
        requested=address,
        url=address,
        kind=PageKind.ARTICLE,
        outcome=Outcome.STORED,
        status=200,
        headers={"content-type": "text/html"},
        body=f"{STORY}<p>{name}</p></article>".encode(),
        fetched_at=NOW,
    )
    db = connect(settings.database)
    with writing(db):
        pages.put(db, page)
    db.close()


def waiting(settings: Settings) -> int:
    """How many pages wait."""
    db = connect(settings.database)
    left = len(pages.unread(db, 10))
    db.close()
    return left


def until(what: Callable[[], object], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@contextmanager
def by_hand(settings: Settings) -> Iterator[None]:
    """The lock of reading, as soon as it is free."""
    with FileLock(settings.data / "read.lock", timeout=10):
        yield


@contextmanager
def following(settings: Settings) -> Iterator[subprocess.Popen[str]]:
    """Reading, as a process."""
    env = environment(settings) | {logs.RUN: "read-1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", "read", "--follow"], env=env, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_what_comes_is_read_and_who_reads_by_hand_comes_between(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, workers=1)
    bring(settings, "one")
    with following(settings) as process:
        until(lambda: not waiting(settings))
        with by_hand(settings):
            bring(settings, "two")
            time.sleep(follow.LOOK_SECONDS + 0.5)
            assert waiting(settings) == 1
        until(lambda: not waiting(settings))
        with by_hand(settings):  # the second pass has been told of
            pass
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=10)[1]
        assert time.monotonic() - began < 6
    assert process.returncode == 0
    assert [line.split()[3] for line in said.splitlines() if " INFO " in line] == ["read.passed", "read.passed"]
    assert "Traceback" not in said


class _EnoughError(Exception):
    """Ends a loop that has no end."""


@pytest.mark.parametrize(
    ("error", "traces"), [(OperationalError("disk is full"), [False] * 3), (IndexError(), [True, False, False])]
)
def test_a_pass_that_fails_is_tried_again_ever_later(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    traces: list[bool],
) -> None:
    tried: list[float] = []

    def turn(settings: Settings) -> bool:
        tried.append(0)
        if len(tried) < 4:
            raise error
        return False

    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 4:
            raise _EnoughError

    monkeypatch.setattr(follow, "_turn", turn)
    with pytest.raises(_EnoughError):
        follow.follow(settings_in(tmp_path), stop=follow.Stop(), wait=wait)
    assert waits == [2, 4, 8, follow.LOOK_SECONDS]
    assert [bool(record.exc_info) for record in caplog.records] == traces


def test_a_long_turn_is_cut_so_that_others_may_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_in(tmp_path, workers=1)
    for number in range(3):
        bring(settings, str(number))
    monkeypatch.setattr(follow, "TURN_SECONDS", 0)
    assert follow._turn(settings)
    assert waiting(settings) == 2
    with by_hand(settings):
        pass
