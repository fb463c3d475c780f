"""A page as text: the post, and the readers' words under it."""

import datetime
from dataclasses import dataclass
from enum import StrEnum

from reading.page import Outcome


class CommentKind(StrEnum):
    """What stands in a place of a thread."""

    COMMENT = "comment"
    PINGBACK = "pingback"  # another site's link, or a trackback
    DELETED = "deleted"  # the place is kept, the words are gone


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """One reader's words under a post.

    `date` is the calendar day in the page's own words: pages seldom name a time zone. `depth` is 0 for an answer to
    the post; `parent` the index in `Document.comments` of what is answered. Paragraphs of `text` are separated by
    newlines; `quotes` are the (start, end) of what it quotes from others, in code points of `text`.
    """

    text: str
    author: str | None = None
    date: datetime.date | None = None
    depth: int = 0
    parent: int | None = None
    permalink: str | None = None
    kind: CommentKind = CommentKind.COMMENT
    edited: bool = False
    quotes: tuple[tuple[int, int], ...] = ()


class MediumKind(StrEnum):
    """What a post shows beside its words."""

    PICTURE = "picture"
    VIDEO = "video"


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """A picture, by its own address, or a video, by that of the page on which one watches it; `alt` says what it is."""

    kind: MediumKind
    url: str
    alt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A page as text.

    Paragraphs, list items and headings of `text` are lines of their own; `headings` are the (start, end) of the
    headings, in code points of `text`. `language` is ISO 639-1, `no` for both Norwegian forms, None when unsure.
    `licence` is the address of the Creative Commons licence that the page names for the post (reading/licence.py).
    """

    url: str
    text: str
    title: str | None = None
    author: str | None = None
    date: datetime.date | None = None
    language: str | None = None
    headings: tuple[tuple[int, int], ...] = ()
    comments: tuple[Comment, ...] = ()
    media: tuple[Medium, ...] = ()
    licence: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """Why a page gave no Document: an expected answer, not an error."""

    outcome: Outcome
    reason: str
