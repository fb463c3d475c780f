"""Finds the comments of a page: which of the readers is believed.

1. Structured data: JSON-LD, where it tells at least as much as the page shows: as many comments, authors and dates, as
   many words (some pages declare the first hundred characters of each), answers as such. Microdata and microformats
   stand in the markup and are read as a declaration of their own; an engine's that finds as many knows more of each.
2. Engines: each whose classes and signs stand in the page reads it; the one that finds most comments, counting what it
   knows of each, is believed.
3. The general reader, where these find none, or hardly any author or date, and if it finds more.
"""

from dataclasses import replace

from lxml import etree

from reading.dates import Calendar
from reading.declared import Declared
from reading.draft import Draft, Thread
from reading.engine import engines
from reading.evidence import is_opening
from reading.general import read_general
from reading.pagination import is_later_page
from reading.selector import names_in
from reading.structured import MICRODATA, MICROFORMATS, read_json_ld
from reading.thread import candidates, read_thread, worth

_AS_LONG = 0.95  # of the letters shown; white space and buttons may differ
_UNAWARE = (MICRODATA.name, MICROFORMATS.name)  # these do not tell a forum from a blog
_MOST = 3  # that is worth knowing of a comment: words, author, date
_COMPLETE = 2.7  # of these; an engine that finds less has its marks misused


def find_thread(tree: etree._Element, source: str, calendar: Calendar, said: Declared | None = None) -> Thread:
    """The page's thread, empty if it has none; `said` is what the page declares, where that may hold it."""
    shown = _declared(tree, source, calendar)
    if not _is_complete(shown):
        other = read_general(tree, calendar)
        shown = other if worth(other.drafts) > worth(shown.drafts) else shown
    told = read_json_ld(said, calendar) if said else Thread()
    if told.drafts and not shown.forum and _tells_as_much(told.drafts, shown.drafts):
        return replace(told, shown=tuple(shown.elements()))
    return shown


def _tells_as_much(told: list[Draft], shown: list[Draft]) -> bool:
    return (
        worth(told) >= worth(shown)
        and _letters(told) >= _AS_LONG * _letters(shown)
        and sum(draft.parent is not None for draft in told)
        >= sum(draft.parent is not None or bool(draft.depth) for draft in shown)
    )


def _letters(drafts: list[Draft]) -> int:
    return sum(len(draft.prose.text) for draft in drafts)


def _declared(tree: etree._Element, source: str, calendar: Calendar) -> Thread:
    """The best reading by a declaration: those that find most are read first, and the first complete one is it."""
    present = names_in(tree)
    found = [
        one for engine in (*engines(), MICRODATA, MICROFORMATS) for one in candidates(engine, tree, source, present)
    ]
    best = Thread()
    for candidate in sorted(found, key=lambda one: len(one.starts), reverse=True):
        if _MOST * len(candidate.starts) <= worth(best.drafts):
            break
        thread = read_thread(candidate, tree, calendar)
        if worth(thread.drafts) > worth(best.drafts):
            best = thread
        if _is_complete(best):
            break
    if best.reader in _UNAWARE:
        first = best.drafts[0].elements[0]
        return replace(best, forum=is_opening(first, [first], tree))
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
