"""The entries of a feed: RSS, Atom and RDF by feedparser, JSON Feed by json. Pure: bytes in, addresses out.

A feed that is not well-formed is read as far as it goes: real feeds have a stray `&`, the wrong charset, a cut end.
What has neither entries nor the name of a feed format is no feed. feedparser only ever gets bytes in memory: given
text it would open a file or fetch. Its own sanitiser is off (it is quadratic, and we show nothing of a feed).
"""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import feedparser

from crawler.urls import canonical

NEXT = ("next", "prev-archive")  # RFC 5005: the further page of a paged feed, the older part of an archived one
PARSER_FAULTS = (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError, AssertionError)


class NotAFeedError(ValueError):
    """The bytes are no feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """Where a feed leads to: its entries' canonical addresses, in its order, and its next page."""

    entries: tuple[str, ...]
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
    return _feed([_address(entry) for entry in parsed.entries], onward, url)


def _address(entry: Mapping[str, Any]) -> Any:
    """An entry's link; its id where that is one: Blogger and some RSS have only a permanent id."""
    return entry.get("link") or (entry.get("id") if str(entry.get("id", "")).startswith("http") else None)


def _json_feed(body: bytes, url: str) -> Feed:
    try:
        feed = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotAFeedError(f"the JSON Feed cannot be read: {error}") from error
    if "jsonfeed.org" not in str(feed.get("version")) or not isinstance(feed.get("items"), list):
        raise NotAFeedError("this JSON is no JSON Feed: it has no version of jsonfeed.org, or no items")
    items = [item for item in feed["items"] if isinstance(item, dict)]
    return _feed([item.get("url") or item.get("external_url") for item in items], [feed.get("next_url")], url)


def _feed(entries: list[Any], onward: list[Any], url: str) -> Feed:
    found = (canonical(entry, url) for entry in entries if isinstance(entry, str))
    further = (canonical(link, url) for link in onward if isinstance(link, str))
    return Feed(entries=tuple(dict.fromkeys(e for e in found if e)), next=next((f for f in further if f), None))
