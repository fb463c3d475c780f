"""Sitemaps as sites really serve them: which articles and which further sitemaps they lead to."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.lists import mending
from crawler.lists.sitemaps import MOST_LISTED, NotASitemapError, Sitemap, parse
from crawler.spider import Unusable
from jobs.collect import collect
from reading.page import Link, Outcome, Page, PageKind
from spiders.sitemap import SitemapSpider
from storage.frontier import Address
from tests.crawls import put_article, settings_in
from tests.web import Web

HOME = "https://blog.example/"
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
URLSET = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {NS} {NEWS}>{{}}</urlset>'
INDEX = f"<sitemapindex {NS}>{{}}</sitemapindex>"


def url(path: str, lastmod: str = "", more: str = "") -> str:
    """An entry of a sitemap."""
    return f"<url><loc>{HOME}{path}</loc>{f'<lastmod>{lastmod}</lastmod>' if lastmod else ''}{more}</url>"


def sitemap(path: str, lastmod: str = "") -> str:
    """An entry of an index."""
    return url(path, lastmod).replace("url>", "sitemap>")


def listed(body: str | bytes, path: str = "sitemap.xml") -> Sitemap:
    return parse(body.encode() if isinstance(body, str) else body, HOME + path)


def paths(found: Sitemap) -> list[str]:
    return [one.url.removeprefix(HOME) for one in found.articles or found.sitemaps]


def news(day: str) -> str:
    return (
        "<news:news><news:publication><news:name>Two Lumps</news:name><news:language>da</news:language>"
        f"</news:publication><news:publication_date>{day}</news:publication_date><news:title>Tea</news:title></news:news>"
    )


TWO = url("a") + url("b")
SITEMAPS = {
    "as the book says": URLSET.format(TWO),
    "white space around an address": URLSET.format(TWO.replace("<loc>", "<loc>\n  ")),
    "an address in CDATA": URLSET.format(TWO).replace(f"{HOME}a", f"<![CDATA[{HOME}a]]>"),
    "no namespace": f"<urlset>{TWO}</urlset>",
    "another namespace": f'<urlset xmlns="http://www.google.com/schemas/sitemap/0.84">{TWO}</urlset>',
    "an undeclared prefix": f"<sm:urlset>{TWO.replace('<url>', '<sm:url>').replace('</url>', '</sm:url>')}</sm:urlset>",
    "images beside the pages": URLSET.format(
        url("a", more=f"<image:image><image:loc>{HOME}a.jpg</image:loc></image:image>") + url("b")
    ),
    "an end that is missing": URLSET.format(TWO + "<url><loc>")[: -len("</urlset>")],
    "white space before it": "\n \ufeff" + URLSET.format(TWO),
    "a comment within": URLSET.format(f"<!-- two -->{TWO}"),
    "relative addresses": URLSET.format(TWO).replace(HOME, "/"),
    "an entry without an address": URLSET.format(f"<url><lastmod>2026</lastmod></url><url/>{TWO}"),
    "one address twice": URLSET.format(TWO + TWO),
    "the address of the home page, of a tag and of an image": URLSET.format(
        url("") + url("tag/tea/") + url("a") + url("tea.jpg") + url("b")
    ),
    "the address of another site": URLSET.format(f"<url><loc>https://other.example/c</loc></url>{TWO}"),
    "the same site with www": URLSET.format(TWO + "<url><loc>mailto:maud@blog.example</loc></url>"),
    "lines of text": f"\ufeff{HOME}a\r\n\n{HOME}b\r\nand more to come\n",
    "one entity that opens a file": '<!DOCTYPE u [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    + URLSET.format("<url><loc>&x;</loc></url>" + TWO).partition("\n")[2],
}


@pytest.mark.parametrize("name", SITEMAPS)
def test_a_sitemap_leads_to_the_articles_of_its_own_site(name: str) -> None:
    assert paths(listed(SITEMAPS[name])) == ["a", "b"]


def test_an_ampersand_that_is_not_escaped_stays_in_its_address() -> None:
    assert paths(listed(URLSET.format(url("?p=1&lang=da") + url("?p=2&amp;lang=da")))) == [
        "?p=1&lang=da",
        "?p=2&lang=da",
    ]


def test_a_sitemap_that_was_left_compressed_is_inflated_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = gzip.compress(URLSET.format(TWO).encode())
    assert paths(listed(packed, "sitemap.xml.gz")) == ["a", "b"]
    assert paths(listed(packed[:-12], "sitemap.xml.gz")) == ["a", "b"], "though its end is missing"
    bomb = gzip.compress(URLSET.format(TWO).encode() + b" " * 20_000_000)
    assert len(mending.inflated(bomb)) == mending.MOST_BYTES
    assert paths(listed(bomb, "sitemap.xml.gz")) == ["a", "b"]


DATES = {
    "a day": ("2026-05-04", datetime(2026, 5, 4, tzinfo=UTC)),
    "a moment": ("2026-05-04T09:30:00+02:00", datetime(2026, 5, 4, 7, 30, tzinfo=UTC)),
    "a moment with fractions": ("2026-05-04T09:30:00.25Z", datetime(2026, 5, 4, 9, 30, 0, 250_000, tzinfo=UTC)),
    "a month": ("2026-05", datetime(2026, 5, 1, tzinfo=UTC)),
    "a year": ("2026", datetime(2026, 1, 1, tzinfo=UTC)),
    "no date": ("yesterday", None),
    "an engine's word for none": ("0001-01-01T00:00:00+02:00", None),
}


@pytest.mark.parametrize("name", DATES)
def test_an_article_changed_when_the_sitemap_says(name: str) -> None:
    said, moment = DATES[name]
    assert listed(URLSET.format(url("a", said))).articles[0].changed_at == moment
    assert listed(URLSET.format(url("a", more=news(said)))).articles[0].changed_at == moment


def test_the_newest_comes_first_and_what_has_no_date_last() -> None:
    entries = url("none") + url("old", "2019-01-01") + url("new", "2026-05-04") + url("nor") + url("mid", "2024")
    assert paths(listed(URLSET.format(entries))) == ["new", "mid", "old", "none", "nor"]


def test_a_date_that_all_share_says_nothing_of_them() -> None:
    entries = "".join(url(f"p{n}", "2026-05-04T03:00:00Z") for n in range(12))
    assert {one.changed_at for one in listed(URLSET.format(entries)).articles} == {None}


def test_a_large_sitemap_is_read_to_a_bound_with_its_newest() -> None:
    entries = "".join(url(f"p{n}", f"{1990 + n % 30}-01-01") for n in range(10_000))
    found = listed(URLSET.format(entries)).articles
    assert len(found) == MOST_LISTED
    assert {one.changed_at.year for one in found if one.changed_at} == set(range(2013, 2020))


def test_an_index_leads_to_its_sitemaps_but_not_to_those_of_images_tags_and_people() -> None:
    names = [
        "post-sitemap.xml", "sitemap.xml", "image-sitemap.xml", "sitemap-video.xml", "post_tag-sitemap.xml",
        "author-sitemap2.xml", "category-sitemap.xml", "wp-sitemap-users-1.xml", "wp-sitemap-taxonomies-tax-1.xml",
        "sitemap.xml?type=images", "vintage-stories.xml", "sitemap.xml?page=2",
    ]  # fmt: skip
    entries = "".join(sitemap(name) for name in names) + sitemap("sitemap-2026.xml.gz", "2026-05-04")
    found = listed(INDEX.format(entries))
    expected = ["sitemap-2026.xml.gz", "post-sitemap.xml", "vintage-stories.xml", "sitemap.xml?page=2"]
    assert (paths(found), found.articles) == (expected, ())


WRONG = {
    "a feed": ('<?xml version="1.0"?><rss version="2.0"><channel/></rss>', "this is a feed: write kind=feed"),
    "an HTML page": ("<!DOCTYPE html><title>Not found</title>", "this is an HTML page: write kind=listing"),
    "words": ("User-agent: *\nDisallow:", "this is no sitemap"),
    "a path": ("/etc/hostname", "this is no sitemap"),
    "nothing": ("", "this is no sitemap"),
    "compressed junk": ("\x1f\x8b\x08junk", "this is no sitemap"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_sitemap_is_told_with_what_it_is(name: str) -> None:
    body, advice = WRONG[name]
    with pytest.raises(NotASitemapError) as told:
        listed(body.encode("latin-1"))
    assert str(told.value) == advice


def address(pages: int = 3) -> Address:
    return Address(
        id="1", url=HOME, host="blog.example", kind=PageKind.ARCHIVE, depth=0, tries=0, source=None,
        spider="sitemap", home=None, pages=pages, options={}, etag=None, last_modified=None,
    )  # fmt: skip


def links(body: str, pages: int = 3) -> list[Link]:
    at, now = HOME + "sitemap.xml", datetime(2026, 5, 4, tzinfo=UTC)
    page = Page(requested=at, url=at, kind=PageKind.ARCHIVE, outcome=Outcome.STORED, fetched_at=now, body=body.encode())
    return list(SitemapSpider().links(page, address(pages)))


def test_the_spider_says_when_an_article_changed() -> None:
    assert links(URLSET.format(url("a", "2026-05-04"))) == [
        Link(url=HOME + "a", kind=PageKind.ARTICLE, changed_at=datetime(2026, 5, 4, tzinfo=UTC))
    ]


def test_the_spider_follows_as_many_sitemaps_of_an_index_as_its_source_asks_for() -> None:
    index = INDEX.format("".join(sitemap(f"s{n}.xml", f"{2000 + n}") for n in range(9)))
    assert [(link.url, link.kind) for link in links(index, pages=2)] == [
        (HOME + "s8.xml", PageKind.ARCHIVE),
        (HOME + "s7.xml", PageKind.ARCHIVE),
    ]


def test_the_spider_says_what_it_got_instead_of_a_sitemap() -> None:
    with pytest.raises(Unusable, match="this is a feed: write kind=feed"):
        links('<rss version="2.0"><channel/></rss>')


def test_a_crawl_goes_from_an_index_over_its_sitemaps_to_their_articles(tmp_path: Path) -> None:
    with Web() as web:
        home = web.url("/")
        index = INDEX.format(
            sitemap("posts.xml", "2026-05-04") + sitemap("old.xml", "2019-01-01") + sitemap("tags.xml")
        )
        web.put("/sitemap.xml", index.replace(HOME, home), content_type="application/xml")
        web.put("/posts.xml", URLSET.format(url("a", "2026-05-04")).replace(HOME, home), content_type="text/xml")
        web.put("/old.xml", f"{home}b\n{home}about-us\n", content_type="text/plain")
        put_article(web, "/a")
        put_article(web, "/b")
        settings = settings_in(tmp_path, f"{home}sitemap.xml kind=sitemap pages=2")
        assert collect(settings, now=datetime.now(UTC)) == {"stored": 5}
        assert sorted(web.paths()) == ["/a", "/b", "/old.xml", "/posts.xml", "/sitemap.xml"]
