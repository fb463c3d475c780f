"""What a site allows: robots.txt as RFC 9309 has it, and its Crawl-delay.

Asked once a host and run. 2xx: its rules count, of the first 500 KiB. 4xx: there are none, all is allowed. 429, 5xx,
too many redirects, no answer: nothing is allowed for now, and its addresses get the outcome `later`. An address that
the rules exclude is `forbidden`.

A Crawl-delay longer than our own delay is kept, up to a limit: longer ones were meant as milliseconds or as "go away",
for which robots.txt has a word of its own.
"""

import asyncio
import logging
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawler.answers import SERVER_ERROR, Refused, explained
from reading.page import Outcome

log = logging.getLogger("goodturn.crawl")
MOST_BYTES = 500 * 1024  # as RFC 9309, 2.5
LONGEST_DELAY = 300.0  # seconds; the limit of Heritrix
TOO_MANY_REQUESTS = 429
ASK = "dont_obey_robotstxt"
"""In a request's meta: it is the one for robots.txt itself."""


class Robots:
    """A downloader middleware, in place of Scrapy's, which allows all on 5xx and passes over Crawl-delay."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"]
        self._rules: dict[str, asyncio.Future[Protego | Refused]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Robots":
        """Made by Scrapy."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Called by Scrapy. Raises Refused where the site does not want the request."""
        if request.meta.get(ASK):
            return
        parts = urlsplit(request.url)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._rules:
            self._rules[site] = asyncio.ensure_future(self._ask(site, parts.hostname or ""))
        rules = await asyncio.shield(self._rules[site])
        if isinstance(rules, Refused):
            raise Refused(rules.outcome, rules.reason)
        if not rules.can_fetch(request.url, self._agent):
            raise Refused(Outcome.FORBIDDEN, "robots.txt")

    async def _ask(self, site: str, host: str) -> Protego | Refused:
        request = Request(f"{site}/robots.txt", priority=1000, meta={ASK: True}, callback=NO_CALLBACK)
        assert self._crawler.engine
        try:
            rules = rules_of(await self._crawler.engine.download_async(request))
        except Exception as error:  # whatever kept it from answering: Scrapy has some twenty ways
            outcome, reason = explained(error, host)
            log.info("robots host=%s outcome=%s reason=%r", host, outcome, reason)
            return Refused(outcome if outcome is Outcome.FORBIDDEN else Outcome.LATER, f"robots.txt: {reason}")
        if isinstance(rules, Protego):
            self._slow_down(host, rules.crawl_delay(self._agent))
        return rules

    def _slow_down(self, host: str, delay: float | None) -> None:
        """Let the downloader keep the site's delay, for this host's slot and for one it makes anew."""
        assert self._crawler.engine
        downloader = self._crawler.engine.downloader
        if not delay or delay <= self._crawler.settings.getfloat("DOWNLOAD_DELAY"):
            return
        delay = min(delay, LONGEST_DELAY)
        downloader.per_slot_settings[host] = {"delay": delay, "concurrency": 1}
        if slot := downloader.slots.get(host):
            slot.delay, slot.concurrency = delay, 1


def rules_of(response: Response) -> Protego | Refused:
    """The rules of an answer for robots.txt, or that nothing is allowed for now."""
    if response.status == TOO_MANY_REQUESTS or response.status >= SERVER_ERROR or 300 <= response.status < 400:  # noqa: PLR2004
        return Refused(Outcome.LATER, f"robots.txt: status {response.status}")
    body = response.body[:MOST_BYTES] if response.status < 300 else b""  # noqa: PLR2004 the class of success
    return Protego.parse(body.decode("utf-8-sig", "ignore"))
