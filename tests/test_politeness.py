"""A crawl is a good guest on a web that is hard to be polite to; and the auditor who says so would have seen it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from jobs.collect import collect
from tests.crawls import settings_in
from tests.polite import Manners, Request, violations
from tests.polite_hosts import KINDS
from tests.polite_web import serve

CONTACT = "editor@example.org"
DELAY = 0.03
MANNERS = Manners(pace=0.1, never={"/secret": "robots.txt excludes it"}, budgets={"/feed/": 2})
AGENT = {"user-agent": f"Goodturn/0.1 (+{CONTACT})"}


def asked(path: str, at: float, *, took: float = 0.02, run: int = 1, **other: object) -> Request:
    request = Request(run=run, host="blog.example", path=path, headers=AGENT, at=at, ended=at + took)
    return replace(request, **other)  # type: ignore[arg-type]


ROBOTS = asked("/robots.txt", 0)
FAULTS = {
    "two at the same time": ("one at a time", [ROBOTS, asked("/a", 1, took=0.5), asked("/b", 1.2)]),
    "too soon": ("pace", [ROBOTS, asked("/a", 1), asked("/b", 1.08)]),
    "too soon after robots.txt": ("pace", [ROBOTS, asked("/a", 0.05)]),
    "too soon in the next run": ("pace", [ROBOTS, asked("/a", 1), asked("/b", 1.05, run=2)]),
    "robots.txt not asked for": ("robots.txt first", [asked("/a", 1)]),
    "robots.txt asked for later": ("robots.txt first", [asked("/a", 0), asked("/robots.txt", 1)]),
    "robots.txt asked for twice": ("robots.txt once", [ROBOTS, asked("/robots.txt", 9, run=2)]),
    "an excluded page": ("never", [ROBOTS, asked("/secret", 1)]),
    "a page of a rest": ("Retry-After", [ROBOTS, asked("/a", 1, wait=5), asked("/b", 4)]),
    "a cookie": ("cookie", [ROBOTS, asked("/a", 1, headers=AGENT | {"cookie": "guest=1"})]),
    "a page again without its ETag": ("validators", [ROBOTS, asked("/a", 1, etag='"1"'), asked("/a", 2, run=2)]),
    "a page too many": ("budget", [ROBOTS, *(asked(f"/feed/{n}", 1 + n) for n in range(3))]),
    "no contact": ("user agent", [ROBOTS, asked("/a", 1, headers={"user-agent": "Goodturn/0.1"})]),
}


@pytest.mark.parametrize(("rule", "record"), FAULTS.values(), ids=FAULTS.keys())
def test_the_auditor_finds(rule: str, record: list[Request]) -> None:
    found = violations(record, {"blog.example": MANNERS}, CONTACT)
    assert [one.partition(":")[0] for one in found] == [rule], found


def test_the_auditor_finds_a_page_of_a_host_whose_robots_txt_failed() -> None:
    found = violations([ROBOTS, asked("/a", 1)], {"blog.example": Manners(pace=0.1, closed=True)}, CONTACT)
    assert found == ["closed: blog.example/a: asked though robots.txt failed"]


def test_the_auditor_has_nothing_to_say_of_a_good_guest() -> None:
    again = asked("/a", 3, run=2, headers=AGENT | {"if-none-match": '"1"'}, status=304)
    record = [ROBOTS, asked("/a", 0.1, etag='"1"', wait=2), asked("/feed/1", 2.2), again]
    assert violations(record, {"blog.example": MANNERS}, CONTACT) == []


def test_two_crawls_after_one_another_are_good_guests_of_every_kind_of_host(tmp_path: Path) -> None:
    with serve(len(KINDS) + 2, posts=6, delay=DELAY, budget=6) as web:
        settings = settings_in(tmp_path, *web.feeds_txt(), delay=DELAY, concurrency=32)
        now = datetime.now(UTC)
        for web.run in (1, 2):
            collect(settings, now=now + timedelta(hours=7 * (web.run - 1)), quiet=True)
        found = violations(web.requests, web.manners(), CONTACT)
    assert len(web.requests) > 150
    assert found == [], f"{len(found)} of {len(web.requests)} requests"
