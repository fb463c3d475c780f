"""Pausing: an operator lets one source rest, or all of them, for a time or until it is said that they go on."""

import re
from datetime import UTC, datetime, timedelta

from config import Settings
from crawler.addresses.urls import canonical
from crawler.sources import UNITS, SourcesError
from storage import schedule, sources
from storage.database import Database, connect
from storage.schedule import EVERYTHING

LONGEST = timedelta(days=3650)  # a slip; who means for ever says nothing


def pause(settings: Settings, address: str | None, now: datetime, *, until: str | None, who: str, note: str) -> str:
    """Let a source, or all, rest; says so in a sentence. Raises SourcesError for what is no source or no moment."""
    db = connect(settings.database)
    what, named = _what(db, settings, address)
    over = _moment(until, now) if until else None
    schedule.pause(db, what, now=now, until=over, who=who, note=" ".join(note.split()))
    ends = f"{over:%Y-%m-%d %H:%M} UTC" if over else f"'{' '.join(filter(None, ('goodturn resume', address)))}'"
    return f"{named}: paused until {ends}. Reading, the desk and the feeds go on"


def resume(settings: Settings, address: str | None, now: datetime) -> tuple[bool, str]:
    """Let a source, or all, go on: whether it was paused, and a sentence. Raises SourcesError for what is no source."""
    db = connect(settings.database)
    what, named = _what(db, settings, address)
    was_paused = schedule.resume(db, what, now)
    left = schedule.paused(db, now)
    said = f"{named}: resumed" if was_paused else f"{named}: was not paused"
    if what == EVERYTHING and left:
        still = ", ".join(source.address for source in sources.active(db) if source.id in left)
        return was_paused, f"{said}; paused by themselves: {still}" if still else said
    if EVERYTHING in left:
        return was_paused, f"{said}, but everything is paused; 'goodturn resume' ends that"
    return was_paused, said


def _what(db: Database, settings: Settings, address: str | None) -> tuple[str, str]:
    """What is meant, and what people call it."""
    if address is None:
        return EVERYTHING, "all sources"
    for source in sources.active(db):
        if source.address == (canonical(address) or address):
            return source.id, source.address
    raise SourcesError(f"{settings.feeds}: has no source {address}; 'goodturn sources' lists them")


def _moment(said: str, now: datetime) -> datetime:
    """When a pause ends: after a span, or at a moment."""
    span = re.fullmatch(r"(\d{1,4})([mhdw])", said, re.ASCII)
    try:
        moment = now + timedelta(minutes=int(span[1]) * UNITS[span[2]]) if span else datetime.fromisoformat(said)
    except ValueError:
        raise SourcesError(f"--until: '{said}' is no moment; write for instance 2d, 12h or 2026-12-01") from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if not now < moment <= now + LONGEST:
        raise SourcesError(f"--until: '{said}' is not in the years to come; write for instance 2d, 12h or 2026-12-01")
    return moment
