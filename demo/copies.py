"""A blog's posts over and over in varied words, so that a measurement can have as many pages as it needs.

The copy number k of a post has another address and an earlier date; each word of a row of words.toml's `vary` becomes
the word k places further in its row, each number of up to three digits grows by k, and an opening of its own stands
before the text. The same k gives the same words, always. The copies' events have names of their own ("event~2"), but
their texts remain cousins: copies serve to count pages, not to judge how retellings are found.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from demo.blogs import Blog, Comment, Post, Told

NUMBER = re.compile(r"(?<![\d.,:])\d{1,3}(?![\d.,:]*\d)")
LINKS = re.compile(r"(\]\([^)]*\))")
EARLIER = timedelta(days=11)  # so that the copies spread over months and their archives


def with_copies(blog: Blog, copies: int, words: Mapping[str, Any]) -> Blog:
    """The blog with each post `copies` times."""
    further = [_copied(post, number, words, len(blog.posts)) for number in range(1, copies) for post in blog.posts]
    posts = sorted((*blog.posts, *further), key=lambda post: post.when, reverse=True)
    return replace(blog, posts=tuple(posts))


def _copied(post: Post, number: int, words: Mapping[str, Any], count: int) -> Post:
    openings = words["openings"]
    opening = openings[(post.id + number) % len(openings)].format(n=number + 1)
    shift = (post.id + 7 * count * number) - post.id  # ids stay unique: posts of a blog are 7 apart
    return replace(
        post,
        id=post.id + shift,
        slug=f"{post.slug}-{number + 1}",
        when=post.when - number * EARLIER,
        title=_varied(post.title, number, words),
        text=f"{opening}\n\n{_varied(post.text, number, words)}",
        told=_told(post.told, number, words),
        comments=tuple(_comment(comment, number, words, 100 * shift) for comment in post.comments),
    )


def _comment(comment: Comment, number: int, words: Mapping[str, Any], shift: int) -> Comment:
    return replace(
        comment,
        id=comment.id + shift,
        parent=comment.parent + shift if comment.parent else None,
        when=comment.when - number * EARLIER,
        text=_varied(comment.text, number, words),
        told=_told(comment.told, number, words),
    )


def _told(told: tuple[Told, ...], number: int, words: Mapping[str, Any]) -> tuple[Told, ...]:
    return tuple(
        Told(
            event=f"{story.event}~{number + 1}",
            starts=_varied(story.starts, number, words),
            ends=_varied(story.ends, number, words),
        )
        for story in told
    )


def _varied(text: str, number: int, words: Mapping[str, Any]) -> str:
    further = {word: row[(place + number) % len(row)] for row in words["vary"] for place, word in enumerate(row)}
    known = re.compile(rf"\b({'|'.join(map(re.escape, further))})\b")

    def vary(piece: str) -> str:
        piece = known.sub(lambda found: further[found[1]], piece)
        return NUMBER.sub(lambda found: str(int(found[0]) + number), piece)

    return "".join(piece if place % 2 else vary(piece) for place, piece in enumerate(LINKS.split(text)))
