"""Feeds in every format and as broken as sites really serve them: where they lead to."""

import gzip
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest
from scrapy import Request
from scrapy.http import Response

from crawler.frontier import ADDRESS
from crawler.lists.feeds import MOST_ENTRIES, Feed, NotAFeedError, parse
from crawler.spider import Unusable
from reading.document import Document
from reading.page import Outcome, Page, PageKind
from reading.reader import read
from spiders.feed import FeedSpider
from storage.frontier import Address

HOME = "https://blog.example/"
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)

DECLARED = '<?xml version="1.0" encoding="{}"?>\n'
RSS = '<rss version="2.0"><channel><title>T</title>{}</channel></rss>'
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><link rel="next" href="/feed?2"/>{}</feed>'
ONE = "<item><title>Tea</title><link>/a</link></item>"
RDF = 'rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
RSS_1 = (
    f'<{RDF} xmlns="http://purl.org/rss/1.0/"><channel rdf:about="/"><title>T</title><items><rdf:Seq><rdf:li '
    'rdf:resource="/a"/></rdf:Seq></items></channel><item rdf:about="/x"><title>Tea</title><link>/a</link></item>'
    "</rdf:RDF>"
)
BURNER = 'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
JSON = '{"version": "https://jsonfeed.org/version/1.1", "items": [%s]}'


def paths(feed: Feed) -> list[str]:
    return [item.url.removeprefix(HOME) for item in feed.items]


FORMATS = {
    "RSS 0.90": f'<{RDF} xmlns="http://my.netscape.com/rdf/simple/0.9/"><channel/>{ONE}</rdf:RDF>',
    "RSS 0.91": '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://my.netscape.com/rss-0.91.dtd">'
    + RSS.format(ONE).replace("2.0", "0.91"),
    "RSS 0.92": RSS.format(ONE).replace("2.0", "0.92"),
    "RSS 1.0": RSS_1,
    "RSS 2.0": RSS.format(ONE),
    "RSS in capitals": RSS.format(ONE).replace("rss", "RSS").replace("item", "ITEM"),
    "Atom 0.3": '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title>Tea</title>'
    '<link rel="alternate" type="text/html" href="/a"/></entry></feed>',
    "Atom 1.0": ATOM.format('<entry><title type="html">Tea</title><link href="/a"/></entry>'),
    "Atom with a prefix": '<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:title>Tea</a:title>'
    '<a:link href="/a"/></a:entry></a:feed>',
    "JSON Feed 1.0": '{"version": "https://jsonfeed.org/version/1", "items": [{"url": "/a", "title": "Tea"}, {}, 7]}',
    "JSON Feed 1.1": JSON % '{"id": "https://blog.example/a", "title": "Tea"}',
    "CDF": '<CHANNEL HREF="/"><TITLE>T</TITLE><ITEM HREF="/a"><TITLE>Tea</TITLE></ITEM></CHANNEL>',
}


@pytest.mark.parametrize("name", FORMATS)
def test_a_feed_of_any_format_leads_to_its_entries(name: str) -> None:
    feed = parse(FORMATS[name].encode(), HOME + "feed")
    assert [(item.url, item.entry.title) for item in feed.items] == [(HOME + "a", "Tea")]


@pytest.mark.parametrize("text", [RSS.format(""), ATOM.format(""), RSS_1[: RSS_1.index("<item ")], JSON % ""])
def test_a_feed_without_entries_is_a_feed(text: str) -> None:
    assert parse(text.encode(), HOME + "feed").items == ()


CAFE = RSS.format("<item><title>Café på hjørnet</title><link>/a</link></item>")
CHARSETS: Mapping[str, tuple[bytes, str]] = {
    "utf-8 that says so": ((DECLARED.format("utf-8") + CAFE).encode(), ""),
    "utf-8 that says nothing": (CAFE.encode(), "text/xml"),
    "utf-8 that is said to be iso-8859-1": ((DECLARED.format("iso-8859-1") + CAFE).encode(), "text/xml"),
    "utf-8 that is said to be us-ascii": ((DECLARED.format("us-ascii") + CAFE).encode(), "text/xml; charset=us-ascii"),
    "cp1252 that is said to be utf-8": ((DECLARED.format("utf-8") + CAFE).encode("cp1252"), "text/xml; charset=utf-8"),
    "cp1252 that says nothing": (CAFE.encode("cp1252"), ""),
    "iso-8859-1 that says so": ((DECLARED.format("ISO-8859-1") + CAFE).encode("iso-8859-1"), ""),
    "a charset that is none": ((DECLARED.format("utf8mb4") + CAFE).encode(), ""),
    "utf-16": ((DECLARED.format("utf-16") + CAFE).encode("utf-16"), ""),
    "utf-8 with a mark": ((DECLARED.format("utf-8") + CAFE).encode("utf-8-sig"), ""),
    "cp1252 in JSON": ((JSON % '{"url": "/a", "title": "Café på hjørnet"}').encode("cp1252"), ""),
    "gzip'd once more": (gzip.compress(CAFE.encode()), ""),
    "gzip'd once more, and cut off": (gzip.compress(CAFE.encode())[:-9], ""),
}


@pytest.mark.parametrize("name", CHARSETS)
def test_a_feed_is_read_in_the_charset_that_it_is_in(name: str) -> None:
    body, content_type = CHARSETS[name]
    feed = parse(body, HOME + "feed", content_type)
    assert [(item.url, item.entry.title) for item in feed.items] == [(HOME + "a", "Café på hjørnet")]


PHP = "<br />\n<b>Warning</b>: Undefined variable $x in <b>/srv/feed.php</b> on line <b>3</b><br />\n"
WHOLE_RSS = DECLARED.format("utf-8") + RSS.format(ONE + "<item><title>{}</title><link>/b</link></item>")
BROKEN = {
    "white space before it": " \n\t" + WHOLE_RSS.format("Cake"),
    "a comment before it": "<!-- cached at noon -->\n" + WHOLE_RSS.format("Cake"),
    "a server's warning before it": PHP + WHOLE_RSS.format("Cake"),
    "an advertisement behind it": WHOLE_RSS.format("Cake") + "<script>track('a' && 1 < 2)</script>",
    "a stray ampersand": WHOLE_RSS.format("Cake &amp; tea & milk").replace("Cake &amp; tea & milk", "Cake"),
    "an entity of HTML": WHOLE_RSS.format("Cake").replace("Tea", "Tea&nbsp;").replace("<item>", "<item>&bogus;"),
    "an undeclared prefix": WHOLE_RSS.format("Cake").replace("<item>", "<item><slash:comments>3</slash:comments>"),
    "control characters": WHOLE_RSS.format("Ca\x0bk\x00e\x1f"),
    "references to what is no character": WHOLE_RSS.format("Ca&#0;k&#x1F;e&#1114112;&#xD800;"),
    "an end that is missing": WHOLE_RSS.format("Cake")[:-20],
    "an entry that is cut off": WHOLE_RSS.format("Cake").replace("</channel></rss>", "<item><link>/c"),
    "tags that cross": WHOLE_RSS.format("Cake").replace(
        "</title><link>/b</link>", "</title><b><i></b></i><link>/b</link>"
    ),
    "CDATA that does not end": WHOLE_RSS.format("Cake").replace("</channel></rss>", "<item><title><![CDATA[x & y"),
    "a document type with entities": WHOLE_RSS.format("Cake").replace(
        "<rss", '<!DOCTYPE rss [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]><rss', 1
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_feed_that_is_broken_is_read_as_far_as_it_goes(name: str) -> None:
    feed = parse(BROKEN[name].encode(), HOME + "feed", "text/xml")
    assert paths(feed) == ["a", "b"]
    assert feed.items[1].entry.title == "Cake"


LINKS = {
    "a link in CDATA with white space": ("<item><link>\n <![CDATA[ /a ]]>\n</link></item>", ["a"]),
    "a link with what only tells where its reader came from": ("<item><link>/a?utm_medium=rss</link></item>", ["a"]),
    "stray ampersands in a link": ("<item><link>/a?x=1&copy=2&lang=da</link></item>", ["a?x=1&copy=2&lang=da"]),
    "ampersands in CDATA": ("<item><link><![CDATA[/a?x=1&copy=2]]></link></item>", ["a?x=1&copy=2"]),
    "what FeedBurner says the link was": (
        f"<item><link>https://burner.example/~r/1</link><feedburner:origLink {BURNER}>/a</feedburner:origLink></item>",
        ["a"],
    ),
    "only a permanent id": ("<item><guid>https://blog.example/a</guid></item><item><guid>/b</guid></item>", ["a", "b"]),
    "an id that is no address": ("<item><guid>123</guid></item><item><guid>tag:blog.example,1</guid></item>", []),
    "an id before the link": ("<item><guid>https://blog.example/?p=1</guid><link>/a</link></item>", ["a"]),
    "an empty link": ("<item><link/><guid>https://blog.example/a</guid></item>", ["a"]),
    "an empty link beside a good one": ("<item><link>/a</link><link/></item>", ["a"]),
    "an Atom link in RSS": (
        '<item xmlns:a="http://www.w3.org/2005/Atom"><a:link rel="self" href="/feed/1"/><a:link href="/a"/></item>',
        ["a"],
    ),
    "only an enclosure": ('<item><enclosure url="/a.mp3" type="audio/mpeg"/></item>', []),
    "an element that is called links": ("<links>9</links><item><link>/a</link><links>9</links></item>", ["a"]),
    "no date": ("<item><link>/a</link><pubDate>yesterday, perhaps</pubDate></item>", ["a"]),
    "another scheme": ("<item><link>mailto:maud@blog.example</link></item>", []),
    "one address twice": ("<item><link>/a#c2</link></item><item><link>/a#c1</link></item>", ["a"]),
    "one link for all, and ids that are addresses": (
        "<link>/</link><item><link>/</link><guid>https://blog.example/a</guid></item>"
        "<item><link>/</link><guid>https://blog.example/b</guid></item>",
        ["a", "b"],
    ),
    "one link for all, and ids that are none": (
        "<item><link>/a</link><guid>1</guid></item><item><link>/a</link><guid>2</guid></item>",
        ["a"],
    ),
    "links to the home page": ("<link>/</link><item><link>/</link></item><item><link>/b</link></item>", ["b"]),
    "a link to the home page alone": ("<link>/</link><item><link>/</link></item>", [""]),
    "comments on the page that the feed is of": (
        "<link>/a</link><item><link>/a#comment-1</link></item><item><link>/a#comment-2</link></item>",
        ["a"],
    ),
}


@pytest.mark.parametrize("name", LINKS)
def test_an_entry_leads_to_its_own_page(name: str) -> None:
    entries, expected = LINKS[name]
    assert paths(parse(RSS.format(entries).encode(), HOME + "feed")) == expected


def test_a_relative_link_is_relative_to_the_base_that_the_feed_names() -> None:
    entry = '<entry><link href="a"/></entry>'
    feed = ATOM.replace("<feed ", '<feed xml:base="/blog/" ').format(entry).encode()
    assert paths(parse(feed, HOME + "feed")) == ["blog/a"]
    assert paths(parse(ATOM.format(entry).encode(), HOME + "deep/feed")) == ["deep/a"]


KEYS = {
    "the same entry at another address": ("<title>Tea</title><guid>7</guid><link>/moved</link>", True),
    "another entry that was given the id": ("<title>Cake</title><guid>7</guid><link>/a</link>", False),
    "no id": ("<title>Tea</title><link>/a</link>", False),
}


@pytest.mark.parametrize("name", KEYS)
def test_an_entry_is_known_by_its_id_and_title(name: str) -> None:
    def key(entry: str) -> str | None:
        return parse(RSS.format(f"<item>{entry}</item>").encode(), HOME + "feed").items[0].key

    entry, same = KEYS[name]
    before = key("<title>Tea</title><guid>7</guid><link>/a</link>")
    assert before and (key(entry) == before) is same


def test_entries_that_share_id_and_title_are_not_known_by_them() -> None:
    two = "".join(f"<item><title>Tea</title><guid>7</guid><link>/{n}</link></item>" for n in "ab")
    feed = parse(RSS.format(two).encode(), HOME + "feed")
    assert [(item.url, item.key) for item in feed.items] == [(HOME + "a", None), (HOME + "b", None)]


COUNTS = {
    "slash:comments": ("<slash:comments>3</slash:comments>", 3),
    "thr:total": ('<t:total xmlns:t="http://purl.org/syndication/thread/1.0">3</t:total>', None),
    "thr:total with the usual prefix": ("<thr:total>3</thr:total>", 3),
    "none": ("", None),
    "words": ("<slash:comments>many</slash:comments>", None),
    "more than a number holds": (f"<slash:comments>{'9' * 5_000}</slash:comments>", 999_999_999),
}


@pytest.mark.parametrize("name", COUNTS)
def test_a_feed_says_how_many_comments_a_post_has(name: str) -> None:
    said, count = COUNTS[name]
    (item,) = parse(RSS.format(f"<item><link>/a</link>{said}</item>").encode(), HOME + "feed").items
    assert item.comments == count


ONWARD = {
    "Atom says it": (ATOM.format('<entry><link href="/a"/></entry>'), "feed", "feed?2"),
    "JSON Feed says it": ((JSON % "").replace('"items"', '"next_url": "/feed?2", "items"'), "feed", "feed?2"),
    "WordPress does not": (
        RSS.format("<generator>https://wordpress.org/?v=6</generator>" + ONE),
        "feed",
        "feed?paged=2",
    ),
    "WordPress counts on": (
        RSS.format("<generator>https://wordpress.org/?v=6</generator>" + ONE),
        "feed?cat=3&paged=9",
        "feed?cat=3&paged=10",
    ),
    "WordPress at its end": (RSS.format("<generator>https://wordpress.org/?v=6</generator>"), "feed?paged=10", None),
    "nobody": (RSS.format(ONE), "feed", None),
}


@pytest.mark.parametrize("name", ONWARD)
def test_a_paged_feed_leads_to_its_next_page(name: str) -> None:
    text, path, onward = ONWARD[name]
    assert parse(text.encode(), HOME + path).next == (HOME + onward if onward else None)


def test_a_feed_of_20_000_entries_is_read_to_a_bound_and_keeps_what_stands_behind_them() -> None:
    entries = "".join(f"<item><title>{n}</title><link>/{n}</link></item>" for n in range(20_000))
    feed = parse(RSS.format(entries + "<ttl>30</ttl>").encode(), HOME + "feed")
    assert paths(feed) == [str(n) for n in range(MOST_ENTRIES)]
    assert feed.hints.every == timedelta(minutes=30)


@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE html><html><h1>Not found",
        "<html><body><rss><channel></channel></rss>",
        "{",
        '{"items": []}',
        '{"version": "https://jsonfeed.org/version/1", "items": {}}',
        "plain words",
        "",
        "\x1f\x8b broken",
        RSS.format("<b>" * 200_001),
        "[" * 100_000,
        '{"a":' * 100_000,
        "/etc/hostname",
        "http://127.0.0.1:9/feed",
    ],
    ids=lambda text: repr(text[:40]),
)
def test_what_is_no_feed_is_told_and_never_opened_or_fetched(text: str) -> None:
    with pytest.raises(NotAFeedError):
        parse(text.encode("latin-1"), HOME + "feed")


def address(**options: str) -> Address:
    return Address(
        id="1", url=HOME, host="blog.example", spider="feed", kind=PageKind.FEED, depth=0, tries=0,
        source=None, home=None, pages=1,
        options=options, etag=None, last_modified=None,
    )  # fmt: skip


def page(body: str) -> Page:
    return Page(
        requested=HOME, url=HOME, kind=PageKind.FEED, outcome=Outcome.STORED, fetched_at=NOON, body=body.encode()
    )


WHOLE = {
    "rss": RSS.format(
        "<item><link>/a</link><title>Tea &amp;amp; rain</title><author>Maud</author>"
        "<pubDate>Mon, 04 May 2026 09:00:00 GMT</pubDate>"
        "<description>&lt;p&gt;She ran after me. All the way to the tram.&lt;/p&gt;</description></item>"
        "<item><link>/b</link></item>"
    ),
    "json": JSON
    % """{"url": "/b"}, {"url": "/a", "title": "Tea & rain", "authors": [{"name": "Maud"}],
        "date_published": "2026-05-04", "content_html": "<p>She ran after me. All the way to the tram.</p>"}""",
}


@pytest.mark.parametrize("name", WHOLE)
def test_an_entry_that_stands_whole_in_the_feed_is_kept_without_a_request(name: str) -> None:
    request = Request(HOME, meta={ADDRESS: address(content="feed")})
    response = Response(HOME + "feed", body=WHOLE[name].encode(), request=request)
    article, feed = FeedSpider().answered(response)
    assert (article.url, article.kind) == (HOME + "a", "article")
    document = read(article)
    assert isinstance(document, Document)
    assert (document.title, document.author, document.date) == ("Tea & rain", "Maud", date(2026, 5, 4))
    assert document.text == "She ran after me. All the way to the tram."
    assert [link.url for link in feed.links] == [HOME + "b"], "what does not stand whole is fetched"


def test_a_feed_says_how_often_it_changes_and_what_its_entries_are_known_by() -> None:
    feed = page(RSS.format("<ttl>90</ttl><item><guid>1</guid><link>/a</link></item>"))
    (link,) = FeedSpider().links(feed, address())
    assert FeedSpider().hints(feed, address()).every == timedelta(minutes=90)
    assert link.key


@pytest.mark.parametrize(
    ("body", "advice"),
    [
        ('<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"/>', "this is a sitemap: write kind=sitemap"),
        ("<sitemapindex><sitemap/></sitemapindex>", "this is a sitemap: write kind=sitemap"),
        (
            '<html><link rel="alternate" type="application/rss+xml" href="/feed">',
            "this is an HTML page, no feed; the page names https://blog.example/feed: put that into feeds.txt",
        ),
    ],
    ids=["a sitemap", "an index of sitemaps", "a page that names its feed"],
)
def test_what_is_no_feed_is_told_with_what_to_write(body: str, advice: str) -> None:
    with pytest.raises(Unusable) as told:
        list(FeedSpider().links(page(body), address()))
    assert str(told.value) == advice
