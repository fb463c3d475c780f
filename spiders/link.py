"""One article by hand: `scrapy crawl link -a address=URL` keeps that page and follows nothing."""

from collections.abc import Iterable

from crawler.spider import Spider
from reading.page import Link, Page, PageKind
from storage.frontier import Address


class LinkSpider(Spider):
    """For an editor who knows where a story stands, and for `goodturn explain`."""

    name = "link"
    seed = PageKind.ARTICLE

    def links(self, page: Page, address: Address) -> Iterable[Link]:
        """An article leads nowhere."""
        return ()
