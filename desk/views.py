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

from desk.paragraphs import alone, context
from desk.queue import Queue, number, queue_of, word
from storage.database import connect
from storage.decisions import ConflictError, Decision, UnknownClusterError, Verb, decide, history, log, logged
from storage.inbox import beside, cluster, inbox, sizes, tellings
from storage.surroundings import surroundings
from stories.story import WhyNot

ROWS = 30  # of a list on one page: what one reads before deciding to search instead
NOTE_CHARACTERS = 2_000
SEE_OTHER, BAD_REQUEST, CONFLICT = 303, 400, 409


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The desk's answers, over one database. `who` is the editor, as the log names them."""

    database: Path
    templates: Environment
    who: str
    now: Callable[[], datetime]

    def inbox(self, request: Request) -> Response:
        """A list of clusters, best first."""
        queue, offset = queue_of(request.query_params), number(request.query_params.get("offset"), "offset")
        with closing(connect(self.database)) as db:
            found = inbox(db, limit=ROWS + 1, offset=offset, **queue.asked)
            done = logged(db, number(request.query_params.get("done"), "done"))
            return self.page(
                "inbox.html",
                queue=queue,
                rows=found[:ROWS],
                offset=offset,
                more=offset + ROWS if len(found) > ROWS else None,
                step=ROWS,
                sizes=sizes(db),
                done=done,
            )

    def cluster(self, request: Request) -> Response:
        """One cluster with all its tellings."""
        id, queue = request.path_params["id"], queue_of(request.query_params)
        with closing(connect(self.database)) as db:
            found = cluster(db, id)
            if not found:
                raise UnknownClusterError(id)
            around = surroundings(db, id)
            before, after = beside(db, id, **queue.asked)
            decisions = history(db, id)
            return self.page(
                "cluster.html",
                queue=queue,
                cluster=found,
                tellings=[
                    (t, context(around[t.number]) if t.number in around else alone(t.text)) for t in tellings(db, id)
                ],
                before=before,
                after=after,
                decisions=decisions,
                seen=decisions[-1].number if decisions else 0,
                sizes=sizes(db),
                done=logged(db, number(request.query_params.get("done"), "done")),
            )

    async def decide(self, request: Request) -> Response:
        """Take a decision from a form, then lead on to the next story."""
        async with request.form() as form:
            given = {name: value for name, value in form.items() if isinstance(value, str)}
        return await run_in_threadpool(self._decide, request, given)

    def log(self, request: Request) -> Response:
        """All decisions, newest first."""
        offset = number(request.query_params.get("offset"), "offset")
        with closing(connect(self.database)) as db:
            found = log(db, limit=ROWS + 1, offset=offset)
            return self.page(
                "log.html",
                rows=found[:ROWS],
                offset=offset,
                more=offset + ROWS if len(found) > ROWS else None,
                step=ROWS,
                sizes=sizes(db),
            )

    def guide(self, request: Request) -> Response:
        """What counts as a story, why not, and the keys."""
        with closing(connect(self.database)) as db:
            return self.page("guide.html", sizes=sizes(db))

    def page(self, name: str, *, status: int = 200, **shown: Any) -> HTMLResponse:
        """A template as an answer that nobody keeps: what it shows is true now."""
        text = self.templates.get_template(name).render(**{"who": self.who, "queue": Queue(), "done": None} | shown)
        return HTMLResponse(text, status_code=status, headers={"cache-control": "no-store"})

    def conflict(self, request: Request, error: Exception) -> Response:
        """Somebody has decided meanwhile: what, and that this editor's decision was not written."""
        assert isinstance(error, ConflictError)
        queue = queue_of(request.query_params)
        with closing(connect(self.database)) as db:
            return self.page("conflict.html", status=CONFLICT, decision=error.decision, queue=queue, sizes=sizes(db))

    def _decide(self, request: Request, given: dict[str, str]) -> Response:
        id, queue = request.path_params["id"], queue_of(request.query_params)
        verb = word(Verb, request.path_params["verb"])
        if verb is Verb.REJECT and not given.get("why"):
            raise HTTPException(BAD_REQUEST, "Say why the story is rejected: choose one of the reasons.")
        why = word(WhyNot, given["why"]) if verb is Verb.REJECT else None
        note, seen = given.get("note", "").strip()[:NOTE_CHARACTERS], number(given.get("seen"), "seen")
        with closing(connect(self.database)) as db:
            try:
                made = decide(db, id, verb, why=why, note=note, who=self.who, at=self.now(), seen=seen)
            except ConflictError as conflict:
                made = conflict.decision
                if (made.verb, made.why, made.who) != (verb, why, self.who):
                    raise  # else a button was pressed twice, and the first press counts
            after = id if verb is Verb.REOPEN else beside(db, id, **queue.asked)[1]
        return RedirectResponse(_next(after, queue, made), status_code=SEE_OTHER)


def _next(after: str | None, queue: Queue, made: Decision) -> str:
    done = queue.query(done=0 if made.verb is Verb.REOPEN else made.number)
    return f"/cluster/{after}{done}" if after else f"/{done}"
