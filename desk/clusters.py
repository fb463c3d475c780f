"""A cluster's page: all that is told of one event, what editors did to it, and what readers would get."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from desk.address import numbers_of, view_of
from desk.asking import who
from desk.desk import ROWS, Desk
from desk.forms import Form
from desk.paragraphs import alone, context
from desk.perhaps import perhaps
from desk.privately import hints
from desk.telling import deed, notice
from storage.comparison import differences
from storage.database import Database
from storage.edits import masks
from storage.filters import Filters
from storage.inbox import cluster, tellings, unmasked
from storage.lists import ask, beside
from storage.log import UnknownClusterError, history, newest
from storage.media import media
from storage.merged import MovedError, still
from storage.submissions import submitted
from storage.surroundings import surroundings

OK, UNFIT = 200, 422


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """What is wrong in a form of the page: which `form`, what is `said` about it, and what was `given`."""

    form: str
    said: str
    given: Form


@dataclass(frozen=True, slots=True, kw_only=True)
class Clusters:
    """The desk's answers about one cluster."""

    desk: Desk

    def routes(self) -> list[Route]:
        """Its addresses."""
        return [Route("/cluster/{id}", self.cluster), Route("/cluster/{id}/{act}", self.act)]

    def cluster(self, request: Request) -> Response:
        """One cluster with all its tellings; where it has become part of another, that one's address."""
        return self.shown(request)

    def act(self, request: Request) -> Response:
        """The address of something that was done, asked for by itself: the cluster."""
        query = f"?{request.url.query}" if request.url.query else ""
        return self.desk.redirect(f"/cluster/{request.path_params['id']}{query}")

    def shown(self, request: Request, wrong: Wrong | None = None) -> Response:
        """The page; with what is wrong in one of its forms, and what was typed there."""
        id, view = request.path_params["id"], view_of(request)
        with self.desk.opened() as db:
            try:
                still(db, id)
            except MovedError as moved:
                query = f"?{request.url.query}" if request.url.query else ""
                return self.desk.redirect(f"/cluster/{moved.now}{query}")
            shown = self._told(db, id) | self._around(db, id, view) | {"view": view, "wrong": wrong}
            shown |= notice(db, numbers_of(request, "done"), who(request), id)
            status = UNFIT if wrong else OK
            return self.desk.page(request, "cluster.html", status=status, db=db, **shown)

    def _told(self, db: Database, id: str) -> dict[str, Any]:
        """What a cluster tells, what it may belong with, and what editors did to it."""
        seen = newest(db)  # before what is shown, so that nothing counts as seen that is not
        found, around, told = cluster(db, id), surroundings(db, id), tellings(db, id)
        if not found:
            raise UnknownClusterError(id)
        hidden = masks(db, [id]).get(id, [])
        return {
            "cluster": found,
            "edited": unmasked(db, id),
            "tellings": [(t, context(around[t.number]) if t.number in around else alone(t.text)) for t in told],
            "differs": differences(db, id),
            "media": media(db, id),
            "submitted": submitted(db, id),
            "masks": hidden,
            "hints": hints(found, hidden),
            "perhaps": perhaps(db, id),
            "deeds": [deed(db, made, id) for made in reversed(history(db, id))],
            "seen": seen,
        }

    def _around(self, db: Database, id: str, view: Filters) -> dict[str, Any]:
        """The neighbours of a cluster in the list that the editor works through."""
        asked = ask(db, self.desk.board.look(db), view, self.desk.now())
        before, after, at = beside(asked, view.sort, id)
        return {"before": before, "after": after, "at": at, "total": int(asked.all.sum()), "step": ROWS}
