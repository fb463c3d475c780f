"""How long an editor waits for the desk, with a hundred thousand stories.

usage: python -m bench.desk_speed [--stories 100000] [--folder DIR] [--samples 40]

The real desk is served on loopback over the database of `bench.many_stories`, which is made where DIR has none, and
copied, as decisions are made in it. What is asked is drawn with a seed: each kind of page and of act SAMPLES times, in
turns, so that a noisy neighbour hits all. First the desk is alone, then another process adds stories as fast as it can.

Targets are of milliseconds until the whole answer is there: 60 for the median, 150 for 95 of 100, 400 for the worst.
They hold for pages and acts of one; kinds with a star are of many clusters at once, and have no target. Where other
work shares the machine, the last column is steadier than the rest: the median of what the desk's own process worked.
"""

import argparse
import random
import re
import shutil
import statistics
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.desk_questions import Questions
from bench.desk_served import Answer, Client, Served, serve
from bench.desk_writer import writing_meanwhile
from bench.many_stories import STORIES, fill
from storage.database import connect

MEDIAN_MS, P95_MS, WORST_MS = 60, 150, 400
SAMPLES = 40
P95 = 0.95
NAME = "goodturn.db"
SELECTED = 30  # clusters of one bulk act: what a page has
DONE = re.compile(r"[?&]done=([\d,%C]+)")
PICKED = re.compile(r'name="cluster" value="([0-9a-f]+)"')
CLUSTER = re.compile(r"/cluster/([0-9a-f]+)")
STORY_WORD = re.compile(r"<mark>[^<]*?\b([^\W\d_]{4,})")
Times = defaultdict[str, list[tuple[float, float]]]


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m bench.desk_speed", description=__doc__.splitlines()[0])
    parser.add_argument("--stories", type=int, default=STORIES)
    parser.add_argument("--folder", type=Path, help="where the database is, or is made to be used again")
    parser.add_argument("--samples", type=int, default=SAMPLES)
    asked = parser.parse_args()
    with TemporaryDirectory(prefix="goodturn-desk-") as there:
        folder = Path(there)
        provide(asked.folder or folder, asked.stories, folder / NAME)
        with serve(folder) as served:
            print(f"start: {served.seconds:.1f} s, then {served.megabytes():.0f} MB in memory")
            run = Run(served, folder / NAME)
            print(*run.table("alone", asked.samples), sep="\n")
            with writing_meanwhile(folder / NAME) as writer:
                print(*run.table("while stories are added", asked.samples), sep="\n")
            print(writer.said())
            print(f"in memory at the end: {served.megabytes():.0f} MB")


class Run:
    """Asks the desk, as one editor, and keeps the times."""

    def __init__(self, served: Served, database: Path) -> None:
        self.client = Client(served, "Ada")
        self.dice = random.Random(7)
        with closing(connect(database)) as db:
            self.questions = Questions(db, self.dice, datetime.now(UTC))

    def table(self, how: str, samples: int) -> Iterator[str]:
        """Lines: each kind with its median, its 95th percentile and its worst."""
        times: Times = defaultdict(list)
        for _ in range(samples):
            for kind, asked in self.questions.pages():
                answer = self.client.get(asked)
                assert answer.status == HTTPStatus.OK, f"{asked} answered {answer.status}"
                times[kind].append((answer.ms, answer.worked))
            for kind, answer in self._acts():
                times[kind].append((answer.ms, answer.worked))
        yield f"\n{how + ', ms':40} times  median     95 %   worst   worked"
        for kind, found in times.items():
            ms, worked = zip(*found, strict=True)
            yield _line(kind, sorted(ms), statistics.median(worked))

    def _acts(self) -> Iterator[tuple[str, Answer]]:
        """What an editor does to some clusters of the list, each with the page it leads to."""
        here = self.questions.cluster()
        for verb, more in (("approve", {}), ("hold", {}), ("reject", {"why": "advice"})):
            done = self.client.post(f"/cluster/{here}/{verb}", more)
            yield f"decision: {verb}", done
            yield "the next story after a decision", (page := self.client.get(done.location))
            there = CLUSTER.search(done.location)
            here = there[1] if there else self.questions.cluster()
        yield from self._undone("undo", done)
        yield from self._edited(here, page.text)
        chosen = PICKED.findall(self.client.get(self.questions.page()).text)[:SELECTED]
        yield f"* hold {SELECTED}", (done := self.client.post("/bulk/hold", {"cluster": chosen}))
        yield f"* the list after {SELECTED}", self.client.get(done.location)
        yield from self._undone(f"* undo {SELECTED}", done)

    def _undone(self, kind: str, done: Answer) -> Iterator[tuple[str, Answer]]:
        found = DONE.search(done.location)
        assert found, done.location
        numbers = found[1].replace("%2C", ",").split(",")
        yield kind, self.client.post("/undo", {"number": numbers})

    def _edited(self, id: str, page: str) -> Iterator[tuple[str, Answer]]:
        yield (
            "edit",
            self.client.post(f"/cluster/{id}/edit", {"title": f"Better {self.dice.random()}", "sector": "bank"}),
        )
        word = STORY_WORD.search(page)
        if word:
            yield "mask", self.client.post(f"/cluster/{id}/mask", {"what": word[1], "instead": "[…]"})


def _line(kind: str, found: Sequence[float], worked: float) -> str:
    median, worst = statistics.median(found), found[-1]
    p95 = found[min(len(found) - 1, round(P95 * len(found)))]
    missed = [
        name
        for name, value, most in (("median", median, MEDIAN_MS), ("95 %", p95, P95_MS), ("worst", worst, WORST_MS))
        if value > most and not kind.startswith("*")
    ]
    said = f"   missed: {', '.join(missed)}" if missed else ""
    return f"{kind:40} {len(found):5} {median:7.0f} {p95:8.0f} {worst:7.0f} {worked:8.0f}{said}"


def provide(kept: Path, stories: int, own: Path) -> None:
    """A database of our own to write in, made or copied."""
    path = kept / NAME
    if not path.exists():
        kept.mkdir(parents=True, exist_ok=True)
        with closing(connect(path)) as db:
            fill(db, stories)
    if path != own:
        shutil.copyfile(path, own)


if __name__ == "__main__":
    main()
