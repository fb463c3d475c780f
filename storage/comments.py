"""The comments of a document: what is new, what was edited, what is gone.

A comment is known again by its permalink, else by its author, day and words. One that the page no longer holds keeps
its row, without a position; one whose words changed says when that was noticed.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from sqlite_utils import Database

from reading.document import Comment
from storage.database import identity, stamp


def keep(db: Database, document: str, comments: Iterable[Comment], at: datetime) -> None:
    """Make the table say what the thread says now. Within a transaction of the caller's."""
    db.conn.execute(
        "update comments set position = null, gone_at = coalesce(gone_at, ?) where document = ?", (stamp(at), document)
    )
    db.conn.executemany(_KEEP, _rows(document, comments, at))


def day(known: date | None) -> str | None:
    """A calendar day as it is stored: `2026-11-21`."""
    return known.isoformat() if known else None


def _rows(document: str, comments: Iterable[Comment], at: datetime) -> Iterator[dict[str, str | int | None]]:
    seen: Counter[str] = Counter()
    for position, comment in enumerate(comments):
        key = _key(comment)
        seen[key] += 1
        yield {
            "document": document,
            "key": key if seen[key] == 1 else f"{key}-{seen[key]}",
            "position": position,
            "author": comment.author,
            "date": day(comment.date),
            "depth": comment.depth,
            "parent": comment.parent,
            "permalink": comment.permalink,
            "kind": comment.kind,
            "edited": int(comment.edited),
            "quotes": json.dumps(comment.quotes),
            "text": comment.text,
            "at": stamp(at),
        }


def _key(comment: Comment) -> str:
    if comment.permalink:
        return identity(comment.permalink)
    return identity(comment.author or "", day(comment.date) or "", " ".join(comment.text.split()))


_KEEP = """
insert into comments (document, key, position, author, date, depth, parent, permalink, kind, edited, quotes, text,
    found_at)
values (:document, :key, :position, :author, :date, :depth, :parent, :permalink, :kind, :edited, :quotes, :text, :at)
on conflict (document, key) do update set
    position = excluded.position, author = excluded.author, date = excluded.date, depth = excluded.depth,
    parent = excluded.parent, kind = excluded.kind, edited = excluded.edited, quotes = excluded.quotes,
    changed_at = case when text = excluded.text then changed_at else excluded.found_at end,
    text = excluded.text, gone_at = null
"""
