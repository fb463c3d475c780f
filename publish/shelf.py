"""What is ready to be handed out, made anew only when what readers get may have changed.

How a room of the publisher answers (feeds, API, pages): it gives publish/app.py (`ROOMS`) its `routes(shelf)`, whose
endpoints are `served(shelf, make)`. `make(request, reading)` is called in a thread, one at a time, where no good copy
is kept. It returns a `Copy` (publish/answer.py: `copy(body, type, changed_at, cache=..., more=...)`), or raises
HTTPException (404, 410, 301 with a location ...), or FilterError for a 400 that says what is wrong. It gets all that it
may use from the `Reading`, which is of one moment: `db` (read only), `board` (of what was ever approved), `settings`,
`now`, and `pieces(ids)`: the entries of these clusters as items, without those that are not approved now. What it
returns is kept under the address's path and query, and served from there without asking anybody (`ready`), with ETag,
gzip, HEAD, 304 and CORS. `quick=False` keeps it from that short way, for a route that counts who asks: its endpoint is
then called each time. `plain=True` is for an answer that hangs on its path alone: one is kept, whatever is asked behind
it. Another way in, without requests: `with shelf.reading() as reading:`, not within another.

SQLite tells with one number, in microseconds, whether somebody has written since, and the file system whether another
file is there, as after a backup was put back: that one is opened then. In both cases the board is looked at again,
and only where something readers get has changed are the copies dropped: a crawl writes all the time, and changes none.
What a page or an operator wishes anew (a licence, less of a text), what is found by age, and how long a tombstone stays
hangs on no entry's version, and holds within a quarter of an hour, after which all is made anew.

Items are kept by cluster and version, and what each format makes of them: a feed of 150 of which one has changed is one
item made and 150 joined. Copies take 64 MB at most, items 4,000 (some 40 MB); those not asked for longest go first.
"""

import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

from starlette.requests import Request

import present
from config import Settings
from publish.answer import Answer, Copy
from publish.feed import Item, item
from storage.board import Board, Snapshot
from storage.database import Database, DatabaseError, SQLiteError
from storage.entries import NoDatabaseError, entries, read_only, version
from storage.filters import FilterError
from storage.publication import held
from storage.searches import searches

FRESH_SECONDS = 900
MOST_BYTES = 64 * 2**20
MOST_PIECES = 4_000
MOST_ADDRESS = 4_000  # bytes of a query; fifty values of every filter need less, and each is kept with its answer
SAME_SECONDS = 0.1  # between two looks whether the database is still in the same files: 7 of 17 µs
FILES = ("", "-wal")  # of a database, by which it is known
Clock = Callable[[], datetime]
Key = str | tuple[str | bytes, ...]
Pieces = OrderedDict[tuple[str, int, bool], "Piece"]

log = logging.getLogger("goodturn.publish")


@dataclass(slots=True)
class Piece:
    """An item, and what the formats made of it so far."""

    item: Item
    written: dict[str, str] = field(default_factory=dict)

    def as_(self, form: str, make: Callable[[Item], str]) -> str:
        """What `make` makes of it, made once under that name."""
        if form not in self.written:
            self.written[form] = make(self.item)
        return self.written[form]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What an answer is made from, all of one moment."""

    db: Database
    board: Snapshot
    settings: Settings
    now: datetime
    kept: Pieces

    def pieces(self, ids: Sequence[str], *, whole: bool = False) -> list[Piece]:
        """The entries of these clusters as items, in that order; without those that are not approved now. `whole`: all
        of the text where its licence allows that."""
        keys = {id: (id, self._version(id), whole) for id in ids}
        missing = [id for id in ids if keys[id] not in self.kept]
        for entry in entries(self.db, missing):
            self.kept[keys[entry.id]] = Piece(item(entry, self.settings, whole=whole))
        found = []
        for key in keys.values():
            if key in self.kept:
                self.kept.move_to_end(key)
                found.append(self.kept[key])
        while len(self.kept) > MOST_PIECES:
            self.kept.popitem(last=False)
        return found

    def _version(self, id: str) -> int:
        row = self.board.row_of.get(id)
        return -1 if row is None else int(self.board.numbers["version"][row])


class Shelf:
    """All that is published of one database, which is opened read only; for several threads."""

    def __init__(self, settings: Settings, now: Clock = present.now) -> None:
        self.settings, self._now = settings, now
        self._reader, self._short = threading.RLock(), threading.Lock()
        self._open: tuple[Database, Database] | None = None  # to watch, and to read
        self._board = Board(approved_only=True)
        self._files: Sequence[object] = ()  # which those are that are open
        self._same_until = 0.0
        self._origin: object = None  # of the board
        self._copies: OrderedDict[Key, Copy] = OrderedDict()
        self._pieces: Pieces = OrderedDict()
        self._bytes = 0
        self._seen = -1  # the number by which SQLite tells of a write
        self._good_until = datetime.min.replace(tzinfo=UTC)
        self._state: tuple[Any, Any] = (None, None)  # what all copies hang on: the board's numbers, and the searches

    def ready(self, key: Key) -> Copy | None:
        """The copy that is kept under a key, where nothing was written since. Never waits."""
        if self._is_old(self._now()) or not self._is_same_file() or not self._is_as_seen():
            return None
        return self._found(key)

    def kept(self, key: Key, make: Callable[[Reading], Copy]) -> Copy:
        """The copy under a key, made where none is kept. Raises NoDatabaseError while there is no database."""
        with self.reading() as reading:
            copy = self._found(key)
            if copy is None:
                copy = make(reading)
                self._keep(key, copy)
            return copy

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """All that an answer is made from. Raises NoDatabaseError while there is no database, or none that can be read:
        one that is just being put back, say."""
        with self._reader:
            try:
                watch, db = self._opened()
                seen = version(watch)
                with held(db, self._board) as board:
                    self._look(db, board, seen)
                    yield Reading(db=db, board=board, settings=self.settings, now=self._now(), kept=self._pieces)
            except NoDatabaseError:
                raise
            except (SQLiteError, DatabaseError) as error:
                self.close()  # what is there next time may be another one
                log.warning("the database cannot be read: %s", error)
                raise NoDatabaseError(f"cannot read {self.settings.database}: {error}") from error

    def close(self) -> None:
        """Let go of the database."""
        with self._reader, self._short:
            databases, self._open = self._open or (), None
            for db in databases:
                db.close()

    def _opened(self) -> tuple[Database, Database]:
        path = self.settings.database
        if self._open is None or _files(path) != self._files:
            self.close()
            self._open = read_only(path), read_only(path)
            self._files = _files(path)
        return self._open

    def _is_same_file(self) -> bool:
        """Whether the database is in the files in which it was opened, as far as a tenth of a second ago."""
        now = monotonic()
        if now > self._same_until:
            if _files(self.settings.database) != self._files:
                return False
            self._same_until = now + SAME_SECONDS
        return True

    def _is_as_seen(self) -> bool:
        """Whether nobody has written since the last look."""
        with self._short:
            try:
                return self._open is not None and version(self._open[0]) == self._seen
            except SQLiteError:  # whoever reads next says what is wrong
                return False

    def _look(self, db: Database, board: Snapshot, seen: int) -> None:
        """Drop what is kept where it may be good no more."""
        state, now = (board.numbers, [search for search in searches(db) if search.public]), self._now()
        old = self._is_old(now) or board.origin is not self._origin
        with self._short:
            if old or state[0] is not self._state[0] or state[1] != self._state[1]:
                self._copies.clear()
                self._bytes = 0
            if old:
                self._pieces.clear()
                self._good_until = now + timedelta(seconds=FRESH_SECONDS)
            self._seen, self._state, self._origin = seen, state, board.origin

    def _is_old(self, now: datetime) -> bool:
        """Whether all is to be made anew; also where the clock was put back."""
        return not timedelta(0) < self._good_until - now <= timedelta(seconds=FRESH_SECONDS)

    def _found(self, key: Key) -> Copy | None:
        with self._short:
            copy = self._copies.get(key)
            if copy is not None:
                self._copies.move_to_end(key)
            return copy

    def _keep(self, key: Key, copy: Copy) -> None:
        with self._short:
            self._copies[key] = copy
            self._bytes += _size(key, copy)
            while self._bytes > MOST_BYTES:
                self._bytes -= _size(*self._copies.popitem(last=False))


def _size(key: Key, copy: Copy) -> int:
    return copy.size + sum(map(len, key))


def _files(path: Path) -> Sequence[object]:
    """Which files a database is in; others, as soon as one is put in the place of another."""
    found: list[object] = []
    for end in FILES:
        try:
            said = os.stat(f"{path}{end}")  # noqa: PTH116 -- for each request; a Path takes twice as long
            found.append((said.st_dev, said.st_ino))
        except OSError:
            found.append(None)
    return found


Make = Callable[[Request, Reading], Copy]


def served(shelf: Shelf, make: Make, *, quick: bool = True, plain: bool = False) -> Callable[[Request], Answer]:
    """An endpoint that answers with what `make` makes, kept under the request's path and query.

    Raises FilterError for a query of more than 4,000 bytes.
    """

    def endpoint(request: Request) -> Answer:
        asked = address(request.scope)
        if plain:
            return Answer(shelf.kept((asked[0], b""), lambda reading: make(request, reading)))
        if len(asked[1]) > MOST_ADDRESS:
            raise FilterError("the address is too long")
        return Answer(shelf.kept(asked if quick else ("counted", *asked), lambda reading: make(request, reading)))

    return endpoint


def address(scope: Any) -> tuple[str, bytes]:
    """A request's path and query, by which its answer is kept."""
    return scope["path"], scope["query_string"]
