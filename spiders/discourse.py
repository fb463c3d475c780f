"""A Discourse forum by the JSON that stands beside each of its lists and its search.

    https://forum.example/c/stories/7.json kind=discourse pages=3

`/latest.json`, `/top.json`, `/c/SLUG/ID.json`, `/tag/NAME.json` and `/search.json?q=...` name topics; each is fetched
as JSON (`reading/topics/discourse.py`), its posts beyond the first twenty as parts of the thread, and again when the
list says that it has more. Many forums keep machines from their search by robots.txt: a category or a tag is better.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from w3lib.url import add_or_replace_parameter

from crawler.addresses.urls import canonical
from crawler.spider import Spider, Unusable
from reading.page import Link, Page, PageKind
from reading.topics.fields import at_home, fields, number, said, several
from storage.frontier import Address

ROOT = re.compile(r"(.*?)/(?:(?:latest|top|new|hot|search)\.json|(?:latest|top|c|tags?)/.*)")  # before it: a folder


class DiscourseSpider(Spider):
    """A list of topics, or what a search found."""

    name = "discourse"
    seed = PageKind.ARCHIVE

    def links(self, page: Page, address: Address) -> Iterator[Link]:
        """The topics, then the next page of the list."""
        answer = fields(said(page.body))
        listed = fields(answer.get("topic_list")) or answer
        search = fields(answer.get("grouped_search_result"))
        if not search and not isinstance(listed.get("topics"), list):
            raise Unusable("this is no list of Discourse; write its address with .json, as https://HOST/latest.json")
        found = ROOT.fullmatch(urlsplit(page.url).path)
        for topic in several(listed.get("topics")):
            id = number(topic.get("id"))
            url = canonical(f"{found[1] if found else ''}/t/{id}.json", page.url) if id else None
            if url:
                yield Link(url=url, kind=PageKind.ARTICLE, comments=_comments(topic))
        if following := _next(listed, search, page.url):
            yield Link(url=following, kind=PageKind.ARCHIVE)


def _comments(topic: dict[str, Any]) -> int | None:
    """How many posts answer the first."""
    posts = number(topic.get("posts_count")) or number(topic.get("highest_post_number"))
    return posts - 1 if posts else None


def _next(listed: dict[str, Any], search: dict[str, Any], url: str) -> str | None:
    """A list names the page that people would see next; of a search there may be more."""
    if search.get("more_full_page_results"):
        at = re.search(r"[?&]page=(\d{1,3})(?=&|$)", url)
        return canonical(add_or_replace_parameter(url, "page", str(int(at[1]) + 1 if at else 2)))
    if not (more := at_home(url, listed.get("more_topics_url"))):
        return None
    parts = urlsplit(more)
    return canonical(urlunsplit(parts._replace(path=f"{parts.path.removesuffix('.json')}.json")))
