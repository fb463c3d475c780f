"""A glance at a page's bytes: whether parsing it could show a sign of further parts at all.

Most articles show all they have, and this runs for each while crawling, so they are not parsed there. It is on the safe
side: what it lets pass is looked at properly, and it lets pass every page with a word of an engine whose hidden
comments have an address (WordPress, Blogger, Discourse), and every one with a link to an address that is its own but
for a page's number.
"""

import re
from html import unescape

from reading.page import Page
from reading.routes.numbers import MAYBE, family, numbered
from reading.routes.sight import absolute

_SIGNS = (b"api.w.org", b"/feed", b"comments/default", b"comments\\/default", b"iscourse", b"<base", b"\0")
_HREF = re.compile(rb"\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+))", re.IGNORECASE)
_CANONICAL = re.compile(rb"<link\b[^>]*\bcanonical\b[^>]*>", re.IGNORECASE)


def may_have_more(page: Page) -> bool:
    """Whether the page, an article in HTML, may show a sign of further parts of its thread."""
    if "w.org" in page.headers.get("link", "") or any(sign in page.body for sign in _SIGNS):
        return True
    own = {family(address) for address in (page.url, page.requested, *_canonical(page))}
    hrefs = (double or single or bare for double, single, bare in _HREF.findall(page.body))
    for href in {href for href in hrefs if MAYBE.search(href.lower())}:
        whole = absolute(page.url, unescape(href.decode("utf-8", "replace")))
        if whole and (target := numbered(whole)) and family(target.url) in own:
            return True
    return False


def _canonical(page: Page) -> list[str]:
    """The address that the page calls canonical."""
    named = (_HREF.search(tag) for tag in _CANONICAL.findall(page.body))
    hrefs = (next(filter(None, href.groups())).decode("utf-8", "replace") for href in named if href and href[0])
    return [whole for href in hrefs if (whole := absolute(page.url, unescape(href)))]
