"""A job as the clock runs it: `goodturn NAME` in a process with the clock's settings, and what it says.

Its log goes on to ours line by line. What it answers, on standard output, is kept aside: the last line of it, or of
what it complained of on standard error where it failed, is what the run said; where something wants attention, all of
it stands in the log. One that hangs is asked to end when it has run for as long as its job may, and killed seconds
later; the time for which this machine slept does not count.
"""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO

import logs
from config import Settings
from jobs.child import environment
from jobs.lifeline import Lifeline
from jobs.timetable import Beat
from storage.runs import Run
from storage.schedule import Ended

log = logging.getLogger("goodturn.clock")
LONGEST_LINE = 65_536  # bytes; longer ones are cut in two
MOST_TOLD = 20  # lines of an answer that stand in the log
MOST_READ = 100_000  # bytes of an answer, its end
STOP_SECONDS = 6.0  # a job that was asked to end commits what it has; one that does not is killed
RELAY_SECONDS = 0.5  # for its last words; what it left behind may hold their pipe open
_lifeline = Lifeline()


class Job:
    """A run of a job that has begun. Raises OSError where no process can be made."""

    def __init__(self, of: Settings, beat: Beat, run: Run, *, due: datetime, failures: int) -> None:
        self.beat, self.run, self.due, self.failures = beat, run, due, failures
        self._complaint, self._said = "", ""
        self._has_said = self._was_asked = False
        self._began = time.monotonic()
        self._answer = TemporaryFile()  # noqa: SIM115 -- closed when its last words are read
        self.process = _lifeline.start(
            [sys.executable, "-P", "-m", "cli", *beat.command],  # -P: nothing of the folder we are in
            environment(of) | {logs.RUN: run.name},
            cwd=of.data,  # where no goodturn.toml is that is just being edited
            stdin=subprocess.DEVNULL,
            stdout=self._answer,
            stderr=subprocess.PIPE,
        )
        assert self.process.stderr
        self._relay = threading.Thread(target=self._hand_on, args=[self.process.stderr], daemon=True)
        self._relay.start()

    def end_if_it_hangs(self) -> None:
        """Ask it to end when it has run for longer than its job may, and end it where it does not."""
        over = time.monotonic() - self._began - self.beat.longest.total_seconds()
        if over > 0 and not self._was_asked:
            self._was_asked = True
            self.process.terminate()
        elif over > STOP_SECONDS:
            _kill(self.process.pid)  # it is not waited for: what waits for a dead disk does not even then go

    def kill(self) -> None:
        """End it, if it runs, and all that it started."""
        _kill(self.process.pid)
        self.process.wait()

    def last_words(self, outcome: Ended) -> str:
        """What it said last, once it has ended."""
        if not self._has_said:  # else it could not be written down the last time
            self._said, self._has_said = self._read(outcome), True
        return self._said

    def _read(self, outcome: Ended) -> str:
        self._relay.join(RELAY_SECONDS)
        with self._answer as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - MOST_READ))
            lines = [line for line in file.read().decode("utf-8", "replace").splitlines() if line.strip()]
        if outcome is Ended.ATTENTION:
            for line in lines[-MOST_TOLD:-1]:  # the last is told with the run
                log.warning("said job=%s text=%s", self.beat.job, line)
        if self._was_asked and outcome is not Ended.DONE:
            return f"it had run for {self.beat.longest}, longer than it may, and was ended"
        went_well = outcome in (Ended.DONE, Ended.ATTENTION) and lines
        return logs.masked(lines[-1] if went_well else self._complaint or (lines[-1] if lines else "")).strip()

    def _hand_on(self, come: IO[bytes]) -> None:
        """Its standard error goes on to ours; what is no line of a log becomes one."""
        while line := come.readline(LONGEST_LINE):
            text = line.decode("utf-8", "backslashreplace").rstrip()
            if logs.SHAPED.match(line):
                logs.hand_on(text)
            elif text:
                self._complaint = text
                log.warning("said job=%s text=%s", self.beat.job, text)
        come.close()


def _kill(group: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
