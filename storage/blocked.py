"""What was taken down and must not come back: a list of hashes, so that the list itself does not tell what it was.

A page is known by its address without scheme, `www.`, fragment and the slash at its end, and by what all its spellings
share (crawler/addresses/twins.py), wherever the one who asks knows that. With it goes what hangs below it and shows it
again: further pages of its comments, their feed. A site is known by its host, and holds those
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
from sqlite3 import Row
from urllib.parse import quote, urljoin, urlsplit

from sqlite_utils import Database

from reading.page import Outcome, Page
from storage.database import stamp
from storage.folding import fold

REASON = "taken down"  # of a page that is refused
_BEGINNING = re.compile(r"https?://(?:www\.)?", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s\"'<>\]\\]+", re.IGNORECASE)
_LINK = re.compile(r"\bhref\s*=\s*[\"']?([^\s\"'<>\\]+)", re.IGNORECASE)
_ESCAPED = re.compile(r"\\u([0-9a-f]{4})", re.IGNORECASE)  # in JSON
_IN_ADDRESSES = "%/:?#[]@!$&'()*+,;=~"  # stay as they are, as in a canonical address
_AFTER = ".,;:!?)"  # an address in a sentence
_PART = re.compile(r"(//[^/]+/[^?#]+?)/(?:comment-page-\d+|page/\d+|feed(?:/\w+)?|trackback|embed)/?(?:[?#].*)?$")
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


def page_hashes(address: str) -> list[str]:
    """The hashes of an address and of the page that it is a part of."""
    page = _PART.sub(r"\1", address, count=1)
    return [page_hash(address), page_hash(page)] if page != address else [page_hash(address)]


def hashes(address: str) -> list[str]:
    """All by which an address may be on the list: as a page, and those of its site."""
    host = host_of(address)
    parts = host.split(".") if host else []
    return [*page_hashes(address), *(site_hash(".".join(parts[n:])) for n in range(len(parts)))]


def host_of(address: str) -> str:
    """The host of an address; "" where there is none."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:  # `http://[`
        return ""


def bars(db: Database, *addresses: str | None) -> bool:
    """Whether one of these addresses, or its site, was taken down."""
    return _is_used(db) and _is_listed(db, (one for address in addresses if address for one in hashes(address)))


def barring(db: Database, address: str) -> Block | None:
    """The line of the list that an address or its site is on, the oldest; None where it is on none."""
    row = _is_used(db) and db.conn.execute(_BARRING, (json.dumps(hashes(address)),)).fetchone()
    return _block(row) if row else None


def bars_words(db: Database, text: str) -> bool:
    """Whether a text of these words was taken down."""
    one = words_hash(text)
    return one is not None and _is_listed(db, [one])


def named(body: bytes, base: str = "") -> set[str]:
    """The addresses that a body or a line names, as they may be on the list: however JSON, HTML, or HTML within a feed
    writes them; each with what stands behind its question mark, and without."""
    text = body.replace(b"\0", b"").decode("utf-8", "replace").replace("\\/", "/")
    text = unescape(unescape(_ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)))
    found = {*_ADDRESS.findall(text), *(_joined(base, link) for link in set(_LINK.findall(text)))}
    whole = {quote(address.rstrip(_AFTER), safe=_IN_ADDRESSES, errors="replace") for address in found}
    return whole | {address.partition("?")[0] for address in whole}


def _joined(base: str, link: str) -> str:
    try:
        return urljoin(base, link)
    except ValueError:  # `http://[`
        return link


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
    if len(links) < len(page.links) or bars(db, *named(page.body, page.url)):
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
    return [_block(row) for row in rows]


def lift(db: Database, hash: str) -> int:
    """Take a hash off the list; how many there were. Within a transaction of the caller's."""
    return db.conn.execute("delete from blocked where hash = ?", (hash,)).rowcount


def _is_used(db: Database) -> bool:
    """Whether anything is on the list: it mostly is empty, and is asked for every link."""
    return db.conn.execute("select 1 from blocked limit 1").fetchone() is not None


def _block(row: Row) -> Block:
    return Block(**{**dict(row), "kind": Kind(row["kind"])})


def _is_listed(db: Database, these: Iterable[str]) -> bool:
    asked = (json.dumps(list(these)),)
    return db.conn.execute(_LISTED, asked).fetchone() is not None


def _hash(kind: Kind, said: str) -> str:
    return hashlib.sha256(f"{kind} {said}".encode("utf-8", "surrogatepass")).hexdigest()


_LISTED = "select 1 from blocked where hash in (select value from json_each(?)) limit 1"

_BARRING = """
select * from blocked where hash in (select value from json_each(?)) and kind <> 'words' order by at, hash limit 1
"""
