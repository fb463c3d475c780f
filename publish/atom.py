"""A feed as Atom (RFC 4287), which goes on by `next` and archive links (RFC 5005), with tombstones (RFC 6721)."""

from collections.abc import Iterable

from publish.feed import DESCRIPTION, NAME, TYPES, Feed, Format, Gone, Item, at
from publish.markup import DECLARATION, around, element

NAMES = {
    "xmlns": "http://www.w3.org/2005/Atom",
    "xmlns:at": "http://purl.org/atompub/tombstones/1.0",
    "xmlns:fh": "http://purl.org/syndication/history/1.0",
}
HTML = "text/html"


def write(feed: Feed, entries: Iterable[str]) -> bytes:
    """The feed with these entries, each as `entry` has made it."""
    parts = [
        element("id", feed.id),
        element("title", feed.title),
        element("subtitle", DESCRIPTION),
        element("updated", feed.updated),
        around("author", [element("name", NAME)]),
        element("generator", NAME),
        *links(feed, Format.ATOM),
        *(["<fh:archive/>"] if feed.current else []),
        *entries,
        *map(tombstone, feed.gone),
    ]
    return (DECLARATION + around("feed", parts, NAMES | {"xml:lang": feed.language})).encode()


def entry(item: Item) -> str:
    """An item as an entry."""
    licence = item.licence_address
    parts = [
        element("id", item.id),
        element("title", item.title),
        element("published", item.published),
        element("updated", item.updated),
        around("author", [element("name", item.author)]),
        element("link", rel="alternate", type=HTML, href=item.page),
        *([element("link", rel="via", type=HTML, href=item.url)] if item.url else []),
        *(
            element("link", rel="related", type=HTML, href=one.url, title=one.title, hreflang=one.language)
            for one in item.others
        ),
        *(element("link", rel="enclosure", type=one.type, href=one.url, title=one.alt or None) for one in item.media),
        *([element("link", rel="license", href=licence)] if licence else []),
        *(element("category", term=tag.value, scheme=tag.scheme, label=tag.label) for tag in item.tags),
        *([element("rights", item.licence)] if item.licence else []),
        *([element("summary", item.summary)] if item.summary else []),
        element("content", item.html, type="html"),
        *([_source(item, item.url)] if item.url else []),
    ]
    return around("entry", parts, {"xml:lang": item.language})


def links(feed: Feed, format: Format, name: str = "link") -> list[str]:
    """Where a feed stands, where it goes on, and who tells that it has changed."""
    near = {"self": feed.address, "next": feed.next, "prev-archive": feed.older, "current": feed.current}
    found = [
        element(name, rel=rel, type=TYPES[format], href=at(address, format)) for rel, address in near.items() if address
    ]
    found.append(element(name, rel="alternate", type=HTML, href=f"{feed.site}/"))
    return [*found, element(name, rel="hub", href=feed.hub)] if feed.hub else found


def tombstone(gone: Gone, name: str = "at:deleted-entry") -> str:
    """What says that an entry was taken back."""
    return element(name, ref=gone.id, when=gone.at)


def _source(item: Item, url: str) -> str:
    title = element("title", item.page_title or item.place)
    return around("source", [title, element("link", rel="alternate", type=HTML, href=url)])
