"""A feed, before it takes a format: made once, so that Atom, RSS and JSON Feed say the same.

An item's id is a tag URI (RFC 4151) made of its cluster's, under an authority that never changes (setting
`feed_authority`), whatever site publishes it. Its text is the passage as its editors made it, as much of it as may be
shown (publish/rules.py), with a line that names and links to author and page. Characters that XML cannot hold are
dropped from all three.
"""

import mimetypes
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from html import escape
from typing import Protocol
from urllib.parse import urlsplit

from publish.rules import Shown, shown
from storage.entries import Elsewhere, Entry, Removed
from stories.languages import LANGUAGES

NAME = "Goodturn"
DESCRIPTION = "True stories of great, kind, human customer service, chosen by editors."
BEGINNING = "1970-01-01T00:00:00Z"  # when a feed changed in which nothing was yet
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
UNKNOWN = "unknown"  # the word for a channel that the story does not tell
MOST_TITLE = 300  # characters; a title of a megabyte is somebody's mistake


class Format(StrEnum):
    """What a feed can be asked for as; the end of its address."""

    ATOM = "atom"
    RSS = "rss"
    JSON = "json"


TYPES = {Format.ATOM: "application/atom+xml", Format.RSS: "application/rss+xml", Format.JSON: "application/feed+json"}


class Wishes(Protocol):
    """What of the settings an item is made by."""

    @property
    def site(self) -> str:
        """The public address of what is published."""

    @property
    def feed_authority(self) -> str:
        """Who owns the ids (RFC 4151)."""

    @property
    def excerpt(self) -> int:
        """How many characters of a story are shown, where its source says nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A category: of which kind, its value, and what people call that. `scheme` is an address that names the kind."""

    kind: str
    value: str
    label: str
    scheme: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """A picture or video by its address; `type` where the address tells it."""

    kind: str
    url: str
    alt: str
    type: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An entry as all formats show it. `page` is our own page of it, on `site`; `url` None where its page has no web
    address; moments are RFC 3339. `whole` is whether `text` is all of the story."""

    id: str
    cluster: str
    site: str
    page: str
    title: str
    summary: str | None
    text: str
    html: str
    whole: bool
    url: str | None
    place: str
    page_title: str | None
    author: str
    date: str | None
    language: str | None
    sector: str
    channel: str
    teller: str
    companies: tuple[str, ...]
    licence: str | None
    published: str
    updated: str
    tellings: int
    others: tuple[Elsewhere, ...]
    media: tuple[Medium, ...]
    archived: bool

    @property
    def tags(self) -> list[Tag]:
        """Its categories. An unknown channel is none."""
        named = [("sector", self.sector), ("channel", self.channel), ("language", self.language or "")]
        named += [("company", name) for name in self.companies]
        return [
            Tag(kind=kind, value=value, label=_label(kind, value), scheme=f"{self.site}/#{kind}")
            for kind, value in named
            if value not in ("", UNKNOWN)
        ]

    @property
    def licence_address(self) -> str | None:
        """The address of its licence, where that has one."""
        return web(self.licence or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """An entry that was taken back: its id, our page of it that was, and when."""

    id: str
    page: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed without its items. `id` is that of all its pages; `address` is its own, `next` goes on where there is
    more, `older` is the next older page of the archive, `current` the live feed of an archive's page: each with
    `{format}` where the format's ending comes. `gone` was taken back. `hub` is told when the feed changes."""

    id: str
    title: str
    site: str
    address: str
    updated: str
    gone: tuple[Gone, ...] = ()
    language: str | None = None
    next: str | None = None
    older: str | None = None
    current: str | None = None
    hub: str | None = None


def at(address: str, format: Format) -> str:
    """An address in a format."""
    return address.replace("{format}", format)


def tag(authority: str, cluster: str) -> str:
    """The id of an entry for ever."""
    return f"tag:{authority}:story/{cluster}"


def item(entry: Entry, by: Wishes, *, whole: bool = False) -> Item:
    """An entry as an item."""
    url, site = web(entry.url), by.site.rstrip("/")
    place = clean((url and urlsplit(url).hostname) or NAME).removeprefix("www.")
    author = _line(entry.author or "") or place
    allowed = shown(entry, by.excerpt, whole=whole)
    text = clean(allowed.text).strip()
    return Item(
        id=tag(by.feed_authority, entry.id),
        cluster=entry.id,
        site=site,
        page=f"{site}/story/{entry.id}",
        title=_line(entry.title) or place,
        summary=clean(entry.summary or "").strip() or None,
        text=text,
        html=_html(entry, allowed, text, author=author, place=place, url=url),
        whole=allowed.whole,
        url=url,
        place=place,
        page_title=_line(entry.page_title or "") or None,
        author=author,
        date=entry.date,
        language=entry.language,
        sector=entry.sector,
        channel=entry.channel,
        teller=entry.teller,
        companies=tuple(name for each in entry.companies if (name := _line(each))),
        licence=web(allowed.licence or "") or (_line(allowed.licence or "") or None),
        published=entry.published_at,
        updated=entry.updated_at,
        tellings=entry.tellings,
        others=tuple(other for other in map(_elsewhere, entry.others) if other),
        media=tuple(medium for medium in map(_medium, entry.media) if medium and not allowed.asked),
        archived=allowed.archived,
    )


def bare(one: Item) -> Item:
    """An item by title and link alone, for the archive, where its page asks not to be archived."""
    html = f"<p>{_credit(one.author, one.place, one.url, one.date, one.licence_address)}</p>"
    return replace(one, summary=None, text="", html=_div(one.language, html), whole=False, media=())


def gone(removed: Removed, by: Wishes) -> Gone:
    """An entry that was taken back."""
    page = f"{by.site.rstrip('/')}/story/{removed.id}"
    return Gone(id=tag(by.feed_authority, removed.id), page=page, at=removed.at)


def updated(items: Sequence[Item], gone: Sequence[Gone]) -> str:
    """When the newest of these changed."""
    return max([BEGINNING, *(one.updated for one in items), *(one.at for one in gone)])


def _html(entry: Entry, allowed: Shown, text: str, *, author: str, place: str, url: str | None) -> str:
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in text.split("\n") if line.strip())
    credit = _credit(author, place, url, entry.date, web(allowed.licence or ""))
    return _div(entry.language, f"{paragraphs}<p>{credit}</p>")


def _credit(author: str, place: str, url: str | None, date: str | None, licence: str | None) -> str:
    """The line that names author, page, day and licence."""
    link = f'<a href="{escape(url)}">{escape(place)}</a>' if url else escape(place)
    named = [*([escape(author)] if author != place else []), link, *([escape(date)] if date else [])]
    named += [f'<a rel="license" href="{escape(licence)}">licence</a>'] if licence else []
    return f"— {', '.join(named)}"


def _div(language: str | None, html: str) -> str:
    tongue = f' lang="{escape(language)}"' if language else ""
    return f"<div{tongue}>{html}</div>"


def _label(kind: str, value: str) -> str:
    if kind == "company":
        return value
    return LANGUAGES.get(value, value) if kind == "language" else value.replace("-", " ")


def _medium(found: dict[str, str]) -> Medium | None:
    if not (url := web(found["url"])):
        return None
    known = mimetypes.guess_type(urlsplit(url).path)[0] or ""
    media = known if known.startswith(("image/", "video/")) else None
    return Medium(kind=found["kind"], url=url, alt=_line(found.get("alt") or ""), type=media)


def _elsewhere(other: Elsewhere) -> Elsewhere | None:
    url = web(other.url)
    title = _line(other.title or "") or None
    return Elsewhere(url=url, title=title, language=other.language, date=other.date) if url else None


def _line(text: str) -> str:
    return " ".join(clean(text[: 4 * MOST_TITLE]).split())[:MOST_TITLE]


def clean(text: str) -> str:
    """A text without what XML cannot hold."""
    return NOT_XML.sub("", text)


def web(url: str) -> str | None:
    """The address, if it is one of the web."""
    try:
        parts = urlsplit(clean(url))
    except ValueError:  # `http://[`
        return None
    return parts.geturl() if parts.scheme in ("http", "https") and parts.hostname else None
