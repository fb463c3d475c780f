"""The address that a page names as its own (`rel=canonical`), believed only where it is plausible. Pure.

It stands in a `Link` header or in a `<link rel=canonical>` in the head. Many sites get it wrong: each article names the
home page, the first page of its thread, the site before it moved, or whatever a template forgot. Believing that would
make many pages one and lose all but the first, while not believing costs one more fetch. So it is believed only

- where the page is no listing, feed, search, login or 404 page itself, and names only one address;
- that is on the same site, and on no host for staging or inside use that the page is not on itself;
- that is a twin of the page's own (`twins.py`), or has the same last part of the path on the same host or a twin of it,
  or is the long form of an address that tells its page by an id alone: `/?p=12` becomes `/2019/05/slug/`;
- that is neither the home page nor a folder above the page, and drops no parameter that may choose what is shown:
  one with a name like `id`, `p` or `page`, or any at all where a script makes the pages (`article.php?nr=7`).

`og:url` is not believed: it is what a site wants to be shared as, often its front page.
"""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import SplitResult, urlsplit

from crawler.addresses.sites import is_on_site, site_of
from crawler.addresses.twins import bare_host, bare_path, same_page
from crawler.addresses.urls import canonical
from crawler.lists.links import NO_ARTICLE
from crawler.tags import tags

_ABOUT = re.compile(rb"""[="'\s](?i:canonical)""")
_LINK = re.compile(r"<([^<>]*)>([^<]*)")
_REL = re.compile(r"""\brel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))""", re.IGNORECASE)
NO_PAGE = re.compile(r"(?:^|/)(?:404|error|not-?found)(?:\.\w+)?/?$", re.IGNORECASE)
SEARCH = re.compile(r"(?:s|search|query|keywords?|suche?)=", re.IGNORECASE)
INSIDE = re.compile(  # before a site's name: hosts that readers do not see
    r"(?:^|[.-])(?:staging|stage|stg|dev|test|testing|local|preview|preprod|beta|intranet|internal)\d*[.-]",
    re.IGNORECASE,
)
SELECTS = re.compile(
    r"(?:.*id|[pqtfsna]|nr|no|page|paged|pg|cpage|comment-page|start|offset|story|article|post|thread|topic|title|name|"
    r"slug|date|year|month|day|lang|hl|locale|cat)$",
    re.IGNORECASE,
)
PAGING = re.compile(r"(?:page|paged|pg|cpage|start|offset|st)=", re.IGNORECASE)
SCRIPT = re.compile(r"\.(?:php\d?|aspx?|cgi|cfm|jsp|pl|do)$", re.IGNORECASE)
ENDING = re.compile(r"\.(?:html?|php|aspx?|amp)$", re.IGNORECASE)


def named(body: bytes, headers: Mapping[str, str], url: str) -> str | None:
    """The canonical form of the address that the page at `url` names as its own; None where it is that of `url`."""
    found = {canonical(address, url) for address in _named(body, headers)}
    if len(found) != 1 or (target := found.pop()) is None:
        return None
    own = canonical(url) or url
    return target if target != own and _is_plausible(own, target) else None


def _named(body: bytes, headers: Mapping[str, str]) -> Iterator[str]:
    for address, about in _LINK.findall(headers.get("link", "")):
        if (rel := _REL.search(about)) and "canonical" in (rel[1] or rel[2] or "").lower().split():
            yield address
    for link in tags(body, b"link", _ABOUT):
        if "canonical" in link.get("rel", "").lower().split() and link.get("href", "").strip():
            yield link["href"]


def _is_plausible(own: str, target: str) -> bool:
    here, there = urlsplit(own), urlsplit(target)
    if _is_no_article(here) or _is_no_article(there) or not is_on_site(own, target):
        return False
    if there.hostname != here.hostname and INSIDE.search((there.hostname or "").removesuffix(site_of(target))):
        return False
    return same_page(own, target) or _is_another_path(here, there) or _is_long_form(here, there)


def _is_no_article(parts: SplitResult) -> bool:
    searches = any(SEARCH.match(part) for part in parts.query.split("&"))
    return searches or bool(NO_ARTICLE.search(parts.path) or NO_PAGE.search(parts.path))


def _is_another_path(here: SplitResult, there: SplitResult) -> bool:
    """Whether an article is named by another path to it, `/shoes/slug` as `/slug`, with all that chooses it."""
    if _place(here) != _place(there) or not _last(here) or _last(here) != _last(there) or _is_above(there, here):
        return False
    dropped = set(here.query.split("&")) - set(there.query.split("&"))
    return not any(part and (SCRIPT.search(here.path) or SELECTS.match(part.partition("=")[0])) for part in dropped)


def _is_long_form(here: SplitResult, there: SplitResult) -> bool:
    """Whether an address that is an id, `/?p=12` or `/article.php?id=12`, is named by words."""
    is_id = (SCRIPT.search(here.path) or not _last(here)) and any(map(str.isdigit, here.query))
    has_words = bool(_last(there)) and not SCRIPT.search(there.path) and not there.query
    paged = any(PAGING.match(part) for part in here.query.split("&"))
    return bool(is_id and has_words and not paged and not _is_above(there, here))


def _is_above(there: SplitResult, here: SplitResult) -> bool:
    """Whether `there` is the home page or a folder that `here` is in."""
    folder = bare_path(there.path)
    return bare_path(here.path).startswith(f"{folder}/")


def _place(parts: SplitResult) -> tuple[str, int | None]:
    return bare_host(parts.hostname or ""), parts.port


def _last(parts: SplitResult) -> str:
    """The last part of a path, without its ending; empty for a home page or an index."""
    return ENDING.sub("", bare_path(parts.path).rpartition("/")[2])
