"""What is sent in, on the desk: an editor adds an address or a text, and sees what became of all that was sent.

How to reach a sender, and what they agreed to, is shown here and nowhere else. Withdrawn, it is erased. Setting aside
ends the search for a story; one that is in the inbox already is decided on there.
"""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from desk.address import number
from desk.asking import needs, who
from desk.desk import Desk
from desk.forms import fields
from reading import sent
from reading.sent import Contact, Kind, Mistakes, Sent
from storage import contacts, submissions
from storage.database import connect, connect_private
from storage.fates import fates
from storage.people import Role
from stories.languages import LANGUAGES

ROWS = 30  # on a page, as in the inbox
OK, NOT_FOUND, UNFIT = 200, 404, 422
EMPTY = {"kind": Kind.LINK, "url": "", "title": "", "words": "", "language": "", "printed": ""}
LIMITS = {"url": sent.MOST_URL, "title": sent.MOST_TITLE, "words": sent.MOST_WORDS, "printed": sent.MOST_NAME}


@dataclass(frozen=True, slots=True, kw_only=True)
class Adding:
    """The desk's answers about what is sent in."""

    desk: Desk

    def routes(self) -> list[Route]:
        """Its addresses, for editors."""
        return [
            Route("/add", needs(Role.EDITOR, self.blank)),
            Route("/add", needs(Role.EDITOR, self.add), methods=["POST"]),
            Route("/submissions", needs(Role.EDITOR, self.list)),
            Route("/submissions/{number}/close", needs(Role.EDITOR, self.close), methods=["POST"]),
            Route("/submissions/{number}/withdraw", needs(Role.EDITOR, self.withdraw), methods=["POST"]),
        ]

    def blank(self, request: Request) -> Response:
        """The form for an address or a text; an address may be given in the link that leads here."""
        return self._form(request, EMPTY | {"url": request.query_params.get("url", "")}, {}, OK)

    async def add(self, request: Request) -> Response:
        """Keep what the form says, or show what is wrong with it."""
        given = sent.fields(await fields(request))
        return await run_in_threadpool(self._add, request, EMPTY | given)

    def list(self, request: Request) -> Response:
        """What was sent in, newest first, with what became of it."""
        offset = number(request.query_params.get("offset"), "offset")
        with closing(connect(self.desk.database)) as db, closing(connect_private(self.desk.private)) as private:
            found = fates(db, limit=ROWS + 1, offset=offset)
            shown = found[:ROWS]
            return self.desk.page(
                request,
                "submissions.html",
                rows=shown,
                contacts=contacts.of(private, [row.submitted.number for row in shown]),
                needs_consent=Kind.TEXT,
                offset=offset,
                more=offset + ROWS if len(found) > ROWS else None,
                step=ROWS,
                db=db,
            )

    def close(self, request: Request) -> Response:
        """Set a submission aside."""
        one = _number(request)
        with closing(connect(self.desk.database)) as db:
            submissions.close(db, one, who=who(request), at=self.desk.now())
        return self.desk.redirect(f"/submissions#s{one}")

    def withdraw(self, request: Request) -> Response:
        """Erase how to reach the sender."""
        one = _number(request)
        with closing(connect_private(self.desk.private)) as private:
            contacts.withdraw(private, one)
        return self.desk.redirect(f"/submissions#s{one}")

    def _add(self, request: Request, given: Mapping[str, str]) -> Response:
        found = sent.checked(given, LANGUAGES, editor=True)
        if not isinstance(found, Sent):
            return self._form(request, given, found, UNFIT)
        with closing(connect_private(self.desk.private)) as private, closing(connect(self.desk.database)) as db:
            one = submissions.add(db, private, found, Contact(), self.desk.now(), who=who(request))
        return self.desk.redirect(f"/submissions#s{one}")

    def _form(self, request: Request, given: Mapping[str, str], wrong: Mistakes, status: int) -> Response:
        with closing(connect(self.desk.database)) as db:
            return self.desk.page(request, "add.html", status=status, given=given, wrong=wrong, limits=LIMITS, db=db)


def _number(request: Request) -> int:
    found = number(request.path_params["number"], "the number of a submission")
    if not found:
        raise HTTPException(NOT_FOUND, "Nothing was sent in under this number.")
    return found
