"""How gently each host is asked: one request at a time, and a delay between two.

The delay is the setting `delay`, or the site's Crawl-delay if that is longer, up to five minutes: longer ones were
meant as milliseconds or as "go away", for which robots.txt has a word of its own. A host that answers 429 or 503 is
asked half as often from then on, and twice as often again after every ten good answers, down to its delay. It rests for
as long as its Retry-After says, up to a day; after a 429 without one for a minute. One that does not answer three times
in a row rests for a quarter of an hour. Nothing is asked of a host that rests; its addresses wait in the queue.

The delay is counted from the end of an answer, not from when its request was put in a row, so that nothing that
happens on the way makes it shorter. When a host was asked last is written into the database with the pages
(crawler/pipelines.py), so that the next crawl waits for its turn too. However a request comes to a host (from a
source, a redirect, for robots.txt) it takes its turn.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import monotonic
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.core.downloader import Downloader, Slot
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadConnectionRefusedError, DownloadFailedError, DownloadTimeoutError
from scrapy.http import Response

from crawler import clock
from crawler.answers import LONGEST_WAIT, Refused, headers_of, retry_after
from crawler.memory import database
from reading.page import Outcome
from storage import hosts
from storage.hosts import Host

LONGEST_DELAY = 300.0  # seconds; the limit of Heritrix
FIRST_DELAY = 0.1  # seconds: what a host without any delay is slowed down from
SLOWER = 2.0
GOOD_ANSWERS = 10  # in a row, before a slowed host is asked faster again
TOO_MANY_REQUESTS = 429
BUSY = {TOO_MANY_REQUESTS, 503}
MINUTE = timedelta(minutes=1)
NO_ANSWER = (DownloadTimeoutError, DownloadConnectionRefusedError, DownloadFailedError)
NO_ANSWERS = 3  # in a row
NO_ANSWER_REST = timedelta(minutes=15)
TELL_SECONDS = 1.0  # between two times that hosts are written down; a crawl that is killed forgets no more than that
SLOT = "download_slot"
"""In a request's meta: where Scrapy keeps whose turn it takes, also after a redirect to another host."""


@dataclass(slots=True)
class _Seen:
    """A host in this crawl: what it wants, and how it answered lately."""

    host: Host
    crawl_delay: float = 0.0
    good: int = 0
    silent: int = 0


class Pace:
    """A downloader middleware, the last before the network."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler, self._db = crawler, database()
        self._delay = crawler.settings.getfloat("DOWNLOAD_DELAY")
        self._seen: dict[str, _Seen] = {}
        self._changed: set[str] = set()
        self._told = 0.0
        crawler.signals.connect(self._came, signal=signals.response_downloaded)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Pace":
        """Made by Scrapy."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Called by Scrapy. Raises Refused where the host rests."""
        name = urlsplit(request.url).hostname or ""
        request.meta[SLOT] = name
        if host := self.rests(name, clock.now(self._crawler)):
            raise _rests(host)
        self._prepare(name)

    def process_response(self, request: Request, response: Response) -> Response:
        """Called by Scrapy: learn from an answer."""
        name, now = request.meta[SLOT], clock.now(self._crawler)
        seen = self._of(name)
        seen.silent = 0
        self._change(name, asked_at=now)
        if response.status in BUSY:
            self._slow_down(name, response, now)
        elif seen.host.wait:
            seen.good += 1
            if seen.good >= GOOD_ANSWERS:
                seen.good = 0
                self._wait(name, seen.host.wait / SLOWER)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Called by Scrapy: no answer came."""
        if isinstance(exception, NO_ANSWER):
            name, now = request.meta[SLOT], clock.now(self._crawler)
            seen = self._of(name)
            seen.silent += 1
            self._change(name, asked_at=now)
            if seen.silent >= NO_ANSWERS:
                self.rest(name, now + NO_ANSWER_REST, "it did not answer three times in a row")

    def rests(self, name: str, now: datetime) -> Host | None:
        """The host, if it is not to be asked now."""
        host = self._of(name).host
        return host if host.rests_until and host.rests_until > now else None

    def keep_crawl_delay(self, name: str, seconds: float | None) -> None:
        """Let a host have the delay that its robots.txt asks for."""
        self._of(name).crawl_delay = min(seconds or 0.0, LONGEST_DELAY)
        self._set(name)

    def changes(self, *, now: bool = False) -> Mapping[str, Host]:
        """How the hosts are that were asked since the last changes, to be written down: `now`, or once in a second."""
        if not now and monotonic() - self._told < TELL_SECONDS:
            return {}
        self._told = monotonic()
        changed = {name: self._seen[name].host for name in self._changed}
        self._changed.clear()
        return changed

    def _prepare(self, name: str) -> None:
        """Let the downloader keep the host's delay, counted from when it was asked last, in whatever crawl."""
        slots = self._downloader().slots
        if name in slots:
            return
        seen = self._of(name)
        slots[name] = Slot(self._downloader().domain_concurrency, 0.0, 0.0)
        self._set(name)
        if seen.host.asked_at:
            ago = (clock.now(self._crawler) - seen.host.asked_at).total_seconds()
            slots[name].lastseen = monotonic() - max(ago, 0.0)  # a clock may have been set back

    def _slow_down(self, name: str, response: Response, now: datetime) -> None:
        seen = self._of(name)
        seen.good = 0
        self._wait(name, (self._delay_of(seen) or FIRST_DELAY) * SLOWER)
        asked = retry_after(headers_of(response), now)
        if response.status == TOO_MANY_REQUESTS:
            asked = max(asked, MINUTE)
        if asked:
            self.rest(name, now + min(asked, LONGEST_WAIT), f"it answered {response.status}")

    def rest(self, name: str, until: datetime, reason: str) -> None:
        """Leave a host alone; what already waits for its turn there is not asked for either."""
        self._change(name, rests_until=until, reason=reason)
        slot = self._downloader().slots.get(name)
        while slot and slot.queue:
            _, answer = slot.queue.popleft()
            answer.errback(_rests(self._of(name).host))

    def _wait(self, name: str, seconds: float) -> None:
        """Ask a host at this delay, until its own is as long."""
        seen = self._of(name)
        least = max(self._delay, seen.crawl_delay) or FIRST_DELAY / SLOWER
        self._change(name, wait=min(seconds, LONGEST_DELAY) if seconds > least else 0.0)
        self._set(name)

    def _set(self, name: str) -> None:
        if slot := self._downloader().slots.get(name):
            slot.delay = self._delay_of(self._of(name))
            slot.concurrency = 1 if slot.delay else self._downloader().domain_concurrency

    def _delay_of(self, seen: _Seen) -> float:
        return max(self._delay, seen.crawl_delay, seen.host.wait)

    def _came(self, request: Request) -> None:
        """Called by Scrapy with an answer, before the next request to its host: the delay counts from here."""
        if slot := self._downloader().slots.get(request.meta[SLOT]):
            slot.lastseen = monotonic()

    def _change(self, name: str, **values: object) -> None:
        seen = self._of(name)
        seen.host = replace(seen.host, **values)  # type: ignore[arg-type]  # the callers name fields of Host
        self._changed.add(name)

    def _of(self, name: str) -> _Seen:
        if name not in self._seen:
            self._seen[name] = _Seen(host=hosts.host(self._db, name))
        return self._seen[name]

    def _downloader(self) -> Downloader:
        assert self._crawler.engine
        return self._crawler.engine.downloader


def _rests(host: Host) -> Refused:
    until = f"{host.rests_until:%Y-%m-%d %H:%M} UTC" if host.rests_until else ""
    return Refused(Outcome.LATER, f"its host rests until {until}: {host.reason}", host.rests_until)
