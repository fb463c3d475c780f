"""From what came over the wire, or did not, to a Page with its outcome.

Every address ends with one word. 2xx is `stored` (if it has a body), 304 `unchanged`, 404 and 410 `gone`, 401, 402,
403, 407 and 451 `forbidden`; 408, 425, 429, 5xx, a time-out, a name that does not resolve and a connection that fails
are `later`; other answers are `broken`. A body over the limit is `too-large`, one that is no text `not-text`, a host
without a public address `forbidden`.

`later` means another try, sooner or later as the kind of failure asks (WAITS): a busy server after 1, 4, 16 and 64
minutes, one that does not answer after 5 minutes to 12 hours, a name that is unknown after an hour to three days.
After the fifth failure a day passes, then two, four ... up to thirty; after the twelfth, four months on, it is given
up until somebody asks, or a page leads to it once more. A site that names its own time in Retry-After gets it, up to
a day. What was not asked for, as its host rests or its robots.txt failed, does not count as a try.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    StopDownload,
    UnsupportedURLSchemeError,
)
from scrapy.http import Response

from crawler import guard
from crawler.addresses.urls import canonical
from reading.page import Outcome, Page, PageKind
from storage.frontier import Address

ROBOTS_TAG = "x-robots-tag"  # an agent's name in one of several says nothing of the others, so each stays on its line
KEPT_HEADERS = {"content-type", "content-language", "content-location", "date", "etag", "last-modified", "link"}
KEPT_HEADERS |= {"retry-after", ROBOTS_TAG, "x-wp-totalpages", "cache-control", "expires", "age"}
KEPT_HEADERS |= {"tdm-reservation", "tdm-policy"}
STATUSES = {304: Outcome.UNCHANGED} | dict.fromkeys((404, 410), Outcome.GONE)
STATUSES |= dict.fromkeys((401, 402, 403, 407, 451), Outcome.FORBIDDEN) | dict.fromkeys((408, 425, 429), Outcome.LATER)
SERVER_ERROR = 500
NO_TEXT = re.compile(
    rb"%PDF-|PK\x03\x04|\x89PNG|GIF8[79]a|\xff\xd8\xff|RIFF....WEBP|\x1f\x8b|ID3|....ftyp|\x7fELF|MZ\x90\x00|\x00\x00\x01\x00",
    re.DOTALL,
)  # how the files begin that sites send as text by mistake
GZIP = b"\x1f\x8b"
LISTS = (PageKind.FEED, PageKind.ARCHIVE)  # sitemaps are files that are compressed, and some feeds twice
ERRORS: list[tuple[type[Exception], Outcome, str]] = [
    (StopDownload, Outcome.NOT_TEXT, "its content type is not text"),
    (CannotResolveHostError, Outcome.LATER, "its host is unknown"),
    (DownloadTimeoutError, Outcome.LATER, "time-out"),
    (DownloadConnectionRefusedError, Outcome.LATER, "connection refused"),
    (DownloadCancelledError, Outcome.TOO_LARGE, "over the setting max_body"),
    (ResponseDataLossError, Outcome.LATER, "the connection broke off"),
    (DownloadFailedError, Outcome.LATER, "the connection failed"),
    (UnsupportedURLSchemeError, Outcome.BROKEN, "not an http address"),
]
BUSY = (1, 4, 16, 64)  # minutes before the second to the fifth try
NO_ANSWER = (5, 30, 180, 720)
NO_NAME = (60, 360, 1440, 4320)
WAITS: list[tuple[type[Exception], tuple[int, ...]]] = [
    (CannotResolveHostError, NO_NAME),
    (DownloadTimeoutError, NO_ANSWER),
    (DownloadConnectionRefusedError, NO_ANSWER),
    (DownloadFailedError, NO_ANSWER),
]
PERMANENT = {301, 308}
MOST_TRIES = 12
LONGEST_PAUSE = 30  # days between two of the later tries
LONGEST_WAIT = timedelta(days=1)  # a site that asks for more is asked again tomorrow, and may say so again


class Refused(IgnoreRequest):
    """A middleware decided that an address is not fetched; it says what that means for the page, until when, and what
    its site reserves."""

    def __init__(
        self, outcome: Outcome, reason: str, until: datetime | None = None, reserved: frozenset[str] = frozenset()
    ) -> None:
        super().__init__(reason)
        self.outcome, self.reason, self.until, self.reserved = outcome, reason, until, reserved


def answered(address: Address, response: Response, now: datetime) -> Page:
    """The page of a response."""
    outcome, reason = _of_answer(response, address.kind)
    headers = headers_of(response)
    return Page(
        requested=address.url,
        url=address.url if response.url == address.url else canonical(response.url) or address.url,
        kind=address.kind,
        outcome=outcome,
        fetched_at=now,
        source=address.source,
        status=response.status,
        headers=headers,
        body=response.body if outcome is Outcome.STORED else b"",
        reason=reason,
        ms=round(1000 * response.meta.get("download_latency", 0)),
        again_at=again_at(address, outcome, headers, now),
        moved_to=_moved_to(response),
    )


def failed(address: Address, error: BaseException, host: str, now: datetime) -> Page:
    """The page of an address from which no usable response came; `host` is the one asked last, after redirects."""
    outcome, reason = explained(error, host)
    response = error.response if isinstance(error, StopDownload) else None
    again = again_at(address, outcome, {}, now, next((waits for kind, waits in WAITS if isinstance(error, kind)), BUSY))
    if isinstance(error, Refused) and error.until:
        again = max(error.until, now + timedelta(minutes=1))
    return Page(
        requested=address.url,
        url=(canonical(response.url) if response else None) or address.url,
        kind=address.kind,
        outcome=outcome,
        fetched_at=now,
        source=address.source,
        status=response.status if response else None,
        reason=reason,
        again_at=again,
        reserved=error.reserved if isinstance(error, Refused) else frozenset(),
        asked=not (isinstance(error, Refused) and error.until),
    )


def again_at(
    address: Address, outcome: Outcome, headers: Mapping[str, str], now: datetime, waits: Sequence[int] = BUSY
) -> datetime | None:
    """When another try is worth it; None where none is."""
    if outcome is not Outcome.LATER or address.tries + 1 >= MOST_TRIES:
        return None
    usual = _usual(address.tries, waits)
    asked = retry_after(headers, now)
    return now + max(usual, min(asked, LONGEST_WAIT))


def _usual(tries: int, waits: Sequence[int]) -> timedelta:
    if tries < len(waits):
        return timedelta(minutes=waits[tries])
    return timedelta(days=min(1 << tries - len(waits), LONGEST_PAUSE))


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta:
    """How long a site asks to wait, in seconds or until a date; nothing where it says nothing that can be read.

    A date is held against the site's own clock, if its answer has a Date.
    """
    value = headers.get("retry-after", "").strip()
    if value.isdecimal():
        return timedelta(seconds=min(int(value[:9]), LONGEST_WAIT.total_seconds()))
    moment = _date(value)
    return max(moment - (_date(headers.get("date", "")) or now), timedelta()) if moment else timedelta()


def _date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None


def _moved_to(response: Response) -> str | None:
    """Where an address leads for good: through nothing but permanent redirects."""
    reasons = response.meta.get("redirect_reasons") or ()
    return canonical(response.url) if reasons and set(reasons) <= PERMANENT else None


def _of_answer(response: Response, kind: PageKind) -> tuple[Outcome, str]:
    if response.status in STATUSES:
        return STATUSES[response.status], f"status {response.status}"
    if response.status >= SERVER_ERROR:
        return Outcome.LATER, f"status {response.status}"
    if not 200 <= response.status < 300:  # noqa: PLR2004 the class of success
        return Outcome.BROKEN, f"status {response.status}"
    if not response.body:
        return Outcome.EMPTY, "no body"
    if NO_TEXT.match(response.body) and not (kind in LISTS and response.body.startswith(GZIP)):
        return Outcome.NOT_TEXT, "its body is not text"
    return Outcome.STORED, ""


def explained(error: BaseException, host: str) -> tuple[Outcome, str]:
    """What an error of Scrapy or the network in asking a host means for the page, and in words."""
    if isinstance(error, Refused):
        return error.outcome, error.reason
    if isinstance(error, CannotResolveHostError) and host in guard.refused:
        return Outcome.FORBIDDEN, "its host has no public address"
    if isinstance(error, IgnoreRequest) and "DOWNLOAD_MAXSIZE" in str(error):
        return Outcome.TOO_LARGE, "over the setting max_body when decompressed"
    for kind, outcome, reason in ERRORS:
        if isinstance(error, kind):
            return outcome, reason
    return Outcome.BROKEN, " ".join(str(error).split()) or type(error).__name__


def headers_of(response: Response) -> dict[str, str]:
    """The headers that count for us, their names in lower case."""
    named = {name.decode("latin-1").lower(): name for name in response.headers}
    return {
        name: (b"\n" if name == ROBOTS_TAG else b", ").join(response.headers.getlist(named[name])).decode("latin-1")
        for name in named.keys() & KEPT_HEADERS
    }
