"""Two editors, one cluster: what the other one did, what this one wanted, and a choice between the two.

Nothing of a form is written where somebody else has acted on the cluster since its page was shown. The answer shows
what they did, and carries the form, so that one press does it all the same: with what is known now.
"""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from desk.address import view_of
from desk.asking import who
from desk.desk import Desk
from desk.forms import Form
from desk.telling import deed
from storage.inbox import cluster
from storage.log import ConflictError, Verb, history, newest
from storage.merged import MovedError

CONFLICT = 409
OWN = ("seen", "csrftoken")  # fields that the page gives anew
WANTED = {
    "approve": "approve it",
    "reject": "reject it",
    "hold": "put it on hold",
    "unpublish": "take it out of the feed",
    "reopen": "reopen it",
    "note": "note something",
    "merge": "merge it",
    "split": "split off a telling",
    "apart": "keep it apart from another",
    "edit": "change what readers get",
    "span": "set where it begins and ends",
    "mask": "mask words",
    "undo": "take something back",
}


def conflict(desk: Desk, request: Request, error: Exception) -> Response:
    """Somebody acted meanwhile: what, and that this editor's form was not written."""
    assert isinstance(error, ConflictError)
    id, form = error.cluster, _form(request)
    with desk.opened() as db:
        seen = newest(db)
        since = [made for made in history(db, id) if made.number > form.seen and made.verb is not Verb.NOTE]
        return desk.page(
            request,
            "conflict.html",
            status=CONFLICT,
            db=db,
            view=view_of(request),
            cluster=cluster(db, id),
            id=id,
            deeds=[deed(db, made, id) for made in reversed(since or [error.decision])],
            own=who(request),
            wanted=WANTED.get(request.url.path.rpartition("/")[2], "change it"),
            action=request.url.path + (f"?{request.url.query}" if request.url.query else ""),
            fields=[pair for pair in form.pairs if pair[0] not in OWN],
            seen=seen,
        )


def moved(desk: Desk, request: Request, error: Exception) -> Response:
    """The cluster is part of another one by now: which, and that nothing was changed."""
    assert isinstance(error, MovedError)
    with desk.opened() as db:
        last = next((made for made in reversed(history(db, error.gone)) if made.verb is Verb.MERGE), None)
        return desk.page(
            request,
            "moved.html",
            status=CONFLICT,
            db=db,
            view=view_of(request),
            now_in=cluster(db, error.now),
            cluster=error.now,
            by=last,
        )


def _form(request: Request) -> Form:
    form = getattr(request.state, "form", None)
    if not isinstance(form, Form):
        raise HTTPException(CONFLICT, "Somebody has changed this meanwhile: look at it again.")
    return form
