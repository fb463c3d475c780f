"""The pages that people read, as HTML: templates with everything escaped, and what stands in them.

They need no script, and hold none: what machines read (schema.org's Article) is a block of data, which a browser never
runs; a content-security-policy that forbids all scripts lets it stand. Feed readers and other sites find the same as
microformats (h-entry) and Open Graph. A story's words are what its feeds show: an excerpt, with the line that names
author, page, day and licence. Titles and words carry their language, and the direction of their first letter.

Addresses of ours begin with the path of the public address (setting `site`), so that pages work behind any prefix;
where a whole address is needed (canonical, Open Graph), it is that one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined

from publish.feed import DESCRIPTION, NAME, TYPES, Format, Item, at
from publish.json_feed import known
from publish.rules import cut
from stories.languages import LANGUAGES

STATIC = Path(__file__).parent / "static"
OPENING = 280  # characters of a story in a list: three or four lines
DESCRIBED = 200  # characters of a description: what search engines and other sites show
DAY = len("2026-11-21")
FORMATS = {Format.ATOM: "Atom", Format.RSS: "RSS", Format.JSON: "JSON Feed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A feed as the list of feeds names it: its address with `{format}` where that comes."""

    name: str
    address: str
    stories: int | None = None


def story(site: str, item: Item) -> bytes:
    """The page of a story."""
    text = item.summary or item.text or f"A true story, told at {item.place}."
    return _page("story", site, item=item, data=article(item), description=cut(" ".join(text.split()), DESCRIBED))


def missing(site: str) -> bytes:
    """What stands at an address of a page that there never was."""
    return _page("missing", site)


def gone(site: str) -> bytes:
    """What stands where a story was that was taken back."""
    return _page("gone", site)


def moved(site: str, story: str) -> bytes:
    """What stands, where a file cannot answer 301, for a story that has become part of another one."""
    return _page("moved", site, story=story)


def stories(site: str, items: Sequence[Item], path: str, *, newer: str | None, older: str | None) -> bytes:
    """A page of the list of stories, the newest of which is the index."""
    return _page("index", site, items=items, path=path, newer=newer, older=older)


def feeds(site: str, groups: Mapping[str, Sequence[Subscription]], *, asking: bool) -> bytes:
    """The list of feeds, by group. `asking`: whether filters can be asked for, too."""
    return _page("feeds", site, groups=groups, asking=asking)


def embed(site: str, items: Sequence[Item]) -> bytes:
    """A short list to be shown within another site's page."""
    return _page("embed", site, items=items)


def article(item: Item) -> dict[str, Any]:
    """A story in schema.org's words."""
    person = "Person" if item.author != item.place else "Organization"
    return {"@context": "https://schema.org", "@type": "Article"} | known(
        {
            "headline": item.title,
            "description": item.summary,
            "author": {"@type": person, "name": item.author},
            "publisher": {"@type": "Organization", "name": NAME, "url": f"{item.site}/"},
            "datePublished": item.published,
            "dateModified": item.updated,
            "inLanguage": item.language,
            "isBasedOn": item.url,
            "license": item.licence_address,
            "keywords": [tag.label for tag in item.tags],
            "url": item.page,
            "mainEntityOfPage": item.page,
        }
    )


def day(said: str) -> str | None:
    """A day as one says it; None for what is no day."""
    try:
        found = date.fromisoformat(said[:DAY])
    except ValueError:
        return None
    return f"{found.day} {found:%B %Y}"


def _page(name: str, site: str, **known: Any) -> bytes:
    base = site.rstrip("/")
    text = _environment().get_template(f"{name}.html").render(site=base, root=urlsplit(base).path, **known)
    return text.encode("utf-8", "replace")  # half a pair of surrogates is no letter


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("publish"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= {"day": day, "at": at, "opening": lambda text: cut(text, OPENING)}
    made.globals |= {
        "name": NAME,
        "about": DESCRIPTION,
        "languages": LANGUAGES,
        "formats": FORMATS,
        "types": TYPES,
        "DAY": DAY,
    }
    return made
