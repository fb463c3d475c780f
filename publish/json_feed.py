"""A feed as JSON Feed 1.1, with our own words under `_goodturn` and `_removed`."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from publish.feed import DESCRIPTION, NAME, Feed, Format, Item, at

ANY_TYPE = "application/octet-stream"  # an attachment must have a type, and not every address tells it


def write(feed: Feed, entries: Iterable[str]) -> bytes:
    """The feed with these items, each as `entry` has made it."""
    older = feed.next or feed.older
    head = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "description": DESCRIPTION,
        "home_page_url": f"{feed.site}/",
        "feed_url": at(feed.address, Format.JSON),
        "next_url": at(older, Format.JSON) if older else None,
        "language": feed.language,
        "authors": [{"name": NAME}],
        "hubs": [{"type": "WebSub", "url": feed.hub}] if feed.hub else None,
        "_goodturn": known(
            {
                "id": feed.id,
                "updated": feed.updated,
                "archive": True if feed.current else None,
                "current": at(feed.current, Format.JSON) if feed.current else None,
            }
        ),
        "_removed": [{"id": one.id, "url": one.page, "at": one.at} for one in feed.gone],
    }
    return f'{dumped(known(head))[:-1]},"items":[{",".join(entries)}]}}'.encode()


def entry(item: Item) -> str:
    """An item as JSON."""
    return dumped(fields(item))


def fields(item: Item) -> dict[str, Any]:
    """An item's fields."""
    own = {
        "sector": item.sector,
        "channel": item.channel,
        "teller": item.teller,
        "companies": item.companies,
        "source": item.place,
        "source_title": item.page_title,
        "date": item.date,
        "licence": item.licence,
        "whole": item.whole,
        "tellings": item.tellings,
        "others": [known(asdict(other)) for other in item.others],
    }
    attachments = [
        known({"url": one.url, "mime_type": one.type or ANY_TYPE, "title": one.alt or None}) for one in item.media
    ]
    return known(
        {
            "id": item.id,
            "url": item.page,
            "external_url": item.url,
            "title": item.title,
            "summary": item.summary,
            "content_html": item.html,
            "content_text": item.text,
            "date_published": item.published,
            "date_modified": item.updated,
            "authors": [{"name": item.author}],
            "tags": [tag.value for tag in item.tags],
            "language": item.language,
            "attachments": attachments or None,
            "_goodturn": known(own),
        }
    )


def known(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields that are known."""
    return {name: value for name, value in fields.items() if value is not None}


def dumped(fields: dict[str, Any]) -> str:
    """The fields as JSON, every letter as itself."""
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
