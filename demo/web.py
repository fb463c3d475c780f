"""A made-up web on loopback, for the demo, the tests and the measurements.

    with serve() as web:
        print(web.feeds_txt)

serves the blogs of demo/blogs at one port of 127.0.0.1, each as `http://NAME.localhost:PORT/`. By hand:

    python -m demo.web --port 8080
"""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread

from demo.blogs import Comment, Post, blogs
from demo.markup import plain
from demo.server import Request, Server
from demo.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """A story that is really told on a page.

    `comment` is None where the post tells it, else the key of the comment in the page. `starts` and `ends` are the
    first and last words of the passage; tellings of one event have the same `event`.
    """

    url: str
    lang: str
    comment: str | None
    starts: str
    ends: str
    event: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """The web while it is served."""

    port: int
    sites: tuple[Site, ...]
    log: list[Request]

    @property
    def addresses(self) -> tuple[str, ...]:
        """The start address of each blog."""
        return tuple(f"{site.home}/" for site in self.sites)

    @property
    def feeds_txt(self) -> str:
        """All blogs as sources: a line each, in the format of feeds.txt."""
        return "# The made-up web\n" + "".join(f"{_source(site)}\n" for site in self.sites)

    def truth(self) -> tuple[Truth, ...]:
        """All stories that are really told, page by page."""
        return tuple(truth for site in self.sites for post in site.blog.posts for truth in _truths(site, post))

    def posts(self) -> tuple[str, ...]:
        """The addresses of all posts."""
        return tuple(site.url(post) for site in self.sites for post in site.blog.posts)


@contextmanager
def serve(port: int = 0, copies: int = 1) -> Iterator[Web]:
    """Serve the made-up web until the block ends. Port 0 takes any free one; each post is there `copies` times."""
    server = Server(port)
    port = server.server_address[1]
    sites = {blog.name: Site(blog, f"http://{blog.name}.localhost:{port}", copies) for blog in blogs()}
    server.sites = sites
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="made-up web", daemon=True)
    thread.start()
    try:
        yield Web(port=port, sites=tuple(sites.values()), log=server.log)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _source(site: Site) -> str:
    fields = f'lang={site.blog.lang} every=1h label="{site.blog.title}"'
    if site.feed_url:
        return f"{site.feed_url} kind=feed {fields}"
    return f"{site.home}/ kind=listing pages={site.pages} {fields}"


def _truths(site: Site, post: Post) -> Iterator[Truth]:
    told: list[tuple[Post | Comment, str, str | None]] = [(post, site.url(post), None)]
    told += [(c, site.home + site.thread_path(post, c), site.comment_key(c)) for c in post.comments]
    for telling, url, comment in told:
        for story in telling.told:
            yield Truth(
                url=url,
                lang=site.blog.lang,
                comment=comment,
                starts=plain(story.starts),
                ends=plain(story.ends),
                event=story.event,
            )


def main() -> None:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m demo.web", description="Serve the made-up web on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=8080, help="0: any free one (default: %(default)s)")
    parser.add_argument("--copies", type=int, default=1, help="how often each post is there (default: %(default)s)")
    arguments = parser.parse_args()
    with serve(arguments.port, arguments.copies) as web:
        print(f"http://localhost:{web.port}/ lists the blogs; as sources they are:\n\n{web.feeds_txt}", flush=True)
        try:
            Event().wait()
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    main()
