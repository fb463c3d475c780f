"""The entries of a feed: RSS, Atom and RDF by feedparser, JSON Feed by json. Pure.

A feed that is not well-formed is read as far as it goes: real feeds have a stray `&`, the wrong charset, a cut end.
What has neither entries nor the name of a feed format is no feed. feedparser only ever gets bytes in memory: given
text it would open a file or fetch. Its own sanitiser is off (it is quadratic, and we show nothing of a feed).
"""

import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape, unescape
from typing import Any

import feedparser

from crawler.urls import canonical

NEXT = ("next", "prev-archive")  # RFC 5005: the further page of a paged feed, the older part of an archived one
PAGED = re.compile(r"[?&]paged=(\d{1,4})(?=&|$)")
PARSER_FAULTS = (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError, AssertionError)


class NotAFeedError(ValueError):
    """The bytes are no feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry: the canonical address of its page, and what the feed holds of it; `html` None: no text."""

    url: str
    title: str = ""
    author: str = ""
    published: str = ""
    html: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """The entries of a feed in its order, each address once, and the address of its next page."""

    entries: tuple[Entry, ...]
    next: str | None = None


def parse(body: bytes, url: str, content_type: str = "") -> Feed:
    """Read a feed that was fetched from `url`. Raises NotAFeedError."""
    if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        return _json_feed(body, url)
    headers = {"content-type": content_type, "content-location": url}
    try:
        parsed = feedparser.parse(
            io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except PARSER_FAULTS as error:  # it raises on some twelve in six million feeds instead of saying `bozo`
        raise NotAFeedError(f"the feed cannot be read: {error!r}") from error
    if not parsed.entries and not parsed.get("version"):
        raise NotAFeedError("this is no feed")
    onward = [link.get("href") for link in parsed.feed.get("links", ()) if link.get("rel") in NEXT]
    if parsed.entries and "wordpress" in str(parsed.feed.get("generator")).lower():
        onward.append(_next_of_wordpress(url))
    return _feed((_entry(entry, url) for entry in parsed.entries), onward, url)


def _next_of_wordpress(url: str) -> str:
    """WordPress pages its feeds without saying so; the page after the last is a 404."""
    page = PAGED.search(url)
    if page:
        return f"{url[: page.start(1)]}{int(page[1]) + 1}{url[page.end(1) :]}"
    return f"{url}{'&' if '?' in url else '?'}paged=2"


def document(entry: Entry) -> bytes:
    """An entry that has its whole text, as an HTML page of its own."""
    title, author, published = (escape(unescape(text)) for text in (entry.title, entry.author, entry.published))
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title>
<meta name="author" content="{author}"><meta property="article:published_time" content="{published}">
<link rel="canonical" href="{escape(entry.url)}"></head>
<body><article><h1>{title}</h1>
{entry.html or ""}
</article></body></html>
""".encode("utf-8", "replace")


def _entry(entry: Mapping[str, Any], url: str) -> Entry | None:
    """Its address is its link, or its id where that is one: some feeds have only a permanent id."""
    link = entry.get("link") or (entry.get("id") if str(entry.get("id", "")).startswith("http") else None)
    address = canonical(str(link), url) if link else None
    if address is None:
        return None
    contents = [content.get("value") for content in entry.get("content", ())] or [entry.get("summary")]
    return Entry(
        url=address,
        title=str(entry.get("title", "")),
        author=str(entry.get("author", "")),
        published=str(entry.get("published") or entry.get("updated") or ""),
        html=next((text for text in contents if text), None),
    )


def _json_feed(body: bytes, url: str) -> Feed:
    try:
        feed = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotAFeedError(f"the JSON Feed cannot be read: {error}") from error
    if "jsonfeed.org" not in str(feed.get("version")) or not isinstance(feed.get("items"), list):
        raise NotAFeedError("this JSON is no JSON Feed: it has no version of jsonfeed.org, or no items")
    items = (item for item in feed["items"] if isinstance(item, dict))
    return _feed((_json_entry(item, url) for item in items), [feed.get("next_url")], url)


def _json_entry(item: Mapping[str, Any], url: str) -> Entry | None:
    link = item.get("url") or item.get("external_url")
    address = canonical(link, url) if isinstance(link, str) else None
    if address is None:
        return None
    authors = item.get("authors") if isinstance(item.get("authors"), list) else [item.get("author")]
    names = [author.get("name") for author in authors or () if isinstance(author, dict)]
    text = item.get("content_html") or escape(str(item.get("content_text") or "")).replace("\n", "<br>\n")
    return Entry(
        url=address,
        title=str(item.get("title") or ""),
        author=", ".join(name for name in names if isinstance(name, str)),
        published=str(item.get("date_published") or ""),
        html=str(text) or None,
    )


def _feed(found: Iterable[Entry | None], onward: list[Any], url: str) -> Feed:
    entries = {entry.url: entry for entry in reversed([entry for entry in found if entry])}
    further = (canonical(link, url) for link in onward if isinstance(link, str))
    return Feed(entries=tuple(reversed(entries.values())), next=next((f for f in further if f), None))
