"""Which address to follow, given any address of a site. Pure: it judges a page that was fetched and names candidates.

An address that is a feed or a sitemap itself is followed as it is. Else its page is asked, in this order:

1. the feeds that it names in its head (`<link rel="alternate">` with a type of feed), in its order, as sites put the
   main one first. The feed of the section that was asked for comes before the whole site's; then feeds of a category,
   a tag or an author, then podcasts. JSON Feeds come after others of their rank, being the youngest and least tended.
   Feeds of comments are left out: they lead to no post.
2. links in it, on the same site, whose address looks like a feed's;
3. the places where its engine, by its `generator`, keeps the feed, or without a known engine the four that most use.

Where none of them is a feed the page itself is followed as a listing, if it lists at least two articles.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urljoin, urlsplit

from lxml import etree
from lxml.html import HtmlElement

from crawler.addresses.urls import canonical, host_of
from crawler.lists.feeds import NotAFeedError, parse
from crawler.lists.links import article_links, base_of, tree_of
from crawler.lists.sitemaps import is_sitemap
from reading.language import normal
from reading.page import Page

TYPES = re.compile(r"\s*(?:application|text)/(?:(?:rss|atom|rdf|feed)\+(?:xml|json)|xml|json)\s*(?:;|$)", re.I)
API = re.compile(r"/wp-json/|oembed|/api/", re.I)  # JSON and XML that pages name beside their feeds
COMMENTS = re.compile(r"comment|kommentar|reacti(?:es|on)|comentario|/replies", re.I)
PODCAST = re.compile(r"podcast|itunes|/audio", re.I)
SECTION = re.compile(r"/(?:categor|kategori|tags?/|etiquet|label|author|forfatter|auteur|autor)|[?&](?:cat|tag)=", re.I)
FEED = re.compile(
    r"/(?:feeds?|rss2?|atom)(?:/(?:posts/default/?)?|\.xml|\.php|\.json)?$|\.(?:rss|atom|rdf)$|/(?:index|feeds?)\.xml$|"
    r"/index\.rdf$|[?&](?:feed=(?:rss2?|atom)|format=(?:rss|atom|feed))(?:&|$)",
    re.IGNORECASE,
)
HOSTED = ("feeds.feedburner.com", "feedpress.me")  # where sites let their feeds be served
BLOG = re.compile(r"/(?:[a-z]{2}/)?(?:blogg?|weblog|news|journal|magazine|nyheter|aktuelles|actualites)/", re.I)
PLACES = {
    "wordpress": ("feed/", "?feed=rss2"),
    "blogger": ("feeds/posts/default",),
    "ghost": ("rss/",),
    "jekyll": ("feed.xml", "atom.xml"),
    "hugo": ("index.xml",),
    "drupal": ("rss.xml",),
    "movable type": ("atom.xml", "index.xml"),
    "squarespace": ("?format=rss",),
    "": ("feed/", "rss.xml", "atom.xml", "index.xml"),
}
LEAST_ARTICLES = 2  # that a page lists, to be followed as a listing: some blogs show no more on a page


class Why(StrEnum):
    """Why an address is a candidate, in words for the operator."""

    NAMED = "the page names it as its feed"
    LINKED = "the page links to it"
    USUAL = "it is where sites of its kind keep their feed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An address that may be a site's feed, and why."""

    url: str
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a feed or page says of itself: its title, and its language as two letters."""

    title: str | None = None
    language: str | None = None


def kind_of(page: Page) -> str | None:
    """What a page is followed as by itself, the word for `kind=`: `feed`, `sitemap`, or None for any other page."""
    try:
        parse(page.body, page.url, page.headers.get("content-type", ""))
    except NotAFeedError:
        return "sitemap" if is_sitemap(page.body) else None
    return "feed"


def candidates(page: Page) -> list[Candidate]:
    """The addresses to try, best first, each once."""
    tree = tree_of(page)
    if tree is None:
        return []
    found = dict.fromkeys(_named(tree, page.url), Why.NAMED)
    for why, urls in ((Why.LINKED, _linked(tree, page.url)), (Why.USUAL, _usual(tree, page.url))):
        found |= {url: why for url in urls if url not in found}
    return [Candidate(url=url, why=why) for url, why in found.items() if url != canonical(page.url)]


def is_listing(page: Page) -> bool:
    """Whether a page lists articles, so that it can be followed without a feed."""
    tree = tree_of(page)
    return tree is not None and len(article_links(tree, page.url)) >= LEAST_ARTICLES


def about(page: Page) -> About:
    """What a feed, or an HTML page, says of itself."""
    if page.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        return _of_json(page.body)
    root = _xml(page.body)
    if root is None or etree.QName(root).localname.lower() == "html":
        tree = tree_of(page)
        return _about(tree, "//head/title", "/html/@lang") if tree is not None else About()
    head = "/*/*[local-name()='channel']/*[local-name()='{0}'] | /*/*[local-name()='{0}']"
    language = (
        f"{head.format('language')} | /*/@*[local-name()='lang'] | /*/*[local-name()='channel']/@*[name()='lang']"
    )
    return _about(root, head.format("title"), language)


def _about(tree: etree._Element, title: str, language: str) -> About:
    said = " ".join(str(tree.xpath(f"string(({title})[1])")).split())
    return About(title=said or None, language=normal(str(tree.xpath(f"string(({language})[1])"))))


def _of_json(body: bytes) -> About:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return About()
    title, language = said.get("title"), said.get("language")
    return About(
        title=title if isinstance(title, str) else None, language=normal(language if isinstance(language, str) else "")
    )


def _xml(body: bytes) -> etree._Element | None:
    """The root of an XML document, as far as it can be read; entities are left alone, nothing is fetched."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(body.lstrip(b" \t\r\n"), parser)
    except (etree.LxmlError, ValueError):
        return None
    return root if root is not None and isinstance(root.tag, str) else None


def _named(tree: HtmlElement, url: str) -> list[str]:
    base = base_of(tree, url)
    found: dict[str, tuple[int, bool]] = {}
    for link in tree.xpath("//link[@href]"):
        href, said = link.get("href"), link.get("title") or ""
        target = canonical(href, base)
        is_feed = "alternate" in (link.get("rel") or "").lower().split() and TYPES.match(link.get("type") or "")
        if is_feed and target and not API.search(target) and not COMMENTS.search(f"{target} {said}"):
            found.setdefault(target, _rank(target, said, url, "json" in link.get("type").lower()))
    return sorted(found, key=lambda target: found[target])


def _rank(target: str, said: str, url: str, is_json: bool) -> tuple[int, bool]:
    if PODCAST.search(f"{target} {said}"):
        return 3, is_json
    if not SECTION.search(target):
        return 1, is_json
    own = SECTION.search(f"{url}/") and target.startswith(url.rstrip("/") + "/")
    return 0 if own else 2, is_json


def _linked(tree: HtmlElement, url: str) -> Iterator[str]:
    base = base_of(tree, url)
    for href in tree.xpath("//a/@href"):
        target = canonical(str(href), base)
        if target is None or COMMENTS.search(target):
            continue
        here = host_of(target) == host_of(url) and FEED.search(target)
        if here or host_of(target) in HOSTED:
            yield target


def _usual(tree: HtmlElement, url: str) -> list[str]:
    engine = str(tree.xpath("string(//meta[@name='generator']/@content)")).lower()
    places = next(places for name, places in PLACES.items() if name in engine)
    blog = BLOG.match(urlsplit(url).path)
    root = urljoin(url, blog[0] if blog else "/")
    return [found for place in places if (found := canonical(place, root))]
