"""Collect: put what is due into the queue, and let each spider that has something waiting work it off.

A crawl is a process of its own, which the operating system can end without harm: the queue is a table, and what a
killed crawl held is free when the next one begins. Two spiders may run at once; they never ask the same host at once.
"""

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from pkgutil import iter_modules
from time import sleep

import spiders
from config import PREFIX, Settings
from crawler.sources import SourcesError, read
from crawler.urls import canonical
from reading.page import Outcome
from storage import frontier, pages, sources
from storage.database import connect
from storage.sources import Source

log = logging.getLogger("goodturn.collect")
LOOK_SECONDS = 0.25  # between two looks at how far the crawls have come
END_SECONDS = 10.0  # a crawl that is asked to end finishes the requests under way, then is killed

Advance = Callable[[int, int], None]
"""Called with how many addresses are done and how many there are; 0 for unknown."""


class CrawlError(RuntimeError):
    """A crawl did not end by itself; the message says which, how, and what to do."""


def sync(settings: Settings) -> tuple[Source, ...]:
    """Let the database know what feeds.txt says. Raises SourcesError with all its mistakes."""
    found = read(settings.feeds, kinds())
    db = connect(settings.database)
    sources.sync(db, found)
    db.close()
    return found


def collect(
    settings: Settings,
    *,
    now: datetime,
    only: Collection[str] = (),
    force: bool = False,
    advance: Advance | None = None,
    quiet: bool = False,
) -> dict[Outcome, int]:
    """Fetch all that is due; returns how many fetches ended how.

    `only` names sources of feeds.txt, due or not; `force` takes all. The crawls' log goes to standard error, or, with
    `quiet` and on a terminal, into files beside the database. Raises SourcesError for a mistake in feeds.txt or
    a name that is not in it, and CrawlError when a crawl was killed or crashed, after the others have ended.
    """
    known = {source.address for source in sync(settings)}
    wanted = [canonical(address) or address for address in only]
    if unknown := [address for address in wanted if address not in known]:
        raise SourcesError(f"{settings.feeds}: has no source {', '.join(unknown)}")
    db = connect(settings.database)
    claimed = sources.claim(db, now, only=wanted, force=force or bool(wanted))
    before = pages.last_fetch(db)
    waiting = frontier.waiting(db, now)
    if not settings.contact and not settings.allow_private:
        log.warning("no contact: site owners cannot reach you; set GOODTURN_CONTACT to a mail or web address")
    log.info("claimed sources=%d waiting=%d", len(claimed), sum(waiting.values()))

    def report() -> None:
        if advance:
            done = sum(pages.outcomes_since(db, before).values())
            advance(done, done + sum(frontier.waiting(db, now).values()))

    _crawl(settings, sorted(waiting), report, aside=quiet or sys.stderr.isatty())
    return pages.outcomes_since(db, before)


def fetch(settings: Settings, url: str) -> None:
    """Fetch one article by hand, stored already or not."""
    _crawl(settings, ["link"], lambda: None, "-a", f"address={url}", aside=True)


def kinds() -> tuple[str, ...]:
    """The kinds of sources: the spiders, but for the one that takes an address by hand."""
    return tuple(sorted(module.name for module in iter_modules(spiders.__path__) if module.name != "link"))


def environment(settings: Settings) -> dict[str, str]:
    """The environment in which a process of ours has these settings, wherever it runs."""
    values = settings.model_dump()
    given = {f"{PREFIX}{name.upper()}": str(v.resolve() if isinstance(v, Path) else v) for name, v in values.items()}
    return os.environ | given | {"SCRAPY_SETTINGS_MODULE": "crawler.settings"}


def _crawl(
    settings: Settings, names: Collection[str], report: Callable[[], None], *arguments: str, aside: bool
) -> None:
    """Run spiders, each in a process, at the same time; `report` is called now and then.

    Their log goes to standard error, or with `aside` into a file beside the database: not between progress bars.
    """
    commands = {name: [sys.executable, "-m", "scrapy", "crawl", name, *arguments] for name in names}
    if aside:
        settings.data.mkdir(parents=True, exist_ok=True)
        for name, command in commands.items():
            command += ["--logfile", str(settings.data.resolve() / f"crawl-{name}.log"), "-s", "LOG_FILE_APPEND=0"]
    with _processes(settings, commands) as running:
        while any(process.poll() is None for process in running.values()):
            report()
            sleep(LOOK_SECONDS)
        report()
    failed = {name: process.returncode for name, process in running.items() if process.returncode}
    if failed:
        how = ", ".join(f"{name} (status {status})" for name, status in failed.items())
        raise CrawlError(f"a crawl did not end by itself: {how}. Nothing is lost: collect again to go on")


@contextmanager
def _processes(
    settings: Settings, commands: Mapping[str, list[str]]
) -> Iterator[Mapping[str, subprocess.Popen[bytes]]]:
    """The crawls' processes, which end when this block does."""
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in commands.items():
            running[name] = subprocess.Popen(command, env=environment(settings))
        yield running
    finally:
        for process in running.values():
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
