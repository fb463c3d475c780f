"""One part of `goodturn run` as its supervisor holds it: its process, its words, and how it is ended.

Its standard error is read here and goes on to ours, as it is where it has the shape of our log. What has not, a
complaint of an interpreter, a library, the system, becomes a line that has; the same words from a part that does not
get up are told once. Its standard output goes to the terminal, if there is one, and else nowhere: the desk prints a
link there that lets the first operator in, and a log is no place for that.

A part has all its settings in its environment and runs in the data folder, so that it never reads a goodturn.toml that
is just being edited, and has the same settings when it is started again a month later.
"""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import logs
from config import PREFIX, Settings
from jobs.lifeline import GRACE_SECONDS, Lifeline

LONGEST_LINE = 65_536  # characters; longer ones are cut in two
MOST_TOLD = 100  # different lines that have not the shape of our log, from a part that does not get up
RELAY_SECONDS = 0.5  # for the last words of a part; what it left behind may hold their pipe open

log = logging.getLogger("goodturn.run")


@dataclass(slots=True)
class Child:
    """A part, its process if it has one, and what is to become of it. Moments are of the monotonic clock."""

    name: str
    words: tuple[str, ...]
    process: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    due: float = 0.0
    deadline: float | None = None  # it was asked to end, and is killed then
    falls: int = 0  # in a row
    stuck: bool = False  # it could not start before somebody mends something, as far as is known
    told: set[str] = field(default_factory=set)  # what it said that was no line of the log, since it last got up
    relay: threading.Thread | None = None

    def start(self, lifeline: Lifeline, of: Settings, *, heard: bool) -> int:
        """Start its process; its standard output is `heard` where ours is. Returns the process's number."""
        run = logs.run_id(self.name)
        self.process = lifeline.start(
            [sys.executable, "-P", "-m", "cli", *self.words],  # -P: nothing of the folder it runs in
            environment(of) | {logs.RUN: run},
            cwd=of.data,
            stdin=subprocess.DEVNULL,
            stdout=None if heard else subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        self.began, self.deadline = time.monotonic(), None
        assert self.process.stderr
        self.relay = threading.Thread(target=self._hand_on, args=[self.process.stderr], daemon=True)
        self.relay.start()
        level = logging.DEBUG if self.stuck else logging.INFO  # its tries are not told of each minute
        log.log(level, "started part=%s pid=%d as=%s", self.name, self.process.pid, run)
        return self.process.pid

    def ended(self) -> int | None:
        """How its process ended, which it has no longer then; None while it runs. What it started is asked to end."""
        if self.process is None or (status := self.process.poll()) is None:
            return None
        _signal(self.process.pid, signal.SIGTERM)
        if self.relay:
            self.relay.join(RELAY_SECONDS)
        self.process = None
        return status

    def ask(self) -> None:
        """Ask it to end."""
        if self.process and self.deadline is None:
            self.deadline = time.monotonic() + GRACE_SECONDS
            self.process.terminate()

    def wait(self) -> None:
        """Until it is gone, having been asked; it is killed where it does not go, and then whatever it left behind."""
        if self.process:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(max(0.0, (self.deadline or 0.0) - time.monotonic()))
            self.kill()
            log.info("ended part=%s status=%d", self.name, self.process.wait())

    def kill(self) -> None:
        """End it and all that it started."""
        if self.process:
            if self.process.poll() is None:
                log.error("killed part=%s; it did not end in time", self.name)
            _signal(self.process.pid, signal.SIGKILL)

    def got_up(self) -> None:
        """It runs well, or is to be taken as if it were new."""
        self.falls, self.stuck = 0, False
        self.told.clear()

    def _hand_on(self, come: IO[bytes]) -> None:
        while line := come.readline(LONGEST_LINE):
            text = line.decode("utf-8", "backslashreplace").rstrip()
            if logs.SHAPED.match(line):
                logs.hand_on(text)
            elif text and text not in self.told and len(self.told) < MOST_TOLD:
                self.told.add(text)
                log.warning("said part=%s text=%s", self.name, text)
        come.close()


def environment(of: Settings) -> dict[str, str]:
    """The environment in which a process has these settings, wherever it runs; what is not set has its default."""
    others = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    values = {name: getattr(of, name) for name in of.model_fields_set | {"data", "feeds", "backups"}}
    return others | {f"{PREFIX}{k.upper()}": str(v.resolve() if isinstance(v, Path) else v) for k, v in values.items()}


def _signal(group: int, sign: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, sign)
