"""The log: all that editors did, searched; and taking any of it back, or doing it again."""

from dataclasses import dataclass, fields

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from desk.address import number, numbers_of, offset_of, view_of, word
from desk.asking import who
from desk.desk import ROWS, Desk
from desk.forms import Form, sent
from desk.telling import deed, notice
from storage.database import Database
from storage.log import Asked, Decision, Verb, act, editors, newest, search
from storage.merged import whereabouts
from storage.ties import LaterError
from storage.undo import undo

MOST_CHARACTERS = 200  # of what is searched for
CONFLICT = 409


@dataclass(frozen=True, slots=True, kw_only=True)
class Chronicle:
    """The desk's answers about what was done."""

    desk: Desk

    def routes(self) -> list[Route]:
        """Its addresses."""
        return [Route("/log", self.log), Route("/undo", sent(self.undo), methods=["POST"])]

    def log(self, request: Request) -> Response:
        """All that editors did, newest first."""
        asked, offset = _asked(request), offset_of(request)
        with self.desk.opened() as db:
            seen = newest(db)  # before what is shown, so that nothing counts as seen that is not
            found = search(db, asked, limit=ROWS + 1, offset=offset)
            return self.desk.page(
                request,
                "log.html",
                db=db,
                asked=asked,
                verbs=list(Verb),
                editors=editors(db),
                rows=[deed(db, made) for made in found[:ROWS]],
                offset=offset,
                more=offset + ROWS if len(found) > ROWS else None,
                step=ROWS,
                seen=seen,
                **notice(db, numbers_of(request, "done"), who(request)),
            )

    def undo(self, request: Request, form: Form) -> Response:
        """Take acts back, the newest first, or do them again; then show the page that the form came from."""
        wanted = sorted({number(text, "number") for text in form.all("number")}, reverse=True)
        done: list[Decision] = []
        with self.desk.opened() as db:
            for each in wanted:
                try:
                    done.append(self._turned(db, each, request, form, done))
                except LaterError as error:
                    later = deed(db, error.later)
                    return self.desk.page(request, "later.html", status=CONFLICT, db=db, later=later)
            told = ",".join(str(made.number) for made in done)
            if form.one("back") == "log" or not done:
                return self.desk.redirect(f"/log?done={told}")
            if len(done) > 1:
                return self.desk.redirect(f"/{view_of(request).query(done=told)}")
            there = whereabouts(db, done[0].cluster)
            return self.desk.redirect(f"/cluster/{there}{view_of(request).query(done=told)}")

    def _turned(self, db: Database, number: int, request: Request, form: Form, done: list[Decision]) -> Decision:
        """One act taken back. What this form itself has just done to the same cluster, its editor has seen."""
        meant = act(db, number)
        own = (made.number for made in done if meant and meant.cluster in (made.cluster, made.other))
        seen = max([form.seen, *own])
        return undo(db, number, who=who(request), at=self.desk.now(), seen=seen, note=form.note)


def _asked(request: Request) -> Asked:
    given = {
        field.name: " ".join(request.query_params.get(field.name, "").split())[:MOST_CHARACTERS]
        for field in fields(Asked)
    }
    verb = word(Verb, given["verb"]) if given["verb"] else None
    return Asked(**{**given, "verb": verb})  # type: ignore[arg-type]  # all others are texts
