"""Collect: put what is due into the queue, and let a crawl work it off.

A crawl is a process of its own, which the operating system can end without harm: the queue is a table, and what a
killed crawl held is free when the next one begins. What falls due while it runs goes into the same crawl, so that a
source with many pages keeps no other waiting.

By hand, a mistake in feeds.txt ends it before anything is asked. Where the clock runs it (`--scheduled`), feeds.txt is
read again while it runs, and the last good version counts as long as the file has a mistake, is gone, or has
lost more than half of its sources at once, as happens when a disk is full or an editor slips; each is told.
"""

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from pkgutil import iter_modules
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from urllib.parse import urlsplit

import logs
import present
import spiders
from config import PREFIX, Settings
from crawler.addresses.urls import canonical
from crawler.clock import AHEAD
from crawler.frontier import PARENT
from crawler.sources import SourcesError, read
from jobs import submitted
from reading.page import Outcome
from storage import frontier, hosts, pages, rest, revisits, sources
from storage.database import Database, connect
from storage.sources import Source
from storage.times import quiet_until

log = logging.getLogger("goodturn.collect")
LOOK_SECONDS = 0.25  # between two looks at how far the crawls have come
SHOW_SECONDS = 1.0  # between two counts of what waits, which takes a second where there are 500,000 addresses
CLAIM_SECONDS = 60.0  # between two looks at what has fallen due meanwhile
NO_NETWORK = "robots.txt: its host is unknown"  # the reason of every page where there is none
A_SECOND = timedelta(seconds=1)
END_SECONDS = 5.0  # a crawl that is asked to end finishes the requests under way, then is killed

Advance = Callable[[int, int], None]
"""Called with how many addresses are done and how many there are; 0 for unknown."""


class CrawlError(RuntimeError):
    """A crawl did not end by itself; the message says which, how, and what to do."""


def sync(settings: Settings) -> tuple[Source, ...]:
    """Let the database know what feeds.txt says. Raises SourcesError with all its mistakes."""
    found = read(settings.feeds, kinds())
    with closing(connect(settings.database)) as db:
        sources.sync(db, found, quiet=settings.quiet_hours)
    return found


def sync_if_sound(settings: Settings) -> list[str]:
    """As `sync`, but what looks like an accident changes nothing: returns what is wrong, a sentence each."""
    with closing(connect(settings.database)) as db:
        return _sync_if_sound(settings, db)


def _sync_if_sound(settings: Settings, db: Database) -> list[str]:
    known = {source.id for source in sources.active(db)}
    try:
        found = read(settings.feeds, kinds())
    except SourcesError as mistakes:
        and_so = "; its last good version counts" if known else ""
        return [f"{mistake}{and_so}" for mistake in str(mistakes).splitlines()]
    lost = known - {source.id for source in found}
    if len(lost) > len(known) / 2:
        how = f"has lost {len(lost)} of its {len(known)} sources at once; its last good version counts"
        return [f"{settings.feeds}: {how}. If that is meant, 'goodturn sources' takes it as it is"]
    sources.sync(db, found, quiet=settings.quiet_hours)
    return []


def collect(
    settings: Settings,
    *,
    now: datetime,
    only: Collection[str] = (),
    force: bool = False,
    advance: Advance | None = None,
    quiet: bool = False,
    scheduled: bool = False,
) -> dict[Outcome, int]:
    """Fetch all that is due; returns how many fetches ended how.

    `only` names sources of feeds.txt, due or not; `force` takes all. The crawls' log goes to standard error, or, with
    `quiet` and on a terminal, into files beside the database. Raises SourcesError for a mistake in feeds.txt, for
    a name that is not in it and for one that rests, and CrawlError when the crawl was killed or crashed. `scheduled`:
    the sources are those that the database has. `now` may be another moment than this machine's clock says; the crawl
    goes by it too.
    """
    wanted = () if scheduled else _known(settings, only)
    db = connect(settings.database)
    before, ahead = pages.last_fetch(db), now - present.now()
    _refuse_resting(db, wanted, now)
    claimed = sources.claim(db, now, only=wanted, force=force or bool(wanted))
    looked_at = 0 if wanted else revisits.due(db, now)
    if not wanted:
        submitted.queue(db, now)
    if not settings.contact and not settings.allow_private:
        log.warning("no contact: site owners cannot reach you; set GOODTURN_CONTACT to a mail or web address")
    waiting = frontier.waiting(db, now)
    log.info("claimed sources=%d again=%d waiting=%d", len(claimed), looked_at, waiting)
    meanwhile = _Meanwhile(settings, db, ahead, before, advance, is_whole=not wanted, syncs=scheduled)
    if waiting:
        crawl(settings, "collect", meanwhile, ahead=ahead, aside=quiet or sys.stderr.isatty())
    if len(claimed) > 1 and pages.reasons_since(db, before) == {NO_NETWORK}:
        _excuse(db, claimed, present.now() + ahead)
    return pages.outcomes_since(db, before)


@dataclass(slots=True)
class _Meanwhile:
    """What is done while a crawl runs: more is claimed, where all sources are meant, and what is done is told."""

    settings: Settings
    db: Database
    ahead: timedelta
    before: int
    advance: Advance | None
    is_whole: bool
    syncs: bool
    claimed: float = field(default_factory=monotonic)
    shown: float = field(default_factory=monotonic)

    def __call__(self) -> None:
        now = present.now() + self.ahead
        if self.is_whole and monotonic() - self.claimed > CLAIM_SECONDS:
            self.claimed = monotonic()
            if self.syncs:
                _sync_if_sound(self.settings, self.db)  # what is wrong was told, or will be by the next collect
            sources.claim(self.db, now)
            revisits.due(self.db, now)
            submitted.queue(self.db, now)
        if self.advance and monotonic() - self.shown > SHOW_SECONDS:
            self.shown = monotonic()
            done = sum(pages.outcomes_since(self.db, self.before).values())
            self.advance(done, done + frontier.waiting(self.db, now))


def _refuse_resting(db: Database, wanted: Iterable[str], now: datetime) -> None:
    """Raise SourcesError where one of these sources rests: what was asked to be left alone is, whoever asks."""
    resting = rest.resting(db, now)
    for source in sources.active(db):
        if source.address in wanted and source.id in resting:
            quiet = f"has quiet hours, {source.quiet} UTC" if quiet_until(source.quiet, now) else ""
            raise SourcesError(
                f"{source.address} {quiet}; take 'quiet=' out of its line, or wait"
                if quiet
                else f"{source.address} is paused; 'goodturn resume {source.address}', or 'goodturn resume', ends that"
            )


def _known(settings: Settings, only: Collection[str]) -> list[str]:
    """The addresses of sources that are asked for, as feeds.txt has them. Raises SourcesError where it has one not."""
    known = {source.address for source in sync(settings)}
    wanted = [canonical(address) or address for address in only]
    if unknown := [address for address in wanted if address not in known]:
        raise SourcesError(f"{settings.feeds}: has no source {', '.join(unknown)}")
    return wanted


def _excuse(db: Database, claimed: Iterable[Source], now: datetime) -> None:
    """Where no host at all is known, that is no fault of the sources."""
    log.warning("no host is known: is this machine on the network? This does not count against the sources")
    sources.excuse(db, claimed, now)
    hosts.wake(db, NO_NETWORK)


def fetch(settings: Settings, url: str) -> None:
    """Fetch one article by hand, stored already or not."""
    crawl(settings, "link", lambda: None, "-a", f"address={url}", aside=True)


@contextmanager
def thrown_away(settings: Settings, urls: Iterable[str], *lines: str) -> Iterator[Settings]:
    """Settings for fetching without storing: a database that is thrown away, and these lines as feeds.txt. It knows of
    the hosts of `urls` what ours knows, so that their delays and rules hold there too, and ours learns what it saw."""
    with TemporaryDirectory(prefix="goodturn-aside-") as folder:
        of = settings.model_copy(update={"data": Path(folder), "feeds": Path(folder) / "feeds.txt"})
        of.feeds.write_text("".join(f"{line}\n" for line in lines), "utf-8")
        if not settings.database.exists():
            yield of
            return
        ours, theirs = connect(settings.database), connect(of.database)
        hosts.copy(ours, theirs, {urlsplit(url).hostname or "" for url in urls})
        try:
            yield of
        finally:
            hosts.copy(theirs, ours)
            theirs.close()
            ours.close()


def kinds() -> tuple[str, ...]:
    """The kinds of sources: the spiders, but for the two that take what others lead to."""
    names = {module.name for module in iter_modules(spiders.__path__)}
    return tuple(sorted(names - {"collect", "link"}))


def environment(settings: Settings) -> dict[str, str]:
    """The environment in which a process of ours has these settings, wherever it runs."""
    values = settings.model_dump()
    given = {f"{PREFIX}{name.upper()}": str(v.resolve() if isinstance(v, Path) else v) for name, v in values.items()}
    run = {logs.RUN: logs.run()} if logs.run() != logs.NONE else {}
    return os.environ | given | run | {"SCRAPY_SETTINGS_MODULE": "crawler.settings"}


def crawl(
    settings: Settings,
    name: str,
    report: Callable[[], None],
    *arguments: str,
    ahead: timedelta = timedelta(),
    aside: bool,
) -> None:
    """Run a spider in a process; `report` is called now and then. Its clock goes `ahead` of this machine's.

    Its log goes to standard error, or with `aside` into a file beside the database: not between progress bars.
    """
    command = [name, *arguments, "-s", f"{PARENT}={os.getpid()}"]
    if abs(ahead) > A_SECOND:
        command += ["-s", f"{AHEAD}={ahead.total_seconds()}"]
    if aside:
        settings.data.mkdir(parents=True, exist_ok=True)
        command += ["--logfile", str(settings.data.resolve() / f"crawl-{name}.log"), "-s", "LOG_FILE_APPEND=0"]
    process = begin(command, settings)
    try:
        while process.poll() is None:
            report()
            sleep(LOOK_SECONDS)
        report()
    finally:
        _end(process)
    if status := process.returncode:
        log_file = f"its log is {settings.data / f'crawl-{name}.log'}" if aside else "its log stands above"
        how = f"ended with an error (status {status}); {log_file}" if status > 0 else "was killed"
        raise CrawlError(f"the crawl '{name}' {how}. Nothing is lost: collect again to go on")


def begin(arguments: Sequence[str], settings: Settings) -> subprocess.Popen[bytes]:
    """Scrapy's command `crawl`, in a process of its own."""
    command = [sys.executable, "-P", "-m", "scrapy", "crawl", *arguments]  # -P: nothing of the folder we are in
    return subprocess.Popen(command, env=environment(settings))


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
