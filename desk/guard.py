"""What may reach the desk: this machine's own browser, from the desk's own pages.

The desk has no password, since it listens on loopback alone. Two ways round that remain, and are closed here. A
foreign page may let its own host name point to 127.0.0.1 (DNS rebinding): so the Host header must be a loopback name
with the port that we serve. A foreign page may send a form to us (CSRF): so a request that changes something must come
from our own origin. Browsers say so in Sec-Fetch-Site, older ones in Origin, and no page can forge either; another
port of this machine is `same-site`, not `same-origin`, and is refused. A client that sends neither is no browser, has
no one's page behind it, and is let through. That needs no token, so that forms work without cookies or JavaScript.

An answer may run no script and load nothing but our own files, and may be framed by nobody.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")
HTTP_PORT = 80
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
OWN_PAGES = ("same-origin", "none")  # none: typed, or from a bookmark
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # sources do not learn of the desk; no-referrer would make our own forms' Origin `null`
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class Guard:
    """Lets in what may come in, and adds the security headers to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 403 with the reason, or pass the request on."""

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        reason = refusal(scope) if scope["type"] == "http" else None
        app = PlainTextResponse(f"{reason}\n", status_code=403) if reason else self.app
        await app(scope, receive, send_guarded)


def refusal(scope: Scope) -> str | None:
    """Why the request must not come in; None where it may."""
    headers = Headers(scope=scope)
    host = headers.get("host", "")
    if host not in _own_hosts(scope):
        return f"The desk answers on {_own_hosts(scope)[0]} only, and was asked for “{host}”."
    if scope["method"] in SAFE_METHODS:
        return None
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    foreign = site not in OWN_PAGES if site else origin is not None and urlsplit(origin).netloc != host
    return "A decision must be sent from the desk's own page." if foreign else None


def _own_hosts(scope: Scope) -> list[str]:
    port = scope["server"][1]
    names = [f"{name}:{port}" for name in LOOPBACK_NAMES]
    return names + list(LOOPBACK_NAMES) if port == HTTP_PORT else names
