"""The end of a fetch: its page is kept, with how its host is to be asked from now on, and one line says so."""

import logging

from scrapy.crawler import Crawler

from crawler.memory import database
from crawler.pace import Pace
from reading.page import Outcome, Page
from storage import hosts, pages
from storage.database import writing

log = logging.getLogger("goodturn.crawl")
QUIET = {Outcome.STORED, Outcome.UNCHANGED}


class Keeper:
    """Keeps each page in one transaction. Where that fails the address stays leased, and the next run fetches it."""

    def __init__(self, crawler: Crawler) -> None:
        self._db = database()
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Keeper":
        """Made by Scrapy."""
        return cls(crawler)

    def close_spider(self) -> None:
        """Called by Scrapy."""
        with writing(self._db):
            hosts.keep(self._db, self._pace().changes(now=True))

    def process_item(self, page: Page) -> Page:
        """Keep a page."""
        with writing(self._db):
            page = pages.put(self._db, page)
            hosts.keep(self._db, self._pace().changes())
        reason = "" if page.outcome in QUIET or not page.reason else f" reason={page.reason!r}"
        log.info("stored page=%s outcome=%s ms=%d%s", page.requested, page.outcome, page.ms, reason)
        return page

    def _pace(self) -> Pace:
        pace = self._crawler.get_downloader_middleware(Pace)
        assert isinstance(pace, Pace)
        return pace
