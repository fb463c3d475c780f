"""Settings and a made-up listing for tests that crawl."""

from pathlib import Path
from typing import Any

from config import Settings
from tests.web import Web


def settings_in(folder: Path, *lines: str, **other: Any) -> Settings:
    """Settings for a crawl of loopback with all data in `folder`, and feeds.txt with these lines.

    One process reads: a second takes as long to load as it saves.
    """
    (folder / "feeds.txt").write_text("\n".join(lines) + "\n", "utf-8")
    usual = {"delay": 0, "allow_private": True, "timeout": 5, "contact": "editor@example.org", "workers": 1}
    values: dict[str, Any] = usual | other
    return Settings(data=folder / "data", feeds=folder / "feeds.txt", **values)


def put_feed(web: Web, path: str, entries: list[str], **headers: Any) -> None:
    """An RSS feed that leads to these addresses."""
    items = "".join(f"<item><title>Post</title><link>{entry}</link></item>" for entry in entries)
    web.put(path, f'<rss version="2.0"><channel><title>Blog</title>{items}</channel></rss>', **headers)


def put_listing(web: Web, path: str, articles: list[str], older: str = "") -> None:
    """An archive page that lists these articles and leads to an older page."""
    posts = "".join(f'<article><h2><a href="{a}">The post at {a}</a></h2><p>It begins.</p></article>' for a in articles)
    link = f'<div class="nav-links"><a class="next" href="{older}">Older posts</a></div>' if older else ""
    menu = '<nav><a href="/about-us">About us</a><a href="/shop">Shop</a></nav>'
    footer = "<footer><a href='/imprint'>Imprint</a></footer>"
    web.put(path, f"<html><body>{menu}<main>{posts}{link}</main>{footer}</body></html>")


def put_article(web: Web, path: str, **headers: Any) -> None:
    """A post, different at each path."""
    web.put(path, f"<article><h1>{path}</h1><p>What happened at {path}.</p></article>", **headers)
