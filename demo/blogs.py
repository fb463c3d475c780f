"""A made-up blog as data: what a file of demo/blogs says, typed.

A file has the blog's fields, its `[[posts]]`, their `[[posts.comments]]` and, for each story that is really told, the
truth: `stories = [{event, starts, ends}]` on a post, with the first and last words of the passage, or `event` on a
comment, which is then the story from its first to its last words unless it says `starts` and `ends` too. `to` on a
comment is the number (from 1) of the comment of the same post that it answers. Times are UTC.
"""

import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "blogs"
SAID_WORDS = 6  # words that mark the start and the end of a comment's story: enough to be found once in a page


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A story that a text really tells: which event, and the first and last words of the passage."""

    event: str
    starts: str
    ends: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A reader's words. `parent` is the id of the comment that is answered; `depth` 0 answers the post."""

    id: int
    author: str
    when: datetime
    text: str
    depth: int = 0
    parent: int | None = None
    told: tuple[Told, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One post. `declared` is a character set that the server wrongly declares for its page."""

    id: int
    slug: str
    title: str
    when: datetime
    text: str
    tags: tuple[str, ...]
    comments: tuple[Comment, ...] = ()
    told: tuple[Told, ...] = ()
    declared: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the server says at one path that is no post: a redirect with `to`, a bare status, or a line of text."""

    path: str
    status: int
    to: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blog:
    """One blog; its posts are newest first. `feed` is the kind of feed it offers, or "none"."""

    name: str
    title: str
    tagline: str
    about: str
    lang: str
    author: str
    engine: str
    feed: str
    robots: str
    colour: str = "#35515e"
    charset: str = "utf-8"
    links: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()
    posts: tuple[Post, ...] = ()


def blogs() -> tuple[Blog, ...]:
    """All blogs of the made-up web, by name."""
    return tuple(_blog(path.stem, tomllib.loads(path.read_text("utf-8"))) for path in sorted(FOLDER.glob("*.toml")))


def _blog(name: str, data: dict[str, Any]) -> Blog:
    written = sorted(data.pop("posts"), key=lambda post: post["when"])
    posts = [_post(number, post) for number, post in enumerate(written, start=1)]
    answers = tuple(Answer(**answer) for answer in data.pop("answers", ()))
    links = tuple(data.pop("links", ()))
    return Blog(name=name, posts=tuple(reversed(posts)), answers=answers, links=links, **data)


def _post(number: int, data: dict[str, Any]) -> Post:
    identity = 17 + 7 * number  # real engines count drafts and pictures too
    comments: list[Comment] = []
    for place, comment in enumerate(data.pop("comments", ()), start=1):
        comments.append(_comment(100 * identity + place, comment, comments))
    return Post(
        id=identity,
        slug=data["slug"],
        title=data["title"],
        when=data["when"].replace(tzinfo=UTC),
        text=data["text"].strip(),
        tags=tuple(data["tags"]),
        comments=tuple(comments),
        told=tuple(Told(**story) for story in data.get("stories", ())),
        declared=data.get("declared"),
    )


def _comment(identity: int, data: dict[str, Any], before: list[Comment]) -> Comment:
    parent = before[data["to"] - 1] if "to" in data else None
    text = data["text"].strip()
    words = text.split()
    starts = data.get("starts", " ".join(words[:SAID_WORDS]))
    ends = data.get("ends", " ".join(words[-SAID_WORDS:]))
    return Comment(
        id=identity,
        author=data["author"],
        when=data["when"].replace(tzinfo=UTC),
        text=text,
        depth=parent.depth + 1 if parent else 0,
        parent=parent.id if parent else None,
        told=(Told(event=data["event"], starts=starts, ends=ends),) if "event" in data else (),
    )
