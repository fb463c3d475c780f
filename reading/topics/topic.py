"""A thread as the JSON of its place tells it: what opens it, and the comments in the order of the thread.

A comment whose words are gone (deleted, dead, removed) keeps its place, as in all readers, so that what answers it
stays where it was.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from reading.dates import Calendar
from reading.document import CommentKind
from reading.draft import Draft
from reading.parts.told import told, words
from reading.prose import Prose

MOST_COMMENTS = 10_000  # of one thread; reading so many takes some two seconds
Answer = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A whole thread. `url` is the page that people read; `flat`: it shows answers by time, not below each other."""

    url: str
    title: str
    post: Draft | None
    drafts: list[Draft]
    flat: bool = False


def draft(
    calendar: Calendar,
    *,
    markup: str,
    author: str,
    date: str,
    permalink: str,
    name: str,
    answers: str | None = None,
    gone: bool = False,
    edited: bool = False,
) -> Draft:
    """A comment, or the post, from its named fields; `markup` is HTML or plain text."""
    found = told(
        calendar,
        words=Prose() if gone else words(markup),
        author=author,
        date=date,
        permalink=permalink,
        name=name,
        answers=answers,
        edited=edited,
    )
    return found if found.prose.text else replace(found, kind=CommentKind.DELETED)


def below(roots: Iterable[Answer], answers: Callable[[Answer], list[Answer]]) -> Iterator[tuple[Answer, Answer | None]]:
    """A tree of comments, each after what it answers and with it; without recursion, as threads may be deep."""
    waiting: list[tuple[Answer, Answer | None]] = []
    waiting += reversed([(one, None) for one in roots])
    while waiting:
        one, answered = waiting.pop()
        yield one, answered
        waiting += reversed([(other, one) for other in answers(one)])
