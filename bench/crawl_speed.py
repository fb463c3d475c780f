"""How fast the crawl is against bare Scrapy, on one machine in one run.

    make bench        # or: python -m bench.crawl_speed --articles 3000 --feeds 5000 --runs 3

Two questions, each asked of both in turns, so that a noisy neighbour hits both; the median of the runs counts:

1. Articles: bare Scrapy with its defaults and an empty callback, given the addresses, against `collect` with
   delay=0, which reads the feeds and robots.txt, keeps its queue in the database and stores every page with its links.
2. Feeds that have not changed: both send the same validators and get 304.

A rate is of the pages asked from the first to the last, by the server's clock, so that the start of a process
(Python's imports) does not count; the wall time with the start is printed beside it. Robots.txt and the feeds that
list the articles are ours alone: they take time and do not count as pages. Where other work shares the machine, the
processor time of the crawl's process for a page, its start included, is steadier than any rate, and is printed too.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep, time

from bench.crawl_site import Site, serve
from config import Settings
from jobs.collect import collect

HOSTS = 50
CONCURRENCY = 16  # requests under way at once, as is Scrapy's default
TARGETS = {"articles": 0.75, "unchanged feeds": 0.8}  # pages a second, ours to bare
FLUSH_SECONDS = 1.2  # a little more than the server takes to write its log
NOT_MODIFIED = 304


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One crawl: when it began and ended, in seconds since the epoch, and its processes' seconds of processor time."""

    what: str
    who: str
    began: float
    ended: float
    worked: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What became of it: pages, of these unchanged, pages a second, seconds in all, processor time for a page."""

    pages: int
    unchanged: int
    rate: float
    wall: float
    ms: float


def measure(site: Site, folder: Path, runs: int) -> list[Run]:
    """Both questions, in turns."""
    done = []
    for n in range(runs):
        done.append(_timed("articles", "bare Scrapy", lambda: _bare(site.articles, folder)))
        fresh = _settings(folder / f"articles-{n}", site.feeds)
        done.append(_timed("articles", "Goodturn", lambda of=fresh: _ours(of, days=0)))  # type: ignore[misc]
    requests = [(address, site.validators(address)) for address in site.polled]
    polling = _settings(folder / "polling", site.polled)
    _ours(polling, days=0)
    for n in range(runs):
        done.append(_timed("unchanged feeds", "bare Scrapy", lambda: _bare_of(requests, folder)))
        done.append(_timed("unchanged feeds", "Goodturn", lambda day=n + 1: _ours(polling, days=day)))  # type: ignore[misc]
    sleep(FLUSH_SECONDS)
    return done


def figures(site: Site, runs: Sequence[Run]) -> list[Figures]:
    """The runs' figures, from the server's log."""
    log = site.log()
    found = []
    for run in runs:
        folder = "/post/" if run.what == "articles" else "/polled/"
        seen = [one for one in log if run.began <= one.at <= run.ended and one.path.startswith(folder)]
        found.append(
            Figures(
                pages=len(seen),
                unchanged=sum(one.status == NOT_MODIFIED for one in seen),
                rate=len(seen) / (seen[-1].at - seen[0].at),
                wall=run.ended - run.began,
                ms=1000 * run.worked / len(seen),
            )
        )
    return found


def _timed(what: str, who: str, crawl: Callable[[], None]) -> Run:
    before, began = _worked(), time()
    crawl()
    return Run(what=what, who=who, began=began, ended=time(), worked=_worked() - before)


def _worked() -> float:
    """Seconds of processor time of all processes begun here that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _ours(settings: Settings, *, days: int) -> None:
    collect(settings, now=datetime.now(UTC) + timedelta(days=days), force=True, quiet=True)


def _bare(addresses: Sequence[str], folder: Path) -> None:
    _bare_of([(address, {}) for address in addresses], folder)


def _bare_of(requests: Sequence[tuple[str, dict[str, str]]], folder: Path) -> None:
    file = folder / "requests.json"
    file.write_text(json.dumps(requests), "utf-8")
    subprocess.run([sys.executable, "-m", "bench.bare_scrapy", str(file)], check=True)


def _settings(folder: Path, feeds: Sequence[str]) -> Settings:
    folder.mkdir()
    (folder / "feeds.txt").write_text("\n".join(feeds) + "\n", "utf-8")
    return Settings(
        data=folder,
        feeds=folder / "feeds.txt",
        allow_private=True,
        delay=0,
        concurrency=CONCURRENCY,
        contact="a@b.example",
    )


def main() -> None:
    """Print the figures and the two ratios."""
    parser = argparse.ArgumentParser(prog="python -m bench.crawl_speed", description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, default=3_000, help="articles to fetch (default: %(default)s)")
    parser.add_argument("--feeds", type=int, default=5_000, help="feeds to poll (default: %(default)s)")
    parser.add_argument("--runs", type=int, default=3, help="runs to take the median of (default: %(default)s)")
    given = parser.parse_args()
    with (
        TemporaryDirectory() as name,
        serve(Path(name), articles=given.articles, feeds=given.feeds, hosts=HOSTS) as site,
    ):
        runs = measure(site, Path(name), given.runs)
        found = figures(site, runs)
        print(f"served by {site.server}; {HOSTS} hosts, {CONCURRENCY} requests at once, median of {given.runs}")
    print(f"{'':30}{'pages/s':>8} {'(from to)':14}{'ms/page':>8}{'wall s':>8}{'pages':>7}{'of these 304':>14}")
    for what, target in TARGETS.items():
        bare, ours = (_row(what, who, runs, found) for who in ("bare Scrapy", "Goodturn"))
        print(f"{what}, Goodturn to bare Scrapy: {ours.rate / bare.rate:.2f} of its rate (target {target})")
        print(f"{'':{len(what)}}  and {bare.ms / ours.ms:.2f} by processor time\n")


def _row(what: str, who: str, runs: Sequence[Run], found: Sequence[Figures]) -> Figures:
    """Print the medians of one crawler's runs, and return them."""
    of = [figure for run, figure in zip(runs, found, strict=True) if (run.what, run.who) == (what, who)]
    rates = [one.rate for one in of]
    mid = Figures(
        pages=of[-1].pages,
        unchanged=of[-1].unchanged,
        rate=statistics.median(rates),
        wall=statistics.median(one.wall for one in of),
        ms=statistics.median(one.ms for one in of),
    )
    between = f"({min(rates):.0f} {max(rates):.0f})"
    print(
        f"{f'{what}, {who}':30}{mid.rate:8.0f} {between:14}{mid.ms:8.2f}{mid.wall:8.1f}{mid.pages:7}{mid.unchanged:14}"
    )
    return mid


if __name__ == "__main__":
    main()
