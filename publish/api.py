"""The JSON API, for a website that asks instead of polling a feed.

    /api/v1/stories       what meets the filters of the desk, in an order, page by page
    /api/v1/stories/ID    one story; 410 where it was taken back
    /api/v1/changes       what has changed since a cursor: stories as they are now, and what was taken back
    /api/v1/companies     the companies that stories name
    /api/v1/stats         how many stories there are, by fact and month
    /api/v1/openapi.json  all of that, for machines; /api for people

Without `v1` an address is sent on to the present version. A story has the names of JSON Feed, with our own words beside
them. Answers are kept as those of the feeds are (publish/shelf.py); what has to be made counts against its client's
limit (publish/limits.py). A mistake is a problem (RFC 9457) with one sentence.
"""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from publish import api_asked as asked
from publish.answer import COMMON, Answer, Copy, copy
from publish.api_page import page
from publish.api_problems import HANDLERS, TakenBackError, refusal
from publish.feed import Item
from publish.json_feed import dumped, fields
from publish.json_feed import known as only_known
from publish.limits import WORKED, Buckets, Limited
from publish.moved import leads_to
from publish.openapi import JSON, VERSION, document, written
from publish.shelf import Make, Reading, Shelf, served
from storage.entries import removed
from storage.filters import CLOSED, Filters, State
from storage.lineage import is_marked, mark
from storage.lists import ask, listed
from storage.publication import since
from storage.tallies import Companies, last_act, months
from storage.walks import walked

MOVED, NOT_FOUND, GONE = 308, 404, 410
NAMES = ("stories", "changes", "companies", "stats", "openapi.json")
COUNTED = [name for name in CLOSED if name != "origin"]
WRITTEN = "api"  # under which a story is kept as it is written here
PUBLISHED = Filters(state=State.APPROVED)


def routes(shelf: Shelf) -> list[BaseRoute]:
    """All of them."""
    by = shelf.settings
    machines = copy(written(by.site).encode(), JSON)
    inside = [
        Route("/v1/stories", _answered(shelf, stories)),
        Route("/v1/stories/{id}", _answered(shelf, story)),
        Route("/v1/changes", _answered(shelf, changes)),
        Route("/v1/companies", _answered(shelf, _companies(Companies()))),
        Route("/v1/stats", _answered(shelf, stats)),
        Route("/v1/openapi.json", lambda request: Answer(machines)),
        Route("/{rest:path}", _sent_on(by.site)),
    ]
    app = Starlette(routes=inside, exception_handlers=HANDLERS)
    app.router.redirect_slashes = False
    people = copy(page(document(by.site)), "text/html; charset=utf-8")
    buckets = Buckets(per_minute=by.api_per_minute, burst=by.api_burst)
    return [Route("/api", lambda request: Answer(people)), Mount("/api", Limited(app, buckets, refusal))]


def stories(request: Request, reading: Reading) -> Copy:
    """What meets the filters."""
    question = asked.listing(request.query_params.multi_items())
    met = ask(reading.db, reading.board, question.filters, reading.now).all
    found = walked(reading.board, met, question.order, question.limit, question.after)
    head: dict[str, Any] = {"total": int(met.sum())}
    links = {}
    if found.end:
        place = ("cursor", asked.cursor(question.order, found.end))
        following = f"{_base(reading)}/stories?{urlencode([*question.kept, place])}"
        head, links = head | {"next": following}, {"link": f'<{following}>; rel="next"'}
    told = _written(reading, found.ids, whole=question.whole)
    return copy(_joined(head, "stories", told), JSON, more=links)


def story(request: Request, reading: Reading) -> Copy:
    """One story."""
    id, own = request.path_params["id"], asked.one_each(request.query_params.multi_items(), asked.PARAMETERS["story"])
    for told in _written(reading, [id], whole=asked.whole(own)):
        return copy(told.encode(), JSON)
    for back in removed(reading.db, [id]):
        raise TakenBackError(id, back.at, leads_to(reading, id))
    raise HTTPException(NOT_FOUND, "there is no story of that id")


def changes(request: Request, reading: Reading) -> Copy:
    """What has changed since a cursor."""
    question = asked.changes(request.query_params.multi_items())
    if question.version > reading.board.version or (question.mark and not is_marked(reading.db, question.mark)):
        raise HTTPException(GONE, "this cursor is of another database than there is now; begin anew, without since")
    found = since(reading.board, question.version, question.limit, within=question.within)
    back = [{"id": one.id, "removed_at": one.at} for one in removed(reading.db, found.ids)]
    by = mark(reading.db) if found.ids else question.mark  # the same where nothing changed
    head = {"cursor": asked.since_cursor(found, by), "more": found.more, "removed": back}
    return copy(_joined(head, "stories", _written(reading, found.ids, whole=question.whole)), JSON)


def stats(request: Request, reading: Reading) -> Copy:
    """How many stories there are."""
    asked.one_each(request.query_params.multi_items(), asked.PARAMETERS["stats"])
    found = ask(reading.db, reading.board, PUBLISHED, reading.now)
    seen = listed(found, PUBLISHED, reading.now, limit=0)
    counts = {name: {one.value: one.clusters for one in seen.counts[name]} for name in COUNTED}
    counts["month"] = dict(months(reading.db, reading.board, found.all))
    told = only_known({"total": seen.total, "updated": last_act(reading.db, reading.board), **counts})
    return copy(dumped(told).encode(), JSON)


def _companies(companies: Companies) -> Make:
    def make(request: Request, reading: Reading) -> Copy:
        own = asked.one_each(request.query_params.multi_items(), asked.PARAMETERS["companies"])
        order, prefix = asked.by(own), own.get("prefix", "").strip().casefold()
        met = ask(reading.db, reading.board, PUBLISHED, reading.now).all
        known = companies.look(reading.db, reading.board, met)
        found = [one for one in known if one.name.casefold().startswith(prefix)]
        if order is asked.By.STORIES:
            found.sort(key=lambda one: -one.stories)
        told = [dumped({"name": one.name, "stories": one.stories, "languages": one.languages}) for one in found]
        return copy(_joined({"total": len(found)}, "companies", told), JSON)

    return make


def as_told(item: Item) -> dict[str, Any]:
    """A story's fields: those of JSON Feed, and our own words beside them."""
    told = fields(item)
    own = told.pop("_goodturn")
    return {"id": item.cluster, "tag": told.pop("id"), **told, **own}


def _written(reading: Reading, ids: Sequence[str], *, whole: bool) -> list[str]:
    return [piece.as_(WRITTEN, lambda item: dumped(as_told(item))) for piece in reading.pieces(ids, whole=whole)]


def _joined(head: dict[str, Any], name: str, told: Sequence[str]) -> bytes:
    return f'{dumped(head)[:-1]},"{name}":[{",".join(told)}]}}'.encode()


def _base(reading: Reading) -> str:
    return f"{reading.settings.site.rstrip('/')}/api/{VERSION}"


def _answered(shelf: Shelf, make: Make) -> Callable[[Request], Answer]:
    """An endpoint that says when its answer had to be made."""

    def worked(request: Request, reading: Reading) -> Copy:
        request.scope[WORKED] = True
        return make(request, reading)

    return served(shelf, worked)


def _sent_on(site: str) -> Callable[[Request], Response]:
    """An endpoint that leads from an address without a version to that of the present one."""

    def endpoint(request: Request) -> Response:
        rest = request.path_params["rest"]
        if rest.partition("/")[0] not in NAMES:
            raise HTTPException(NOT_FOUND, "there is nothing at this address; /api says what there is")
        address = f"{site.rstrip('/')}/api/{VERSION}/{quote(rest)}"
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(address + query, MOVED, COMMON | {"cache-control": "public, max-age=3600"})

    return endpoint
