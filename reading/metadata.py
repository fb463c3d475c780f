"""Title, author and date of a post.

Each is taken from the first of these that has it: what the page declares (JSON-LD, Open Graph and other meta tags),
then what it shows outside the comments (microdata, headings, bylines, `<time>`), then its address. A title loses the
site's name when a heading of the page is contained in it.
"""

import datetime
import re
from dataclasses import dataclass

from lxml import etree

from reading.dates import Calendar
from reading.draft import Draft
from reading.names import name
from reading.prose import line
from reading.selector import select

_HEADINGS = "h1, h2.entry-title, h3.entry-title, .post-title, .entry-title, .storytitle, [itemprop=headline], h2, h3"
_TITLES = ("og:title", "twitter:title", "dc.title", "title", "headline")
_DATES = (
    "article:published_time", "og:article:published_time", "datepublished", "date", "dc.date", "dcterms.created",
    "dc.date.issued", "pubdate", "publishdate", "sailthru.date", "parsely-pub-date", "article:published",
)  # fmt: skip
_AUTHORS = ("author", "article:author", "dc.creator", "dcterms.creator", "parsely-author", "sailthru.author", "byl")
_SHOWN_AUTHORS = (
    "[rel~=author]", "[itemprop=author] [itemprop=name]", "[itemprop=author]", ".post-author .fn", ".vcard .fn",
    ".entry-author", ".author .fn", ".byline .author", ".author-name", ".post-author", ".byline", ".author", ".meta",
)  # fmt: skip
_SHOWN_DATES = (
    "[itemprop=datePublished]::attr(content)", "[itemprop=datePublished]::attr(datetime)",
    "abbr.published::attr(title)", "time.published::attr(datetime)", "time.entry-date::attr(datetime)",
    "time[pubdate]::attr(datetime)", "article time::attr(datetime)", "time::attr(datetime)",
    ".entry-date", ".post-date", ".published", ".date-header", ".post-timestamp", ".timestamp", ".date", ".posted-on",
    ".postmetadata", ".post-meta", ".entry-meta", ".meta", ".byline",
)  # fmt: skip
_IN_ADDRESS = re.compile(r"/((?:19|20)\d\d)/(\d\d?)/(\d\d?)(?:/|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What a page says of its post."""

    title: str | None = None
    author: str | None = None
    date: datetime.date | None = None


def metadata(tree: etree._Element, url: str, calendar: Calendar, drafts: list[Draft]) -> Metadata:
    """Title, author and date of the post, found outside the comments."""
    said = _meta(tree)
    inside = {element for draft in drafts for element in draft.elements}
    return Metadata(
        title=_title(tree, said, inside),
        author=_author(tree, said, inside),
        date=_date(tree, said, inside, url, calendar),
    )


def _meta(tree: etree._Element) -> dict[str, str]:
    said: dict[str, str] = {}
    for element in tree.iter("meta"):
        key = element.get("property") or element.get("name") or element.get("itemprop")
        if key and (content := element.get("content")):
            said.setdefault(key.lower(), " ".join(content.split()))
    return said


def _outside(element: etree._Element | None, inside: set[etree._Element]) -> bool:
    return element is not None and element not in inside and inside.isdisjoint(element.iterancestors())


def _shown(selector: str, tree: etree._Element, inside: set[etree._Element]) -> list[str]:
    found = []
    for hit in select(selector, tree):
        at = hit if isinstance(hit, etree._Element) else hit.getparent()  # type: ignore[attr-defined]
        if _outside(at, inside):
            found.append(hit if isinstance(hit, str) else line(hit))
    return found


def _title(tree: etree._Element, said: dict[str, str], inside: set[etree._Element]) -> str | None:
    declared = [said[key] for key in _TITLES if said.get(key)]
    top = tree.find(".//title")
    if top is not None:
        declared.append(" ".join((top.text or "").split()))
    shown = [text for text in _shown(_HEADINGS, tree, inside) if text]
    for whole in declared:
        parts = [text for text in shown if text in whole]
        if parts and len(best := max(parts, key=len)) * 2 > len(whole):
            return best
    return next((text for text in (*declared, *shown) if text), None)


def _author(tree: etree._Element, said: dict[str, str], inside: set[etree._Element]) -> str | None:
    for key in _AUTHORS:
        if (text := said.get(key)) and "/" not in text and (found := name(text)):
            return found
    for selector in _SHOWN_AUTHORS:
        for text in _shown(selector, tree, inside):
            if found := name(text):
                return found
    return None


def _date(
    tree: etree._Element, said: dict[str, str], inside: set[etree._Element], url: str, calendar: Calendar
) -> datetime.date | None:
    for key in _DATES:
        if found := calendar.read(said.get(key)):
            return found
    for selector in _SHOWN_DATES:
        for text in _shown(selector, tree, inside):
            if found := calendar.read(text):
                return found
    if match := _IN_ADDRESS.search(url):
        return calendar.read("-".join(f"{int(part):02}" for part in match.groups()))
    return None
