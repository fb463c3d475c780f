"""One web application on one port of 127.0.0.1: in the foreground until Ctrl-C, or in a thread beside other work.

The port is taken before the server starts, so that one that is in use is a clear error, 0 means any free one, and the
first request may be sent as soon as `start` returns.
"""

import socket
import threading
from contextlib import suppress
from dataclasses import dataclass

import uvicorn
from starlette.applications import Starlette

from config import ConfigError

HOST = "127.0.0.1"
BACKLOG = 128
GRACE_SECONDS = 3  # a request under way when the server is stopped; the slowest page takes well under a second


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


def listen(port: int, setting: str) -> socket.socket:
    """Take the port, 0 for any free one. Raises ConfigError that names `setting` where it cannot be had."""
    try:
        listener = socket.create_server((HOST, port), backlog=BACKLOG)
    except OSError as error:
        raise ConfigError(
            f"port {port} of {HOST} cannot be used ({error.strerror}): end what uses it, or set {setting} to another; "
            "0 takes any free one"
        ) from None
    # asyncio does this for sockets that it opens itself; without it an answer of some sizes waits 40 ms for an ACK
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def address(listener: socket.socket) -> str:
    """Where it listens: `http://127.0.0.1:8070`."""
    host, port = listener.getsockname()
    return f"http://{host}:{port}"


def start(app: Starlette, listener: socket.socket) -> Running:
    """Serve in a thread."""
    server = _server(app)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    return Running(address=address(listener), server=server, thread=thread)


def serve(app: Starlette, listener: socket.socket, name: str) -> None:
    """Serve until Ctrl-C or SIGTERM, having said where."""
    print(f"{name}: {address(listener)} (Ctrl-C ends it)", flush=True)
    with suppress(KeyboardInterrupt):  # raised again by the server once it has ended
        _server(app).run(sockets=[listener])


def _server(app: Starlette) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(
            app,
            lifespan="off",
            log_level="warning",
            access_log=False,
            proxy_headers=False,  # nobody's word is taken for who asks
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )
