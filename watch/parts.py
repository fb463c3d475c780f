"""The parts of `goodturn run`: what its supervisor writes down of them, and what others read of it.

The file is `run.json` in the data folder, replaced as a whole at every change, so that nobody reads half of it. It says
nothing about whether its writer still lives, which a lock beside it does: the operating system frees that however the
writer ends. Where nobody holds it, no part runs.
"""

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from filelock import FileLock, Timeout

from config import Settings
from config import settings as ours
from storage.database import moment, stamp

FILE, LOCK = "run.json", "run.alive"
MOST_ENDS = 10  # of a part's last ends that are kept: enough to see that it ends again and again
READER_SECONDS = 5.0  # who reads holds the lock for a moment


class State(StrEnum):
    """How a part is: it runs; it ended and is tried again soon; it cannot start before an operator mends something."""

    RUNS = "runs"
    WAITS = "waits"
    STUCK = "stuck"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of `goodturn run`: since when it is in its state, how often it was started again, and how it ended last:
    `last_exit` is an exit status, or, below zero, a signal. `ends`: when it ended unasked, the last ten. `said`: why it
    is stuck."""

    name: str
    state: State
    pid: int | None
    since: datetime
    restarts: int = 0
    last_exit: int | None = None
    said: str = ""
    ends: tuple[datetime, ...] = ()


class Ledger:
    """What the supervisor writes into."""

    def __init__(self, settings: Settings) -> None:
        self._path = settings.data / FILE
        self._lock = FileLock(settings.data / LOCK)
        self._lock.acquire(timeout=READER_SECONDS)

    def keep(self, parts: Iterable[Part]) -> None:
        """Write down how the parts are now."""
        rows = [
            asdict(part) | {"since": stamp(part.since), "ends": [stamp(each) for each in part.ends]} for part in parts
        ]
        new = self._path.with_suffix(".part")
        new.write_text(json.dumps(rows, indent=1) + "\n", "utf-8")
        new.replace(self._path)

    def close(self) -> None:
        """No part runs any more."""
        self._path.unlink(missing_ok=True)
        self._lock.release()


def parts(settings: Settings) -> tuple[Part, ...]:
    """The parts of the `goodturn run` of this data folder; none where there is no such run."""
    try:
        rows = json.loads((settings.data / FILE).read_text("utf-8"))
    except FileNotFoundError:
        return ()
    return tuple(map(_part, rows)) if _alive(settings.data / LOCK) else ()


def all_run(settings: Settings) -> bool:
    """Whether there is a `goodturn run` of which every part runs."""
    found = parts(settings)
    return bool(found) and all(part.state is State.RUNS for part in found)


def _alive(path: Path) -> bool:
    if not path.exists():
        return False
    try:
        with FileLock(path, timeout=0):
            return False
    except Timeout:
        return True


def _part(row: dict[str, object]) -> Part:
    since, ends = moment(str(row["since"])), row["ends"]
    assert since and isinstance(ends, list)
    times = tuple(time for each in ends if (time := moment(each)))
    return Part(**{**row, "state": State(str(row["state"])), "since": since, "ends": times})  # type: ignore[arg-type]


if __name__ == "__main__":  # the health check of deploy/Containerfile
    sys.exit(not all_run(ours()))
