"""What all spiders have in common: an answer becomes a Page, with the links that the spider finds in it.

A spider says one thing, `links`: where a page leads to. It gets pages that are feeds or archives; an article leads only
to further parts of its own thread (reading/rest.py). It raises Unusable where the page is not what it should be.
"""

import logging
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

import scrapy
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler import answers
from crawler.frontier import ADDRESS, KIND
from crawler.urls import canonical
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
        page = answers.answered(address, response, datetime.now(UTC))
        if page.kind in THREADS:
            yield _with_thread(page)
        elif page.outcome is Outcome.STORED:
            yield from self._followed(page, address)
        else:
            yield page

    def failed(self, failure: Failure) -> Iterator[Page]:
        """Called by Scrapy where there is no answer."""
        request: scrapy.Request = failure.request  # type: ignore[attr-defined]  # set by Scrapy
        assert failure.value
        host = urlsplit(request.url).hostname or ""
        yield answers.failed(request.meta[ADDRESS], failure.value, host, datetime.now(UTC))

    def _followed(self, page: Page, address: Address) -> list[Page]:
        """The articles inside the page, then the page with its links: after a kill all of it is fetched again."""
        try:
            inside = islice(self.inside(page, address), MOST_ARTICLES)
            return [*inside, replace(page, links=_limited(self.links(page, address)))]
        except Unusable as reason:
            return [replace(page, outcome=Outcome.BROKEN, reason=str(reason), body=b"")]
        except Exception as error:  # a fault of the spider must not have the page fetched for ever
            log.exception("links page=%s spider=%s", page.url, self.name)
            fault = f"a fault in spider '{self.name}': {error!r}"
            return [replace(page, outcome=Outcome.BROKEN, reason=fault, body=b"")]


def _with_thread(page: Page) -> Page:
    """An article or a part of its thread, with the addresses of further parts: also of one that was refused."""
    if page.outcome is not Outcome.STORED and page.kind is PageKind.ARTICLE:
        return page
    found = ((canonical(link.url), link.kind) for link in rest_of_thread(page))
    return replace(page, links=tuple(Link(url=url, kind=kind) for url, kind in found if url))


def _limited(links: Iterable[Link]) -> tuple[Link, ...]:
    found = list(islice(links, 2 * MOST_ARTICLES))
    articles = [link for link in found if link.kind is PageKind.ARTICLE][:MOST_ARTICLES]
    return (*articles, *(link for link in found if link.kind is not PageKind.ARTICLE))
