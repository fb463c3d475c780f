"""Two things that Scrapy does not do: stop at what is no text, and leave compressed bytes alone."""

import re

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import StopDownload
from scrapy.http import Headers, Response, TextResponse

from crawler.robots import ASK

TEXT = re.compile(
    rb"\s*($|text/|application/(xhtml|xml|json|octet-stream|[\w.-]+\+(xml|json))\b|unknown)", re.IGNORECASE
)


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
        if ASK not in request.meta and not TEXT.match(headers.get("Content-Type") or b""):
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
