"""What a failure on the way means for a page, and when another try is worth it."""

from datetime import UTC, datetime, timedelta

import pytest
from scrapy import exceptions
from scrapy.http import Headers, Request

from crawler.answers import Refused, again_at, explained, failed, retry_after
from crawler.middlewares import TextOnly
from crawler.robots import ASK, rules_of
from reading.page import Outcome, PageKind
from storage.frontier import Address
from storage.hosts import Said

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOUR, DAY = 3600, 86_400  # seconds


def address(tries: int = 0) -> Address:
    return Address(
        id="1",
        url="https://a.example/1",
        host="a.example",
        spider="feed",
        kind=PageKind.ARTICLE,
        depth=0,
        tries=tries,
        source=None,
        home=None,
        pages=1,
        options={},
        etag=None,
        last_modified=None,
    )


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 7200 ", 7200),
        ("99999999999999999999", DAY),
        ("Mon, 04 May 2026 13:00:00 GMT", HOUR),
        ("Mon, 04 May 2026 15:00:00 +0200", HOUR),
        ("Mon, 04 May 2026 11:00:00 GMT", 0),
        ("", 0),
        ("soon", 0),
        ("9" * 5000, DAY),
        ("Mon, 04 May 2026 13:00:00 +9999999999999", 0),
        ("-5", 0),
        ("12.5", 0),
    ],
)
def test_a_site_says_how_long_to_wait(value: str, seconds: int) -> None:
    assert retry_after({"retry-after": value}, NOON) == timedelta(seconds=seconds)


def test_a_date_is_held_against_the_site_s_own_clock() -> None:
    headers = {"retry-after": "Mon, 04 May 2026 13:00:00 GMT", "date": "Mon, 04 May 2026 12:50:00 GMT"}
    assert retry_after(headers, NOON + timedelta(days=9)) == timedelta(minutes=10)


def test_each_try_comes_later_than_the_one_before_and_the_twelfth_is_the_last() -> None:
    waits = [again_at(address(tries), Outcome.LATER, {}, NOON) for tries in range(13)]
    assert [wait and (wait - NOON) / timedelta(minutes=1) for wait in waits[:4]] == [1, 4, 16, 64]
    assert [wait and (wait - NOON).days for wait in waits[4:]] == [1, 2, 4, 8, 16, 30, 30, None, None]


@pytest.mark.parametrize(
    ("error", "minutes"),
    [
        (exceptions.DownloadTimeoutError("30 s"), 5),
        (exceptions.CannotResolveHostError("no such name"), 60),
        (Refused(Outcome.LATER, "robots.txt: status 503"), 1),
        (Refused(Outcome.LATER, "its host rests", NOON + timedelta(minutes=7)), 7),
    ],
    ids=["no answer", "no name", "busy", "its host rests"],
)
def test_another_try_comes_as_the_kind_of_failure_asks(error: Exception, minutes: int) -> None:
    assert failed(address(), error, "a.example", NOON).again_at == NOON + timedelta(minutes=minutes)


def test_a_site_is_not_asked_sooner_than_it_says_nor_later_than_a_day() -> None:
    asked = {
        value: again_at(address(), Outcome.LATER, {"retry-after": value}, NOON) for value in ("5", "600", "999999")
    }
    assert [moment and (moment - NOON).total_seconds() for moment in asked.values()] == [60, 600, DAY]


def test_what_will_not_change_is_not_tried_again() -> None:
    assert [again_at(address(), outcome, {}, NOON) for outcome in Outcome if outcome is not Outcome.LATER] == [
        None
    ] * 11


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (exceptions.CannotResolveHostError("no such name"), "later"),
        (exceptions.DownloadTimeoutError("30 s"), "later"),
        (exceptions.DownloadConnectionRefusedError(""), "later"),
        (exceptions.ResponseDataLossError(""), "later"),
        (exceptions.DownloadFailedError("TLS: certificate verify failed"), "later"),
        (exceptions.DownloadCancelledError("over the limit"), "too-large"),
        (exceptions.StopDownload(), "not-text"),
        (exceptions.UnsupportedURLSchemeError("gopher"), "broken"),
        (exceptions.IgnoreRequest("max redirections reached"), "broken"),
        (ZeroDivisionError("a fault of ours"), "broken"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else value,
)
def test_a_failure_has_an_outcome_and_a_reason(error: BaseException, outcome: str) -> None:
    found, reason = explained(error, "a.example")
    assert found == outcome
    assert reason


ROBOTS = {  # status, body: what it means for /a
    "allowed": (200, b"User-agent: *\nDisallow: /b", "yes"),
    "excluded": (200, b"User-agent: *\nDisallow: /a", "no"),
    "ours counts, not everyone's": (200, b"User-agent: *\nDisallow: /\n\nUser-agent: Goodturn\nAllow: /", "yes"),
    "our token with a version": (200, b"User-agent: Goodturn/1.0 (x)\nDisallow: /", "no"),
    "a token that only begins like ours": (
        200,
        b"User-agent: good\nDisallow: /\n\nUser-agent: goodturner\nDisallow: /",
        "yes",
    ),
    "a byte order mark": (200, b"\xef\xbb\xbfUser-agent: *\nDisallow: /", "no"),
    "a page instead": (200, b"<html><body>Welcome", "yes"),
    "empty": (200, b"", "yes"),
    "only the first 500 KiB count": (200, b"#" * 512_000 + b"\nUser-agent: *\nDisallow: /", "yes"),
    "none": (404, b"User-agent: *\nDisallow: /", "yes"),
    "forbidden": (403, b"", "yes"),
    "too many requests": (429, b"", "later"),
    "out of order": (500, b"", "later"),
    "away": (503, b"", "later"),
    "a redirect that leads nowhere": (302, b"", "later"),
}


@pytest.mark.parametrize("name", ROBOTS)
def test_robots_txt_means_what_rfc_9309_says(name: str) -> None:
    status, body, expected = ROBOTS[name]
    rules = rules_of(Said(status=status, body=body))
    if isinstance(rules, Exception):
        assert (expected, rules.outcome) == ("later", "later")
    else:
        assert rules.can_fetch("https://a.example/a", "Goodturn") is (expected == "yes")


@pytest.mark.parametrize(
    ("content_type", "is_text"),
    [
        ("text/html; charset=utf-8", True),
        ("application/xhtml+xml", True),
        ("application/rss+xml", True),
        ("application/feed+json", True),
        ("application/json;charset=utf-8", True),
        ("application/octet-stream", True),
        ("", True),
        ("image/svg+xml", False),
        ("image/jpeg", False),
        ("application/pdf", False),
        ("application/zip", False),
        ("video/mp4", False),
    ],
)
def test_a_download_ends_at_the_headers_of_what_is_no_text(content_type: str, is_text: bool) -> None:
    headers = Headers({"Content-Type": content_type})
    try:
        TextOnly().headers_received(headers, 0, Request("https://a.example/1"), None)
    except exceptions.StopDownload:
        assert not is_text
    else:
        assert is_text
    TextOnly().headers_received(headers, 0, Request("https://a.example/robots.txt", meta={ASK: True}), None)
