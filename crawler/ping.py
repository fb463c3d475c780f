"""Telling a WebSub hub that a feed has changed: one POST, to an address that may be asked, as all that we ask.

The name of the hub is resolved here, every address of it is judged by the guard (crawler/guard.py), and one that it let
pass is connected to. A redirect is not followed: where the hub is, an operator says.
"""

import http.client
import socket
import ssl
from urllib.parse import urlencode, urlsplit

from crawler.guard import may_be_asked
from crawler.settings import USER_AGENT

FORM = "application/x-www-form-urlencoded"
PORTS = {"http": 80, "https": 443}


def ping(hub: str, topic: str, *, loopback: bool = False, seconds: float = 10) -> str | None:
    """Tell the hub that a feed has changed. Returns what went wrong, or None where the hub took it."""
    try:
        parts = urlsplit(hub)
        host, port = parts.hostname or "", parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:  # a port of six digits
        host, port = "", 0
    if not (host and port):
        return f"{hub} is no web address"
    connection = http.client.HTTPConnection(host, port, timeout=seconds)
    try:
        connection.sock = _connected(host, port, seconds, loopback=loopback, secure=parts.scheme == "https")
        body = urlencode({"hub.mode": "publish", "hub.url": topic})
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, {"content-type": FORM, "user-agent": USER_AGENT})
        status = connection.getresponse().status
    except (OSError, ValueError, http.client.HTTPException) as error:  # a name that IDNA forbids is a ValueError
        return f"{type(error).__name__}: {error}"
    finally:
        connection.close()
    return None if status // 100 == 2 else f"status {status}"  # noqa: PLR2004  # any 2xx


def _connected(host: str, port: int, seconds: float, *, loopback: bool, secure: bool) -> socket.socket:
    found = [each[4][0] for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    judged = [str(address) for address in found if may_be_asked(str(address), loopback=loopback)]
    if not judged:
        raise OSError(f"{host} has no public address")
    plain = socket.create_connection((judged[0], port), timeout=seconds)
    return ssl.create_default_context().wrap_socket(plain, server_hostname=host) if secure else plain
