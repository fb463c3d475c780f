"""A feed as Atom (RFC 4287), which goes on by `next` links (RFC 5005)."""

from lxml import etree
from lxml.etree import SubElement, _Element

from publish.feed import DESCRIPTION, NAME, TYPES, Feed, Format, Item

ATOM = "http://www.w3.org/2005/Atom"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def atom(feed: Feed) -> bytes:
    """The feed as Atom."""
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})  # type: ignore[dict-item]  # lxml's stubs do not know the default namespace
    if feed.language:
        root.set(LANGUAGE, feed.language)
    _add(root, "id", feed.address(Format.ATOM))
    _add(root, "title", feed.title)
    _add(root, "subtitle", DESCRIPTION)
    _add(root, "updated", feed.updated)
    _add(_add(root, "author"), "name", NAME)
    _add(root, "generator", NAME)
    _add(root, "link", rel="self", type=TYPES[Format.ATOM], href=feed.address(Format.ATOM))
    _add(root, "link", rel="alternate", type="text/html", href=f"{feed.site}/")
    if following := feed.next(Format.ATOM):
        _add(root, "link", rel="next", type=TYPES[Format.ATOM], href=following)
    for item in feed.items:
        _entry(root, item, feed.site)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _entry(root: _Element, item: Item, site: str) -> None:
    entry = _add(root, "entry")
    if item.language:
        entry.set(LANGUAGE, item.language)
    _add(entry, "id", item.id)
    _add(entry, "title", item.title)
    _add(entry, "published", item.published)
    _add(entry, "updated", item.updated)
    _add(_add(entry, "author"), "name", item.author)
    if item.url:
        _add(entry, "link", rel="alternate", type="text/html", href=item.url)
        _add(entry, "link", rel="via", type="text/html", href=item.url)
    for other in item.others:
        _add(entry, "link", rel="related", type="text/html", href=other)
    _add(entry, "category", term=item.sector, scheme=f"{site}/#sector")
    for company in item.companies:
        _add(entry, "category", term=company, scheme=f"{site}/#company")
    if item.summary:
        _add(entry, "summary", item.summary)
    _add(entry, "content", item.html, type="html")


def _add(parent: _Element, name: str, text: str | None = None, **attributes: str) -> _Element:
    made = SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    made.text = text
    return made
