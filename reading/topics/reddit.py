"""Reddit, as it answers for a thread's address with `.json`: two listings, of the post and of its comments.

HTML comes escaped unless `raw_json=1` was asked for. Comments that Reddit only counts (`more`) are left out: each lot
of them would be a request of its own.
"""

import html
from itertools import islice
from typing import Any
from urllib.parse import urljoin

from reading.dates import Calendar
from reading.draft import Draft
from reading.topics.fields import at_home, fields, line, number, several, text
from reading.topics.topic import MOST_COMMENTS, Topic, below, draft

_PARTS = 2  # the post; the comments
_GONE = ("[deleted]", "[removed]", "[ Removed by Reddit ]", "[unavailable]")


def topic(said: object, url: str, calendar: Calendar) -> Topic | None:
    """The thread; None if the answer is not one of Reddit."""
    if not isinstance(said, list) or len(said) != _PARTS:
        return None
    posts = things(said[0], "t3")
    if len(posts) != 1:
        return None
    tree = below(things(said[1], "t1"), lambda one: things(one.get("replies"), "t1"))
    post = _draft(posts[0], None, "selftext", url, calendar)
    drafts = [_draft(one, answered, "body", url, calendar) for one, answered in islice(tree, MOST_COMMENTS)]
    page = post.permalink or urljoin(url, f"/comments/{line(posts[0].get('id'))}/")
    return Topic(url=page, title=line(posts[0].get("title")), post=post, drafts=drafts)


def things(listing: object, kind: str) -> list[dict[str, Any]]:
    """What a listing holds of a kind; t1 is a comment, t3 a post."""
    children = several(fields(fields(listing).get("data")).get("children"))
    return [fields(one.get("data")) for one in children if one.get("kind") == kind]


def _draft(one: dict[str, Any], answered: dict[str, Any] | None, words: str, url: str, calendar: Calendar) -> Draft:
    author, plain = line(one.get("author")), text(one.get(words))
    return draft(
        calendar,
        markup=_markup(text(one.get(f"{words}_html"))) or plain,
        author="" if author in _GONE else author,
        date=str(number(one.get("created_utc"))),
        permalink=at_home(url, one.get("permalink")),
        name=f"#{line(one.get('name')) or line(one.get('id'))}",
        answers=f"#{line(answered.get('name')) or line(answered.get('id'))}" if answered else None,
        gone=plain.strip() in _GONE,
        edited=bool(one.get("edited")),
    )


def _markup(said: str) -> str:
    return said if "<" in said else html.unescape(said)
