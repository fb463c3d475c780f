"""Which crawls live: how the queue knows, at once, that the holder of a lease is dead.

A crawl locks a file of its own beside the database for as long as its process lives. The operating system frees the
lock however the process ends, SIGKILL included: a run whose file can be locked is dead, and what it had leased is free
at once. A crawl that is merely slow renews what it holds; only for one that hangs does a lease end by time.
"""

import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

FOLDER = "runs"
STARTING = 60  # seconds for which a file may be there before its run has locked it


class Run:
    """A living crawl, or a job that the clock runs: its name, and the lock that says that it lives."""

    def __init__(self, folder: Path, now: datetime, name: str = "") -> None:
        """Begin a run; its file goes into `folder`/runs."""
        self.name = name or f"{now:%Y%m%dT%H%M%S}-{os.getpid()}-{secrets.token_hex(2)}"
        self._path = _file(folder, self.name)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(self._path)
        self._lock.acquire(timeout=0)

    def end(self) -> None:
        """End it; what it still holds is free from now on."""
        self._path.unlink(missing_ok=True)
        self._lock.release()


def dead(folder: Path, names: Iterable[str], now: datetime) -> list[str]:
    """Those of the named runs whose process is gone; their files are removed, and those of others that held nothing."""
    for path in (folder / FOLDER).glob("*.lock"):
        with suppress(FileNotFoundError):  # another crawl may just remove it
            if now.timestamp() - path.stat().st_mtime > STARTING:
                _is_dead(path)
    return [name for name in names if _is_dead(_file(folder, name))]


def _is_dead(path: Path) -> bool:
    if not path.exists():
        return True
    try:
        with FileLock(path, timeout=0):
            path.unlink(missing_ok=True)
    except Timeout:
        return False
    return True


def _file(folder: Path, name: str) -> Path:
    return folder / FOLDER / f"{name}.lock"
