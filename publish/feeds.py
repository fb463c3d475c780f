"""Which feeds there are, and what each holds.

The live feed has what editors touched last and what is not in the archive yet; it leads to the newest page of the
archive, and each page to the next older one (RFC 5005, 4), so that a reader who walks to the end has met everything.
A page of the archive has its state's mark in its address and never changes: what an editor does gives it, and all
newer pages, another address. So it does not name the next newer page, which it would have to follow.

Any filter has a feed, too: what was approved first at last comes first, an order that no later act changes, and a
further page has what was first approved before the last entry of the page before it (`before`, RFC 5005, 3). So who
walks it meets each entry that stays approved exactly once, whatever editors do meanwhile.

What was taken back in the last 90 days is named on the first page of every feed, the newest 1,000 of it; and for ever
by the archive, each page its own, and by the live feed what is in no full page yet. An entry whose page asks not to be
archived is in the archive by title and link alone, else a reader would not know that it is there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlencode

import numpy as np

from publish import atom, json_feed, rss
from publish.answer import FOR_EVER, POLLED, Copy, copy
from publish.feed import NAME, TYPES, Feed, Format, Gone, Item, at, bare, clean, gone, updated
from publish.shelf import Piece, Reading
from storage.database import stamp
from storage.entries import removed
from storage.filters import Filters, State
from storage.lists import ask
from storage.publication import Archive, archives, live, on_page, taken_back
from stories.languages import LANGUAGES

TOMBSTONE_DAYS = 90
MOST_GONE = 1_000
FULL = "full"
FORM = 1  # one more with each change to what the formats write: the archive's addresses promise a content
BARE = "bare"


class Writer(Protocol):
    """A format: a module that writes it."""

    def entry(self, item: Item) -> str:
        """An item in that format."""

    def write(self, feed: Feed, entries: Iterable[str]) -> bytes:
        """A feed of such items."""


WRITERS: Mapping[Format, Writer] = {Format.ATOM: atom, Format.RSS: rss, Format.JSON: json_feed}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A feed that is asked for: what it is called, where it stands (its path without the format's ending), by which
    filters (None: everything, as the live feed has it), what its address asks, whether whole texts are asked for,
    where it goes on, and whether it does (a file cannot)."""

    title: str
    path: str
    filters: Filters | None = None
    asked: tuple[tuple[str, str], ...] = ()
    language: str | None = None
    whole: bool = False
    before: int | None = None
    goes_on: bool = True

    def address(self, site: str, *more: tuple[str, str]) -> str:
        """Its address, with `{format}` where that comes."""
        query = urlencode([*self.asked, *([("content", FULL)] if self.whole else []), *more])
        return f"{site.rstrip('/')}{self.path}.{{format}}" + (f"?{query}" if query else "")


EVERYTHING = Question(title=NAME, path="/feed")


def in_language(language: str) -> Question:
    """The feed of a language."""
    filters = Filters(state=State.APPROVED, language=(language,))
    title = f"{NAME} ({LANGUAGES[language]})"
    return Question(title=title, path=f"/feed.{language}", filters=filters, language=language)


def made(reading: Reading, question: Question, format: Format) -> Copy:
    """The feed of a question."""
    return _live(reading, question, format) if question.filters is None else _filtered(reading, question, format)


def archived(reading: Reading, page: Archive, format: Format, *, whole: bool = False) -> Copy:
    """A page of the archive."""
    question, site = Question(title=NAME, path="/feed", whole=whole), reading.settings.site
    pages = archive_pages(reading)
    older = pages[page.number - 2] if page.number > 1 else None
    ids = on_page(reading.board, page.number)
    pieces = reading.pieces(ids[::-1], whole=whole)
    back = _gone(reading, ids)
    feed = Feed(
        id=_id(reading, "/feed"),
        title=NAME,
        site=site.rstrip("/"),
        address=archive_address(site, page, whole=whole),
        updated=updated([piece.item for piece in pieces], back),
        gone=tuple(back),
        older=archive_address(site, older, whole=whole) if older else None,
        current=question.address(site),
    )
    return _copy(feed, pieces, format, cache=FOR_EVER, archive=True)


def archive_pages(reading: Reading) -> list[Archive]:
    """All pages of the archive in their present state, the oldest first."""
    by = reading.settings
    return archives(reading.board, f"{FORM} {by.site} {by.feed_authority} {by.excerpt}")


def archive_address(site: str, page: Archive, *, whole: bool = False) -> str:
    """Where a page of the archive stands in its present state, with `{format}` where that comes."""
    return Question(title=NAME, path=f"/archive/{page.number}-{page.mark}", whole=whole).address(site)


def _live(reading: Reading, question: Question, format: Format) -> Copy:
    pages, site = archive_pages(reading), reading.settings.site
    older = archive_address(site, pages[-1], whole=question.whole) if pages else None
    ids = live(reading.board, reading.settings.feed_entries)
    fresh = on_page(reading.board, len(pages) + 1)  # no page of the archive names what of these is taken back
    return _first(reading, question, format, ids, also=fresh, older=older)


def _filtered(reading: Reading, question: Question, format: Format) -> Copy:
    board, limit = reading.board, reading.settings.feed_entries
    assert question.filters
    found = np.flatnonzero(ask(reading.db, board, question.filters, reading.now).all)
    numbers = board.numbers["approved"][found]
    if question.before is not None:
        found, numbers = found[numbers < question.before], numbers[numbers < question.before]
    order = np.argsort(numbers)[::-1][:limit]
    last = str(numbers[order[-1]]) if len(found) > limit and question.goes_on else None
    following = question.address(reading.settings.site, ("before", last)) if last else None
    return _first(reading, question, format, [board.ids[row] for row in found[order]], following=following)


def _first(
    reading: Reading,
    question: Question,
    format: Format,
    ids: Sequence[str],
    *,
    also: Sequence[str] = (),
    following: str | None = None,
    older: str | None = None,
) -> Copy:
    site, before = reading.settings.site, question.before
    pieces = reading.pieces(ids, whole=question.whole)
    lately = _lately_gone(reading) if before is None else []
    known = {one.id for one in lately}
    back = lately + [one for one in _gone(reading, also) if one.id not in known]
    feed = Feed(
        id=_id(reading, question.address("")),
        title=clean(question.title),  # it may name words that were asked for
        site=site.rstrip("/"),
        address=question.address(site, *([("before", str(before))] if before is not None else [])),
        updated=updated([piece.item for piece in pieces], back),
        gone=tuple(back),
        language=question.language,
        next=following,
        older=older,
        hub=reading.settings.hub or None,
    )
    return _copy(feed, pieces, format, cache=POLLED)


def _copy(feed: Feed, pieces: Sequence[Piece], format: Format, *, cache: str, archive: bool = False) -> Copy:
    writer = WRITERS[format]

    def shut(item: Item) -> str:
        return writer.entry(bare(item))

    entries = [
        piece.as_(f"{format} {BARE}", shut) if archive and not piece.item.archived else piece.as_(format, writer.entry)
        for piece in pieces
    ]
    links = {"hub": feed.hub, "self": at(feed.address, format)} if feed.hub else {}
    more = {"link": ", ".join(f'<{address}>; rel="{rel}"' for rel, address in links.items())} if links else {}
    changed_at = datetime.fromisoformat(feed.updated)
    return copy(writer.write(feed, entries), f"{TYPES[format]}; charset=utf-8", changed_at, cache=cache, more=more)


def _lately_gone(reading: Reading) -> list[Gone]:
    since = stamp(reading.now - timedelta(days=TOMBSTONE_DAYS))
    return [one for one in _gone(reading, taken_back(reading.board, MOST_GONE)) if one.at >= since]


def _gone(reading: Reading, ids: Sequence[str]) -> list[Gone]:
    return [gone(one, reading.settings) for one in removed(reading.db, ids)]


def _id(reading: Reading, address: str) -> str:
    """The id of a feed in all its formats and on all its pages."""
    return f"tag:{reading.settings.feed_authority}:{at(address, Format.ATOM).lstrip('/').replace('.atom', '', 1)}"
