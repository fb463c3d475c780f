"""The publisher over HTTP: read only, for anybody.

What is kept is answered at once, before any route is looked for. All else goes to the routes, which a room adds to
`ROOMS`; how they answer is said in publish/shelf.py. While there is no database the answer is 503: an empty feed would
tell a website to drop what it has. What a client did wrong is said in one sentence, as plain text.
"""

from collections.abc import Callable, Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute

import present
from config import Settings
from publish import api, page, pages
from publish import routes as feeds
from publish.answer import COMMON, PREFLIGHT, Answer
from publish.shelf import Clock, Shelf, address
from storage.entries import NoDatabaseError
from storage.filters import FilterError

RETRY_SECONDS = 60
CACHED = {"cache-control": "public, max-age=60"}
MOST_PATH = 1_000  # characters; the longest of ours, a search's name, has a tenth
BAD_REQUEST, NOT_FOUND, UNAVAILABLE, NO_CONTENT = 400, 404, 503, 204
ROOMS: Sequence[Callable[[Shelf], Sequence[BaseRoute]]] = (feeds.routes, pages.routes, api.routes)
"""What gives addresses."""


class Publisher(Starlette):
    """The application, with the short way to what is kept."""

    def __init__(self, settings: Settings, now: Clock = present.now) -> None:
        self.shelf = Shelf(settings, now)
        handlers = {HTTPException: self._refused, FilterError: _mistaken, NoDatabaseError: _nothing_yet}
        routes = [route for room in ROOMS for route in room(self.shelf)]
        super().__init__(routes=routes, exception_handlers=handlers)  # type: ignore[arg-type]  # each its own exception

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer."""
        if scope["type"] == "http":
            if len(scope["path"]) > MOST_PATH and not scope["path"].startswith("/api/"):
                await _said(NOT_FOUND, "there is nothing at so long an address")(scope, receive, send)
                return
            if scope["method"] in ("GET", "HEAD") and (copy := self.shelf.ready(address(scope))):
                await Answer(copy)(scope, receive, send)
                return
            if scope["method"] == "OPTIONS":
                await Response(status_code=NO_CONTENT, headers=PREFLIGHT)(scope, receive, send)
                return
        await super().__call__(scope, receive, send)

    def _refused(self, request: Request, error: HTTPException) -> Response:
        """A sentence; for a person who looks for a page, a page."""
        if error.status_code == NOT_FOUND and "text/html" in request.headers.get("accept", ""):
            headers = COMMON | CACHED | {"vary": "accept"}
            return HTMLResponse(page.missing(self.shelf.settings.site), status_code=NOT_FOUND, headers=headers)
        return _said(error.status_code, error.detail, dict(error.headers or {}))


def application(settings: Settings, now: Clock = present.now) -> Publisher:
    """What is published of the settings' database, under the settings' public address."""
    return Publisher(settings, now)


def _mistaken(request: Request, error: FilterError) -> Response:
    return _said(BAD_REQUEST, str(error))


def _nothing_yet(request: Request, error: NoDatabaseError) -> Response:
    headers = {"retry-after": str(RETRY_SECONDS), "cache-control": "no-store"}
    return _said(UNAVAILABLE, "nothing has been collected yet", headers)


def _said(status: int, sentence: str, headers: dict[str, str] | None = None) -> Response:
    common = COMMON | CACHED | ({"vary": "accept"} if status == NOT_FOUND else {})
    return PlainTextResponse(f"{sentence}\n", status_code=status, headers=common | (headers or {}))
