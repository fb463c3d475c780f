"""When each job runs: every so often, or each day at a time. Pure: what time it is, is told.

A beat is a grid of moments, and a job is due at the next of them once a run has ended: what was missed, because the
machine slept or a run took long, is one run. A run that failed is tried again after 1, 4, 16 ... minutes, at its next
beat at the latest; one that found its job running elsewhere, after ten. One that was ended because its clock was is due
as it was. A job that is due further from now than its beat is long was put there by a clock that went back since: it is
due at its next beat. A job may be killed at any moment without harm, so one that runs far longer than any should,
a day, or an hour for those that are quick, hangs, and is ended. All times are UTC.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from config import Settings
from storage.schedule import Ended

A_DAY = timedelta(days=1)
FIRST_RETRY = timedelta(minutes=1)
TIMES_LATER = 4  # with each failure in a row
LONGEST, LONGEST_OF_QUICK = A_DAY, timedelta(hours=1)  # for which a job may run
QUICK = frozenset({"watch", "ping"})
ELSEWHERE = timedelta(minutes=10)  # until who runs the job by hand may be done
PING = timedelta(minutes=5)  # as late as a hub hears of an approval
BAD = (Ended.FAILED, Ended.KILLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """How often a job runs; with `at` each day at that time."""

    job: str
    every: timedelta = A_DAY
    at: time | None = None

    @property
    def command(self) -> tuple[str, ...]:
        """What of `goodturn` it is."""
        return ("collect", "--scheduled") if self.job == "collect" else (self.job,)

    @property
    def longest(self) -> timedelta:
        """For how long it may run."""
        return LONGEST_OF_QUICK if self.job in QUICK else LONGEST

    def first(self, now: datetime) -> datetime:
        """When it runs first: at once, or at its time."""
        return now if self.at is None else self.following(now, now)

    def following(self, due: datetime, now: datetime) -> datetime:
        """The first moment of its grid, which `due` lies on, after now."""
        if self.at is not None:
            due = datetime.combine(now.astimezone(UTC).date(), self.at, UTC)
        return due + ((now - due) // self.every + 1) * self.every

    def is_wrong(self, due: datetime, now: datetime) -> bool:
        """Whether it is due at a moment at which it cannot be."""
        return due > now + self.every

    def after(self, outcome: Ended, failures: int, due: datetime, now: datetime) -> tuple[datetime, int]:
        """When it runs next after a run that was due then ended so now, with so many failed before it; and how many
        failed in a row by now."""
        usual = self.following(due, now)
        if outcome in BAD:
            wait = FIRST_RETRY * TIMES_LATER ** min(failures, 9)
            return min(usual, now + wait), failures + 1
        if outcome is Ended.ELSEWHERE:
            return min(usual, now + ELSEWHERE), failures
        return usual, 0


def beats(settings: Settings, without: Collection[str] = ()) -> tuple[Beat, ...]:
    """All jobs of the clock, but for those that others see to."""
    every = [
        Beat(job="collect", every=timedelta(minutes=settings.collect_minutes)),
        Beat(job="read", every=timedelta(minutes=settings.read_minutes)),
        Beat(job="watch", every=timedelta(minutes=settings.watch_minutes)),
        Beat(job="checkup", every=timedelta(hours=settings.checkup_hours)),
        Beat(job="tidy", every=timedelta(hours=settings.tidy_hours)),
    ]
    if settings.backup_at:
        every.append(Beat(job="backup", at=time.fromisoformat(settings.backup_at)))
    if settings.hub:
        every.append(Beat(job="ping", every=PING))
    return tuple(beat for beat in every if beat.job not in without)


def ended(status: int) -> Ended:
    """What the exit status of a process says (cli.py)."""
    by_signal = status < 0 or status > SIGNALLED
    return Ended.KILLED if by_signal else STATUSES.get(status, Ended.FAILED)


SIGNALLED = 128  # and the number of the signal, as shells say it
JOBS = ("collect", "read", "watch", "checkup", "tidy", "backup", "ping")
STATUSES = {0: Ended.DONE, 1: Ended.ATTENTION, 75: Ended.ELSEWHERE}
