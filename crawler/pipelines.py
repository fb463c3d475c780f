"""The end of a fetch: its page is kept, and one line says so."""

import logging

from scrapy.crawler import Crawler

from config import settings
from reading.page import Outcome, Page
from storage import pages
from storage.database import connect

log = logging.getLogger("goodturn.crawl")
QUIET = {Outcome.STORED, Outcome.UNCHANGED}


class Keeper:
    """Keeps each page in one transaction. Where that fails the address stays leased, and the next run fetches it."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Keeper":
        """Made by Scrapy."""
        return cls()

    def open_spider(self) -> None:
        """Called by Scrapy."""
        self._db = connect(settings().database)

    def close_spider(self) -> None:
        """Called by Scrapy."""
        self._db.close()

    def process_item(self, page: Page) -> Page:
        """Keep a page."""
        page = pages.keep(self._db, page)
        reason = "" if page.outcome in QUIET or not page.reason else f" reason={page.reason!r}"
        log.info("stored page=%s outcome=%s ms=%d%s", page.requested, page.outcome, page.ms, reason)
        return page
