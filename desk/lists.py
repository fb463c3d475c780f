"""Lists of clusters: the inbox and every other view, with facets and counts; their export; searches under a name.

A view is its address: state, filters, words and order stand in it, so that it can be sent to a colleague.
"""

import csv
import dataclasses
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from desk.address import number, numbers_of, offset_of, view_and_mistake, view_of
from desk.asking import who
from desk.desk import ROWS, Desk
from desk.facets import elsewhere, facets
from desk.forms import Form, sent
from desk.telling import deeds, notice
from storage.filters import FilterError, Filters, filters_of_query
from storage.inbox import ClusterRow, clusters
from storage.lists import all_ids, ask, listed
from storage.log import newest
from storage.searches import forget, save, searches
from storage.suggestions import suggested

EXPORTED_AT_ONCE = 500  # clusters read between two pieces of an export
FORMULA = re.compile(r"[\t\r\n]|\s*[=+\-@\uff1d\uff0b\uff0d\uff20]")  # the last four are the wide forms of = + - @


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """The desk's answers about lists."""

    desk: Desk

    def routes(self) -> list[Route]:
        """Its addresses."""
        return [
            Route("/", self.inbox),
            Route("/export.csv", self.csv),
            Route("/export.json", self.json),
            Route("/searches", self.searches),
            Route("/searches", sent(self.save), methods=["POST"]),
            Route("/searches/{number}/forget", sent(self.forget), methods=["POST"]),
        ]

    def inbox(self, request: Request) -> Response:
        """A list of clusters, best first unless another order is asked for."""
        (view, mistake), offset, now = view_and_mistake(request), offset_of(request), self.desk.now()
        with self.desk.opened() as db:
            seen = newest(db)  # before what is shown, so that nothing counts as seen that is not
            board = self.desk.board.look(db)
            asked = ask(db, board, view, now)
            found = listed(asked, view, now, limit=ROWS, offset=offset)
            return self.desk.page(
                request,
                "inbox.html",
                db=db,
                view=view,
                mistake=mistake,
                typed=view.words if not mistake else request.query_params.get("words", ""),
                rows=clusters(db, found.ids),
                total=found.total,
                facets=facets(found.counts, view),
                elsewhere=elsewhere(found.counts, view),
                offset=offset,
                more=offset + ROWS if offset + ROWS < found.total else None,
                step=ROWS,
                perhaps=suggested(db, found.ids),
                searches=searches(db),
                seen=seen,
                empty=not board.ids,
                **notice(db, numbers_of(request, "done"), who(request)),
                missed=deeds(db, numbers_of(request, "missed")),
            )

    def csv(self, request: Request) -> Response:
        """A view as comma-separated values, with a header line."""
        return self._exported(request, _csv, "text/csv; charset=utf-8", "stories.csv")

    def json(self, request: Request) -> Response:
        """A view as a JSON list."""
        return self._exported(request, _json, "application/json", "stories.json")

    def searches(self, request: Request) -> Response:
        """The searches that are kept."""
        with self.desk.opened() as db:
            kept = [(one, _filters(one.asked)) for one in searches(db)]
            return self.desk.page(request, "searches.html", db=db, rows=kept)

    def save(self, request: Request, form: Form) -> Response:
        """Keep a search under a name."""
        view = filters_of_query(form.one("asked"))
        with self.desk.opened() as db:
            save(db, form.one("name"), view, who=who(request), at=self.desk.now(), public="public" in form)
        return self.desk.redirect("/searches")

    def forget(self, request: Request, form: Form) -> Response:
        """Keep a search no longer."""
        with self.desk.opened() as db:
            forget(db, number(request.path_params["number"], "number"))
        return self.desk.redirect("/searches")

    def _exported(self, request: Request, write: Any, type: str, name: str) -> Response:
        view = view_of(request)
        with self.desk.opened() as db:
            ids = all_ids(ask(db, self.desk.board.look(db), view, self.desk.now()), view.sort)
        return StreamingResponse(
            write(self._rows(ids)),
            media_type=type,
            headers={"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"},
        )

    def _rows(self, ids: Sequence[str]) -> Iterator[dict[str, Any]]:
        rest = iter(ids)
        while some := list(islice(rest, EXPORTED_AT_ONCE)):
            with self.desk.opened() as db:
                yield from (dataclasses.asdict(row) for row in clusters(db, some))


def _csv(rows: Iterator[dict[str, Any]]) -> Iterator[str]:
    piece = io.StringIO()
    piece.write("\ufeff")  # by which Excel knows that it is UTF-8
    writer = csv.DictWriter(piece, [field.name for field in dataclasses.fields(ClusterRow)])
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _cell(value) for name, value in row.items()})
        yield piece.getvalue()
        piece.seek(0)
        piece.truncate()
    yield piece.getvalue()  # nothing, or the header alone


def _cell(value: object) -> object:
    """A value in a cell: lists with semicolons; what a spreadsheet would take for a formula gets an apostrophe."""
    text = "; ".join(map(str, value)) if isinstance(value, list | tuple) else value
    return f"'{text}" if isinstance(text, str) and FORMULA.match(text) else text


def _json(rows: Iterator[dict[str, Any]]) -> Iterator[str]:
    between = "["
    for row in rows:
        yield between + json.dumps(row, ensure_ascii=False)
        between = ",\n"
    yield "[]\n" if between == "[" else "]\n"


def _filters(asked: str) -> Filters | None:
    """The filters of a kept search; None where a filter that it names is no more."""
    try:
        return filters_of_query(asked)
    except FilterError:
        return None
