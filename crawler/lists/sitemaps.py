"""The addresses that a sitemap lists: XML, plain text, Google's news sitemaps, also gzip'd. Pure.

Sitemaps are read as far as they go: whatever the namespace, and without an end. Of what is listed remains what stands
on the sitemap's own site and may be an article (by its path, as in crawler/lists/links.py); the home page is none.
The newest comes first; what has no date last, in the sitemap's order. A date that ten entries or more all share says
when the sitemap was made, nothing of them, and is dropped. A sitemap index lists further sitemaps; those whose name
says that they list images, videos, authors, tags or categories are left out.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from lxml import etree

from crawler.addresses.urls import canonical, host_of
from crawler.lists.links import NO_ARTICLE
from crawler.lists.mending import mended, text_of

MOST_LISTED = 2_000  # of one sitemap: as many as a crawl follows of one page (crawler/spider.py)
SAME_DATE = 10  # entries: fewer may well have been changed at once
ROOT = re.compile(r"<(?:[\w.-]+:)?(urlset|sitemapindex)[\s>]", re.IGNORECASE)
ADDRESS = re.compile(r"https?://", re.IGNORECASE)
OF_NO_ARTICLES = re.compile(
    r"(?:^|[/_.=-])(?:images?|videos?|authors?|users?|tags?|categor(?:y|ies)|taxonom(?:y|ies))(?=$|[/_.&\d-])",
    re.IGNORECASE,
)
MISSING = ("", "-01", "-01-01")  # W3C dates may end with the month or the year
YEARS = range(1990, 2100)  # other years are an engine's word for none


class NotASitemapError(ValueError):
    """The bytes are no sitemap; the message says what they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An address that a sitemap lists, canonical, and when it changed."""

    url: str
    changed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """What a sitemap leads to: articles, or further sitemaps where it is an index; each once, newest first."""

    articles: tuple[Listed, ...] = ()
    sitemaps: tuple[Listed, ...] = ()


def is_sitemap(body: bytes) -> bool:
    """Whether the body is an XML sitemap or an index of them."""
    return bool(ROOT.search(text_of(body)))


def parse(body: bytes, url: str, content_type: str = "") -> Sitemap:
    """Read a sitemap that was fetched from `url`. Raises NotASitemapError."""
    text = text_of(body, content_type)
    root = ROOT.search(text)
    if root:
        found = _newest_first(list(_in_xml(mended(text, root))))
    elif ADDRESS.match(text.lstrip()):
        found = [Listed(url=word, changed_at=None) for word in text.split() if ADDRESS.match(word)]
    else:
        raise NotASitemapError(_what(text))
    here = (replace(one, url=at) for one in found if (at := canonical(one.url, url)) and host_of(at) == host_of(url))
    if root and root[1].lower() == "sitemapindex":
        return Sitemap(sitemaps=_each_once(one for one in here if one.url != url and _may_list_articles(one.url)))
    return Sitemap(articles=_each_once(one for one in here if _may_be_article(one.url)))


def _in_xml(text: str) -> Iterator[Listed]:
    """The entries in their order, with the addresses as they stand."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    root = etree.fromstring(text.encode(), parser)
    for entry in root if root is not None else ():
        said = {_name(child): (child.text or "").strip() for child in entry}
        news = {_name(part): (part.text or "").strip() for child in entry if _name(child) == "news" for part in child}
        address = said.get("loc", "")
        if ADDRESS.match(address) or address.startswith("/"):
            moment = said.get("lastmod") or news.get("publication_date") or ""
            yield Listed(url=address, changed_at=_moment(moment))


def _name(element: etree._Element) -> str:
    """Without its namespace or an undeclared prefix, in lower case; empty for a comment."""
    tag = element.tag if isinstance(element.tag, str) else ""
    return re.split("[}:]", tag)[-1].lower()


def _moment(said: str) -> datetime | None:
    for missing in MISSING:
        try:
            moment = datetime.fromisoformat(said + missing)
        except ValueError:
            continue
        return moment.replace(tzinfo=moment.tzinfo or UTC) if moment.year in YEARS else None
    return None


def _newest_first(found: list[Listed]) -> list[Listed]:
    if len(found) >= SAME_DATE and len({one.changed_at for one in found}) == 1:
        return [replace(one, changed_at=None) for one in found]
    return sorted(found, key=lambda one: one.changed_at.timestamp() if one.changed_at else 0, reverse=True)


def _each_once(found: Iterable[Listed]) -> tuple[Listed, ...]:
    """The first entry of each address, MOST_LISTED at most."""
    first: dict[str, Listed] = {}
    for one in found:
        first.setdefault(one.url, one)
        if len(first) == MOST_LISTED:
            break
    return tuple(first.values())


def _may_be_article(url: str) -> bool:
    parts = urlsplit(url)
    return bool(parts.path != "/" or parts.query) and not NO_ARTICLE.search(parts.path)


def _may_list_articles(url: str) -> bool:
    parts = urlsplit(url)
    return not OF_NO_ARTICLES.search(f"{parts.path.rpartition('/')[2]}={parts.query}")


def _what(text: str) -> str:
    start = text.lstrip()[:500].lower()
    if re.search(r"<(?:rss|feed|rdf:rdf)[\s>]", start):
        return "this is a feed: write kind=feed"
    if re.search(r"<(?:!doctype html|html|head|body)[\s>]", start):
        return "this is an HTML page: write kind=listing"
    return "this is no sitemap"
