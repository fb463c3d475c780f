"""What a person sees and sets of their own: role, time zone, password, and where they are signed in."""

from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from desk.address import BAD_REQUEST, number, sentence
from desk.asking import TOKEN, Endpoint, asking, needs, origin, person, zones
from desk.desk import Desk
from desk.entry import TOO_MANY, UNLIKE, too_many
from desk.forms import fields, sent, slowly
from storage import people, sessions
from storage.database import connect_private, writing
from storage.entrance import Refused, knows
from storage.passwords import PasswordError
from storage.people import Role

NOT_IT = "That is not your password of now."


@dataclass(frozen=True, slots=True, kw_only=True)
class You:
    """The desk's answers about the person who asks. `unused`: after which a session is over."""

    desk: Desk
    unused: timedelta

    def routes(self) -> list[Route]:
        """Its addresses, for everybody who is signed in."""
        changes: dict[str, Endpoint] = {
            "/you/zone": sent(self.zone),
            "/you/password": self.password,
            "/you/sessions": self.end_all,
            "/you/sessions/{session}": self.end_session,
        }
        changing = [Route(path, needs(Role.READER, each), methods=["POST"]) for path, each in changes.items()]
        return [Route("/you", needs(Role.READER, self.show)), *changing]

    def show(self, request: Request) -> Response:
        """Who you are."""
        return self._page(request)

    def zone(self, request: Request, given: dict[str, str]) -> Response:
        """Choose a time zone; none is that of the browser."""
        chosen = given.get("zone", "")
        if chosen and chosen not in zones():
            return self._page(request, said="There is no such time zone.")
        with closing(connect_private(self.desk.private)) as db:
            people.set_zone(db, person(request).number, chosen or None)
        return self.desk.redirect("/you")

    async def password(self, request: Request) -> Response:
        """Change the password: all sessions end, and this browser gets a new one."""
        given = await fields(request)
        new = given.get("password", "")
        if new != given.get("again", ""):
            return self._page(request, said=UNLIKE)
        found = await slowly(self._change, request, given.get("old", ""), new)
        if isinstance(found, Refused):
            answer = self._page(request, status=TOO_MANY, said=too_many(found))
            answer.headers["retry-after"] = str(found.seconds)
            return answer
        if isinstance(found, PasswordError):
            return self._page(request, said=sentence(found))
        if not found:
            return self._page(request, said=NOT_IT)
        request.session[TOKEN] = found
        return self.desk.redirect("/you")

    def end_session(self, request: Request) -> Response:
        """End one of your sessions."""
        who, which = person(request), number(request.path_params["session"], "session")
        with closing(connect_private(self.desk.private)) as db:
            sessions.end(db, who.number, which, name=who.name, at=self.desk.now(), origin=origin(request))
        return self.desk.redirect("/you")

    def end_all(self, request: Request) -> Response:
        """Sign out everywhere."""
        who = person(request)
        with closing(connect_private(self.desk.private)) as db:
            sessions.end_all(db, who.number, name=who.name, at=self.desk.now(), origin=origin(request))
        request.session.clear()
        return self.desk.redirect("/sign-in")

    def _change(self, request: Request, old: str, new: str) -> str | Refused | PasswordError | None:
        """The token of a new session, or why not; None for a wrong password."""
        who, at, asked = person(request), self.desk.now(), origin(request)
        with closing(connect_private(self.desk.private)) as db:
            known = knows(db, who, old, at=at, origin=asked)
            if known is not True:
                return known or None
            try:
                people.change_password(db, who, new, at=at, origin=asked)
            except PasswordError as error:
                return error
            with writing(db):
                return sessions.begin(db, who, at=at, origin=asked, how="new password")

    def _page(self, request: Request, *, said: str = "", status: int = BAD_REQUEST) -> Response:
        found, who = asking(request), person(request)
        with closing(connect_private(self.desk.private)) as db:
            open_ones = sessions.sessions(db, who.number, at=self.desk.now(), unused=self.unused)
        return self.desk.page(
            request,
            "you.html",
            status=status if said else 200,
            said=said,
            sessions=open_ones,
            this=found.session.number if found.session else 0,
            zones=sorted(zones()),
            chosen=who.zone,
        )
