"""A token in every form: what changes something must carry the token that a cookie of ours holds, signed (asgi-csrf).

The library lets requests without any cookie pass; here they must carry a token too, as signing in sets a cookie. What
it cannot read (a body that is no UTF-8, a multipart form without a boundary, a token with letters that no token has)
is refused as a form that is broken. The size of a body is limited before.
"""

from collections.abc import Callable

from asgi_csrf import Errors, asgi_csrf  # type: ignore[import-untyped]  # published without type information
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from desk.asking import SAFE_METHODS
from desk.place import Place

FIELD = "csrftoken"
TOKEN_SCOPE = "csrftoken"  # under which the library leaves the function that gives the token
BAD_REQUEST, FORBIDDEN = 400, 403
TOO_OLD = "This form is too old, or is not ours. Nothing was changed: go back, load the page again, and repeat it."
BROKEN = "This form cannot be read. Nothing was changed."
PASSED = "csrf_passed"


Refuse = Callable[[Request, int, str], Response]
"""How a refusal looks: a page of the desk, of this status, with this sentence."""


class Everywhere:
    """All paths: what the library asks whether a path is in."""

    def __contains__(self, path: object) -> bool:
        return True


class Csrf:
    """Refuses what changes something and does not carry the token."""

    def __init__(self, app: ASGIApp, place: Place, cookie: str, secret: str, refuse: Refuse) -> None:
        self.app, self.refuse = app, refuse
        self.checked: ASGIApp = asgi_csrf(
            self._pass,
            cookie_name=cookie,
            signing_secret=secret,
            always_protect=Everywhere(),
            cookie_path=place.path,
            cookie_secure=place.https,
            send_csrf_failed=self._failed,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 403 or 400, or pass the request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        passed: list[bool] = []
        scope[PASSED] = passed
        try:
            await self.checked(scope, receive, send)
        except (AssertionError, LookupError, TypeError, ValueError):  # what the library says of input it cannot read
            if passed or scope["method"] in SAFE_METHODS:
                raise
            await self.refuse(Request(scope), BAD_REQUEST, BROKEN)(scope, receive, send)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[PASSED].append(True)
        await self.app(scope, receive, send)

    async def _failed(self, scope: Scope, send: Send, reason: Errors) -> None:
        answer = self.refuse(Request(scope), FORBIDDEN, TOO_OLD)
        await answer(scope, _nothing_more, send)


async def _nothing_more() -> dict[str, str]:
    return {"type": "http.disconnect"}
