"""Who asks: found once for each request, from the session that its cookie names, and what they must be for a route.

A route says what it needs: `needs(Role.OPERATOR, endpoint)`, or `open_to_all(endpoint)`. A route that says nothing
needs a reader who is signed in where it only shows, and an editor where it changes something: nobody can forget it.

Whoever is not signed in is led to the sign-in page and back; who may not do it is told so (403). Who asks is looked up
when the last of a request has come, as a session may be ended while its body trickles in.
"""

import functools
import inspect
from collections.abc import Awaitable, Callable, Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo, available_timezones

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from storage.database import DatabaseError, SQLiteError, connect_private
from storage.logins import Origin
from storage.people import Person, Role
from storage.sessions import Session, is_to_be_noted, seen, signed_in

Endpoint = Callable[[Request], Response] | Callable[[Request], Awaitable[Response]]

FORBIDDEN = 403
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
UTC = ZoneInfo("UTC")
ZONE_COOKIE = "zone"
TOKEN = "token"
MAY_NOT = {
    Role.EDITOR: "You may read everything here, but not change it. An operator can make you an editor.",
    Role.OPERATOR: "Only an operator may do that.",
    Role.READER: "That is not for you.",
}


class SignInError(Exception):
    """Somebody has to sign in first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who asks, in which session, and in which time zone they live; nobody where they are not signed in."""

    person: Person | None
    session: Session | None
    zone: ZoneInfo


def asking(request: HTTPConnection) -> Asking:
    """Who asks; nobody, in UTC, where it came before that was looked up."""
    found = request.scope.get("asking")
    return found if isinstance(found, Asking) else Asking(person=None, session=None, zone=UTC)


def person(request: HTTPConnection) -> Person:
    """Who asks. Raises SignInError for nobody."""
    found = asking(request).person
    if not found:
        raise SignInError
    return found


def who(request: HTTPConnection) -> str:
    """The name of who asks, as the log keeps it. Raises SignInError for nobody."""
    return person(request).name


def origin(request: HTTPConnection) -> Origin:
    """Where a request comes from, as the audit keeps it."""
    found = asking(request).person
    address = request.client.host if request.client else ""
    return Origin(address=address, agent=request.headers.get("user-agent", ""), who=found.name if found else "")


def needs(role: Role, endpoint: Endpoint) -> Endpoint:
    """The endpoint, for those who have at least this role."""

    def check(request: Request) -> None:
        if not person(request).role.may(role):
            raise HTTPException(FORBIDDEN, MAY_NOT[role])

    return _after(check, endpoint)


def open_to_all(endpoint: Endpoint) -> Endpoint:
    """The endpoint, for everybody: for what leads in."""

    return _after(lambda request: None, endpoint)


def admitting(routes: Iterable[Route]) -> list[BaseRoute]:
    """The routes, each with what it needs: as it says, else a reader for showing and an editor for changing."""
    return [route if hasattr(route.endpoint, "admits") else _by_default(route) for route in routes]


def _by_default(route: Route) -> Route:
    changes = not (route.methods or {"any"}) <= SAFE_METHODS
    endpoint = needs(Role.EDITOR if changes else Role.READER, route.endpoint)
    return Route(route.path, endpoint, methods=route.methods)


def _after(check: Callable[[Request], None], endpoint: Any) -> Endpoint:
    """The endpoint, called once the check has raised nothing; in the thread pool where it is a plain function."""
    asynchronous = inspect.iscoroutinefunction(endpoint)

    @functools.wraps(endpoint)
    async def admitted(request: Request) -> Response:
        check(request)
        found = await endpoint(request) if asynchronous else await run_in_threadpool(endpoint, request)
        assert isinstance(found, Response)
        return found

    admitted.admits = True  # type: ignore[attr-defined]  # what admitting() looks for
    return admitted


class Askers:
    """Finds who asks, before anything else is done with the request.

    One connection is kept open for it (a look takes a tenth of a millisecond, opening one half of one). Only the event
    loop's thread uses it.
    """

    def __init__(self, app: ASGIApp, private: Path, unused: timedelta, now: Callable[[], datetime]) -> None:
        self.app, self.private, self.unused, self.now = app, private, unused, now
        self.db = connect_private(private)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with who asks."""
        if scope["type"] == "http":
            receive = receive if scope["method"] in SAFE_METHODS else await _all_that_comes(receive)
            scope["asking"] = await self._found(HTTPConnection(scope))
        await self.app(scope, receive, send)

    async def _found(self, request: HTTPConnection) -> Asking:
        token, at = request.session.get(TOKEN), self.now()
        held = signed_in(self.db, token, at=at, unused=self.unused) if isinstance(token, str) else None
        if not held:
            return Asking(person=None, session=None, zone=zone_named(_of_browser(request)))
        person, session = held
        if is_to_be_noted(session, at):
            await run_in_threadpool(self._seen, session.number, at)
        return Asking(person=person, session=session, zone=zone_named(person.zone or _of_browser(request)))

    def _seen(self, number: int, at: datetime) -> None:
        """Keep it where that can be: nobody is shut out because a disk is full."""
        with suppress(SQLiteError, DatabaseError), closing(connect_private(self.private)) as db:
            seen(db, number, at)


async def _all_that_comes(receive: Receive) -> Receive:
    """The body of a request as one message, once it is there; its size is limited before."""
    body, last = bytearray(), await receive()
    while last.get("more_body"):
        body += last["body"]
        last = await receive()
    come = [{**last, "body": bytes(body) + last.get("body", b"")}]

    async def given() -> Message:
        return come.pop() if come else await receive()

    return given


@functools.cache
def zones() -> frozenset[str]:
    """The names of all time zones."""
    return frozenset(available_timezones())


def zone_named(name: str | None) -> ZoneInfo:
    """The time zone of that name; UTC for none, and for one that there is not."""
    return ZoneInfo(name) if name in zones() else UTC


def _of_browser(request: HTTPConnection) -> str | None:
    return unquote(request.cookies.get(ZONE_COOKIE, "")) or None
