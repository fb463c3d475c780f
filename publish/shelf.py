"""The feeds ready to be handed out, made anew only when somebody has written to the database.

SQLite tells with one number, in microseconds, whether another connection has written since; while it stays the same,
the first page of each feed is handed out as it was made. An answer's ETag is a hash of its bytes, so that it is the
same across restarts and servers, and changes exactly when the feed does.
"""

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from publish.atom import atom
from publish.feed import BEGINNING, Feed, Format, feed
from publish.json_feed import json_feed
from publish.rss import rss
from storage.database import Database
from storage.entries import entries, languages, last_change, read_only, version

WRITERS: dict[Format, Callable[[Feed], bytes]] = {Format.ATOM: atom, Format.RSS: rss, Format.JSON: json_feed}
ETAG_CHARACTERS = 32  # 128 bits of the hash: two feeds will not meet


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A feed in one format, and what a client may ask by whether its own is still good."""

    body: bytes
    etag: str
    changed_at: datetime


class Shelf:
    """All feeds over one database, which is opened read only; for several threads.

    `paged` feeds say where they go on, which a file cannot.
    """

    def __init__(self, database: Path, site: str, limit: int, *, paged: bool = True) -> None:
        self._path, self._site, self._limit, self._paged = database, site, limit, paged
        self._lock = threading.Lock()
        self._db: Database | None = None
        self._version = 0
        self._copies: dict[tuple[str | None, Format], Copy] = {}

    def copy(self, language: str | None, format: Format, before: int | None = None) -> Copy:
        """The feed as it is now. Raises NoDatabaseError while there is no database."""
        with self._lock:
            db = self._opened()
            if before is not None:
                return self._made(db, language, format, before)
            if (now := version(db)) != self._version:
                self._copies.clear()
                self._version = now
            if (language, format) not in self._copies:
                self._copies[language, format] = self._made(db, language, format, None)
            return self._copies[language, format]

    def languages(self) -> list[str]:
        """The languages that there are stories in. Raises NoDatabaseError while there is no database."""
        with self._lock:
            return languages(self._opened())

    def close(self) -> None:
        """Let go of the database."""
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None

    def _opened(self) -> Database:
        if self._db is None:
            self._db = read_only(self._path)
        return self._db

    def _made(self, db: Database, language: str | None, format: Format, before: int | None) -> Copy:
        found = entries(db, limit=self._limit + self._paged, language=language, before=before)
        changed_at = last_change(db) or BEGINNING
        body = WRITERS[format](feed(self._site, language, found, changed_at, limit=self._limit))
        etag = f'"{hashlib.sha256(body).hexdigest()[:ETAG_CHARACTERS]}"'
        return Copy(body=body, etag=etag, changed_at=datetime.fromisoformat(changed_at))
