"""What the desk answers: the inbox, a cluster with its tellings, a decision, the log, the guide.

Every request opens the database for itself (under a millisecond), as requests are answered in several threads.
"""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from desk.asking import asking, who
from desk.csrf import TOKEN_SCOPE
from desk.deeds import chronicle, deed, done
from desk.paragraphs import alone, context
from desk.perhaps import perhaps
from desk.place import Place
from desk.queue import Queue, number, queue_of, word
from storage.comparison import MovedError, deeds, differences, still
from storage.database import Database, connect
from storage.decisions import ConflictError, Decision, UnknownClusterError, Verb, decide, history, logged
from storage.inbox import beside, cluster, inbox, sizes, tellings
from storage.suggestions import suggestions
from storage.surroundings import surroundings
from storage.ties import Grouping, grouping
from stories.story import WhyNot

ROWS = 30  # of a list on one page: what one reads before deciding to search instead
NOTE_CHARACTERS = 2_000
SEE_OTHER, BAD_REQUEST, CONFLICT = 303, 400, 409


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The desk's answers, over the database of stories; `private` is that of people."""

    database: Path
    private: Path
    place: Place
    templates: Environment
    now: Callable[[], datetime]

    def inbox(self, request: Request) -> Response:
        """A list of clusters, best first."""
        queue, offset = queue_of(request.query_params), number(request.query_params.get("offset"), "offset")
        with closing(connect(self.database)) as db:
            found = inbox(db, limit=ROWS + 1, offset=offset, **queue.asked)
            return self.page(
                request,
                "inbox.html",
                queue=queue,
                rows=found[:ROWS],
                offset=offset,
                more=offset + ROWS if len(found) > ROWS else None,
                step=ROWS,
                perhaps={row.cluster for row in found[:ROWS] if suggestions(db, row.cluster)},
                sizes=sizes(db),
                done=logged(db, number(request.query_params.get("done"), "done")),
            )

    def cluster(self, request: Request) -> Response:
        """One cluster with all its tellings; where it has become part of another, that one's address."""
        id, queue = request.path_params["id"], queue_of(request.query_params)
        with closing(connect(self.database)) as db:
            try:
                still(db, id)
            except MovedError as moved:
                query = f"?{request.url.query}" if request.url.query else ""
                return self.redirect(f"/cluster/{moved.now}{query}")
            return self.page(
                request, "cluster.html", queue=queue, **self._told(db, id), **self._around(db, id, queue, request)
            )

    def _told(self, db: Database, id: str) -> dict[str, Any]:
        """What a cluster tells, what it may belong with, and what editors did to it."""
        found, around, decisions = cluster(db, id), surroundings(db, id), history(db, id)
        if not found:
            raise UnknownClusterError(id)
        return {
            "cluster": found,
            "tellings": [
                (t, context(around[t.number]) if t.number in around else alone(t.text)) for t in tellings(db, id)
            ],
            "differs": differences(db, id),
            "perhaps": perhaps(db, id),
            "deeds": chronicle(db, id, decisions),
            "seen": decisions[-1].number if decisions else 0,
        }

    def _around(self, db: Database, id: str, queue: Queue, request: Request) -> dict[str, Any]:
        """What stands around a cluster: its neighbours in the list, and what was just done."""
        asked = request.query_params
        before, after = beside(db, id, **queue.asked)
        made = grouping(db, number(asked.get("grouped"), "grouped"))
        return {
            "before": before,
            "after": after,
            "sizes": sizes(db),
            "done": logged(db, number(asked.get("done"), "done")),
            "grouped": done(db, made, id) if made else None,
        }

    async def decide(self, request: Request) -> Response:
        """Take a decision from a form, then lead on to the next story."""
        async with request.form() as form:
            given = {name: value for name, value in form.items() if isinstance(value, str)}
        return await run_in_threadpool(self._decide, request, given)

    def log(self, request: Request) -> Response:
        """All that editors did, newest first."""
        offset = number(request.query_params.get("offset"), "offset")
        with closing(connect(self.database)) as db:
            found = deeds(db, limit=ROWS + 1, offset=offset)
            return self.page(
                request,
                "log.html",
                rows=[deed(db, each) if isinstance(each, Grouping) else each for each in found[:ROWS]],
                offset=offset,
                more=offset + ROWS if len(found) > ROWS else None,
                step=ROWS,
                sizes=sizes(db),
            )

    def guide(self, request: Request) -> Response:
        """What counts as a story, why not, and the keys."""
        with closing(connect(self.database)) as db:
            return self.page(request, "guide.html", sizes=sizes(db))

    def page(self, request: Request, template: str, /, *, status: int = 200, **shown: Any) -> HTMLResponse:
        """A template as an answer that nobody keeps: what it shows is true now, for who asks."""
        found = asking(request)
        known = {"user": found.person, "zone": found.zone, "token": request.scope.get(TOKEN_SCOPE, str)}
        always: dict[str, Any] = {"queue": Queue(), "done": None, "sizes": {}}
        text = self.templates.get_template(template).render(**always | shown | known)
        return HTMLResponse(text, status_code=status, headers={"cache-control": "no-store"})

    def redirect(self, path: str) -> RedirectResponse:
        """To another page of ours, to be asked for by GET."""
        return RedirectResponse(f"{self.place.root}{path}", status_code=SEE_OTHER)

    def conflict(self, request: Request, error: Exception) -> Response:
        """Somebody has decided meanwhile: what, and that this editor's decision was not written."""
        assert isinstance(error, ConflictError)
        queue = queue_of(request.query_params)
        with closing(connect(self.database)) as db:
            return self.page(
                request, "conflict.html", status=CONFLICT, decision=error.decision, queue=queue, sizes=sizes(db)
            )

    def _decide(self, request: Request, given: dict[str, str]) -> Response:
        id, queue = request.path_params["id"], queue_of(request.query_params)
        verb = word(Verb, request.path_params["verb"])
        if verb is Verb.REJECT and not given.get("why"):
            raise HTTPException(BAD_REQUEST, "Say why the story is rejected: choose one of the reasons.")
        why, by = word(WhyNot, given["why"]) if verb is Verb.REJECT else None, who(request)
        note, seen = given.get("note", "").strip()[:NOTE_CHARACTERS], number(given.get("seen"), "seen")
        with closing(connect(self.database)) as db:
            still(db, id)
            try:
                made = decide(db, id, verb, why=why, note=note, who=by, at=self.now(), seen=seen)
            except ConflictError as conflict:
                made = conflict.decision
                if (made.verb, made.why, made.who) != (verb, why, by):
                    raise  # else a button was pressed twice, and the first press counts
            after = id if verb is Verb.REOPEN else beside(db, id, **queue.asked)[1]
        return self.redirect(_next(after, queue, made))


def _next(after: str | None, queue: Queue, made: Decision) -> str:
    done = queue.query(done=0 if made.verb is Verb.REOPEN else made.number)
    return f"/cluster/{after}{done}" if after else f"/{done}"
