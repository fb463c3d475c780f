"""Reading lists in and out: OPML 2.0, which feed readers exchange.

In: listparser reads what readers really write, well-formed or not. What it leaves out, a feed's language and our own
keys, is looked up in the same tags. A folder becomes a comment line above its feeds. A feed that is in feeds.txt
already, by the same canonical address, is passed over; one that cannot be a source is told with its reason, and the
others are added: all in one step, or none where the list itself is no list, is larger than 4 MB or names more than
5,000 feeds, which no person follows.

Out: each source is an outline, a feed of type rss, any other of type link, as other readers cannot follow it. What its
line says beside address, label and language stands in one attribute of our own, `goodturn:keys`, in the words of
feeds.txt, so that our own list comes back line by line.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import format_datetime

import listparser
from lxml import etree

from config import Settings
from crawler.addresses.urls import canonical
from crawler.lines import append, label, line
from crawler.sources import LANGUAGES, SourcesError, parse, read
from jobs.collect import kinds
from reading.charset import decode
from reading.language import normal
from storage.sources import Source

MOST_BYTES = 4_000_000
MOST_FEEDS = 5_000
OURS = "https://goodturn.example/feeds.txt"
KEYS = "goodturn:keys"
FAULTS = (etree.LxmlError, ValueError, LookupError, TypeError, AttributeError, RecursionError)  # on hostile input
NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
FEED_SCHEME = re.compile(r"^\s*feed:(?://)?(?!http)")  # as some readers write http
LONGEST_SHOWN = 100  # characters of an address that is none


class OpmlError(SourcesError):
    """A reading list that cannot be used; the message says why. Nothing was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A feed of a reading list. `keys` are those of its line, where we wrote the list."""

    url: str
    title: str
    folder: str | None
    language: str | None
    keys: str | None
    is_feed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of a reading list."""

    added: tuple[Source, ...]
    known: int
    unusable: tuple[str, ...]


def bring_in(settings: Settings, body: bytes, name: str) -> Imported:
    """Add the feeds of a reading list to feeds.txt. Raises SourcesError, and OpmlError, with nothing written."""
    known = {source.address for source in read(settings.feeds, kinds())} if settings.feeds.exists() else set()
    added: dict[str, tuple[Source, str | None]] = {}
    unusable = []
    there = 0
    for wanted in wanted_in(body, name):
        try:
            source = _source(wanted)
        except SourcesError as mistake:
            unusable.append(str(mistake))
            continue
        if source.address in known or source.address in added:
            there += 1
        else:
            added[source.address] = source, wanted.folder
    if added:
        append(settings.feeds, _lines(added.values()))
    return Imported(added=tuple(source for source, _ in added.values()), known=there, unusable=tuple(unusable))


def wanted_in(body: bytes, name: str) -> list[Wanted]:
    """The feeds of a reading list, in its order. Raises OpmlError."""
    if len(body) > MOST_BYTES:
        raise OpmlError(f"{name}: has over {MOST_BYTES:,} bytes; is it a reading list? Nothing was written")
    text = decode(body, {}).encode("utf-8", "replace")  # the parser would take a declared charset for another
    try:
        found = listparser.parse(text)
        tags = _tags(text)
    except FAULTS as error:
        raise OpmlError(f"{name}: cannot be read as OPML: {error!r}; nothing was written") from error
    if not found.version:
        raise OpmlError(f"{name}: is no OPML; feed readers export it as 'OPML' or 'subscriptions'. Nothing was written")
    wanted = [_wanted(each, tags, is_feed=True) for each in found.feeds]
    wanted += [_wanted(each, tags, is_feed=False) for each in found.lists]
    if not wanted:
        raise OpmlError(f"{name}: names no feed; nothing was written")
    if len(wanted) > MOST_FEEDS:
        raise OpmlError(f"{name}: names {len(wanted):,} feeds; {MOST_FEEDS:,} at once at most. Nothing was written")
    order = {url: number for number, url in enumerate(tags)}
    return sorted(wanted, key=lambda each: order.get(each.url, len(order)))


def opml(sources: Iterable[Source], now: datetime) -> bytes:
    """The sources as OPML 2.0."""
    root = etree.Element("opml", version="2.0", nsmap={"goodturn": OURS})
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = "Goodturn's sources"
    etree.SubElement(head, "dateCreated").text = format_datetime(now, usegmt=True)
    body = etree.SubElement(root, "body")
    for source in sources:
        etree.SubElement(body, "outline", _attributes(source))
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


def _attributes(source: Source) -> dict[str, str]:
    name = label(source.label or "") or source.address
    where = ("rss", "xmlUrl") if source.kind == "feed" else ("link", "url")
    found = {"type": where[0], "text": name, "title": name, where[1]: source.address}
    if source.language:
        found["language"] = source.language
    plain = source.label in (None, name)  # else the label as it is, which a title would not bring back
    rest = line(replace(source, label=None if plain else source.label, language=None)).partition(" ")[2]
    return found | ({f"{{{OURS}}}keys": NO_XML.sub("", rest)} if rest else {})


def _tags(text: bytes) -> dict[str, Mapping[str, str]]:
    """The attributes of the outlines, the first of each address, read as listparser does: no entities, no fetching."""
    tree = etree.fromstring(text, etree.HTMLParser(encoding="utf-8"))
    found: dict[str, Mapping[str, str]] = {}
    for tag in tree.iter("outline") if tree is not None else ():
        said = {str(key): str(value) for key, value in tag.attrib.items()}
        found.setdefault((said.get("xmlurl") or said.get("url") or "").strip(), said)
    return found


def _wanted(said: Mapping[str, object], tags: Mapping[str, Mapping[str, str]], *, is_feed: bool) -> Wanted:
    url, folders = str(said["url"]), said.get("categories")
    tag = tags.get(url, {})
    folder = " / ".join(map(str, folders[0])) if isinstance(folders, list) and folders else ""
    return Wanted(
        url=url,
        title=str(said.get("title") or ""),
        folder=label(folder),
        language=normal(tag.get("language")),
        keys=tag.get(KEYS),
        is_feed=is_feed,
    )


def _source(wanted: Wanted) -> Source:
    """The source that a feed becomes. Raises SourcesError with the reason why it cannot be one."""
    if (address := canonical(FEED_SCHEME.sub("http://", wanted.url))) is None:
        shown = " ".join(wanted.url.split())[:LONGEST_SHOWN]
        raise SourcesError(f"'{shown}' is no address; a feed's begins with http:// or https://")
    if not wanted.is_feed and not wanted.keys:
        raise SourcesError(f"{address} is a link and no feed; 'goodturn sources add' looks for one")
    name = label(wanted.title)
    words = " ".join((wanted.keys or "").splitlines())
    (source,) = parse(f"{address} {words}", address, kinds())
    return replace(
        source,
        label=source.label or (name if name != address else None),
        language=wanted.language if wanted.language in LANGUAGES else None,
    )


def _lines(added: Iterable[tuple[Source, str | None]]) -> Iterator[str]:
    """The lines, each folder's under its name."""
    before = None
    for source, folder in added:
        if folder != before:
            yield f"\n# {folder}" if folder else ""
        before = folder
        yield line(source)
