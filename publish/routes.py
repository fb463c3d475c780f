"""The addresses of the feeds.

    /feed.FORMAT                 everything; with filters of the desk (`?sector=bank&words=...`) what meets them
    /feed.LANGUAGE.FORMAT        what is told in a language
    /feeds/NAME.FORMAT           a saved search that is public; NAME is its name with hyphens
    /archive/NUMBER-MARK.FORMAT  a page of the archive

FORMAT is atom, rss or json. `content=full` asks for whole texts where licences allow them, `before=` is where a further
page begins. A filter that there is not, or that asks for what is not approved, is a 400 that says so; a page of the
archive whose mark is no longer true is sent on to its present address.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Route

from publish.answer import Copy
from publish.feed import NAME, Format, at
from publish.feeds import EVERYTHING, FULL, Question, archive_address, archive_pages, archived, in_language, made
from publish.shelf import Make, Reading, Shelf, served
from storage.database import Database
from storage.filters import FilterError, Filters, Sort, State, filters_of, filters_of_query
from storage.search import quoted
from storage.searches import Search, searches
from stories.languages import LANGUAGES

MOST_DIGITS = 15  # of a number below which a feed goes on; SQLite's largest integer has 19
OWN = ("content", "before")
EXCERPT = "excerpt"
MOVED, NOT_FOUND = 301, 404
_NO_WORD = re.compile(r"[\W_]+")


def routes(shelf: Shelf) -> list[Route]:
    """All of them."""
    found = []
    for format in Format:
        found.append(Route(f"/feed.{format}", served(shelf, _whole(format))))
        found.append(Route(f"/feeds/{{name}}.{format}", served(shelf, _saved(format))))
        found.append(Route(f"/archive/{{number:int}}-{{mark}}.{format}", served(shelf, _archive(format))))
        found += [Route(f"/feed.{each}.{format}", served(shelf, _spoken(each, format))) for each in LANGUAGES]
    return found


def public(db: Database) -> dict[str, Search]:
    """The saved searches that are public, by the names in their addresses; of two alike the older one keeps it, and a
    name without a letter has none."""
    found: dict[str, Search] = {}
    for search in sorted(searches(db), key=lambda one: one.number):
        if search.public and slug(search.name):
            found.setdefault(slug(search.name), search)
    return found


def slug(name: str) -> str:
    """A name as it stands in an address."""
    return _NO_WORD.sub("-", name.casefold()).strip("-")


def saved(search: Search) -> Question:
    """The feed of a saved search: what is approved of what it asks, whatever state and order it names."""
    filters = replace(filters_of_query(search.asked), state=State.APPROVED, sort=Sort.BEST)
    return Question(title=f"{NAME}: {search.name}", path=f"/feeds/{quote(slug(search.name))}", filters=filters)


def narrowed(question: Question, asked: Sequence[tuple[str, str]]) -> Question:
    """A feed as the names and values behind the question mark ask for it. Raises FilterError."""
    own = {name: value for name, value in asked if name in OWN}
    rest = [(name, value) for name, value in asked if name not in OWN]
    if rest and question.filters:
        raise FilterError(f"this feed has its filters already; /feed.FORMAT takes '{rest[0][0]}' and any other")
    if rest:
        filters = approved(filters_of([("state", State.APPROVED), *rest]))
        kept = tuple((name, value) for name, value in filters.asked if name != "state" or not filters.narrowed)
        title = ", ".join(value for _, value in kept)
        question = replace(question, title=f"{NAME}: {title}", filters=filters, asked=kept)
    if own.get("content", EXCERPT) not in (FULL, EXCERPT):
        raise FilterError(f"content is {FULL} or {EXCERPT}, and “{own['content']}” is neither")
    return replace(question, whole=own.get("content") == FULL, before=_before(own.get("before"), question))


def approved(filters: Filters) -> Filters:
    """Filters as readers may ask by them. Raises FilterError."""
    if filters.state is not State.APPROVED:
        raise FilterError(f"only what is approved is published; there is no state '{filters.state}' here")
    if filters.sort is not Sort.BEST:
        raise FilterError("a feed has an order of its own; leave 'sort' out")
    if filters.words and not quoted(filters.words):
        raise FilterError(f"there is no word in “{filters.words}”")
    return filters


def _before(given: str | None, question: Question) -> int | None:
    if given is None:
        return None
    if not (given.isascii() and given.isdigit() and len(given) <= MOST_DIGITS):
        raise FilterError(f"before must be a number, as the link to the next page has it, and “{given}” is none")
    if question.filters is None:
        raise FilterError("the feed of everything goes on in its archive; 'before' is for feeds with filters")
    return int(given)


def _whole(format: Format) -> Make:
    return lambda request, reading: made(reading, narrowed(EVERYTHING, request.query_params.multi_items()), format)


def _spoken(language: str, format: Format) -> Make:
    base = in_language(language)
    return lambda request, reading: made(reading, narrowed(base, request.query_params.multi_items()), format)


def _saved(format: Format) -> Make:
    def make(request: Request, reading: Reading) -> Copy:
        search = public(reading.db).get(slug(request.path_params["name"]))
        if search is None:
            raise HTTPException(NOT_FOUND, "no search of that name is public")
        return made(reading, narrowed(saved(search), request.query_params.multi_items()), format)

    return make


def _archive(format: Format) -> Make:
    def make(request: Request, reading: Reading) -> Copy:
        number, pages, asked = request.path_params["number"], archive_pages(reading), request.query_params.multi_items()
        if not 0 < number <= len(pages):
            raise HTTPException(NOT_FOUND, "the archive has no page of that number")
        if others := [name for name, _ in asked if name != "content"]:
            raise FilterError(f"the archive takes content alone; /feed.FORMAT takes '{others[0]}' and any other")
        page, whole = pages[number - 1], narrowed(EVERYTHING, asked).whole
        if page.mark != request.path_params["mark"]:
            address = at(archive_address(reading.settings.site, page, whole=whole), format)
            raise HTTPException(MOVED, "this page has changed", headers={"location": address})
        return archived(reading, page, format, whole=whole)

    return make
