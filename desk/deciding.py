"""What an editor decides: on one cluster, or on all that are selected in a list. Then on to the next one.

Who decides says what they saw last. Where somebody else has acted on the cluster since, nothing is written, and the
editor is shown both and chooses (desk/meanwhile.py). Of a selection what nobody has touched is decided, and the rest is
named. A button that is pressed twice acts once.
"""

from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from desk.address import BAD_REQUEST, view_of, word
from desk.asking import who
from desk.desk import Desk
from desk.forms import Form, sent
from storage.database import Database
from storage.decisions import NotPublishedError, decide
from storage.filters import Filters
from storage.lists import ask, beside
from storage.log import JUDGEMENTS, ConflictError, Decision, UnknownClusterError, Verb, history
from storage.merged import MovedError, still
from storage.ties import GroupingError, merge_all
from stories.story import WhyNot

ONWARD = (Verb.APPROVE, Verb.REJECT, Verb.HOLD)  # what is done with a story: the next one is shown
BULK = (*JUDGEMENTS, Verb.MERGE)
MOST_AT_ONCE = 200  # clusters of one selection; a page has 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Deciding:
    """The desk's answers to decisions."""

    desk: Desk

    def routes(self) -> list[Route]:
        """Its addresses."""
        return [
            *(self._route(f"/cluster/{{id}}/{verb}") for verb in (*JUDGEMENTS, Verb.NOTE)),
            Route("/bulk/{verb}", sent(self.bulk), methods=["POST"]),
        ]

    def decide(self, request: Request, form: Form) -> Response:
        """Decide on a cluster."""
        id, view, verb = request.path_params["id"], view_of(request), Verb(request.url.path.rpartition("/")[2])
        with self.desk.opened() as db:
            still(db, id)
            made = self._decided(db, id, verb, request)
            after = self._next(db, id, view) if verb in ONWARD else id
        told = view.query(done=made.number)
        return self.desk.redirect(f"/cluster/{after}{told}" if after else f"/{told}")

    def bulk(self, request: Request, form: Form) -> Response:
        """Decide on all clusters that are selected, or merge them."""
        view, verb, ids = view_of(request), word(Verb, request.path_params["verb"]), form.all("cluster")
        if verb not in BULK:
            raise HTTPException(BAD_REQUEST, f"A selection cannot be given '{verb}': {', '.join(BULK)} can.")
        if not ids:
            raise HTTPException(BAD_REQUEST, "Nothing is selected: mark the stories that are meant, then press again.")
        if len(ids) > MOST_AT_ONCE:
            raise HTTPException(BAD_REQUEST, f"At most {MOST_AT_ONCE} stories at once; these are {len(ids)}.")
        work = self._merged if verb is Verb.MERGE else self._all
        with self.desk.opened() as db:
            done, missed = work(db, ids, verb, request)
        told = {"done": ",".join(str(made.number) for made in done), "missed": ",".join(map(str, missed))}
        return self.desk.redirect(f"/{view.query(**told)}")

    def _all(self, db: Database, ids: list[str], verb: Verb, request: Request) -> tuple[list[Decision], list[int]]:
        """What was decided, and the numbers of what came between."""
        done, missed = list[Decision](), list[int]()
        for id in ids:
            try:
                still(db, id)
                done.append(self._decided(db, id, verb, request))
            except ConflictError as conflict:
                missed.append(conflict.decision.number)
            except (MovedError, UnknownClusterError, NotPublishedError):
                continue  # it is part of another one now, or was in no feed, which the list shows
        return done, missed

    def _merged(self, db: Database, ids: list[str], verb: Verb, request: Request) -> tuple[list[Decision], list[int]]:
        """All merged into the first."""
        if len(ids) == 1:
            raise GroupingError("one story is selected: select two or more that tell the same event")
        for id in ids:
            still(db, id)
        form: Form = request.state.form
        return merge_all(db, ids, who=who(request), at=self.desk.now(), note=form.note, seen=form.seen), []

    def _decided(self, db: Database, id: str, verb: Verb, request: Request) -> Decision:
        form: Form = request.state.form
        if verb is Verb.REJECT and not form.one("why"):
            raise HTTPException(BAD_REQUEST, "Say why the story is rejected: choose one of the reasons.")
        if verb is Verb.NOTE and not form.note:
            raise HTTPException(BAD_REQUEST, "A note needs words.")
        why = word(WhyNot, form.one("why")) if verb is Verb.REJECT else None
        for made in history(db, id) if verb is Verb.NOTE else ():  # which are in nobody's way
            if made.number > form.seen and (made.verb, made.who, made.note) == (verb, who(request), form.note):
                return made
        try:
            return decide(db, id, verb, why=why, note=form.note, who=who(request), at=self.desk.now(), seen=form.seen)
        except ConflictError as conflict:
            made = conflict.decision
            if (made.verb, made.why, made.who, made.note) != (verb, why, who(request), form.note):
                raise
            return made  # a button was pressed twice, and the first press counts

    def _next(self, db: Database, id: str, view: Filters) -> str | None:
        return beside(ask(db, self.desk.board.look(db), view, self.desk.now()), view.sort, id)[1]

    def _route(self, path: str) -> Route:
        return Route(path, sent(self.decide), methods=["POST"])
