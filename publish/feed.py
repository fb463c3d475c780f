"""A feed, before it takes a format: made once, so that Atom, RSS and JSON Feed say the same.

An item's id is made of its cluster's and is the same for ever, whatever site publishes it. Its text is the passage as
it stands on its page, which it names and links to. Characters that XML cannot hold are dropped from all three.
"""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from urllib.parse import urlsplit

from storage.entries import Entry
from stories.languages import LANGUAGES

NAME = "Goodturn"
DESCRIPTION = "True stories of great, kind, human customer service, chosen by editors."
NAMESPACE = uuid.UUID("7f0c4f8e-5a0b-4d0e-9a51-0c7b8d2f6e13")  # drawn once; never to be changed
BEGINNING = "1970-01-01T00:00:00Z"  # when a feed changed in which nothing was yet
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Format(StrEnum):
    """What a feed can be asked for as; the end of its address."""

    ATOM = "atom"
    RSS = "rss"
    JSON = "json"


TYPES = {Format.ATOM: "application/atom+xml", Format.RSS: "application/rss+xml", Format.JSON: "application/feed+json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An entry as all formats show it. `url` is None where the page has no web address; moments are RFC 3339."""

    id: str
    title: str
    summary: str | None
    text: str
    html: str
    url: str | None
    place: str
    author: str
    date: str | None
    language: str | None
    sector: str
    companies: tuple[str, ...]
    published: str
    updated: str
    tellings: int
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A list of items, newest decision first. `before` continues it, where there is more."""

    site: str
    language: str | None
    updated: str
    items: tuple[Item, ...]
    before: int | None

    @property
    def title(self) -> str:
        """Its name, with its language."""
        return f"{NAME} ({LANGUAGES[self.language]})" if self.language else NAME

    def address(self, format: Format) -> str:
        """Where it is, in that format."""
        return f"{self.site}/{file_name(self.language, format)}"

    def next(self, format: Format) -> str | None:
        """Where it goes on, in that format."""
        return f"{self.address(format)}?before={self.before}" if self.before else None


def file_name(language: str | None, format: Format) -> str:
    """What a feed is called: `feed.atom`, `feed.da.atom`."""
    return f"feed.{language}.{format}" if language else f"feed.{format}"


def feed(site: str, language: str | None, entries: Sequence[Entry], updated: str, *, limit: int) -> Feed:
    """The feed of these entries; one more than `limit` of them says that there are more."""
    shown = entries[:limit]
    return Feed(
        site=site.rstrip("/"),
        language=language,
        updated=updated,
        items=tuple(_item(entry) for entry in shown),
        before=shown[-1].number if len(entries) > limit else None,
    )


def _item(entry: Entry) -> Item:
    url = _web(entry.url)
    place = _clean((url and urlsplit(url).hostname) or NAME).removeprefix("www.")
    author = _clean(entry.author or "") or place
    text = _clean(entry.text).strip()
    return Item(
        id=uuid.uuid5(NAMESPACE, entry.id).urn,
        title=" ".join(_clean(entry.title).split()) or place,
        summary=_clean(entry.summary or "").strip() or None,
        text=text,
        html=_html(text, entry.language, author=author, place=place, url=url, date=entry.date),
        url=url,
        place=place,
        author=author,
        date=entry.date,
        language=entry.language,
        sector=entry.sector,
        companies=tuple(_clean(name) for name in entry.companies),
        published=entry.approved_at,
        updated=entry.updated_at,
        tellings=entry.tellings,
        others=tuple(other for other in map(_web, entry.others) if other),
    )


def _html(text: str, language: str | None, *, author: str, place: str, url: str | None, date: str | None) -> str:
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in text.split("\n") if line.strip())
    link = f'<a href="{escape(url)}">{escape(place)}</a>' if url else escape(place)
    named = [*([escape(author)] if author != place else []), link, *([escape(date)] if date else [])]
    tongue = f' lang="{escape(language)}"' if language else ""
    return f"<div{tongue}>{paragraphs}<p>— {', '.join(named)}</p></div>"


def _clean(text: str) -> str:
    return NOT_XML.sub("", text)


def _web(url: str) -> str | None:
    try:
        parts = urlsplit(_clean(url))
    except ValueError:  # `http://[`
        return None
    return parts.geturl() if parts.scheme in ("http", "https") and parts.hostname else None
