"""The rest of a thread: where it is to be had, and how its parts become one Document.

The threads in tests/threads are written for the project: real markup, invented people, companies and words.
"""

import json
from datetime import UTC, date, datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from reading.document import Comment, Document
from reading.page import Outcome, Page, PageKind
from reading.reader import read, read_thread
from reading.rest import rest_of_thread

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
THREADS = sorted((Path(__file__).parent / "threads").iterdir())
POST = "https://blog.example/2012/03/the-shop"


def fetched(
    url: str,
    body: bytes | str,
    *,
    kind: PageKind = PageKind.ARTICLE,
    outcome: Outcome = Outcome.STORED,
    **headers: str,
) -> Page:
    raw = body.encode() if isinstance(body, str) else body
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Page(requested=url, url=url, kind=kind, outcome=outcome, fetched_at=NOW, headers=named, body=raw)


def rest(url: str, body: bytes | str, **more: Any) -> list[str]:
    links = rest_of_thread(fetched(url, body, **more))
    assert {link.kind for link in links} <= {PageKind.THREAD}
    return [link.url for link in links]


def saved(folder: Path) -> tuple[Page, list[Page], list[dict[str, Any]]]:
    told = json.loads((folder / "expected.json").read_text())
    article = fetched(told["article"], (folder / "article.html").read_bytes())
    parts = [fetched(url, (folder / name).read_bytes(), kind=PageKind.THREAD) for name, url in told["parts"].items()]
    return article, parts, told["comments"]


def shown(comment: Comment) -> dict[str, Any]:
    return {
        "author": comment.author,
        "date": comment.date and comment.date.isoformat(),
        "depth": comment.depth,
        "parent": comment.parent,
        "permalink": comment.permalink,
        "kind": comment.kind.value,
        "edited": comment.edited,
        "quotes": [comment.text[start:end] for start, end in comment.quotes],
        "text": comment.text,
    }


def thread(article: Page, parts: list[Page]) -> Document:
    found = read_thread(article, parts)
    assert isinstance(found, Document), found
    return found


def anchors(*addresses: str) -> str:
    return "".join(f'<a href="{address}">{at}</a> ' for at, address in enumerate(addresses, 2))


WP = f'<link rel="canonical" href="{POST}/">'
PAGED = [
    pytest.param(
        f"{POST}/",
        f'{WP}<a class="next" href="{POST}/comment-page-2/#comments">Newer</a>',
        [f"{POST}/comment-page-2/"],
        id="WordPress: first page shown, a link to the next",
    ),
    pytest.param(
        f"{POST}/",
        f'{WP}<div class="nav-previous"><a href="{POST}/comment-page-3/#comments">Older</a></div>',
        [f"{POST}/comment-page-{n}/" for n in (1, 2, 3)],
        id="WordPress: last page shown, a link to the one before",
    ),
    pytest.param(
        f"{POST}/",
        f'{WP}<a href="{POST}/comment-page-1/#comments">Older</a>',
        [f"{POST}/comment-page-1/"],
        id="WordPress: only a last page has a link to the first",
    ),
    pytest.param(
        f"{POST}/",
        f'{WP}<a href="{POST}/comment-page-2/#comments">2</a><a href="{POST}/comment-page-4/#comment-9">3 May</a>',
        [f"{POST}/comment-page-{n}/" for n in (1, 2, 3)],
        id="WordPress: the comments' own addresses tell the page",
    ),
    pytest.param(
        f"{POST}/",
        f'<nav class="comments-pagination"><span class="page-numbers current">Page 1</span>'
        f'<a class="page-numbers" href="{POST}/comment-page-4/#comments">Page 4</a></nav>',
        [f"{POST}/comment-page-{n}/" for n in (2, 3, 4)],
        id="WordPress: a list of numbers with a gap",
    ),
    pytest.param(
        "https://blog.example/?p=7",
        anchors("https://blog.example/?p=7&cpage=2#comments"),
        ["https://blog.example/?p=7&cpage=2"],
        id="WordPress with plain addresses",
    ),
    pytest.param(
        f"{POST}/",
        f'{WP}<li id="comment-4"><a href="{POST}/comment-page-1/#comment-4">3 May</a></li>',
        [],
        id="WordPress: one page, whatever its comments' addresses say",
    ),
    pytest.param(
        f"{POST}/",
        '<aside><a href="https://blog.example/2011/01/other/comment-page-9/#comment-8">Recent comment</a></aside>',
        [],
        id="another post's comment pages",
    ),
    pytest.param(
        f"{POST}.html",
        anchors(f"{POST}.html?commentPage=2", f"{POST}.html?commentPage=3"),
        [f"{POST}.html?commentPage=2", f"{POST}.html?commentPage=3"],
        id="Blogger",
    ),
    pytest.param(
        "https://f.example/viewtopic.php?f=2&t=9",
        anchors(*(f"./viewtopic.php?f=2&amp;t=9&amp;sid={'a1' * 16}&amp;start={n}" for n in (15, 30, 75))),
        [f"https://f.example/viewtopic.php?f=2&t=9&start={n}" for n in (15, 30, 45, 60, 75)],
        id="phpBB",
    ),
    pytest.param(
        "https://f.example/showthread.php?t=9",
        anchors("showthread.php?t=9&amp;page=2", "showthread.php?t=9&amp;page=4", "showthread.php?t=10&amp;page=2"),
        [f"https://f.example/showthread.php?t=9&page={n}" for n in (2, 3, 4)],
        id="vBulletin 3",
    ),
    pytest.param(
        "https://f.example/showthread.php/9-My-hotel/page2",
        '<base href="https://f.example/">' + anchors("showthread.php/9-My-hotel", "showthread.php/9-My-hotel/page3"),
        ["https://f.example/showthread.php/9-My-hotel/page3"],
        id="vBulletin 4: relative to its base, onward",
    ),
    pytest.param(
        "https://f.example/travel/9-my-hotel.html",
        '<meta name="generator" content="vBulletin 4.2.5">' + anchors("/travel/9-my-hotel-2.html"),
        ["https://f.example/travel/9-my-hotel-2.html"],
        id="vBulletin with speaking addresses",
    ),
    pytest.param(
        "https://f.example/threads/my-hotel.9/",
        anchors("/threads/my-hotel.9/page-2", "/threads/my-hotel.9/page-3", "/threads/other.8/page-2"),
        ["https://f.example/threads/my-hotel.9/page-2", "https://f.example/threads/my-hotel.9/page-3"],
        id="XenForo",
    ),
    pytest.param(
        "https://f.example/index.php?topic=9.0",
        anchors("https://f.example/index.php?topic=9.15", "https://f.example/index.php?topic=9.45"),
        [f"https://f.example/index.php?topic=9.{n}" for n in (15, 30, 45)],
        id="SMF",
    ),
    pytest.param(
        "https://f.example/t/my-hotel/9",
        '<a rel="next" href="/t/my-hotel/9?page=2">next page</a>',
        ["https://f.example/t/my-hotel/9?page=2"],
        id="Discourse for crawlers",
    ),
    pytest.param(
        "https://f.example/discussion/9/my-hotel",
        anchors("/discussion/9/my-hotel/p2", "/discussion/9/my-hotel/p3"),
        ["https://f.example/discussion/9/my-hotel/p2", "https://f.example/discussion/9/my-hotel/p3"],
        id="Vanilla",
    ),
    pytest.param(
        "https://n.example/item?id=9",
        '<a class="morelink" rel="next" href="item?id=9&amp;p=2">More</a>',
        ["https://n.example/item?id=9&p=2"],
        id="Hacker News",
    ),
    pytest.param(
        "https://lj.example/9.html",
        '<link rel="next" href="https://lj.example/9.html?page=2#comments">',
        ["https://lj.example/9.html?page=2"],
        id="LiveJournal",
    ),
    pytest.param(
        "https://d.example/blog/hotel",
        '<meta name="Generator" content="Drupal 7"><div id="comments">' + anchors("/blog/hotel?page=1") + "</div>",
        ["https://d.example/blog/hotel?page=1"],
        id="Drupal counts from 0",
    ),
    pytest.param(
        "https://s.example/article9.html",
        anchors("article9.html?debut_forums=10#pagination_forums", "article9.html?debut_forums=20#pagination_forums"),
        ["https://s.example/article9.html?debut_forums=10", "https://s.example/article9.html?debut_forums=20"],
        id="SPIP",
    ),
    pytest.param(POST, anchors(f"{POST}?page=2", f"{POST}/2/"), [], id="an article split into pages"),
    pytest.param(
        "https://blog.example/",
        anchors("https://blog.example/page/2/", "https://blog.example/page/3/"),
        [],
        id="the pages of an archive",
    ),
    pytest.param("https://f.example/t/x/9", anchors("/t/x/9?page=99999999"), None, id="an absurd number"),
]


@pytest.mark.parametrize(("url", "body", "expected"), PAGED)
def test_the_pages_of_a_thread_are_named(url: str, body: str, expected: list[str] | None) -> None:
    found = rest(url, f"<html><body><p>Some words of the post.</p>{body}</body></html>")
    assert found == expected if expected is not None else len(found) <= 500


def test_a_later_page_names_the_pages_after_it() -> None:
    body = anchors(f"{POST}/comment-page-1/#comments", f"{POST}/comment-page-3/#comments")
    assert rest(f"{POST}/comment-page-2/", body, kind=PageKind.THREAD) == [f"{POST}/comment-page-3/"]


API = "https://blog.example/wp-json/"
HEAD = f"""<link rel="https://api.w.org/" href="{API}"><link rel="shortlink" href="https://blog.example/?p=7">
<link rel="alternate" type="application/rss+xml" href="https://blog.example/feed/">
<link rel="alternate" type="application/rss+xml" href="{POST}/feed/">"""
ASKED = f"{API}wp/v2/comments?post=7&per_page=100&order=asc"


FEED_ONLY = HEAD.split("\n", 1)[1]


@pytest.mark.parametrize(
    ("head", "comments", "expected"),
    [
        pytest.param(HEAD, '<h2 class="comments-title">3 thoughts on “7 ways”</h2>', [ASKED], id="said, not shown"),
        pytest.param(HEAD, '<h3 id="comments">One response to “7 ways”</h3>', [ASKED], id="one"),
        pytest.param(HEAD, '<h3 id="comments">1.204 Kommentare</h3><li id="comment-1">', [ASKED], id="thousands"),
        pytest.param(HEAD, '<h3 id="comments">2 réponses</h3><p id="comment-1"><p id="li-comment-2">', [], id="all"),
        pytest.param(HEAD, '<h3 id="comments">Laisser un commentaire</h3>', [], id="nothing said"),
        pytest.param(FEED_ONLY, '<p class="comments-count">2 comentarios</p>', [f"{POST}/feed/"], id="only a feed"),
        pytest.param("", '<p class="comments-count">2 comentarios</p>', [], id="no way there"),
    ],
)
def test_wordpress_is_asked_for_comments_that_a_page_says_it_has(head: str, comments: str, expected: list[str]) -> None:
    body = f"<html><head>{head}</head><body><p>Words.</p>{comments}</body></html>"
    assert rest(f"{POST}/", body) == expected


def test_the_link_header_names_the_api_as_well() -> None:
    link = f'<{API}>; rel="https://api.w.org/", <{API}wp/v2/posts/7>; rel="alternate"; type="application/json"'
    assert rest(f"{POST}/", '<h3 id="comments">2 comments</h3>', link=link) == [ASKED]


@pytest.mark.parametrize(
    ("headers", "comments", "expected"),
    [
        pytest.param({"x_wp_totalpages": "3"}, 100, [f"{ASKED}&page=2", f"{ASKED}&page=3"], id="the header counts"),
        pytest.param({"link": f'<{ASKED}&page=2>; rel="next"'}, 100, [f"{ASKED}&page=2"], id="the header links"),
        pytest.param({}, 100, [f"{ASKED}&page=2"], id="a full answer"),
        pytest.param({}, 60, [], id="the last answer"),
    ],
)
def test_the_api_is_asked_for_its_further_pages(headers: dict[str, str], comments: int, expected: list[str]) -> None:
    body = json.dumps([{"id": n} for n in range(comments)])
    assert rest(ASKED, body, kind=PageKind.THREAD, **headers) == expected


def test_where_the_api_refuses_the_feed_of_the_post_is_the_second_way() -> None:
    found = rest(ASKED, "", kind=PageKind.THREAD, outcome=Outcome.FORBIDDEN)
    assert found == ["https://blog.example/?feed=rss2&p=7"]


def test_a_feed_names_its_next_page() -> None:
    feed = "https://b.example/feeds/9/comments/default"
    onward = f"<link rel='next' href='{feed}?start-index=501&amp;max-results=500'/>"
    body = f"<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'>{onward}<entry/></feed>"
    assert rest(feed, body, kind=PageKind.THREAD) == [f"{feed}?start-index=501&max-results=500"]


def test_a_topic_that_scripts_load_is_asked_for_as_json_and_then_for_its_other_posts() -> None:
    shell = '<meta name="generator" content="Discourse 3.2.0"><div id="data-preloaded"></div>'
    assert rest("https://f.example/t/my-hotel/9", shell) == ["https://f.example/t/9.json"]
    topic = {"post_stream": {"posts": [{"id": n} for n in range(20)], "stream": list(range(75))}}
    found = rest("https://f.example/t/9.json", json.dumps(topic), kind=PageKind.THREAD)
    assert [url.count("post_ids%5B%5D=") for url in found] == [50, 5]
    assert found[0].startswith("https://f.example/t/9/posts.json?post_ids%5B%5D=20&")


@pytest.mark.parametrize("folder", THREADS, ids=lambda folder: folder.name)
def test_a_saved_article_names_the_first_of_its_saved_parts(folder: Path) -> None:
    article, parts, _ = saved(folder)
    named = {link.url for link in rest_of_thread(article)}
    if folder.name != "discourse":  # shows posts, so that its pages are named, while JSON parts are saved
        assert named <= {page.url for page in parts} and named


@pytest.mark.parametrize("folder", THREADS, ids=lambda folder: folder.name)
def test_the_parts_of_a_saved_thread_become_one_in_whatever_order_they_come(folder: Path) -> None:
    article, parts, wanted = saved(folder)
    for order in (*permutations(parts), [*parts, *parts]):
        got = [shown(comment) for comment in thread(article, list(order)).comments]
        assert [{key: have[key] for key in want} for have, want in zip(got, wanted, strict=False)] == wanted
        assert len(got) == len(wanted), got[len(wanted) :]


def test_a_topic_that_scripts_load_is_read_from_its_json_alone() -> None:
    folder = Path(__file__).parent / "threads" / "discourse"
    _, parts, wanted = saved(folder)
    shell = "<html><head><title>Oven door replaced for nothing</title></head><body><p>Hob Talk</p></body></html>"
    found = thread(fetched("https://hob.example/t/oven-door/310", shell), parts)
    assert (found.author, found.date) == ("gasring", date(2022, 2, 1))
    assert found.text.startswith("The door of my oven cracked")
    assert [shown(one)["author"] for one in found.comments] == [one["author"] for one in wanted]


@pytest.mark.parametrize("folder", THREADS, ids=lambda folder: folder.name)
def test_without_parts_a_thread_is_read_as_its_article(folder: Path) -> None:
    article, _, _ = saved(folder)
    assert thread(article, []) == read(article)


@pytest.mark.parametrize(
    "body",
    ["", "{", "[1, 2]", '{"post_stream": 3}', "<rss", "<feed><entry><id>x</id></entry></feed>", "<p>words</p>", "\x00"],
)
def test_a_part_that_cannot_be_read_takes_nothing_away(body: str) -> None:
    article, _, _ = saved(THREADS[0])
    part = fetched("https://blog.example/part", body, kind=PageKind.THREAD)
    assert thread(article, [part]) == read(article)
    assert rest_of_thread(part) == ()


def comment(n: int, author: str, day: int, text: str) -> str:
    return (
        f'<li class="comment" id="comment-{n}"><cite class="fn">{author}</cite> <time datetime="2019-01-{day:02}">'
        f'</time><div class="comment-content"><p>{text}</p></div></li>'
    )


def blog_page(url: str, *comments: str, kind: PageKind = PageKind.THREAD) -> Page:
    words = "<p>A post of a few words, which is long enough to be one and says little.</p>"
    return fetched(
        url, f'<html><body>{words}<ol class="comment-list">{"".join(comments)}</ol></body></html>', kind=kind
    )


def test_comments_of_one_number_by_others_with_other_words_are_kept() -> None:
    article = blog_page(POST, comment(1, "Ada", 1, "I was there."), kind=PageKind.ARTICLE)
    later = blog_page(f"{POST}/comment-page-2/", comment(1, "Bo", 2, "So was I."))
    assert [one.author for one in thread(article, [later]).comments] == ["Ada", "Bo"]


def test_the_same_words_twice_in_one_part_are_two_comments() -> None:
    article = blog_page(POST, comment(1, "Ada", 1, "Yes."), comment(2, "Ada", 1, "Yes."), kind=PageKind.ARTICLE)
    again = blog_page(f"{POST}/comment-page-2/", comment(2, "Ada", 1, "Yes."), comment(3, "Ada", 1, "Yes."))
    assert len(thread(article, [again]).comments) == 3


def test_an_edited_comment_is_still_one() -> None:
    article = blog_page(POST, comment(1, "Ada", 1, "I was their."), kind=PageKind.ARTICLE)
    later = blog_page(f"{POST}/comment-page-2/", comment(1, "Ada", 1, "I was there."))
    assert [one.text for one in thread(article, [later]).comments] == ["I was their."]


def test_pages_with_the_newest_comments_first_are_joined_newest_first() -> None:
    article = blog_page(POST, comment(6, "Ada", 6, "Six."), comment(5, "Bo", 5, "Five."), kind=PageKind.ARTICLE)
    older = blog_page(f"{POST}/comment-page-1/", comment(2, "Cy", 2, "Two."), comment(1, "Di", 1, "One."))
    days = [one.date for one in thread(article, [older]).comments]
    assert days == [date(2019, 1, day) for day in (6, 5, 2, 1)]
