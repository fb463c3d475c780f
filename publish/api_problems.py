"""What the API answers when it does not answer: problems as RFC 9457 has them, each with one sentence."""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from publish.answer import COMMON
from publish.json_feed import dumped
from storage.entries import NoDatabaseError
from storage.filters import FilterError

TYPE = "application/problem+json"
BAD_REQUEST, GONE, TOO_MANY, UNAVAILABLE = 400, 410, 429, 503
RETRY_SECONDS = 60  # while there is no database
KEPT, NOT_KEPT = {"cache-control": "public, max-age=60"}, {"cache-control": "no-store"}
SENTENCES = {404: "there is nothing at this address; /api says what there is", 405: "only GET and HEAD are answered"}


class TakenBackError(HTTPException):
    """The story was there, and was taken back, or has become part of another."""

    def __init__(self, id: str, at: str, now: str | None) -> None:
        become = f"this story has become part of {now}; show that one" if now else ""
        super().__init__(GONE, become or "this story was taken back; take it off your pages")
        self.told = {"id": id, "removed_at": at} | ({"now": now} if now else {})


def problem(status: int, sentence: str, headers: dict[str, str] | None = None, **more: str) -> Response:
    """A problem, with what else is to be said of it."""
    said = {"type": "about:blank", "title": _title(status), "status": status, "detail": sentence, **more}
    return Response(dumped(said), status, COMMON | KEPT | (headers or {}), media_type=TYPE)


def _title(status: int) -> str:
    """What HTTP calls a status; Starlette's exception knows it."""
    return HTTPException(status).detail


def refusal(seconds: int) -> Response:
    """The answer to who asks too often."""
    headers = NOT_KEPT | {"retry-after": str(seconds)}
    return problem(TOO_MANY, f"too many requests; come back in {seconds} seconds", headers)


def _refused(request: Request, error: HTTPException) -> Response:
    plain = error.detail == _title(error.status_code)
    sentence = SENTENCES.get(error.status_code, error.detail) if plain else error.detail
    told = error.told if isinstance(error, TakenBackError) else {}
    return problem(error.status_code, sentence, dict(error.headers or {}), **told)


def _mistaken(request: Request, error: FilterError) -> Response:
    return problem(BAD_REQUEST, str(error))


def _nothing_yet(request: Request, error: NoDatabaseError) -> Response:
    headers = NOT_KEPT | {"retry-after": str(RETRY_SECONDS)}
    return problem(UNAVAILABLE, "there is nothing to answer from now; keep what you have, and come back", headers)


HANDLERS: dict[Any, Any] = {HTTPException: _refused, FilterError: _mistaken, NoDatabaseError: _nothing_yet}
