"""A glance at a page's bytes: whether parsing it could show a sign of further parts at all.

Most articles show all they have, and this runs for each while crawling, so they are not parsed there. It is on the safe
side: what it lets pass is looked at properly, and it lets pass every page with a word of an engine whose hidden
comments have an address (WordPress, Blogger, Discourse), and every one with a link to an address that is its own but
for a page's number. All is compared in lower case, as patterns that ignore it take ten times as long.
"""

import re
from html import unescape

from reading.page import Page
from reading.routes.numbers import MAYBE, family, numbered
from reading.routes.sight import absolute

_IN_HEAD = (b"api.w.org", b"/feed", b"<base")
_SIGNS = (b"comments/default", b"comments\\/default", b"discourse", b"\0")  # the last of UTF-16, which is not searched
_HREF = re.compile(rb"href\s*=\s*[\"']?\s*([^\"'\s>]+)")
_CANONICAL = re.compile(rb"<link\b[^>]*\bcanonical\b[^>]*>")


def may_have_more(page: Page) -> bool:
    """Whether the page, an article in HTML, may show a sign of further parts of its thread."""
    text = page.body.lower()
    head = text.partition(b"</head")[0]
    if any(sign in head for sign in _IN_HEAD) or any(sign in text for sign in _SIGNS):
        return True
    if "w.org" in page.headers.get("link", ""):
        return True
    hrefs = {href for href in _HREF.findall(text) if MAYBE.search(href)}
    return bool(hrefs) and _is_numbered(page, text, hrefs)


def _is_numbered(page: Page, text: bytes, hrefs: set[bytes]) -> bool:
    """Whether one of the addresses is the page's own but for a number."""
    own = {family(address.lower()) for address in (page.url, page.requested, *_canonical(page, text))}
    whole = (_whole(page, href) for href in hrefs)
    found = (numbered(address) for address in whole if address)
    return any(family(target.url) in own for target in found if target)


def _canonical(page: Page, text: bytes) -> list[str]:
    """The address that the page calls canonical."""
    tags = _CANONICAL.findall(text) if b"canonical" in text else []
    named = (_whole(page, href) for tag in tags for href in _HREF.findall(tag))
    return [address for address in named if address]


def _whole(page: Page, href: bytes) -> str | None:
    return absolute(page.url.lower(), unescape(href.decode("utf-8", "replace")))
