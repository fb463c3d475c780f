"""The rest of a thread: further parts are fetched within a budget, belong to their article, and are read with it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from jobs.collect import collect, fetch
from jobs.read import read_unread
from reading.document import Document
from reading.page import Link, Outcome, Page, PageKind
from storage import documents, leases, pages, sources
from storage.database import Database, connect, identity
from storage.documents import Reading
from storage.sources import Source
from tests.crawls import put_feed, settings_in
from tests.web import Web

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
POST = "https://a.example/post"
PARTS = tuple(Link(url=f"{POST}/comment-page-{n}", kind=PageKind.THREAD) for n in range(2, 8))


@pytest.fixture
def db() -> Database:
    db = connect()
    blog = Source(
        address="https://a.example/feed", kind="feed", every=timedelta(hours=1), pages=1, options={"thread": "3"}
    )
    sources.sync(db, [blog])
    sources.claim(db, NOON)
    keep(db, blog.address, PageKind.FEED, Link(url=POST, kind=PageKind.ARTICLE))
    return db


def keep(db: Database, url: str, kind: PageKind, *links: Link, at: datetime = NOON, body: str = "words") -> None:
    pages.keep(
        db,
        Page(
            requested=url,
            url=url,
            kind=kind,
            outcome=Outcome.STORED,
            fetched_at=at,
            status=200,
            body=f"{url} {body}".encode(),
            links=links,
        ),
    )


def waiting(db: Database) -> list[str]:
    found = leases.lease(db, spider="feed", run="test", now=NOON + timedelta(days=9), each=99)
    leases.release(db, "test")
    return [address.url.removeprefix(f"{POST}/comment-page-") for address in found]


def test_as_many_further_parts_are_fetched_as_the_source_says(db: Database) -> None:
    keep(db, POST, PageKind.ARTICLE, *PARTS[:2])
    assert waiting(db) == ["2", "3"]
    keep(db, PARTS[0].url, PageKind.THREAD, *PARTS)
    assert waiting(db) == ["3", "4"]


def test_a_new_part_has_its_article_read_again(db: Database) -> None:
    keep(db, POST, PageKind.ARTICLE, *PARTS[:1])
    db.conn.execute("update pages set reading = 'read'")
    keep(db, PARTS[0].url, PageKind.THREAD)
    assert pages.unread(db, 9) == [identity(POST)]
    assert [part.url for part in pages.parts(db, identity(POST))] == [PARTS[0].url]


def test_a_part_that_comes_while_its_article_is_read_has_it_read_again(db: Database) -> None:
    keep(db, POST, PageKind.ARTICLE, PARTS[0])
    id = identity(POST)
    before = pages.state(db, id)
    keep(db, PARTS[0].url, PageKind.THREAD)
    reading = Reading(document=Document(url=POST, text="words"))
    documents.keep(db, id, reading, NOON, of=before)
    assert pages.unread(db, 9) == [id]
    documents.keep(db, id, reading, NOON, of=pages.state(db, id))
    assert pages.unread(db, 9) == []


def test_the_parts_are_asked_for_again_when_the_article_has_changed(db: Database) -> None:
    keep(db, POST, PageKind.ARTICLE, *PARTS[:1])
    keep(db, PARTS[0].url, PageKind.THREAD)
    assert waiting(db) == []
    keep(db, POST, PageKind.ARTICLE, *PARTS[:1], at=NOON + timedelta(hours=5), body="more words")
    assert waiting(db) == ["2"]


def comment(number: int, text: str) -> str:
    return (
        f'<li class="comment" id="comment-{number}"><div class="comment-author"><cite class="fn">Reader {number}</cite>'
        f'</div><div class="comment-meta"><a href="/post/#comment-{number}"><time datetime="2026-04-0{number}T10:00">'
        f'April {number}, 2026</time></a></div><div class="comment-content"><p>{text}</p></div></li>'
    )


def put_post(web: Web, shown: dict[str, list[str]]) -> None:
    """A WordPress post whose comments stand on several pages: its path, and the comments shown there."""
    links = "".join(f'<a class="page-numbers" href="{path}#comments">{path}</a>' for path in shown)
    for path, comments in shown.items():
        web.put(
            path,
            '<html lang="en"><head><title>The ferry</title><meta name="generator" content="WordPress 6.5"></head><body>'
            "<article><h1>The ferry</h1><div class='entry-content'><p>We took the ferry across the sound on a grey day "
            "in spring, with two dogs and a cello, and nobody on board had brought anything to eat at all.</p></div>"
            f'</article><div id="comments" class="comments-area"><ol class="comment-list">{"".join(comments)}</ol>'
            f'<nav class="navigation comments-pagination"><div class="nav-links">{links}</div></nav></div>'
            "</body></html>",
        )


def test_a_thread_on_several_pages_is_one_document_and_grows_when_it_is_asked_for_again(tmp_path: Path) -> None:
    with Web() as web:
        first, second = [comment(1, "A cello!"), comment(2, "Which sound?")], [comment(3, "The narrow one.")]
        put_feed(web, "/feed", [web.url("/post/")])
        put_post(web, {"/post/": first, "/post/comment-page-2/": second})
        settings = settings_in(tmp_path, web.url("/feed"))
        db = connect(settings.database)
        collect(settings, now=datetime.now(UTC))
        read_unread(settings)
        assert said(db) == ["A cello!", "Which sound?", "The narrow one."]
        second.append(comment(4, "I was the cellist."))
        first[0] = comment(1, "A cello, of all things!")
        put_post(web, {"/post/": first, "/post/comment-page-2/": second})
        db.conn.execute("update frontier set done_at = '2026-01-01T00:00:00Z'")  # as if it had been fetched long ago
        fetch(settings, web.url("/post/"))
        collect(settings, now=datetime.now(UTC))
        read_unread(settings)
        assert said(db) == ["A cello, of all things!", "Which sound?", "The narrow one.", "I was the cellist."]
        assert db.execute("select count(*) from comments where changed_at is not null").fetchone()[0] == 1


def said(db: Database) -> list[str]:
    return [row["text"] for row in db.query("select text from comments where position is not null order by position")]


def listed(db: Database, comments: int, at: datetime) -> list[str]:
    """The feed says how many comments the post has; returns what waits then."""
    link = Link(url=POST, kind=PageKind.ARTICLE, comments=comments)
    keep(db, "https://a.example/feed", PageKind.FEED, link, at=at, body=f"{comments} comments")
    return waiting(db)


def test_a_post_is_asked_for_again_when_its_feed_says_it_has_more_comments(db: Database) -> None:
    keep(db, POST, PageKind.ARTICLE)
    assert listed(db, 4, NOON) == []
    assert listed(db, 4, NOON + timedelta(hours=1)) == []
    assert listed(db, 6, NOON + timedelta(hours=2)) == [POST]


def test_a_post_that_is_still_listed_is_asked_for_again_as_often_as_the_source_says(db: Database) -> None:
    blog = Source(address="https://a.example/feed", kind="feed", every=timedelta(hours=1), pages=1)
    sources.sync(db, [replace(blog, options={"revisit": str(24 * 60 * 60)})])
    keep(db, POST, PageKind.ARTICLE)
    assert listed(db, 4, NOON + timedelta(hours=23)) == []
    assert listed(db, 4, NOON + timedelta(hours=25)) == [POST]
