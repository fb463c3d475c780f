"""A page becomes a Document, with the further parts of its thread: what it is read for, in the order of the path.

Bytes to text, text to tree, comments, title and author and date, and last the post, for which the comments are taken
out of the tree. A thread in JSON takes a way of its own (`reading/topics`). No exception leaves `read`: what cannot be
read is an `Unreadable` with its reason.
"""

from collections.abc import Sequence
from dataclasses import replace

from lxml import etree

from reading.charset import decode
from reading.comments import find_thread, opening
from reading.dates import Calendar
from reading.declared import declared
from reading.document import Document, Unreadable
from reading.draft import comments
from reading.entry import CONTENT_TYPE, read_entry
from reading.join import joined, post_of
from reading.kind import not_text
from reading.language import language
from reading.licence import licence
from reading.media import of_post, shown
from reading.metadata import metadata
from reading.page import Outcome, Page
from reading.parse import parse
from reading.post import post
from reading.topics import read_topic

# What other people's code raises on hostile input; a real error of ours shows in the tests and the fuzz run.
_FAILURES = (etree.LxmlError, ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError)


def read(page: Page) -> Document | Unreadable:
    """The page as text, or why there is none. Relative dates count from `page.fetched_at`."""
    return read_thread(page, ())


def read_thread(page: Page, parts: Sequence[Page]) -> Document | Unreadable:
    """The article with the comments of all parts of its thread, each once. A part that cannot be read is left out."""
    if page.headers.get("content-type", "").startswith(CONTENT_TYPE):
        return _with_comments(read_entry(page), page, parts)
    try:
        return read_topic(page, parts) or _read_page(page, parts)
    except _FAILURES as error:
        return Unreadable(outcome=Outcome.BROKEN, reason=f"{type(error).__name__}: {error}"[:200])


def read_text(url: str, text: str) -> Document:
    """Plain text with a paragraph a line, unchanged, so that offsets into it stay true."""
    return Document(url=url, text=text, language=language(text))


def _with_comments(found: Document | Unreadable, page: Page, parts: Sequence[Page]) -> Document | Unreadable:
    """An entry of a feed with the comments of its parts."""
    if isinstance(found, Unreadable) or not parts:
        return found
    drafts = joined([], parts, url=found.url)
    return replace(found, comments=comments(drafts, Calendar(now=page.fetched_at), found.url))


def _read_page(page: Page, parts: Sequence[Page]) -> Document | Unreadable:
    if reason := not_text(page.body, page.headers):
        return Unreadable(outcome=Outcome.NOT_TEXT, reason=reason)
    text = decode(page.body, page.headers)
    if page.headers.get("content-type", "").startswith("text/plain"):
        return _unless_empty(read_text(page.url, text))
    return _read_html(page, text, parts)


def _read_html(page: Page, text: str, parts: Sequence[Page]) -> Document | Unreadable:
    tree = parse(text)
    if isinstance(tree, Unreadable):
        return tree
    tag = tree.get("lang") or ""
    calendar = Calendar(now=page.fetched_at, tag=tag)
    said = declared(tree)
    thread = find_thread(tree, text, calendar, said)
    about = metadata(tree, page.url, said, calendar, set(thread.elements()))
    first = opening(thread, tree, text, page.url) if thread.drafts else post_of(parts)
    if thread.forum and not first:  # a later page of a thread: the post is not on it
        about = replace(about, author=None, date=None)
    seen = shown(tree)  # before the post is taken from the tree
    free = licence(tree, page.url, said, set(thread.elements()).difference(first.elements if first else ()))
    if first:
        words = first.prose
        about = replace(about, author=first.author, date=calendar.settle(d.when for d in (first, *thread.drafts))[0])
    else:
        words = post(tree, page.url, thread.elements())
    own = thread.drafts[1:] if first else thread.drafts
    drafts = joined(own, parts, url=page.url, post=first, forum=thread.forum)
    return _unless_empty(
        Document(
            url=page.url,
            text=words.text,
            title=about.title,
            author=about.author,
            date=about.date,
            language=language(words.text or " ".join(d.prose.text for d in thread.drafts), hint=tag),
            headings=words.headings,
            comments=comments(drafts, calendar, page.url),
            media=of_post(seen, tree, words.text, page.url, said.metas, elements=first.elements if first else ()),
            licence=free,
        )
    )


def _unless_empty(document: Document) -> Document | Unreadable:
    if document.text.strip() or document.comments:
        return document
    return Unreadable(outcome=Outcome.EMPTY, reason="the page holds no text")
