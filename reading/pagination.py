"""Which page of a thread a page is: by its links, by what it says ("Page 7 of 155"), by its address."""

import re
from urllib.parse import urlsplit

from lxml import etree

_TAGS = r"\s*(?:</?[a-z][^>]{0,200}>\s*){0,4}"
_SAID = re.compile(
    rf"\b(?:page|seite|sida|side|pagina|página)\b{_TAGS}(\d{{1,5}}){_TAGS}(?:of|von|av|af|sur|de|van|/){_TAGS}\d", re.I
)
_IN_ADDRESS = re.compile(
    r"(?:[?&;/_-](?:page|p|seite|side|sida|pagina|pg)[=/_-]?(?!1(?!\d)|0(?!\d))\d{1,5}(?!\d)"
    r"|[?&;](?:start|st|offset|page_start)=(?!0(?!\d))\d+|[/-]\d+-(?!1\.)\d{1,4}\.html)"
)


def is_later_page(tree: etree._Element, source: str, url: str) -> bool:
    """Whether the page is the second or a later one of its thread."""
    if said := _SAID.search(source):
        return int(said[1]) > 1
    if tree.find(".//link[@rel='prev']") is not None:
        return True
    canonical = tree.find(".//link[@rel='canonical']")
    addresses = [url] if canonical is None else [url, canonical.get("href") or ""]
    return any(_IN_ADDRESS.search(_tail(address)) for address in addresses)


def _tail(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return f"{parts.path}?{parts.query}"
