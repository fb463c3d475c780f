"""What was taken down and must not come back: a list of hashes, so that the list itself does not tell what it was.

A page is known by its address without scheme, `www.`, fragment and the slash at its end, and by what all its spellings
share (crawler/addresses/twins.py), wherever the one who asks knows that. A site is known by its host, and holds those
below it: `example.org` holds `blog.example.org`. A text is known by its words, folded as for search, so that one told
elsewhere word for word is no story either; one with a word more is.

The hashes are SHA-256 with the kind before it. Who guesses an address can see whether it is listed; nobody can read the
addresses out of it.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from html import unescape
from urllib.parse import urlsplit

from sqlite_utils import Database

from reading.page import Outcome, Page
from storage.database import stamp
from storage.folding import fold

REASON = "taken down"  # of a page that is refused
_BEGINNING = re.compile(r"https?://(?:www\.)?", re.IGNORECASE)
_ADDRESS = re.compile(rb"https?://[^\s\"'<>\]]+", re.IGNORECASE)
_WORD = re.compile(r"\w+")


class Kind(StrEnum):
    """What a hash is of."""

    PAGE = "page"
    SITE = "site"
    WORDS = "words"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A line of the list; `at` as it is stored, `reason` as whoever took it down gave it."""

    hash: str
    kind: Kind
    at: str
    who: str
    reason: str


def page_hash(address: str) -> str:
    """The hash of a page's address."""
    return _hash(Kind.PAGE, _BEGINNING.sub("", address.partition("#")[0], count=1).rstrip("/"))


def site_hash(host: str) -> str:
    """The hash of a site."""
    return _hash(Kind.SITE, host.lower().removeprefix("www."))


def words_hash(text: str) -> str | None:
    """The hash of what a text says; None where it says nothing."""
    words = _WORD.findall(fold(text))
    return _hash(Kind.WORDS, " ".join(words)) if words else None


def hashes(address: str) -> list[str]:
    """All by which an address may be on the list: its own, and those of its site."""
    host = host_of(address)
    parts = host.split(".") if host else []
    return [page_hash(address), *(site_hash(".".join(parts[n:])) for n in range(len(parts)))]


def host_of(address: str) -> str:
    """The host of an address; "" where there is none."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:  # `http://[`
        return ""


def bars(db: Database, *addresses: str | None) -> bool:
    """Whether one of these addresses, or its site, was taken down."""
    return _is_used(db) and _is_listed(db, (one for address in addresses if address for one in hashes(address)))


def bars_words(db: Database, text: str) -> bool:
    """Whether a text of these words was taken down."""
    one = words_hash(text)
    return one is not None and _is_listed(db, [one])


def refused(page: Page) -> Page:
    """A page that was taken down, as it may be kept: nothing of what it says."""
    return replace(
        page,
        outcome=Outcome.FORBIDDEN,
        reason=REASON,
        headers={},
        body=b"",
        links=(),
        canonical=None,
        reserved=frozenset(),
        hints="",
        again_at=None,
        moved_to=None,
    )


def without(db: Database, page: Page) -> Page:
    """A feed or archive as it may be kept: without its links to what was taken down, and without its body where that
    names such a page, as a feed tells its entries."""
    if not _is_used(db):
        return page
    links = tuple(link for link in page.links if not bars(db, link.url, link.twin))
    if len(links) < len(page.links) or bars(db, *_addresses(page.body)):
        return replace(page, links=links, body=b"")
    return page


def add(db: Database, found: Iterable[Block]) -> int:
    """Put these on the list; how many were not there. Within a transaction of the caller's."""
    rows = [asdict(one) for one in found]
    return db.conn.executemany("insert or ignore into blocked values (:hash, :kind, :at, :who, :reason)", rows).rowcount


def block(hash: str, kind: Kind, *, at: datetime, who: str, reason: str) -> Block:
    """A line of the list, made now."""
    return Block(hash=hash, kind=kind, at=stamp(at), who=who, reason=reason)


def blocks(db: Database) -> list[Block]:
    """The whole list, the newest first."""
    rows = db.conn.execute("select * from blocked order by at desc, kind, hash")
    return [Block(**{**dict(row), "kind": Kind(row["kind"])}) for row in rows]


def lift(db: Database, hash: str) -> int:
    """Take a hash off the list; how many there were. Within a transaction of the caller's."""
    return db.conn.execute("delete from blocked where hash = ?", (hash,)).rowcount


def _is_used(db: Database) -> bool:
    """Whether anything is on the list: it mostly is empty, and is asked for every link."""
    return db.conn.execute("select 1 from blocked limit 1").fetchone() is not None


def _addresses(body: bytes) -> list[str]:
    return [unescape(found.decode("utf-8", "replace")) for found in set(_ADDRESS.findall(body))]


def _is_listed(db: Database, these: Iterable[str]) -> bool:
    asked = (json.dumps(list(these)),)
    return db.conn.execute(_LISTED, asked).fetchone() is not None


def _hash(kind: Kind, said: str) -> str:
    return hashlib.sha256(f"{kind} {said}".encode("utf-8", "surrogatepass")).hexdigest()


_LISTED = "select 1 from blocked where hash in (select value from json_each(?)) limit 1"
