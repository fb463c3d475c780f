"""Datasette on the database, for questions that no screen asks: read only, on 127.0.0.1, in a process of its own.

It opens the one file with SQLite's `mode=ro`: crawl, reading and desk go on writing, and it sees what they wrote.
(Datasette's other way, `immutable`, is for files that nobody writes.) No statement but a select is taken, and none
could write. The database of people, private.db, is not opened and cannot be attached. Only requests to a name of this
machine are answered, so that no foreign page may let its own name point here (DNS rebinding), and nothing that a
foreign page asks for: a question can cost ten seconds.
"""

from pathlib import Path

import rich
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

import serving
from config import ConfigError, Settings
from storage.database import connect
from storage.questions import metadata

MISSING = "Datasette is not installed: `make explore` does that, or `pip install -r requirements-explore.txt`"
FORBIDDEN = 403
HOSTS = ["127.0.0.1", "localhost"]
LIMITS = {
    "sql_time_limit_ms": 10_000,  # the slowest ready question takes 2 s with 100,000 stories
    "facet_time_limit_ms": 2_000,  # one facet of story_list takes 0.9 s with 100,000
    "suggest_facets": False,  # trying all columns makes every page slower; those worth it are named
    "max_returned_rows": 2_000,
    "default_page_size": 50,
    "truncate_cells_html": 300,  # characters: a passage in a table is for recognising it
    "max_csv_mb": 500,  # all tellings of a large collection are some 150
    "allow_download": False,  # a file that is being written is no copy
    "default_cache_ttl": 0,  # seconds: what was asked again is looked up again
}


def application(database: Path) -> Starlette:
    """Datasette on one database file. Raises ConfigError where Datasette is not installed."""
    try:
        from datasette.app import Datasette  # type: ignore[import-untyped]  # noqa: PLC0415 -- an optional extra
    except ModuleNotFoundError:
        raise ConfigError(MISSING) from None
    explorer = Datasette(files=[str(database)], metadata=metadata(database.stem), settings=LIMITS)
    guards = [Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS, www_redirect=False), Middleware(OwnPages)]
    return Starlette(routes=[Mount("/", explorer.app())], middleware=guards)


class OwnPages:
    """Answers its own pages, what is typed or linked to as a page, and no page that asks behind somebody's back."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 403, or pass the request on."""
        said = Headers(scope=scope) if scope["type"] == "http" else {}
        foreign = said.get("sec-fetch-site") in ("cross-site", "same-site")
        app = PlainTextResponse("Ask from here.\n", status_code=FORBIDDEN) if foreign else self.app
        await app(scope, receive, send)


def explore(settings: Settings, port: int) -> None:
    """Serve the database until Ctrl-C, on a port or, for 0, any free one. Raises ConfigError."""
    app = application(settings.database)
    rich.reconfigure(quiet=True)  # a slip in a question is said on its page; Datasette would print a screenful besides
    connect(settings.database).close()  # made and migrated where needed, so that the questions find their views
    serving.serve(app, serving.listen(port, "--port"), "explore")
