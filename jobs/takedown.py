"""`goodturn takedown`: what is meant is found, taken down in one transaction, and swept out of all files.

What is meant is told by an address in any spelling, by the id of a cluster, a story or an entry (`tag:...:story/ID`),
or by the host of a site. After the transaction come the contacts of those who sent it in (a database of their own), the
logs, in which lines that name an address or host on the list are blanked where they stand, and the two database files.
A kill in between leaves remains, never half of a story: taking the same thing down again, or `--sweep`, finishes.

Who copied a story word for word, or nearly, is named before it goes: afterwards nothing knows what it was.

A backup from before still holds all of it. `replay` takes what a list of hashes names out of a database that was
restored: every stored address is held against the list.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from config import Settings
from crawler.addresses.twins import twin_key
from crawler.addresses.urls import canonical
from reading.page import PageKind
from storage import blocked, contacts, copies, named, remains, submissions, takedown
from storage.blocked import Block, page_hash, site_hash
from storage.database import BUSY_SECONDS, Database, connect, connect_private, identity, writing
from storage.takedown import Order, Taken

ID = re.compile(
    r"(?:tag:[^:]*:story/|https?://.*/story/)?([0-9a-f]{16})/?"
)  # of a cluster or story, an entry's, its page
HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*", re.IGNORECASE)
LOGS = "**/*.log"  # in the folder of the database
LINE_HOST = re.compile(rb"[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.IGNORECASE)
MOST_NAMES = 65_536  # addresses and hosts that are remembered while logs are read


class UnknownError(LookupError):
    """Nothing that is stored is meant; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is meant: its pages, none where it was taken down before; the address or the host of a site that was named;
    the addresses of `copies` on other pages, by the ids of those; how much it is."""

    pages: frozenset[str]
    address: str | None
    site: str | None
    copies: Mapping[str, str]
    much: Taken


def find(db: Database, target: str, *, site: bool = False, with_copies: bool = False) -> Found:
    """What somebody means; with the copies that stand elsewhere, if they are to go too. Raises UnknownError."""
    host = _host(target) if site else None
    address, pages = (None, _of_site(db, host)) if host else _pages(db, target)
    others = copies.elsewhere(db, named.whole(db, pages))
    if with_copies:
        pages, others = pages | others.keys(), {}
    return Found(pages=frozenset(pages), address=address, site=host, copies=others, much=takedown.look(db, pages))


def take(db: Database, found: Found, *, who: str, at: datetime, reason: str) -> Taken:
    """Take it down; `sweep` is still to come."""
    order = Order(who=who, at=at, reason=reason, spell=twin_key)
    return takedown.take(db, found.pages, order, address=found.address, site=found.site)


def replay(db: Database, listed: Iterable[Block], *, who: str, at: datetime, reason: str) -> Taken:
    """Put these on the list, and take down all that is stored and on it; `sweep` is still to come."""
    with writing(db):
        blocked.add(db, listed)
    pages = named.at(db, _listed(db), kinds=PageKind)
    return takedown.take(db, pages, Order(who=who, at=at, reason=reason, spell=twin_key))


def sweep(settings: Settings, db: Database, *, seconds: float = BUSY_SECONDS) -> str:
    """Sweep all that was taken down out of the files; why it could not be done, "" where it was."""
    held = []
    if settings.private.exists():
        with closing(connect_private(settings.private)) as private:
            for number in submissions.emptied(db):
                contacts.withdraw(private, number)
            held.append(remains.sweep(private, seconds=seconds))
    held.append(remains.sweep(db, seconds=seconds))
    try:
        _blank_logs(settings, _listed(db))
    except OSError as error:
        held.append(f"{error.filename}: {error.strerror}")
    return "; ".join(filter(None, held))


def opened(settings: Settings) -> Database:
    """The database of stories, opened."""
    return connect(settings.database)


def _pages(db: Database, target: str) -> tuple[str | None, set[str]]:
    """The address that is meant, None where it is an id, and the pages."""
    if found := ID.fullmatch(target):
        pages = named.of(db, found[1])
        if pages is not None:
            return None, pages
    url = canonical(target)
    if url is None:
        raise UnknownError(f"no cluster or story has the id '{target}', and it is no address; see `goodturn stories`")
    ways = {page_hash(url), _spelled(url)}
    pages = named.at(db, lambda stored: not ways.isdisjoint(blocked.page_hashes(stored)), twin=identity(twin_key(url)))
    if not pages and not blocked.bars(db, url, twin_key(url)):
        raise UnknownError(f"nothing is stored of {url}, so that nothing was taken down; for all of a site add --site")
    return url, pages


def _of_site(db: Database, host: str) -> set[str]:
    site = site_hash(host)
    return named.at(db, lambda stored: site in blocked.hashes(stored), kinds=PageKind)


def _host(target: str) -> str:
    """The host of a site, given as one or as any address of it. Raises UnknownError."""
    address = canonical(target if "://" in target else f"https://{target}")
    host = blocked.host_of(address or "").removeprefix("www.")
    if not HOST.fullmatch(host):
        raise UnknownError(f"'{target}' is no site: give its host, as example.org")
    return host


def _spelled(url: str) -> str:
    return page_hash(twin_key(url))


def _listed(db: Database) -> Callable[[str], bool]:
    """Whether an address is on the list, asked very often: in one spelling or another."""
    hashes = {block.hash for block in blocked.blocks(db)}
    return lambda url: not hashes.isdisjoint([*blocked.hashes(url), _spelled(url)])


def _blank_logs(settings: Settings, listed: Callable[[str], bool]) -> None:
    """Blank the lines that name what is on the list; where they stand, as a crawl may be writing on."""
    known = lru_cache(MOST_NAMES)(listed)
    for path in settings.data.glob(LOGS):
        with path.open("r+b") as log:
            while line := log.readline():
                hosts = (f"//{host.decode()}/" for host in LINE_HOST.findall(line))
                if any(map(known, hosts)) or any(map(known, blocked.named(line))):
                    log.seek(-len(line), 1)
                    log.write(b"-" * len(line.rstrip(b"\n")) + line[len(line.rstrip(b"\n")) :])
