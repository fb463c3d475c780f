"""A hostile web on loopback: it answers with whatever bytes it is told to, in its own time, and without an end."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from html import escape
from socket import SO_LINGER, SOL_SOCKET, socket
from socketserver import BaseRequestHandler, ThreadingTCPServer
from ssl import SSLContext
from struct import pack
from threading import Thread
from time import sleep
from typing import Self

from tests.web import Asked

RESET = b"\x00reset\x00"
"""In place of a piece: the connection is reset."""
PAUSE = 0.05  # seconds between the pieces of what drips
LONGEST = 10.0  # seconds a server waits in silence; the tests' crawls give up long before

Pieces = Callable[[], Iterable[bytes]]
"""What is sent at an address, piece by piece."""


class Hostile(ThreadingTCPServer):
    """Use as a context; `answers` has what is sent, by HOST/PATH. Hosts are NAME.localhost; anything else is a 404."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, answers: Mapping[str, Pieces], tls: SSLContext | None = None) -> None:
        self.answers, self.asked, self.tls = dict(answers), list[Asked](), tls
        super().__init__(("127.0.0.1", 0), Connection)
        self.port: int = self.socket.getsockname()[1]

    def __enter__(self) -> Self:
        Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self.shutdown()
        self.server_close()

    def url(self, place: str) -> str:
        host, _, path = place.partition("/")
        return f"http{'s' if self.tls else ''}://{host}:{self.port}/{path}"

    def put_feed(self, place: str, addresses: Iterable[str]) -> str:
        """Have an RSS feed that leads to these addresses; returns its own."""
        items = "".join(f"<item><link>{escape(address)}</link></item>" for address in addresses)
        body = f'<rss version="2.0"><channel><title>Blog</title>{items}</channel></rss>'
        self.answers[place] = page(body.encode(), type="application/rss+xml")
        return self.url(place)


class Connection(BaseRequestHandler):
    """One request, one answer, and the end: nothing is kept alive."""

    request: socket
    server: Hostile

    def handle(self) -> None:
        try:
            if self.server.tls:
                self.request = self.server.tls.wrap_socket(self.request, server_side=True)
            head = self._head()
            if asked := _asked(head):
                self.server.asked.append(asked)
            self._send(self.server.answers.get(asked.host + asked.path, missing)() if asked else missing())
        except OSError:  # the other side has had enough
            pass

    def _head(self) -> bytes:
        head = b""
        while b"\r\n\r\n" not in head and head[:1] in b"G" and (piece := self.request.recv(65_536)):
            head += piece
        return head

    def _send(self, pieces: Iterable[bytes]) -> None:
        for piece in pieces:
            if piece is RESET:
                self.request.setsockopt(SOL_SOCKET, SO_LINGER, pack("ii", 1, 0))
                self.request.close()
                return
            self.request.sendall(piece)


def _asked(head: bytes) -> Asked | None:
    first, *lines = head.decode("latin-1").split("\r\n")
    words = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines) if name}
    return Asked(path=words[1], headers=headers) if len(words) == 3 else None


def head(status: str = "200 OK", *, type: str = "text/html", **headers: str) -> bytes:
    """A head with these headers; without a length, so that the body ends with the connection."""
    named = {"content-type": type, "connection": "close"} | {name.replace("_", "-"): v for name, v in headers.items()}
    lines = [f"{name}: {value}" for name, value in named.items() if value]
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode()


def page(body: bytes = b"<p>Well done", status: str = "200 OK", **headers: str) -> Pieces:
    """An honest answer, but for what its headers claim."""
    return lambda: [head(status, **headers), body]


def moved(to: str, status: str = "302 Found") -> Pieces:
    """A redirect."""
    return page(b"", status, location=to, content_length="0")


def missing() -> list[bytes]:
    """What there is where nothing is."""
    return [head("404 Not Found", content_length="0")]


def raw(*pieces: bytes) -> Pieces:
    """Just these bytes."""
    return lambda: pieces


def endless(first: bytes, piece: bytes) -> Pieces:
    """A piece again and again, as fast as it is taken."""

    def pieces() -> Iterator[bytes]:
        yield first
        while True:
            yield piece

    return pieces


def dripping(first: bytes, rest: bytes = b"x") -> Pieces:
    """The rest byte by byte, again and again, for ever."""

    def pieces() -> Iterator[bytes]:
        yield first
        while True:
            for byte in rest:
                sleep(PAUSE)
                yield bytes([byte])

    return pieces


def silence() -> Iterator[bytes]:
    """Nothing at all, for as long as anybody listens."""
    sleep(LONGEST)
    yield b""
