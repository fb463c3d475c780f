"""What an editor does to groups: merges two clusters, splits off tellings, keeps two apart.

Each leads back to the cluster with a line that says what was done and offers to take it back. A button pressed twice
acts once. Where somebody else has merged one of the two meanwhile, that is said, and nothing is changed.
"""

from dataclasses import dataclass
from functools import partial

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from desk.address import BAD_REQUEST, view_of
from desk.asking import who
from desk.desk import Desk
from desk.forms import Form, sent
from storage.database import Database
from storage.inbox import tellings
from storage.log import GROUPINGS, Decision, UnknownClusterError, Verb, last_act
from storage.merged import still, whereabouts
from storage.ties import apart, merge, split


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """The desk's answers to what is done to groups."""

    desk: Desk

    def routes(self) -> list[Route]:
        """Its addresses."""
        return [Route(f"/cluster/{{id}}/{verb}", sent(partial(self.act, verb)), methods=["POST"]) for verb in GROUPINGS]

    def act(self, verb: Verb, request: Request, form: Form) -> Response:
        """Do to a cluster what the form says, then show it."""
        id, view = request.path_params["id"], view_of(request)
        with self.desk.opened() as db:
            still(db, id)
            last = last_act(db, id)
            is_again = last and (last.verb, last.who) == (verb, who(request)) and _is_same(db, last, id, form)
            made = last if last and is_again else self._done(db, verb, request, form)
            return self.desk.redirect(f"/cluster/{whereabouts(db, made.cluster)}{view.query(done=made.number)}")

    def _done(self, db: Database, verb: Verb, request: Request, form: Form) -> Decision:
        id, other, note = request.path_params["id"], form.one("other"), form.note
        editor, now, seen = who(request), self.desk.now(), form.seen
        if verb is Verb.SPLIT:
            return split(db, id, form.all("story"), who=editor, at=now, note=note, seen=seen)
        if not other:
            raise HTTPException(BAD_REQUEST, "Say which other story is meant: the form names none.")
        still(db, other)
        try:
            return (merge if verb is Verb.MERGE else apart)(db, id, other, who=editor, at=now, note=note, seen=seen)
        except UnknownClusterError:  # gone between the look and the act
            for each in (id, other):
                still(db, each)
            raise


def _is_same(db: Database, last: Decision, id: str, form: Form) -> bool:
    """Whether the form asks for what was just done."""
    if last.verb is Verb.SPLIT and last.other:
        return bool(form.all("story")) and {told.id for told in tellings(db, last.other)} == set(form.all("story"))
    return {id, form.one("other")} == {last.cluster, last.other}
