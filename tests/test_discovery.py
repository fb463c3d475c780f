"""Which address of a site is followed: what its pages name, link to and are, and where engines keep their feeds."""

from datetime import UTC, datetime

import pytest

from crawler.lists.discovery import About, Why, about, candidates, is_listing, kind_of
from reading.page import Outcome, Page, PageKind

HOME = "https://a.example/"
RSS = (
    '<rss version="2.0"><channel><title>The  kettle</title><language>da-DK</language>'
    "<item><link>/1</link></item></channel></rss>"
)
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="nb"><title>Kjelen</title><entry><id>x</id></entry></feed>'
JSON = '{"version": "https://jsonfeed.org/version/1.1", "title": "Kessel", "language": "de", "items": []}'
SITEMAP = (
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://a.example/1</loc></url></urlset>'
)
HTML = '<html lang="fr-FR"><head><title>La bouilloire</title></head><body><p>Bonjour.</p></body></html>'


def page(body: str, url: str = HOME) -> Page:
    now = datetime(2026, 5, 4, tzinfo=UTC)
    return Page(
        requested=url, url=url, kind=PageKind.ARCHIVE, outcome=Outcome.STORED, fetched_at=now, body=body.encode()
    )


def named(href: str, title: str = "", type: str = "application/rss+xml") -> str:
    return f'<link rel="alternate" type="{type}" title="{title}" href="{href}">'


def tried(body: str, url: str = HOME) -> list[str]:
    return [candidate.url.removeprefix(HOME) for candidate in candidates(page(body, url))]


@pytest.mark.parametrize(
    ("body", "kind"),
    [(RSS, "feed"), (ATOM, "feed"), (JSON, "feed"), (SITEMAP, "sitemap"), (HTML, None), ("", None), ('{"a": 1}', None)],
    ids=["rss", "atom", "json feed", "sitemap", "html", "nothing", "other json"],
)
def test_a_feed_or_sitemap_is_told_from_its_body(body: str, kind: str | None) -> None:
    assert kind_of(page(body)) == kind


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (RSS, About(title="The kettle", language="da")),
        (ATOM, About(title="Kjelen", language="no")),
        (JSON, About(title="Kessel", language="de")),
        (HTML, About(title="La bouilloire", language="fr")),
        ("{broken", About()),
        ("", About()),
    ],
    ids=["rss", "atom", "json feed", "html", "broken json", "nothing"],
)
def test_title_and_language_are_what_the_site_says(body: str, said: About) -> None:
    assert about(page(body)) == said


@pytest.mark.parametrize(
    ("head", "first"),
    [
        (named("/feed/", "Kettle") + named("/comments/feed/", "Kettle Comments Feed"), "feed/"),
        (named("/comments/feed/") + named("/feed/"), "feed/"),
        (named("/podcast.xml", "Our podcast") + named("/feed/"), "feed/"),
        (named("/category/tea/feed/") + named("/feed/"), "feed/"),
        (named("/feed.json", type="application/feed+json") + named("/feed.xml"), "feed.xml"),
        (named("/atom", type="application/atom+xml") + named("/rss"), "atom"),
        (named("/wp-json/wp/v2/pages/2", type="application/json") + named("/feed/"), "feed/"),
        (named("/oembed?format=xml", type="text/xml+oembed") + named("/feed/"), "feed/"),
        (named("/en/", type="text/html") + named("/feed/"), "feed/"),
        ('<base href="/blog/">' + named("feed/"), "blog/feed/"),
        ('<link rel="ALTERNATE home" type="Application/RSS+XML; charset=utf-8" href="/feed/">', "feed/"),
    ],
    ids=[
        "before comments",
        "comments first",
        "before a podcast",
        "before a category",
        "before json",
        "as the page has them",
        "no api",
        "no oembed",
        "no other language",
        "relative to a base",
        "as browsers read it",
    ],
)
def test_the_main_feed_that_a_page_names_comes_first(head: str, first: str) -> None:
    assert tried(f"<html><head>{head}</head><body><p>Hi</p></body></html>")[0] == first
    assert not [url for url in tried(head) if "comments" in url or "wp-json" in url]


def test_the_feed_of_the_section_that_was_asked_for_comes_before_the_whole_sites() -> None:
    body = named("/feed/") + named("/category/tea/feed/") + "<p>Hi</p>"
    assert tried(body, f"{HOME}category/tea/")[:2] == ["category/tea/feed/", "feed/"]


def test_without_a_named_feed_links_that_look_like_one_are_tried_then_the_usual_places() -> None:
    links = '<a href="/tea">Tea</a><a href="/blog/rss.xml">RSS</a><a href="https://reader.example/add/feed/">Add</a>'
    found = candidates(page(f"<p>{links}</p>"))
    assert [(c.url.removeprefix(HOME), c.why) for c in found[:2]] == [
        ("blog/rss.xml", Why.LINKED),
        ("feed/", Why.USUAL),
    ]


@pytest.mark.parametrize(
    ("engine", "url", "places"),
    [
        ("WordPress 6.4", HOME, ["feed/", "?feed=rss2"]),
        ("Blogger", HOME, ["feeds/posts/default"]),
        ("Hugo 0.120.4", HOME, ["index.xml"]),
        ("", HOME, ["feed/", "rss.xml", "atom.xml", "index.xml"]),
        ("Ghost 5.2", f"{HOME}blog/a-post/", ["blog/rss/"]),
    ],
    ids=["wordpress", "blogger", "hugo", "unknown", "a blog in a folder"],
)
def test_the_usual_places_are_those_of_the_engine(engine: str, url: str, places: list[str]) -> None:
    assert tried(f'<html><head><meta name="generator" content="{engine}"></head><p>Hi</p></html>', url) == places


@pytest.mark.parametrize(
    "body", ["", "\x00\x01", "{}", "<", "<link rel=alternate type=application/rss+xml href='http://['>"]
)
def test_anything_may_stand_in_a_page(body: str) -> None:
    assert kind_of(page(body)) is None
    assert all(candidate.why is Why.USUAL for candidate in candidates(page(body)))
    assert not is_listing(page(body))
    about(page(body))
