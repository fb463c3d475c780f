"""One page through hops 4 and 5: what it says, and the stories in it. Pure; runs in worker processes."""

from reading.document import Document, Unreadable
from reading.page import Page
from reading.reader import read_thread
from storage.documents import Reading
from stories.detect import find
from stories.retelling import telling

Thread = tuple[Page, tuple[Page, ...]]
"""An article, and the further parts of its thread."""


def read_page(thread: Thread, threshold: float) -> Reading:
    """Read an article with its thread and find its stories of at least `threshold` (0 to 1)."""
    return with_stories(read_thread(*thread), threshold)


def with_stories(document: Document | Unreadable, threshold: float) -> Reading:
    """A document with the stories in it, each with what it is compared by."""
    if isinstance(document, Unreadable):
        return Reading(document=document)
    return Reading(document=document, stories=tuple((s, telling(s)) for s in find(document, threshold)))
