"""Title, author and date of a post.

The title is a heading that fits what the page declares (`headline.py`). Author and date are taken from the first of
these that has them: JSON-LD, meta tags made for it, microdata, the lines around the title, other bylines and dates of
the page, its address. The comments are never looked into.
"""

import datetime
import re
from collections.abc import Set
from dataclasses import dataclass

from lxml import etree

from reading.dates import Calendar
from reading.declared import Declared
from reading.headline import around, headline
from reading.names import name
from reading.prose import line
from reading.shown import elsewhere, far_author, shown_author, shown_date, told_date
from reading.spots import spot_at

_TITLES = ("og:title", "twitter:title", "dc.title", "title", "headline")
_DATES = (
    "article:published_time", "og:article:published_time", "datepublished", "date", "dc.date", "dcterms.created",
    "dc.date.issued", "pubdate", "publishdate", "sailthru.date", "parsely-pub-date", "article:published", "og:pubdate",
)  # fmt: skip
_AUTHORS = ("author", "article:author", "dc.creator", "dcterms.creator", "parsely-author", "sailthru.author", "byl")
_PUBLISHED = ("datePublished", "dateCreated", "datePublished dateModified")
_IN_ADDRESS = re.compile(r"/((?:19|20)\d\d)/(\d\d?)/(\d\d?)(?:/|$)")
_MOST_AUTHORS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What a page says of its post."""

    title: str | None = None
    author: str | None = None
    date: datetime.date | None = None


def metadata(
    tree: etree._Element, url: str, said: Declared, calendar: Calendar, inside: Set[etree._Element]
) -> Metadata:
    """Title, author and date of the post; `said` is what it declares, `inside` are the elements of the comments."""
    heading, title = headline(tree, _titles(tree, said), said.metas.get("og:site_name", ""), inside)
    author = _declared_author(said)
    date = _declared_date(said, calendar) or _marked_date(tree, calendar, inside)
    if author is None or date is None:
        near = [] if heading is None else around(tree, heading, inside)
        dated = [spot for element in near if (spot := spot_at(element, calendar))]
        if not dated and date is None:
            dated = elsewhere(tree, calendar, inside)
        author = author or shown_author(near, dated) or _meta_author(said) or far_author(tree, inside)
        date = date or shown_date(dated, calendar) or told_date(tree, calendar, inside) or _address_date(url, calendar)
    return Metadata(title=title, author=author, date=date)


def _titles(tree: etree._Element, said: Declared) -> list[str]:
    top = next(tree.iter("title"), None)
    node = said.post()
    titles = [*(said.metas.get(key) for key in _TITLES), node.get("headline"), node.get("name")]
    titles.append(None if top is None else " ".join((top.text or "").split()))
    return [title for title in titles if isinstance(title, str) and title]


def _declared_author(said: Declared) -> str | None:
    node = said.post()
    names = said.names(node.get("author") or node.get("creator"))
    found = [one for text in names[:_MOST_AUTHORS] if (one := name(text))]
    return ", ".join(dict.fromkeys(found)) or None


def _meta_author(said: Declared) -> str | None:
    texts = (said.metas.get(key) for key in _AUTHORS)
    return next((found for text in texts if text and "/" not in text and (found := name(text))), None)


def _declared_date(said: Declared, calendar: Calendar) -> datetime.date | None:
    node = said.post()
    for text in (node.get("datePublished"), node.get("dateCreated"), *(said.metas.get(key) for key in _DATES)):
        if isinstance(text, str) and (found := calendar.read(text)):
            return found
    return None


def _marked_date(tree: etree._Element, calendar: Calendar, inside: Set[etree._Element]) -> datetime.date | None:
    """The date that microdata, or a `<time pubdate>`, calls that of publication."""
    for element in tree.iter("time", "meta", "abbr", "span"):
        named = element.get("itemprop") in _PUBLISHED or "published" in (element.get("class") or "").split()
        if not named and element.get("pubdate") is None:
            continue
        if any(one in inside for one in (element, *element.iterancestors())):
            continue
        text = element.get("content") or element.get("datetime") or element.get("title") or line(element)
        if found := calendar.read(text):
            return found
    return None


def _address_date(url: str, calendar: Calendar) -> datetime.date | None:
    match = _IN_ADDRESS.search(url)
    return calendar.read("-".join(f"{int(part):02}" for part in match.groups())) if match else None
