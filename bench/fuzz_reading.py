"""Reads mutated pages and tells what went wrong: `python -m bench.fuzz_reading`.

The pages are those of tests/pages, or of another folder. Reading must end in a Document or an Unreadable, and in time;
every other end is printed with the seed and number that bring it back, and makes the exit status 1.
"""

import argparse
import random
import resource
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.mutations import mutated
from reading.document import Document
from reading.page import Outcome, Page, PageKind
from reading.reader import read

COUNT = 20_000
SECONDS = 2.0  # a page may take
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SHOWN_EVERY = 2_000


def page(body: bytes) -> Page:
    """A fetched page with this body."""
    url = "https://fuzz.example/2020/01/page"
    return Page(requested=url, url=url, kind=PageKind.ARTICLE, outcome=Outcome.STORED, fetched_at=NOW, body=body)


def check(body: bytes) -> str:
    """What is wrong with how the body is read; empty if nothing is."""
    try:
        found = read(page(body))
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    if not isinstance(found, Document):
        return f"internal: {found.reason}" if found.reason.split(":")[0].endswith("Error") else ""
    for at, comment in enumerate(found.comments):
        if comment.parent is not None and not 0 <= comment.parent < at:
            return f"comment {at} answers {comment.parent}"
        if any(not 0 <= start < end <= len(comment.text) for start, end in comment.quotes):
            return f"comment {at} has quotes outside its text"
    if any(not 0 <= start < end <= len(found.text) for start, end in found.headings):
        return "headings outside the text"
    return ""


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz_reading", description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT, help="mutated pages to read")
    parser.add_argument("--seed", type=int, default=1, help="where the drawing starts")
    parser.add_argument("--only", type=int, help="read only the mutation of this number")
    parser.add_argument("--folder", type=Path, default=Path("tests/pages"), help="the pages to mutate")
    return parser.parse_args()


def fuzz(pages: list[bytes], seed: int, numbers: range) -> tuple[int, float]:
    """Reads the mutations; how many went wrong, and the seconds of the slowest."""
    wrong, slowest, started = 0, 0.0, time.perf_counter()
    for number in numbers:
        dice = random.Random(seed * 1_000_003 + number)
        body = mutated(dice, dice.choice(pages))
        before = time.process_time()
        problem = check(body)
        took = time.process_time() - before
        slowest = max(slowest, took)
        if took > SECONDS:
            problem = problem or f"took {took:.1f} s"
        if problem:
            wrong += 1
            print(f"seed {seed} number {number}: {problem}", flush=True)
        if (number + 1) % SHOWN_EVERY == 0:
            print(f"{number + 1} read, {wrong} wrong, {time.perf_counter() - started:.0f} s", flush=True)
    return wrong, slowest


def main() -> int:
    """Runs the mutations; 0 if nothing went wrong."""
    asked = arguments()
    pages = [path.read_bytes() for path in sorted(asked.folder.glob("*.html"))]
    numbers = range(asked.count) if asked.only is None else range(asked.only, asked.only + 1)
    wrong, slowest = fuzz(pages, asked.seed, numbers)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(numbers)} mutated pages, {wrong} wrong, slowest {slowest:.2f} s, at most {memory:.0f} MB of memory")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
