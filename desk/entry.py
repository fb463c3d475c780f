"""The way in and out: signing in, one-time links, signing out.

A link's page shows a form; only sending it uses the link up, so that nothing that looks ahead (a mail scanner, a
browser's prefetch) does. The page somebody wanted to see is remembered as `next`, if it is one of ours.
"""

import re
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from desk.address import BAD_REQUEST, sentence
from desk.asking import SAFE_METHODS, TOKEN, asking, open_to_all, origin
from desk.desk import Desk
from desk.forms import fields, slowly
from storage.database import Database, connect_private
from storage.entrance import Refused, sign_in
from storage.invitations import InvitationError, Purpose, invitation, use
from storage.passwords import PasswordError
from storage.people import PeopleError, Person, nobody_yet
from storage.sessions import sign_out

UNAUTHORIZED, NOT_FOUND, TOO_MANY = 401, 404, 429
OWN_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]{0,2000}")
WRONG = "That name and password do not go together."
MINUTE = 60
MOST_SHOWN = 200  # characters of a name that was typed, shown again
UNLIKE = "The two passwords are not the same."


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The desk's answers to those who come in and go."""

    desk: Desk

    def routes(self) -> list[Route]:
        """Its addresses."""
        return [
            Route("/sign-in", open_to_all(self.ask)),
            Route("/sign-in", open_to_all(self.sign_in), methods=["POST"]),
            Route("/sign-out", open_to_all(self.sign_out), methods=["POST"]),
            Route("/link/{token}", open_to_all(self.show_link)),
            Route("/link/{token}", open_to_all(self.use_link), methods=["POST"]),
        ]

    def lead_in(self, request: Request, error: Exception) -> Response:
        """Send somebody who has to sign in there, and back afterwards."""
        wanted = _wanted(request, self.desk.place.root)
        to = "/sign-in" + (f"?{urlencode({'next': wanted})}" if wanted != "/" else "")
        if "hx-request" in request.headers:  # a part of a page was asked for: the whole page goes there
            return Response(status_code=UNAUTHORIZED, headers={"hx-redirect": self.desk.place.root + to})
        return self.desk.redirect(to)

    def ask(self, request: Request) -> Response:
        """The sign-in page."""
        wanted = own_path(request.query_params.get("next"))
        return self.desk.redirect(wanted) if asking(request).person else self._form(request, wanted)

    async def sign_in(self, request: Request) -> Response:
        """Sign somebody in, and lead them to what they wanted."""
        given = await fields(request)
        name, wanted = given.get("name", ""), own_path(given.get("next"))
        found = await slowly(self._sign_in, request, name, given.get("password", ""))
        if found is None:
            return self._form(request, wanted, name=name, status=UNAUTHORIZED, said=WRONG)
        if isinstance(found, Refused):
            answer = self._form(request, wanted, name=name, status=TOO_MANY, said=too_many(found))
            answer.headers["retry-after"] = str(found.seconds)
            return answer
        request.session[TOKEN] = found[1]
        return self.desk.redirect(wanted)

    def sign_out(self, request: Request) -> Response:
        """End the session of this browser."""
        with closing(connect_private(self.desk.private)) as db:
            self._end(request, db)
        request.session.clear()
        return self.desk.redirect("/sign-in")

    def show_link(self, request: Request) -> Response:
        """What a one-time link is for, as a form."""
        return self._link(request)

    async def use_link(self, request: Request) -> Response:
        """Do what a link is for, and sign the person in."""
        given = await fields(request)
        name, password = given.get("name", ""), given.get("password", "")
        if password != given.get("again", ""):
            return self._link(request, name=name, said=UNLIKE)
        try:
            _, token = await slowly(self._use, request, name, password)
        except InvitationError:
            return self._link(request)
        except (PeopleError, PasswordError) as error:
            return self._link(request, name=name, said=sentence(error))
        request.session[TOKEN] = token
        return self.desk.redirect("/")

    def _sign_in(self, request: Request, name: str, password: str) -> tuple[Person, str] | Refused | None:
        with closing(connect_private(self.desk.private)) as db:
            found = sign_in(db, name, password, at=self.desk.now(), origin=origin(request))
            if isinstance(found, tuple):
                self._end(request, db)
            return found

    def _use(self, request: Request, name: str, password: str) -> tuple[Person, str]:
        with closing(connect_private(self.desk.private)) as db:
            token, at = request.path_params["token"], self.desk.now()
            found = use(db, token, name=name, password=password, at=at, origin=origin(request))
            self._end(request, db)
            return found

    def _end(self, request: Request, db: Database) -> None:
        """End the session that the request came with, if any: the next one is a new one."""
        found = asking(request)
        if found.person and found.session:
            sign_out(db, found.person, found.session.number, at=self.desk.now(), origin=origin(request))

    def _form(self, request: Request, wanted: str, *, name: str = "", status: int = 200, said: str = "") -> Response:
        with closing(connect_private(self.desk.private)) as db:
            empty = nobody_yet(db)
        return self.desk.page(
            request, "sign_in.html", status=status, name=name[:MOST_SHOWN], wanted=wanted, said=said, empty=empty
        )

    def _link(self, request: Request, *, name: str = "", said: str = "") -> Response:
        token, status = request.path_params["token"], BAD_REQUEST if said else 200
        try:
            with closing(connect_private(self.desk.private)) as db:
                found = invitation(db, token, self.desk.now())
        except InvitationError as error:
            shown: dict[str, Any] = {"title": "This link is of no use any more", "message": str(error)}
            return self.desk.page(request, "error.html", status=NOT_FOUND, **shown)
        which: dict[str, Any] = {"first": found.purpose is Purpose.FIRST, "enter": found.purpose is Purpose.ENTER}
        return self.desk.page(
            request, "link.html", status=status, person=found.person, token_of_link=token, name=name, said=said, **which
        )


def own_path(wanted: str | None) -> str:
    """A path of ours that somebody wants to go to; the inbox for anything else."""
    return wanted if wanted and OWN_PATH.fullmatch(wanted) else "/"


def too_many(refused: Refused) -> str:
    """That it has to wait, and for how long."""
    minutes = -(-refused.seconds // MINUTE)
    return f"Too many wrong passwords. Try again in {minutes} minute{'s' * (minutes > 1)}."


def _wanted(request: Request, root: str) -> str:
    """Where somebody is who has to sign in: the page they asked for, or from which they sent a form."""
    if request.method in SAFE_METHODS and "hx-request" not in request.headers:
        query = f"?{request.url.query}" if request.url.query else ""
        return own_path(request.url.path + query)
    try:
        there = urlsplit(request.headers.get("hx-current-url") or request.headers.get("referer", ""))
    except ValueError:  # `http://[`
        return "/"
    return own_path(there.path.removeprefix(root) + (f"?{there.query}" if there.query else ""))
