"""Lobsters, as it answers for `/s/ID.json`: a story, and its comments in the order of the page.

What a comment answers is named (`parent_comment`); older installations give only the depth, from 1. People are given
by name, or by an object that has it. Where a comment was removed its text says by whom, which is no word of a reader.
"""

import re
from typing import Any
from urllib.parse import urljoin

from reading.dates import Calendar
from reading.draft import Draft
from reading.topics.fields import at_home, fields, line, number, several, text
from reading.topics.topic import MOST_COMMENTS, Topic, draft

_ID = re.compile(r"[A-Za-z0-9]{1,32}")
_DEEPEST = 100  # no thread is deeper; a larger number is no depth


def topic(said: object, url: str, calendar: Calendar) -> Topic | None:
    """The thread; None if the answer is not one of Lobsters."""
    story = fields(said)
    id = short_id(story)
    if not id or not isinstance(story.get("comments"), list):
        return None
    comments = [one for one in several(story["comments"]) if short_id(one)][:MOST_COMMENTS]
    page = at_home(url, story.get("comments_url")) or urljoin(url, f"/s/{id}")
    post = draft(
        calendar,
        markup=text(story.get("description")),
        author=_name(story.get("submitter_user")),
        date=line(story.get("created_at")),
        permalink=page,
        name=f"#s_{id}",
    )
    drafts = [_draft(one, url, calendar) for one in comments]
    return Topic(url=page, title=line(story.get("title")), post=post, drafts=drafts)


def short_id(said: dict[str, Any]) -> str:
    """What Lobsters calls a story or a comment; nothing where that is no such name."""
    found = _ID.fullmatch(line(said.get("short_id")))
    return found[0] if found else ""


def _draft(one: dict[str, Any], url: str, calendar: Calendar) -> Draft:
    id, written, last = short_id(one), line(one.get("created_at")), line(one.get("last_edited_at"))
    parent = line(one.get("parent_comment"))
    found = draft(
        calendar,
        markup=text(one.get("comment")) or text(one.get("comment_plain")),
        author=_name(one.get("commenting_user")),
        date=written,
        permalink=urljoin(url, f"/c/{id}"),
        name=f"#c_{id}",
        answers=f"#c_{parent}" if parent else None,
        gone=bool(one.get("is_deleted") or one.get("is_moderated")),
        edited=bool(last) and last != written,
    )
    if "parent_comment" not in one:
        depth = number(one.get("depth", one.get("indent_level")))
        found.depth = depth if depth is not None and depth <= _DEEPEST else None
    return found


def _name(said: object) -> str:
    return line(said) or line(fields(said).get("username"))
