"""What a site allows: robots.txt as RFC 9309 has it with its Crawl-delay, and its reservation of text and data mining.

robots.txt is asked for once a day and site. 2xx: its rules count, of the first 500 KiB. 4xx: there are none, all is
allowed. 429, 5xx, too many redirects, no answer: nothing is allowed for now, and its host rests for an hour,
after which it is asked again. An address that the rules exclude is `forbidden`.

Before the first article of a site is asked for, its /.well-known/tdmrep.json is, likewise once a day: what it
reserves (W3C, TDM Reservation Protocol) is `forbidden` too. A site that has none reserves nothing there; one that
does not answer is asked again at the next crawl.
"""

import asyncio
import logging
import re
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import TypeVar
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawler import clock
from crawler.answers import SERVER_ERROR, Refused, explained
from crawler.frontier import ADDRESS
from crawler.memory import database
from crawler.pace import TOO_MANY_REQUESTS, Pace
from crawler.reservations import WellKnown
from reading.page import Outcome, PageKind
from storage import hosts
from storage.hosts import Said

log = logging.getLogger("goodturn.crawl")
MOST_BYTES = 500 * 1024  # as RFC 9309, 2.5
REST = timedelta(hours=1)  # from a robots.txt that failed to the next try
AGENT = re.compile(rb"^[ \t]*user-?agent[ \t]*:[ \t]*([^\r\n#]*)", re.IGNORECASE | re.MULTILINE)
OURS = re.compile(rb"goodturn(?![a-z_-])", re.IGNORECASE)
ASK = "dont_obey_robotstxt"
"""In a request's meta: it is one for a site's own rules."""
ROBOTS, RESERVATIONS = "/robots.txt", "/.well-known/tdmrep.json"
T = TypeVar("T")
READ = (PageKind.ARTICLE, PageKind.THREAD)  # what is mined; feeds and archives only lead there


class Robots:
    """A downloader middleware, in place of Scrapy's, which allows all on 5xx and passes over Crawl-delay."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler, self._db = crawler, database()
        self._agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"]
        self._rules: dict[str, asyncio.Future[Protego | Refused]] = {}
        self._reserved: dict[str, asyncio.Future[WellKnown]] = {}

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
        rules = await _once(self._rules, site, self._rules_of)
        if isinstance(rules, Refused):
            self._rules.pop(site, None)  # it is asked again once its host has rested
            raise Refused(rules.outcome, rules.reason, rules.until)
        if not rules.can_fetch(request.url, self._agent):
            raise Refused(Outcome.FORBIDDEN, "robots.txt")
        address = request.meta.get(ADDRESS)
        if address and (address.kind in READ or address.options.get("content") == "feed"):
            known = await _once(self._reserved, site, self._reserved_of)
            if known.reserved(request.url):
                raise Refused(Outcome.FORBIDDEN, f"reserved: {RESERVATIONS}", reserved=frozenset({"tdm"}))

    async def _rules_of(self, site: str) -> Protego | Refused:
        said = hosts.robots(self._db, site, clock.now(self._crawler))
        if said is None:
            answer = await self._ask(site, ROBOTS)
            if isinstance(answer, Refused):
                return self._rest(site, answer)
            said = Said(status=answer.status, body=answer.body[:MOST_BYTES])
            if isinstance(rules := rules_of(said), Refused):
                return self._rest(site, rules)
            hosts.keep_robots(self._db, site, said, clock.now(self._crawler))
        else:
            rules = rules_of(said)
        if isinstance(rules, Protego):
            self._pace().keep_crawl_delay(urlsplit(site).hostname or "", rules.crawl_delay(self._agent))
        return rules

    async def _reserved_of(self, site: str) -> WellKnown:
        body = hosts.reservations(self._db, site, clock.now(self._crawler))
        if body is None:
            answer = await self._ask(site, RESERVATIONS)
            if isinstance(answer, Refused) or _says_nothing(answer.status):
                return WellKnown()
            body = answer.body[:MOST_BYTES] if answer.status == 200 else b""  # noqa: PLR2004
            hosts.keep_reservations(self._db, site, body, clock.now(self._crawler))
            hosts.reserve(self._db, site, WellKnown.parse(body).reserved)
        return WellKnown.parse(body)

    def _rest(self, site: str, refused: Refused) -> Refused:
        """Let a host rest whose robots.txt could not be had, so that its addresses wait in the queue."""
        if refused.outcome is Outcome.LATER and refused.until is None:
            refused.until = clock.now(self._crawler) + REST
            self._pace().rest(urlsplit(site).hostname or "", refused.until, refused.reason)
        return refused

    async def _ask(self, site: str, path: str) -> Response | Refused:
        request = Request(site + path, priority=1000, meta={ASK: True}, callback=NO_CALLBACK)
        assert self._crawler.engine
        try:
            return await self._crawler.engine.download_async(request)
        except Exception as error:  # whatever kept it from answering: Scrapy has some twenty ways
            outcome, reason = explained(error, urlsplit(site).hostname or "")
            log.info("asked site=%s for=%s outcome=%s reason=%r", site, path, outcome, reason)
            until = error.until if isinstance(error, Refused) else None
            return Refused(outcome if outcome is Outcome.FORBIDDEN else Outcome.LATER, f"{path[1:]}: {reason}", until)

    def _pace(self) -> Pace:
        pace = self._crawler.get_downloader_middleware(Pace)
        assert isinstance(pace, Pace)
        return pace


async def _once(known: dict[str, asyncio.Future[T]], site: str, find: Callable[[str], Coroutine[None, None, T]]) -> T:
    """What is known of a site; found out once, whoever asks first."""
    if site not in known:
        known[site] = asyncio.ensure_future(find(site))
    return await asyncio.shield(known[site])


def rules_of(said: Said) -> Protego | Refused:
    """The rules in an answer for robots.txt, or that nothing is allowed for now."""
    if _says_nothing(said.status):
        return Refused(Outcome.LATER, f"robots.txt: status {said.status}")
    body = said.body[:MOST_BYTES] if said.status < 300 else b""  # noqa: PLR2004 the class of success
    return Protego.parse(AGENT.sub(_token, body).decode("utf-8-sig", "ignore"))


def _says_nothing(status: int) -> bool:
    """Whether an answer leaves open what the site allows: it is out of order, or leads nowhere."""
    return status == TOO_MANY_REQUESTS or status >= SERVER_ERROR or 300 <= status < 400  # noqa: PLR2004


def _token(line: re.Match[bytes]) -> bytes:
    """A line that names an agent, ours by our product token: Protego takes `good` for us, and not `Goodturn/1.0`."""
    named = line[1].strip()
    return b"User-agent: " + (b"goodturn" if OURS.match(named) else b"*" if named == b"*" else b"another")
