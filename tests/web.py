"""A small real web on loopback for the tests: pages by path, validators, and a record of who asked for what."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from time import monotonic
from typing import Self

HTML = "text/html; charset=utf-8"
RULES = ("/robots.txt", "/.well-known/tdmrep.json")
"""What a crawl asks a site for before anything else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the web answers at a path."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that came in. Header names are lower case."""

    path: str
    headers: Mapping[str, str]
    at: float = field(default_factory=monotonic)

    @property
    def host(self) -> str:
        """The host's name, without its port."""
        return self.headers.get("host", "").partition(":")[0]


class _Server(ThreadingHTTPServer):
    """One that does not mind when a client is gone: tests kill them."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Only what is no broken connection is told."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class Web:
    """Use as a context: `with Web() as web: web.put("/", "<p>...")`. Hosts are NAME.localhost, or 127.0.0.1."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer | Callable[[Asked], Answer]] = {}
        self.asked: list[Asked] = []
        self._changed = Condition()
        web = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                asked = Asked(path=self.path, headers={k.lower(): v for k, v in self.headers.items()})
                web._note(asked)
                self._send(web._answer(asked))

            def _send(self, answer: Answer) -> None:
                self.send_response(answer.status)
                headers = {"content-type": HTML, "content-length": str(len(answer.body))} | dict(answer.headers)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def put(self, path: str, body: str | bytes = b"", *, status: int = 200, host: str = "", **headers: str) -> None:
        """Answer at a path, of one host or of any; `content_type=` and the like become headers."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        content = body.encode() if isinstance(body, str) else body
        self.answers[host + path] = Answer(body=content, status=status, headers=named)

    def paths(self) -> list[str]:
        """What was asked for, but for the site's rules, in order."""
        return [asked.path for asked in self.asked if asked.path not in RULES]

    def wait_for(self, count: int, seconds: float = 20) -> None:
        """Until so many requests came in all."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.asked) >= count, seconds), "the crawl stands still"

    def _note(self, asked: Asked) -> None:
        with self._changed:
            self.asked.append(asked)
            self._changed.notify_all()

    def _answer(self, asked: Asked) -> Answer:
        missing = Answer(body=b"<p>not here</p>", status=404)
        answer = self.answers.get(asked.host + asked.path) or self.answers.get(asked.path, missing)
        if not isinstance(answer, Answer):
            return answer(asked)
        etag = answer.headers.get("etag")
        if etag and asked.headers.get("if-none-match") == etag:
            return Answer(status=304, headers={"etag": etag})
        return answer
