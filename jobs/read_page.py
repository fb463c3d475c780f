"""One page through hops 4 and 5: what it says, and the stories in it. Pure; runs in worker processes."""

from reading.document import Document, Unreadable
from reading.page import Page
from reading.reader import read
from storage.documents import Reading
from stories.detect import find
from stories.retelling import telling


def read_page(page: Page, threshold: float) -> Reading:
    """Read a page and find its stories of at least `threshold` (0 to 1)."""
    return with_stories(read(page), threshold)


def with_stories(document: Document | Unreadable, threshold: float) -> Reading:
    """A document with the stories in it, each with what it is compared by."""
    if isinstance(document, Unreadable):
        return Reading(document=document)
    return Reading(document=document, stories=tuple((s, telling(s)) for s in find(document, threshold)))
