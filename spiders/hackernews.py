"""Hacker News by the search of Algolia, which keeps all its stories and comments for machines to ask.

    https://hn.algolia.com/api/v1/search_by_date?tags=story&query=customer+service kind=hackernews pages=3

Each story found is fetched whole, with its comments, from the same API (`reading/topics/hackernews.py`). Of a search
for comments (`tags=comment`) it is the story that each stands under, which changed when that comment was written. A
story without text and comments has nothing to read yet and is not asked for.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from w3lib.url import add_or_replace_parameter

from crawler.addresses.urls import canonical
from crawler.spider import Spider, Unusable
from reading.page import Link, Page, PageKind
from reading.topics.fields import fields, line, number, said, several, text
from storage.frontier import Address


class HackerNewsSpider(Spider):
    """A search, or a list of the front page."""

    name = "hackernews"
    seed = PageKind.ARCHIVE

    def links(self, page: Page, address: Address) -> Iterator[Link]:
        """The threads of the hits, each once, then the next page of the search."""
        answer = fields(said(page.body))
        if not isinstance(answer.get("hits"), list):
            raise Unusable(
                "this is no search of Algolia's; write https://hn.algolia.com/api/v1/search_by_date?tags=story&query=..."
            )
        threads: dict[str, Link] = {}
        for hit in several(answer["hits"]):
            if (link := _thread(hit, page.url)) and link.url not in threads:
                threads[link.url] = link
        yield from threads.values()
        at, last = number(answer.get("page")), number(answer.get("nbPages"))
        if at is not None and last is not None and at + 1 < last:
            following = canonical(add_or_replace_parameter(page.url, "page", str(at + 1)))
            if following:
                yield Link(url=following, kind=PageKind.ARCHIVE)


def _thread(hit: dict[str, Any], base: str) -> Link | None:
    """The thread that a hit opens or stands in."""
    own = line(hit.get("objectID"))
    story = str(number(hit.get("story_id")) or own)
    url = canonical(f"items/{story}", base) if story.isascii() and story.isdecimal() else None
    if url is None:
        return None
    if story != own:
        return Link(url=url, kind=PageKind.ARTICLE, changed_at=_moment(line(hit.get("created_at"))))
    comments = number(hit.get("num_comments")) or 0
    return Link(url=url, kind=PageKind.ARTICLE, comments=comments) if comments or text(hit.get("story_text")) else None


def _moment(written: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
