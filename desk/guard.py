"""What may reach the desk: a browser that asks for it by its own name, from the desk's own pages.

The Host header must be a name of ours: a loopback name with our port, or the host of the setting `desk_site`. So a
foreign page cannot let its own host name point here (DNS rebinding). A request that changes something must come from
our own origin (CSRF): browsers say so in Sec-Fetch-Site, older ones in Origin, and no page can forge either; another
port of this machine is `same-site`, not `same-origin`, and is refused. Beside that each form carries a token
(`desk/csrf.py`), for clients that say neither.

Of the cookies only ours get in, and of those only what we could have set: other programs on this host set what they
like. What a proxy says to us in Authorization does not get in: the token's library asks no token of who has a Bearer.
The prefix of our address is taken off where a proxy has left it on. An answer may run no script and load nothing
but our own files, and may be framed by nobody.
"""

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from desk.asking import SAFE_METHODS
from desk.place import Place

FORBIDDEN = 403
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
ONLY_HTTPS = {"strict-transport-security": "max-age=31536000"}  # a year, as is usual
COOKIE = re.compile(r"(?:^|;)[ \t]*([A-Za-z0-9_-]+)=([A-Za-z0-9+/=._%-]*)[ \t]*(?=;|$)")


def headers(place: Place) -> dict[str, str]:
    """What every answer says to the browser."""
    return HEADERS | (ONLY_HTTPS if place.https else {})


class Guard:
    """Lets in what may come in, and adds the security headers to every answer."""

    def __init__(self, app: ASGIApp, place: Place, cookies: frozenset[str]) -> None:
        self.app, self.place, self.cookies, self.headers = app, place, cookies, headers(place)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 403 with the reason, or pass the request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self.headers)
            await send(message)

        reason = refusal(scope, self.place)
        app = PlainTextResponse(f"{reason}\n", status_code=FORBIDDEN) if reason else self.app
        await app(self._cleaned(scope), receive, send_guarded)

    def _cleaned(self, scope: Scope) -> Scope:
        root, path = self.place.root, scope["path"]
        if root and (path == root or path.startswith(f"{root}/")):
            path = path.removeprefix(root) or "/"
        said = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
        others = [(name, value) for name, value in scope["headers"] if name not in (b"cookie", b"authorization")]
        own = own_cookies(said.decode("latin-1"), self.cookies)
        return {
            **scope,
            "path": path,
            "root_path": "",
            "headers": others + ([(b"cookie", own.encode())] if own else []),
        }


def own_cookies(said: str, names: frozenset[str]) -> str:
    """Of a Cookie header what is ours; of two of one name the first, which is for the longer path."""
    found: dict[str, str] = {}
    for name, value in COOKIE.findall(said):
        if name in names:
            found.setdefault(name, value)
    return "; ".join(f"{name}={value}" for name, value in found.items())


def refusal(scope: Scope, place: Place) -> str | None:
    """Why the request must not come in; None where it may."""
    headers = Headers(scope=scope)
    host = headers.get("host", "").lower()
    if host not in place.hosts:
        return f"The desk answers on {place.address} only, and was asked for “{host}”."
    if scope["method"] in SAFE_METHODS:
        return None
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    foreign = site not in OWN_PAGES if site else origin is not None and origin not in place.origins(host)
    return "A decision must be sent from the desk's own page." if foreign else None
