"""The entries of a feed: RSS, Atom, RDF and CDF by feedparser, JSON Feed by json. Pure.

A feed that is not well-formed is read as far as it goes: real feeds have a stray `&`, the wrong charset, a cut end.
What has neither entries nor the name of a feed format is no feed. feedparser gets it mended
(crawler/lists/mending.py), so that it seldom has to guess, and only ever as bytes in memory: given text it would open
a file or fetch. Its own sanitiser is off (it is quadratic, and we show nothing of a feed). Which page an entry has:
crawler/lists/entries.py.
"""

import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from html import escape
from typing import Any

import feedparser

from crawler.addresses.urls import canonical
from crawler.lists.entries import Found, Item, is_address, items
from crawler.lists.hints import Hints, told
from crawler.lists.mending import mended, text_of
from reading.deeds import ALL_RIGHTS, named
from reading.entry import Entry

NEXT = ("next", "prev-archive")  # RFC 5005: the further page of a paged feed, the older part of an archived one
PAGED = re.compile(r"[?&]paged=(\d{1,4})(?=&|$)")
PARSER_FAULTS = (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError, AssertionError)
MOST_ENTRIES = 2_000  # as many as a crawl follows of one page; more would hold up the crawl, at 0.3 ms each
MOST_TAGS = 200_000  # in entries of 4,000 characters each 100; more is a trap, at up to 30 µs each
MOST_DIGITS = 9  # of a number of comments: more than any post has, and no more than a database takes
ROOT = re.compile(r"<(?:[\w.-]+:)?(?:rss|feed|RDF|channel)[\s>]", re.IGNORECASE)
HTML = re.compile(r"<(?:!doctype\s+)?html\b", re.IGNORECASE)
END_OF_ENTRY = re.compile(r"</(?:[\w.-]+:)?(?:item|entry)\s*>", re.IGNORECASE)


class NotAFeedError(ValueError):
    """The bytes are no feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """The entries of a feed in its order, each address once, the address of its next page, when to ask again."""

    items: tuple[Item, ...]
    next: str | None = None
    hints: Hints = field(default_factory=Hints)


def parse(body: bytes, url: str, content_type: str = "") -> Feed:
    """Read a feed that was fetched from `url`. Raises NotAFeedError."""
    text = text_of(body, content_type)
    if text.lstrip().startswith("{"):
        return _json_feed(text, url)
    text = _xml(text)
    headers = {"content-type": "application/xml; charset=utf-8"}
    try:
        parsed = feedparser.parse(
            io.BytesIO(text.encode()), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except PARSER_FAULTS as error:  # it raises on some twelve in six million feeds instead of saying `bozo`
        raise NotAFeedError(f"the feed cannot be read: {error!r}") from error
    if not parsed.entries and not parsed.get("version"):
        raise NotAFeedError("this is no feed")
    onward = [link.get("href") for link in _parts(parsed.feed, "links") if link.get("rel") in NEXT]
    if parsed.entries and "wordpress" in str(parsed.feed.get("generator")).lower():
        onward.append(_next_of_wordpress(url))
    entries = items([_found(entry, parsed.feed) for entry in parsed.entries], _link(parsed.feed), url)
    return Feed(items=entries, next=_first(onward, url), hints=told(parsed.feed, text))


def _xml(text: str) -> str:
    """The feed from its root on, with MOST_ENTRIES. Raises NotAFeedError."""
    root, page = ROOT.search(text), HTML.search(text)
    if root is None or (page and page.start() < root.start()):
        raise NotAFeedError("this is an HTML page, no feed" if page else "this is no feed")
    text = mended(text, root)
    ends = [end.end() for end in END_OF_ENTRY.finditer(text)]
    if len(ends) > MOST_ENTRIES:
        text = text[: ends[MOST_ENTRIES - 1]] + text[ends[-1] :]
    if text.count("<") > MOST_TAGS:
        raise NotAFeedError(f"this feed has more than {MOST_TAGS} tags")
    return text


def _next_of_wordpress(url: str) -> str:
    """WordPress pages its feeds without saying so; the page after the last is a 404."""
    page = PAGED.search(url)
    if page:
        return f"{url[: page.start(1)]}{int(page[1]) + 1}{url[page.end(1) :]}"
    return f"{url}{'&' if '?' in url else '?'}paged=2"


def _found(entry: Mapping[str, Any], feed: Mapping[str, Any]) -> Found:
    id = str(entry.get("id") or "").strip()
    link = entry.get("feedburner_origlink") or _link(entry)
    if entry.get("guidislink") and link == id and not is_address(id) and not id.startswith("/"):
        link = None  # a guid that does not deny to be an address, but is a number
    contents = [content.get("value") for content in _parts(entry, "content")] or [entry.get("summary")]
    day = entry.get("published_parsed") or ("updated_parsed" in entry and entry["updated_parsed"])
    return Found(
        link=str(link) if link else None,
        id=id,
        comments=_count(entry.get("slash_comments") or entry.get("thr_total")),
        entry=Entry(
            link="",
            title=str(entry.get("title", "")) or None,
            author=str(entry.get("author", "")) or None,
            published=_date(day),
            html=str(next((text for text in contents if text), "")),
            licence=_licence(entry, feed),
        ),
    )


def _licence(*said: Mapping[str, Any]) -> str | None:
    """The licence that an entry names, else its feed; none where the entry keeps all rights."""
    for one in said:
        links = [link.get("href") for link in _parts(one, "links") if link.get("rel") == "license"]
        rights = "\n".join(str(each) for each in (*links, one.get("rights")) if each)
        if (found := named(rights)) or ALL_RIGHTS.search(rights):
            return found
    return None


def _link(parsed: Mapping[str, Any]) -> str | None:
    """The link of a feed or entry to its page; an empty `<link/>` hides the others from feedparser's own choice."""
    others = (link.get("href") for link in _parts(parsed, "links") if link.get("rel") == "alternate")
    return parsed.get("link") or next((href for href in others if href), None)


def _parts(parsed: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """Its links or contents; an unknown element of that name makes feedparser put text in their place."""
    return [part for part in parsed.get(name) or () if isinstance(part, dict)]


def _json_feed(text: str, url: str) -> Feed:
    try:
        feed = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise NotAFeedError(f"the JSON Feed cannot be read: {error}") from error
    if "jsonfeed.org" not in str(feed.get("version")) or not isinstance(feed.get("items"), list):
        raise NotAFeedError("this JSON is no JSON Feed: it has no version of jsonfeed.org, or no items")
    found = [_json_found(item) for item in feed["items"][:MOST_ENTRIES] if isinstance(item, dict)]
    return Feed(items=items(found, feed.get("home_page_url"), url), next=_first([feed.get("next_url")], url))


def _json_found(item: Mapping[str, Any]) -> Found:
    link = item.get("url") or item.get("external_url")
    authors = item.get("authors") if isinstance(item.get("authors"), list) else [item.get("author")]
    names = [author.get("name") for author in authors or () if isinstance(author, dict)]
    html = item.get("content_html") or escape(str(item.get("content_text") or "")).replace("\n", "<br>\n")
    return Found(
        link=link if isinstance(link, str) else None,
        id=str(item.get("id") or "").strip(),
        comments=None,
        entry=Entry(
            link="",
            title=str(item.get("title") or "") or None,
            author=", ".join(name for name in names if isinstance(name, str)) or None,
            published=_day(str(item.get("date_published") or "")),
            html=str(html),
        ),
    )


def _date(parsed: Any) -> date | None:
    try:
        return date(*parsed[:3]) if parsed else None
    except ValueError:
        return None


def _day(moment: str) -> date | None:
    try:
        return datetime.fromisoformat(moment).date()
    except ValueError:
        return None


def _count(said: object) -> int | None:
    return int(str(said)[:MOST_DIGITS]) if str(said).isdecimal() else None


def _first(links: Iterable[object], url: str) -> str | None:
    further = (canonical(link, url) for link in links if isinstance(link, str))
    return next((address for address in further if address), None)
