"""The clock's own table: when each job runs next, who runs it, how its runs went; and what rests as somebody said so.

A job is claimed in one transaction (`BEGIN IMMEDIATE`), which leases it to a run for five minutes: of two clocks on
one database one gets it. Who runs it renews the lease while its process lives. The lease of a clock that was killed
ends by itself; another clock that knows it to be dead (storage/runs.py) frees it at once (`bury`).

The row `clock` is the clock itself: while its lease holds, a clock runs.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from sqlite3 import Row

from sqlite_utils import Database

from storage.database import moment, stamp, writing

LEASE = timedelta(minutes=5)  # longer than any stop of a machine that is short of memory or disk
BUSY_MILLISECONDS = 2_000
CLOCK = "clock"  # the row that is the clock itself
EVERYTHING = "*"  # what is paused where all is
LONGEST_SAID = 500  # characters of what a run said last


class Ended(StrEnum):
    """How a run ended, or that it has not."""

    RUNNING = "running"
    DONE = "done"
    ATTENTION = "attention"
    FAILED = "failed"
    KILLED = "killed"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """A job in the schedule."""

    job: str
    due: datetime | None
    run: str | None
    leased_until: datetime | None
    failures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRun:
    """A run of a job."""

    id: str
    job: str
    began: datetime
    ended: datetime | None
    outcome: Ended
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """What rests: the id of a source, or EVERYTHING; `until` None: until it is resumed."""

    what: str
    since: datetime
    until: datetime | None
    who: str
    note: str

    def holds(self, now: datetime) -> bool:
        """Whether it is not over."""
        return self.until is None or self.until > now


def be_brief(db: Database) -> None:
    """Do not wait long for who writes: for a clock, that ticks again soon and wants to end within seconds."""
    db.conn.execute(f"pragma busy_timeout = {BUSY_MILLISECONDS}")


def plan(db: Database, dues: Mapping[str, datetime]) -> None:
    """Have these jobs in the schedule, new ones due at these moments, and none that is not among them and does not
    run."""
    with writing(db):
        for row in scheduled(db):
            if row.job not in dues and row.job != CLOCK and row.run is None:
                db.conn.execute("delete from schedule where job = ?", (row.job,))
        values = [(job, stamp(due)) for job, due in dues.items()]
        db.conn.executemany("insert into schedule (job, due) values (?, ?) on conflict do nothing", values)


def scheduled(db: Database) -> list[Scheduled]:
    """The whole schedule."""
    return [_scheduled(row) for row in db.conn.execute("select * from schedule order by job")]


def next_due(db: Database) -> dict[str, datetime]:
    """When each job runs next."""
    return {row.job: row.due for row in scheduled(db) if row.due}


def due(db: Database, now: datetime) -> list[str]:
    """The jobs whose time has come and that nobody runs, the longest due first."""
    free = db.conn.execute(f"select job from schedule where {_FREE} order by due, job", {"now": stamp(now)})
    return [row[0] for row in free]


def claim(db: Database, job: str, now: datetime, run: str) -> bool:
    """Lease a job to a run, if it is due and free; tells whether it was."""
    values = {"job": job, "now": stamp(now), "run": run, "until": stamp(now + LEASE)}
    with writing(db):
        row = db.conn.execute(f"select run from schedule where job = :job and {_FREE}", values).fetchone()
        if row is None:
            return False
        if row["run"]:
            _close(db, row["run"], now, Ended.KILLED, "its clock did not say how it ended")
        db.conn.execute("update schedule set run = :run, leased_until = :until where job = :job", values)
        db.conn.execute("insert into runs (id, job, began) values (:run, :job, :now)", values)
        return True


def renew(db: Database, runs: Collection[str], now: datetime) -> None:
    """The processes of these runs live: what they have stays leased to them."""
    with writing(db):
        values = [(stamp(now + LEASE), run) for run in runs]
        db.conn.executemany("update schedule set leased_until = ? where run = ?", values)


def finish(
    db: Database, run: str, now: datetime, outcome: Ended, said: str, *, due: datetime | None, failures: int
) -> None:
    """A run has ended, and its job is due again then; `due` None: as it was. Failures in a row are counted by the
    caller."""
    with writing(db):
        _close(db, run, now, outcome, said)
        db.conn.execute(
            "update schedule set run = null, leased_until = null, due = coalesce(?, due), failures = ? where run = ?",
            (stamp(due) if due else None, failures, run),
        )


def bury(db: Database, runs: Collection[str], now: datetime) -> None:
    """The clock that had these runs is dead: their jobs are free, and due as they were."""
    for run in runs:
        with writing(db):
            _close(db, run, now, Ended.KILLED, "its clock was killed")
            db.conn.execute("update schedule set run = null, leased_until = null where run = ?", (run,))


def set_due(db: Database, job: str, due: datetime) -> None:
    """A job runs at that moment, whatever was said before."""
    with writing(db):
        db.conn.execute("update schedule set due = ? where job = ?", (stamp(due), job))


def beat(db: Database, clock: str, now: datetime) -> None:
    """A clock runs."""
    with writing(db):
        db.conn.execute(_BEAT, {"job": CLOCK, "run": clock, "until": stamp(now + LEASE)})


def stop(db: Database, clock: str) -> None:
    """A clock has ended."""
    with writing(db):
        db.conn.execute("update schedule set run = null, leased_until = null where run = ?", (clock,))


def is_running(db: Database, now: datetime) -> bool:
    """Whether a clock runs."""
    row = db.conn.execute("select leased_until from schedule where job = ?", (CLOCK,)).fetchone()
    return bool(row and row[0] and row[0] > stamp(now))


def unfinished(db: Database) -> list[str]:
    """The runs that have not ended, as far as anybody said."""
    held = "select run from schedule where run is not null and job <> 'clock'"
    return [row[0] for row in db.conn.execute(f"select id from runs where outcome = 'running' union {held}")]


def runs(db: Database, job: str | None = None, *, limit: int = 20) -> list[JobRun]:
    """The runs of a job, or of all, the newest first."""
    rows = db.conn.execute(
        "select * from runs where :job is null or job = :job order by began desc, rowid desc limit :limit",
        {"job": job, "limit": limit},
    )
    return [_run(row) for row in rows]


def last_runs(db: Database) -> dict[str, JobRun]:
    """The newest run of each job that has ended."""
    return {row["job"]: _run(row) for row in db.conn.execute(_LAST)}


def forget(db: Database, before: datetime) -> int:
    """Delete the runs that ended before a moment; returns how many."""
    with writing(db):
        return db.conn.execute("delete from runs where ended < ?", (stamp(before),)).rowcount


def pause(db: Database, what: str, *, now: datetime, until: datetime | None, who: str, note: str) -> None:
    """Let a source, by its id, or EVERYTHING rest."""
    values = {"what": what, "since": stamp(now), "until": stamp(until) if until else None, "who": who, "note": note}
    with writing(db):
        db.conn.execute(_PAUSE, values)


def resume(db: Database, what: str, now: datetime) -> bool:
    """Let a source or EVERYTHING go on; tells whether it was paused."""
    with writing(db):
        ended = db.conn.execute("delete from pauses where what = ? returning until", (what,)).fetchone()
        return bool(ended and (ended[0] is None or ended[0] > stamp(now)))


def pauses(db: Database) -> dict[str, Pause]:
    """What was said to rest, by the ids of sources and EVERYTHING; it may be over."""
    return {row["what"]: _pause(row) for row in db.conn.execute("select * from pauses")}


def paused(db: Database, now: datetime) -> dict[str, Pause]:
    """What rests now, by the ids of sources and EVERYTHING."""
    return {what: pause for what, pause in pauses(db).items() if pause.holds(now)}


def _close(db: Database, run: str, now: datetime, outcome: Ended, said: str) -> None:
    db.conn.execute(
        "update runs set ended = ?, outcome = ?, said = ? where id = ? and outcome = 'running'",
        (stamp(now), outcome, said[:LONGEST_SAID], run),
    )


def _scheduled(row: Row) -> Scheduled:
    return Scheduled(
        job=row["job"],
        due=moment(row["due"]),
        run=row["run"],
        leased_until=moment(row["leased_until"]),
        failures=row["failures"],
    )


def _run(row: Row) -> JobRun:
    began = moment(row["began"])
    assert began
    return JobRun(
        id=row["id"],
        job=row["job"],
        began=began,
        ended=moment(row["ended"]),
        outcome=Ended(row["outcome"]),
        said=row["said"],
    )


def _pause(row: Row) -> Pause:
    since = moment(row["since"])
    assert since
    return Pause(what=row["what"], since=since, until=moment(row["until"]), who=row["who"], note=row["note"])


_FREE = "job <> 'clock' and due <= :now and (run is null or leased_until <= :now)"

_LAST = """
select r.* from (select distinct job from runs) j join runs r on r.id = (
    select id from runs where job = j.job and outcome <> 'running' order by began desc, rowid desc limit 1)
"""

_BEAT = """
insert into schedule (job, run, leased_until) values (:job, :run, :until)
on conflict (job) do update set run = excluded.run, leased_until = excluded.leased_until
"""

_PAUSE = """
insert into pauses (what, since, until, who, note) values (:what, :since, :until, :who, :note)
on conflict (what) do update set since = excluded.since, until = excluded.until, who = excluded.who,
    note = excluded.note
"""
