"""The feeds over HTTP: read only, for anybody.

A client that says what it has (If-None-Match, or else If-Modified-Since) is answered 304 while that is still good.
While there is no database the answer is 503: an empty feed would tell a website to drop what it has.
"""

from collections.abc import Callable
from datetime import UTC
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path

from jinja2 import Environment, PackageLoader
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from config import Settings
from publish.feed import DESCRIPTION, TYPES, Format, file_name
from publish.shelf import Copy, Shelf
from storage.entries import NoDatabaseError
from stories.languages import LANGUAGES

MAX_AGE_SECONDS = 60  # a story that is taken back is out of every cache a minute later
RETRY_SECONDS = 60
MOST_DIGITS = 15  # of a number below which a feed goes on; SQLite's largest integer has 19
NOT_MODIFIED, BAD_REQUEST, UNAVAILABLE = 304, 400, 503
HEADERS = {
    "cache-control": f"public, max-age={MAX_AGE_SECONDS}",
    "access-control-allow-origin": "*",  # a website's own script may read what anybody may
    "content-security-policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
}


def application(settings: Settings) -> Starlette:
    """The feeds of the settings' database, under the settings' public address."""
    shelf = Shelf(settings.database, settings.site, settings.feed_entries)
    pages = Environment(loader=PackageLoader("publish"), autoescape=True, trim_blocks=True, lstrip_blocks=True)

    def index(request: Request) -> Response:
        shown = {"languages": LANGUAGES, "written": shelf.languages(), "formats": list(Format)}
        page = pages.get_template("index.html").render(description=DESCRIPTION, file_name=file_name, **shown)
        return HTMLResponse(page, headers=HEADERS)

    feeds = [
        Route(f"/{file_name(language, format)}", _feed(shelf, language, format))
        for language in (None, *LANGUAGES)
        for format in Format
    ]
    static = Mount("/static", StaticFiles(directory=Path(__file__).parent / "static"))
    return Starlette(routes=[Route("/", index), *feeds, static], exception_handlers={NoDatabaseError: _nothing_yet})


def _feed(shelf: Shelf, language: str | None, format: Format) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        before = request.query_params.get("before")
        if before is not None and not (before.isascii() and before.isdigit() and len(before) <= MOST_DIGITS):
            return PlainTextResponse("before must be a number\n", status_code=BAD_REQUEST)
        copy = shelf.copy(language, format, int(before) if before else None)
        headers = HEADERS | {"etag": copy.etag, "last-modified": format_datetime(copy.changed_at, usegmt=True)}
        if still_good(request.headers, copy):
            return Response(status_code=NOT_MODIFIED, headers=headers)
        return Response(copy.body, media_type=f"{TYPES[format]}; charset=utf-8", headers=headers)

    return answer


def still_good(headers: Headers, copy: Copy) -> bool:
    """Whether what the client has is what it would get. An ETag goes before a date (RFC 9110, 13.2.2)."""
    if (tags := headers.get("if-none-match")) is not None:
        return any(tag.strip().removeprefix("W/") in ("*", copy.etag) for tag in tags.split(","))
    try:
        since = parsedate_to_datetime(headers.get("if-modified-since", ""))
    except ValueError:
        return False
    return copy.changed_at <= since.replace(tzinfo=since.tzinfo or UTC)


def _nothing_yet(request: Request, error: Exception) -> Response:
    headers = {"retry-after": str(RETRY_SECONDS), "cache-control": "no-store"}
    return PlainTextResponse("Nothing has been collected yet.\n", status_code=UNAVAILABLE, headers=headers)
