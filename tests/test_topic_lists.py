"""Lists of threads in JSON lead to the threads, and to their next page; what is no list says what to write instead."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from crawler.spider import Spider, Unusable
from jobs.collect import collect
from reading.page import Link, PageKind
from spiders.discourse import DiscourseSpider
from spiders.hackernews import HackerNewsSpider
from spiders.lobsters import LobstersSpider
from spiders.reddit import RedditSpider
from storage import pages
from storage.database import connect
from storage.frontier import Address
from tests.crawls import settings_in
from tests.test_topics import FOLDERS, FUZZ, HN, JSON, document, fetched, odd, saved
from tests.web import Web

SPIDERS = (DiscourseSpider, HackerNewsSpider, LobstersSpider, RedditSpider)
HITS = {"objectID": "7", "story_id": 7, "num_comments": 1, "created_at": "2026-01-01T00:00:00Z"}
LISTS = [
    {"hits": [HITS, HITS | {"objectID": "8"}], "page": 0, "nbPages": 2},
    {"topic_list": {"topics": [{"id": 3, "posts_count": 2}], "more_topics_url": "/latest?page=1"}},
    [{"short_id": "ab", "comment_count": 2, "description": ""}],
    {"kind": "Listing", "data": {"after": "t3_x", "children": [{"kind": "t3", "data": {"permalink": "/comments/x/"}}]}},
]


def links(spider: type[Spider], url: str, body: object) -> list[Link]:
    address = Address(
        id="a",
        url=url,
        host="a",
        spider="feed",
        kind=PageKind.ARCHIVE,
        depth=0,
        tries=0,
        source=None,
        home=None,
        pages=3,
        options={},
        etag=None,
        last_modified=None,
    )
    return list(spider().links(fetched(url, body, PageKind.ARCHIVE), address))


def article(url: str, comments: int | None = None, changed_at: datetime | None = None) -> Link:
    return Link(url=url, kind=PageKind.ARTICLE, comments=comments, changed_at=changed_at)


def archive(url: str) -> Link:
    return Link(url=url, kind=PageKind.ARCHIVE)


@FUZZ
@given(said=odd(LISTS))
def test_a_list_of_wrong_types_leads_to_its_own_host_or_nowhere(said: Any) -> None:
    for spider in SPIDERS:
        try:
            found = links(spider, "https://a.example/api/v1/latest.json", said)
        except Unusable:
            continue
        assert all(link.url.startswith("https://a.example/") for link in found)


@pytest.mark.parametrize("spider", SPIDERS, ids=lambda spider: str(spider.name))
@pytest.mark.parametrize("body", [b"<html><p>Hello</p></html>", b"{}", b"[1]", b"null", b"{"])
def test_what_is_no_list_says_what_to_write_instead(spider: type[Spider], body: bytes) -> None:
    with pytest.raises(Unusable, match=r"; write (its address with \.json, as )?https://"):
        links(spider, "https://a.example/", body)


def test_a_search_of_hacker_news_leads_to_each_story_once_and_to_its_next_page() -> None:
    hits = [
        {"objectID": "11", "story_id": 11, "num_comments": 4, "title": "A", "url": "https://b.example/"},
        {"objectID": "12", "story_id": 12, "num_comments": 0, "title": "only a link"},
        {"objectID": "13", "num_comments": None, "story_text": "Words."},
        {"objectID": "22", "story_id": 14, "num_comments": None, "created_at": "2026-11-19T10:00:00Z"},
        {"objectID": "21", "story_id": 14, "num_comments": None, "created_at": "2026-11-18T10:00:00Z"},
        {"objectID": "../x", "num_comments": 9},
    ]
    url = f"{HN}/search_by_date?query=kind+call&tags=(story,comment)"
    found = links(HackerNewsSpider, url, {"hits": hits, "page": 0, "nbPages": 3})
    assert found[:-1] == [
        article(f"{HN}/items/11", 4),
        article(f"{HN}/items/13", 0),
        article(f"{HN}/items/14", changed_at=datetime(2026, 11, 19, 10, tzinfo=UTC)),
    ]
    assert found[-1] == archive(f"{HN}/search_by_date?query=kind+call&tags=%28story%2Ccomment%29&page=1")
    assert links(HackerNewsSpider, found[-1].url, {"hits": [], "page": 2, "nbPages": 3}) == []


@pytest.mark.parametrize(
    ("at", "following"),
    [
        pytest.param("/newest.json", "/newest/page/2.json", id="the newest"),
        pytest.param("/t/culture/page/2.json", "/t/culture/page/3.json", id="a tag, its second page"),
        pytest.param("/hottest.json", "/page/2.json", id="the hottest, which loses its name"),
    ],
)
def test_a_list_of_lobsters_leads_to_its_stories_and_to_its_next_page(at: str, following: str) -> None:
    stories = [{"short_id": f"s{n}", "comment_count": n, "description": ""} for n in range(25)]
    found = links(LobstersSpider, f"https://lobste.rs{at}", stories)
    assert found[:2] == [article("https://lobste.rs/s/s1.json", 1), article("https://lobste.rs/s/s2.json", 2)]
    assert found[24:] == [archive(f"https://lobste.rs{following}")]
    assert len(links(LobstersSpider, f"https://lobste.rs{at}", stories[:9])) == 8, "a page that is not full is the last"
    assert links(LobstersSpider, f"https://lobste.rs{following}", []) == []


@pytest.mark.parametrize(
    ("at", "said", "following"),
    [
        pytest.param(
            "/latest.json",
            {"topic_list": {"more_topics_url": "/latest?no_definitions=true&page=1"}},
            "/latest.json?no_definitions=true&page=1",
            id="the latest",
        ),
        pytest.param(
            "/forum/c/help/7.json",
            {"topic_list": {"more_topics_url": "/forum/c/help/7?page=1"}},
            "/forum/c/help/7.json?page=1",
            id="a category of a forum in a folder",
        ),
        pytest.param(
            "/search.json?q=kind",
            {"grouped_search_result": {"more_full_page_results": True}},
            "/search.json?q=kind&page=2",
            id="a search",
        ),
        pytest.param("/top.json", {"topic_list": {}}, None, id="a last page"),
    ],
)
def test_a_list_of_discourse_leads_to_its_topics_and_to_its_next_page(
    at: str, said: dict[str, Any], following: str | None
) -> None:
    topics = [{"id": 5, "slug": "a", "posts_count": 31}, {"id": 6, "highest_post_number": 2}, {"id": "x"}]
    body = (
        {"topic_list": said["topic_list"] | {"topics": topics}} if "topic_list" in said else said | {"topics": topics}
    )
    found = links(DiscourseSpider, f"https://f.example{at}", body)
    root = "https://f.example" + ("/forum" if at.startswith("/forum") else "")
    assert found[:2] == [article(f"{root}/t/5.json", 30), article(f"{root}/t/6.json", 1)]
    assert found[2:] == ([archive(f"https://f.example{following}")] if following else [])


def test_a_search_of_discourse_that_finds_nothing_leads_nowhere() -> None:
    assert links(DiscourseSpider, "https://f.example/search.json?q=x", {"grouped_search_result": {"term": "x"}}) == []


def test_a_list_of_reddit_leads_to_its_threads_and_to_what_comes_after() -> None:
    posts = [
        {"kind": "t3", "data": {"permalink": "/r/x/comments/1/the_bus/", "num_comments": 3, "selftext": ""}},
        {"kind": "t3", "data": {"permalink": "/r/x/comments/2/a_link/", "num_comments": 0, "selftext": ""}},
        {"kind": "t3", "data": {"permalink": "https://b.example/r/x/comments/3/words/", "selftext": "Words."}},
        {"kind": "t5", "data": {"permalink": "/r/x/"}},
    ]
    said = {"kind": "Listing", "data": {"after": "t3_2", "children": posts}}
    assert links(RedditSpider, "https://www.reddit.example/r/x/search.json?q=kind", said) == [
        article("https://www.reddit.example/r/x/comments/1/the_bus.json", 3),
        article("https://www.reddit.example/r/x/comments/3/words.json", 0),
        archive("https://www.reddit.example/r/x/search.json?q=kind&after=t3_2"),
    ]


def test_a_crawl_fetches_a_forum_s_topics_with_their_further_posts(tmp_path: Path) -> None:
    page, parts, told = saved(next(folder for folder in FOLDERS if folder.name == "discourse"))
    latest = {"topic_list": {"topics": [{"id": 4410, "posts_count": 7}]}}
    with Web() as web:
        web.put("/forum/latest.json", json.dumps(latest), content_type=JSON)
        web.put("/forum/t/4410.json", page.body, content_type=JSON)
        further = parts[0].url.removeprefix("https://hearth.example")
        web.put(further, parts[0].body, content_type=JSON)
        here = settings_in(tmp_path, f"{web.url('/forum/latest.json')} kind=discourse")
        assert collect(here, now=datetime.now(UTC)) == {"stored": 3}
        assert web.paths() == ["/forum/latest.json", "/forum/t/4410.json", further]
        db = connect(here.database)
        (waiting,) = pages.unread(db, 9)
        found = document(pages.load(db, waiting), pages.parts(db, waiting))
        assert found.url == web.url("/forum/t/kettle-lid/4410")
        assert len(found.comments) == len(told["comments"])
