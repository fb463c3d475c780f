"""The head of an answer is bounded, and what is wrong with a connection is told in plain words.

Twisted limits a line of a head to 16 KiB, but not how many there are: a site that sends header lines, or answers of the
kind "100 Continue", without end would fill the memory until the time is up. Here a head ends at 256 KiB, as in Chrome.

Scrapy says "the download failed" of a certificate that is not accepted and of an answer that is no HTTP alike. Only
the first may be mended by waiting.
"""

from typing import Any

from OpenSSL import SSL
from scrapy import Request
from scrapy.core.downloader.handlers import http11
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadFailedError
from scrapy.http import Response
from service_identity import VerificationError
from twisted.web._newclient import HEADER, STATUS, ParseError

from crawler.answers import Refused
from reading.page import Outcome

MOST_BYTES = 256 * 1024  # of a head: the limit of Chrome; real ones have 1 to 4 KiB


class HeadTooLongError(ValueError):
    """A head is longer than any honest one."""


class Parser(http11._LenientHTTPClientParser):
    """Counts what it reads until the body begins, over all interim answers (1xx)."""

    read = 0

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 Twisted's interface
        """Called by Twisted, with 64 KiB at most."""
        super().dataReceived(data)  # type: ignore[no-untyped-call]
        if self.state in (STATUS, HEADER):
            self.read += len(data)
            if self.read > MOST_BYTES:
                raise HeadTooLongError

    def lineLengthExceeded(self, line: bytes) -> None:  # noqa: N802 Twisted's interface
        """Called by Twisted for a line of more than 16 KiB."""
        raise HeadTooLongError


class Protocol(http11._LenientHTTP11ClientProtocol):
    """A connection whose answers are read by our parser; put in place as Scrapy puts its own."""

    def request(self, request: Any) -> Any:
        """Called by Twisted's pool of connections."""
        answer = super().request(request)
        self._parser.__class__ = Parser
        return answer


class Factory(http11._LenientHTTP11ClientFactory):
    """Makes the connections."""

    def buildProtocol(self, addr: Any) -> Protocol:  # noqa: N802 Twisted's interface
        """Called by Twisted."""
        return Protocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class Handler(http11.HTTP11DownloadHandler):
    """Scrapy's handler for http and https with our connections; for the setting DOWNLOAD_HANDLERS."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = Factory

    async def download_request(self, request: Request) -> Response:
        """Called by Scrapy. Raises Refused where it is clear what is wrong."""
        try:
            return await super().download_request(request)
        except DownloadFailedError as error:
            for failure in getattr(error.__cause__, "reasons", ()):
                if known := named(failure.value):
                    raise known from error
            raise


def named(reason: BaseException) -> Refused | None:
    """What is wrong with an answer or its connection, where that is known to be more than bad luck."""
    if isinstance(reason, HeadTooLongError):
        return Refused(Outcome.TOO_LARGE, "its headers have no end")
    if isinstance(reason, VerificationError) or (isinstance(reason, SSL.Error) and "certificate" in str(reason)):
        return Refused(Outcome.LATER, "its certificate is not accepted")
    if isinstance(reason, SSL.Error):
        return Refused(Outcome.LATER, "it makes no secure connection")
    if isinstance(reason, ParseError | ValueError | KeyError):  # the latter two of a length or an encoding that is none
        return Refused(Outcome.BROKEN, "its answer is no HTTP")
    return None
