"""The queue of addresses: each there once, leased to one run, done with its page; nothing lost when a run dies."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from crawler.urls import canonical
from reading.page import Link, Outcome, Page, PageKind
from storage import frontier, pages, sources
from storage.database import connect, identity, writing
from storage.runs import Run, dead
from storage.sources import Source

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
BLOG = "https://a.example/blog"


@pytest.fixture
def db() -> Database:
    return connect()


def add(db: Database, *urls: str, kind: PageKind = PageKind.ARTICLE) -> None:
    for url in urls:
        frontier.add(db, url, spider="feed", kind=kind, now=NOON)


def lease(
    db: Database, run: str = "one", each: int = 10, at: datetime = NOON, without: set[str] | None = None
) -> list[str]:
    found = frontier.lease(db, spider="feed", run=run, now=at, each=each, without=without or set())
    return [address.url for address in found]


def page(url: str, body: str = "", *links: str, kind: PageKind = PageKind.ARTICLE, at: datetime = NOON) -> Page:
    found = tuple(Link(url=link, kind=PageKind.ARCHIVE if "page" in link else PageKind.ARTICLE) for link in links)
    outcome = Outcome.STORED if body else Outcome.GONE
    return Page(
        requested=url, url=url, kind=kind, outcome=outcome, fetched_at=at, body=body.encode(), links=found, status=200
    )


def test_an_address_is_there_once_however_often_it_is_found(db: Database) -> None:
    put = [frontier.add(db, "https://a.example/1", spider="feed", kind=PageKind.ARTICLE, now=NOON) for _ in range(3)]
    assert put == [True, False, False]


def test_an_address_is_leased_to_one_run_and_done_with_its_page(db: Database) -> None:
    add(db, "https://a.example/1")
    assert lease(db, "one") == ["https://a.example/1"]
    assert lease(db, "two") == []
    pages.keep(db, page("https://a.example/1", "<p>told"))
    assert lease(db, "two") == []
    assert frontier.waiting(db, NOON) == {}


def test_what_leads_to_more_comes_first_and_the_rest_in_the_order_found(db: Database) -> None:
    add(db, "https://a.example/2", "https://a.example/1")
    add(db, "https://a.example/feed", kind=PageKind.FEED)
    assert lease(db) == ["https://a.example/feed", "https://a.example/2", "https://a.example/1"]


def test_each_host_gets_its_share_of_a_batch(db: Database) -> None:
    add(db, *(f"https://a.example/{n}" for n in range(50)), "https://b.example/1", "https://c.example/1")
    assert sorted(lease(db, each=1)) == ["https://a.example/0", "https://b.example/1", "https://c.example/1"]
    assert lease(db, each=2, without={"a.example"}) == []
    assert lease(db, each=2) == ["https://a.example/1", "https://a.example/2"]


def test_two_runs_at_once_never_hold_addresses_of_the_same_host(db: Database) -> None:
    add(db, *(f"https://a.example/{n}" for n in range(5)), "https://b.example/1")
    assert lease(db, "one", each=2, without={"b.example"}) == ["https://a.example/0", "https://a.example/1"]
    assert lease(db, "two", each=2) == ["https://b.example/1"]


def test_what_is_worth_another_try_waits_until_then(db: Database) -> None:
    add(db, "https://a.example/1")
    lease(db)
    with writing(db):
        frontier.retry(db, identity("https://a.example/1"), NOON + 4 * MINUTE)
    assert lease(db, at=NOON + 3 * MINUTE) == []
    found = frontier.lease(db, spider="feed", run="one", now=NOON + 4 * MINUTE, each=1)
    assert [address.tries for address in found] == [1]


def test_what_a_run_held_waits_again_when_it_is_released(db: Database) -> None:
    add(db, "https://a.example/1", "https://a.example/2")
    lease(db, "one")
    assert frontier.holders(db) == ["one"]
    assert frontier.release(db, "one") == 2
    assert len(lease(db, "two")) == 2


def test_what_a_run_held_when_it_died_comes_after_the_rest(db: Database) -> None:
    add(db, "https://a.example/deadly", "https://a.example/1", "https://a.example/2")
    assert lease(db, "one", each=2) == ["https://a.example/deadly", "https://a.example/1"]
    pages.keep(db, page("https://a.example/1", "<p>told"))
    frontier.release(db, "one", died=True)
    assert lease(db, "two") == ["https://a.example/2", "https://a.example/deadly"]


def test_a_killed_process_is_dead_at_once_and_a_living_one_is_not(tmp_path: Path) -> None:
    code = (
        "from storage.runs import *; run = Run(Path(sys.argv[1]), datetime.now()); print(run.name, flush=True); input()"
    )
    command = [sys.executable, "-c", f"import sys; {code}", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE) as process:
        assert process.stdout
        name = process.stdout.readline().decode().strip()
        assert dead(tmp_path, [name, "never-lived"]) == ["never-lived"]
        process.kill()
        process.wait()
        assert dead(tmp_path, [name]) == [name]


def test_a_run_that_ends_leaves_nothing(tmp_path: Path) -> None:
    run = Run(tmp_path, NOON)
    run.end()
    assert dead(tmp_path, [run.name]) == [run.name]
    assert list((tmp_path / "runs").iterdir()) == []


def test_what_came_from_a_source_that_rests_is_left_alone(db: Database) -> None:
    source = Source(address="https://a.example/feed", kind="feed", every=MINUTE, pages=1)
    sources.sync(db, [source])
    sources.claim(db, NOON)
    sources.sync(db, [])
    assert lease(db) == []
    assert frontier.waiting(db, NOON) == {}


def claimed_blog(db: Database, at: datetime, pages: int = 3) -> None:
    sources.sync(db, [Source(address=BLOG, kind="listing", every=MINUTE, pages=pages)])
    sources.claim(db, at)


def keep_archive(db: Database, url: str, at: datetime, *links: str) -> list[str]:
    """Keep an archive page; returns what waits then."""
    pages.keep(db, page(url, f"{url} {links}", *links, kind=PageKind.ARCHIVE, at=at))
    return sorted(row["url"] for row in db.query("select url from frontier where state = 'waiting'"))


def test_an_archive_is_followed_as_far_as_its_source_says(db: Database) -> None:
    claimed_blog(db, NOON, pages=3)
    assert keep_archive(db, BLOG, NOON, f"{BLOG}/1", f"{BLOG}/page2") == [f"{BLOG}/1", f"{BLOG}/page2"]
    assert f"{BLOG}/page3" in keep_archive(db, f"{BLOG}/page2", NOON, f"{BLOG}/2", f"{BLOG}/page3")
    assert f"{BLOG}/page4" not in keep_archive(db, f"{BLOG}/page3", NOON, f"{BLOG}/3", f"{BLOG}/page4")


def test_articles_are_fetched_in_the_order_of_the_page_that_lists_them(db: Database) -> None:
    claimed_blog(db, NOON)
    lease(db)
    keep_archive(db, BLOG, NOON, f"{BLOG}/9", f"{BLOG}/2", f"{BLOG}/10")
    found = frontier.lease(db, spider="listing", run="one", now=NOON, each=9)
    assert [address.url for address in found] == [f"{BLOG}/9", f"{BLOG}/2", f"{BLOG}/10"]


def test_older_pages_are_looked_at_again_only_when_a_page_shows_something_new(db: Database) -> None:
    claimed_blog(db, NOON)
    keep_archive(db, BLOG, NOON, f"{BLOG}/1", f"{BLOG}/page2")
    keep_archive(db, f"{BLOG}/page2", NOON, f"{BLOG}/2", f"{BLOG}/page3")
    keep_archive(db, f"{BLOG}/page3", NOON, f"{BLOG}/3")
    for number in (1, 2, 3):
        pages.keep(db, page(f"{BLOG}/{number}", f"post {number}"))
    claimed_blog(db, NOON + MINUTE)
    assert keep_archive(db, BLOG, NOON + MINUTE, f"{BLOG}/page2", f"{BLOG}/1") == []
    claimed_blog(db, NOON + 2 * MINUTE)
    new = keep_archive(db, BLOG, NOON + 2 * MINUTE, f"{BLOG}/4", f"{BLOG}/1", f"{BLOG}/page2")
    assert new == [f"{BLOG}/4", f"{BLOG}/page2"]


def test_more_pages_are_looked_at_when_the_source_says_so_though_the_first_is_unchanged(db: Database) -> None:
    claimed_blog(db, NOON, pages=1)
    assert f"{BLOG}/page2" not in keep_archive(db, BLOG, NOON, f"{BLOG}/1", f"{BLOG}/page2")
    claimed_blog(db, NOON + MINUTE, pages=2)
    assert f"{BLOG}/page2" in keep_archive(db, BLOG, NOON + MINUTE, f"{BLOG}/1", f"{BLOG}/page2")


def test_a_page_is_stored_once_and_a_changed_one_is_unread_again(db: Database) -> None:
    url = "https://a.example/1"
    id = identity(url)
    add(db, url)
    assert pages.keep(db, page(url, "<p>told")).outcome == "stored"
    assert pages.keep(db, page(url, "<p>told")).outcome == "unchanged"
    db.conn.execute("update pages set reading = 'read'")
    assert pages.unread(db, 9) == []
    assert pages.keep(db, page(url, "<p>told anew")).outcome == "stored"
    assert pages.unread(db, 9) == [id]
    assert pages.load(db, id).body == b"<p>told anew"


def test_what_is_stored_stays_when_the_page_is_gone(db: Database) -> None:
    url = "https://a.example/1"
    add(db, url)
    pages.keep(db, page(url, "<p>told"))
    pages.keep(db, page(url))
    found = pages.find(db, url)
    assert found
    assert (found.outcome, found.body) == ("gone", b"<p>told")


def test_two_addresses_that_lead_to_one_page_give_one_body(db: Database) -> None:
    add(db, "https://a.example/old", "https://a.example/new")
    moved = Page(
        requested="https://a.example/old",
        url="https://a.example/new",
        kind=PageKind.ARTICLE,
        outcome=Outcome.STORED,
        fetched_at=NOON,
        body=b"<p>told",
    )
    assert pages.keep(db, moved).outcome == "stored"
    again = pages.keep(db, page("https://a.example/new", "<p>told, 2 comments"))
    assert (again.outcome, again.reason) == ("unchanged", "the same page as https://a.example/old")
    assert len(pages.unread(db, 9)) == 1
    found = pages.find(db, "https://a.example/new")
    assert found
    assert (found.requested, found.body) == ("https://a.example/old", b"<p>told")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTP://Blog.Example:80/A/../b", "http://blog.example/b"),
        ("https://blog.example:443", "https://blog.example/"),
        ("https://blog.example:8443/", "https://blog.example:8443/"),
        ("https://blog.example./a#comment-3", "https://blog.example/a"),
        ("https://user:pw@blog.example/a", "https://blog.example/a"),
        ("https://blog.example/a?utm_source=x&b=2&fbclid=y&a=1", "https://blog.example/a?b=2&a=1"),
        ("https://blog.example/a?replytocom=7#respond", "https://blog.example/a"),
        ("https://blåbær.example/rød grød", "https://xn--blbr-roah.example/r%C3%B8d%20gr%C3%B8d"),
        ("https://blog.example/%C3%B8?q=%20x", "https://blog.example/%C3%B8?q=%20x"),
        ("/a/./b/../c/..", "https://blog.example/a/"),
        ("https://blog.example//x/../..//y", "https://blog.example//y"),
        ("https://blog..example/", None),
        ("https://a b.example/", None),
        ("../c?d", "https://blog.example/c?d"),
        ("//cdn.example/x", "https://cdn.example/x"),
        ("http://[2001:DB8::1]:80/", "http://[2001:db8::1]/"),
        ("mailto:a@b.example", None),
        ("javascript:void(0)", None),
        ("file:///etc/hostname", None),
        ("http://", None),
        ("http://[::1", None),
        ("http://a.example:99999/", None),
        ("https://a.example/" + "x" * 3000, None),
    ],
)
def test_an_address_has_one_spelling(url: str, expected: str | None) -> None:
    assert canonical(url, "https://blog.example/a/b") == expected
    assert expected is None or canonical(expected) == expected
