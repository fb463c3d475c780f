"""Which page an entry of a feed has, and what the entry is known by. Pure.

An entry's address is its link, or its id where it has no link and the id is an address; without either it is skipped,
as one that only has a sound or a film. Where several entries share one link and their ids are addresses, those are
used. A link to the feed's own home page is skipped unless it is the only entry: the home page tells something else each
day, and would be kept as one article for ever. With a fragment it names a place there, and stays.

An entry is known by its id and title, so that it is not taken for another one where its link changes. The title is in
it because sites give an id to another entry; one that has no id, or shares both, is not known.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from crawler.addresses.urls import canonical
from reading.entry import Entry
from storage.database import identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An entry as it stands in a feed; the link of its `entry` is not told yet."""

    link: str | None
    id: str
    comments: int | None
    entry: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An entry of a feed: the canonical address of its page, how many comments the feed says that has, its text.

    `key` is a hash of its id and title; None where it is not known by them.
    """

    url: str
    comments: int | None
    entry: Entry
    key: str | None


def items(found: list[Found], home: object, url: str) -> tuple[Item, ...]:
    """The entries that have a page, each address once; `home` is what the feed at `url` says is its home page."""
    keys = [_key(one) for one in found]
    often = Counter(keys)
    first: dict[str, Item] = {}
    for one, key, address in zip(found, keys, _addresses(found, home, url), strict=True):
        if address and address not in first:
            entry = replace(one.entry, link=address)
            known = key if often[key] == 1 else None
            first[address] = Item(url=address, comments=one.comments, entry=entry, key=known)
    return tuple(first.values())


def is_address(id: str) -> bool:
    """Whether an id is an address of the web."""
    return id.lower().startswith(("http://", "https://"))


def _addresses(found: list[Found], home: object, url: str) -> Iterator[str | None]:
    """The canonical address of each entry's page; None where it has none."""
    home = canonical(home, url) if isinstance(home, str) else None
    links = [canonical(one.link, url) if one.link else None for one in found]
    shared = Counter(links)
    for one, link in zip(found, links, strict=True):
        id = canonical(one.id) if is_address(one.id) else None
        address = id if id and (link is None or shared[link] > 1) else link
        is_home = address == home and len(found) > 1 and "#" not in (one.link or "")
        yield None if is_home else address


def _key(one: Found) -> str | None:
    said = (one.id, one.entry.title or "")
    return identity(*(part.encode("utf-8", "replace") for part in said)) if one.id else None
