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
from reading.selector import names_in
from reading.thread import candidates, read_thread, worth

_MOST = 3  # that is worth knowing of a comment: words, author, date
_COMPLETE = 2.7  # of these; an engine that finds less has its marks misused


def find_thread(tree: etree._Element, source: str, calendar: Calendar) -> Thread:
    """The page's thread; empty if it has none."""
    best = _declared(tree, source, calendar)
    if _is_complete(best):
        return best
    other = read_general(tree, calendar)
    return other if worth(other.drafts) > worth(best.drafts) else best


def _declared(tree: etree._Element, source: str, calendar: Calendar) -> Thread:
    """The best reading by a declaration: those that find most are read first, and the first complete one is it."""
    present = names_in(tree)
    found = [one for engine in engines() for one in candidates(engine, tree, source, present)]
    best = Thread()
    for candidate in sorted(found, key=lambda one: len(one.starts), reverse=True):
        if _MOST * len(candidate.starts) <= worth(best.drafts):
            break
        thread = read_thread(candidate, tree, calendar)
        if worth(thread.drafts) > worth(best.drafts):
            best = thread
        if _is_complete(best):
            break
    return best


def _is_complete(thread: Thread) -> bool:
    return bool(thread.drafts) and worth(thread.drafts) >= _COMPLETE * len(thread.drafts)


def opening(thread: Thread, tree: etree._Element, source: str, url: str) -> Draft | None:
    """The first draft, where it is the post: on the first page of a forum's thread."""
    if not (thread.forum and thread.drafts):
        return None
    first = thread.drafts[0]
    if first.number is not None:
        return first if first.number == 1 else None
    return None if is_later_page(tree, source, url) else first
