"""The desk: a private web application on which editors read what was found and decide.

A request comes in through the guard (host, origin, headers), the limit of its size, the session's cookie, who asks,
and the token of forms, in this order; then a route answers, if who asks may have it (`desk/asking.py`).
"""

import getpass
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from config import Settings
from desk import adding
from desk.asking import ZONE_COOKIE, Askers, SignInError, admitting
from desk.csrf import Csrf
from desk.entry import Entry, sentence
from desk.grouping import Groups
from desk.guard import Guard, headers
from desk.pages import STATIC, environment
from desk.place import place_of
from desk.queue import BAD_REQUEST
from desk.staff import Staff
from desk.views import Desk
from desk.you import You
from storage import anew
from storage.comparison import MovedError
from storage.database import connect, connect_private
from storage.decisions import ConflictError, UnknownClusterError
from storage.people import PeopleError
from storage.sessions import LONGEST, SIGNING, secret
from storage.ties import Act, GroupingError

MOST_BODY_BYTES = 300_000  # a story that is added has 20,000 characters, each up to 12 bytes in a form
NOT_FOUND, SERVER_ERROR = 404, 500
NO_STORY = "There is no story at this address."
TITLES = {
    400: "That did not make sense",
    403: "That is not open to you",
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
    """The desk over the databases of the settings, which are made where there are none yet."""
    with closing(connect(settings.database)) as db:  # whatever is wrong with it is said now, not to the first editor
        if anew.is_due(db):
            anew.place_anew(db)
    place = place_of(settings)
    desk = Desk(
        database=Path(settings.database),
        private=Path(settings.private),
        place=place,
        templates=environment(place.root),
        now=now,
    )
    entry, groups = Entry(desk=desk), Groups(desk=desk)
    app = Starlette(
        routes=[*admitting(_routes(desk, entry, groups, settings)), Mount("/static", Static(directory=STATIC))],
        middleware=_layers(desk, settings),
        exception_handlers=_refusals(desk) | {SignInError: entry.lead_in, MovedError: groups.moved},
    )
    app.router.redirect_slashes = False  # it would lead out of the prefix behind a proxy
    return app


def _routes(desk: Desk, entry: Entry, groups: Groups, settings: Settings) -> list[Route]:
    unused = timedelta(hours=settings.session_hours)
    return [
        *entry.routes(),
        *Staff(desk=desk, unused=unused).routes(),
        *You(desk=desk, unused=unused).routes(),
        *adding.routes(desk),
        Route("/", desk.inbox),
        Route("/cluster/{id}", desk.cluster),
        *(Route(f"/cluster/{{id}}/{act}", partial(groups.act, act), methods=["POST"]) for act in Act),
        Route("/cluster/{id}/{verb}", desk.decide, methods=["POST"]),
        Route("/log", desk.log),
        Route("/guide", desk.guide),
    ]


def _layers(desk: Desk, settings: Settings) -> list[Middleware]:
    """What a request goes through before its route, the outermost first."""
    place = desk.place
    cookie, token = f"desk-{place.mark}", f"desk-form-{place.mark}"
    with closing(connect_private(desk.private)) as db:
        signing = secret(db, SIGNING)
    session: dict[str, Any] = {"path": place.path, "https_only": place.https, "max_age": int(LONGEST.total_seconds())}
    return [
        Middleware(Guard, place=place, cookies=frozenset({cookie, token, ZONE_COOKIE})),
        Middleware(RequestBodyLimitMiddleware, max_body_size=MOST_BODY_BYTES),
        Middleware(SessionMiddleware, secret_key=signing, session_cookie=cookie, **session),
        Middleware(Askers, private=desk.private, unused=timedelta(hours=settings.session_hours), now=desk.now),
        Middleware(Csrf, place=place, cookie=token, secret=signing, refuse=partial(_error, desk)),
    ]


def _refusals(desk: Desk) -> dict[Any, Callable[[Request, Exception], Response]]:
    """What is answered to what cannot be done."""

    def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return _error(desk, request, error.status_code, error.detail)

    def unknown(request: Request, error: Exception) -> Response:
        return _error(desk, request, NOT_FOUND, NO_STORY)

    def impossible(request: Request, error: Exception) -> Response:
        return _error(desk, request, BAD_REQUEST, sentence(error))

    def broken(request: Request, error: Exception) -> Response:
        said = "What you decided before is kept. The terminal of the desk says more."
        response = _error(desk, request, SERVER_ERROR, said)
        response.headers.update(headers(desk.place))  # this answer is made outside of the guard
        return response

    return {
        HTTPException: refused,
        UnknownClusterError: unknown,
        ConflictError: desk.conflict,
        GroupingError: impossible,
        PeopleError: impossible,
        Exception: broken,
    }


def editor(settings: Settings) -> str:
    """The name that what is done in a terminal is logged under: the setting, else who this process runs as."""
    try:
        return settings.editor or getpass.getuser()
    except (OSError, KeyError):  # a system user without a name
        return "editor"


def _error(desk: Desk, request: Request, status: int, message: str) -> Response:
    title = TITLES.get(status, "That did not work")
    return desk.page(request, "error.html", status=status, title=title, message=message)
