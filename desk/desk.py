"""What all pages of the desk share: the databases, the board of all clusters, the templates, and who asks.

Every request opens the database for itself (under a millisecond), as requests are answered in several threads.
"""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The desk, over the database of stories; `private` is that of people."""

    database: Path
    private: Path
    place: Place
    templates: Environment
    now: Callable[[], datetime]
    board: Board = field(default_factory=Board)

    @contextmanager
    def opened(self) -> Iterator[Database]:
        """The database, for one answer."""
        with closing(connect(self.database)) as db:
            yield db

    def page(
        self, request: Request, template: str, /, *, status: int = 200, db: Database | None = None, **shown: Any
    ) -> HTMLResponse:
        """A template as an answer that nobody keeps: what it shows is true now, for who asks. With `db`, the top of the
        page says how many clusters wait."""
        found = asking(request)
        known = {"user": found.person, "zone": found.zone, "token": request.scope.get(TOKEN_SCOPE, str)}
        always: dict[str, Any] = {"view": Filters(), "done": [], "now": self.now()}
        always["sizes"] = sizes(self.board.look(db)) if db else {}
        text = self.templates.get_template(template).render(**always | shown | known)
        return HTMLResponse(text, status_code=status, headers={"cache-control": "no-store"})

    def redirect(self, path: str) -> RedirectResponse:
        """To another page of ours, to be asked for by GET."""
        return RedirectResponse(f"{self.place.root}{path}", status_code=SEE_OTHER)
