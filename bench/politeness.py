"""A recorded log of 10,000 requests against a web that is hard to be polite to, and what in it was not polite.

    python -m bench.politeness --requests 10000 --seed 1 --log politeness.jsonl

The web is that of the tests (tests/polite_web.py), only larger; so is the auditor (tests/polite.py). Two crawls go over
it, the second after the sources are due again. Printed are the requests, the hosts, and the violations by rule; the log
has a line of JSON for each request. It ends with status 1 where anything was not polite.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from config import Settings
from jobs.collect import collect
from tests.polite import RULES, Request, violations
from tests.polite_web import World, serve

CONTACT = "editor@example.org"
DELAY = 0.2  # seconds: long against the way through two event loops, short for whoever waits
CONCURRENCY = 64
POSTS = 30  # of each source
BUDGET = 25  # pages of a source and run
EACH = 40  # requests that a host gets on average; some are closed, some slow
DUE = timedelta(hours=7)  # sources are asked every six
EXAMPLES = 5  # of each rule, printed


def crawl(world: World, folder: Path) -> None:
    """Collect twice, the second time when all sources are due again."""
    (folder / "feeds.txt").write_text("\n".join(world.feeds_txt()) + "\n", "utf-8")
    settings = Settings(
        data=folder / "data",
        feeds=folder / "feeds.txt",
        contact=CONTACT,
        delay=DELAY,
        concurrency=CONCURRENCY,
        allow_private=True,
    )
    now = datetime.now(UTC)
    for world.run in (1, 2):
        collect(settings, now=now + (world.run - 1) * DUE, quiet=True)


def save(requests: Iterable[Request], path: Path) -> None:
    """Write the log, a line for each request in order of arrival."""
    lines = (json.dumps(asdict(request)) for request in sorted(requests, key=lambda request: request.at))
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")


def main() -> None:
    """Crawl, judge, print."""
    parser = argparse.ArgumentParser(prog="python -m bench.politeness", description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=10_000, help="about so many (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the web (default: %(default)s)")
    parser.add_argument("--log", type=Path, help="file to write the log to, as JSON Lines")
    given = parser.parse_args()
    began = perf_counter()
    with (
        TemporaryDirectory() as folder,
        serve(given.requests // EACH, posts=POSTS, delay=DELAY, seed=given.seed, budget=BUDGET) as world,
    ):
        crawl(world, Path(folder))
    found = violations(world.requests, world.manners(), CONTACT)
    if given.log:
        save(world.requests, given.log)
    hosts = len({request.host for request in world.requests})
    print(f"{len(world.requests)} requests of {hosts} hosts in {perf_counter() - began:.0f} s, seed {given.seed}")
    _print(found)
    sys.exit(bool(found))


def _print(found: list[str]) -> None:
    counts = Counter(one.partition(":")[0] for one in found)
    for rule in [*RULES, "user agent"]:
        print(f"{counts[rule]:6} violations of: {rule}")
        for one in [one for one in found if one.startswith(f"{rule}:")][:EXAMPLES]:
            print(f"         {one.partition(': ')[2]}")


if __name__ == "__main__":
    main()
