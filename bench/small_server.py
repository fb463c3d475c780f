"""A quick static server for machines without nginx: GET with ETag, over kept connections, files held in memory.

    python -m bench.small_server FOLDER PORT HOST ...    # serves FOLDER/site, logs to FOLDER/access.log as nginx does

Python's own `http.server` makes a thread for each connection and is slower than the crawls that are to be measured.
"""

import asyncio
import sys
from pathlib import Path
from time import time

TYPES = {".html": "text/html", ".xml": "application/rss+xml"}
FLUSH_SECONDS = 0.5


class Connection(asyncio.Protocol):
    """One client's connection."""

    def __init__(self, folder: Path, log: list[str]) -> None:
        self._folder, self._log, self._rest = folder, log, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Called by asyncio; requests may come in pieces."""
        *heads, self._rest = (self._rest + data).split(b"\r\n\r\n")
        for head in heads:
            self._transport.write(self._answer(head))

    def _answer(self, head: bytes) -> bytes:
        first, *lines = head.decode("latin-1").split("\r\n")
        path = first.split(" ")[1]
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        file = self._folder / path.lstrip("/")
        if not file.is_file():
            return self._said(404, path, "Content-Length: 0\r\n")
        about = file.stat()
        etag = f'"{int(about.st_mtime):x}-{about.st_size:x}"'
        if headers.get("if-none-match") == etag:
            return self._said(304, path, f"ETag: {etag}\r\n")
        kind = (
            f"Content-Type: {TYPES[file.suffix]}; charset=utf-8\r\nContent-Length: {about.st_size}\r\nETag: {etag}\r\n"
        )
        return self._said(200, path, kind) + file.read_bytes()

    def _said(self, status: int, path: str, headers: str) -> bytes:
        self._log.append(f"{time():.3f} {status} {path}\n")
        return f"HTTP/1.1 {status} -\r\n{headers}\r\n".encode()


async def serve(folder: Path, port: int, hosts: list[str]) -> None:
    """Serve until the process is ended."""
    log: list[str] = []
    server = await asyncio.get_running_loop().create_server(
        lambda: Connection(folder / "site", log), hosts, port, backlog=256
    )
    async with server:
        with (folder / "access.log").open("w", encoding="utf-8") as file:
            while True:
                await asyncio.sleep(FLUSH_SECONDS)
                file.writelines(log)
                file.flush()
                log.clear()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
