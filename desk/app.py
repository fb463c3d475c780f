"""The desk: a private web application on which editors read what was found and decide."""

import getpass
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from config import Settings
from desk.grouping import Groups
from desk.guard import HEADERS, Guard
from desk.pages import STATIC, environment
from desk.queue import BAD_REQUEST
from desk.views import Desk
from storage import anew
from storage.comparison import MovedError
from storage.database import connect
from storage.decisions import ConflictError, UnknownClusterError
from storage.ties import Act, GroupingError

MOST_BODY_BYTES = 64_000  # a decision has a note of 2,000 characters at most
NOT_FOUND, SERVER_ERROR = 404, 500
NO_STORY = "There is no story at this address."
TITLES = {
    400: "That did not make sense",
    404: "Nothing here",
    405: "That cannot be done here",
    413: "That is too long",
    500: "Something broke",
}


class Static(StaticFiles):
    """Our own files; their addresses carry their version, so that browsers may keep them."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        """The file, to be kept for a year."""
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they come
        response.headers["cache-control"] = "max-age=31536000, immutable"
        return response


def application(settings: Settings, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Starlette:
    """The desk over the database of the settings, which is made where there is none yet."""
    with closing(connect(settings.database)) as db:  # whatever is wrong with it is said now, not to the first editor
        if anew.is_due(db):
            anew.place_anew(db)
    desk = Desk(database=Path(settings.database), templates=environment(), who=editor(settings), now=now)
    groups = Groups(desk=desk)

    def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return _error(desk, error.status_code, error.detail)

    def unknown(request: Request, error: Exception) -> Response:
        return _error(desk, NOT_FOUND, NO_STORY)

    def impossible(request: Request, error: Exception) -> Response:
        said = str(error)
        return _error(desk, BAD_REQUEST, f"{said[:1].upper()}{said[1:]}.")

    def broken(request: Request, error: Exception) -> Response:
        response = _error(desk, SERVER_ERROR, "What you decided before is kept. The terminal of the desk says more.")
        response.headers.update(HEADERS)  # this answer is made outside of the guard
        return response

    return Starlette(
        routes=[
            Route("/", desk.inbox),
            Route("/cluster/{id}", desk.cluster),
            *(Route(f"/cluster/{{id}}/{act}", partial(groups.act, act), methods=["POST"]) for act in Act),
            Route("/cluster/{id}/{verb}", desk.decide, methods=["POST"]),
            Route("/log", desk.log),
            Route("/guide", desk.guide),
            Mount("/static", Static(directory=STATIC)),
        ],
        middleware=[Middleware(Guard)],
        exception_handlers={
            HTTPException: refused,
            UnknownClusterError: unknown,
            ConflictError: desk.conflict,
            GroupingError: impossible,
            MovedError: groups.moved,
            Exception: broken,
        },
        max_body_size=MOST_BODY_BYTES,
    )


def editor(settings: Settings) -> str:
    """The name that decisions are logged under: the setting, else who this process runs as."""
    try:
        return settings.editor or getpass.getuser()
    except (OSError, KeyError):  # a system user without a name
        return "editor"


def _error(desk: Desk, status: int, message: str) -> Response:
    title = TITLES.get(status, "That did not work")
    return desk.page("error.html", status=status, title=title, message=message, sizes={})
