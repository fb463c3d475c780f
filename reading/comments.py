"""Finds the comments of a page: which of the readers is believed.

Every engine whose signs stand in the page's source reads it; the one that finds most comments, counting what it
knows of each, is believed. Where none finds any, or hardly any author or date, the general reader reads too, and is
believed if it finds more.
"""

import re
from urllib.parse import urlsplit

from lxml import etree

from reading.dates import Calendar
from reading.draft import Draft, Thread
from reading.engine import engines
from reading.general import read_general
from reading.thread import read_thread, worth

_COMPLETE = 2.7  # of 3 for each comment: words, author, date; an engine that finds less has its marks misused
_LATER_PAGE = re.compile(
    r"(?:[?&;/_-](?:page|p|seite|side|sida|pagina|pg)[=/_-]?(?!1(?!\d)|0(?!\d))\d{1,5}(?!\d)"
    r"|[?&;](?:start|st|offset|page_start)=(?!0(?!\d))\d+|[/-]\d+-(?!1\.)\d{1,4}\.html)"
)


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


def opening(thread: Thread, tree: etree._Element, url: str) -> Draft | None:
    """The first draft, where it is the post: on the first page of a forum's thread."""
    if not (thread.forum and thread.drafts):
        return None
    first = thread.drafts[0]
    if first.number is not None:
        return first if first.number == 1 else None
    return None if is_later_page(tree, url) else first


def is_later_page(tree: etree._Element, url: str) -> bool:
    """Whether the page is the second or a later one of its thread, by its links or its address."""
    if tree.find(".//link[@rel='prev']") is not None:
        return True
    canonical = tree.find(".//link[@rel='canonical']")
    addresses = [url] if canonical is None else [url, canonical.get("href") or ""]
    return any(_LATER_PAGE.search(_tail(address)) for address in addresses)


def _tail(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return f"{parts.path}?{parts.query}"
