"""A turn that comes late looks further back in a feed that has rolled over, as far as that brings something new."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from jobs.collect import collect
from reading.page import Link, Outcome, Page, PageKind
from storage import pages, sources
from storage.database import connect
from storage.sources import Source
from tests.crawls import put_article, settings_in
from tests.web import Web

EACH = 4  # entries on a page of the feed
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as web:
        for number in range(30):
            put_article(web, f"/post-{number}")
        yield web


def put_paged(web: Web, newest: int) -> None:
    """A blog's feed with posts 0 to `newest`, the newest first, in pages that lead to one another."""
    posts = list(range(newest, -1, -1))
    pages = [posts[n : n + EACH] for n in range(0, len(posts), EACH)]
    for n, page in enumerate(pages):
        following = f'<atom:link rel="next" href="{web.url(f"/feed?paged={n + 2}")}"/>' if n + 1 < len(pages) else ""
        items = "".join(f"<item><title>Post {k}</title><link>{web.url(f'/post-{k}')}</link></item>" for k in page)
        web.put(
            f"/feed?paged={n + 1}" if n else "/feed",
            '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Blog</title>'
            f"{following}{items}</channel></rss>",
        )


def test_after_a_days_sleep_a_feed_that_rolled_over_is_looked_at_further_back(web: Web, tmp_path: Path) -> None:
    settings = settings_in(tmp_path, f"{web.url('/feed')} every=6h pages=2")
    now = datetime.now(UTC)

    def asked(newest: int, at: datetime) -> list[str]:
        put_paged(web, newest)
        before = len(web.paths())
        collect(settings, now=at)
        return [path for path in web.paths()[before:] if "feed" in path]

    first, second, third, fourth = ("/feed", *(f"/feed?paged={n}" for n in (2, 3, 4)))
    assert asked(newest=7, at=now) == [first, second]
    assert asked(newest=19, at=now + DAY) == [first, second, third, fourth], (
        "the fourth has nothing new: it is the last"
    )
    assert asked(newest=29, at=now + DAY + 7 * HOUR) == [first, second], "in time: no more than it says"
    assert len([path for path in web.paths() if "post" in path]) == 28


@pytest.mark.parametrize(("entry", "asked"), [("new", True), ("known", False)])
def test_a_feed_with_whole_entries_is_looked_at_further_back_where_one_of_them_is_new(entry: str, asked: bool) -> None:
    db = connect()
    source = Source(address="https://a.example/feed", kind="feed", every=6 * HOUR, pages=1)
    sources.sync(db, [source])
    older = Link(url="https://a.example/feed?paged=2", kind=PageKind.FEED)
    for at, name in ((NOON, "known"), (NOON + DAY, entry)):
        sources.claim(db, at)
        url, feed = f"https://a.example/{name}", source.address
        whole = Page(
            requested=url,
            url=url,
            kind=PageKind.ARTICLE,
            outcome=Outcome.STORED,
            fetched_at=at,
            source=source.id,
            body=name.encode(),
        )
        pages.keep(db, whole)
        told = {"requested": feed, "url": feed, "kind": PageKind.FEED, "status": 200, "links": (older,)}
        pages.keep(db, replace(whole, body=f"{at}".encode(), **told))  # type: ignore[arg-type]  # a test's own words
    assert bool(list(db.query("select 1 from frontier where url = ?", [older.url]))) == asked
