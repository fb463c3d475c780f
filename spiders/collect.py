"""All kinds of sources in one crawl: each address goes to the spider of its kind.

So there is one downloader, and a host is asked one request at a time however many sources lead to it.
`goodturn collect` runs it; the spider of a kind can be run by itself, too.
"""

from collections.abc import Iterable
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.spiderloader import get_spider_loader

from crawler.lists.hints import Hints
from crawler.spider import Spider, Unusable
from reading.page import Link, Page
from storage.frontier import Address


class CollectSpider(Spider):
    """The spiders of all kinds, each asked about its own pages."""

    name = "collect"

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Made by Scrapy."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        loader = get_spider_loader(crawler.settings)
        names = [name for name in loader.list() if name != cls.name]
        spider.kinds = {name: loader.load(name)() for name in names}
        return spider

    kinds: dict[str, Any]

    def links(self, page: Page, address: Address) -> Iterable[Link]:
        """As the spider of its kind says."""
        return self._of(address).links(page, address)

    def inside(self, page: Page, address: Address) -> Iterable[Page]:
        """As the spider of its kind says."""
        return self._of(address).inside(page, address)

    def hints(self, page: Page, address: Address) -> Hints:
        """As the spider of its kind says."""
        return self._of(address).hints(page, address)

    def _of(self, address: Address) -> Spider:
        try:
            spider: Spider = self.kinds[address.spider]
        except KeyError:
            raise Unusable(f"there is no spider '{address.spider}' any more; take its line out of feeds.txt") from None
        return spider
