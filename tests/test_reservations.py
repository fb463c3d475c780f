"""What a page asks of us is read from its headers and its head, as it is meant, and quickly."""

import time
from datetime import UTC, datetime

import pytest

from crawler.reservations import WellKnown, of_page

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("noindex", "noindex"),
        ("NoIndex, NOFOLLOW", "noindex nofollow"),
        ("none", "noindex nofollow"),
        ("noarchive,nosnippet", "noarchive nosnippet"),
        ("max-snippet:0", "nosnippet"),
        ("max-snippet: 0, noindex", "nosnippet noindex"),
        ("max-snippet:50, max-image-preview:large, max-video-preview:-1", "max-snippet:50"),
        ("max-snippet: 160, goodturn: max-snippet:090, googlebot: max-snippet:5", "max-snippet:90"),
        ("max-snippet:50, max-snippet:0", "nosnippet max-snippet:50"),
        ("max-snippet:-1, max-snippet:x, max-snippet:9999999", ""),
        ("all, index, follow", ""),
        ("googlebot: noindex", ""),
        ("googlebot: noindex, nofollow", ""),
        ("googlebot: noindex, goodturn: nofollow", "nofollow"),
        ("noarchive, Goodturn: noindex", "noarchive noindex"),
        ("noarchive, goodturn: max-snippet:0", "noarchive nosnippet"),
        ("*: noindex", "noindex"),
        ("googlebot : noindex, * : nofollow", "nofollow"),
        ("unavailable_after: 25 Jun 2010 15:00:00 GMT", "noindex"),
        ("unavailable_after: Fri, 25 Jun 2010 15:00:00 GMT, nofollow", "noindex nofollow"),
        ("unavailable_after: Friday, 25-Jun-10 15:00:00 EST", "noindex"),
        ("unavailable_after: 2026-05-04T12:00:00Z", "noindex"),
        ("unavailable_after: 2026-05-04T12:00:01+00:00, noarchive", "noarchive"),
        ("unavailable_after: 2010-06-25", "noindex"),
        ("unavailable_after: Thu, 25 Jun 2099 15:00:00 GMT", ""),
        ("unavailable_after: soon, nofollow", "nofollow"),
        ("googlebot: unavailable_after: 25 Jun 2010 15:00:00 GMT", ""),
        ("noindexes, no index, :, ,, :::, 🙂", ""),
        ("", ""),
    ],
)
def test_a_header_says_what_counts_for_us(header: str, expected: str) -> None:
    assert of_page(b"", {"x-robots-tag": header}, NOON) == words(expected)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        pytest.param('<meta name="robots" content="noindex,nofollow">', "noindex nofollow", id="plain"),
        pytest.param("<META CONTENT='NOINDEX' NAME='Robots'/>", "noindex", id="other-order-and-case"),
        pytest.param("<meta name=robots content=noindex>", "noindex", id="no-quotes"),
        pytest.param('<meta\n name = "robots"\n content = " noindex "\n>', "noindex", id="over-lines"),
        pytest.param('<meta name="robots" content="noindex nofollow">', "noindex nofollow", id="no-commas"),
        pytest.param('<meta name=robots content=index><meta name=goodturn content=noindex>', "noindex", id="to-us"),
        pytest.param("<meta name=goodturn content=all><meta name=robots content=none>", "nofollow noindex", id="all"),
        pytest.param('<meta name="googlebot" content="noindex">', "", id="to-another"),
        pytest.param('<meta name="description" content="robots, noindex">', "", id="about-robots"),
        pytest.param('<meta name="description" content="<script>"><meta name=robots content=none>',
                     "noindex nofollow", id="a-tag-in-a-description"),
        pytest.param('<!-- <meta name="robots" content="noindex"> -->', "", id="in-a-comment"),
        pytest.param("<!--><meta name=robots content=noindex><!-- -->", "noindex", id="after-an-empty-comment"),
        pytest.param("<!--[if !IE]><!--><meta name=robots content=noindex><!--<![endif]-->", "noindex", id="for-all"),
        pytest.param("<script>var a = '<meta name=robots content=noindex>'</script>", "", id="in-a-script"),
        pytest.param("<SCRIPT>if (a <!--b) {}</Script ><meta name=robots content=noindex>", "noindex", id="after-one"),
        pytest.param("<noscript><meta name=robots content=noindex></noscript>", "", id="in-noscript"),
        pytest.param("<template><meta name=robots content=noindex></template>", "", id="in-a-template"),
        pytest.param("<title>On <meta name=robots content=noindex></title>", "", id="in-a-title"),
        pytest.param("</head><body><meta name=robots content=noindex>", "", id="in-the-body"),
        pytest.param("<style>" + "a" * 100_000 + "</style><meta name=robots content=noindex>", "", id="far-down"),
        pytest.param("<meta name=robots content='noindex>", "", id="never-ending"),
        pytest.param("<meta name=robots>", "", id="empty"),
        pytest.param("<meta name=tdm-reservation content=1>", "tdm", id="tdm"),
        pytest.param("<meta name='tdm-reservation' content=' 1 '><meta name=robots content=noai>", "tdm", id="tdm-2"),
        pytest.param("<meta name=tdm-reservation content=yes>", "", id="tdm-garbage"),
    ],
)  # fmt: skip
def test_a_head_says_what_counts_for_us(head: str, expected: str) -> None:
    assert of_page(f"<!doctype html><html><head>{head}".encode(), {}, NOON) == words(expected)


def test_what_header_and_page_say_adds_up() -> None:
    assert of_page(b"<meta name=robots content=nofollow>", {"x-robots-tag": "noarchive"}, NOON) == words(
        "nofollow noarchive"
    )


@pytest.mark.parametrize(
    ("page", "header", "by_file", "expected"),
    [
        pytest.param(None, None, True, True, id="the-file-alone"),
        pytest.param(None, "0", True, False, id="header-before-file"),
        pytest.param(None, "1", False, True, id="header-reserves"),
        pytest.param("0", "1", True, False, id="page-before-both"),
        pytest.param("1", "0", False, True, id="page-reserves"),
        pytest.param("2", "x", True, True, id="garbage-says-nothing"),
        pytest.param(None, "0, 1", False, True, id="the-most-restrictive-of-two"),
        pytest.param(None, None, False, False, id="nothing-said"),
    ],
)
def test_the_page_s_word_on_mining_comes_before_the_header_s_and_the_file_s(
    page: str | None, header: str | None, by_file: bool, expected: bool
) -> None:
    body = f"<meta name=tdm-reservation content={page}>".encode() if page else b""
    headers = {"tdm-reservation": header} if header else {}
    assert ("tdm" in of_page(body, headers, NOON, by_file)) == expected


FILE = b"""[
  {"location": "/open/", "tdm-reservation": 0},
  {"location": "/*/pictures/*.jpg$", "tdm-reservation": 0},
  {"location": "/2019/", "tdm-reservation": 1, "tdm-policy": "https://blog.example/policy.json"},
  {"location": "/exactly$", "tdm-reservation": "1"},
  {"location": "/l\xc3\xa6s/", "tdm-reservation": 1},
  {"location": "stories/", "tdm-reservation": 1},
  {"location": "", "tdm-reservation": 1},
  {"location": "/wrong\\nUser-agent: x", "tdm-reservation": 2},
  {"location": 7, "tdm-reservation": 1}, {"tdm-reservation": 1}, null, 3
]"""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", False),
        ("/2019/05/slug", True),
        ("/2020/05/slug", False),
        ("/2019/pictures/a.jpg", False),
        ("/2019/pictures/a.jpg?x=1", True),
        ("/open/2019/", False),
        ("/%32019/", True),
        ("/exactly", True),
        ("/exactly/not", False),
        ("/l%C3%A6s/1", True),
        ("/stories/1", True),
        ("/STORIES/1", False),
    ],
)
def test_the_first_rule_of_a_site_s_file_that_matches_counts(path: str, expected: bool) -> None:
    assert WellKnown.parse(FILE).reserved(f"https://blog.example{path}") == expected


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff\xfe", b"[" * 100_000, b"null", b'"1"', b"[[]]"])
def test_a_file_that_is_none_reserves_nothing(body: bytes) -> None:
    assert not WellKnown.parse(body).reserved("https://blog.example/")


def test_one_rule_without_its_brackets_counts() -> None:
    known = WellKnown.parse(b'\xef\xbb\xbf{"location": "/", "tdm-reservation": 1}')
    assert known.reserved("https://blog.example/a")


@pytest.mark.parametrize(
    "piece",
    [
        b"<meta '",
        b"<meta a='x>",
        b"<!--",
        b"<script>",
        b"<meta name=robots ",
        b" = ",
        b"<",
        b"noindex : ",
        b" ",
        b"a",
        b"a ",
        b"unavailable_after ",
    ],
    ids=repr,
)
def test_a_hostile_head_takes_no_time(piece: bytes) -> None:
    body = b"<meta name=robots content=" + piece * (100_000 // len(piece))
    before = time.process_time()
    of_page(piece * (100_000 // len(piece)), {"x-robots-tag": body.decode()}, NOON)
    of_page(body + b">", {}, NOON)
    assert time.process_time() - before < 0.5  # seconds; some ms, but quadratic time would take minutes
