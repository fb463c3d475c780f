"""The queue of addresses: each there once, leased to one run, done with its page; nothing lost when a run dies."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from reading.document import Document
from reading.page import Link, Outcome, Page, PageKind
from storage import documents, frontier, hosts, leases, pages, sources, upkeep
from storage.database import connect, identity, writing
from storage.documents import Reading
from storage.hosts import Host
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
    found = leases.lease(db, spider="feed", run=run, now=at, each=each, without=without or set())
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
    assert frontier.waiting(db, NOON) == 0


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
    found = leases.lease(db, spider="feed", run="one", now=NOON + 4 * MINUTE, each=1)
    assert [address.tries for address in found] == [1]


def test_what_a_run_held_waits_again_when_it_is_released(db: Database) -> None:
    add(db, "https://a.example/1", "https://a.example/2")
    lease(db, "one")
    assert leases.holders(db) == ["one"]
    assert leases.release(db, "one") == 2
    assert len(lease(db, "two")) == 2


def test_what_a_run_held_when_it_died_comes_after_the_rest(db: Database) -> None:
    add(db, "https://a.example/deadly", "https://a.example/1", "https://a.example/2")
    assert lease(db, "one", each=2) == ["https://a.example/deadly", "https://a.example/1"]
    pages.keep(db, page("https://a.example/1", "<p>told"))
    leases.bury(db, "one", NOON)
    assert lease(db, "two") == ["https://a.example/2", "https://a.example/deadly"]


def test_what_many_runs_died_with_is_leased_alone_when_all_else_is_done_and_then_waits(db: Database) -> None:
    deadly, good = "https://a.example/deadly", "https://b.example/good"
    add(db, deadly)
    for n in range(5):
        assert lease(db, f"run {n}") == [deadly]
        leases.bury(db, f"run {n}", NOON)
    add(db, good)
    assert lease(db, "six") == [good]
    assert lease(db, "six") == [], "the suspect is alone"
    pages.keep(db, page(good, "<p>told"))
    for n in (6, 7, 8):
        assert lease(db, f"run {n}") == [deadly]
        leases.bury(db, f"run {n}", NOON)
    assert lease(db, at=NOON + 59 * MINUTE) == []
    assert lease(db, at=NOON + 60 * MINUTE) == [deadly]


def test_a_lease_ends_unless_its_run_renews_it(db: Database) -> None:
    add(db, "https://a.example/1")
    lease(db, "hangs")
    leases.renew(db, "hangs", NOON + 20 * MINUTE)
    assert leases.expire(db, NOON + 40 * MINUTE) == 0
    assert leases.expire(db, NOON + 51 * MINUTE) == 1
    assert lease(db, "lives") == ["https://a.example/1"]


def test_a_source_gets_no_more_pages_than_its_budget_until_its_next_turn(db: Database) -> None:
    sources.sync(db, [Source(address=BLOG, kind="listing", every=MINUTE, pages=9, budget=4)])
    sources.claim(db, NOON)
    assert leased(db) == [BLOG]
    keep_archive(db, BLOG, NOON, *(f"{BLOG}/{n}" for n in range(9)))
    assert len(leased(db, each=2)) == 2
    leases.release(db, "one", [identity(f"{BLOG}/0"), identity(f"{BLOG}/1")])
    assert len(leased(db)) == 3, "what is given back is not spent"
    assert leased(db) == []
    assert frontier.waiting(db, NOON) == 3, "only what is under way"
    leases.release(db, "one")
    sources.claim(db, NOON + MINUTE, force=True)
    assert len(leased(db)) == 4


def leased(db: Database, each: int = 9) -> list[str]:
    return [a.url for a in leases.lease(db, spider=None, run="one", now=NOON + 2 * MINUTE, each=each)]


def test_a_host_that_rests_is_left_alone(db: Database) -> None:
    add(db, "https://a.example/1", "https://b.example/1")
    with writing(db):
        hosts.keep(db, {"a.example": Host(rests_until=NOON + MINUTE, reason="it answered 429")})
    assert lease(db) == ["https://b.example/1"]
    assert lease(db, at=NOON + MINUTE) == ["https://a.example/1"]


def test_a_twin_is_asked_for_only_if_the_first_spelling_led_to_no_page(db: Database) -> None:
    def put(url: str) -> bool:
        with writing(db):
            return frontier.put(db, url, spider="feed", kind=PageKind.ARTICLE, now=NOON, twin="a.example/post")

    assert put("http://a.example/post")
    assert not put("https://a.example/post/"), "the first is still to be asked for"
    pages.keep(db, page("http://a.example/post"))
    assert put("https://a.example/post/"), "the first is gone"
    pages.keep(db, page("https://a.example/post/", "<p>told"))
    assert not put("https://m.a.example/post")


def test_validators_are_left_out_once_a_week_as_servers_lie(db: Database) -> None:
    url = "https://a.example/1"
    add(db, url)
    pages.keep(db, replace(page(url, "<p>told"), headers={"etag": '"1"', "last-modified": "Mon, 04 May"}))
    found = []
    for days in (1, 8):
        frontier.add(db, url, spider="feed", kind=PageKind.ARTICLE, now=NOON, again=True)
        at = NOON + timedelta(days=days)
        (address,) = leases.lease(db, spider="feed", run="one", now=at, each=1)
        found.append((address.etag, address.last_modified))
        leases.release(db, "one")
    assert found == [('"1"', "Mon, 04 May"), (None, None)]


def test_validators_of_an_answer_that_is_none_are_not_believed(db: Database) -> None:
    url = "https://a.example/1"
    add(db, url)
    pages.keep(db, replace(page(url, "<p>told"), headers={"etag": '"good"'}))
    broken = replace(page(url), outcome=Outcome.BROKEN, headers={"etag": '"broken"'})
    pages.keep(db, broken)
    frontier.add(db, url, spider="feed", kind=PageKind.ARTICLE, now=NOON, again=True)
    (address,) = leases.lease(db, spider="feed", run="one", now=NOON, each=1)
    assert address.etag == '"good"'


def test_an_entry_keeps_its_first_address_whatever_its_feed_says_later(db: Database) -> None:
    claimed_blog(db, NOON)
    entry = Link(url=f"{BLOG}/1", kind=PageKind.ARTICLE, key="one")
    for n, url in enumerate((f"{BLOG}/1", f"{BLOG}/1?reader=2", f"{BLOG}/1?reader=3")):
        listed = replace(page(BLOG, f"round {n}", kind=PageKind.ARCHIVE), links=(replace(entry, url=url),))
        pages.keep(db, listed)
    pages.keep(db, replace(page(BLOG, kind=PageKind.ARCHIVE), outcome=Outcome.UNCHANGED, status=304))
    assert [row["url"] for row in db.query("select url from frontier where kind = 'article'")] == [f"{BLOG}/1"]


def test_what_was_not_asked_for_has_used_up_no_try_and_no_budget(db: Database) -> None:
    claimed_blog(db, NOON)
    (address,) = leases.lease(db, spider=None, run="one", now=NOON, each=1)
    keep_archive(db, address.url, NOON, f"{BLOG}/1")
    leases.lease(db, spider=None, run="one", now=NOON, each=1)
    kept_out = replace(page(f"{BLOG}/1"), outcome=Outcome.LATER, again_at=NOON + MINUTE, asked=False)
    pages.keep(db, kept_out)
    row = next(iter(db.query("select tries, spent from frontier f join sources s on s.id = f.source where depth = 1")))
    assert (row["tries"], row["spent"]) == (0, 1)


def test_what_was_given_up_is_tried_again_when_a_page_leads_to_it_once_more(db: Database) -> None:
    claimed_blog(db, NOON)
    keep_archive(db, BLOG, NOON, f"{BLOG}/1")
    pages.keep(db, replace(page(f"{BLOG}/1"), outcome=Outcome.LATER))
    assert keep_archive(db, BLOG, NOON, f"{BLOG}/1", f"{BLOG}/2") == [f"{BLOG}/1", f"{BLOG}/2"]


def test_hosts_have_their_turn_in_a_circle(db: Database) -> None:
    add(db, *(f"https://{host}.example/{n}" for host in "abc" for n in range(2)))
    found = []
    for after in ("", "b.example", "c.example"):
        leased = leases.lease(db, spider=None, run="one", now=NOON, each=1, after=after)
        found.append([address.host[0] for address in leased])
        leases.release(db, "one")
    assert [hosts_[0] for hosts_ in found] == ["a", "c", "a"]
    assert all(sorted(hosts_) == ["a", "b", "c"] for hosts_ in found)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ({"canonical": "https://a.example/1"}, True),
        ({"body": b"<p>told"}, True),
        ({"canonical": "https://a.example/else"}, False),
        ({"url": "https://c.example/2", "requested": "https://c.example/2", "body": b"<p>told"}, False),
    ],
    ids=["names it as its canonical address", "has its bytes", "names another", "has its bytes on another host"],
)
def test_a_page_that_is_another_is_not_stored_twice(db: Database, other: dict[str, object], same: bool) -> None:
    pages.keep(db, page("https://a.example/1", "<p>told"))
    second = pages.keep(db, replace(page("https://a.example/2", "<p>told otherwise"), **other))  # type: ignore[arg-type]
    assert (second.outcome == "unchanged") is same
    if same:
        assert second.reason == "the same page as https://a.example/1"


def test_a_page_that_asks_not_to_be_archived_is_read_and_let_go(db: Database) -> None:
    url = "https://a.example/1"
    add(db, url)
    asking = replace(page(url, "<p>told"), reserved=frozenset({"noarchive"}))
    pages.keep(db, asking)
    assert pages.load(db, identity(url)).body == b"<p>told"
    documents.keep(db, identity(url), Reading(document=Document(url=url, text="told")), NOON)
    assert pages.load(db, identity(url)).body == b""
    assert documents.forget_readings(db) == 0
    assert pages.keep(db, asking).outcome == "unchanged", "its hash is still known"
    assert pages.load(db, identity(url)).body == b"<p>told", "so that its thread can be read again"
    upkeep.tidy(db, NOON)
    assert pages.load(db, identity(url)).body == b""


def test_a_killed_process_is_dead_at_once_and_a_living_one_is_not(tmp_path: Path) -> None:
    code = (
        "from storage.runs import *; run = Run(Path(sys.argv[1]), datetime.now()); print(run.name, flush=True); input()"
    )
    command = [sys.executable, "-c", f"import sys; {code}", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE) as process:
        assert process.stdout
        name = process.stdout.readline().decode().strip()
        assert dead(tmp_path, [name, "never-lived"], NOON) == ["never-lived"]
        process.kill()
        process.wait()
        assert dead(tmp_path, [name], NOON) == [name]


def test_the_file_of_a_run_that_died_and_held_nothing_goes_once_it_is_old(tmp_path: Path) -> None:
    run = Run(tmp_path, NOON)
    run._lock.release(force=True)  # as the operating system does when the process dies
    file = next((tmp_path / "runs").iterdir())
    dead(tmp_path, [], datetime.now(UTC))
    assert file.exists(), "it may just be starting"
    dead(tmp_path, [], datetime.now(UTC) + 2 * MINUTE)
    assert not file.exists()


def test_a_run_that_ends_leaves_nothing(tmp_path: Path) -> None:
    run = Run(tmp_path, NOON)
    run.end()
    assert dead(tmp_path, [run.name], NOON) == [run.name]
    assert list((tmp_path / "runs").iterdir()) == []


def test_what_came_from_a_source_that_rests_is_left_alone(db: Database) -> None:
    source = Source(address="https://a.example/feed", kind="feed", every=MINUTE, pages=1)
    sources.sync(db, [source])
    sources.claim(db, NOON)
    sources.sync(db, [])
    assert lease(db) == []
    assert frontier.waiting(db, NOON) == 0


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
    found = leases.lease(db, spider="listing", run="one", now=NOON, each=9)
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
