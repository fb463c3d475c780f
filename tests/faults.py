"""Faults for the tests that are real: a disk of its own that is full or read-only, a database that another program
holds, pages that are overwritten, commands as an operator runs them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from config import Settings
from jobs.collect import environment

HOLD = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("begin " + sys.argv[2])
print("held", flush=True)
sys.stdin.read()
"""
BLOCK = 64 * 1024


class Disk:
    """A small disk, mounted at a folder."""

    def __init__(self, folder: Path, size: str) -> None:
        self.folder, self.size, self._filler = folder, size, folder / "filler"

    def fill(self) -> None:
        """Leave no room at all."""
        with suppress(OSError), self._filler.open("ab", buffering=0) as file:
            while True:
                file.write(bytes(BLOCK))
        with suppress(OSError), self._filler.open("ab", buffering=0) as file:
            while True:
                file.write(b"x")

    def make_room(self, size: str = "") -> None:
        """Remove what filled it, or give it another size."""
        self._filler.unlink(missing_ok=True)
        if size:
            self._mount("-o", f"remount,size={size}")

    @contextmanager
    def read_only(self) -> Iterator[None]:
        """Let nobody write to it, not even root."""
        self._mount("-o", "remount,ro")
        try:
            yield
        finally:
            self._mount("-o", "remount,rw")

    def _mount(self, *words: str) -> None:
        subprocess.run(["mount", *words, str(self.folder)], check=True, capture_output=True)


@contextmanager
def small_disk(folder: Path, size: str = "4m") -> Iterator[Disk]:
    """A disk of its own at a folder that is made; skips the test where nobody may mount one."""
    folder.mkdir(parents=True)
    words = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(words, check=False, capture_output=True).returncode:
        pytest.skip("no disk can be mounted here: that takes root")
    try:
        yield Disk(folder, size)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def held(path: Path, how: str = "immediate") -> Iterator[None]:
    """Another program holds the database: `begin immediate`, or `exclusive`."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path), how], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as program:
        assert program.stdout and program.stdout.readline() == b"held\n"
        try:
            yield
        finally:
            program.communicate()


def overwrite(path: Path, *, at: float, bytes_: int = 8192) -> None:
    """Write nonsense into a file: `at` a share of its length."""
    with path.open("r+b") as file:
        file.seek(int(path.stat().st_size * at))
        file.write(b"\xa5" * bytes_)


def goodturn(settings: Settings, *words: str) -> subprocess.CompletedProcess[str]:
    """Run `goodturn` with these words, to its end."""
    env = environment(settings) | {"COLUMNS": "200"}
    command = [sys.executable, "-m", "cli", *words]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=False)
