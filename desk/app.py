"""The desk: a private web application on which editors read what was found and decide.

A request comes in through the guard (host, origin, headers), the limit of its size, the session's cookie, who asks,
and the token of forms, in this order; then a route answers, if who asks may have it (`desk/asking.py`).
"""

import getpass
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

import present
from config import Settings
from desk.adding import Adding
from desk.asking import ZONE_COOKIE, Askers, SignInError, admitting
from desk.chronicle import Chronicle
from desk.clusters import Clusters
from desk.csrf import Csrf
from desk.deciding import Deciding
from desk.desk import Desk
from desk.editing import Editing
from desk.entry import Entry
from desk.grouping import Grouping
from desk.guard import Guard
from desk.lists import Lists
from desk.operations import Operations, alarms_on
from desk.pages import STATIC, environment
from desk.place import place_of
from desk.refusals import refusals, refused
from desk.staff import Staff
from desk.you import You
from storage import anew
from storage.database import connect, connect_private
from storage.sessions import LONGEST, SIGNING, secret

MOST_BODY_BYTES = 300_000  # a story that is added has 20,000 characters, each up to 12 bytes in a form


class Static(StaticFiles):
    """Our own files; their addresses carry their version, so that browsers may keep them."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        """The file, to be kept for a year."""
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they come
        response.headers["cache-control"] = "max-age=31536000, immutable"
        return response


def application(settings: Settings, now: Callable[[], datetime] = present.now) -> Starlette:
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
    with desk.opened() as db:
        desk.board.look(db)  # the first look reads all clusters, some seconds for a hundred thousand: not at a request
    desk.templates.globals["alarms_on"] = partial(alarms_on, desk)
    entry = Entry(desk=desk)
    app = Starlette(
        routes=[*admitting(_routes(desk, entry, settings)), Mount("/static", Static(directory=STATIC))],
        middleware=_layers(desk, settings),
        exception_handlers=refusals(desk) | {SignInError: entry.lead_in},
    )
    app.router.redirect_slashes = False  # it would lead out of the prefix behind a proxy
    return app


def _routes(desk: Desk, entry: Entry, settings: Settings) -> list[Route]:
    unused = timedelta(hours=settings.session_hours)
    editorial = (Lists, Clusters, Deciding, Grouping, Editing, Chronicle, Adding)
    return [
        *entry.routes(),
        *Staff(desk=desk, unused=unused).routes(),
        *Operations(desk=desk, settings=settings).routes(),
        *You(desk=desk, unused=unused).routes(),
        *(route for part in editorial for route in part(desk=desk).routes()),
        Route("/guide", partial(_guide, desk)),
    ]


def _guide(desk: Desk, request: Request) -> Response:
    """What counts as a story, why not, and the keys."""
    with desk.opened() as db:
        return desk.page(request, "guide.html", db=db)


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
        Middleware(Csrf, place=place, cookie=token, secret=signing, refuse=partial(refused, desk)),
    ]


def editor(settings: Settings) -> str:
    """The name that what is done in a terminal is logged under: the setting, else who this process runs as."""
    try:
        return settings.editor or getpass.getuser()
    except (OSError, KeyError):  # a system user without a name
        return "editor"
