"""`goodturn run`: parts come back, end together, and never outlive their supervisor."""

import json
import os
import pty
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import logs
from config import PREFIX, Settings
from tests.test_logs import LINE
from watch.parts import Part, State, all_run, parts

COMMAND = [sys.executable, "-m", "cli", "run"]


class Run:
    """A `goodturn run` in a folder of its own, with a goodturn.toml."""

    def __init__(self, folder: Path, toml: str, *without: str, stdout: int = subprocess.DEVNULL) -> None:
        (folder / "goodturn.toml").write_text(toml)
        self.folder, self.log, self.settings = folder, folder / "log", Settings(data=folder / "data")
        env = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX) and name != logs.RUN}
        self.command = COMMAND + [word for name in without for word in ("--without", name)]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(self.command, cwd=folder, env=env, stderr=log, stdout=stdout)

    def until(self, what: Callable[[], object], seconds: float = 30) -> None:
        """Wait for something."""
        deadline = time.monotonic() + seconds
        while not what():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.05)

    def part(self, name: str) -> Part:
        """How a part is; where there is none yet, one that waits."""
        missing = Part(name=name, state=State.WAITS, pid=None, since=datetime.now(UTC))
        return next((part for part in parts(self.settings) if part.name == name), missing)

    def said(self) -> str:
        """The log."""
        return self.log.read_text()

    def serves(self) -> list[int]:
        """The processes that were started and live."""
        return [pid for pid in self.pids() if alive(pid)]

    def pids(self) -> list[int]:
        """The processes that were ever started."""
        started = [line for line in self.said().splitlines() if " run.started " in line]
        return [int(line.partition("pid=")[2].split()[0]) for line in started]

    def end(self) -> int:
        """Ask it to end; how it did."""
        self.process.terminate()
        return self.process.wait(10)


def alive(pid: int) -> bool:
    """Whether a process runs; a dead one that nobody has asked about does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def busy() -> Iterator[int]:
    """A port that somebody else has taken."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_parts_come_back_and_end_together(tmp_path: Path, busy: int) -> None:
    toml = f"feed_port = 0\nsubmissions = true\nsubmit_port = {busy}\n"
    run = Run(tmp_path, toml, "clock", "read", "desk")
    run.until(lambda: run.part("submissions").state is State.STUCK)
    stuck = run.part("submissions")
    assert (stuck.last_exit, stuck.pid) == (2, None)
    assert f"port {busy} of 127.0.0.1 cannot be used" in stuck.said

    again = subprocess.run(run.command, cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False)
    assert again.returncode == 75
    assert "'run' is already running" in again.stderr

    assert not all_run(run.settings)
    killed = run.part("publish").pid
    assert killed
    os.kill(killed, signal.SIGKILL)
    run.until(lambda: run.part("publish").pid not in (killed, None))
    back = run.part("publish")
    assert (back.restarts, back.last_exit, len(back.ends)) == (1, -signal.SIGKILL, 1)
    assert run.end() == 0
    assert not run.serves()
    assert parts(run.settings) == ()
    assert not (run.settings.data / "run.json").exists()
    lines = run.said().splitlines()
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    assert sum("cannot be used" in line for line in lines) == 1


@pytest.mark.parametrize("early", [True, False], ids=["while they start", "when they run"])
def test_no_part_outlives_a_supervisor_that_is_killed(tmp_path: Path, early: bool) -> None:
    run = Run(tmp_path, "feed_port = 0\n", "clock", "desk")
    run.until(lambda: len(run.pids()) == 2 and (early or (tmp_path / "data" / "goodturn.db").exists()))
    run.process.kill()
    run.process.wait()
    deadline = time.monotonic() + 10
    while run.serves() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert run.serves() == []
    assert parts(run.settings) == ()


def test_settings_are_read_again_at_sighup_and_a_mistake_in_them_is_told(tmp_path: Path) -> None:
    run = Run(tmp_path, "feed_port = 0\n", "clock", "read", "desk")
    run.until(lambda: run.part("publish").pid)
    first = run.part("publish").pid
    (tmp_path / "goodturn.toml").write_text("feed_prt = 0\n")
    run.process.send_signal(signal.SIGHUP)
    run.until(lambda: "did you mean 'feed_port'?" in run.said())
    assert run.part("publish").pid == first
    (tmp_path / "goodturn.toml").write_text('feed_port = 0\nlog_format = "json"\n')
    run.process.send_signal(signal.SIGHUP)
    run.until(lambda: run.part("publish").pid not in (first, None))
    assert run.end() == 0
    json_lines = [json.loads(line) for line in run.said().splitlines() if line.startswith("{")]
    assert json_lines[0]["event"] == "reloaded"
    assert json_lines[-1]["event"] == "ended"


def test_ctrl_c_at_a_terminal_ends_all_without_a_mess(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    run = Run(tmp_path, "desk_port = 0\n", "clock", "read", "publish", stdout=theirs)
    os.close(theirs)
    shown = ""
    while "Ctrl-C ends it" not in shown:
        shown += os.read(ours, 10_000).decode()
    assert "/link/" in shown  # lets the first operator in
    os.kill(run.process.pid, signal.SIGINT)
    assert run.process.wait(10) == 0
    os.close(ours)
    assert not run.serves()
    assert "/link/" not in run.said()
    assert [line for line in run.said().splitlines() if " INFO " not in line] == []
