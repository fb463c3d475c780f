"""A feed as RSS 2.0. What RSS has no word for it says in those of other vocabularies: content (the whole HTML), Dublin
Core (author, language, rights), Media RSS (pictures and videos, as an enclosure would need a length that nobody knows),
Creative Commons (a licence's address), Atom (links, the moment of a change) and its tombstones."""

from collections.abc import Iterable
from datetime import datetime
from email.utils import format_datetime
from html import escape

from publish.atom import HTML, links, tombstone
from publish.feed import DESCRIPTION, NAME, Feed, Format, Item
from publish.markup import DECLARATION, around, element

NAMES = {
    "xmlns:atom": "http://www.w3.org/2005/Atom",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
    "xmlns:media": "http://search.yahoo.com/mrss/",
    "xmlns:creativeCommons": "http://backend.userland.com/creativeCommonsRssModule",
    "xmlns:at": "http://purl.org/atompub/tombstones/1.0",
    "xmlns:fh": "http://purl.org/syndication/history/1.0",
}
MEDIA = {"picture": "image", "video": "video"}


def write(feed: Feed, entries: Iterable[str]) -> bytes:
    """The feed with these items, each as `entry` has made it."""
    parts = [
        element("title", feed.title),
        element("link", f"{feed.site}/"),
        element("description", DESCRIPTION),
        *([element("language", feed.language)] if feed.language else []),
        element("lastBuildDate", _date(feed.updated)),
        element("generator", NAME),
        *links(feed, Format.RSS, "atom:link"),
        *(["<fh:archive/>"] if feed.current else []),
        *entries,
        *map(tombstone, feed.gone),
    ]
    return (DECLARATION + around("rss", [around("channel", parts)], {"version": "2.0"} | NAMES)).encode()


def entry(item: Item) -> str:
    """An item as RSS has it."""
    licence = item.licence_address
    parts = [
        element("title", item.title),
        element("link", item.page),
        element("description", escape(item.summary) if item.summary else item.html),
        element("content:encoded", item.html),
        element("guid", item.id, isPermaLink="false"),
        element("pubDate", _date(item.published)),
        element("atom:updated", item.updated),
        element("dc:creator", item.author),
        *([element("dc:language", item.language)] if item.language else []),
        *(element("category", tag.value, domain=tag.scheme) for tag in item.tags),
        *([element("source", item.page_title or item.place, url=item.url)] if item.url else []),
        *([element("atom:link", rel="via", type=HTML, href=item.url)] if item.url else []),
        *(
            element("atom:link", rel="related", type=HTML, href=one.url, title=one.title, hreflang=one.language)
            for one in item.others
        ),
        *(element("media:content", url=one.url, medium=MEDIA.get(one.kind), type=one.type) for one in item.media),
        *([element("creativeCommons:license", licence)] if licence else []),
        *([element("dc:rights", item.licence)] if item.licence else []),
    ]
    return around("item", parts)


def _date(moment: str) -> str:
    return format_datetime(datetime.fromisoformat(moment), usegmt=True)
