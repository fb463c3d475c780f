"""A web on loopback that is hard to be polite to, with a record of every request: for tests/polite.py to judge.

Many hosts (NAME.localhost) at one port; tests/polite_hosts.py says what they are like. All send a cookie with each
page, and take a moment to answer. One event loop serves them all, so that times are true to some milliseconds.
"""

import asyncio
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from math import ceil
from threading import Event, Thread
from time import monotonic, time

from tests.polite import ROBOTS, Manners, Request
from tests.polite_hosts import Host, Page, made

LATENCY = (0.002, 0.02)  # seconds that an answer takes, from and to
REST = 2  # seconds that a busy host asks for, at least
NOT_MODIFIED = 304


class World:
    """The web while it is served. Set `run` before each crawl, so that the record can tell them apart."""

    def __init__(self, port: int, hosts: dict[str, Host], dice: random.Random, budget: int) -> None:
        self.port, self.run = port, 1
        self.requests: list[Request] = []
        self._hosts, self._dice, self._budget = hosts, dice, budget

    def manners(self) -> dict[str, Manners]:
        """What the owner of each host asks for."""
        return {name: host.manners() for name, host in self._hosts.items()}

    def feeds_txt(self) -> list[str]:
        """The sources: a feed and a listing on each host."""
        more = f" budget={self._budget}" if self._budget else ""
        homes = [f"http://{name}:{self.port}" for name in self._hosts]
        feeds = [f"{home}/feed/index.xml{more}" for home in homes]
        return feeds + [f"{home}/listing/ kind=listing pages=3{more}" for home in homes]

    def answer(self, name: str, path: str, headers: dict[str, str]) -> Page:
        """What a host answers."""
        host = self._hosts[name]
        host.asked += path != ROBOTS
        if host.tired_at and host.asked == host.tired_at:
            host.rests_until = ceil(time()) + REST
        if time() < host.rests_until:
            return _resting(host)
        page = host.pages.get(path, Page(body="<p>not here</p>", status=404))
        etag = page.headers.get("ETag")
        return Page(status=NOT_MODIFIED) if etag and headers.get("if-none-match") == etag else page

    def rest(self, name: str, page: Page) -> float:
        """For how many seconds from now the host asks to be left alone with this answer."""
        return max(self._hosts[name].rests_until - time(), 0) if "Retry-After" in page.headers else 0

    def latency(self) -> float:
        """Seconds that an answer takes."""
        return self._dice.uniform(*LATENCY)


@contextmanager
def serve(hosts: int, *, posts: int, delay: float, seed: int = 1, budget: int = 0) -> Iterator[World]:
    """So many hosts, each with two sources of so many posts and, if any, with that budget of pages a run."""
    ready, loop, worlds = Event(), asyncio.new_event_loop(), list[World]()

    async def begin() -> None:
        server = await loop.create_server(lambda: _Connection(worlds[0]), "127.0.0.1", 0, backlog=256)
        port, dice = server.sockets[0].getsockname()[1], random.Random(seed)
        found = made(hosts, posts=posts, delay=delay, port=port, dice=dice)
        for host in found.values():
            host.budgets = {"/feed/": budget, "/listing/": budget} if budget else {}
        worlds.append(World(port, found, dice, budget))
        ready.set()

    def answer() -> None:
        loop.run_until_complete(begin())
        loop.run_forever()

    thread = Thread(target=answer, daemon=True)
    thread.start()
    assert ready.wait(10), "the web did not start"
    try:
        yield worlds[0]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class _Connection(asyncio.Protocol):
    """One client's connection; answers a request a moment after it came, and writes it down."""

    def __init__(self, world: World) -> None:
        self._world, self._rest = world, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        at = monotonic()
        *heads, self._rest = (self._rest + data).split(b"\r\n\r\n")
        for head in heads:
            asyncio.get_running_loop().call_later(self._world.latency(), self._answer, head, at)

    def _answer(self, head: bytes, at: float) -> None:
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        name, path = headers["host"].partition(":")[0], first.split(" ")[1]
        page = self._world.answer(name, path, headers)
        self._world.requests.append(
            Request(
                run=self._world.run,
                host=name,
                path=path,
                headers=headers,
                at=at,
                ended=monotonic(),
                status=page.status,
                etag=page.headers.get("ETag", ""),
                wait=self._world.rest(name, page),
            )
        )
        self._send(page)

    def _send(self, page: Page) -> None:
        if page.status == 0:
            self._transport.abort()
            return
        body = page.body.encode()
        now = format_datetime(datetime.now(UTC), usegmt=True)
        fields = {"Content-Type": page.kind, "Set-Cookie": "guest=1", "Date": now} | page.headers
        if page.status != NOT_MODIFIED:
            fields["Content-Length"] = str(len(body))
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        self._transport.write(f"HTTP/1.1 {page.status} -\r\n{head}\r\n".encode() + body)


def _resting(host: Host) -> Page:
    """An answer of 429 with seconds, or 503 with a date."""
    if host.kind == "busy":
        return Page(status=429, headers={"Retry-After": str(max(ceil(host.rests_until - time()), 1))})
    until = datetime.fromtimestamp(host.rests_until, UTC)
    return Page(status=503, headers={"Retry-After": format_datetime(until, usegmt=True)})
