"""A feed as RSS 2.0, with what RSS has no word for in the words of Dublin Core, Atom and the content module."""

from datetime import datetime
from email.utils import format_datetime
from html import escape

from lxml import etree
from lxml.etree import SubElement, _Element

from publish.feed import DESCRIPTION, NAME, TYPES, Feed, Format, Item

ATOM = "http://www.w3.org/2005/Atom"
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
NAMES = {"atom": ATOM, "dc": DUBLIN_CORE, "content": CONTENT}


def rss(feed: Feed) -> bytes:
    """The feed as RSS 2.0."""
    root = etree.Element("rss", version="2.0", nsmap=NAMES)
    channel = _add(root, "channel")
    _add(channel, "title", feed.title)
    _add(channel, "link", f"{feed.site}/")
    _add(channel, "description", DESCRIPTION)
    if feed.language:
        _add(channel, "language", feed.language)
    _add(channel, "lastBuildDate", _date(feed.updated))
    _add(channel, "generator", NAME)
    _add(channel, f"{{{ATOM}}}link", rel="self", type=TYPES[Format.RSS], href=feed.address(Format.RSS))
    if following := feed.next(Format.RSS):
        _add(channel, f"{{{ATOM}}}link", rel="next", type=TYPES[Format.RSS], href=following)
    for item in feed.items:
        _item(channel, item, feed.site)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _item(channel: _Element, item: Item, site: str) -> None:
    made = _add(channel, "item")
    _add(made, "title", item.title)
    if item.url:
        _add(made, "link", item.url)
    _add(made, "description", escape(item.summary) if item.summary else item.html)
    _add(made, f"{{{CONTENT}}}encoded", item.html)
    _add(made, "guid", item.id, isPermaLink="false")
    _add(made, "pubDate", _date(item.published))
    _add(made, f"{{{ATOM}}}updated", item.updated)
    _add(made, f"{{{DUBLIN_CORE}}}creator", item.author)
    if item.language:
        _add(made, f"{{{DUBLIN_CORE}}}language", item.language)
    _add(made, "category", item.sector, domain=f"{site}/#sector")
    for company in item.companies:
        _add(made, "category", company, domain=f"{site}/#company")
    if item.url:
        _add(made, "source", item.place, url=item.url)
    for other in item.others:
        _add(made, f"{{{ATOM}}}link", rel="related", type="text/html", href=other)


def _add(parent: _Element, name: str, text: str | None = None, **attributes: str) -> _Element:
    made = SubElement(parent, name, attributes)
    made.text = text
    return made


def _date(moment: str) -> str:
    return format_datetime(datetime.fromisoformat(moment), usegmt=True)
