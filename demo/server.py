"""The HTTP side of the made-up web: hosts by name, validators, compression, and a log of what was asked.

Every host is `NAME.localhost`; a request without a known name gets a list of the blogs. An answer has an ETag and,
where it is known, Last-Modified, and is a bare 304 where the client has it already. It is compressed where the client
accepts gzip. A query that an engine adds to its links (`?replytocom=12`) changes nothing, as on real blogs.
"""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from demo.content import ENVIRONMENT, Content
from demo.site import Site

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c63b8000000d200"
    "d1dbd90eb70000000049454e44ae426082"
)  # the smallest picture: one grey point
SMALL = 200  # bytes under which compressing is not worth it


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request that was served."""

    method: str
    host: str
    path: str
    status: int


class Server(ThreadingHTTPServer):
    """Serves the sites on loopback, each under its host name."""

    daemon_threads = True
    request_queue_size = 64  # a crawler opens a connection to each host at once

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.sites: Mapping[str, Site] = {}
        self.log: list[Request] = []
        self._made: dict[tuple[str, str], Content] = {}

    def content(self, host: str, target: str) -> Content:
        """What is answered to one address; made once."""
        key = (host, target)
        if key not in self._made:
            self._made[key] = self._content(host, target)
        return self._made[key]

    def _content(self, host: str, target: str) -> Content:
        site = self.sites.get(host.removesuffix(".localhost"))
        if site is None:
            page = ENVIRONMENT.get_template("blogs.html").render(sites=self.sites.values())
            return Content(body=page.encode(), status=200 if host in ("localhost", "127.0.0.1") else 404)
        path = urlsplit(target).path
        if path.startswith("/media/") or path == "/favicon.ico":
            return Content(body=PIXEL, type="image/png")
        route = site.routes.get(target) or site.routes.get(path)
        return route() if route else Content(status=404)


class Handler(BaseHTTPRequestHandler):
    """Answers one connection, which stays open for further requests."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each small answer on a kept connection waits for 40 ms
    wbufsize = -1
    timeout = 30
    server: Server
    server_version = "MadeUpWeb"

    def do_GET(self) -> None:
        content = self.server.content(self._host, self.path)
        tag = f'W/"{hashlib.sha1(content.body, usedforsecurity=False).hexdigest()[:16]}"'
        if content.status == HTTPStatus.OK and self._has_it(content, tag):
            return self._answer(HTTPStatus.NOT_MODIFIED, {"ETag": tag})
        headers = {"Content-Type": content.type, "Vary": "Accept-Encoding"}
        if content.status == HTTPStatus.OK:
            headers["ETag"] = tag
        if content.modified:
            headers["Last-Modified"] = format_datetime(content.modified, usegmt=True)
        if content.to:
            headers["Location"] = content.to
        body = content.body
        if not body:
            body = f"<h1>{content.status} {HTTPStatus(content.status).phrase}</h1>".encode()
        if len(body) > SMALL and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, compresslevel=5, mtime=0)
            headers["Content-Encoding"] = "gzip"
        return self._answer(content.status, headers, body)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        self.close_connection = True  # what was posted is not read
        self._answer(HTTPStatus.METHOD_NOT_ALLOWED, {"Allow": "GET, HEAD"})

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on the terminal: the log is the server's list."""

    @property
    def _host(self) -> str:
        return self.headers.get("Host", "").partition(":")[0].lower()

    def _has_it(self, content: Content, tag: str) -> bool:
        if known := self.headers.get("If-None-Match"):
            return tag.removeprefix("W/") in known
        since = self.headers.get("If-Modified-Since")
        if not (since and content.modified):
            return False
        try:
            return content.modified.replace(microsecond=0) <= parsedate_to_datetime(since)
        except (TypeError, ValueError):  # no date: as if it were not said
            return False

    def _answer(self, status: int, headers: Mapping[str, str], body: bytes = b"") -> None:
        self.server.log.append(Request(method=self.command, host=self._host, path=self.path, status=status))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
