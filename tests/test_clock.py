"""The clock: it runs each job as a process, and ends cleanly when it is asked to."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from config import Settings
from jobs.collect import environment
from jobs.lock import AlreadyRunningError, alone

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
def test_it_runs_every_job_and_ends_when_asked(tmp_path: Path, sign: signal.Signals) -> None:
    (tmp_path / "feeds.txt").write_text("# no source yet\n")
    settings = Settings(data=tmp_path / "data", feeds=tmp_path / "feeds.txt")
    clock = subprocess.Popen(
        [sys.executable, "scheduler.py"],
        cwd=ROOT,
        env=environment(settings),
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    assert clock.stderr
    waiting = {"collect": 0, "read": 0, "checkup": 1, "tidy": 0}  # without a source a checkup wants the operator
    for line in clock.stderr:
        done = next((job for job, status in waiting.items() if f"ran job={job} status={status}" in line), "")
        waiting.pop(done, None)
        if not waiting or ("ran job=" in line and not done):
            break
    os.kill(clock.pid, sign)
    assert clock.wait(10) == 0
    assert not waiting


def test_a_job_is_not_run_twice_at_a_time(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    running = pytest.raises(AlreadyRunningError, match="'read' is already running")
    with alone("read", settings), running, alone("read", settings):
        pass
    with alone("read", settings):
        pass
