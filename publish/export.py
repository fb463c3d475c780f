"""All that readers get, as files for a web server that serves files; docs/feeds.md says how it is set up.

The files have the live server's addresses, with `.html` behind those of pages: `story/ID.html` is asked for as
`/story/ID`. What was taken back has an empty page's place: `story/ID.gone`, by which a web server knows to answer 410.
What became part of another story has a page that leads on to it. Questions cannot be asked of files: there are the
feeds of everything (with the archive that it leads to), of each language and of public searches, and these do not go
on.

An export makes only what may have changed. Each unit has a mark of what it is made from: a story the version of its
entry and where it leads on to, a page of older stories those of all on it, a page of the archive its own mark; all of
them the settings that show, and this package's files (so that a new version of Goodturn makes all anew). The rest
(feeds, index, sitemap) is one unit, made of everything and of the day, as a feed names what was taken back for a time.
Where that mark has not changed the export ends there, without a look at any entry.

It goes from the oldest story to the newest, a page of the archive at a time, so that an entry is read once for all the
files that it is in; the feeds come last, as they lead to the others.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from config import ConfigError, Settings
from publish import moved, page, pages
from publish.feed import Format, at
from publish.feeds import EVERYTHING, archive_address, archive_pages, archived, in_language, made
from publish.folder import Folder
from publish.pages import ON_PAGE
from publish.routes import saved
from publish.shelf import Reading, Shelf
from storage.database import Database
from storage.entries import read_only, removed
from storage.publication import PAGE, Archive, ever
from storage.searches import searches
from storage.states import states
from stories.languages import LANGUAGES

REST = "rest"
MARK_BYTES = 12
HERE = Path(__file__).parent
FORMING = ("*.py", "templates/*.html", "static/*")
Files = Mapping[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """Files that are made together: their name and mark, the entries that they show, and what makes them."""

    name: str
    mark: str
    ids: tuple[str, ...]
    make: Callable[[Reading], Files]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How many files an export wrote and removed."""

    written: int
    removed: int


def export(settings: Settings, path: Path, now: datetime) -> Report:
    """Bring the folder up to date. Raises NoDatabaseError while there is no database, ConfigError where the folder
    cannot be used or holds something else."""
    with closing(read_only(settings.database)) as db, Folder(path) as folder:
        form = _form(settings)
        whole = _whole(db, settings, form, now)
        if folder.whole == whole and folder.untouched:
            return Report(written=0, removed=0)
        shelf = Shelf(settings, lambda: now)
        try:
            with shelf.reading() as reading:
                _bring_up_to_date(folder, reading, form, whole)
        except OSError as error:
            raise ConfigError(f"cannot write to {path}: {error.strerror} ({error.filename})") from error
        finally:
            shelf.close()
        return Report(written=folder.written, removed=folder.removed)


def _bring_up_to_date(folder: Folder, reading: Reading, form: str, whole: str) -> None:
    kept, work = list[str](), list[list[Unit]]()
    for block in _blocks(reading, form, whole):
        stale = [unit for unit in block if not folder.has(unit.name, unit.mark)]
        kept += {unit.name for unit in block} - {unit.name for unit in stale}
        work.append(stale)
    folder.keep(kept)
    for stale in work:
        reading.pieces(
            list(dict.fromkeys(id for unit in stale for id in unit.ids))
        )  # at once; from here on they are kept
        for unit in stale:
            folder.put(unit.name, unit.mark, unit.make(reading))
    folder.done(whole)


def _blocks(reading: Reading, form: str, whole: str) -> Iterator[list[Unit]]:
    """All units, those of a hundred stories at a time."""
    board, archive, lists = reading.board, archive_pages(reading), pages.numbered(reading)
    rows = ever(board)
    ids = [board.ids[row] for row in rows]
    versions = [int(version) for version in board.numbers["version"][rows]]
    back = {board.ids[row] for row in rows[~moved.shown(reading)[rows]]}
    for start in range(0, len(ids), PAGE):
        block = [_page_of_archive(each, form) for each in archive[start // PAGE :][:1]]
        for first in range(start, min(start + PAGE, lists * ON_PAGE), ON_PAGE):
            number, members = first // ON_PAGE + 1, slice(first, first + ON_PAGE)
            mark = _mark(form, number == lists, versions[members])
            make = partial(_older, number=number)
            block.append(Unit(name=f"page/{number}", mark=mark, ids=tuple(ids[members]), make=make))
        for id, version in zip(ids[start : start + PAGE], versions[start : start + PAGE], strict=True):
            make = partial(_story, id=id)
            mark = _mark(form, version, moved.leads_to(reading, id) if id in back else None)
            block.append(Unit(name=f"story/{id}", mark=mark, ids=(id,), make=make))
        yield block
    yield [Unit(name=REST, mark=whole, ids=(), make=_rest)]


def _page_of_archive(archive: Archive, form: str) -> Unit:
    """Its name has the mark of its entries."""
    make = partial(_archived, archive=archive)
    return Unit(name=f"archive/{archive.number}-{archive.mark}", mark=form, ids=(), make=make)


def _archived(reading: Reading, archive: Archive) -> Files:
    address = archive_address("", archive)
    return {at(address, format).lstrip("/"): archived(reading, archive, format).body for format in Format}


def _older(reading: Reading, number: int) -> Files:
    return {f"page/{number}.html": pages.older(reading, number)}


def _story(reading: Reading, id: str) -> Files:
    for piece in reading.pieces([id]):
        return {f"story/{id}.html": page.story(reading.settings.site, piece.item)}
    if now := moved.leads_to(reading, id):
        return {f"story/{id}.html": page.moved(reading.settings.site, now)}
    return {f"story/{id}.gone": "".join(f"{one.at}\n" for one in removed(reading.db, [id])).encode()}


def _rest(reading: Reading) -> Files:
    site = reading.settings.site
    found = {
        ".nojekyll": b"",
        "robots.txt": pages.robots(site),
        "gone.html": page.gone(site),
        "missing.html": page.missing(site),
        "static/pages.css": (page.STATIC / "pages.css").read_bytes(),
        "widget.js": (page.STATIC / "widget.js").read_bytes(),
        "embed.html": pages.embedded(reading, EVERYTHING),
        **{f"embed.{each}.html": pages.embedded(reading, in_language(each)) for each in LANGUAGES},
        **pages.sitemaps(reading),
    }
    questions = {"feed": EVERYTHING} | {f"feed.{each}": in_language(each) for each in LANGUAGES}
    questions |= {f"feeds/{name}": saved(search) for name, search in pages.named(reading).items()}
    for name, question in questions.items():
        for format in Format:
            found[f"{name}.{format}"] = made(reading, replace(question, goes_on=False), format).body
    return found | {"feeds.html": pages.feeds(reading, asking=False), "index.html": pages.index(reading)}


def _form(settings: Settings) -> str:
    """A mark of how things are written: by the settings, and by this package."""
    files = sorted(path for pattern in FORMING for path in HERE.glob(pattern) if path.is_file())
    return _mark(settings.site, settings.feed_authority, settings.excerpt, [path.read_bytes() for path in files])


def _whole(db: Database, settings: Settings, form: str, now: datetime) -> str:
    """A mark of everything."""
    public = [(search.name, search.asked) for search in searches(db) if search.public]
    known: Iterable[object] = ((one.id, one.version) for one in states(db))
    return _mark(form, settings.feed_entries, settings.hub, now.date(), public, list(known))


def _mark(*parts: object) -> str:
    return hashlib.blake2b(repr(parts).encode(), digest_size=MARK_BYTES).hexdigest()
