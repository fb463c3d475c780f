"""A publisher over a database of its own, for the tests of what readers get."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import feedparser
from sqlite_utils import Database
from starlette.testclient import TestClient

from config import Settings
from publish.app import application
from storage.database import connect
from storage.decisions import decide
from storage.log import Verb
from tests.builders import NOW, tell

SITE = "https://stories.example"
FORMATS = ("atom", "rss", "json")
MOMENT = "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z"
Known = dict[str, Any]


class Published:
    """A database, and what its publisher answers. `now` is the publisher's clock."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        given: Known = {"data": folder, "site": SITE, "feed_entries": 3} | settings
        self.settings = Settings(**given)
        self.db: Database = connect(self.settings.database)
        self.db.conn.execute("pragma synchronous = off")  # a test does not outlive a power cut
        self.now: datetime = NOW
        self.app = application(self.settings, lambda: self.now)
        self.web = TestClient(self.app, follow_redirects=False)

    def tell(self, *clusters: str, **facts: Any) -> None:
        """A telling of each of these clusters, each approved a minute after the other."""
        for cluster in clusters:
            tell(self.db, cluster, **({"title": cluster} | facts))
        self.approve(*clusters)

    def approve(self, *clusters: str) -> None:
        for minutes, cluster in enumerate(clusters):
            decide(self.db, cluster, Verb.APPROVE, who="Ada", at=NOW + timedelta(minutes=minutes))

    def get(self, address: str, **headers: str) -> Any:
        """The answer at an address, ours or a path."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.web.get(address.removeprefix(self.settings.site), headers=named)

    def json(self, address: str = "/feed.json") -> Any:
        return json.loads(self.get(address).content)

    def titles(self, address: str = "/feed.json") -> list[str]:
        return [item["title"] for item in self.json(address)["items"]]

    def pages(self, address: str = "/feed.json") -> list[Any]:
        """A JSON feed and all that it leads to."""
        found = []
        following: str | None = address
        while following:
            found.append(self.json(following))
            following = found[-1].get("next_url")
        return found

    def close(self) -> None:
        self.app.shelf.close()
        self.db.close()


def known(body: bytes, format: str) -> list[Known]:
    """What a reader of that format gets of each entry, under the same names."""
    if format == "json":
        return [_of_json(item) for item in json.loads(body)["items"]]
    found = feedparser.parse(body, sanitize_html=False, resolve_relative_uris=False)
    assert not found.bozo, found.get("bozo_exception")
    return [_of_xml(entry) for entry in found.entries]


def _of_json(item: Any) -> Known:
    names = ("id", "url", "title", "content_html", "date_published", "date_modified")
    own = item["_goodturn"]
    return {name: item[name] for name in names} | {
        "language": item.get("language"),
        "author": item["authors"][0]["name"],
        "tags": sorted(item["tags"]),
        "source": item.get("external_url"),
        "source_title": (own.get("source_title") or own["source"]) if item.get("external_url") else None,
        "others": [other["url"] for other in own["others"]],
        "media": [medium["url"] for medium in item.get("attachments", ())],
        "licence": own.get("licence"),
        "summary": item.get("summary"),
    }


def _of_xml(entry: Any) -> Known:
    def links(rel: str) -> list[str]:
        return [link.href for link in entry.links if link.rel == rel]

    content, said = entry.content[0], entry.get("summary")
    return {
        "id": entry.id,
        "url": entry.link,
        "title": entry.title,
        "content_html": str(content.value),
        "date_published": MOMENT.format(*entry.published_parsed),
        "date_modified": MOMENT.format(*entry.updated_parsed),
        "language": entry.get("dc_language") or entry.get("language") or content.language or None,
        "author": entry.author,
        "tags": sorted(tag.term for tag in entry.tags),
        "source": next(iter(links("via")), None),
        "source_title": entry.source.get("title") if "source" in entry else None,
        "others": links("related"),
        "media": links("enclosure") or [medium["url"] for medium in entry.get("media_content", ())],
        "licence": entry.get("rights") or None,
        "summary": None if said == content.value else said,
    }


def path_of(address: str) -> str:
    """An address without its scheme and host."""
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")
