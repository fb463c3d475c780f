"""Read all unread pages, on every core.

Worker processes read; this process alone writes, a transaction a page. A worker that dies or hangs over its time limit
costs the one page that it had, which gets that as its outcome and is not tried again unless an operator asks.
"""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field

import present
from config import Settings
from jobs import pool
from jobs.read_page import Thread, read_page, read_sent
from jobs.submitted import settle
from jobs.terminal import Advance
from reading.document import Unreadable
from reading.page import Outcome
from storage import anew, documents, pages, submissions
from storage.database import Database, connect, giving_way
from storage.documents import Reading
from stories.detect import Detector

log = logging.getLogger("goodturn.read")

Reader = Callable[[Thread, Detector], Reading]

MOST_PAGES = 1_000_000  # in one run; a million ids are 60 MB


@dataclass(slots=True)
class Report:
    """What a run of reading did: pages by outcome, and stories new, known before and gone."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    stories: Counter[str] = field(default_factory=Counter)


def read_unread(
    settings: Settings,
    *,
    advance: Advance = lambda done, total: None,
    reader: Reader = read_page,
) -> Report:
    """Read every page that waits. `reader` is what a worker process calls with a thread and the detector.

    Pages that were sent in are read last, by a reader that keeps a story of each (jobs/read_page.py); where one told
    none after all, what was said of it is read instead.
    """
    with closing(connect(settings.database)) as db:
        return _read_all(db, settings, reader, advance)


def _read_all(db: Database, settings: Settings, reader: Reader, advance: Advance) -> Report:
    if anew.is_due(db):
        log.info("comparing all stories anew, as they are compared in another way than before")
        anew.place_anew(db)
    anew.mark(db)
    settle(db, present.now())
    report = Report()
    _read_waiting(db, settings, reader, report, advance)
    if settle(db, present.now()):
        _read_waiting(db, settings, reader, report, advance)
    return report


def _read_waiting(db: Database, settings: Settings, reader: Reader, report: Report, advance: Advance) -> None:
    """Read what waits and count it in the report."""
    waiting, sent = pages.unread(db, MOST_PAGES), submissions.to_be_kept(db)
    _read(db, settings, [page for page in waiting if page not in sent], report, reader=reader, advance=advance)
    _read(db, settings, [page for page in waiting if page in sent], report, reader=read_sent, advance=advance)


def _read(
    db: Database, settings: Settings, waiting: Sequence[str], report: Report, *, reader: Reader, advance: Advance
) -> None:
    if not waiting:
        return
    states: dict[str, str] = {}

    def task(page: str) -> tuple[str, Thread]:
        states[page] = pages.state(db, page)  # before its bytes are: what comes in between is read again
        return page, (pages.load(db, page), pages.parts(db, page))

    tasks = (task(page) for page in waiting)
    for done, (page, result) in enumerate(pool.run(reader, tasks, settings), 1):
        reading = _failed(result) if isinstance(result, pool.Failure) else result
        with giving_way():
            kept = documents.keep(db, page, reading, present.now(), of=states.pop(page))
        report.outcomes[reading.outcome] += 1
        report.stories.update(new=kept.new, known=kept.known, gone=kept.gone)
        advance(done, len(waiting))


def forget_readings(settings: Settings) -> int:
    """Let every stored page be read again, by a better reader or detector. Returns how many."""
    return documents.forget_readings(connect(settings.database))


def _failed(failure: pool.Failure) -> Reading:
    return Reading(document=Unreadable(outcome=failure.outcome, reason=f"reading failed: {failure.reason}"))
