"""What Discourse answers: the JSON of a topic, or of some posts of it.

Small actions (closed, moved ...) are no posts. A post's name in its thread is its number; the first is the post itself.
"""

from typing import Any

from reading.dates import Calendar
from reading.document import CommentKind
from reading.draft import Draft
from reading.parts.told import told, words

_ACTIONS = (3, 4)  # post types: a small action; a whisper among staff
_QUOTED = "aside.quote, blockquote"
_DROPPED = ".meta, .quote-controls, .lightbox-wrapper .meta, aside.quote > .title"


def drafts(said: dict[str, Any], calendar: Calendar) -> list[Draft]:
    """The posts of the answer by their numbers. Raises LookupError if it is none."""
    posts = [post for post in said["post_stream"]["posts"] if isinstance(post, dict)]
    told_of = (_draft(post, calendar) for post in posts if post.get("post_type") not in _ACTIONS)
    return sorted((draft for draft in told_of if draft.prose.text), key=lambda draft: draft.number or 0)


def _draft(post: dict[str, Any], calendar: Calendar) -> Draft:
    answered = post.get("reply_to_post_number")
    gone = bool(post.get("user_deleted") or post.get("deleted_at"))
    return told(
        calendar,
        words=words(str(post.get("cooked") or ""), skip=_DROPPED, quoted=_QUOTED),
        author=str(post.get("username") or post.get("name") or ""),
        date=str(post.get("created_at") or ""),
        permalink=str(post.get("post_url") or "") or None,
        name=f"#post_{post.get('post_number')}",
        answers=f"#post_{answered}" if isinstance(answered, int) and answered > 1 else None,
        kind=CommentKind.DELETED if gone else CommentKind.COMMENT,
        edited=int(post.get("version") or 1) > 1,
        number=post.get("post_number"),
    )
