"""What an editor does to groups: merges two clusters, splits off tellings, keeps two apart.

Each leads back to the cluster with a line that says what was done and offers the opposite. A button pressed twice acts
once. Where somebody else has merged one of the two meanwhile, that is said, and nothing is changed.
"""

from contextlib import closing
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from desk.asking import who
from desk.queue import BAD_REQUEST, queue_of
from desk.views import CONFLICT, Desk
from storage.comparison import MovedError, still, whereabouts
from storage.database import Database, connect
from storage.decisions import UnknownClusterError
from storage.inbox import cluster, sizes, tellings
from storage.ties import Act, Grouping, apart, groupings, merge, split


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """The desk's answers to what is done to groups."""

    desk: Desk

    async def act(self, verb: Act, request: Request) -> Response:
        """Do to a cluster what the form says, then show it."""
        async with request.form() as form:
            other = str(form.get("other", ""))
            stories = [story for story in form.getlist("story") if isinstance(story, str)]
        return await run_in_threadpool(self._act, verb, request, other, stories)

    def moved(self, request: Request, error: Exception) -> Response:
        """The cluster is part of another one by now: which, and that nothing was changed."""
        assert isinstance(error, MovedError)
        with closing(connect(self.desk.database)) as db:
            last = next((made for made in reversed(groupings(db, error.gone)) if made.verb is Act.MERGE), None)
            return self.desk.page(
                request,
                "moved.html",
                status=CONFLICT,
                now=cluster(db, error.now),
                cluster=error.now,
                by=last,
                queue=queue_of(request.query_params),
                sizes=sizes(db),
            )

    def _act(self, verb: Act, request: Request, other: str, stories: list[str]) -> Response:
        id, queue, by = request.path_params["id"], queue_of(request.query_params), who(request)
        with closing(connect(self.desk.database)) as db:
            still(db, id)
            made = self._again(db, verb, id, other, stories, by=by)
            if not made and verb is Act.SPLIT:
                made = split(db, id, stories, who=by, at=self.desk.now())
            elif not made:
                made = self._tie(db, verb, id, other, by)
            query = queue.query(grouped=made.number)
            return self.desk.redirect(f"/cluster/{whereabouts(db, made.cluster)}{query}")

    def _tie(self, db: Database, verb: Act, id: str, other: str, by: str) -> Grouping:
        if not other:
            raise HTTPException(BAD_REQUEST, "Say which other story is meant: the form names none.")
        still(db, other)
        try:
            return (merge if verb is Act.MERGE else apart)(db, id, other, who=by, at=self.desk.now())
        except UnknownClusterError:  # gone between the look and the act
            for each in (id, other):
                still(db, each)
            raise

    def _again(self, db: Database, verb: Act, id: str, other: str, stories: list[str], *, by: str) -> Grouping | None:
        """What the same editor did to the same just before, if a button was pressed twice."""
        last = next(reversed(groupings(db, id)), None)
        if not last or (last.verb, last.who) != (verb, by):
            return None
        if verb is Act.SPLIT:
            there = {telling.id for telling in tellings(db, last.other)}
            return last if stories and there == set(stories) else None
        return last if {id, other} == {last.cluster, last.other} else None
