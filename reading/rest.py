"""Which addresses hold the rest of a thread that a page shows in part. Pure and quick: it runs while crawling.

A request is worth a site's trouble only where there is a sign of more. The signs, in this order, the first that says
something:

1. An entry of a feed (`entry.py`) that names a feed of its comments.
2. Numbered pages of comments, or of a forum's thread, that the page links to (`routes/pages.py`).
3. A Discourse topic whose posts scripts load: its JSON (`routes/discourse.py`). Where the article is that JSON itself:
   the posts that it names and does not hold. Other threads in JSON are whole but for what Reddit only counts.
4. More comments said than shown (`routes/count.py`): on Blogger the comment feed of the post, on WordPress the comments
   route of its API, else the comment feed of the post (`routes/wordpress.py`).

A part that was fetched may name further ones: a later page the pages after it, a feed its next page, an API's answer
the further answers. An address may be named by several parts; fetching it once is the crawler's business, as is how
many parts of a thread it fetches at all.
"""

import re

from reading.entry import CONTENT_TYPE, Entry
from reading.form import HEAD, Form, form
from reading.page import Link, Outcome, Page, PageKind
from reading.routes import blogger, count, discourse, wordpress
from reading.routes.glance import may_have_more
from reading.routes.numbers import family
from reading.routes.pages import numbered_pages
from reading.routes.sight import Sight, absolute, part, sight

_LINK = re.compile(rb"<(?:atom:)?link\b[^>]*>")
_NEXT = re.compile(rb"\brel=[\"']next[\"']")
_HREF = re.compile(rb"\bhref=[\"']([^\"']+)[\"']")
# What an address or a page can hold that makes parsers of addresses and trees give up.
_FAILURES = (ValueError, LookupError, TypeError, AttributeError, RecursionError, OverflowError)


def rest_of_thread(page: Page) -> tuple[Link, ...]:
    """The addresses of further parts of the page's thread, in the order to fetch them in; none if it shows all.

    `page` is an article, or a part of its thread as it was fetched: also one that was refused, which may have a
    second way. What cannot be read names nothing.
    """
    try:
        found = _further(page) if page.kind is PageKind.THREAD else _of_article(page)
    except _FAILURES:
        return ()
    own = {page.url, page.requested}
    return tuple(dict.fromkeys(link for link in found if link.url not in own))


def _of_article(page: Page) -> tuple[Link, ...]:
    if page.headers.get("content-type", "").startswith(CONTENT_TYPE):
        feed = absolute(page.url, Entry.from_body(page.body).comments_url)
        return (part(feed),) if feed else ()
    if form(page.body) is Form.JSON:
        return discourse.further(page)
    seen = sight(page) if may_have_more(page) else None
    if seen is None:
        return ()
    return numbered_pages(seen) or discourse.topic_json(seen) or _hidden(seen)


def _hidden(seen: Sight) -> tuple[Link, ...]:
    """What the page says it has and does not show."""
    found = blogger.comment_feed(seen) or wordpress.api_or_feed(seen)
    said = count.said(seen) if found else 0
    return found if said and said > count.shown(seen) else ()


def _further(page: Page) -> tuple[Link, ...]:
    """What a part that was fetched leads to."""
    if wordpress.is_answer(page):
        return wordpress.further(page)
    if page.outcome is not Outcome.STORED:
        return ()
    match form(page.body):
        case Form.JSON:
            return discourse.further(page)
        case Form.FEED:
            return _next_of_feed(page)
        case Form.HTML:
            seen = sight(page)
            return numbered_pages(seen) if seen else ()


def _next_of_feed(page: Page) -> tuple[Link, ...]:
    head = re.split(rb"<(?:entry|item)\b", page.body[:HEAD])[0]
    for said in _LINK.findall(head):
        if _NEXT.search(said) and (href := _HREF.search(said)):
            url = absolute(page.url, href[1].decode("utf-8", "replace").replace("&amp;", "&"))
            if url and family(url).partition("?")[0] == family(page.url).partition("?")[0]:
                return (part(url),)
    return ()
