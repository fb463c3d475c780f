"""Every address that is fetched ends with the one word that says how that went, and with a reason."""

import gzip
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from sqlite_utils import Database

from crawler.guard import may_be_asked
from jobs.collect import collect
from reading.page import Page
from storage import pages
from storage.database import connect
from tests.crawls import put_article, put_feed, settings_in
from tests.web import RULES, Answer, Asked, Web

LARGEST = 20_000  # bytes of a body
BLOG, CLOSED, SLOW, DOWN, BUSY = (f"{name}.localhost" for name in ("blog", "closed", "slow", "down", "busy"))

EXPECTED = {
    # path, at BLOG unless it names a host: outcome, reason
    "/good": ("stored", ""),
    "/compressed": ("stored", ""),
    "/missing": ("gone", "status 404"),
    "/removed": ("gone", "status 410"),
    "/members": ("forbidden", "status 403"),
    "/secret/diary": ("forbidden", "robots.txt"),
    "/to-secret": ("forbidden", "robots.txt"),
    "/to-inside": ("forbidden", "robots.txt: its host has no public address"),
    "/to-metadata": ("forbidden", "robots.txt: its host has no public address"),
    "/to-file": ("broken", "it redirects to no web address"),
    "/round": ("broken", "max redirections reached"),
    "/odd": ("broken", "status 418"),
    f"{BUSY}/post": ("later", "status 503"),
    "/sleepy": ("later", "time-out"),
    "/empty": ("empty", "no body"),
    "/brochure": ("not-text", "its content type is not text"),
    "/picture": ("not-text", "its body is not text"),
    "/huge": ("too-large", "over the setting max_body"),
    "/bomb": ("too-large", "over the setting max_body when decompressed"),
    f"{DOWN}/post": ("later", "robots.txt: status 503"),
    f"{CLOSED}/post": ("forbidden", "robots.txt"),
    f"{SLOW}/1": ("stored", ""),
    f"{SLOW}/2": ("stored", ""),
    f"{SLOW}/3": ("stored", ""),
}


def address(web: Web, place: str) -> str:
    host, slash, path = place.partition("/")
    return web.url(slash + path, host or BLOG)


def sleepy(asked: Asked) -> Answer:
    time.sleep(2.5)  # longer than the crawl's time-out
    return Answer(body=b"<p>late")


def put_web(web: Web) -> None:
    web.put("/robots.txt", "User-agent: *\nDisallow: /secret\n", host=BLOG)
    web.put("/robots.txt", "User-agent: other\nDisallow:\n\nUser-agent: goodturn\nDisallow: /", host=CLOSED)
    web.put("/robots.txt", "User-agent: *\nCrawl-delay: 0.5\n", host=SLOW)
    web.put("/robots.txt", "try later", host=DOWN, status=503)
    for path in ("/good", "/post", "/1", "/2", "/3", "/secret/diary"):
        put_article(web, path)
    web.put("/compressed", gzip.compress(b"<h1>r\xf8d gr\xf8d</h1>"), content_encoding="gzip", content_type="text/html")
    web.put("/removed", "gone", status=410)
    web.put("/members", "log in", status=403)
    web.put("/odd", "I am a teapot", status=418)
    web.put("/post", "later", host=BUSY, status=503, retry_after="7200")
    web.put("/empty", "")
    web.put("/brochure", b"%PDF-1.7" * 99, content_type="application/pdf")
    web.put("/picture", b"\x89PNG\r\n" * 99)
    web.put("/huge", "<p>" + "x" * LARGEST)
    web.put("/bomb", gzip.compress(b"x" * 50 * LARGEST), content_encoding="gzip")
    for path, to in {"/to-secret": "/secret/plan", "/to-file": "file:///etc/hostname", "/round": "/round"}.items():
        web.put(path, status=302, location=to)
    web.put("/to-inside", status=302, location="http://10.11.12.13/admin")
    web.put("/to-metadata", status=302, location="http://[::ffff:169.254.169.254]/latest")
    web.answers["/sleepy"] = sleepy
    put_feed(web, "/feed", [address(web, place) for place in EXPECTED], host=BLOG)


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Web, Database]]:
    with Web() as web:
        put_web(web)
        feed = web.url("/feed", BLOG)
        web.put("/", '<link rel="alternate" type="application/rss+xml" href="/feed"><h1>Blog</h1>', host=BLOG)
        folder = tmp_path_factory.mktemp("outcomes")
        settings = settings_in(folder, feed, web.url("/", BLOG), timeout=1.5, max_body=LARGEST)
        collect(settings, now=datetime.now(UTC))
        yield web, connect(settings.database)


def page_at(crawl: tuple[Web, Database], place: str) -> Page:
    page = pages.find(crawl[1], address(crawl[0], place))
    assert page is not None
    return page


@pytest.mark.parametrize("place", EXPECTED)
def test_an_address_ends_with_its_outcome_and_reason(crawl: tuple[Web, Database], place: str) -> None:
    page = page_at(crawl, place)
    assert (page.outcome, page.reason) == EXPECTED[place]
    assert bool(page.body) == (page.outcome == "stored")


def test_a_page_is_kept_as_it_came_but_for_its_compression(crawl: tuple[Web, Database]) -> None:
    assert page_at(crawl, "/compressed").body == b"<h1>r\xf8d gr\xf8d</h1>"


def test_what_is_no_feed_says_so_and_names_the_feed_of_the_page(crawl: tuple[Web, Database]) -> None:
    page = page_at(crawl, "/")
    assert page.outcome == "broken"
    assert page.reason == f"this is no feed; the page names {crawl[0].url('/feed', BLOG)}: put that into feeds.txt"


def test_a_site_that_asks_for_patience_gets_it(crawl: tuple[Web, Database]) -> None:
    rows = list(crawl[1].query("select * from frontier where url like '%busy%'"))
    wait = datetime.fromisoformat(rows[0]["not_before"]) - datetime.now(UTC)
    assert rows[0]["state"] == "waiting"
    assert rows[0]["tries"] == 1
    assert 7100 < wait.total_seconds() <= 7200


def test_a_crawl_delay_lies_between_two_requests(crawl: tuple[Web, Database]) -> None:
    moments = [asked.at for asked in crawl[0].asked if asked.host == SLOW]
    assert len(moments) == len(RULES) + 3
    assert all(later - earlier > 0.4 for earlier, later in pairwise(moments[1:]))


def test_what_robots_txt_excludes_is_never_asked_for(crawl: tuple[Web, Database]) -> None:
    asked = {asked.host + asked.path for asked in crawl[0].asked}
    assert not {place for place in asked if "/secret" in place or place.startswith((CLOSED + "/p", DOWN + "/p"))}


def test_each_request_says_who_asks(crawl: tuple[Web, Database]) -> None:
    for asked in crawl[0].asked:
        assert asked.headers["user-agent"].startswith("Goodturn/")
        assert asked.headers["user-agent"].endswith("(+editor@example.org)")
        assert "cookie" not in asked.headers


def test_nothing_on_this_machine_is_asked_unless_the_setting_says_so(tmp_path: Path) -> None:
    with Web() as web:
        hosts = ["127.0.0.1", "localhost", "blog.localhost", "127.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"]
        hosts += ["0x7f000001", "017700000001", "0177.1", "127.0.1", "127.255.255.254", "0.0.0.0", "[::1]", "[::]"]
        hosts += ["[::127.0.0.1]", "[64:ff9b::127.0.0.1]", "[2002:7f00:1::]", "[::ffff:0:127.0.0.1]"]
        settings = settings_in(tmp_path, *(web.url("/feed", host) for host in hosts), allow_private=False)
        counts = collect(settings, now=datetime.now(UTC))
        assert counts == {"forbidden": len(hosts)}
        assert web.asked == []


@pytest.mark.parametrize(
    ("address", "public", "loopback"),
    [
        ("93.184.215.14", True, True),
        ("2001:4860:4860::8888", True, True),
        ("64:ff9b::5db8:d70e", True, True),
        ("127.0.0.1", False, True),
        ("::1", False, True),
        ("::ffff:127.0.0.1", False, True),
        ("64:ff9b::7f00:1", False, True),
        ("2002:7f00:1::", False, True),
        ("::127.0.0.1", False, True),
        ("0.0.0.0", False, False),
        ("10.0.0.1", False, False),
        ("100.64.0.1", False, False),
        ("169.254.169.254", False, False),
        ("192.168.1.1", False, False),
        ("224.0.0.1", False, False),
        ("255.255.255.255", False, False),
        ("ff02::1", False, False),
        ("fc00::1", False, False),
        ("fe80::1%eth0", False, False),
        ("::1%lo", False, True),
        ("fec0::1", False, False),
        ("::ffff:0:10.0.0.1", False, False),
        ("::ffff:0:127.0.0.1", False, False),
        ("4000::1", False, False),
        ("240.0.0.1", False, False),
        ("192.0.2.1", False, False),
        ("192.0.0.8", False, False),
        ("192.88.99.1", False, False),
        ("198.18.0.1", False, False),
        ("3fff::1", False, False),
        ("2001:db8::1", False, False),
        ("::10.0.0.1", False, False),
        ("2001:0:a00:1::f5ff:fffe", False, False),
        ("::ffff:10.0.0.1", False, False),
        ("64:ff9b::a00:1", False, False),
        ("64:ff9b:1::a00:1", False, False),
        ("2002:a00:1::", False, False),
        ("no address", False, False),
    ],
)
def test_only_public_addresses_are_asked(address: str, public: bool, loopback: bool) -> None:
    assert may_be_asked(address) is public
    assert may_be_asked(address, loopback=True) is loopback
