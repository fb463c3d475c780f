"""Who may use the desk, for operators: the list, a person with their sessions, and what happened at the door.

A link that was made is shown once, on the page that answers: it stands in no address and is kept as a hash only.
"""

from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from desk.address import BAD_REQUEST, number, sentence, word
from desk.asking import Endpoint, needs, origin
from desk.desk import ROWS, Desk
from desk.forms import sent
from storage import people, sessions
from storage.database import Database, connect_private
from storage.invitations import Purpose, invite
from storage.logins import logins
from storage.people import PeopleError, Person, Role

NOT_FOUND = 404


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """The desk's answers about people. `unused`: after which a session is over."""

    desk: Desk
    unused: timedelta

    def routes(self) -> list[Route]:
        """Its addresses, all for operators."""
        shown = {"/people": self.list, "/people/log": self.log, "/people/{number}": self.one}
        changes: dict[str, Endpoint] = {
            "/people": sent(self.add),
            "/people/{number}/role": sent(self.role),
            "/people/{number}/link": self.link,
            "/people/{number}/end": self.end,
            "/people/{number}/sessions": self.end_all,
            "/people/{number}/sessions/{session}": self.end_session,
        }
        return [
            *(Route(path, needs(Role.OPERATOR, endpoint)) for path, endpoint in shown.items()),
            *(Route(path, needs(Role.OPERATOR, endpoint), methods=["POST"]) for path, endpoint in changes.items()),
        ]

    def list(self, request: Request) -> Response:
        """All people, and a form for one more."""
        return self._list(request)

    def one(self, request: Request) -> Response:
        """One of them, and where they are signed in."""
        with closing(connect_private(self.desk.private)) as db:
            who = self._meant(request, db)
            open_ones = sessions.sessions(db, who.number, at=self.desk.now(), unused=self.unused)
        return self.desk.page(request, "person.html", person=who, sessions=open_ones, roles=list(Role))

    def log(self, request: Request) -> Response:
        """What happened at the door, newest first."""
        offset = number(request.query_params.get("offset"), "offset")
        with closing(connect_private(self.desk.private)) as db:
            found = logins(db, limit=ROWS + 1, offset=offset)
        more = offset + ROWS if len(found) > ROWS else None
        return self.desk.page(request, "door.html", rows=found[:ROWS], offset=offset, more=more, step=ROWS)

    def add(self, request: Request, given: dict[str, str]) -> Response:
        """Somebody new, with a link to set their password."""
        name, role = given.get("name", ""), word(Role, given.get("role", Role.EDITOR))
        at, asked = self.desk.now(), origin(request)
        with closing(connect_private(self.desk.private)) as db:
            try:
                made = people.add(db, name, role, at=at, origin=asked)
            except PeopleError as error:
                return self._list(request, name=name, chosen=role, said=sentence(error))
            return self._invited(request, db, made)

    def link(self, request: Request) -> Response:
        """A new link to set a password."""
        with closing(connect_private(self.desk.private)) as db:
            return self._invited(request, db, self._meant(request, db))

    def role(self, request: Request, given: dict[str, str]) -> Response:
        """Make somebody something else."""
        role = word(Role, given.get("role", ""))
        with closing(connect_private(self.desk.private)) as db:
            who = self._meant(request, db)
            people.change_role(db, who.number, role, at=self.desk.now(), origin=origin(request))
        return self.desk.redirect(f"/people/{who.number}")

    def end(self, request: Request) -> Response:
        """Let somebody in no more."""
        with closing(connect_private(self.desk.private)) as db:
            people.end(db, self._meant(request, db).number, at=self.desk.now(), origin=origin(request))
        return self.desk.redirect("/people")

    def end_all(self, request: Request) -> Response:
        """End all sessions of somebody."""
        with closing(connect_private(self.desk.private)) as db:
            who = self._meant(request, db)
            sessions.end_all(db, who.number, name=who.name, at=self.desk.now(), origin=origin(request))
        return self.desk.redirect(f"/people/{who.number}")

    def end_session(self, request: Request) -> Response:
        """End one session of somebody."""
        which = number(request.path_params["session"], "session")
        with closing(connect_private(self.desk.private)) as db:
            who = self._meant(request, db)
            sessions.end(db, who.number, which, name=who.name, at=self.desk.now(), origin=origin(request))
        return self.desk.redirect(f"/people/{who.number}")

    def _meant(self, request: Request, db: Database) -> Person:
        try:
            return people.person(db, number(request.path_params["number"], "person"))
        except PeopleError as error:
            raise HTTPException(NOT_FOUND, sentence(error)) from None

    def _invited(self, request: Request, db: Database, who: Person) -> Response:
        token = invite(db, Purpose.PASSWORD, who, at=self.desk.now(), origin=origin(request))
        return self.desk.page(request, "invited.html", person=who, link=self.desk.place.link(token))

    def _list(self, request: Request, *, name: str = "", chosen: Role = Role.EDITOR, said: str = "") -> Response:
        with closing(connect_private(self.desk.private)) as db:
            rows = people.people(db)
        status, roles = BAD_REQUEST if said else 200, [Role.EDITOR, Role.READER, Role.OPERATOR]
        return self.desk.page(
            request, "people.html", status=status, rows=rows, roles=roles, name=name, chosen=chosen, said=said
        )
