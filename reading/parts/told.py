"""A comment as a feed or an API tells it: named fields, and its words as HTML.

What it is, and what it answers, it says by names of its own (`name`, `answers`) that are brought to one form in
`reading/identity.py`. Dates are taken in the words of the source: the day that the site's own clock showed.
"""

import html
import re
from collections.abc import Callable

from lxml import etree

from reading.dates import Calendar
from reading.document import CommentKind, Unreadable
from reading.draft import Draft
from reading.parse import parse
from reading.prose import Prose, prose
from reading.selector import elements

_MARKUP = re.compile(r"<[a-z/!][^<>]*>", re.I)
_PINGBACK = re.compile(r"^\s*\[?(?:…|\.{3})\]?\s.*\s\[?(?:…|\.{3})\]?(?:\s*\[\s*(?:…|\.{3})\s*\])?\s*$", re.S)
_MAIL = re.compile(r"^\S+@\S+\s*\((?P<name>.+)\)$")


def told(
    calendar: Calendar,
    *,
    words: Prose,
    author: str | None,
    date: str | None,
    permalink: str | None,
    name: str | None,
    answers: str | None = None,
    kind: CommentKind = CommentKind.COMMENT,
    edited: bool = False,
    number: int | None = None,
) -> Draft:
    """A draft of it."""
    return Draft(
        elements=(),
        prose=words,
        author=plain(author),
        when=calendar.find(date),
        permalink=permalink,
        kind=kind,
        edited=edited,
        key=name,
        parent=answers,
        number=number,
    )


def words(
    markup: str, *, skip: str = "", quoted: str = "", before: Callable[[etree._Element], None] | None = None
) -> Prose:
    """The text of HTML, or of plain text with its lines; `before` may change the tree first."""
    if not _MARKUP.search(markup):
        markup = html.escape(html.unescape(markup), quote=False).strip().replace("\n", "<br>")
    tree = parse(markup)
    if isinstance(tree, Unreadable):
        return Prose()
    if before:
        before(tree)
    return prose(tree, elements(skip, tree) if skip else (), elements(quoted, tree) if quoted else ())


def plain(text: str | None) -> str | None:
    """A name without entities, white space and the mail address that RSS puts before it."""
    said = " ".join(html.unescape(text or "").split())
    found = _MAIL.match(said)
    return (found["name"] if found else said) or None


def is_excerpt(text: str) -> bool:
    """Whether it is the piece of another page that a pingback quotes: [...] words [...]."""
    return text.lstrip().startswith(("[", "…")) and bool(_PINGBACK.match(text))
