"""A source before it is one: which address of a site to follow, and what a line of feeds.txt would collect.

Both fetch as any crawl does, so that robots.txt, the delay, the guard and all limits hold, but into a database that
is thrown away: asking changes nothing. To find what to follow takes at most five requests (the address, and four
candidates of crawler/lists/discovery.py, until one is a feed). To try a line takes one request for its own address,
one more where its kind has to be told from the answer first, and one for each article that is to be shown.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from config import Settings
from crawler.addresses.urls import canonical, host_of
from crawler.lines import label, line
from crawler.lists import feeds, sitemaps
from crawler.lists.discovery import about, candidates, is_listing, kind_of
from crawler.lists.links import article_links, tree_of
from crawler.sources import LANGUAGES, SourcesError, parse, read
from jobs.collect import CrawlError, collect, crawl, kinds, thrown_away
from jobs.read_page import detector
from reading.document import Document
from reading.entry import full
from reading.language import language
from reading.page import Outcome, Page, PageKind
from reading.reader import read_thread
from storage import pages, sources
from storage.database import connect
from storage.sources import Source
from stories.detect import find as stories_in

MOST_CANDIDATES = 4  # requests: a site that hides its feed from four looks has none to offer
MOST_SITEMAPS = 4  # requests: an index and three of its sitemaps
MOST_LISTED = 2_000  # articles of one page that a crawl follows
TAG = re.compile(r"<[^>]*>")
OWN_LIMITS = re.compile(r" (?:budget|thread)=\S+")


class NothingFoundError(ValueError):
    """No address to follow was found; the message says what was tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An article that a source lists; `whole` where the feed itself holds the whole text."""

    url: str
    title: str | None = None
    day: date | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What to follow: its line, why, and what it lists. `guess` is the language that its text looks like."""

    source: Source
    why: str
    guess: str | None
    listed: tuple[Listed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article of a source that is tried. `document` is None where `answer` is no success."""

    url: str
    answer: str
    document: Document | None = None
    stories: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a line would collect: the addresses it leads to, how many of them are known, and the first articles."""

    source: Source
    answer: str
    moved: str | None
    leads_to: tuple[str, ...] = ()
    known: int = 0
    articles: tuple[Article, ...] = ()


def find(settings: Settings, url: str, *, keys: Mapping[str, str | None]) -> Found:
    """What to follow of the site at `url`; `keys` are keys of its line that are to have this value.

    Raises SourcesError where it is in feeds.txt already or a key is wrong, NothingFoundError where nothing was found.
    """
    known = _known(settings)
    address = _new(url, known, settings)
    _source(address, keys)  # a wrong key is told before anybody is asked
    with thrown_away(settings, [address]) as of:
        page, kind, why = _followed(of, address, keys.get("kind"))
    found = _new(page.url, known, settings)
    try:
        listed, text = _listed(page, kind), _text(page, kind)
    except (feeds.NotAFeedError, sitemaps.NotASitemapError) as error:  # it was asked for as one
        raise NothingFoundError(f"{found}: {error}") from None
    said = about(page)
    guess = language(text, said.language)
    own = {
        "kind": kind,
        "label": label(said.title or ""),
        "lang": guess if guess == said.language and guess in LANGUAGES else None,
    }
    source = _source(found, own | {key: value for key, value in keys.items() if value})
    return Found(source=source, why=why, guess=guess, listed=listed)


def source_of(settings: Settings, words: str, kind: str | None) -> Source | str:
    """The source that a person means by a line or an address; the address alone where its kind is not known yet."""
    if len(words.split()) > 1:
        (source,) = parse(words.strip(), "the line", kinds()) or (None,)
        return source or words
    if (address := canonical(words)) is None:
        raise SourcesError(f"{words!r} is no address: it wants http:// or https:// and a host")
    listed = next((source for source in _known(settings) if source.address == address), None)
    if listed and kind in (None, listed.kind):
        return listed
    return _source(address, {"kind": kind}) if kind else address


def trial(settings: Settings, meant: Source | str, *, articles: int, now: datetime) -> Trial:
    """What a source, or an address whose kind is told from the answer, would collect."""
    if isinstance(meant, str):
        with thrown_away(settings, [meant]) as of:
            (page,) = _fetched(of, meant)
        meant = _source(meant, {"kind": kind_of(page) or "listing"})
        if not page.body:
            return Trial(source=meant, answer=_answer(page), moved=_moved(page))
    lists = MOST_SITEMAPS if meant.kind == "sitemap" else 1  # an index leads to sitemaps, and these to articles
    limited = f"{OWN_LIMITS.sub('', line(meant))} budget={lists + articles} thread=0"
    with thrown_away(settings, [meant.address], limited) as of:
        collect(of, now=now, force=True, quiet=True)
        return _trial(settings, of, meant, articles)


def _followed(of: Settings, address: str, kind: str | None) -> tuple[Page, str, str]:
    """The page to follow, its kind, and why; `kind` is the one that was asked for."""
    (page,) = _fetched(of, address)
    if not page.body:
        raise NothingFoundError(f"{address}: {_answer(page)}")
    if own := kind or kind_of(page):
        return page, own, "the address is what you asked for" if kind else f"the address is a {own} itself"
    tried = []
    best = candidates(page)[:MOST_CANDIDATES]
    for some in (best[:1], best[1:]):  # the first alone, as it mostly is the feed; the others in one crawl
        for candidate, answer in zip(some, _fetched(of, *(one.url for one in some)), strict=True):
            if answer.body and (own := kind_of(answer)):
                return answer, own, str(candidate.why)
            tried.append(f"{candidate.url} ({'no feed' if answer.body else _answer(answer)})")
    if is_listing(page):
        return page, "listing", "no feed was found, but the page lists articles"
    wanted = f"; tried {', '.join(tried)}" if tried else ""
    raise NothingFoundError(f"{address}: no feed, and no list of articles{wanted}")


def _fetched(of: Settings, *urls: str) -> list[Page]:
    """Pages as they are, whatever they are, by one crawl: they lead nowhere."""
    if not urls:
        return []
    db = connect(of.database)
    sources.sync(db, [Source(address=url, kind="link", every=timedelta(days=1), pages=1) for url in urls])
    sources.claim(db, datetime.now(UTC), only=urls, force=True)
    crawl(of, "link", lambda: None, aside=True)
    found = [page for url in urls if (page := pages.find(db, url))]
    db.close()
    if len(found) < len(urls):
        raise CrawlError(f"the crawl of {', '.join(urls)} kept no page; try again later")
    return found


def _known(settings: Settings) -> tuple[Source, ...]:
    return read(settings.feeds, kinds()) if settings.feeds.exists() else ()


def _new(url: str, known: Iterable[Source], settings: Settings) -> str:
    """The canonical form of an address that no source has. Raises SourcesError."""
    if (address := canonical(url)) is None:
        raise SourcesError(f"{url!r} is no address: it wants http:// or https:// and a host")
    for source in known:
        if _place(source.address) == _place(address):
            raise SourcesError(f"{settings.feeds}: {source.address} is there already; change its line instead")
    return address


def _place(address: str) -> tuple[str, str, str]:
    """What two spellings of one address have in common: with http and https, with and without a closing slash."""
    parts = urlsplit(address)
    return f"{host_of(address)}:{parts.port}", parts.path.rstrip("/"), parts.query


def _source(address: str, keys: Mapping[str, str | None]) -> Source:
    """The source of a line. Raises SourcesError with what is wrong with its keys."""
    words = " ".join(f'{key}="{label(value)}"' for key, value in keys.items() if value)
    (source,) = parse(f"{address} {words}", "the line", kinds())
    return source


def _listed(page: Page, kind: str) -> tuple[Listed, ...]:
    if kind == "feed":
        items = feeds.parse(page.body, page.url, page.headers.get("content-type", "")).items
        entries = ((item.url, item.entry) for item in items)
        return tuple(
            Listed(url=url, title=entry.title, day=entry.published, whole=full(entry.html)) for url, entry in entries
        )
    if kind == "sitemap":
        found = sitemaps.parse(page.body, page.url, page.headers.get("content-type", ""))
        listed = found.articles or found.sitemaps
        return tuple(Listed(url=each.url, day=each.changed_at.date() if each.changed_at else None) for each in listed)
    tree = tree_of(page)
    return tuple(Listed(url=url) for url in article_links(tree, page.url)) if tree is not None else ()


def _text(page: Page, kind: str) -> str:
    """Enough of its words to tell the language."""
    if kind == "feed":
        items = feeds.parse(page.body, page.url, page.headers.get("content-type", "")).items
        return " ".join(f"{item.entry.title or ''} {TAG.sub(' ', item.entry.html)}" for item in items[:5])
    tree = tree_of(page)
    return "" if tree is None or kind == "sitemap" else " ".join(tree.xpath("//p//text() | //h2//text()"))


def _trial(settings: Settings, of: Settings, source: Source, most: int) -> Trial:
    db = connect(of.database)
    page = pages.find(db, source.address)
    if page is None:
        raise CrawlError(f"the crawl of {source.address} kept no page; try again later")
    kept = [pages.load(db, id) for id in pages.unread(db, limit=MOST_LISTED)]
    lists = [p for link in page.links if link.kind is not PageKind.ARTICLE and (p := pages.find(db, link.url))]
    links = [link for each in (page, *lists) for link in each.links if link.kind is PageKind.ARTICLE]
    lost = [p for link in links if (p := pages.find(db, link.url)) and not p.body]
    db.close()
    leads_to = dict.fromkeys(p.requested for p in kept) | dict.fromkeys(link.url for link in links)
    return Trial(
        source=source,
        answer=_answer(page),
        moved=_moved(page),
        leads_to=tuple(leads_to),
        known=_count_known(settings, leads_to),
        articles=tuple(_article(settings, p) for p in [*kept, *lost][:most]),
    )


def _count_known(settings: Settings, urls: Iterable[str]) -> int:
    if not settings.database.exists():
        return 0
    db = connect(settings.database)
    known = sum(pages.find(db, url) is not None for url in urls)
    db.close()
    return known


def _article(settings: Settings, page: Page) -> Article:
    if not page.body:
        return Article(url=page.url, answer=_answer(page))
    document = read_thread(page, ())
    if not isinstance(document, Document):
        return Article(url=page.url, answer=f"{document.outcome}: {document.reason}")
    told = tuple((story.score, story.text) for story in stories_in(document, detector(settings)))
    return Article(url=page.url, answer=str(Outcome.READ), document=document, stories=told)


def _answer(page: Page) -> str:
    """`gone, status 404`."""
    reason = page.reason or (f"status {page.status}" if page.status else "")
    return f"{page.outcome}, {reason}" if reason else str(page.outcome)


def _moved(page: Page) -> str | None:
    return page.url if page.url != page.requested else None
