"""A feed as JSON Feed 1.1, with our own words under `_goodturn`."""

import json
from typing import Any

from publish.feed import DESCRIPTION, NAME, Feed, Format, Item


def json_feed(feed: Feed) -> bytes:
    """The feed as JSON Feed."""
    shown = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "description": DESCRIPTION,
        "home_page_url": f"{feed.site}/",
        "feed_url": feed.address(Format.JSON),
        "next_url": feed.next(Format.JSON),
        "language": feed.language,
        "authors": [{"name": NAME}],
        "_goodturn": {"updated": feed.updated},
        "items": [_item(item) for item in feed.items],
    }
    return json.dumps(_known(shown), ensure_ascii=False, separators=(",", ":")).encode()


def _item(item: Item) -> dict[str, Any]:
    own = {
        "sector": item.sector,
        "companies": item.companies,
        "source": item.place,
        "date": item.date,
        "tellings": item.tellings,
        "others": item.others,
    }
    return _known(
        {
            "id": item.id,
            "url": item.url,
            "external_url": item.url,
            "title": item.title,
            "summary": item.summary,
            "content_html": item.html,
            "content_text": item.text,
            "date_published": item.published,
            "date_modified": item.updated,
            "authors": [{"name": item.author}],
            "tags": [item.sector, *item.companies],
            "language": item.language,
            "_goodturn": _known(own),
        }
    )


def _known(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
