"""What an editor makes of a story for its readers: title, summary, facts, where it begins and ends, masked words.

The form sends all fields, and only those that differ from what stands are written, each as an act of its own, so that
each can be taken back by itself. The original is never changed.
"""

from dataclasses import dataclass
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from desk.address import BAD_REQUEST, view_of
from desk.asking import who
from desk.desk import Desk
from desk.forms import Form, sent
from storage.corrections import correct
from storage.edits import edit, mask
from storage.filters import Filters
from storage.log import ConflictError, Field, last_act
from storage.merged import still

CLUSTERS = tuple(field for field in Field if field is not Field.SPAN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Editing:
    """The desk's answers to edits."""

    desk: Desk

    def routes(self) -> list[Route]:
        """Its addresses."""
        works = {"edit": self.edit, "span": self.span, "mask": self.mask}
        return [Route(f"/cluster/{{id}}/{name}", sent(work), methods=["POST"]) for name, work in works.items()]

    def edit(self, request: Request, form: Form) -> Response:
        """Write the fields that differ."""
        id, seen, done = request.path_params["id"], form.seen, list[int]()
        with self.desk.opened() as db:
            still(db, id)
            if (last := last_act(db, id)) and last.number > seen:
                raise ConflictError(last)
            for field in CLUSTERS:
                if field in form:
                    made = edit(db, id, field, _value(form, field), who=who(request), at=self.desk.now())
                    done += [made.number] if made else []
        return self._back(id, view_of(request), done)

    def span(self, request: Request, form: Form) -> Response:
        """Say where a telling begins and ends."""
        id, first, last = request.path_params["id"], form.one("first"), form.one("last")
        if not first or not last:
            raise HTTPException(BAD_REQUEST, "Say with which words the story begins, and with which it ends.")
        with self.desk.opened() as db:
            still(db, id)
            made = correct(db, form.one("story"), first, last, who=who(request), at=self.desk.now(), seen=form.seen)
        return self._back(id, view_of(request), [made.number])

    def mask(self, request: Request, form: Form) -> Response:
        """Hide words from readers."""
        id = request.path_params["id"]
        with self.desk.opened() as db:
            still(db, id)
            what, instead, now = form.one("what"), form.one("instead"), self.desk.now()
            made = mask(db, id, what, instead, who=who(request), at=now, seen=form.seen)
        return self._back(id, view_of(request), [made.number])

    def _back(self, id: str, view: Filters, done: list[int]) -> Response:
        return self.desk.redirect(f"/cluster/{id}{view.query(done=','.join(map(str, done)))}#readers")


def _value(form: Form, field: Field) -> Any:
    if field is Field.COMPANIES:
        return [name.strip() for name in form.one(field).splitlines() if name.strip()]
    return form.one(field)
