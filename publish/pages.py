"""The addresses of the pages that people read, and which stories each shows.

    /                     the newest stories
    /page/NUMBER          older ones
    /story/ID             a story; 301 to the one that it became part of, 410 where it was taken back, 404 where there
                          never was one
    /feeds                all feeds
    /embed[.LANGUAGE]     a short list for another site's page; `?count=3` of what meets filters
    /widget.js            the same as a script (publish/static/widget.js)
    /static/pages.css     the one style sheet
    /sitemap.xml, /sitemap-NUMBER.xml, /robots.txt

Pages of older stories are numbered from the oldest on, 20 in each by their first approval, so that a page keeps its
stories and its address for ever, and a new story changes the newest page alone; one that is taken back leaves a gap.
The index has the page that is not full yet and the last full one: 20 to 39 stories. A sitemap holds 50,000 addresses
at most, as its makers ask for; with more, `/sitemap.xml` lists several, of which each keeps its stories, too.

Whatever these functions make is a body; the static export (publish/export.py) writes the same ones to files.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from publish import page
from publish.answer import COMMON, POLICY, Copy, copy
from publish.feed import Item
from publish.feeds import EVERYTHING, Question, in_language
from publish.markup import DECLARATION, around, element
from publish.moved import leads_to, shown
from publish.page import STATIC, Subscription
from publish.routes import narrowed, public, saved
from publish.shelf import Reading, Shelf, served
from storage.entries import removed
from storage.filters import FilterError, Filters, State
from storage.lists import ask, listed
from storage.publication import ever
from storage.searches import Search
from storage.states import states
from stories.languages import LANGUAGES

ON_PAGE = 20  # stories: three or four screens
IN_SITEMAP = 50_000  # addresses, at most (sitemaps.org)
EMBEDDED, MOST_EMBEDDED = 5, 20  # stories of the short list
MOST_NAME = 200  # bytes of a search's name in an address; a file's name has 255 at most
MOVED, GONE, NOT_FOUND = 301, 410, 404
GONE_CACHED = "public, max-age=60"  # it may be approved again
HTML, CSS, SCRIPT = "text/html; charset=utf-8", "text/css; charset=utf-8", "text/javascript; charset=utf-8"
XML, TEXT = "application/xml; charset=utf-8", "text/plain; charset=utf-8"
EMBEDDABLE = {"content-security-policy": POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")}
SITEMAPS = {"xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def routes(shelf: Shelf) -> list[Route]:
    """All of them."""

    def told(request: Request) -> Any:
        try:
            return served(shelf, _story, plain=True)(request)
        except HTTPException as error:
            if error.status_code != GONE:
                raise
            return _gone(shelf)

    found = [
        Route("/", served(shelf, lambda request, reading: _html(index(reading)), plain=True)),
        Route("/page/{number:int}", served(shelf, _older, plain=True)),
        Route("/story/{id}", told),
        Route("/feeds", served(shelf, lambda request, reading: _html(feeds(reading)), plain=True)),
        Route("/robots.txt", served(shelf, _robots, plain=True)),
        Route("/sitemap.xml", served(shelf, _sitemap, plain=True)),
        Route("/sitemap-{number:int}.xml", served(shelf, _sitemap, plain=True)),
        Route("/embed", served(shelf, _embed(EVERYTHING))),
        Route("/static/pages.css", served(shelf, _file("pages.css", CSS), plain=True)),
        Route("/widget.js", served(shelf, _file("widget.js", SCRIPT), plain=True)),
    ]
    return [*found, *(Route(f"/embed.{each}", served(shelf, _embed(in_language(each)))) for each in LANGUAGES)]


def index(reading: Reading) -> bytes:
    """The newest stories."""
    behind = numbered(reading)
    items = _newest_first(reading, ever(reading.board)[behind * ON_PAGE :])
    return page.stories(reading.settings.site, items, "/", newer=None, older=_address(behind))


def numbered(reading: Reading) -> int:
    """How many pages of older stories there are."""
    return max(len(ever(reading.board)) // ON_PAGE - 1, 0)


def older(reading: Reading, number: int) -> bytes:
    """A page of older stories; the oldest has number 1."""
    items = _newest_first(reading, ever(reading.board)[(number - 1) * ON_PAGE : number * ON_PAGE])
    newer = _address(number + 1) if number < numbered(reading) else "/"
    return page.stories(reading.settings.site, items, f"/page/{number}", newer=newer, older=_address(number - 1))


def feeds(reading: Reading, *, asking: bool = True) -> bytes:
    """The list of feeds; without those that ask for a sector, where nobody can be asked."""
    everything = Filters(state=State.APPROVED)
    found = listed(ask(reading.db, reading.board, everything, reading.now), everything, reading.now, limit=1)
    spoken = {count.value: count.clusters for count in found.counts["language"]}
    groups = {
        "Everything": [Subscription(name="All stories", address=EVERYTHING.address(""), stories=found.total)],
        "By language": [
            Subscription(name=name, address=in_language(each).address(""), stories=spoken[each])
            for each, name in LANGUAGES.items()
            if spoken.get(each)
        ],
        "By sector": [
            Subscription(
                name=count.value.replace("-", " ").capitalize(),
                address=_of_sector(count.value).address(""),
                stories=count.clusters,
            )
            for count in found.counts["sector"]
            if asking and count.clusters and count.value
        ],
        "Chosen by editors": [
            Subscription(name=search.name, address=saved(search).address("")) for search in named(reading).values()
        ],
    }
    return page.feeds(reading.settings.site, groups, asking=asking)


def named(reading: Reading) -> Mapping[str, Search]:
    """The public searches whose names fit into an address."""
    return {name: search for name, search in public(reading.db).items() if 0 < len(name.encode()) <= MOST_NAME}


def embedded(reading: Reading, question: Question, count: int = EMBEDDED) -> bytes:
    """The newest stories that meet a question, as a short list."""
    met = shown(reading)
    if question.filters:
        met = met & ask(reading.db, reading.board, question.filters, reading.now).all
    rows = np.flatnonzero(met)
    newest = rows[np.argsort(reading.board.numbers["approved"][rows])[-count:]]
    return page.embed(reading.settings.site, _newest_first(reading, newest))


def sitemaps(reading: Reading) -> dict[str, bytes]:
    """The sitemap by the name of its file; of more than 50,000 stories, several and a list of them."""
    marks, row_of, site = shown(reading), reading.board.row_of, reading.settings.site.rstrip("/")
    told = [
        (place, element("loc", f"{site}/story/{one.id}") + element("lastmod", one.acted_at))
        for place, one in enumerate(states(reading.db))
        if one.id in row_of and marks[row_of[one.id]]
    ]
    room = IN_SITEMAP - 2  # for the index and the list of feeds
    maps: list[list[str]] = [[element("loc", f"{site}/"), element("loc", f"{site}/feeds")]]
    for place, each in told:
        while len(maps) <= place // room:
            maps.append([])
        maps[place // room].append(each)
    bodies = [_xml("urlset", "url", each) for each in maps]
    if len(bodies) == 1:
        return {"sitemap.xml": bodies[0]}
    names = [f"sitemap-{number}.xml" for number in range(1, len(bodies) + 1)]
    listing = _xml("sitemapindex", "sitemap", [element("loc", f"{site}/{name}") for name in names])
    return {"sitemap.xml": listing, **dict(zip(names, bodies, strict=True))}


def robots(site: str) -> bytes:
    """All is for everybody."""
    return f"User-agent: *\nAllow: /\n\nSitemap: {site.rstrip('/')}/sitemap.xml\n".encode()


def _robots(request: Request, reading: Reading) -> Copy:
    return copy(robots(reading.settings.site), TEXT)


def _older(request: Request, reading: Reading) -> Copy:
    number = request.path_params["number"]
    if not 0 < number <= numbered(reading):
        raise HTTPException(NOT_FOUND, "there is no page of that number")
    return _html(older(reading, number))


def _story(request: Request, reading: Reading) -> Copy:
    id = request.path_params["id"]
    for piece in reading.pieces([id]):
        body = page.story(reading.settings.site, piece.item)
        return _html(body, changed_at=datetime.fromisoformat(piece.item.updated))
    if removed(reading.db, [id]):
        if now := leads_to(reading, id):
            address = f"{reading.settings.site.rstrip('/')}/story/{now}"
            raise HTTPException(MOVED, "this story has become part of another", {"location": address})
        raise HTTPException(GONE)
    raise HTTPException(NOT_FOUND, "there is no story of that name")


def _gone(shelf: Shelf) -> Response:
    headers = COMMON | {"cache-control": GONE_CACHED}
    return HTMLResponse(page.gone(shelf.settings.site), status_code=GONE, headers=headers)


def _sitemap(request: Request, reading: Reading) -> Copy:
    body = sitemaps(reading).get(request.url.path.rpartition("/")[2])
    if body is None:
        raise HTTPException(NOT_FOUND, "there is no sitemap of that number")
    return copy(body, XML)


def _embed(base: Question) -> Callable[[Request, Reading], Copy]:
    def make(request: Request, reading: Reading) -> Copy:
        asked = request.query_params.multi_items()
        question = narrowed(base, [(name, value) for name, value in asked if name != "count"])
        count = _count(request.query_params.get("count", str(EMBEDDED)))
        return copy(embedded(reading, question, count), HTML, more=EMBEDDABLE)

    return make


def _count(given: str) -> int:
    if given.isascii() and given.isdigit() and 0 < int(given[:3]) <= MOST_EMBEDDED:
        return int(given[:3])
    raise FilterError(f"count is 1 to {MOST_EMBEDDED}, and “{given}” is not")


def _file(name: str, type: str) -> Callable[[Request, Reading], Copy]:
    return lambda request, reading: copy((STATIC / name).read_bytes(), type)


def _html(body: bytes, *, changed_at: datetime | None = None) -> Copy:
    return copy(body, HTML, changed_at)


def _of_sector(sector: str) -> Question:
    return narrowed(EVERYTHING, [("sector", sector)])


def _address(number: int) -> str | None:
    return f"/page/{number}" if number > 0 else None


def _newest_first(reading: Reading, rows: NDArray[np.int64]) -> list[Item]:
    return [piece.item for piece in reading.pieces([reading.board.ids[row] for row in rows[::-1]])]


def _xml(name: str, each: str, parts: Sequence[str]) -> bytes:
    return (DECLARATION + around(name, [around(each, [part]) for part in parts], SITEMAPS)).encode()
