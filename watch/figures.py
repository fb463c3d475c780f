"""How all is: one look at what runs, what waits, what came and what there is room for, for `goodturn status`, the
operators' page and Prometheus alike.

It says what it can whatever has happened: without a database, with a damaged one or one that another program has for
itself, `stored` is None, `trouble` says why and what to do, and the rest is there all the same.
"""

import re
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from config import Settings
from storage import alarms, backup, days, schedule
from storage import figures as stored_figures
from storage.alarms import Alarm, Kind
from storage.backup import Backup
from storage.database import DAMAGE, Database, DatabaseError, SQLiteError
from storage.days import What
from storage.figures import Condition, Queues, SourceRow, Yield, reading, schema
from storage.schedule import JobRun, Pause, Scheduled
from watch.alarms import ADVICE
from watch.parts import Part, parts

LOCKED, TOO_LONG = "locked", "interrupted"
MADE = re.compile(r"Made by `goodturn learn` on (\d{4}-\d\d-\d\d at \d\d:\d\d) UTC")  # the card of jobs/learn.py
SHIPPED = "as shipped"
LEARNED, CARD = "learned", "card.md"  # where goodturn learn puts it


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A folder, and the bytes that are free, of how many, on the disk where it is."""

    folder: str
    free: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What the database knows. `ticked` is when a clock was last seen to run, within some minutes, and `ticks` whether
    one does; `fetches` are those of the last day by outcome; `totals` all that was ever counted (storage/days.py);
    `rest` is the pause of everything."""

    sources: Sequence[SourceRow]
    queues: Queues
    yields: Sequence[Yield]
    fetches: Mapping[str, int]
    totals: Mapping[What, Mapping[str, int]]
    schedule: Sequence[Scheduled]
    last: Mapping[str, JobRun]
    ticks: bool
    ticked: datetime | None
    alarms: Sequence[Alarm]
    rest: Pause | None = None

    @property
    def conditions(self) -> dict[Condition, int]:
        """How many sources are how."""
        return {each: sum(source.condition is each for source in self.sources) for each in Condition}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Everything at a moment. `bytes` are sizes of files by their name; `backup` is the newest good one; `model` says
    since when there are weights learned from editors."""

    now: datetime
    stored: Stored | None
    trouble: str
    parts: Sequence[Part]
    rooms: Sequence[Room]
    bytes: Mapping[str, int]
    backup: Backup | None
    backups: int
    model: str
    schema: str
    version: str


def look(settings: Settings, now: datetime) -> Figures:
    """Everything, from a database that is opened for it."""
    try:
        with reading(settings.database) as db:
            return figures(db, settings, now)
    except (DatabaseError, SQLiteError, OSError) as error:
        return _machine(settings, now, None, _lost(settings, now) or _said(error, settings.database))


def figures(db: Database, settings: Settings, now: datetime) -> Figures:
    """Everything, from an open database. Raises SQLiteError where that cannot be read."""
    on = alarms.open_alarms(db)
    plan = schedule.scheduled(db)
    stored = Stored(
        sources=stored_figures.sources(db, on, now),
        queues=stored_figures.queues(db),
        yields=stored_figures.yields(db, now),
        fetches=stored_figures.fetches(db, now),
        totals=days.totals(db),
        schedule=[row for row in plan if row.job != schedule.CLOCK],
        last=schedule.last_runs(db),
        ticks=schedule.is_running(db, now),
        ticked=_ticked(plan),
        alarms=on,
        rest=schedule.paused(db, now).get(schedule.EVERYTHING),
    )
    return _machine(settings, now, stored, "")


def _machine(settings: Settings, now: datetime, stored: Stored | None, trouble: str) -> Figures:
    kept = _backups(settings)
    return Figures(
        now=now,
        stored=stored,
        trouble=trouble,
        parts=_parts(settings),
        rooms=rooms(settings),
        bytes=_bytes(settings, kept),
        backup=_newest(settings, now),
        backups=len(kept),
        model=_model(settings),
        schema=schema(),
        version=version("goodturn"),
    )


def rooms(settings: Settings) -> list[Room]:
    """The room on each disk that has a folder of ours; the first of those on one disk stands for it."""
    found: dict[int, Room] = {}
    for folder in (settings.data, settings.backups):
        with suppress(OSError):
            there = next(each for each in (folder, *folder.absolute().parents) if each.exists())
            usage = shutil.disk_usage(there)
            found.setdefault(there.stat().st_dev, Room(folder=str(there), free=usage.free, size=usage.total))
    return list(found.values())


def _ticked(plan: Sequence[Scheduled]) -> datetime | None:
    clock = next((row for row in plan if row.job == schedule.CLOCK), None)
    return clock.leased_until - schedule.LEASE if clock and clock.leased_until else None


def _parts(settings: Settings) -> Sequence[Part]:
    try:
        return parts(settings)
    except (OSError, ValueError, KeyError, TypeError):  # its file is not to be read, or is not whole
        return ()


def _backups(settings: Settings) -> list[Backup]:
    try:
        return backup.backups(settings.backups)
    except OSError:
        return []


def _newest(settings: Settings, now: datetime) -> Backup | None:
    try:
        return backup.newest(settings.backups, now)
    except OSError:
        return None


def _bytes(settings: Settings, kept: Sequence[Backup]) -> dict[str, int]:
    """Sizes by name: of the database, of what was written and is not in it yet (its WAL), of people, of the backups."""
    found = {}
    for path in (settings.database, settings.database.with_name(f"{settings.database.name}-wal"), settings.private):
        with suppress(OSError):  # a WAL goes with the last who has the database open
            found[path.name] = path.stat().st_size
    return found | {"backups": sum(each.bytes for each in kept)}


def _model(settings: Settings) -> str:
    try:
        card = (settings.data / LEARNED / CARD).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return SHIPPED
    made = MADE.search(" ".join(card.split()))
    return f"learned on {made[1]}" if made else "learned from editors"


def _lost(settings: Settings, now: datetime) -> str:
    """What to do where a database is gone of which there are backups."""
    kept = None if settings.database.exists() else _newest(settings, now)
    again = f"'goodturn restore' puts back the backup of {kept.at:%Y-%m-%d %H:%M}" if kept else ""
    return f"{settings.database} is gone, and there was one: {again}" if kept else ""


def _said(error: Exception, path: Path) -> str:
    """What is the matter with a database, and what to do."""
    said = str(error)
    if isinstance(error, DatabaseError):
        return said
    if LOCKED in said:
        return f"{path} is locked by another program: end that one; nothing is lost, all goes on by itself then"
    if TOO_LONG in said:
        return f"{path} did not answer in time: is the disk very busy, or dying?"
    if any(word in said for word in DAMAGE):
        return f"{path} is damaged ({said}): {ADVICE[Kind.DATABASE]}"
    return f"{path} cannot be read: {said}"
