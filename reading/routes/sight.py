"""A page as a route looks at it: its text, its tree and its links, parsed once for all routes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urljoin, urlsplit

from lxml import etree

from reading.charset import decode
from reading.document import Unreadable
from reading.page import Link, Page, PageKind
from reading.parse import parse

_SESSION = re.compile(r"(?:(?<=\?)|&)(?:s|sid|phpsessid)=[0-9a-z]{24,40}(?=&|$)", re.I)
_HEADER_LINK = re.compile(r"<([^<>\s]+)>\s*;([^<]*)")


@dataclass(frozen=True, kw_only=True)
class Sight:
    """An HTML page. No slots: what is looked at twice is kept."""

    page: Page
    source: str
    tree: etree._Element

    @cached_property
    def base(self) -> str:
        """What the page's links are relative to."""
        named = self.tree.find(".//base[@href]")
        return self.page.url if named is None else absolute(self.page.url, named.get("href")) or self.page.url

    @cached_property
    def head_links(self) -> tuple[tuple[str, str, str], ...]:
        """(rel, type, absolute address) of the `<link>`s of the page, then of the Link header."""
        found = [(link.get("rel"), link.get("type"), link.get("href")) for link in self.tree.iter("link")]
        for address, said in _HEADER_LINK.findall(self.page.headers.get("link", "")):
            found.append((_parameter("rel", said), _parameter("type", said), address))
        whole = ((rel or "", type or "", absolute(self.base, href)) for rel, type, href in found)
        return tuple((rel.lower(), type.lower(), href) for rel, type, href in whole if href)

    @cached_property
    def addresses(self) -> tuple[str, ...]:
        """The addresses that the page itself has: where it was found, and the one it calls canonical."""
        canonical = (href for rel, _, href in self.head_links if rel == "canonical")
        return tuple(dict.fromkeys((self.page.url, self.page.requested, *canonical)))

    def links(self) -> Iterator[tuple[etree._Element, str]]:
        """The elements that link, with the address as it is written."""
        for element in self.tree.iter("a", "link"):
            if href := element.get("href"):
                yield element, href.strip()


def sight(page: Page) -> Sight | None:
    """The page, parsed; None where it is no HTML."""
    source = decode(page.body, page.headers)
    tree = parse(source)
    return None if isinstance(tree, Unreadable) else Sight(page=page, source=source, tree=tree)


def absolute(base: str, href: str | None) -> str | None:
    """An http address, absolute; None where it is none."""
    try:
        whole = urljoin(base, (href or "").strip())
        return whole if href and urlsplit(whole).scheme in ("http", "https") else None
    except ValueError:  # no address, such as http://[
        return None


def part(url: str) -> Link:
    """The link to a further part, without the fragment and without what forums put in to follow a reader."""
    return Link(url=_SESSION.sub("", url.partition("#")[0]).replace("?&", "?").rstrip("?"), kind=PageKind.THREAD)


def _parameter(name: str, said: str) -> str:
    found = re.search(rf"\b{name}\s*=\s*\"?([^\";,]*)", said)
    return found[1].strip() if found else ""
