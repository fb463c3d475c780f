"""How fast the publisher is with 100,000 published entries, beside a bare Starlette that says hello.

usage: python -m bench.publish_speed DIR [--stories 118000] [--rounds 3] [--seconds 3]

Makes DIR/goodturn.db where there is none (bench.many_stories), approves every cluster in one statement, and prints:

- how long the live feed takes to be built: with nothing kept (entries, items, formats), and after an editor's act, the
  look at what has changed included; the median of five;
- requests a second, over 16 connections that are kept, beside hello's: each address is asked for some seconds in each
  round, all in turn, so that what else the machine does falls on all of them; the median of the rounds. And the same
  by the server's own processor time, which does not hang on what else runs.

The client only counts bytes, as every answer of an address has the same length.
"""

import argparse
import asyncio
import multiprocessing
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

import serving
from bench.many_stories import fill
from config import Settings
from publish.app import application
from publish.feed import Format
from publish.feeds import EVERYTHING, made
from publish.shelf import Shelf
from storage.board import STATES
from storage.database import Database, connect, stamp, writing
from storage.edits import edit
from storage.filters import State
from storage.log import Field

CONNECTIONS = 16
BUILDS = 5
SMALL = "/feed.json?told=30"  # few entries, or none
AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def prepare(folder: Path, stories: int) -> Settings:
    """A database in which everything is published."""
    settings = Settings(data=folder)
    is_new = not settings.database.exists()
    db = connect(settings.database)
    if is_new:
        fill(db, stories)
    with writing(db):
        db.conn.execute("pragma defer_foreign_keys = on")
        db.conn.execute(_APPROVE, (stamp(AT),))
    db.close()
    return settings


def builds(settings: Settings) -> None:
    """Print how long the live feed takes to be built."""
    shelf = Shelf(settings)
    begin = time.perf_counter()
    with shelf.reading() as reading:
        entries = int((reading.board.numbers["state"] == STATES.index(State.APPROVED)).sum())
    print(f"{entries:,} entries; the first look at all of them {_ms(time.perf_counter() - begin)}")
    db = connect(settings.database)
    for format in Format:
        bare, after, size = [], [], 0
        for number in range(BUILDS):
            shelf._pieces.clear()
            with shelf.reading() as reading:
                begin = time.perf_counter()
                size = len(made(reading, EVERYTHING, format).body)
                bare.append(time.perf_counter() - begin)
            _edit_one(db, reading.board.ids[number], f"Another title {number} {format}")
            begin = time.perf_counter()
            shelf.kept(format, lambda reading, format=format: made(reading, EVERYTHING, format))  # type: ignore[misc]
            after.append(time.perf_counter() - begin)
        print(f"live {format}, {size / 1000:.0f} kB: with nothing kept {_median(bare)}, after an act {_median(after)}")
    db.close()
    shelf.close()


def _edit_one(db: Database, id: str, title: str) -> None:
    edit(db, id, Field.TITLE, title, who="Ada Holm", at=AT)


def _median(seconds: list[float]) -> str:
    return _ms(statistics.median(seconds))


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def hello() -> Starlette:
    """The least that Starlette can say."""

    async def answer(request: Request) -> PlainTextResponse:
        return PlainTextResponse("hello")

    return Starlette(routes=[Route("/", answer)])


def _serve(app: Callable[[], Starlette], told: Connection) -> None:
    """Serve an application in this process, and say its processor time whenever asked."""
    running = serving.start(app(), serving.listen(0, "bench"))
    told.send(running.address)
    while told.recv():
        told.send(time.process_time())
    running.stop()


class Served:
    """An application in a process of its own."""

    def __init__(self, app: Callable[[], Starlette]) -> None:
        self.told, other = multiprocessing.Pipe()
        self.process = multiprocessing.get_context("fork").Process(target=_serve, args=(app, other), daemon=True)
        self.process.start()
        self.port = int(self.told.recv().rpartition(":")[2])

    def seconds(self) -> float:
        """Its processor time."""
        self.told.send(True)
        return float(self.told.recv())

    def stop(self) -> None:
        """End it."""
        self.told.send(False)
        self.process.join()


class Client(asyncio.Protocol):
    """Asks the same again and again; `size` bytes are an answer."""

    def __init__(self, request: bytes, size: int, count: list[int]) -> None:
        self.request, self.size, self.count, self.got = request, size, count, 0

    def connection_made(self, transport: Any) -> None:
        """Ask first."""
        self.transport = transport
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        """Ask again after each answer."""
        self.got += len(data)
        if self.got >= self.size:
            self.got = 0
            self.count[0] += 1
            self.transport.write(self.request)


def request(path: str, **headers: str) -> bytes:
    """A request as it goes over the wire."""
    said = {"host": "127.0.0.1", "user-agent": "bench", **{n.replace("_", "-"): v for n, v in headers.items()}}
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in said.items()), "", ""]
    return "\r\n".join(lines).encode()


async def _first(port: int, asked: bytes) -> tuple[int, dict[str, str], int]:
    """The size of an answer with its headers, the headers, and the status."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(asked)
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:] if line)}
    writer.close()
    status = int(lines[0].split()[1])
    return len(head) + int(headers.get("content-length", 0)), headers, status


async def _asking(port: int, asked: bytes, size: int, seconds: float) -> int:
    loop, count, opened = asyncio.get_running_loop(), [0], []
    for _ in range(CONNECTIONS):
        opened.append(await loop.create_connection(lambda: Client(asked, size, count), "127.0.0.1", port))
    await asyncio.sleep(seconds)
    total = count[0]
    for transport, _ in opened:
        transport.abort()
    return total


def speeds(settings: Settings, rounds: int, seconds: float) -> None:
    """Print requests a second beside hello's."""
    servers = {"hello": Served(hello), "feeds": Served(lambda: application(settings))}
    feeds = servers["feeds"].port
    etag = asyncio.run(_first(feeds, request("/feed.atom")))[1]["etag"]
    asked = {
        "hello": request("/"),
        "live feed, plain": request("/feed.atom"),
        "live feed, gzip": request("/feed.atom", accept_encoding="gzip"),
        "a small feed": request(SMALL),
        "304": request("/feed.atom", if_none_match=etag),
    }
    rates: dict[str, list[tuple[float, float]]] = {name: [] for name in asked}
    sizes = {}
    for _ in range(rounds):
        for name, said in asked.items():
            server = servers["hello" if name == "hello" else "feeds"]
            sizes[name], _, status = asyncio.run(_first(server.port, said))
            assert status == (304 if name == "304" else 200), (name, status)
            begin, spent = time.perf_counter(), server.seconds()
            count = asyncio.run(_asking(server.port, said, sizes[name], seconds))
            took, spent = time.perf_counter() - begin, server.seconds() - spent
            rates[name].append((count / took, count / spent))
    base = [statistics.median(column) for column in zip(*rates["hello"], strict=True)]
    for name, found in rates.items():
        wall, own = (statistics.median(column) for column in zip(*found, strict=True))
        print(
            f"{name:<18}{sizes[name]:>8,} bytes {wall:>7,.0f} a second, {wall / base[0]:.2f} of hello;"
            f" {own:>7,.0f} a second of the server's time, {own / base[1]:.2f}"
        )
    for server in servers.values():
        server.stop()


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(prog="python -m bench.publish_speed", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--stories", type=int, default=118_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3)
    asked = parser.parse_args()
    settings = prepare(asked.folder, asked.stories)
    builds(settings)
    speeds(settings, asked.rounds, asked.seconds)


_APPROVE = """
insert into decisions (cluster, verb, who, at)
select c.id, 'approve', 'Ada Holm', ? from clusters c
where not exists (select 1 from last_decisions d where d.cluster = c.id and d.verb = 'approve')
"""

if __name__ == "__main__":
    main()
