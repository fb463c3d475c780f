"""The clock: runs each job when it is due (jobs/timetable.py), as a process of its own, until it is asked to end.

What is due stands in the database (storage/schedule.py), so that it survives restarts and two clocks on one database
never run a job twice at once. APScheduler only ticks, once a second: a tick writes down which runs have ended, frees
those whose clock is dead, and claims and starts what is due. Different jobs run at once. A job is `goodturn NAME` with
a run id: it can also be run by hand, and a crash of one is a line in the log of the others. One that hangs is ended.

Asked to end, the clock asks its jobs to end and kills after six seconds what is left; killed itself, it takes them
along (jobs/lifeline.py). What was running then is due at the next start. A database that cannot be used is logged
once, told after two minutes (jobs/watch.py), and tried again at each tick. A change of feeds.txt has the sources
collected at once. Beside it, the same process serves the figures for Prometheus (watch/metrics.py).
"""

import logging
import signal
import threading
import time
from collections.abc import Collection
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler

import logs
import present
from config import Settings
from jobs.job import STOP_SECONDS, Job
from jobs.timetable import Beat, beats, ended
from storage import runs, schedule
from storage.database import Database, DatabaseError, SQLiteError, connect
from storage.schedule import Ended
from watch.metrics import serve

log = logging.getLogger("goodturn.clock")
TICK_SECONDS = 1.0
TICKS = {"seconds": TICK_SECONDS, "misfire_grace_time": None, "coalesce": True, "max_instances": 1}  # late, and once
TROUBLE_SECONDS = 120.0  # for which the database cannot be used before it is told: longer than anybody may write


class Clock:
    """Runs the jobs of these settings, all but those that are left out."""

    def __init__(self, of: Settings, without: Collection[str] = ()) -> None:
        self._settings = of
        self._beats = {beat.job: beat for beat in beats(of, without)}
        self._jobs: list[Job] = []
        self._run: runs.Run | None = None
        self._db: Database | None = None
        self._identity: tuple[int, int] | None = None
        self._feeds = self._seen_feeds()
        self._trouble, self._troubled, self._told = "", 0.0, False

    def run(self) -> None:
        """Tick until SIGTERM or Ctrl-C."""
        stop = threading.Event()
        for sign in (signal.SIGINT, signal.SIGTERM):
            signal.signal(sign, lambda *_: stop.set())
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # that a tick took long is no news
        ticking = BackgroundScheduler(timezone=UTC)
        ticking.add_job(self.tick, "interval", next_run_time=datetime.now(UTC), id="tick", **TICKS)
        ticking.start()
        metrics = serve(self._settings)
        log.info("began jobs=%s", ",".join(self._beats))
        while not stop.wait(TICK_SECONDS):
            _set_right(ticking)
        ticking.shutdown()
        if metrics:
            metrics.stop()
        self.end()
        log.info("ended")

    def tick(self) -> None:
        """Do what is to be done now."""
        now = present.now()
        for job in self._jobs:
            job.end_if_it_hangs()
        try:
            db = self._database(now)
            self._end_runs(db, now)
            self._stay_alive(db, now)
            self._look_at_feeds(db, now)
            self._start_due(db, now)
        except (SQLiteError, DatabaseError, OSError) as error:
            self._tell(str(error))
        else:
            self._tell("")

    def end(self) -> None:
        """End what runs, within some seconds."""
        for job in self._jobs:
            job.process.terminate()
        latest = time.monotonic() + STOP_SECONDS
        while time.monotonic() < latest and any(job.process.poll() is None for job in self._jobs):
            time.sleep(TICK_SECONDS / 20)
        for job in self._jobs:
            job.kill()
        with suppress(SQLiteError, DatabaseError, OSError):
            db, now = self._database(present.now()), present.now()
            self._end_runs(db, now, stopping=True)
            if self._run:
                schedule.stop(db, self._run.name)
                self._run.end()

    def _database(self, now: datetime) -> Database:
        """The database, opened anew where its file is another one by now."""
        there = _identity(self._settings)
        if self._identity and there is None:
            raise DatabaseError(
                f"{self._settings.database} is gone: put it back, or 'goodturn restore' the last backup"
            )
        if self._db is None or there != self._identity:
            if self._db is not None:
                self._db.close()
                self._db = None
            db = connect(self._settings.database)
            schedule.be_brief(db)
            schedule.plan(db, {beat.job: beat.first(now) for beat in self._beats.values()})
            self._db, self._identity = db, _identity(self._settings)
        return self._db

    def _end_runs(self, db: Database, now: datetime, *, stopping: bool = False) -> None:
        """Write down how the runs went that have ended, and when their jobs are due next."""
        for job in [job for job in self._jobs if job.process.poll() is not None]:
            status = job.process.wait()
            outcome, said = ended(status), job.last_words(ended(status))
            due, failures = job.beat.after(outcome, job.failures, job.due, now)
            if stopping and outcome is Ended.KILLED:
                schedule.finish(db, job.run.name, now, outcome, "its clock ended", due=None, failures=job.failures)
            else:
                schedule.finish(db, job.run.name, now, outcome, said, due=due, failures=failures)
            job.run.end()
            self._jobs.remove(job)
            grave = outcome in (Ended.FAILED, Ended.KILLED) and not stopping
            level = logging.ERROR if grave else logging.WARNING if outcome is Ended.ATTENTION else logging.INFO
            log.log(level, "ran job=%s outcome=%s as=%s said=%s", job.beat.job, outcome, job.run.name, said)

    def _stay_alive(self, db: Database, now: datetime) -> None:
        """Keep the leases of what runs and of this clock, and free what dead clocks had."""
        if self._run is None:
            self._run = runs.Run(self._settings.data, datetime.now(UTC), logs.run_id("clock"))
        ours = {self._run.name, *(job.run.name for job in self._jobs)}
        rows = {row.run: row for row in schedule.scheduled(db) if row.run}
        half_over = now + schedule.LEASE / 2
        for run in ours & rows.keys():
            if not _lasts(rows[run].leased_until, half_over):
                schedule.renew(db, ours, now)
                break
        clock = next((row for row in rows.values() if row.job == schedule.CLOCK), None)
        if clock is None or not _lasts(clock.leased_until, half_over):
            schedule.beat(db, self._run.name, now)
        others = [run for run in {*schedule.unfinished(db), *rows} if run not in ours]
        if dead := runs.dead(self._settings.data, others, datetime.now(UTC)):
            schedule.bury(db, dead, now)
            log.warning("freed runs=%s; their clock was killed", ",".join(dead))

    def _look_at_feeds(self, db: Database, now: datetime) -> None:
        """Have what feeds.txt says collected soon after it was changed."""
        seen = self._seen_feeds()
        if seen != self._feeds and "collect" in self._beats:
            log.info("changed file=%s", self._settings.feeds)
            schedule.set_due(db, "collect", now)
        self._feeds = seen

    def _seen_feeds(self) -> tuple[int, int] | None:
        try:
            found = self._settings.feeds.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size

    def _start_due(self, db: Database, now: datetime) -> None:
        for row in schedule.scheduled(db):
            beat = self._beats.get(row.job)
            if beat and row.due and row.run is None and beat.is_wrong(row.due, now):
                schedule.set_due(db, row.job, beat.following(row.due, now))
        rows = {row.job: row for row in schedule.scheduled(db)}
        for job in schedule.due(db, now):
            if beat := self._beats.get(job):
                self._start(db, beat, rows[job], now)

    def _start(self, db: Database, beat: Beat, row: schedule.Scheduled, now: datetime) -> None:
        run = runs.Run(self._settings.data, datetime.now(UTC), logs.run_id(beat.job))
        if not schedule.claim(db, beat.job, now, run.name):
            run.end()  # another clock was quicker
            return
        try:
            self._jobs.append(Job(self._settings, beat, run, due=row.due or now, failures=row.failures))
        except OSError as error:
            due, failures = beat.after(Ended.FAILED, row.failures, row.due or now, now)
            schedule.finish(db, run.name, now, Ended.FAILED, str(error), due=due, failures=failures)
            run.end()
            raise

    def _tell(self, trouble: str) -> None:
        """Log that the database cannot be used, and that it can again, once; and tell who is told of alarms."""
        if trouble and not self._trouble:
            self._troubled = time.monotonic()
        if trouble and trouble != self._trouble:
            log.error("halted because=%s", trouble)
        elif self._trouble and not trouble:
            log.info("goes on")
        if trouble and self._db is not None:
            self._db.close()
            self._db = None
        self._trouble = trouble
        lasts = bool(trouble) and time.monotonic() - self._troubled > TROUBLE_SECONDS
        if lasts != self._told and (lasts or not trouble):
            from jobs.watch import tell_over, tell_trouble  # noqa: PLC0415 -- with it comes half a crawler

            self._told = lasts
            if lasts:
                tell_trouble(self._settings, present.now(), trouble)
            else:
                tell_over(self._settings, present.now())


def _set_right(ticking: BackgroundScheduler) -> None:
    """Let it tick although this machine's clock went back: APScheduler would wait until it is as late again."""
    tick, now = ticking.get_job("tick"), datetime.now(UTC)
    if tick and tick.next_run_time > now + timedelta(seconds=2 * TICK_SECONDS):
        tick.modify(next_run_time=now)


def _lasts(leased_until: datetime | None, moment: datetime) -> bool:
    """Whether a lease lasts that long, and not longer than any does."""
    return leased_until is not None and moment < leased_until <= moment + schedule.LEASE


def _identity(of: Settings) -> tuple[int, int] | None:
    try:
        found = of.database.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino
