"""Which links of an archive page are articles, and which one is the next older page, in any markup."""

from datetime import UTC, datetime

import pytest

from crawler.lists.links import article_links, feed_of, tree_of
from crawler.lists.older import next_page
from reading.page import Outcome, Page, PageKind

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
