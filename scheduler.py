"""The clock: collect, read, checkup and tidy (and ping, with a hub), each on its beat, until Ctrl-C or SIGTERM.

A job runs as a process of its own (`goodturn NAME`), so it can also be run by hand, and a crash of one is a line in the
log of the others. APScheduler only ticks: which sources are due is kept in the database. A late or missed run runs once
(coalesce, no grace), never twice at a time (max_instances, and the job's own lock). All times are UTC.
"""

import contextlib
import logging
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime

from apscheduler.schedulers.background import BackgroundScheduler

from config import ConfigError, Settings, settings

log = logging.getLogger("goodturn.clock")
DEFAULTS = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
PING_MINUTES = 5  # as late as a hub hears of an approval
STOP_SECONDS = 20  # a job that was asked to end commits what it has; one that does not is killed

running: dict[str, subprocess.Popen[bytes]] = {}


def run(job: str) -> None:
    """Run one job to its end, as a process."""
    running[job] = subprocess.Popen([sys.executable, "-m", "cli", job])
    status = running.pop(job).wait()
    log.log(logging.INFO if status == 0 else logging.ERROR, "ran job=%s status=%d", job, status)


def main(of: Settings) -> None:
    """Tick until a signal ends it; then end what runs."""
    beats = {"collect": of.collect_minutes, "read": of.read_minutes}
    beats |= {"checkup": 60 * of.checkup_hours, "tidy": 60 * of.tidy_hours} | ({"ping": PING_MINUTES} if of.hub else {})
    clock, stop = BackgroundScheduler(timezone=UTC, job_defaults=DEFAULTS), threading.Event()
    for job, minutes in beats.items():
        clock.add_job(run, "interval", minutes=minutes, args=[job], id=job, next_run_time=datetime.now(UTC))
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: stop.set())
    clock.start()
    log.info("started jobs=%s; Ctrl-C ends it", ",".join(beats))
    stop.wait()
    clock.shutdown(wait=False)
    for process in list(running.values()):
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
        process.kill()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        main(settings())
    except ConfigError as error:
        sys.exit(str(error))
