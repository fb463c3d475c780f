"""WordPress: the comments route of its REST API, else the comment feed of the post.

Only where a page says that it has more comments than it shows: comments that scripts load, comments on pages that no
link leads to. The API gives a hundred at a time and says how many pages there are; the feed gives the newest ten. Where
a site refuses the API (many do), its answer leads to the feed.
"""

import json
import re
from urllib.parse import urlsplit

from reading.page import Link, Outcome, Page
from reading.routes.numbers import family
from reading.routes.sight import Sight, absolute, part

PER_PAGE = 100  # comments; the most that the API gives
_ROUTE = "wp/v2/comments"
_IN_API = re.compile(r"(?:wp/v2|%2Fwp%2Fv2%2F)/?(?:posts|pages)(?:/|%2F)(\d+)", re.I)
_SHORT = re.compile(r"[?&]p(?:age_id)?=(\d+)")
_IN_BODY = re.compile(r"\b(?:postid|page-id)-(\d+)\b")
_FEEDS = ("application/rss+xml", "application/atom+xml")
_OF_POST = re.compile(r"[?&]post=(\d+)")
_PAGE = re.compile(r"([?&])page=(\d+)")
_NEXT = re.compile(r"<([^<>\s]+)>\s*;\s*rel=\"?next")
_REFUSED = (Outcome.FORBIDDEN, Outcome.GONE, Outcome.BROKEN, Outcome.NOT_TEXT)
_MOST_PAGES = 200  # of the API: 20,000 comments


def api_or_feed(sight: Sight) -> tuple[Link, ...]:
    """The first page of the API's answer, else the post's comment feed; nothing where the page names neither."""
    base = next((href for rel, _, href in sight.head_links if rel == "https://api.w.org/"), None)
    post = _post(sight)
    if base and post:
        mark = "&" if "?" in base else "?"
        return (part(f"{base.rstrip('/')}/{_ROUTE}{mark}post={post}&per_page={PER_PAGE}&order=asc"),)
    feed = post_feed(sight)
    return (part(feed),) if feed else ()


def post_feed(sight: Sight) -> str | None:
    """The feed that lies under the post's own address."""
    own = {family(address) for address in sight.addresses}
    for rel, kind, href in sight.head_links:
        path = urlsplit(href).path.rstrip("/")
        if rel != "alternate" or kind not in _FEEDS:
            continue
        if path.endswith(("/feed", "/feed/atom")) and family(re.sub(r"/feed(?:/atom)?/?$", "/", href)) in own:
            at_home = urlsplit(sight.page.url).path.strip("/") == ""
            return None if at_home else href
    return None


def is_answer(page: Page) -> bool:
    """Whether a part is what the API answered."""
    return _ROUTE in page.requested or _ROUTE in page.url


def further(page: Page) -> tuple[Link, ...]:
    """The further pages of the API's answer; where it refused, the feed of the post."""
    if page.outcome in _REFUSED:
        return _feed_instead(page.requested)
    if found := _PAGE.search(page.requested):
        at, sample = int(found[2]), _PAGE.sub(r"\1page={}", page.requested)
    else:
        at, sample = 1, page.requested + "&page={}"
    said = page.headers.get("x-wp-totalpages", "")
    if said.isdecimal():
        return tuple(part(sample.replace("{}", str(n))) for n in range(at + 1, min(int(said), _MOST_PAGES) + 1))
    if following := _NEXT.search(page.headers.get("link", "")):
        whole = absolute(page.url, following[1])
        return (part(whole),) if whole else ()
    return (part(sample.replace("{}", str(at + 1))),) if _is_full(page.body) and at < _MOST_PAGES else ()


def _is_full(body: bytes) -> bool:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, list) and len(found) >= PER_PAGE


def _feed_instead(requested: str) -> tuple[Link, ...]:
    post = _OF_POST.search(requested)
    site = re.split(r"wp-json/|index\.php|\?rest_route", requested)[0]
    return (part(f"{site}?feed=rss2&p={post[1]}"),) if post else ()


def _post(sight: Sight) -> str | None:
    """The post's number: by the API's address of it, by the short link, by the body's class."""
    for rel, kind, href in sight.head_links:
        if rel == "alternate" and "json" in kind and (found := _IN_API.search(href)):
            return found[1]
    for rel, _, href in sight.head_links:
        if rel == "shortlink" and (found := _SHORT.search(href)):
            return found[1]
    body = sight.tree.find(".//body")
    found = _IN_BODY.search("" if body is None else body.get("class") or "")
    return found[1] if found else None
