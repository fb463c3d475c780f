"""The feeds of a made-up blog: RSS 2.0 as WordPress and Ghost write it, Atom as Blogger and Movable Type do, JSON Feed.

WordPress names for each post how many comments it has (`slash:comments`) and a feed of them (`wfw:commentRss`), which
is served too.
"""

import json
from collections.abc import Callable, Iterator
from email.utils import format_datetime
from functools import partial
from typing import TYPE_CHECKING

from demo.blogs import Post
from demo.content import ENVIRONMENT, Content

if TYPE_CHECKING:  # a site asks for its feeds, and they ask it for its posts
    from demo.site import Site

PATHS = {
    "wordpress": "/feed/",
    "blogger": "/feeds/posts/default",
    "movable_type": "/atom.xml",
    "ghost": "/rss/",
    "json": "/feed/json",
}
TYPES = {
    "wordpress": "application/rss+xml",
    "blogger": "application/atom+xml",
    "movable_type": "application/atom+xml",
    "ghost": "application/rss+xml",
    "json": "application/feed+json",
}


def routes(site: "Site") -> Iterator[tuple[str, Callable[[], Content]]]:
    """The addresses of a site's feeds."""
    kind = site.blog.feed
    if kind == "none":
        return
    yield PATHS[kind], partial(_json if kind == "json" else _feed, site)
    if kind == "wordpress":
        for post in site.blog.posts:
            yield f"{site.path(post)}feed/", partial(_comments, site, post)


def _feed(site: "Site") -> Content:
    return _xml(site, site.blog.feed, site.fed)


def _comments(site: "Site", post: Post) -> Content:
    return _xml(site, "comments", (post,))


def _xml(site: "Site", template: str, posts: tuple[Post, ...]) -> Content:
    newest = max([post.when for post in posts] + [c.when for post in posts for c in post.comments])
    text = ENVIRONMENT.get_template(f"feeds/{template}.xml").render(
        site=site, blog=site.blog, posts=posts, newest=newest, rfc=format_datetime
    )
    charset = site.blog.charset
    return Content(
        body=text.encode(charset, "xmlcharrefreplace"),
        type=f"{TYPES[site.blog.feed]}; charset={charset}",
        modified=newest,
    )


def _json(site: "Site") -> Content:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": site.blog.title,
        "home_page_url": f"{site.home}/",
        "feed_url": site.feed_url,
        "language": site.blog.lang,
        "authors": [{"name": site.blog.author}],
        "items": [
            {
                "id": site.url(post),
                "url": site.url(post),
                "title": post.title,
                "content_html": str(site.html(post.text)),
                "date_published": post.when.isoformat(),
                "authors": [{"name": site.blog.author}],
                "tags": list(post.tags),
            }
            for post in site.fed
        ],
    }
    body = json.dumps(feed, ensure_ascii=False, indent=1).encode()
    return Content(body=body, type=TYPES["json"], modified=max(post.when for post in site.fed))
