"""The end of a fetch: its page is kept, with how its host is to be asked from now on, and one line says so.

Pages that come quickly are kept a few in a transaction, each with all that belongs to it: a commit costs as much as
keeping a page does. The queue has them kept before it looks for further addresses (crawler/frontier.py), so that a slow
crawl keeps each page at once, and a killed one has lost 16 at most, which the next one fetches.
"""

import logging
from dataclasses import replace

from scrapy.crawler import Crawler

from crawler.memory import database
from crawler.pace import Pace
from reading.page import Outcome, Page
from storage import hosts, pages
from storage.database import writing

log = logging.getLogger("goodturn.crawl")
QUIET = {Outcome.STORED, Outcome.UNCHANGED}
MOST = 16  # pages in a transaction: beyond that nothing is gained


class Keeper:
    """Keeps pages. Where that fails the address stays leased, and the next run fetches it."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler, self._db = crawler, database()
        self._come: list[Page] = []

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Keeper":
        """Made by Scrapy."""
        return cls(crawler)

    def close_spider(self) -> None:
        """Called by Scrapy."""
        self.keep()
        with writing(self._db):
            hosts.keep(self._db, self._pace().changes(now=True))

    def process_item(self, page: Page) -> Page:
        """Take a page."""
        self._come.append(page)
        if len(self._come) >= MOST:
            self.keep()
        return page

    def keep(self) -> int:
        """Keep what has come: together, else each page by itself, as broken where it cannot be kept. How many."""
        come, self._come = self._come, []
        try:
            self._keep(come)
        except Exception:  # whatever a page holds, it must not have the others lost, nor itself asked for for ever
            for page in come:
                self._keep_alone(page)
        return len(come)

    def _keep_alone(self, page: Page) -> None:
        try:
            self._keep([page])
        except Exception as error:
            log.exception("not stored page=%s", page.requested)
            fault = f"it cannot be stored: {error!r}"
            self._keep([replace(page, outcome=Outcome.BROKEN, reason=fault, body=b"", links=(), headers={})])

    def _keep(self, come: list[Page]) -> None:
        if not come:
            return
        with writing(self._db):
            kept = [pages.put(self._db, page) for page in come]
            hosts.keep(self._db, self._pace().changes())
        for page in kept:
            reason = "" if page.outcome in QUIET else page.reason
            said = "stored page=%s outcome=%s ms=%d" + (" reason=%s" if reason else "")
            log.info(said, page.requested, page.outcome, page.ms, *filter(None, [reason]))

    def _pace(self) -> Pace:
        pace = self._crawler.get_downloader_middleware(Pace)
        assert isinstance(pace, Pace)
        return pace
