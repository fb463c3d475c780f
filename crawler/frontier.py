"""Scrapy's queue of requests, kept in our table of addresses.

Addresses are leased in batches, a few of each host, and handed to the engine host by host, so that one that wants its
delay does not hold up the others. A spider yields pages, never requests: the links of a page enter the table with it.
Two kinds of requests come in here all the same: redirects, which go on under the lease of the address they began at
and are kept in memory; and those that a spider starts with, which are put into the table.

A host that rests (crawler/pace.py) gets its addresses put back. A crawl ends when nothing is left that it may fetch
now. What waits for another try is left to a later run.
"""

import logging
import os
import signal
from collections import Counter, deque
from datetime import UTC, datetime
from time import monotonic

from scrapy import Request, Spider
from scrapy.core.scheduler import BaseScheduler
from scrapy.crawler import Crawler

from config import settings
from crawler import clock
from crawler.addresses.urls import canonical
from crawler.memory import database
from crawler.pace import Pace
from crawler.pipelines import Keeper
from reading.page import PageKind
from storage import frontier, leases, runs
from storage.frontier import Address

log = logging.getLogger("goodturn.crawl")
EACH = 16  # addresses of a host in a batch: enough to keep it busy while its next pages are found
EMPTY_SECONDS = 1.0  # for which a queue that had nothing is not looked at, unless a page came that may lead to more
PARENT = "PARENT"
"""A setting of Scrapy: the process that began the crawl, which ends when that one is gone; 0 for none."""
ADDRESS = "address"
"""In a request's meta: the Address it is for."""
KIND = "kind"
"""In the meta of a request that a spider starts with: its PageKind."""


class Frontier(BaseScheduler):
    """The scheduler, for the setting SCHEDULER."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._each_host: int = crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
        self._redirects: deque[Request] = deque()
        self._ready: dict[str, deque[Address]] = {}
        self._renewed = clock.now(self._crawler)
        self._last_host = ""
        self._parent = crawler.settings.getint(PARENT)
        self._empty_until = 0.0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Frontier":
        """Made by Scrapy."""
        return cls(crawler)

    def open(self, spider: Spider) -> None:
        """Begin a run, and free what dead ones held and what is held too long."""
        self._spider, of, now = spider, settings(), clock.now(self._crawler)
        self._only = None if getattr(spider, "kinds", None) else spider.name
        self._db = database()
        self._run = runs.Run(of.data, now)
        pace = self._crawler.get_downloader_middleware(Pace)
        assert isinstance(pace, Pace)
        self._pace = pace
        for name in runs.dead(of.data, leases.holders(self._db), datetime.now(UTC)):
            log.warning("released run=%s addresses=%d; it died", name, leases.bury(self._db, name, now))
        if hung := leases.expire(self._db, now):
            log.warning("released addresses=%d; the run that held them hangs", hung)

    def close(self, reason: str) -> None:
        """Give back what was not fetched, and end the run."""
        leases.release(self._db, self._run.name)
        self._run.end()

    def has_pending_requests(self) -> bool:
        """Whether something could be fetched; asked after `next_request` gave None."""
        return bool(self._redirects or self._ready)

    def enqueue_request(self, request: Request) -> bool:
        """Take a redirect, or put the address of a spider's own request into the table."""
        if ADDRESS in request.meta:
            self._redirects.append(request)
            return True
        url = canonical(request.url)
        kind = PageKind(request.meta.get(KIND, PageKind.ARTICLE))
        return url is not None and frontier.add(
            self._db, url, spider=self._spider.name, kind=kind, now=clock.now(self._crawler), again=request.dont_filter
        )

    def next_request(self) -> Request | None:
        """The next request; None while there is none that may begin now."""
        if self._redirects:
            return self._redirects.popleft()
        if self._parent and os.getppid() != self._parent:
            self._parent = 0
            log.warning("ends: the process that began it is gone")
            os.kill(os.getpid(), signal.SIGTERM)
        now = clock.now(self._crawler)
        self._renew(now)
        address = self._take(now)
        if address is None and self._lease(now):
            address = self._take(now)
        return self._request(address) if address else None

    def _take(self, now: datetime) -> Address | None:
        """An address of a host that is neither busy nor at rest, the longest unasked first."""
        assert self._crawler.engine
        busy = Counter(r.meta[ADDRESS].host for r in self._crawler.engine.downloader.active if ADDRESS in r.meta)
        for host in list(self._ready):
            if self._pace.rests(host, now):
                leases.release(self._db, self._run.name, [address.id for address in self._ready.pop(host)])
            elif busy[host] < self._each_host:
                return self._first_of(host)
        return None

    def _first_of(self, host: str) -> Address:
        batch = self._ready.pop(host)
        address = batch.popleft()
        if batch:
            self._ready[host] = batch  # at the end of the row
        return address

    def _lease(self, now: datetime) -> bool:
        """Take what waits, and what the pages lead to that have just come."""
        keeper = self._crawler.get_item_pipeline(Keeper)
        assert isinstance(keeper, Keeper)
        if not keeper.keep() and monotonic() < self._empty_until:
            return False
        found = leases.lease(
            self._db,
            spider=self._only,
            run=self._run.name,
            now=now,
            each=EACH,
            without=self._ready.keys(),
            after=self._last_host,
        )
        for address in found:
            self._ready.setdefault(address.host, deque()).append(address)
            self._last_host = address.host
        self._empty_until = 0.0 if found else monotonic() + EMPTY_SECONDS
        return bool(found)

    def _renew(self, now: datetime) -> None:
        if now - self._renewed > leases.LEASE / 4:
            self._renewed = now
            leases.renew(self._db, self._run.name, now)

    def _request(self, address: Address) -> Request:
        headers = {"If-None-Match": address.etag, "If-Modified-Since": address.last_modified}
        return Request(
            address.url,
            callback=self._spider.answered,  # type: ignore[attr-defined]  # our spiders have both: crawler/spider.py
            errback=self._spider.failed,  # type: ignore[attr-defined]
            headers={name: value for name, value in headers.items() if value},
            meta={ADDRESS: address},
            dont_filter=True,
        )
