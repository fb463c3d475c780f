"""One page through hops 4 and 5: what it says, and the stories in it. Pure; runs in worker processes.

It is judged by the weights that `goodturn learn` made from the editors' decisions, where it made some, else by those
that are shipped. Weights that were learned for another shape of model are passed over, with a line in the log.
"""

import csv
import logging
from pathlib import Path

from config import Settings
from reading.document import Document, Unreadable
from reading.page import Page
from reading.reader import read_thread
from reading.sent import SCHEME
from storage.documents import Reading
from stories import sorting
from stories.detect import Detector, find, told
from stories.telling import telling
from stories.views import COLUMNS
from stories.weights import BIAS, SHIPPED, names

log = logging.getLogger("goodturn.read")

Thread = tuple[Page, tuple[Page, ...]]
"""An article, and the further parts of its thread."""

LEARNED = "learned"  # folder beside the database
TABLES = ("signals.csv", "words.csv", sorting.TABLE)  # of a model
BEFORE = "learned.before"  # what that was, while another one takes its place


def detector(settings: Settings) -> Detector:
    """What pages are judged by now: the setting's threshold, and the learned weights or the shipped ones."""
    folder = learned(settings)
    if folder and not _is_of_today(folder):
        log.warning("%s was learned for another shape of model and is not used; run 'goodturn learn' again", folder)
        folder = None
    return Detector(threshold=settings.threshold, weights=folder or SHIPPED)


def learned(settings: Settings) -> Path | None:
    """The folder of learned weights; that of before, where a kill left no other; None where nothing was learned."""
    folders = (settings.data.resolve() / name for name in (LEARNED, BEFORE))
    return next((folder for folder in folders if folder.is_dir()), None)


def read_page(thread: Thread, by: Detector) -> Reading:
    """Read an article with its thread and find its stories."""
    return with_stories(read_thread(*thread), by)


def with_stories(document: Document | Unreadable, by: Detector) -> Reading:
    """A document with the stories in it, each with what it is compared by."""
    if isinstance(document, Unreadable):
        return Reading(document=document)
    return Reading(document=document, stories=tuple((s, telling(s)) for s in find(document, by)))


def read_sent(thread: Thread, by: Detector) -> Reading:
    """Read a page that somebody sent in: where no story is found, what is most like one is kept (stories/detect.py)."""
    reading = read_page(thread, by)
    if reading.stories or isinstance(reading.document, Unreadable):
        return reading
    kept = told(reading.document, by, entire=thread[0].requested.startswith(SCHEME))
    return Reading(document=reading.document, stories=tuple((story, telling(story)) for story in kept))


def _is_of_today(folder: Path) -> bool:
    """Whether the folder holds all tables of a model, and those with many columns have today's rows and columns."""
    signals = [f"{question} {way}" for question, ways in COLUMNS.items() for way in ways]
    sorts = [f"{choice} {word}" for choice, words in sorting.CHOICES.items() for word in words]
    rows = {row for question in COLUMNS for row, _ in names(question)}
    return (
        _shape(folder / "signals.csv") == (signals, rows | {BIAS})
        and _shape(folder / sorting.TABLE) == (sorts, {*sorting.MARKS, sorting.BIAS})
        and all((folder / table).is_file() for table in TABLES)
    )


def _shape(table: Path) -> tuple[list[str], set[str]] | None:
    """The names of a table's columns but the first, and of its rows."""
    if not table.is_file():
        return None
    with table.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    return head[1:], {row[0] for row in rows if row}
