"""The processes of `bench.endurance`: found by a mark in their environment, measured, killed one by one, put to sleep.

A process of ours is whoever carries the mark, whatever has become of the one that started it. What it is stands in its
command line: `run`, a part of it (`clock`, `read`, `desk`, `publish`), a job, a `crawl`, or a `worker` that reads.
"""

import os
import random
import signal
import statistics
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

MARK = "ENDURANCE"
MEGABYTE = 2**20
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
FORMER = 0.3  # of a process's life, in which it takes what it needs: not judged
MOST_POINTS = 60  # of a fit: all pairs of them are compared


@dataclass(frozen=True, slots=True)
class Found:
    """A process: its number, and what it is."""

    pid: int
    what: str


def ours(mark: str) -> list[Found]:
    """All processes that carry the mark."""
    found, wanted = [], f"{MARK}={mark}".encode()
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            with suppress(OSError):
                if wanted in (folder / "environ").read_bytes().split(b"\0"):
                    words = (folder / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
                    if words != [""]:  # else it is dead already
                        found.append(Found(int(folder.name), _what(words)))
    return found


def _what(words: list[str]) -> str:
    if "scrapy" in words:
        return "crawl"
    if "cli" in words:
        return words[words.index("cli") + 1]
    return "worker"


@dataclass(slots=True)
class Samples:
    """What each process held in memory, by the second of its life: megabytes."""

    of: dict[Found, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))

    def take(self, mark: str) -> None:
        """Measure all processes now."""
        for each in ours(mark):
            with suppress(OSError, IndexError):
                pages = int(Path(f"/proc/{each.pid}/statm").read_text("ascii").split()[1])
                self.of[each].append((time.monotonic(), pages * PAGE_BYTES / MEGABYTE))

    def longest(self) -> Mapping[str, list[tuple[float, float]]]:
        """Of every part the process that lived longest."""
        found: dict[str, list[tuple[float, float]]] = {}
        for each, taken in self.of.items():
            if len(taken) > len(found.get(each.what, [])):
                found[each.what] = taken
        return found


def slope(taken: list[tuple[float, float]]) -> float:
    """By how many megabytes a second it grew after it had got up: the median of the slopes between any two moments
    (Theil and Sen), so that neither a peak nor a fall of one moment counts."""
    settled = taken[int(len(taken) * FORMER) :]
    points = settled[:: max(1, len(settled) // MOST_POINTS)]
    slopes = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in combinations(points, 2) if b[0] > a[0]]
    return statistics.median(slopes) if slopes else 0.0


class Killer(threading.Thread):
    """Kills a process of ours every few seconds, at a random moment; `run` itself seldom."""

    def __init__(self, mark: str, seed: int, least: float, most: float) -> None:
        super().__init__(daemon=True)
        self.mark, self.over, self.kills = mark, threading.Event(), Counter[str]()
        self._dice, self._least, self._most = random.Random(seed), least, most

    def run(self) -> None:
        while not self.over.wait(self._dice.uniform(self._least, self._most)):
            by_kind: dict[str, list[int]] = defaultdict(list)
            for each in ours(self.mark):
                by_kind[each.what].append(each.pid)
            if not by_kind:
                continue
            what = self._dice.choice(sorted(by_kind))
            with suppress(ProcessLookupError):
                os.kill(self._dice.choice(by_kind[what]), signal.SIGKILL)
                self.kills[what] += 1


def sleep_all(mark: str, seconds: float) -> None:
    """Put all to sleep, as a machine does, and wake them."""
    asleep = ours(mark)
    for sign in (signal.SIGSTOP, signal.SIGCONT):
        for each in asleep:
            with suppress(ProcessLookupError):
                os.kill(each.pid, sign)
        if sign is signal.SIGSTOP:
            time.sleep(seconds)


def end_all(mark: str) -> int:
    """Kill what is left; how many that were."""
    left = ours(mark)
    for each in left:
        with suppress(ProcessLookupError):
            os.kill(each.pid, signal.SIGKILL)
    return len(left)
