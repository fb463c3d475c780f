"""The hostile web of `bench.endurance`: blogs that go on writing while simulated hours pass, and do not always answer.

Each blog writes a post every half hour to every four hours, and its feed has the ten newest; older ones stand on
further pages of it. Every other post tells a story, and one in three of those is told again by another blog, hours
later; comments come in under a post for half a day. Of twenty posts one is busy at first (503), one is gone, one leads
to another address, one is a picture, one breaks off in the middle, and one is slow.

One blog answers 503 for four hours, one breaks every connection off for three, and for an hour and a half all do, as
where the machine is cut off. The host of one more source has no name that anybody knows.
"""

import hashlib
import random
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from time import sleep
from typing import Self

from bench.many_texts import Author

BLOGS, BEFORE = 14, 12  # and posts that each has when it begins
LEAST, MOST = timedelta(minutes=30), timedelta(hours=4)  # between two posts of a blog
ON_A_PAGE = 10
AGAIN = 3  # one in so many stories is told by another blog, too
LATER = timedelta(hours=5)  # at most, until then
COMMENTS, TALK = 4, timedelta(hours=12)
HARMS = {1: "busy", 3: "gone", 5: "moved", 7: "picture", 9: "broken off", 11: "slow"}  # by number, of twenty
OF = 20
SLOW_SECONDS = 0.5
HOUR = timedelta(hours=1)
OK, MOVED = 200, 301
BUSY_BLOG, DEAD_BLOG = "blog3", "blog4"
AWAY = {BUSY_BLOG: (5, 9), DEAD_BLOG: (10, 13)}  # hours in which a blog does not answer
CUT_OFF = (14.0, 15.5)  # hours in which nobody does
NOBODY = "nobody.invalid"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(200)


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A post: where, when, what it tells, its comments, and what is wrong with it."""

    path: str
    at: datetime
    title: str
    text: str
    comments: tuple[str, ...]
    harm: str = ""


class World:
    """All blogs, from a moment on for some hours; `now` tells what time it is. Use as a context."""

    def __init__(self, began: datetime, hours: float, now: Callable[[], datetime], seed: int) -> None:
        self.began, self.ends, self.now = began, began + hours * HOUR, now
        self.asked: Counter[str] = Counter()
        self._refused: set[str] = set()
        self._lock = Lock()
        self.posts = _written(began, self.ends, random.Random(seed))
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"world": self}))
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # who asked was killed
        self.port = self._server.server_address[1]

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def feeds_txt(self) -> str:
        """The sources."""
        nobody = f"http://{NOBODY}:{self.port}/feed every=1h\n"
        return nobody + "".join(f"{self.url(blog, '/feed')} every=30m pages=3\n" for blog in self.posts)

    def url(self, blog: str, path: str) -> str:
        """An address."""
        return f"http://{blog}.localhost:{self.port}{path}"

    def told(self, at: datetime) -> Iterator[tuple[str, Post]]:
        """All posts that were in a feed by then, with their addresses."""
        for blog, posts in self.posts.items():
            yield from ((self.url(blog, post.path), post) for post in posts if post.at <= at)

    def answer(self, blog: str, path: str) -> tuple[int, str, bytes] | None:
        """Status, type and body at an address now; None where the connection breaks off."""
        now = min(self.now(), self.ends)
        hours = (now - self.began) / HOUR
        with self._lock:
            self.asked[blog + path] += 1
            first = self.asked[blog + path] == 1
        away = AWAY.get(blog)
        if now < self.ends and (CUT_OFF[0] <= hours < CUT_OFF[1] or (away and away[0] <= hours < away[1])):
            return (503, "text/plain", b"busy") if blog == BUSY_BLOG else None
        posts = self.posts.get(blog, [])[: bisect_right(self.posts.get(blog, []), now, key=lambda post: post.at)]
        if path.startswith("/feed"):
            return 200, "application/rss+xml", self._feed(blog, posts, int(path.partition("=")[2] or 1))
        post = next((post for post in posts if path in (post.path, f"{post.path}-moved")), None)
        if post is None:
            return 404, "text/html", b"<p>not here</p>"
        return _of_post(post, path, now, first)

    def _feed(self, blog: str, posts: list[Post], number: int) -> bytes:
        newest = posts[::-1]
        here = newest[(number - 1) * ON_A_PAGE : number * ON_A_PAGE]
        older = f'<atom:link rel="next" href="{self.url(blog, f"/feed?paged={number + 1}")}"/>'
        items = "".join(
            f"<item><title>{escape(post.title)}</title><link>{self.url(blog, post.path)}</link></item>" for post in here
        )
        more = older if len(newest) > number * ON_A_PAGE else ""
        head = f'<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>{blog}</title>{more}'
        return f"{head}{items}</channel></rss>".encode()


class _Handler(BaseHTTPRequestHandler):
    """Answers as the world says."""

    protocol_version = "HTTP/1.1"
    world: World

    def do_GET(self) -> None:
        blog = self.headers.get("Host", "").partition(".")[0]
        said = self.world.answer(blog, self.path)
        if said is None:
            self.close_connection = True
            return
        status, kind, body = said
        tag = f'"{hashlib.sha1(body, usedforsecurity=False).hexdigest()}"'
        known = status == OK and self.headers.get("If-None-Match") == tag
        self.send_response(304 if known else status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        if status == OK:
            self.send_header("ETag", tag)
        if status == MOVED:
            self.send_header("Location", body.decode())
        broken = kind == "text/broken"
        self.send_header("Content-Length", "0" if known else str(len(body) + 1000 * broken))
        self.end_headers()
        if not known:
            self.wfile.write(body)
        self.close_connection = broken

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


def _of_post(post: Post, path: str, now: datetime, first: bool) -> tuple[int, str, bytes]:
    if post.harm == "busy" and first:
        return 503, "text/plain", b"busy"
    if post.harm == "gone":
        return 410, "text/html", b"gone"
    if post.harm == "moved" and path == post.path:
        return 301, "text/html", f"{post.path}-moved".encode()
    if post.harm == "picture":
        return 200, "image/png", PICTURE
    if post.harm == "slow":
        sleep(SLOW_SECONDS)
    if post.harm == "broken off" and first:
        return 200, "text/broken", b"<article>"
    come = [text for n, text in enumerate(post.comments, 1) if post.at + n * TALK / COMMENTS <= now]
    comments = "".join(
        f'<li class="comment" id="comment-{n}"><div class="comment-author"><cite class="fn">Reader {n}</cite></div>'
        f'<div class="comment-content"><p>{escape(text)}</p></div></li>'
        for n, text in enumerate(come)
    )
    page = (
        f'<html><head><meta property="article:published_time" content="{post.at:%Y-%m-%dT%H:%M:%SZ}"></head><body>'
        f"<article><h1>{escape(post.title)}</h1><div class='entry-content'><p>{escape(post.text)}</p></div></article>"
        f'<div id="comments" class="comments-area"><ol class="comment-list">{comments}</ol></div></body></html>'
    )
    return 200, "text/html", page.encode()


def _written(began: datetime, ends: datetime, dice: random.Random) -> dict[str, list[Post]]:
    """What every blog writes, in order of time."""
    author = Author(dice)
    posts: dict[str, list[Post]] = {f"blog{n}": [] for n in range(BLOGS)}
    for number, blog in enumerate(posts):
        every = LEAST + (MOST - LEAST) * dice.random()
        at = began - BEFORE * every
        while at < ends:
            posts[blog].append(_post(author, dice, at, len(posts[blog])))
            at += every * dice.uniform(0.5, 1.5)
            if dice.randrange(2 * AGAIN) == 0:
                told = posts[blog][-1]
                other = f"blog{(number + dice.randrange(1, BLOGS)) % BLOGS}"
                later = min(told.at + LATER * dice.random(), ends)
                posts[other].append(_again(told, later, len(posts[other])))
    return {blog: sorted(those, key=lambda post: post.at) for blog, those in posts.items()}


def _post(author: Author, dice: random.Random, at: datetime, number: int) -> Post:
    told = author.new() if number % 2 else None
    comments = tuple(
        author.new().text if number % 5 == 0 and n == 1 else f"Comment {n}: a fine day for the ferry, as of {at:%H:%M}."
        for n in range(COMMENTS)
    )
    return Post(
        path=f"/post-{number}",
        at=at,
        title=told.title if told else f"What happened at {at:%A %H:%M}",
        text=told.text
        if told
        else f"At {at:%H:%M} we took the ferry across the sound, with two dogs and a cello. "
        f"It was a grey day in spring, number {dice.randrange(10**6)}, and nobody was in a hurry to be anywhere.",
        comments=comments,
        harm=HARMS.get(number % OF, ""),
    )


def _again(told: Post, at: datetime, number: int) -> Post:
    """The same told again, word for word, as blogs copy."""
    return Post(path=f"/again-{number}", at=at, title=told.title, text=told.text, comments=())
