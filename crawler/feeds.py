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
from datetime import date, datetime
from html import escape
from typing import Any

import feedparser

from crawler.urls import canonical
from reading.entry import Entry

NEXT = ("next", "prev-archive")  # RFC 5005: the further page of a paged feed, the older part of an archived one
PAGED = re.compile(r"[?&]paged=(\d{1,4})(?=&|$)")
PARSER_FAULTS = (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError, AssertionError)


class NotAFeedError(ValueError):
    """The bytes are no feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An entry of a feed: the canonical address of its page, how many comments the feed says that has, its text."""

    url: str
    comments: int | None
    entry: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """The entries of a feed in its order, each address once, and the address of its next page."""

    items: tuple[Item, ...]
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
    return _feed((_item(entry, url) for entry in parsed.entries), onward, url)


def _next_of_wordpress(url: str) -> str:
    """WordPress pages its feeds without saying so; the page after the last is a 404."""
    page = PAGED.search(url)
    if page:
        return f"{url[: page.start(1)]}{int(page[1]) + 1}{url[page.end(1) :]}"
    return f"{url}{'&' if '?' in url else '?'}paged=2"


def _item(entry: Mapping[str, Any], url: str) -> Item | None:
    """Its address is its link, or its id where that is one: some feeds have only a permanent id."""
    link = entry.get("link") or (entry.get("id") if str(entry.get("id", "")).startswith("http") else None)
    address = canonical(str(link), url) if link else None
    if address is None:
        return None
    contents = [content.get("value") for content in entry.get("content", ())] or [entry.get("summary")]
    day = entry.get("published_parsed") or entry.get("updated_parsed")
    return Item(
        url=address,
        comments=_count(entry.get("slash_comments") or entry.get("thr_total")),
        entry=Entry(
            link=address,
            title=str(entry.get("title", "")) or None,
            author=str(entry.get("author", "")) or None,
            published=date(*day[:3]) if day else None,
            html=str(next((text for text in contents if text), "")),
        ),
    )


def _json_feed(body: bytes, url: str) -> Feed:
    try:
        feed = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotAFeedError(f"the JSON Feed cannot be read: {error}") from error
    if "jsonfeed.org" not in str(feed.get("version")) or not isinstance(feed.get("items"), list):
        raise NotAFeedError("this JSON is no JSON Feed: it has no version of jsonfeed.org, or no items")
    items = (item for item in feed["items"] if isinstance(item, dict))
    return _feed((_json_item(item, url) for item in items), [feed.get("next_url")], url)


def _json_item(item: Mapping[str, Any], url: str) -> Item | None:
    link = item.get("url") or item.get("external_url")
    address = canonical(link, url) if isinstance(link, str) else None
    if address is None:
        return None
    authors = item.get("authors") if isinstance(item.get("authors"), list) else [item.get("author")]
    names = [author.get("name") for author in authors or () if isinstance(author, dict)]
    text = item.get("content_html") or escape(str(item.get("content_text") or "")).replace("\n", "<br>\n")
    return Item(
        url=address,
        comments=None,
        entry=Entry(
            link=address,
            title=str(item.get("title") or "") or None,
            author=", ".join(name for name in names if isinstance(name, str)) or None,
            published=_day(str(item.get("date_published") or "")),
            html=str(text),
        ),
    )


def _day(moment: str) -> date | None:
    try:
        return datetime.fromisoformat(moment).date()
    except ValueError:
        return None


def _count(said: object) -> int | None:
    return int(str(said)) if str(said).isdecimal() else None


def _feed(found: Iterable[Item | None], onward: list[Any], url: str) -> Feed:
    items = {item.url: item for item in reversed([item for item in found if item])}
    further = (canonical(link, url) for link in onward if isinstance(link, str))
    return Feed(items=tuple(reversed(items.values())), next=next((f for f in further if f), None))
