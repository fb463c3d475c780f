"""Discourse, as it answers for `/t/ID.json`: a topic with its first twenty posts.

Its further posts are parts of the thread (`reading/routes/discourse.py`) and are read as these are
(`reading/parts/discourse.py`). What the readers of a forum had hidden is left out.
"""

import re
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from reading.dates import Calendar
from reading.parts import discourse
from reading.topics.fields import fields, line, number, several, text
from reading.topics.topic import Topic

_ADDRESS = re.compile(r"^(?P<root>.*)/t/(?:[^/]+/)?\d+\.json$")


def topic(said: object, url: str, calendar: Calendar) -> Topic | None:
    """The thread; None if the answer is not one of Discourse."""
    about = fields(said)
    stream, id = fields(about.get("post_stream")), number(about.get("id"))
    if id is None or not isinstance(stream.get("posts"), list):
        return None
    page = _page(url, line(about.get("slug")), id)
    shown = (one for one in several(stream["posts"]) if number(one.get("post_number")) and not one.get("hidden"))
    drafts = discourse.drafts({"post_stream": {"posts": [_post(one, page) for one in shown]}}, calendar)
    post = drafts.pop(0) if drafts and drafts[0].number == 1 else None
    return Topic(url=page, title=line(about.get("title")), post=post, drafts=drafts, flat=True)


def _post(one: dict[str, Any], page: str) -> dict[str, Any]:
    """A post of which each field is what it should be."""
    at = number(one["post_number"])
    return {
        "post_number": at,
        "post_url": f"{page}/{at}",
        "post_type": number(one.get("post_type")),
        "reply_to_post_number": number(one.get("reply_to_post_number")),
        "version": number(one.get("version")),
        "username": line(one.get("username")),
        "name": line(one.get("name")),
        "created_at": line(one.get("created_at")),
        "cooked": text(one.get("cooked")),
        "deleted_at": one.get("deleted_at"),
        "user_deleted": one.get("user_deleted"),
    }


def _page(url: str, slug: str, id: int) -> str:
    parts = urlsplit(url)
    found = _ADDRESS.match(parts.path)
    root = found["root"] if found else ""
    return urlunsplit((parts.scheme, parts.netloc, f"{root}/t/{quote(slug or '-', safe='')}/{id}", "", ""))
