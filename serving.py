"""One web application on one port: in the foreground until Ctrl-C, or in a thread beside other work.

The port is one of 127.0.0.1 unless another address is named.

The port is taken before the server starts, so that one that is in use is a clear error, 0 means any free one, and the
first request may be sent as soon as `start` returns.
"""

import socket
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import uvicorn
from starlette.applications import Starlette

from config import ConfigError

HOST = "127.0.0.1"
BACKLOG = 128
GRACE_SECONDS = 3  # a request under way when the server is stopped; the slowest page takes well under a second


Listener = socket.socket


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A server in a thread of its own: its address (`http://127.0.0.1:8070`), and how to end it."""

    address: str
    server: uvicorn.Server
    thread: threading.Thread

    def stop(self) -> None:
        """End the server and wait until it has ended."""
        self.server.should_exit = True
        self.thread.join()


def listen(port: int, setting: str, host: str = HOST) -> Listener:
    """Take the port, 0 for any free one. Raises ConfigError that names `setting` where it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise ConfigError(
            f"port {port} of {host} cannot be used ({error.strerror}): end what uses it, or set {setting} to another; "
            "0 takes any free one"
        ) from None
    # asyncio does this for sockets that it opens itself; without it an answer of some sizes waits 40 ms for an ACK
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def address(listener: Listener) -> str:
    """Where it listens: `http://127.0.0.1:8070`."""
    host, port, *_ = listener.getsockname()
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def start(app: Starlette, listener: Listener, *, proxies: Sequence[str] = ()) -> Running:
    """Serve in a thread. `proxies`: addresses that are believed in X-Forwarded-For who asks."""
    server = _server(app, proxies)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    return Running(address=address(listener), server=server, thread=thread)


def serve(app: Starlette, listener: Listener, name: str, *, proxies: Sequence[str] = (), at: str = "") -> None:
    """Serve until Ctrl-C or SIGTERM, having said where: `at`, else where it listens."""
    said = f"{name}: {at or address(listener)} (Ctrl-C ends it)"
    with suppress(KeyboardInterrupt):  # raised again by the server once it has ended
        _server(app, proxies, said).run(sockets=[listener])


class _Server(uvicorn.Server):
    """A server that says something once a signal ends it well: not while it starts."""

    said = ""

    async def startup(self, sockets: list[Listener] | None = None) -> None:
        """As any, and say it."""
        await super().startup(sockets)
        if self.said:
            print(self.said, flush=True)


def _server(app: Starlette, proxies: Sequence[str], said: str = "") -> uvicorn.Server:
    server = _Server(
        uvicorn.Config(
            app,
            lifespan="off",
            log_config=None,  # its lines go where ours go, in our shape (logs.py)
            log_level="warning",
            access_log=False,
            proxy_headers=bool(proxies),  # nobody else's word is taken for who asks
            forwarded_allow_ips=list(proxies),
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )
    server.said = said
    return server
