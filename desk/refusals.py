"""What is answered to what cannot be done: a page that says in one sentence what is wrong, with the right status."""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from desk.address import BAD_REQUEST, sentence
from desk.desk import Desk
from desk.guard import headers
from desk.meanwhile import conflict, moved
from storage.corrections import CorrectionError
from storage.database import DatabaseError, SQLiteError, is_trouble
from storage.decisions import NotPublishedError
from storage.edits import EditError
from storage.filters import FilterError
from storage.log import ConflictError, UnknownClusterError
from storage.merged import MovedError
from storage.people import PeopleError
from storage.searches import SearchError
from storage.ties import GroupingError
from storage.undo import UnknownActError

log = logging.getLogger("goodturn.desk")
NOT_FOUND, SERVER_ERROR, UNAVAILABLE = 404, 500, 503
RETRY_SECONDS = 10
BUSY = "Another job has been writing for half a minute without a pause. Nothing was changed: press again in a moment."
UNUSABLE = (
    "The database cannot be used just now: its disk is full or read-only, or it is gone or damaged. Nothing was "
    "changed. Tell an operator, and press again when it is mended; what you decided before is kept."
)
NO_STORY = "There is no story at this address."
TITLES = {
    400: "That did not make sense",
    403: "That is not open to you",
    404: "Nothing here",
    405: "That cannot be done here",
    413: "That is too long",
    500: "Something broke",
    503: "Just a moment",
}
IMPOSSIBLE = (
    CorrectionError,
    EditError,
    FilterError,
    GroupingError,
    NotPublishedError,
    PeopleError,
    SearchError,
)


def refusals(desk: Desk) -> dict[Any, Callable[[Request, Exception], Response]]:
    """What is answered to each kind of error."""

    def said(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return refused(desk, request, error.status_code, error.detail)

    def unknown(request: Request, error: Exception) -> Response:
        return refused(desk, request, NOT_FOUND, NO_STORY)

    def impossible(request: Request, error: Exception) -> Response:
        return refused(desk, request, BAD_REQUEST, sentence(error))

    def busy(request: Request, error: Exception) -> Response:
        is_locked = "locked" in str(error)
        if not is_locked:
            if not (isinstance(error, DatabaseError) or is_trouble(error)):
                raise error
            log.error("unusable database=%s because=%s", desk.database, error)
        response = refused(desk, request, UNAVAILABLE, BUSY if is_locked else UNUSABLE)
        response.headers["retry-after"] = str(RETRY_SECONDS)
        return response

    def broken(request: Request, error: Exception) -> Response:
        kept = "What you decided before is kept. The terminal of the desk says more."
        response = refused(desk, request, SERVER_ERROR, kept)
        response.headers.update(headers(desk.place))  # this answer is made outside of the guard
        return response

    return {
        HTTPException: said,
        UnknownClusterError: unknown,
        UnknownActError: unknown,
        ConflictError: partial(conflict, desk),
        MovedError: partial(moved, desk),
        **dict.fromkeys(IMPOSSIBLE, impossible),
        SQLiteError: busy,
        DatabaseError: busy,
        Exception: broken,
    }


def refused(desk: Desk, request: Request, status: int, message: str) -> Response:
    """A page that says why not."""
    title = TITLES.get(status, "That did not work")
    return desk.page(request, "error.html", status=status, title=title, message=message)
