"""How long one look at everything takes: what `goodturn status`, the operators' page and each scrape wait for.

usage: python -m bench.status_speed [--folder DIR] [--stories 100000] [--sources 500] [--days 365] [--samples 20]

Over the database of `bench.many_stories`, which is made where DIR has none, and copied, as it is written in: sources
are added until there are so many, each with a fetch every other hour for the last 90 days, and counts of each of so
many days. Printed are milliseconds of each question, the median and the worst, and those that the processor worked,
which a machine that others share disturbs less; and what a count of the days takes, which the clock does every few
minutes. The target is 300 ms for the whole look.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.desk_speed import NAME, provide
from bench.many_stories import STORIES
from config import Settings
from storage import alarms, days, figures, schedule
from storage.database import Database, connect, stamp, writing
from storage.days import ALL, What
from watch.figures import look

SOURCES, DAYS, SAMPLES = 500, 365, 20
FETCHED = timedelta(days=90)  # for which fetches are kept
EVERY = timedelta(hours=2)
WAITING = 50_000  # addresses in the queue
TARGET_MS = 300
KIND = ("feed", 3600, 1)


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.status_speed", description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, help="where the database is, or is made to be used again")
    parser.add_argument("--stories", type=int, default=STORIES)
    parser.add_argument("--sources", type=int, default=SOURCES)
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--samples", type=int, default=SAMPLES)
    asked = parser.parse_args()
    now = datetime.now(UTC)
    with TemporaryDirectory(prefix="goodturn-status-") as there:
        settings = Settings(data=Path(there))
        provide(asked.folder or settings.data, asked.stories, settings.data / NAME)
        with closing(connect(settings.database)) as db:
            _once("the first count of all days", lambda: days.catch_up(db, now))
            grow(db, asked.sources, asked.days, now)
            db.conn.execute("pragma optimize")
            _once("a count of two days", lambda: days.catch_up(db, now + timedelta(minutes=5)))
        print(f"\n{'ms':24} median   worst   worked")
        measure(settings, asked.samples, now)


def grow(db: Database, sources: int, days_counted: int, now: datetime) -> None:
    """Add sources, their fetches and addresses, and counts of past days."""
    ids = [row[0] for row in db.conn.execute("select id from sources")]
    new = [f"more{n:012}" for n in range(len(ids), sources)]
    at = [stamp(now - n * EVERY) for n in range(FETCHED // EVERY)]
    past = [(now - timedelta(days=n)).date().isoformat() for n in range(1, days_counted)]
    page = db.conn.execute("select id from pages limit 1").fetchone()[0]
    with writing(db):
        db.conn.executemany(_SOURCE, [(id, f"https://{id}.example/feed", *KIND, at[0]) for id in new])
        for id in ids + new:
            db.conn.executemany(_FETCH, [(page, id, when) for when in at])
            db.conn.executemany(_DAY, [(what, day, id, ALL) for what in What for day in past])
        db.conn.executemany(_ADDRESS, [(str(n), f"https://a.example/{n}", ids[0], at[0]) for n in range(WAITING)])


def measure(settings: Settings, samples: int, now: datetime) -> None:
    """Ask each question so many times, in turns."""
    with figures.reading(settings.database) as db:
        on = alarms.open_alarms(db)
    questions: dict[str, Callable[[Database], object]] = {
        "sources": lambda db: figures.sources(db, on, now),
        "queues": figures.queues,
        "yields": lambda db: figures.yields(db, now),
        "fetches": lambda db: figures.fetches(db, now),
        "totals": days.totals,
        "runs": schedule.last_runs,
    }
    times: dict[str, list[tuple[float, float]]] = {}
    for _ in range(samples):
        for name, question in questions.items():
            with figures.reading(settings.database) as db:
                times.setdefault(name, []).append(_timed(partial(question, db)))
        times.setdefault("the whole look", []).append(_timed(lambda: look(settings, now)))
    for name, found in times.items():
        wall, worked = zip(*found, strict=True)
        missed = "   missed" if statistics.median(worked) > TARGET_MS else ""
        print(f"{name:22} {statistics.median(wall):8.1f} {max(wall):7.1f} {statistics.median(worked):8.1f}{missed}")


def _timed(do: Callable[[], object]) -> tuple[float, float]:
    wall, worked = time.perf_counter(), time.process_time()
    do()
    return (time.perf_counter() - wall) * 1000, (time.process_time() - worked) * 1000


def _once(name: str, do: Callable[[], object]) -> None:
    wall, worked = _timed(do)
    print(f"{name}: {wall / 1000:.1f} s, worked {worked / 1000:.1f} s", flush=True)


_SOURCE = "insert into sources (id, address, kind, every_s, pages, last_started) values (?, ?, ?, ?, ?, ?)"
_FETCH = "insert into fetches (page, source, at, outcome, ms, bytes) values (?, ?, ?, 'unchanged', 9, 0)"
_DAY = "insert or ignore into days (what, day, source, language, count) values (?, ?, ?, ?, 3)"
_ADDRESS = """
insert into frontier (id, url, host, spider, source, kind, found_at)
values (?, ?, 'a.example', 'feed', ?, 'article', ?)
"""


if __name__ == "__main__":
    main()
