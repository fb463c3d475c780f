"""One blog as pages: which address answers with what, in the markup of its engine.

An engine is a folder of demo/engines: `engine.toml` says how its addresses look, `post.html` and `list.html` how its
pages do. The pages of a blog are: the front page and its further pages, one page for each month and each tag, the
posts (and the older pages of a long thread), the feeds, robots.txt, a style sheet, and the odd redirect.
"""

import tomllib
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from demo import feeds, markup
from demo.blogs import Blog, Comment, Post
from demo.content import ENGINES, ENVIRONMENT, Content
from demo.copies import with_copies

WORDS: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
FEED_POSTS = 10  # the default of the real engines; with copies a feed has all posts, so that all are found
SIDEBAR = 5  # entries in a sidebar's lists
REPLY_FORM = b"<form method=post><textarea name=comment></textarea><input type=submit></form>"


class Site:
    """One blog under `home` (its address without a slash at the end)."""

    def __init__(self, blog: Blog, home: str, copies: int = 1) -> None:
        self.words = WORDS[blog.lang]
        self.engine = engine(blog.engine)
        self.blog = with_copies(blog, copies, self.words)
        self.home = home
        self.fed = self.blog.posts[: FEED_POSTS if copies == 1 else None]
        self.routes: dict[str, Callable[[], Content]] = dict(self._routes())

    # What the templates ask

    def path(self, post: Post) -> str:
        return str(self.engine["post"]).format(y=post.when.year, m=f"{post.when.month:02}", slug=post.slug, id=post.id)

    def url(self, post: Post) -> str:
        return self.home + self.path(post)

    def comment_key(self, comment: Comment) -> str:
        return str(self.engine["comment"]).format(id=comment.id)

    def comment_url(self, post: Post, comment: Comment) -> str:
        return f"{self.home}{self.thread_path(post, comment)}#{self.comment_key(comment)}"

    def tag_url(self, tag: str) -> str:
        return self.home + str(self.engine["tag"]).format(tag=quote(tag.lower().replace(" ", "-")))

    def page_url(self, number: int) -> str:
        if number == 1:
            return f"{self.home}/"
        before = self.blog.posts[(number - 1) * self.per_page - 1].when
        return self.home + str(self.engine["page"]).format(
            n=number, before=f"{before:%Y-%m-%dT%H:%M:%S}Z", z=number - 1
        )

    def html(self, text: str, style: str | None = None) -> Markup:
        text = text.replace("](@/", f"]({self.home}/")
        text = markup.LINK.sub(lambda link: f"[{link[1]}]({self._elsewhere(link[2])})", text)
        return Markup(markup.to_html(text, style=style or self.engine["style"], heading=self.engine["heading"]))

    def excerpt(self, text: str, words: int = 40) -> str:
        return markup.excerpt(text, words)

    def date(self, when: datetime, pattern: str) -> str:
        return markup.in_words(when, self.words["dates"][pattern], self.words)

    def said(self, count: int) -> str:
        """How many comments, in words."""
        word: str = self.words["comments"][min(count, 2)]
        return word.format(n=count)

    def sorted_comments(self, post: Post, page: int | None = None) -> list[Comment]:
        """The comments of one page of a post's thread, answers after what they answer."""
        answers: dict[int | None, list[Comment]] = {}
        for comment in post.comments:
            answers.setdefault(comment.parent, []).append(comment)

        def walk(parent: int | None) -> Iterator[Comment]:
            for comment in answers.get(parent, ()):
                yield comment
                yield from walk(comment.id)

        return [c for c in walk(None) if page is None or self._thread_page(post, c) == page]

    @property
    def per_page(self) -> int:
        return int(self.engine["per_page"])

    @property
    def pages(self) -> int:
        return -(-len(self.blog.posts) // self.per_page)

    @property
    def feed_url(self) -> str:
        return self.home + feeds.PATHS[self.blog.feed] if self.blog.feed != "none" else ""

    @cached_property
    def tags(self) -> list[str]:
        return sorted({tag for post in self.blog.posts for tag in post.tags}, key=str.lower)

    @cached_property
    def months(self) -> dict[str, list[Post]]:
        """The posts of each month, by the path of its archive."""
        found: dict[str, list[Post]] = {}
        for post in self.blog.posts:
            path = str(self.engine["month"]).format(y=post.when.year, m=f"{post.when.month:02}")
            found.setdefault(path, []).append(post)
        return found

    @cached_property
    def recent_comments(self) -> list[tuple[Post, Comment]]:
        said = [(post, comment) for post in self.blog.posts for comment in post.comments]
        return sorted(said, key=lambda pair: pair[1].when, reverse=True)[:SIDEBAR]

    def related(self, post: Post) -> list[Post]:
        others = [other for other in self.blog.posts if other is not post]
        return sorted(others, key=lambda other: -len({*other.tags} & {*post.tags}))[:3]

    def beside(self, post: Post) -> tuple[Post | None, Post | None]:
        """The post before and the post after, in time."""
        place = self.blog.posts.index(post)
        older = self.blog.posts[place + 1] if place + 1 < len(self.blog.posts) else None
        return older, self.blog.posts[place - 1] if place else None

    def thread_path(self, post: Post, comment: Comment) -> str:
        """The path of the page that shows a comment."""
        return self._thread_paths(post)[self._thread_page(post, comment)]

    # Which address answers with what

    def _routes(self) -> Iterator[tuple[str, Callable[[], Content]]]:
        for number in range(1, self.pages + 1):
            posts = self.blog.posts[(number - 1) * self.per_page : number * self.per_page]
            yield self.page_url(number).removeprefix(self.home), partial(self._list, posts, "", number)
        for path, found in self.months.items():
            yield path, partial(self._list, tuple(found), self.date(found[0].when, "month"))
        for tag in self.tags:
            posts = tuple(post for post in self.blog.posts if tag in post.tags)
            yield self.tag_url(tag).removeprefix(self.home), partial(self._list, posts, tag)
        for post in self.blog.posts:
            for page, path in enumerate(self._thread_paths(post)):
                yield path, partial(self._post, post, page)
            if short := self.engine.get("short"):
                yield short.format(id=post.id), partial(Content, status=301, to=self.url(post))
            if reply := self.engine.get("reply"):
                for comment in post.comments:
                    yield reply.format(post=post.id, comment=comment.id), partial(Content, body=REPLY_FORM)
        yield from feeds.routes(self)
        yield "/robots.txt", partial(Content, body=self.blog.robots.encode(), type="text/plain; charset=utf-8")
        style = (ENGINES / self.blog.engine / "style.css").read_bytes()
        yield "/style.css", partial(Content, body=style, type="text/css; charset=utf-8")
        for answer in self.blog.answers:
            to = self._elsewhere(answer.to.replace("@/", f"{self.home}/")) if answer.to else ""
            yield answer.path, partial(Content, status=answer.status, to=to, body=answer.text.encode())

    def _list(self, posts: tuple[Post, ...], heading: str = "", number: int | None = None) -> Content:
        return self._page("list.html", posts, None, heading=heading, number=number)

    def _post(self, post: Post, page: int) -> Content:
        last = len(self._thread_paths(post)) - 1
        # the post's own page shows the newest comments, as WordPress does
        return self._page("post.html", (post,), post.declared, post=post, page=page, last=last)

    def _page(self, template: str, posts: tuple[Post, ...], declared: str | None, **names: Any) -> Content:
        names |= {"site": self, "blog": self.blog, "words": self.words, "posts": posts}
        text = ENVIRONMENT.get_template(f"{self.blog.engine}/{template}").render(names)
        charset = declared or (self.blog.charset if self.blog.charset == "utf-8" else None)
        said = [post.when for post in posts] + [c.when for post in posts for c in post.comments]
        return Content(
            body=text.encode(self.blog.charset, "xmlcharrefreplace"),
            type=f"text/html; charset={charset}" if charset else "text/html",
            modified=max(said),
        )

    def _thread_paths(self, post: Post) -> list[str]:
        """The paths of the pages of a thread; the last, with the newest comments, is the post's own."""
        threads = sum(comment.parent is None for comment in post.comments)
        pages = max(1, -(-threads // int(self.engine["threads"])))
        path = self.path(post)
        return [path + str(self.engine["thread_page"]).format(n=n) for n in range(1, pages)] + [path]

    def _thread_page(self, post: Post, comment: Comment) -> int:
        by_id = {other.id: other for other in post.comments}
        while comment.parent is not None:
            comment = by_id[comment.parent]
        threads = [other.id for other in post.comments if other.parent is None]
        return threads.index(comment.id) // int(self.engine["threads"])

    def _elsewhere(self, address: str) -> str:
        """An address as written in a text: `@name/path` is another blog of the made-up web."""
        if not address.startswith("@"):
            return address
        name, _, path = address[1:].partition("/")
        return f"{self.home.replace(self.blog.name, name, 1)}/{path}"


@cache
def engine(name: str) -> dict[str, Any]:
    """What demo/engines/NAME/engine.toml says."""
    return tomllib.loads((ENGINES / name / "engine.toml").read_text("utf-8"))
