"""`goodturn run`: the parts, each a process of its own (jobs/child.py), kept running.

A part that ends is started again after 1 second, 2, 4 and so on up to 5 minutes, each a fifth more or less by chance,
so that parts that fell together do not come back together; after it lived for a minute, the next wait is 1 second
again. One that cannot start before somebody mends something (exit status 2: its port is taken, say), or whose work
another process does (75), is tried once a minute. The others go on meanwhile.

What is written into goodturn.toml counts from SIGHUP on, for all parts, and a mistake in it for none: it is told, and
what runs goes on. At SIGHUP the parts are started anew one after another, each when the one before is there again.

SIGTERM and Ctrl-C end all parts at once, within 10 seconds. Parts do not outlive the supervisor (jobs/lifeline.py). How
they are stands in a file for others (watch/parts.py).
"""

import logging
import queue
import random
import signal
import sys
import time
from collections import deque
from contextlib import closing
from datetime import datetime

import logs
import present
from config import FILE, ConfigError, Settings, settings
from jobs.child import Child
from jobs.lifeline import Lifeline
from storage import backup
from storage.database import DatabaseError, SQLiteError, connect, connect_private
from storage.people import nobody_yet
from watch.parts import MOST_ENDS, Ledger, Part, State

PARTS = {
    "clock": ("clock", "--without", "read"),
    "read": ("read", "--follow"),
    "desk": ("desk",),
    "publish": ("publish",),
    "submissions": ("submissions",),
}
FIRST_SECONDS, MOST_SECONDS = 1.0, 300.0  # of waiting before a part that ended is started again
CHANCE = 0.2
STEADY_SECONDS = 60.0  # a part that lived as long has got up
MENDED_SECONDS = 60.0  # between two tries of what somebody must mend
MEND = frozenset({2, 75})
THERE_SECONDS = 3.0  # after which a part that was started anew is taken to be there: it listens by then
LOOK_SECONDS = 0.5
ENDING = frozenset({signal.SIGTERM, signal.SIGINT})

log = logging.getLogger("goodturn.run")


class Supervisor:
    """Keeps the parts of these settings running, all but those that are left out."""

    def __init__(self, of: Settings, without: frozenset[str] = frozenset()) -> None:
        self._settings, self._without = of, without
        self._signs: queue.SimpleQueue[int] = queue.SimpleQueue()  # its put() may be called by a signal handler
        self._lifeline, self._ledger = Lifeline(), Ledger(of)
        self._children: dict[str, Child] = {}
        self._known: dict[str, Part] = {}
        self._renewed: deque[str] = deque()
        self._terminal = sys.stdout.isatty()

    def run(self) -> None:
        """Keep them running until SIGTERM or Ctrl-C."""
        for sign in (*ENDING, signal.SIGHUP, signal.SIGCHLD):
            signal.signal(sign, lambda number, _: self._signs.put(number))
        _make_ready(self._settings)
        try:
            self._take(self._settings)
            log.info("began parts=%s", ",".join(self._children))
            self._point_to_the_door()
            self._look()
            while self._next_sign() not in ENDING:
                self._look()
        finally:
            self._end(list(self._children.values()))
            self._ledger.close()
            log.info("ended")

    def _next_sign(self) -> int:
        """The next signal, having done what it asks for; 0 for none in a while."""
        try:
            sign = self._signs.get(timeout=LOOK_SECONDS)
        except queue.Empty:
            return 0
        if sign != signal.SIGHUP:
            return sign
        if self._terminal and not sys.stdout.isatty():  # it was closed, which is said by the same signal
            return signal.SIGTERM
        self._reload()
        return sign

    def _look(self) -> None:
        """See who ended, start who is due, and go on with starting anew."""
        for child in self._children.values():
            if (status := child.ended()) is not None:
                self._went(child, status)
            elif child.deadline and time.monotonic() > child.deadline:
                child.kill()
            elif child.process is None and time.monotonic() >= child.due:
                self._start(child)
        self._renew()

    def _start(self, child: Child) -> None:
        try:
            pid = child.start(self._lifeline, self._settings, heard=self._terminal)
        except OSError as error:  # the data folder is gone, or there is no room for another process
            child.began, child.due = time.monotonic(), time.monotonic() + MENDED_SECONDS
            if str(error) not in child.told:
                log.error("not started part=%s because=%s", child.name, error)
            child.told.add(str(error))
            child.stuck = True
            self._note(child, State.STUCK)
            return
        self._note(child, State.RUNS, pid=pid)

    def _went(self, child: Child, status: int) -> None:
        """Decide when a part that ended is started again."""
        lived = time.monotonic() - child.began
        if child.deadline:  # it was asked to
            child.deadline, child.due = None, time.monotonic()
            log.info("ended part=%s status=%d", child.name, status)
            self._note(child, State.WAITS, status=status)
            return
        if lived > STEADY_SECONDS:
            child.got_up()
        child.falls += 1
        stuck_before, child.stuck = child.stuck, status in MEND
        again = MENDED_SECONDS if child.stuck else min(FIRST_SECONDS * 2 ** (child.falls - 1), MOST_SECONDS)
        again *= random.uniform(1 - CHANCE, 1 + CHANCE)
        child.due = time.monotonic() + again
        if not (stuck_before and child.stuck):
            log.error("fell part=%s status=%d lived=%.1f again=%.1f", child.name, status, lived, again)
        self._note(child, State.STUCK if child.stuck else State.WAITS, status=status, fell=present.now())

    def _note(
        self,
        child: Child,
        state: State,
        *,
        pid: int | None = None,
        status: int | None = None,
        fell: datetime | None = None,
    ) -> None:
        """Write down how a part is now."""
        before = self._known.get(child.name)
        self._known[child.name] = Part(
            name=child.name,
            state=state,
            pid=pid,
            since=present.now(),
            restarts=before.restarts + (state is State.RUNS) if before else 0,
            last_exit=before.last_exit if before and status is None else status,
            said=" ".join(sorted(child.told)) if state is State.STUCK else "",
            ends=(*(before.ends if before else ()), *([fell] if fell else []))[-MOST_ENDS:],
        )
        try:
            self._ledger.keep(self._known.values())
        except OSError as error:  # the disk is full, say: what runs goes on
            log.warning("not written because=%s", error)

    def _take(self, of: Settings) -> None:
        """Have the parts that these settings ask for, and no others."""
        self._settings = of
        off = self._without | (frozenset() if of.submissions else {"submissions"})
        self._end([self._children.pop(name) for name in off & self._children.keys()])
        for name in off:
            self._known.pop(name, None)
        for name, words in PARTS.items():
            if name not in off and name not in self._children:
                self._children[name] = Child(name, words)

    def _end(self, children: list[Child]) -> None:
        for child in children:
            child.ask()
        for child in children:
            child.wait()

    def _reload(self) -> None:
        """Read the settings again, and begin to start all parts anew with them; keep the old ones where they are
        wrong."""
        settings.cache_clear()
        try:
            new = settings()
            if new.data.resolve() != self._settings.data.resolve():
                raise ConfigError("the setting 'data' counts from the next start of 'goodturn run' on")
        except ConfigError as error:
            for line in str(error).splitlines():
                log.error("not reloaded because=%s", line)
            return
        logs.begin("run", new.log_format, new.notify.split())
        self._take(new)
        self._renewed = deque(self._children)
        log.info("reloaded file=%s parts=%s", FILE, ",".join(self._renewed))

    def _renew(self) -> None:
        """Ask the next part to end that is to be started anew, if the one before is there again."""
        now = time.monotonic()
        while self._renewed and not any(c.deadline or _is_young(c, now) for c in self._children.values()):
            child = self._children.get(self._renewed.popleft())
            if child and child.process:
                child.ask()
            elif child:  # what waits is tried at once
                child.got_up()
                child.due = now

    def _point_to_the_door(self) -> None:
        """Say how the first operator gets in, where the desk's own link is not seen."""
        if not self._terminal and "desk" in self._children:
            with closing(connect_private(self._settings.private)) as db:
                if nobody_yet(db):
                    log.info("nobody may use the desk yet: 'goodturn people add NAME --role operator' prints a link")


def _make_ready(of: Settings) -> None:
    """Make the database, or bring it up to date, before the parts open it all at once: the publisher only reads it.
    Raises DatabaseError where there was one and is none any more, or one of a newer program."""
    last = None if of.database.exists() else backup.newest(of.backups, present.now())
    if last:
        raise DatabaseError(
            f"{of.database} is gone, but {last.folder} is a backup of it: 'goodturn restore' restores it"
        )
    try:
        connect(of.database).close()
    except DatabaseError as error:
        if not isinstance(error.__cause__, SQLiteError):
            raise
        log.error("halted because=%s", error)  # it is locked, say: the parts wait for it, each in its way


def _is_young(child: Child, now: float) -> bool:
    return child.process is not None and now - child.began < THERE_SECONDS
