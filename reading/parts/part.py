"""A further part of a thread, whatever its format, as drafts.

JSON that is a list is WordPress's, with a `post_stream` Discourse's; XML that is a feed is read as one; what else is
HTML is read as an article's comments are. Permalinks leave here absolute.
"""

import json
from dataclasses import dataclass
from urllib.parse import urljoin

from lxml import etree

from reading.charset import decode
from reading.comments import find_thread
from reading.dates import Calendar
from reading.declared import declared
from reading.document import Unreadable
from reading.draft import Draft
from reading.form import Form, form
from reading.page import Outcome, Page
from reading.parse import parse
from reading.parts import discourse, feed, wordpress
from reading.routes.numbers import numbered

# What other people's code raises on hostile input: a part that cannot be read is no loss of the others.
_OWN = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError)
_FAILURES = (*_OWN, etree.LxmlError, RecursionError, AssertionError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The comments of one part. `number` is its place among the pages of a thread; None: a feed's or an API's."""

    drafts: list[Draft]
    number: int | None


def read_part(page: Page) -> Part | None:
    """The part's comments; None if there are none to be read."""
    if page.outcome is not Outcome.STORED:
        return None
    try:
        drafts = _drafts(page)
    except _FAILURES:
        return None
    return Part(drafts=drafts, number=_number(page) if form(page.body) is Form.HTML else None) if drafts else None


def _drafts(page: Page) -> list[Draft]:
    calendar = Calendar(now=page.fetched_at)
    match form(page.body):
        case Form.JSON:
            said = json.loads(decode(page.body, page.headers))
            found = wordpress.drafts(said, calendar) if isinstance(said, list) else discourse.drafts(said, calendar)
        case Form.FEED:
            found = feed.drafts(page.body, page.url, page.headers.get("content-type", ""), calendar)
        case Form.HTML:
            found = _of_html(page)
    return with_whole_links(found, page.url)


def _of_html(page: Page) -> list[Draft]:
    source = decode(page.body, page.headers)
    tree = parse(source)
    if isinstance(tree, Unreadable):
        return []
    calendar = Calendar(now=page.fetched_at, tag=tree.get("lang") or "")
    return find_thread(tree, source, calendar, declared(tree)).drafts


def with_whole_links(drafts: list[Draft], url: str) -> list[Draft]:
    """The drafts, their permalinks absolute."""
    for draft in drafts:
        try:
            draft.permalink = urljoin(url, draft.permalink) if draft.permalink else None
        except ValueError:  # no address, such as http://[
            draft.permalink = None
    return drafts


def _number(page: Page) -> int:
    found = numbered(page.url) or numbered(page.requested)
    return found.number if found else 0
