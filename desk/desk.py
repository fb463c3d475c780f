"""What all pages of the desk share: the databases, the board of all clusters, the templates, and who asks.

A request has a connection to the database for itself, as requests are answered in several threads. A few stay open for
the next ones, with what they have read of the file in memory: a search of the log takes a quarter of the time so.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from queue import Empty, Full, LifoQueue
from typing import Any

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from desk.asking import asking
from desk.csrf import TOKEN_SCOPE
from desk.place import Place
from storage.board import Board
from storage.database import Database, connect
from storage.filters import Filters
from storage.lists import sizes

ROWS = 30  # of a list on one page: what one reads before deciding to search instead
SEE_OTHER = 303
KEPT_OPEN = 3  # connections: as many requests as are under way at once on a busy day; each holds up to 64 MiB


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The desk, over the database of stories; `private` is that of people."""

    database: Path
    private: Path
    place: Place
    templates: Environment
    now: Callable[[], datetime]
    board: Board = field(default_factory=Board)
    spare: LifoQueue[tuple[int, Database]] = field(default_factory=lambda: LifoQueue(KEPT_OPEN))

    @contextmanager
    def opened(self) -> Iterator[Database]:
        """The database, for one answer."""
        file, db = self._connection()
        try:
            yield db
        except BaseException:
            db.close()  # whatever happened, nobody else gets it
            raise
        try:
            self.spare.put_nowait((file, db))
        except Full:
            db.close()

    def _connection(self) -> tuple[int, Database]:
        """A connection, with the number of the file that it is to: where another was put in its place, a new one."""
        with suppress(Empty):
            file, db = self.spare.get_nowait()
            if self.database.exists() and self.database.stat().st_ino == file:
                return file, db
            db.close()
        db = connect(self.database)
        return self.database.stat().st_ino, db

    def page(
        self, request: Request, template: str, /, *, status: int = 200, db: Database | None = None, **shown: Any
    ) -> HTMLResponse:
        """A template as an answer that nobody keeps: what it shows is true now, for who asks. With `db`, the top of the
        page says how many clusters wait."""
        found = asking(request)
        known = {"user": found.person, "zone": found.zone, "token": request.scope.get(TOKEN_SCOPE, str)}
        always: dict[str, Any] = {"view": Filters(), "done": [], "earlier": None, "now": self.now()}
        always["sizes"] = sizes(self.board.look(db)) if db else {}
        text = self.templates.get_template(template).render(**always | shown | known)
        return HTMLResponse(text, status_code=status, headers={"cache-control": "no-store"})

    def redirect(self, path: str) -> RedirectResponse:
        """To another page of ours, to be asked for by GET."""
        return RedirectResponse(f"{self.place.root}{path}", status_code=SEE_OTHER)
