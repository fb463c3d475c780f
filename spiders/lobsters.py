"""Lobsters, and sites of the same software, by the JSON that stands beside each of its lists.

    https://lobste.rs/t/culture.json kind=lobsters pages=2

`/newest.json`, `/hottest.json`, `/t/TAG.json` and the like list 25 stories; each is fetched whole, with its comments
(`reading/topics/lobsters.py`), and again when the list says that it has more. A story without text and comments has
nothing to read yet and is not asked for.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

from crawler.addresses.urls import canonical
from crawler.spider import Spider, Unusable
from reading.page import Link, Page, PageKind
from reading.topics.fields import number, said, several, text
from reading.topics.lobsters import short_id
from storage.frontier import Address

A_PAGE = 25  # stories; fewer are the last page
LIST = re.compile(r"(?P<list>.*?)(?:/page/(?P<page>\d{1,4}))?(?:\.json)")


class LobstersSpider(Spider):
    """A list of stories."""

    name = "lobsters"
    seed = PageKind.ARCHIVE

    def links(self, page: Page, address: Address) -> Iterator[Link]:
        """The threads of the stories, then the next page of the list."""
        answer = said(page.body)
        stories = [one for one in several(answer) if short_id(one)]
        if answer != [] and not stories:
            raise Unusable(
                "this is no list of Lobsters; write its address with .json, as https://lobste.rs/newest.json"
            )
        for story in stories:
            comments = number(story.get("comment_count")) or 0
            url = canonical(f"/s/{short_id(story)}.json", page.url)
            if url and (comments or text(story.get("description"))):
                yield Link(url=url, kind=PageKind.ARTICLE, comments=comments)
        following = _next(page.url) if len(stories) >= A_PAGE else None
        if following:
            yield Link(url=following, kind=PageKind.ARCHIVE)


def _next(url: str) -> str | None:
    """The next page; that of the hottest is called so only on its first."""
    parts = urlsplit(url)
    found = LIST.fullmatch(parts.path)
    if found is None:
        return None
    path = f"{found['list'].removesuffix('/hottest')}/page/{int(found['page'] or 1) + 1}.json"
    return canonical(urlunsplit((parts.scheme, parts.netloc, path, parts.query, "")))
