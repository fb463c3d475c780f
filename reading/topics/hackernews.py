"""Hacker News, as Algolia's API answers for `/api/v1/items/ID`: a story with its comments below each other.

The page that people read is on Hacker News itself. A deleted comment has neither author nor text; a dead or flagged
one may have a word in brackets instead.
"""

from itertools import islice
from typing import Any
from urllib.parse import urljoin, urlsplit

from reading.dates import Calendar
from reading.draft import Draft
from reading.topics.fields import fields, line, number, several, text
from reading.topics.topic import MOST_COMMENTS, Topic, below, draft

API = "hn.algolia.com"
_SITE = "https://news.ycombinator.com"
_OPENING = ("story", "poll", "job", "comment")  # a comment, where only what is below it was asked for
_GONE = ("[deleted]", "[dead]", "[flagged]")


def topic(said: object, url: str, calendar: Calendar) -> Topic | None:
    """The thread; None if the answer is not one of Hacker News."""
    story = fields(said)
    id = number(story.get("id"))
    if id is None or line(story.get("type")) not in _OPENING or not isinstance(story.get("children"), list):
        return None
    site = _SITE if urlsplit(url).hostname == API else url
    tree = below(_answers(story), _answers)
    return Topic(
        url=_page(site, id),
        title=line(story.get("title")),
        post=_draft(story, None, site, calendar),
        drafts=[_draft(one, answered, site, calendar) for one, answered in islice(tree, MOST_COMMENTS)],
    )


def _answers(one: dict[str, Any]) -> list[dict[str, Any]]:
    return [child for child in several(one.get("children")) if number(child.get("id")) is not None]


def _draft(one: dict[str, Any], answered: dict[str, Any] | None, site: str, calendar: Calendar) -> Draft:
    id, words = number(one["id"]), text(one.get("text"))
    return draft(
        calendar,
        markup=words,
        author=line(one.get("author")),
        date=line(one.get("created_at")),
        permalink=_page(site, id),
        name=f"#{id}",
        answers=f"#{number(answered['id'])}" if answered else None,
        gone=words.strip() in _GONE,
    )


def _page(site: str, id: int | None) -> str:
    return urljoin(site, f"/item?id={id}")
