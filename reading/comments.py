"""Finds the comments of a page: which of the readers is believed.

Every engine whose signs stand in the page's source reads it; the one that finds most comments, counting what it
knows of each, is believed. Where none finds any, or hardly any author or date, the general reader reads too, and is
believed if it finds more.
"""

from lxml import etree

from reading.dates import Calendar
from reading.draft import Draft, Thread
from reading.engine import engines
from reading.general import read_general
from reading.pagination import is_later_page
from reading.thread import read_thread, worth

_COMPLETE = 2.7  # of 3 for each comment: words, author, date; an engine that finds less has its marks misused


def find_thread(tree: etree._Element, source: str, calendar: Calendar) -> Thread:
    """The page's thread; empty if it has none."""
    best = Thread()
    for engine in engines():
        if any(sign in source for sign in engine.signs):
            thread = read_thread(engine, tree, calendar)
            if worth(thread.drafts) > worth(best.drafts):
                best = thread
    if best.drafts and worth(best.drafts) >= _COMPLETE * len(best.drafts):
        return best
    other = read_general(tree, calendar)
    return other if worth(other.drafts) > worth(best.drafts) else best


def opening(thread: Thread, tree: etree._Element, source: str, url: str) -> Draft | None:
    """The first draft, where it is the post: on the first page of a forum's thread."""
    if not (thread.forum and thread.drafts):
        return None
    first = thread.drafts[0]
    if first.number is not None:
        return first if first.number == 1 else None
    return None if is_later_page(tree, source, url) else first
