"""Pages a second of collect and of read, on the made-up web repeated to a thousand pages and more.

    make bench        # or: python -m bench.throughput --copies 17 --runs 3

Machines are noisy: each figure is the median of several runs, and the ratio of read to a bare trafilatura extraction of
the same pages, in the same run on one core, is what to compare between machines.
"""

import argparse
import statistics
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

import trafilatura

from config import Settings
from demo.web import serve
from jobs.collect import collect
from jobs.read import read_unread
from jobs.read_page import detector, read_page
from storage import pages
from storage.database import connect

SAMPLE = 100  # pages read on one core, by us and by trafilatura


def run(copies: int) -> dict[str, float]:
    """Collect and read once; pages a second of each, and the ratio."""
    with TemporaryDirectory() as folder, serve(copies=copies) as web:
        feeds = Path(folder, "feeds.txt")
        feeds.write_text(web.feeds_txt.replace("pages=3", "pages=99"), encoding="utf-8")
        settings = Settings(data=Path(folder), feeds=feeds, allow_private=True, delay=0)
        began = perf_counter()
        fetched = sum(collect(settings, now=datetime.now(UTC), quiet=True).values())
        collected = perf_counter()
        report = read_unread(settings)
        done = perf_counter()
        read = sum(report.outcomes.values())
        return {
            "pages collected": fetched,
            "collect, pages a second": fetched / (collected - began),
            "pages read": read,
            "read, pages a second": read / (done - collected),
            "read against bare trafilatura, ratio of processor time": _ratio(settings),
        }


def _ratio(settings: Settings) -> float:
    db = connect(settings.database)
    ids = db.execute("select id from pages where reading = 'read' order by id limit ?", (SAMPLE,)).fetchall()
    sample = [pages.load(db, row[0]) for row in ids]
    read_page((sample[0], ()), detector(settings))  # what is loaded once is not measured
    trafilatura.bare_extraction(sample[0].body)
    began = process_time()
    for page in sample:
        read_page((page, ()), detector(settings))
    ours = process_time()
    for page in sample:
        trafilatura.bare_extraction(page.body)
    return (ours - began) / (process_time() - ours)


def main() -> None:
    """Print the medians."""
    parser = argparse.ArgumentParser(prog="python -m bench.throughput", description=__doc__.splitlines()[0])
    parser.add_argument("--copies", type=int, default=17, help="how often each post is there (default: %(default)s)")
    parser.add_argument("--runs", type=int, default=3, help="runs to take the median of (default: %(default)s)")
    arguments = parser.parse_args()
    runs = [run(arguments.copies) for _ in range(arguments.runs)]
    for name in runs[0]:
        values = [one[name] for one in runs]
        print(f"{name:56} {statistics.median(values):8.1f}   ({min(values):.1f} to {max(values):.1f})")


if __name__ == "__main__":
    main()
