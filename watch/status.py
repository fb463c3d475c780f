"""What `goodturn status` shows: one screen that answers in five seconds whether all is well, and if not what to do.

First the verdict, then what wants the operator and what to do about each, then what runs, what waits, what came and
what there is room for. What comes from the web or from feeds.txt is shown without its control characters, which
terminals obey.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from storage.alarms import Alarm
from storage.database import stamp
from storage.figures import Condition
from storage.schedule import JobRun, Scheduled
from watch.condition import span, until
from watch.figures import Figures, Stored
from watch.parts import Part, State
from watch.verdict import Want, of_alarm, sentence

MOST_WANTS = 8  # that are shown: with more the screen is full
LABEL = 10  # characters before each line's words
KILO = 1000
EXACT = 100  # below which a number has a digit after its point
MINUTES = 120  # seconds from which on minutes say more
UNITS = ("bytes", "kB", "MB", "GB", "TB")
JOBS = ("job", "last run", "took", "outcome", "next")


def lines(figures: Figures, wants: Sequence[Want]) -> list[str]:
    """The screen."""
    said = [f"{sentence(wants)}, {figures.now:%Y-%m-%d %H:%M} UTC", ""]
    for want in wants[:MOST_WANTS]:
        said += _want(want, figures.now)
    if len(wants) > MOST_WANTS:
        said.append(_line("", f"and {len(wants) - MOST_WANTS} more: goodturn alarms"))
    if wants:
        said.append("")
    said.append(_line("running", _running(figures)))
    if figures.stored:
        said += _stored(figures.stored, figures.now)
    said += _machine(figures)
    return [_plain(line).rstrip() for line in said]


def alarm_lines(on: Sequence[Alarm], now: datetime) -> list[str]:
    """What is on, as the screen says it, all of it."""
    return [_plain(line) for alarm in on for line in _want(of_alarm(alarm), now)]


def as_json(figures: Figures, wants: Sequence[Want]) -> dict[str, Any]:
    """All of it for programs: moments as text, times in seconds."""
    verdict = {"verdict": sentence(wants), "wants": [asdict(want) for want in wants]}
    found: dict[str, Any] = _bare(verdict | asdict(figures))
    if figures.stored:
        found["stored"]["conditions"] = figures.stored.conditions
    return found


def size(count: float) -> str:
    """So many bytes as people say it: `212 MB`."""
    unit = 0
    while count >= KILO and unit < len(UNITS) - 1:
        count, unit = count / KILO, unit + 1
    return f"{count:.0f} {UNITS[unit]}" if count >= EXACT or unit == 0 else f"{count:.1f} {UNITS[unit]}"


def _want(want: Want, now: datetime) -> Iterator[str]:
    since = f" (for {span(now - want.since)})" if want.since else ""
    about = f"{want.subject}: " if want.subject and want.subject not in want.said else ""
    yield _line(want.kind, f"{about}{want.said}{since}")
    if want.advice:
        yield _line("", f"-> {want.advice}")


def _running(figures: Figures) -> str:
    if figures.parts:
        return ", ".join(_part(part, figures.now) for part in figures.parts)
    clock = figures.stored is not None and figures.stored.ticks
    return "the clock alone" if clock else "nothing: goodturn run starts all of it"


def _part(part: Part, now: datetime) -> str:
    if part.state is State.RUNS:
        times = "once" if part.restarts == 1 else f"{part.restarts} times"
        again = f", started again {times}" if part.restarts else ""
        return f"{part.name} for {span(now - part.since)}{again}"
    return f"{part.name} {'cannot start' if part.state is State.STUCK else 'ended, is started again soon'}"


def _stored(stored: Stored, now: datetime) -> Iterator[str]:
    if not stored.ticks:
        last = f", last seen {until(stored.ticked, now)}" if stored.ticked else ""
        yield _line("clock", f"does not run{last}")
    if rest := stored.rest:
        upto = f" until {rest.until:%Y-%m-%d %H:%M}" if rest.until else ""
        said = f"{rest.who} since {rest.since:%Y-%m-%d}{upto}" + (f": {rest.note}" if rest.note else "")
        yield _line("paused", f"all sources, by {said}; goodturn resume ends it")
    yield from _table("jobs", [JOBS, *(_job(row, stored.last.get(row.job), now) for row in stored.schedule)])
    how = [f"{number} {each}" for each in Condition if (number := stored.conditions[each])]
    yield _line("sources", f"{len(stored.sources)}: {', '.join(how)}" if how else "none: goodturn sources add URL")
    ended = ", ".join(f"{number:,} {outcome}" for outcome, number in stored.fetches.items())
    yield _line("fetched", f"in a day: {ended or 'nothing'}")
    queues = stored.queues
    yield _line("waiting", f"addresses to be fetched: {queues.waiting:,}, under way: {queues.leased:,}")
    yield _line("", f"pages to be read: {queues.unread:,}{_since(queues.unread_since, now)}")
    yield _line("", f"stories for an editor: {queues.open:,}{_since(queues.open_since, now)}; held: {queues.held:,}")
    for label, one in zip(("came", ""), stored.yields, strict=False):
        said = f"pages {one.pages:,}, stories {one.stories:,}, approved {one.approved:,}"
        yield _line(label, f"in {one.time.days} days: {said}")


def _machine(figures: Figures) -> Iterator[str]:
    for label, room in zip(("room", *[""] * len(figures.rooms)), figures.rooms, strict=False):
        yield _line(label, f"{size(room.free)} free of {size(room.size)} where {room.folder} is")
    yield _line("size", ", ".join(f"{name} {size(count)}" for name, count in figures.bytes.items()))
    newest = figures.backup
    last = f"{until(newest.at, figures.now)}, {size(newest.bytes)}; {figures.backups} kept" if newest else "none"
    yield _line("backup", last)
    yield _line("program", f"{figures.version}, schema {figures.schema}, model {figures.model}")


def _job(row: Scheduled, last: JobRun | None, now: datetime) -> Sequence[str]:
    took = _took(last) if last else ""
    again = "now" if row.run else until(row.due, now)
    return row.job, until(last.began, now) if last else "never", took, last.outcome if last else "", again


def _took(run: JobRun) -> str:
    seconds = (run.ended - run.began).total_seconds() if run.ended else 0
    return f"{seconds:.0f} s" if seconds < MINUTES else span(timedelta(seconds=seconds))


def _since(moment: datetime | None, now: datetime) -> str:
    return f", the first for {span(now - moment)}" if moment else ""


def _table(label: str, rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if len(rows) == 1:  # names of columns alone
        return
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for number, row in enumerate(rows):
        cells = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield _line("" if number else label, cells)


def _line(label: str, said: str) -> str:
    return f"{label:{LABEL}}{said}"


def _plain(line: str) -> str:
    return "".join(each if each.isprintable() else "?" for each in line)


def _bare(value: Any) -> Any:
    """The value as JSON has it."""
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Mapping):
        return {str(key): _bare(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_bare(each) for each in value]
    return str(value) if isinstance(value, Path) else value
