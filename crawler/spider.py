"""What all spiders have in common: an answer becomes a Page, with the links that the spider finds in it.

A spider says one thing, `links`: where a page leads to. It gets pages that are feeds or archives; an article leads only
to further parts of its own thread (reading/rest.py). It raises Unusable where the page is not what it should be.

What a page asks for is heeded here, and kept with it (crawler/reservations.py). `tdm`: it is not read, whatever it is.
`noindex` on an article: it is not read; on a feed, an archive or an API's answer it speaks of that list as a search
result, as WordPress sends it with every feed, and not of the articles. `nofollow`: its links are not followed.
Links that are traps (crawler/addresses/traps.py) or lead too far (crawler/offsite.py) are left out.
"""

import logging
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

import scrapy
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler import answers, clock
from crawler.addresses.canonical import named
from crawler.addresses.traps import trap
from crawler.addresses.twins import twin_key
from crawler.addresses.urls import canonical
from crawler.frontier import ADDRESS, KIND
from crawler.lists.hints import Hints, fresh_until
from crawler.offsite import may_lead
from crawler.reservations import of_page
from reading.page import Link, Outcome, Page, PageKind
from reading.rest import rest_of_thread
from storage.frontier import Address

log = logging.getLogger("goodturn.crawl")

THREADS = (PageKind.ARTICLE, PageKind.THREAD)
MOST_ARTICLES = 2_000  # of one page: the largest real feeds have some hundred entries, a trap has no end


class Unusable(ValueError):  # noqa: N818 an answer about a page, not an error of ours
    """A page is not what the spider can follow; the message says what to do."""


class Spider(scrapy.Spider):
    """A spider that works off its addresses in the queue. `-a address=URL` puts one in by hand."""

    seed = PageKind.ARCHIVE
    """What an address given by hand, or a source of this kind, is."""

    address: str | None = None

    def links(self, page: Page, address: Address) -> Iterable[Link]:
        """Where a feed or an archive leads to, in order, with canonical addresses."""
        raise NotImplementedError

    def hints(self, page: Page, address: Address) -> Hints:
        """What a feed says of when to ask again."""
        return Hints()

    def inside(self, page: Page, address: Address) -> Iterable[Page]:
        """Articles that stand whole in a feed or an archive and need no request."""
        return ()

    async def start(self) -> AsyncIterator[Any]:
        """The address given by hand; all others are in the queue."""
        for url in [self.address] if self.address else self.start_urls:
            yield scrapy.Request(url, meta={KIND: self.seed}, dont_filter=True)

    def answered(self, response: Response) -> Iterator[Page]:
        """Called by Scrapy with an answer."""
        address: Address = response.meta[ADDRESS]
        try:
            page = _heeded(answers.answered(address, response, self._now()))
            if page.kind in THREADS:
                page = _with_thread(page)
        except Exception as error:  # a fault of ours must not have the page fetched for ever
            log.exception("answer page=%s", address.url)
            yield answers.failed(address, error, address.host, self._now())
            return
        if page.kind in THREADS:
            yield page
        elif page.outcome is Outcome.STORED:
            yield from self._followed(page, address)
        else:
            said = Hints.read(address.hints)
            yield replace(page, fresh_until=fresh_until(page.headers, said, page.fetched_at))

    def failed(self, failure: Failure) -> Iterator[Page]:
        """Called by Scrapy where there is no answer."""
        request: scrapy.Request = failure.request  # type: ignore[attr-defined]  # set by Scrapy
        assert failure.value
        host = urlsplit(request.url).hostname or ""
        yield answers.failed(request.meta[ADDRESS], failure.value, host, self._now())

    def _now(self) -> datetime:
        return clock.now(getattr(self, "crawler", None))

    def _followed(self, page: Page, address: Address) -> list[Page]:
        """The articles inside the page, then the page with its links: after a kill all of it is fetched again."""
        try:
            said = self.hints(page, address)
            page = replace(page, hints=str(said), fresh_until=fresh_until(page.headers, said, page.fetched_at))
            if "nofollow" in page.reserved:
                return [replace(page, reason="it says nofollow")]
            inside = islice(self.inside(page, address), MOST_ARTICLES)
            links = _limited(self.links(page, address), page, address)
            return [*inside, replace(page, links=links)]
        except Unusable as reason:
            return [replace(page, outcome=Outcome.BROKEN, reason=str(reason), body=b"")]
        except Exception as error:  # a fault of the spider must not have the page fetched for ever
            log.exception("links page=%s spider=%s", page.url, address.spider)
            fault = f"a fault in spider '{address.spider}': {error!r}"
            return [replace(page, outcome=Outcome.BROKEN, reason=fault, body=b"")]


def _heeded(page: Page) -> Page:
    """The page with what it asks for; without its body where it may not be read."""
    is_html = "html" in page.headers.get("content-type", "html")  # words in a feed's entries are not the feed's own
    reserved = of_page(page.body if is_html else b"", page.headers, page.fetched_at)
    if page.outcome is not Outcome.STORED:
        return replace(page, reserved=reserved)
    word = "tdm" if "tdm" in reserved else "noindex" if "noindex" in reserved and page.kind is PageKind.ARTICLE else ""
    if word:
        said = "it reserves text and data mining" if word == "tdm" else "it says noindex"
        return replace(page, reserved=reserved, outcome=Outcome.FORBIDDEN, reason=said, body=b"")
    own = named(page.body, page.headers, page.url) if page.kind is PageKind.ARTICLE else None
    return replace(page, reserved=reserved, canonical=own)


def _with_thread(page: Page) -> Page:
    """An article or a part of its thread, with the addresses of further parts: also of one that was refused."""
    if (page.outcome is not Outcome.STORED and page.kind is PageKind.ARTICLE) or "nofollow" in page.reserved:
        return page
    found = ((canonical(link.url), link.kind) for link in rest_of_thread(page))
    return replace(page, links=tuple(Link(url=url, kind=kind) for url, kind in found if url))


def _limited(links: Iterable[Link], page: Page, address: Address) -> tuple[Link, ...]:
    """The links that are followed, articles with what tells their twins; how many were left out stands in the log."""
    found = list(islice(links, 2 * MOST_ARTICLES))
    kept = [link for link in found if may_lead(address, link.url) and not trap(link.url, page.fetched_at.date())]
    if len(kept) < len(found):
        log.info("left out page=%s links=%d; traps, or off its site", page.url, len(found) - len(kept))
    articles = [link for link in kept if link.kind is PageKind.ARTICLE][:MOST_ARTICLES]
    with_twins = (replace(link, twin=twin_key(link.url)) for link in articles)
    return (*with_twins, *(link for link in kept if link.kind is not PageKind.ARTICLE))
