"""Which links of an archive page are articles, and which one is the next older page, in any markup."""

from datetime import UTC, date, datetime

import pytest
from scrapy import Request
from scrapy.http import Response

from crawler.feeds import NotAFeedError, parse
from crawler.frontier import ADDRESS
from crawler.links import article_links, feed_of, tree_of
from crawler.older import next_page
from reading.document import Document
from reading.page import Outcome, Page, PageKind
from reading.reader import read
from spiders.feed import FeedSpider
from storage.frontier import Address

HOME = "https://blog.example/"

WORDPRESS_CLASSIC = """<html><body class="blog has-sidebar"><div id="page">
<header id="masthead"><h1 class="site-title"><a href="/" rel="home">Two Lumps</a></h1></header>
<nav class="main-navigation"><ul><li><a href="/about/">About</a><li><a href="/shop/tea/">Tea</a></ul></nav>
<div id="content"><article class="post type-post hentry"><header><h2 class="entry-title"><a href="/2024/05/umbrella/"
rel="bookmark">The umbrella</a></h2><a href="/author/maud/">Maud</a><a href="/2024/05/umbrella/#comments">3 comments</a>
</header><div class="entry-content"><p>It rained. <a href="/2019/01/old-tale/">An older tale</a>
<a class="more-link" href="/2024/05/umbrella/#more-7">Read more</a></div>
<footer><a href="/category/shops/" rel="category tag">Shops</a></footer></article>
<article class="post hentry"><h2 class="entry-title"><a href="https://blog.example/?p=12">The cake</a></h2></article>
<nav class="navigation"><div class="nav-links"><div class="nav-previous"><a href="/page/3/">Older posts</a></div>
<div class="nav-next"><a href="/">Newer posts</a></div></div></nav></div>
<div id="secondary" class="widget-area sidebar"><h3>Recent</h3><ul><li><a href="/2024/04/bus/">The bus</a></ul></div>
</div></body></html>"""

NUMBERED = """<body><main><ul><li class="wp-block-post post">
<h3><a href="/a-1">A</a></h3></li>
<li class="wp-block-post post"><h3><a href="/a-2">B</a></h3></li></ul>
<nav class="pagination"><a class="page-numbers" href="/page/1/">1</a><span aria-current="page"
class="page-numbers current">2</span><a class="page-numbers" href="/page/3/">3</a>
<a href="/page/9/">9</a></nav></main>"""

BLOGGER = """<body><div class="widget Blog"><div class="blog-posts hfeed">
<div class="date-outer"><div class="post hentry">
<h3 class="post-title"><a href="/2013/02/regnvejr.html">Regnvejr</a></h3>
<div class="post-footer"><a class="timestamp-link"
href="/2013/02/regnvejr.html">kl. 10</a> <a href="/search/label/butik" rel="tag">butik</a></div></div></div></div></div>
<div class="blog-pager"><a class="blog-pager-newer-link" href="/search?updated-max=9">Nyere indlæg</a>
<a class="blog-pager-older-link" href="/search?updated-max=2013-01-01">Ældre indlæg</a></div>
<div class="sidebar"><div class="widget BlogArchive"><h4><a href="/2012/">2012</a></h4>
<h4><a href="/2012/11/hund.html">Hund</a></h4></div></div>"""

CARDS = """<body><main><div class="card"><a href="/stories/soup"><img src="s.jpg"></a>
<p><a href="/stories/soup">Soup for a stranger</a></p><a href="/places/oslo">Oslo</a></div>
<div class="card"><a href="/stories/shoes">Shoes</a></div></main>
<a href="?start=20">Weitere Beiträge »</a>"""

INDEX = """<html><body><p>See the <a href="/rules.html">rules</a> first.</p>
<table><tr><td><a href="one.html">one</a><tr><td><a href="two.html">two</a><tr>
<td><a href="three.html">three</a></table>
<a href="https://elsewhere.example/x">friends</a> <a href="scan.pdf">scan</a></body></html>"""


def page(body: str) -> Page:
    url, at = HOME + "list", datetime(2026, 5, 4, tzinfo=UTC)
    return Page(
        requested=url, url=url, kind=PageKind.ARCHIVE, outcome=Outcome.STORED, fetched_at=at, body=body.encode()
    )


LISTINGS = {
    "wordpress-classic": (WORDPRESS_CLASSIC, ["2024/05/umbrella/", "?p=12"], "page/3/"),
    "numbered pages": (NUMBERED, ["a-1", "a-2"], "page/3/"),
    "blogger": (BLOGGER, ["2013/02/regnvejr.html"], "search?updated-max=2013-01-01"),
    "cards without headings": (CARDS, ["stories/soup", "stories/shoes"], "list?start=20"),
    "a plain index": (INDEX, ["one.html", "two.html", "three.html"], None),
    "posts under archives": ('<h2><a href="/archives/2024/04/b.html">B</a></h2>', ["archives/2024/04/b.html"], None),
    "rel=next": ('<link rel="next" href="/p2"><h2><a href="/a">A</a></h2>', ["a"], "p2"),
    "the last page": (
        '<h2><a href="/a">A</a></h2><div class="nav-next"><a href="/page/1">Newer</a></div>',
        ["a"],
        None,
    ),
    "a base elsewhere": ('<base href="/deep/"><h2><a href="a">A</a></h2>', ["deep/a"], None),
    "nothing to follow": ("<p>Coming soon. <a href='/about'>About</a>", [], None),
}


@pytest.mark.parametrize("name", LISTINGS)
def test_an_archive_leads_to_its_articles_and_to_its_next_older_page(name: str) -> None:
    body, articles, older = LISTINGS[name]
    tree = tree_of(page(body))
    assert tree is not None
    assert article_links(tree, HOME + "list") == [HOME + path for path in articles]
    assert next_page(tree, HOME + "list") == (HOME + older if older is not None else None)


@pytest.mark.parametrize(
    "body", ["", "\x00\x01", "<div>" * 5_000 + "<h2><a href=/a>A</a></h2>"], ids=["none", "junk", "deep"]
)
def test_what_is_no_page_leads_nowhere(body: str) -> None:
    tree = tree_of(page(body))
    assert tree is None or article_links(tree, HOME) in ([], [HOME + "a"])


def test_a_page_names_its_feed() -> None:
    tree = tree_of(
        page('<link rel="alternate" href="/da"><link rel="alternate" type="application/atom+xml" href="/atom">')
    )
    assert tree is not None
    assert feed_of(tree, HOME) == HOME + "atom"


RSS = '<rss version="2.0"><channel><title>T</title>{}</channel></rss>'
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><link rel="next" href="/feed?2"/>{}</feed>'
FEEDS = {
    "rss": (RSS.format("<item><link>/a</link></item><item><link>/b?utm_medium=rss</link></item>"), ["a", "b"], None),
    "rss with a permanent id only": (RSS.format("<item><guid>https://blog.example/a</guid></item>"), ["a"], None),
    "rss that is cut off": (RSS.format("<item><link>/a</link></item><item><title>x & y")[:-17], ["a"], None),
    "rss without entries": (RSS.format(""), [], None),
    "atom, paged": (ATOM.format('<entry><link href="/a#c"/></entry><entry><link href="/a"/></entry>'), ["a"], "feed?2"),
    "rss of wordpress": (
        RSS.format("<generator>https://wordpress.org/?v=6</generator><item><link>/a</link></item>"),
        ["a"],
        "feed?paged=2",
    ),
    "json": ('{"version": "https://jsonfeed.org/version/1", "items": [{"url": "/a"}, {}, 7]}', ["a"], None),
}


@pytest.mark.parametrize("name", FEEDS)
def test_a_feed_leads_to_its_entries(name: str) -> None:
    text, entries, onward = FEEDS[name]
    found = parse(text.encode(), HOME + "feed")
    assert [entry.url for entry in found.items] == [HOME + path for path in entries]
    assert found.next == (HOME + onward if onward else None)


def test_the_pages_of_a_wordpress_feed_are_counted_on() -> None:
    body = RSS.format("<generator>https://wordpress.org/?v=6</generator><item><link>/a</link></item>").encode()
    assert parse(body, HOME + "feed?cat=3&paged=9").next == HOME + "feed?cat=3&paged=10"
    assert parse(body.replace(b"<item><link>/a</link></item>", b""), HOME + "feed?paged=10").next is None


WHOLE = {
    "rss": RSS.format(
        "<item><link>/a</link><title>Tea &amp;amp; rain</title><author>Maud</author>"
        "<pubDate>Mon, 04 May 2026 09:00:00 GMT</pubDate>"
        "<description>&lt;p&gt;She ran after me. All the way to the tram.&lt;/p&gt;</description></item>"
        "<item><link>/b</link></item>"
    ),
    "json": """{"version": "https://jsonfeed.org/version/1.1", "items": [{"url": "/b"},
        {"url": "/a", "title": "Tea & rain", "authors": [{"name": "Maud"}],
        "date_published": "2026-05-04", "content_html": "<p>She ran after me. All the way to the tram.</p>"}]}""",
}


@pytest.mark.parametrize("name", WHOLE)
def test_an_entry_that_stands_whole_in_the_feed_is_kept_without_a_request(name: str) -> None:
    feed = Address(
        id="1", url=HOME, host="blog.example", kind=PageKind.FEED, depth=0, tries=0, source=None, pages=1,
        options={"content": "feed"}, etag=None, last_modified=None,
    )  # fmt: skip
    response = Response(HOME + "feed", body=WHOLE[name].encode(), request=Request(HOME, meta={ADDRESS: feed}))
    article, page = FeedSpider().answered(response)
    assert (article.url, article.kind) == (HOME + "a", "article")
    document = read(article)
    assert isinstance(document, Document)
    assert (document.title, document.author, document.date) == ("Tea & rain", "Maud", date(2026, 5, 4))
    assert document.text == "She ran after me. All the way to the tram."
    assert [link.url for link in page.links] == [HOME + "b"], "what does not stand whole is fetched"


@pytest.mark.parametrize(
    "text",
    [
        "<html><h1>Not found",
        "{",
        '{"items": []}',
        '{"version": "https://jsonfeed.org/version/1", "items": {}}',
        "plain words",
        "",
        "<rss><channel><item><title>&#1114112;</title></item></channel></rss>",
        "[" * 100_000,
        '{"a":' * 100_000,
        "/etc/hostname",
        "http://127.0.0.1:9/feed",
    ],
)
def test_what_is_no_feed_is_told_and_never_opened_or_fetched(text: str) -> None:
    with pytest.raises(NotAFeedError):
        parse(text.encode(), HOME + "feed")
