"""What Scrapy does not do: keep to the web, stop at what is no text, and leave compressed bytes alone.

A redirect leads to another web address or is `broken`. The ports of mail, chat, shells and files that browsers refuse
are refused here too, so that no page makes us talk to those. What lies about its compression is `broken`.
"""

import re
from struct import error as struct_error
from typing import Any
from urllib.parse import urljoin, urlsplit
from zlib import error as zlib_error

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import StopDownload
from scrapy.http import Headers, Response, TextResponse
from scrapy.utils import _compression

from crawler.addresses.urls import canonical
from crawler.answers import LISTS, Refused
from crawler.frontier import ADDRESS
from crawler.robots import ASK
from reading.page import Outcome

TEXT = re.compile(
    rb"\s*($|text/|application/(xhtml|xml|json|rss|atom|rdf|octet-stream|[\w.-]+\+(xml|json))\b|unknown)", re.IGNORECASE
)
COMPRESSED = re.compile(rb"\s*application/(x-)?gzip", re.IGNORECASE)
REDIRECTS = {301, 302, 303, 307, 308}
_PORTS = """
    0 1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 113 115 117 119 123
    135 137 139 143 161 179 389 427 465 512 513 514 515 526 530 531 532 540 548 554 556 563 587 601 636 989 990 993 995
    1719 1720 1723 2049 3659 4045 4190 5060 5061 6000 6566 6665 6666 6667 6668 6669 6679 6697 10080
"""
OTHER_PORTS = {int(port) for port in _PORTS.split()}  # the "bad ports" of the Fetch standard
MOST_ENCODINGS = 3  # of one body; honest ones have one, and each more may be 8 MiB to go through
_scrapys: Any = _compression  # where it has its brotli and zstd from depends on the Python
UNREADABLE = (OSError, EOFError, struct_error, zlib_error, _scrapys.brotli.error, _scrapys.zstd.ZstdError)


class OnlyTheWeb:
    """Refuses ports that are not for the web, and redirects that leave it."""

    def process_request(self, request: Request) -> None:
        """Called by Scrapy."""
        if urlsplit(request.url).port in OTHER_PORTS:
            raise Refused(Outcome.FORBIDDEN, "its port is not for the web")

    def process_response(self, request: Request, response: Response) -> Response:
        """Called by Scrapy, before it follows a redirect."""
        to = (response.headers.get("Location") or b"").decode("utf-8", "replace")
        if to and response.status in REDIRECTS and not _is_web_address(to, request.url):
            raise Refused(Outcome.BROKEN, "it redirects to no web address")
        return response


def _is_web_address(url: str, base: str) -> bool:
    """Whether an address has a canonical form, and no user name, which names no place and may be a secret."""
    return canonical(url, base) is not None and "@" not in urlsplit(urljoin(base, url)).netloc


class TextOnly:
    """Ends a download at its headers when they say that it is an image, a PDF, an archive ..."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "TextOnly":
        """Made by Scrapy."""
        extension = cls()
        crawler.signals.connect(extension.headers_received, signal=signals.headers_received)
        return extension

    def headers_received(self, headers: Headers, body_length: int, request: Request, spider: Spider | None) -> None:
        """Called by Scrapy."""
        said = headers.get("Content-Type") or b""
        address = request.meta.get(ADDRESS)
        if ASK in request.meta or TEXT.match(said) or (address and address.kind in LISTS and COMPRESSED.match(said)):
            return
        raise StopDownload(fail=True)


class CompressedIsNoText:
    """Takes a compressed body for plain bytes until it is decompressed.

    Scrapy guesses the charset of the compressed bytes where the page names none (2 ms a page, half of the speed).
    """

    def process_response(self, request: Request, response: Response) -> Response:
        """Called by Scrapy, before its decompression."""
        if isinstance(response, TextResponse) and "Content-Encoding" in response.headers:
            return Response(
                response.url,
                status=response.status,
                headers=response.headers,
                body=response.body,
                flags=response.flags,
                request=request,
                certificate=response.certificate,
                ip_address=response.ip_address,
                protocol=response.protocol,
            )
        return response


class Decompression(HttpCompressionMiddleware):
    """Scrapy's, which ends at `max_body`; with a limit to how often one body is compressed, and plain words."""

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """Called by Scrapy."""
        if b",".join(response.headers.getlist("Content-Encoding")).count(b",") >= MOST_ENCODINGS:
            raise Refused(Outcome.BROKEN, "it is compressed again and again")
        try:
            return super().process_response(request, response)
        except UNREADABLE as error:
            raise Refused(Outcome.BROKEN, "it is not compressed as it says") from error
