"""A crawl asks for what is new, and for nothing twice."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import Template
from typing import Any

import pytest

from config import Settings
from crawler.sources import SourcesError
from jobs.collect import CrawlError, collect, fetch
from reading.page import Outcome, Page, PageKind
from storage import pages
from storage.database import connect
from tests.crawls import put_article, put_feed, put_listing, settings_in
from tests.web import RULES, Web

ROOT = Path(__file__).parent.parent
FEED, JSON, LIST = "rss.localhost", "json.localhost", "list.localhost"


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as web:
        for number in range(9):
            put_article(web, f"/post-{number}", etag=f'"{number}"')
        yield web


def collected(settings: Settings, days: int = 0) -> dict[Outcome, int]:
    return collect(settings, now=datetime.now(UTC) + timedelta(days=days))


def asked_since(web: Web, before: int) -> list[str]:
    return sorted(asked.host + asked.path for asked in web.asked[before:] if asked.path not in RULES)


def test_a_crawl_takes_what_the_sources_lead_to_and_the_next_one_only_what_is_new(web: Web, tmp_path: Path) -> None:
    put_feed(web, "/feed", [web.url("/post-1", FEED), web.url("/post-2#comments", FEED)], host=FEED, etag='"monday"')
    items = [{"id": "1", "url": "/post-3"}, {"id": "2", "url": web.url("/post-3?utm_source=feed", JSON)}]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Blog", "items": items}
    web.put(
        "/feed.json", json.dumps(feed), host=JSON, content_type="application/feed+json", last_modified="Mon, 04 May"
    )
    put_listing(web, "/blog/", ["/post-4", "/post-5"], "/blog/page/2/")
    put_listing(web, "/blog/page/2/", ["/post-6"], "/blog/page/3/")
    listing = f"{web.url('/blog/', LIST)} kind=listing pages=2"
    settings = settings_in(tmp_path, web.url("/feed", FEED), web.url("/feed.json", JSON), listing)

    assert collected(settings) == {"stored": 10}
    first = [f"{FEED}/feed", f"{FEED}/post-1", f"{FEED}/post-2", f"{JSON}/feed.json", f"{JSON}/post-3"]
    blog = [f"{LIST}/blog/", f"{LIST}/blog/page/2/", f"{LIST}/post-4", f"{LIST}/post-5", f"{LIST}/post-6"]
    assert asked_since(web, 0) == sorted(first + blog)

    before = len(web.asked)
    assert collected(settings) == {}, "nothing is due"
    assert len(web.asked) == before

    put_listing(web, "/blog/", ["/post-8", "/post-4"], "/blog/page/2/")
    assert collected(settings, days=1) == {"stored": 2, "unchanged": 3}
    new = [f"{LIST}/blog/", f"{LIST}/blog/page/2/", f"{LIST}/post-8"]
    assert asked_since(web, before) == sorted([f"{FEED}/feed", f"{JSON}/feed.json", *new])
    conditions = {a.path: a.headers for a in web.asked[before:]}
    assert conditions["/feed"]["if-none-match"] == '"monday"'
    assert conditions["/feed.json"]["if-modified-since"] == "Mon, 04 May"
    statuses = connect(settings.database).query(
        "select status from fetches where outcome = 'unchanged' order by status"
    )
    assert [row["status"] for row in statuses] == [200, 200, 304]

    fetch(settings, web.url("/post-1#comment-7", FEED))
    assert (web.asked[-1].path, web.asked[-1].headers["if-none-match"]) == ("/post-1", '"1"'), "asked again by hand"
    page = pages.find(connect(settings.database), web.url("/post-1", FEED))
    assert page
    assert (page.outcome, page.kind, bool(page.body)) == ("unchanged", "article", True)


def test_only_a_source_of_the_list_can_be_asked_for(web: Web, tmp_path: Path) -> None:
    with pytest.raises(SourcesError, match=r"has no source https://c\.example/"):
        collect(settings_in(tmp_path, web.url("/feed")), now=datetime.now(UTC), only=["https://c.example/"])


def test_a_crawl_that_does_not_end_by_itself_is_told(web: Web, tmp_path: Path) -> None:
    settings = settings_in(tmp_path, web.url("/feed"))
    settings.data.mkdir()
    (settings.data / "runs").write_text("a file where a folder should be")
    with pytest.raises(CrawlError, match=r"'collect' ended with an error \(status 1\)"):
        collected(settings)


def test_scrapy_lists_our_spiders(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "scrapy", "list"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    places = ["discourse", "hackernews", "lobsters", "reddit"]
    assert listed.stdout.split() == sorted(["collect", "feed", "link", "listing", "sitemap", *places])


def test_the_spider_that_scrapy_writes_finds_the_headings_that_are_links() -> None:
    template = Template((ROOT / "crawler/templates/spiders/basic.tmpl").read_text("utf-8"))
    names = {"classname": "TestSpider", "name": "test", "domain": "a.example", "url": "https://a.example/"}
    written: dict[str, Any] = {}
    exec(compile(template.substitute(names), "test.py", "exec"), written)
    body = b"<h2><a href=/1>One</a></h2><a href=/about>About</a>"
    page = Page(
        requested="https://a.example/",
        url="https://a.example/",
        kind=PageKind.ARCHIVE,
        outcome=Outcome.STORED,
        fetched_at=datetime.now(UTC),
        body=body,
    )
    assert [link.url for link in written["TestSpider"]().links(page, None)] == ["https://a.example/1"]
