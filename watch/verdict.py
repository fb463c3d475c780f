"""Whether all is well, and if not, what wants an operator and what is to be done. Pure.

It is what alarms say, which a look finds every few minutes; and, so that it also holds where nothing looks any more,
what can be seen at once by the same rules (rules_machine.py): the disk, what waits, jobs and parts, the backup. A
database that cannot be read is said first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from config import Settings
from storage.alarms import Alarm, Finding, Kind
from storage.schedule import CLOCK
from watch import rules_machine
from watch.alarms import ADVICE
from watch.figures import Figures, Stored
from watch.rules_machine import Clockwork

WELL = "all is well"
START = "goodturn run starts all of it; the last lines of its log say why it ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """Something that wants an operator: what it is about ("" for no one thing), since when as far as that is known, and
    what to do."""

    kind: Kind
    subject: str
    said: str
    since: datetime | None
    advice: str


def wants(figures: Figures, settings: Settings) -> list[Want]:
    """What wants an operator."""
    seen = rules_machine.disk({room.folder: room.free for room in figures.rooms}, settings.low_disk_gb)
    found = []
    if figures.stored is None:
        found.append(Want(kind=Kind.DATABASE, subject="", said=figures.trouble, since=None, advice=""))
        seen += rules_machine.jobs(Clockwork(last={}, parts=figures.parts), figures.now)
    else:
        seen += _stored(figures.stored, figures, settings)
        found += [of_alarm(alarm) for alarm in figures.stored.alarms]
    told = {(want.kind, want.subject) for want in found}
    return found + [_want(finding) for finding in seen if (finding.kind, finding.subject) not in told]


def of_alarm(on: Alarm) -> Want:
    """What an alarm wants."""
    return Want(kind=on.kind, subject=on.subject, said=on.said, since=on.since, advice=ADVICE[on.kind])


def sentence(found: Sequence[Want]) -> str:
    """The verdict in a few words."""
    return WELL if not found else "one thing wants you" if len(found) == 1 else f"{len(found)} things want you"


def _stored(stored: Stored, figures: Figures, settings: Settings) -> list[Finding]:
    now, queues = figures.now, stored.queues
    clockwork = Clockwork(schedule=stored.schedule, last=stored.last, parts=figures.parts)
    found = rules_machine.jobs(clockwork, now)
    if not stored.ticks:
        found = [Finding(kind=Kind.JOBS, subject=CLOCK, said="the clock does not run, so nothing runs by itself")]
    if settings.backup_at:
        newest = figures.backup.at if figures.backup else None
        found += rules_machine.backup(newest, None, stored.last.get("backup"), now)
    waits = timedelta(hours=settings.backlog_hours)
    return found + rules_machine.backlog(queues.unread, queues.unread_since, now, waits)


def _want(finding: Finding) -> Want:
    advice = START if (finding.kind, finding.subject) == (Kind.JOBS, CLOCK) else ADVICE[finding.kind]
    return Want(kind=finding.kind, subject=finding.subject, said=finding.said, since=None, advice=advice)
