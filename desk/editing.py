"""What an editor makes of a story for its readers: title, summary, facts, where it begins and ends, masked words.

The form sends all fields, and only those that differ from what stands are written, each as an act of its own, so that
each can be taken back by itself. The original is never changed. What cannot be kept is said beside its form, which
keeps what was typed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from desk.address import sentence, view_of
from desk.asking import who
from desk.clusters import Clusters, Wrong
from desk.desk import Desk
from desk.forms import Form, sent
from storage.corrections import CorrectionError, correct
from storage.database import Database
from storage.edits import EditError, edit_all, mask
from storage.log import Decision, Field, act
from storage.merged import still

CLUSTERS = tuple(field for field in Field if field is not Field.SPAN)
Work = Callable[[Database, Request, Form], list[Decision]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Editing:
    """The desk's answers to edits."""

    desk: Desk

    def routes(self) -> list[Route]:
        """Its addresses."""
        works = {"edit": self.edit, "span": self.span, "mask": self.mask}
        return [
            Route(f"/cluster/{{id}}/{name}", sent(partial(self._do, name, work)), methods=["POST"])
            for name, work in works.items()
        ]

    def edit(self, db: Database, request: Request, form: Form) -> list[Decision]:
        """Write the fields that differ."""
        id = request.path_params["id"]
        values: dict[Field, Any] = {field: _value(form, field) for field in CLUSTERS if field in form}
        return edit_all(db, id, values, who=who(request), at=self.desk.now(), seen=form.seen)

    def span(self, db: Database, request: Request, form: Form) -> list[Decision]:
        """Say where a telling begins and ends."""
        story, first, last = form.one("story"), form.one("first"), form.one("last")
        made = correct(db, story, first, last, who=who(request), at=self.desk.now(), seen=form.seen)
        done = act(db, made.number)
        return [done] if done else []

    def mask(self, db: Database, request: Request, form: Form) -> list[Decision]:
        """Hide words from readers."""
        id, what, instead = request.path_params["id"], form.one("what"), form.one("instead")
        return [mask(db, id, what, instead, who=who(request), at=self.desk.now(), seen=form.seen)]

    def _do(self, name: str, work: Work, request: Request, form: Form) -> Response:
        """Do it, and show the cluster: with what was done, or with what is wrong."""
        id = request.path_params["id"]
        try:
            with self.desk.opened() as db:
                still(db, id)
                done = work(db, request, form)
        except (EditError, CorrectionError) as error:
            wrong = Wrong(form=name, said=sentence(error), given=form)
            return Clusters(desk=self.desk).shown(request, wrong)
        numbers = ",".join(str(made.number) for made in done)
        return self.desk.redirect(f"/cluster/{id}{view_of(request).query(done=numbers)}#readers")


def _value(form: Form, field: Field) -> Any:
    if field is Field.COMPANIES:
        return [name.strip() for name in form.one(field).splitlines() if name.strip()]
    return form.one(field)
