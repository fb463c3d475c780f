"""Reading as it comes: read what waits, look again after a few seconds, and so on until SIGTERM or Ctrl-C.

The job's lock is held only while it reads, and for a minute at a time, so that who wants it by hand (`read --again`,
`learn`, `cluster`) comes between, and is waited for. A pass that fails is told of and tried again after 2 seconds, 4, 8
and so on up to 5 minutes: a database that is locked or damaged, a disk that is full, are no reason to end. What is
wrong with these is a sentence in the log; what nobody thought of is there with all its calls, the first time.
"""

import logging
import sys
import time
from collections.abc import Callable
from contextlib import closing

from config import ConfigError, Settings
from jobs.lock import AlreadyRunningError, alone
from jobs.read import Report, read_unread
from jobs.terminal import counts
from storage import anew, pages, submissions
from storage.database import DatabaseError, connect, is_trouble

LOOK_SECONDS = 2.0  # between two looks: an index is asked, 0.1 ms
TURN_SECONDS = 60.0  # of reading, after which others may have the lock
LOCK_SECONDS = 1.0  # between two tries for the lock that another holds
MOST_WAIT_SECONDS = 300.0

log = logging.getLogger("goodturn.read")


class _TurnIsOver(Exception):  # noqa: N818 -- no error: it ends a turn
    """The lock was held for long enough."""


class Stop:
    """What SIGTERM calls: it ends whatever is done; where Python swallows that, in a clean-up, the next look."""

    def __init__(self) -> None:
        self.asked = False

    def __call__(self, *signal: object) -> None:
        """Called with the signal."""
        self.asked = True
        sys.exit(0)


def follow(settings: Settings, *, stop: Stop, wait: Callable[[float], None] = time.sleep) -> None:
    """Read until `stop` is called."""
    failed = 0
    while not stop.asked:
        try:
            more = _turn(settings)
            failed = 0
        except AlreadyRunningError:
            more = False
            wait(LOCK_SECONDS)
        except ConfigError:
            raise
        except Exception as error:
            failed += 1
            again = min(2.0**failed, MOST_WAIT_SECONDS)
            is_news = failed == 1 and not (is_trouble(error) or isinstance(error, DatabaseError | OSError))
            log.error("failed times=%d again=%d because=%s", failed, again, error, exc_info=is_news)
            wait(again)
            continue
        wait(LOCK_SECONDS if more else LOOK_SECONDS)


def _turn(settings: Settings) -> bool:
    """Read what waits, for a while; whether there is more."""
    if not _waits(settings):
        return False
    until = time.monotonic() + TURN_SECONDS

    def advance(done: int, total: int) -> None:
        if time.monotonic() > until and done < total:
            raise _TurnIsOver

    with alone("read", settings):
        try:
            _tell(read_unread(settings, advance=advance))
        except _TurnIsOver:
            log.info("rests; others may read")
            return True
    return False


def _waits(settings: Settings) -> bool:
    with closing(connect(settings.database)) as db:
        return bool(pages.unread(db, 1)) or anew.is_due(db) or any(submissions.unsettled(db))


def _tell(report: Report) -> None:
    if not report.outcomes:
        return
    done = counts("pages", report.outcomes).partition(": ")[2]
    log.info("passed pages=%s stories=%s", done, counts("stories", report.stories).partition(": ")[2])
