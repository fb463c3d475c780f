"""How all is, for operators: whether all is well, what runs, waits and came, charts of it; every source with how it is,
and its own page, on which it is let rest, let go on, or asked at once.

It shows what `goodturn status` says (watch/verdict.py) by the same figures. Where the database cannot be read it says
so, and shows the parts and the disk all the same. What is done here is what the verbs `pause`, `resume` and `collect`
do; who did it stands with the pause. Nothing of the settings that is secret is shown.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from config import Settings
from desk.address import offset_of, word
from desk.asking import Endpoint, needs, who
from desk.desk import ROWS, Desk
from desk.forms import Form, sent
from desk.sources import WORST, Order, asked_of
from storage import alarms, operations, schedule
from storage.alarms import Kind
from storage.database import Database, DatabaseError, SQLiteError, stamp
from storage.days import UNKNOWN, By, What, of_source, series
from storage.figures import sources as all_sources
from storage.operations import Watched
from storage.people import Role
from storage.schedule import EVERYTHING
from stories.languages import LANGUAGES
from watch.alarms import ADVICE, URGENT
from watch.charts import Chart, chart, greatest
from watch.condition import CONDITIONS, span, until
from watch.figures import look
from watch.status import size
from watch.verdict import sentence, wants

NOT_FOUND = 404
MOST_ALARMS = 10  # of a source's past that are shown
AGO = timedelta(days=366)  # of which its alarms are shown
CHARTED = {What.PAGES: "Pages", What.STORIES: "Stories", What.DECISIONS: "Decisions"}


class Span(StrEnum):
    """Days that a chart shows."""

    MONTH = "28"
    QUARTER = "91"
    YEAR = "365"


class Rest(StrEnum):
    """How long a pause lasts."""

    OPEN = "until resumed"
    DAY = "a day"
    WEEK = "a week"
    MONTH = "four weeks"


RESTS = {Rest.DAY: timedelta(days=1), Rest.WEEK: timedelta(days=7), Rest.MONTH: timedelta(days=28)}


@dataclass(frozen=True, slots=True, kw_only=True)
class On:
    """An alarm that is on, as every page tells it."""

    kind: Kind
    urgent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Operations:
    """The desk's answers about how all is."""

    desk: Desk
    settings: Settings

    def routes(self) -> list[Route]:
        """Its addresses, all for operators."""
        shown = {
            "/operations": self.overview,
            "/operations/sources": self.sources,
            "/operations/sources/{id}": self.source,
        }
        changes: dict[str, Endpoint] = {
            "/operations/pause": sent(self.pause),
            "/operations/resume": sent(self.resume),
            "/operations/sources/{id}/pause": sent(self.pause),
            "/operations/sources/{id}/resume": sent(self.resume),
            "/operations/sources/{id}/ask": sent(self.ask),
        }
        return [
            *(Route(path, needs(Role.OPERATOR, endpoint)) for path, endpoint in shown.items()),
            *(Route(path, needs(Role.OPERATOR, endpoint), methods=["POST"]) for path, endpoint in changes.items()),
        ]

    def overview(self, request: Request) -> Response:
        """Whether all is well; what runs, waits and came."""
        by, days = _by(request), word(Span, request.query_params.get("days", Span.MONTH))
        figures = look(self.settings, self.desk.now())
        found = wants(figures, self.settings)
        shown = _common(self.desk.now()) | {
            "figures": figures,
            "wants": found,
            "verdict": sentence(found),
            "by": by,
            "days": days,
            "spans": list(Span),
            "conditions": WORST,
        }
        if figures.stored is None:
            return self.desk.page(request, "operations.html", charts=[], paused=None, **shown)
        with self.desk.opened() as db:
            paused = schedule.paused(db, self.desk.now()).get(EVERYTHING)
            charts = _charts(db, by, self.desk.now().date(), int(days))
            return self.desk.page(request, "operations.html", db=db, charts=charts, paused=paused, **shown)

    def sources(self, request: Request) -> Response:
        """All sources in a table."""
        asked, offset = asked_of(request), offset_of(request)
        with self.desk.opened() as db:
            rows = all_sources(db, alarms.open_alarms(db), self.desk.now())
            found = asked.of(rows)
            return self.desk.page(
                request,
                "operations_sources.html",
                db=db,
                view=asked,
                rows=found[offset : offset + ROWS],
                total=len(found),
                counts={each: sum(row.condition is each for row in rows) for each in WORST},
                all=len(rows),
                orders=list(Order),
                offset=offset,
                more=offset + ROWS if offset + ROWS < len(found) else None,
                step=ROWS,
                **_common(self.desk.now()),
            )

    def source(self, request: Request) -> Response:
        """One source: how it is in words, what it brings, how it is asked, what was wrong with it."""
        now = self.desk.now()
        with self.desk.opened() as db:
            it = _meant(db, request)
            past = [each for each in alarms.recent(db, now - AGO) if each.subject == it.health.address]
            pauses = schedule.paused(db, now)
            return self.desk.page(
                request,
                "operations_source.html",
                db=db,
                it=it.health,
                id=it.id,
                asked=asked(it),
                said=[said for says in CONDITIONS if (said := says(it.health, now))],
                own_pause=pauses.get(it.id),
                all_pause=pauses.get(EVERYTHING),
                fetches=operations.fetches(db, it.id),
                alarms=past[:MOST_ALARMS],
                advice=ADVICE,
                charts=_charts_of(db, it.id, now.date()),
                **_common(now),
            )

    def pause(self, request: Request, form: Form) -> Response:
        """Let a source, or all, rest."""
        now, rest = self.desk.now(), word(Rest, form.get("for", Rest.OPEN))
        with self.desk.opened() as db:
            what = _meant(db, request).id if "id" in request.path_params else EVERYTHING
            over, note = now + RESTS[rest] if rest in RESTS else None, " ".join(form.note.split())
            schedule.pause(db, what, now=now, until=over, who=who(request), note=note)
        return self._back(what)

    def resume(self, request: Request, form: Form) -> Response:
        """Let a source, or all, go on."""
        with self.desk.opened() as db:
            what = _meant(db, request).id if "id" in request.path_params else EVERYTHING
            schedule.resume(db, what, self.desk.now())
        return self._back(what)

    def ask(self, request: Request, form: Form) -> Response:
        """Let a source be due at once."""
        with self.desk.opened() as db:
            what = _meant(db, request).id
            operations.ask_now(db, what, self.desk.now())
        return self._back(what)

    def _back(self, what: str) -> Response:
        return self.desk.redirect("/operations" if what == EVERYTHING else f"/operations/sources/{what}")


def alarms_on(desk: Desk) -> list[On]:
    """What is on, for the top of an operator's page; nothing where the database cannot be read: who answers says so."""
    try:
        with desk.opened() as db:
            return [On(kind=alarm.kind, urgent=alarm.kind in URGENT) for alarm in alarms.open_alarms(db)]
    except (DatabaseError, SQLiteError):
        return []


def asked(it: Watched) -> str:
    """How often a source is asked, in words."""
    quiet = f", but not from {it.health.quiet.replace('-', ' to ')} UTC" if it.health.quiet else ""
    if it.cron:
        return f"by the line {it.cron} (UTC){quiet}"
    often = f"every {span(it.every)}"
    return (f"{often} to {span(it.longest)}, as it brings something" if it.longest else often) + quiet


def _common(now: datetime) -> dict[str, Any]:
    """What all these pages are drawn with."""
    return {"until": lambda moment: until(moment, now), "stamp": stamp, "size": size, "pressing": URGENT, "span": span}


def _by(request: Request) -> By | None:
    by = request.query_params.get("by", By.LANGUAGE)
    return word(By, by) if by else None


def _meant(db: Database, request: Request) -> Watched:
    found = operations.watched(db, request.path_params["id"])
    if found is None:
        raise HTTPException(NOT_FOUND, "There is no such source.")
    return found


def _charts(db: Database, by: By | None, today: date, days: int) -> list[Chart]:
    """What came in some days, told apart by source, language or word, or not at all."""
    since = today - timedelta(days=days - 1)
    names = operations.names(db) if by is By.SOURCE else {}

    def named(key: str) -> str:
        label, address = names.get(key, ("", key))
        return label or (LANGUAGES | {UNKNOWN: "unknown"}).get(address, address)

    found: dict[What, dict[str, dict[date, int]]] = {what: {} for what in CHARTED}
    of_all: dict[str, dict[date, int]] = {}  # so that a thing has its colour in all charts
    for what in CHARTED:
        for key, each in series(db, since, what, by).items():
            for kept in (found[what].setdefault(named(key), {}), of_all.setdefault(named(key), {})):
                kept |= {day: kept.get(day, 0) + count for day, count in each.items()}
    order = greatest(of_all)
    return [
        chart(what, title, what, found[what], until=today, days=days, order=order) for what, title in CHARTED.items()
    ]


def _charts_of(db: Database, source: str, today: date) -> list[Chart]:
    """What one source brought in four weeks."""
    days = int(Span.QUARTER)
    since = today - timedelta(days=days - 1)
    return [
        chart(what, title, what, {"": of_source(db, source, since, what)}, until=today, days=days)
        for what, title in CHARTED.items()
    ]
