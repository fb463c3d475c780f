"""`goodturn takedown`: what is meant is found, taken down in one transaction, and swept out of all files.

What is meant is told by an address in any spelling, by the id of a cluster, a story or an entry (`tag:...:story/ID`),
or by the host of a site. After the transaction come the contacts of those who sent it in (a database of their own), the
logs of crawls, in which lines that name an address are blanked where they stand, and the two database files. A kill in
between leaves remains, never half of a story: taking the same thing down again, or `--sweep`, finishes.

A backup from before still holds all of it. `replay` takes what a list of hashes names out of a database that was
restored: every stored address is held against the list.
"""

import re
from collections.abc import Collection, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from config import Settings
from crawler.addresses.twins import twin_key
from crawler.addresses.urls import canonical
from reading.page import PageKind
from storage import blocked, contacts, named, remains, submissions, takedown
from storage.blocked import Block, page_hash, site_hash
from storage.database import BUSY_SECONDS, Database, connect, connect_private, identity, writing
from storage.takedown import Order, Taken

ID = re.compile(
    r"(?:tag:[^:]*:story/|https?://.*/story/)?([0-9a-f]{16})/?"
)  # of a cluster or story, an entry's, its page
HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*", re.IGNORECASE)
LOGS = "crawl-*.log"  # beside the database (jobs/collect.py)


class UnknownError(LookupError):
    """Nothing that is stored is meant; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is meant: its pages, none where it was taken down before; the host where a site is meant; how much it is."""

    pages: frozenset[str]
    site: str | None
    much: Taken


def find(db: Database, target: str, *, site: bool = False) -> Found:
    """What somebody means. Raises UnknownError."""
    host = _host(target) if site else None
    pages = _of_site(db, host) if host else _pages(db, target)
    return Found(pages=frozenset(pages), site=host, much=takedown.look(db, pages))


def take(settings: Settings, db: Database, found: Found, *, who: str, at: datetime, reason: str) -> Taken:
    """Take it down; `sweep` is still to come."""
    order = Order(who=who, at=at, reason=reason, spell=twin_key)
    taken = takedown.take(db, found.pages, order, site=found.site)
    _blank_logs(settings, [found.site] if found.site else taken.addresses)
    return taken


def replay(settings: Settings, db: Database, listed: Iterable[Block], *, who: str, at: datetime, reason: str) -> Taken:
    """Put these on the list, and take down all that is stored and on it; `sweep` is still to come."""
    with writing(db):
        blocked.add(db, listed)
    hashes = {block.hash for block in blocked.blocks(db)}
    pages = named.at(db, lambda url: not hashes.isdisjoint([*blocked.hashes(url), _spelled(url)]), kinds=PageKind)
    found = Found(pages=frozenset(pages), site=None, much=takedown.look(db, pages))
    return take(settings, db, found, who=who, at=at, reason=reason)


def sweep(settings: Settings, db: Database, *, seconds: float = BUSY_SECONDS) -> str:
    """Sweep all that was taken down out of the files; why it could not be done, "" where it was."""
    if settings.private.exists():
        with closing(connect_private(settings.private)) as private:
            for number in submissions.emptied(db):
                contacts.withdraw(private, number)
            if held := remains.sweep(private, seconds=seconds):
                return held
    return remains.sweep(db, seconds=seconds)


def opened(settings: Settings) -> Database:
    """The database of stories, opened."""
    return connect(settings.database)


def _pages(db: Database, target: str) -> set[str]:
    if found := ID.fullmatch(target):
        pages = named.of(db, found[1])
        if pages is not None:
            return pages
    url = canonical(target)
    if url is None:
        raise UnknownError(f"no cluster or story has the id '{target}', and it is no address; see `goodturn stories`")
    ways = {page_hash(url), _spelled(url)}
    pages = named.at(db, lambda stored: page_hash(stored) in ways, twin=identity(twin_key(url)))
    if not pages and not blocked.bars(db, url, twin_key(url)):
        raise UnknownError(f"nothing is stored of {url}, so that nothing was taken down; for all of a site add --site")
    return pages


def _of_site(db: Database, host: str) -> set[str]:
    site = site_hash(host)
    return named.at(db, lambda stored: site in blocked.hashes(stored), kinds=PageKind)


def _host(target: str) -> str:
    """The host of a site, given as one or as any address of it. Raises UnknownError."""
    host = (blocked.host_of(target) or target).lower().removeprefix("www.")
    if not HOST.fullmatch(host):
        raise UnknownError(f"'{target}' is no site: give its host, as example.org")
    return host


def _spelled(url: str) -> str:
    return page_hash(twin_key(url))


def _blank_logs(settings: Settings, names: Collection[str]) -> None:
    """Blank the lines that hold one of these; where they stand, as a crawl may be writing on."""
    wanted = [name.encode() for name in names]
    for path in settings.data.glob(LOGS):
        with path.open("r+b") as log:
            while line := log.readline():
                if any(name in line for name in wanted):
                    log.seek(-len(line), 1)
                    log.write(b"-" * len(line.rstrip(b"\n")) + line[len(line.rstrip(b"\n")) :])
