"""What came over the wire, before anyone reads it, and the one word that says how that went."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """The one word that every fetched page gets, and later every read one."""

    STORED = "stored"  # fetched; its body is new or changed and waits to be read
    UNCHANGED = "unchanged"  # 304, or the same body as before
    FORBIDDEN = "forbidden"  # robots.txt, 401, 403, or an address that is not public
    GONE = "gone"  # 404, 410
    LATER = "later"  # 429, 5xx, time-out, no connection: worth another try
    TOO_LARGE = "too-large"
    NOT_TEXT = "not-text"  # an image, a PDF, an archive ...
    BROKEN = "broken"  # cannot be fetched or parsed, and another try will not help
    READ = "read"
    EMPTY = "empty"  # read, and it holds no text
    TOO_SLOW = "too-slow"  # its reading was ended at the time limit
    CRASHED = "crashed"  # its reading ended the process that did it


class PageKind(StrEnum):
    """What a page is to the crawl: articles are read, with the rest of their threads; the others lead to them."""

    FEED = "feed"
    ARCHIVE = "archive"  # a listing of articles
    ARTICLE = "article"
    THREAD = "thread"  # a further part of an article's thread: a comment page, a comment feed, an API's answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An address that a page led to, and what it is expected to be.

    `comments` is how many comments an article has, where the page that led to it says so; `changed_at` when it
    changed, by the sitemap that lists it; `key` is a hash of what a feed calls the entry and of its title; `twin`
    one text for all spellings of the address (crawler/addresses/twins.py).
    """

    url: str
    kind: PageKind
    comments: int | None = None
    changed_at: datetime | None = None
    key: str | None = None
    twin: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One fetch: Scrapy's item.

    `requested` is the address that was asked for, canonical; `url` the one that answered, after redirects. Header
    names are lower case. `body` is decoded from its transfer and content encoding, not from its charset, and empty
    unless the outcome is `stored`. `again_at` is when another try is worth it; None: not before somebody asks.
    `canonical` is the address that the page names as its own, where that is plausible. `reserved` is what its site asks
    for: words like noindex, nofollow, noarchive, nosnippet, tdm. `fresh_until` is the moment before which the site asks
    not to be asked again, `moved_to` the address to which it has moved for good (301, 308), canonical. `hints` is what
    a feed says of when to ask again (crawler/lists/hints.py). `asked` is False where no request was sent for it.
    """

    requested: str
    url: str
    kind: PageKind
    outcome: Outcome
    fetched_at: datetime
    source: str | None = None
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    links: tuple[Link, ...] = ()
    reason: str = ""
    ms: int = 0
    again_at: datetime | None = None
    canonical: str | None = None
    reserved: frozenset[str] = frozenset()
    fresh_until: datetime | None = None
    moved_to: str | None = None
    hints: str = ""
    asked: bool = True
