"""Read all unread pages, on every core.

Worker processes read; this process alone writes, a transaction a page. A worker that dies or hangs over its time limit
costs the one page that it had, which gets that as its outcome and is not tried again unless an operator asks.
"""

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from config import Settings
from jobs import pool
from jobs.read_page import Thread, read_page
from jobs.terminal import Advance
from reading.document import Unreadable
from reading.page import Outcome
from storage import anew, documents, pages
from storage.database import connect
from storage.documents import Reading
from stories.detect import Detector

log = logging.getLogger("goodturn.read")

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
    reader: Callable[[Thread, Detector], Reading] = read_page,
) -> Report:
    """Read every page that waits. `reader` is what a worker process calls with a thread and the detector."""
    db = connect(settings.database)
    if anew.is_due(db):
        log.info("comparing all stories anew, as they are compared in another way than before")
        anew.place_anew(db)
    anew.mark(db)
    waiting = pages.unread(db, MOST_PAGES)
    report = Report()
    states: dict[str, str] = {}

    def task(page: str) -> tuple[str, Thread]:
        states[page] = pages.state(db, page)  # before its bytes are: what comes in between is read again
        return page, (pages.load(db, page), pages.parts(db, page))

    tasks = (task(page) for page in waiting)
    for done, (page, result) in enumerate(pool.run(reader, tasks, settings), 1):
        reading = _failed(result) if isinstance(result, pool.Failure) else result
        kept = documents.keep(db, page, reading, datetime.now(UTC), of=states.pop(page))
        report.outcomes[reading.outcome] += 1
        report.stories.update(new=kept.new, known=kept.known, gone=kept.gone)
        advance(done, len(waiting))
    return report


def forget_readings(settings: Settings) -> int:
    """Let every stored page be read again, by a better reader or detector. Returns how many."""
    return documents.forget_readings(connect(settings.database))


def _failed(failure: pool.Failure) -> Reading:
    return Reading(document=Unreadable(outcome=failure.outcome, reason=f"reading failed: {failure.reason}"))
