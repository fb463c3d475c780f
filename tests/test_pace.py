"""What a crawl knows of hosts and sites from the crawls before it: who rests, what was allowed, when it was asked."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from config import Settings
from jobs.collect import collect, thrown_away
from reading.page import Outcome
from storage import hosts, pages, sources
from storage.database import connect, writing
from storage.hosts import Host, Said
from tests.crawls import put_article, put_feed, settings_in
from tests.web import Web

A, B = "a.localhost", "b.localhost"
NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)


def outcome(settings: Settings, url: str) -> tuple[str, str]:
    page = pages.find(connect(settings.database), url)
    assert page
    return page.outcome, page.reason.partition(":")[0]


def test_a_host_that_asked_for_rest_and_a_site_that_keeps_us_out_are_known_to_the_next_crawl(tmp_path: Path) -> None:
    with Web() as web:
        put_feed(web, "/feed", [], host=A)
        put_feed(web, "/feed", [], host=B)
        rests, closed = web.url("/feed", A), web.url("/feed", B)
        settings = settings_in(tmp_path, rests, closed)
        db = connect(settings.database)
        with writing(db):
            hosts.keep(db, {A: Host(asked_at=NOW, rests_until=NOW + HOUR, reason="it answered 429")})
        hosts.keep_robots(db, web.url("", B), Said(status=200, body=b"User-agent: *\nDisallow: /"), NOW)
        assert collect(settings, now=datetime.now(UTC)) == {"forbidden": 1}
        assert web.asked == []
        assert outcome(settings, closed) == ("forbidden", "robots.txt")

        assert collect(settings, now=NOW + 25 * HOUR, force=True) == {"stored": 2}
        asked = sorted((asked.host, asked.path) for asked in web.asked)
        assert asked == [(host, path) for host in (A, B) for path in ("/feed", "/robots.txt")], "a day has passed"


def test_what_asked_for_rest_is_left_alone_and_the_crawl_ends(tmp_path: Path) -> None:
    with Web() as web:
        put_feed(web, "/feed", [web.url(f"/{n}", A) for n in range(9)], host=B)
        web.put("/0", status=429, retry_after="7200", host=A)
        settings = settings_in(tmp_path, web.url("/feed", B), delay=0.01)
        collect(settings, now=datetime.now(UTC))
        assert [asked.path for asked in web.asked if asked.host == A][-1] == "/0"
        known = hosts.host(connect(settings.database), A)
        assert known.reason == "it answered 429"
        assert known.rests_until
        assert known.asked_at
        assert abs(known.rests_until - known.asked_at - 2 * HOUR) < timedelta(minutes=1)
        assert known.wait > settings.delay


def test_a_source_that_keeps_to_its_own_site_is_not_led_off_it(tmp_path: Path) -> None:
    with Web() as web:
        put_feed(web, "/feed", [web.url("/1", A), web.url("/1", B), web.url("/away", A)], host=A)
        put_article(web, "/1")
        web.put("/away", status=302, location=web.url("/1", B), host=A)
        settings = settings_in(tmp_path, f"{web.url('/feed', A)} sites=own")
        assert collect(settings, now=datetime.now(UTC)) == {"stored": 2, "forbidden": 1}
        assert {asked.host for asked in web.asked} == {A}
        assert outcome(settings, web.url("/away", A)) == ("forbidden", f"it led off its source's site, to {B}")


def test_a_robots_txt_that_fails_lets_its_host_rest_and_spends_no_budget(tmp_path: Path) -> None:
    with Web() as web:
        put_feed(web, "/feed", [web.url(f"/{n}", A) for n in range(5)], host=B)
        web.put("/robots.txt", status=503, host=A)
        settings = settings_in(tmp_path, f"{web.url('/feed', B)} budget=3")
        collect(settings, now=datetime.now(UTC))
        assert [asked.path for asked in web.asked if asked.host == A] == ["/robots.txt"]
        rows = list(connect(settings.database).query("select tries from frontier where kind = 'article'"))
        assert [row["tries"] for row in rows] == [0] * 5
        web.put("/robots.txt", "", host=A)
        for n in range(5):
            put_article(web, f"/{n}")
        assert collect(settings, now=NOW + 2 * HOUR)[Outcome.STORED] == 2, "the budget of three, less the feed itself"


def test_a_host_that_was_slowed_down_is_asked_faster_again_after_ten_good_answers(tmp_path: Path) -> None:
    with Web() as web:
        put_feed(web, "/feed", [web.url(f"/{n}", A) for n in range(15)], host=B)
        for n in range(15):
            put_article(web, f"/{n}")
        web.put("/0", status=503, host=A)
        settings = settings_in(tmp_path, web.url("/feed", B), delay=0.01)
        collect(settings, now=datetime.now(UTC))
        assert hosts.host(connect(settings.database), A).wait == 0


def test_what_a_feed_says_of_when_to_ask_again_holds_while_it_does_not_change(tmp_path: Path) -> None:
    with Web() as web:
        rss = '<rss version="2.0"><channel><title>Blog</title><ttl>1200</ttl></channel></rss>'
        web.put("/feed", rss, host=A, etag='"1"')
        settings = settings_in(tmp_path, f"{web.url('/feed', A)} every=30m")
        for hours in (0, 30):
            then = NOW + hours * HOUR
            collect(settings, now=then)
            due = sources.due(connect(settings.database), then + 19 * HOUR)
            assert due == [], "ttl is twenty hours"
        assert pages.outcomes_since(connect(settings.database), 1) == {Outcome.UNCHANGED: 1}


def test_a_machine_without_a_network_does_not_count_against_its_sources(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, "http://a.invalid/feed", "http://b.invalid/feed")
    collect(settings, now=NOW)
    db = connect(settings.database)
    rows = list(db.query("select failures, last_reason from sources"))
    assert [tuple(row.values()) for row in rows] == [(0, "robots.txt: its host is unknown")] * 2
    assert len(sources.due(db, NOW + HOUR / 2)) == 2
    assert hosts.host(db, "a.invalid").rests_until is None


def test_a_list_that_says_nofollow_leads_nowhere(tmp_path: Path) -> None:
    with Web() as web:
        put_feed(web, "/feed", [web.url("/1", A)], host=A, x_robots_tag="noindex, nofollow")
        put_feed(web, "/feed", [web.url("/1", B)], host=B, x_robots_tag="noindex")
        put_article(web, "/1")
        settings = settings_in(tmp_path, web.url("/feed", A), web.url("/feed", B))
        assert collect(settings, now=datetime.now(UTC)) == {"stored": 3}
        assert [asked.host for asked in web.asked if asked.path == "/1"] == [B]


def test_a_crawl_that_stores_nothing_knows_the_hosts_it_asks_and_tells_what_it_saw(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    db = connect(settings.database)
    with writing(db):
        hosts.keep(db, {A: Host(asked_at=NOW, wait=4.0), B: Host(asked_at=NOW, wait=8.0)})
    hosts.keep_robots(db, f"https://{A}", Said(status=404, body=b""), NOW)
    with thrown_away(settings, [f"https://{A}/feed"], f"https://{A}/feed") as of:
        other = connect(of.database)
        assert (hosts.host(other, A).wait, hosts.host(other, B).wait) == (4.0, 0.0)
        assert hosts.robots(other, f"https://{A}", NOW)
        with writing(other):
            hosts.keep(other, {A: Host(asked_at=NOW - HOUR, wait=1.0), "c.localhost": Host(asked_at=NOW, wait=2.0)})
        other.close()
    assert hosts.host(db, A).wait == 4.0, "what is older does not count"
    assert hosts.host(db, "c.localhost").wait == 2.0
    assert not of.data.exists()
