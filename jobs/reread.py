"""`goodturn reread`: what today's detector finds in the documents that were read before, without a request.

Worker processes judge; this process alone compares and, where asked to, writes, a transaction a page, in the way a
reading writes. What an editor decided on stays as it is (storage/changes.py). A second run finds nothing to change.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from config import Settings
from jobs import pool
from jobs.read_page import with_stories
from jobs.terminal import Advance
from reading.document import Document
from storage import documents
from storage.changes import Changes, Found, Told, compare
from storage.database import connect
from stories.detect import Detector
from stories.story import Story

WORDS = ("same", "moved", "new", "gone")
MOST_EXAMPLES = 10  # of new stories and of gone ones, the best scores first
OPENING = 12  # words of an example
UNKNOWN = "unknown"  # language


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A story that is new or gone: its score, its first words, the address of its page."""

    score: float
    opening: str
    url: str


@dataclass(slots=True)
class Report:
    """What today's detector changes: for each language how many stories are the same, moved, new and gone, examples of
    the last two, and the pages that could not be judged, with the reason; nothing changes on those."""

    languages: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    new: list[Example] = field(default_factory=list)
    gone: list[Example] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)

    def rows(self) -> list[list[str | int]]:
        """A line for each language, and one for all: its name, and a count for each of WORDS."""
        lines = [(language, self.languages[language]) for language in sorted(self.languages)]
        if len(lines) > 1:
            lines.append(("all", self.total))
        return [[language, *(counts[word] for word in WORDS)] for language, counts in lines]

    @property
    def total(self) -> Counter[str]:
        """The counts of all languages."""
        return sum(self.languages.values(), Counter[str]())

    def add(self, document: Document, changes: Changes) -> None:
        """Count the changes of one page."""
        new, gone = changes.new, changes.gone
        counts = (changes.same, len(changes.moved), len(new), len(gone))
        self.languages[document.language or UNKNOWN].update(dict(zip(WORDS, counts, strict=True)))
        self.new = _best([*self.new, *_examples(new, document.url)])
        self.gone = _best([*self.gone, *_examples(gone, document.url)])


def reread(settings: Settings, *, apply: bool, advance: Advance = lambda done, total: None) -> Report:
    """Judge every page that was read again; write what is found instead of what was, if `apply`."""
    db = connect(settings.database)
    waiting = documents.read_pages(db)
    report = Report()
    tasks = (((page, document), document) for page in waiting for document in [documents.load(db, page)])
    for done, ((page, document), found) in enumerate(pool.run(_find, tasks, settings), 1):
        if isinstance(found, pool.Failure):
            report.failed.append((document.url, found.reason))
        elif apply:
            report.add(document, documents.keep_found(db, page, document, found, datetime.now(UTC)))
        else:
            report.add(document, compare(db, page, document, found))
        advance(done, len(waiting))
    return report


def _find(document: Document, by: Detector) -> Found:
    return with_stories(document, by).stories


def _examples(stories: Iterable[Story | Told], url: str) -> list[Example]:
    return [Example(score=story.score, opening=" ".join(story.text.split()[:OPENING]), url=url) for story in stories]


def _best(examples: Sequence[Example]) -> list[Example]:
    return sorted(examples, key=lambda example: -example.score)[:MOST_EXAMPLES]
