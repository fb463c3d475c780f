"""What WordPress's REST route of comments answers: a list of comments with id, parent, author, date and HTML."""

from typing import Any

from reading.dates import Calendar
from reading.document import CommentKind
from reading.draft import Draft
from reading.parts.told import told, words

_PINGBACKS = ("pingback", "trackback")


def drafts(said: list[Any], calendar: Calendar) -> list[Draft]:
    """The comments of the answer, in its order. What is no comment is left out."""
    found = (_draft(one, calendar) for one in said if isinstance(one, dict) and one.get("id"))
    return [draft for draft in found if draft.prose.text]


def _draft(said: dict[str, Any], calendar: Calendar) -> Draft:
    content = said.get("content")
    parent = said.get("parent")
    return told(
        calendar,
        words=words(str(content.get("rendered") or "") if isinstance(content, dict) else str(content or "")),
        author=str(said.get("author_name") or ""),
        date=str(said.get("date") or said.get("date_gmt") or ""),
        permalink=str(said.get("link") or "") or None,
        name=f"#comment-{said['id']}",
        answers=f"#comment-{parent}" if parent else None,
        kind=CommentKind.PINGBACK if said.get("type") in _PINGBACKS else CommentKind.COMMENT,
    )
