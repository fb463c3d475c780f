"""The made-up web is a real one: its pages parse, its links lead somewhere, its feeds are feeds, its truth is there."""

import gzip
import http.client
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import feedparser
import pytest
from lxml import html

from demo.site import Site
from demo.web import Truth, Web, serve


@dataclass(frozen=True, slots=True, kw_only=True)
class Got:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def tree(self) -> html.HtmlElement:
        """The page as a browser reads it: the header's character set wins, then the page's own."""
        charset = self.headers.get_param("charset", header="content-type")
        parser = html.HTMLParser(encoding=str(charset) if charset else None)
        return html.document_fromstring(self.body, parser=parser)


class Client:
    """One kept connection that finds every host at 127.0.0.1."""

    def __init__(self, web: Web) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=10)

    def get(self, url: str, method: str = "GET", **headers: str) -> Got:
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, target or "/", headers={"Host": parts.netloc, **names})
        response = self.connection.getresponse()
        return Got(status=response.status, headers=response.headers, body=response.read())


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with serve() as served:
        yield served


@pytest.fixture(scope="module")
def client(web: Web) -> Iterator[Client]:
    client = Client(web)
    yield client
    client.connection.close()


@pytest.fixture(scope="module")
def crawled(web: Web, client: Client) -> dict[str, Got]:
    """Every address that links lead to from the front pages, and what it answers."""
    seen: dict[str, Got] = {}
    ahead = list(web.addresses)
    while ahead:
        url = ahead.pop().partition("#")[0]
        if url in seen or not (urlsplit(url).hostname or "").endswith(".localhost"):
            continue
        seen[url] = got = client.get(url)
        if got.headers["Location"]:
            ahead.append(got.headers["Location"])
        elif got.status == 200 and got.headers.get_content_type() == "text/html":
            ahead += [urljoin(url, link) for link in got.tree.xpath("//a/@href | //link[@rel='alternate']/@href")]
    return seen


def site_of(web: Web, name: str) -> Site:
    return next(site for site in web.sites if site.blog.name == name)


def words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text))


def told(truth: Truth, got: Got) -> str:
    """The text of the place where a story is said to be."""
    places = (
        got.tree.xpath(f"//*[@id='{truth.comment}' or @id='{truth.comment}-body']") if truth.comment else [got.tree]
    )
    return words(" ".join(place.text_content() for place in places))


def test_links_inside_the_web_lead_somewhere_but_for_the_few_that_are_meant_not_to(
    web: Web, crawled: dict[str, Got]
) -> None:
    broken = {urlsplit(url).path for url, got in crawled.items() if got.status >= 400}
    meant = {answer.path for site in web.sites for answer in site.blog.answers if answer.status >= 400}
    assert broken == meant


def test_every_post_is_reached_by_links(web: Web, crawled: dict[str, Got]) -> None:
    assert {*web.posts()} <= {url for url, got in crawled.items() if got.status == 200}


def test_what_is_told_stands_on_the_page_where_it_is_said_to_be(web: Web, crawled: dict[str, Got]) -> None:
    for truth in web.truth():
        text = told(truth, crawled[truth.url])
        start, end = text.find(words(truth.starts)), text.find(words(truth.ends))
        assert 0 <= start < end, truth


def test_the_web_has_all_languages_many_engines_and_far_more_posts_without_a_story_than_with(web: Web) -> None:
    blogs = [site.blog for site in web.sites]
    posts = [post for blog in blogs for post in blog.posts]
    assert {blog.lang for blog in blogs} == {"en", "da", "no", "sv", "de", "nl", "fr", "es"}
    assert len({blog.engine for blog in blogs}) >= 4
    assert {2019, 2026} == {f(post.when.year for post in posts) for f in (min, max)}
    assert 0.2 < sum(bool(post.told) for post in posts) / len(posts) < 0.4
    assert sum(bool(comment.told) for post in posts for comment in post.comments) >= 8


def test_some_events_are_told_more_than_once_as_copy_near_copy_and_in_other_words(web: Web) -> None:
    tellings: dict[str, list[Truth]] = {}
    for truth in web.truth():
        tellings.setdefault(truth.event, []).append(truth)
    languages = {event: sorted(truth.lang for truth in told) for event, told in tellings.items() if len(told) > 1}
    assert languages == {
        "duck-umbrella": ["en", "en", "en"],  # one is a copy, one a comment in other words
        "boiler-christmas-eve": ["en", "en"],  # one is a near copy
        "rabbit-hotel": ["da", "de", "no"],
        "bank-notebook": ["en", "nl"],
        "trumpet-train": ["fr", "fr"],
    }


def test_a_page_in_latin_1_says_so_only_in_its_head(web: Web, client: Client) -> None:
    got = client.get(site_of(web, "comptoir").home + "/")
    assert got.headers["Content-Type"] == "text/html"
    assert b"charset=iso-8859-1" in got.body
    assert "Marée".encode("iso-8859-1") in client.get(site_of(web, "comptoir").home + "/index_2.html").body


def test_one_page_is_declared_in_another_character_set_than_it_has(web: Web, client: Client) -> None:
    site = site_of(web, "fietsbel")
    got = client.get(site.url(site.blog.posts[-1]))
    assert got.headers.get_param("charset") == "iso-8859-1"
    assert "€" in got.body.decode("utf-8")


def test_a_long_thread_has_two_pages_that_lead_to_each_other(web: Web, client: Client) -> None:
    site = site_of(web, "two-sugars")
    post = next(post for post in site.blog.posts if post.slug == "tell-me-about-the-best-shop")
    newest, older = client.get(site.url(post)), client.get(site.url(post) + "comment-page-1/")
    assert site.url(post) + "comment-page-1/#comments" in newest.tree.xpath("//a/@href")
    assert site.url(post) + "#comments" in older.tree.xpath("//a/@href")
    shown = [len(got.tree.xpath("//article[@class='comment']")) for got in (older, newest)]
    assert sum(shown) == len(post.comments)
    assert all(shown)


def test_every_page_names_its_language_and_has_a_title(crawled: dict[str, Got]) -> None:
    for url, got in crawled.items():
        if got.status == 200 and got.headers.get_content_type() == "text/html" and got.body.startswith(b"<!DOCTYPE"):
            assert got.tree.get("lang"), url
            assert got.tree.findtext(".//title"), url


def test_a_feed_lists_the_posts_of_its_blog(web: Web, client: Client) -> None:
    for site in web.sites:
        if not site.feed_url:
            continue
        got = client.get(site.feed_url)
        assert got.status == 200
        if site.blog.feed == "json":
            links = [item["url"] for item in json.loads(got.body)["items"]]
        else:
            parsed = feedparser.parse(got.body, response_headers={"content-type": got.headers["Content-Type"]})
            assert not parsed.bozo, (site.feed_url, parsed.get("bozo_exception"))
            links = [entry.link for entry in parsed.entries]
        assert links == [site.url(post) for post in site.blog.posts]


def test_a_wordpress_feed_names_the_feed_of_each_posts_comments(web: Web, client: Client) -> None:
    site = site_of(web, "two-sugars")
    parsed = feedparser.parse(client.get(site.feed_url).body)
    for entry, post in zip(parsed.entries, site.blog.posts, strict=True):
        assert int(entry.slash_comments) == len(post.comments)
        comments = feedparser.parse(client.get(entry.wfw_commentrss).body)
        assert len(comments.entries) == len(post.comments)


def test_feeds_txt_has_a_line_for_each_blog(web: Web) -> None:
    lines = [line for line in web.feeds_txt.splitlines() if not line.startswith("#")]
    assert len(lines) == len(web.sites)
    assert all(re.match(r'http://\S+ kind=(feed|listing) .*lang=\w\w every=1h label="[^"]+"$', line) for line in lines)


@pytest.mark.parametrize("place", ["", "feed/"], ids=["front page", "feed"])
def test_what_a_client_has_is_not_sent_again(web: Web, client: Client, place: str) -> None:
    url = f"{site_of(web, 'two-sugars').home}/{place}"
    first = client.get(url)
    by_tag = client.get(url, If_None_Match=first.headers["ETag"])
    by_date = client.get(url, If_Modified_Since=first.headers["Last-Modified"])
    older = client.get(url, If_Modified_Since="Tue, 01 Jan 2019 00:00:00 GMT")
    assert [got.status for got in (first, by_tag, by_date, older)] == [200, 304, 304, 200]
    assert by_tag.body == by_date.body == b""


def test_a_client_that_takes_gzip_gets_it(web: Web, client: Client) -> None:
    plain, packed = client.get(web.addresses[0]), client.get(web.addresses[0], Accept_Encoding="gzip")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body


def test_every_host_has_its_robots_txt(web: Web, client: Client) -> None:
    for address in web.addresses:
        got = client.get(address + "robots.txt")
        assert got.status == 200
        assert b"User-agent: *" in got.body


def test_the_old_address_of_a_post_leads_to_the_new_one(web: Web, client: Client) -> None:
    got = client.get(site_of(web, "two-sugars").home + "/umbrella/")
    assert got.status == 301
    assert client.get(got.headers["Location"]).status == 200


def test_what_an_engine_adds_to_a_link_changes_nothing(web: Web, client: Client) -> None:
    site = site_of(web, "two-sugars")
    url = site.url(site.blog.posts[0])
    assert client.get(f"{url}?replytocom=12").body == client.get(url).body


def test_an_unknown_host_is_not_found_and_the_bare_port_lists_the_blogs(web: Web, client: Client) -> None:
    assert client.get(f"http://nobody.localhost:{web.port}/").status == 404
    listed = client.get(f"http://localhost:{web.port}/")
    assert all(address in listed.body.decode() for address in web.addresses)


def test_only_the_head_is_sent_where_only_that_is_asked(web: Web, client: Client) -> None:
    assert client.get(web.addresses[0], method="HEAD").body == b""


def test_the_log_has_every_request(client: Client, web: Web) -> None:
    before = len(web.log)
    client.get(web.addresses[0] + "nothing/")
    (request,) = web.log[before:]
    assert (request.method, request.path, request.status) == ("GET", "/nothing/", 404)
    assert request.host == urlsplit(web.addresses[0]).hostname


def test_copies_make_as_many_pages_as_are_asked_for_each_with_words_and_address_of_its_own() -> None:
    with serve(copies=3) as web, serve() as once:
        assert len({*web.posts()}) == 3 * len(once.posts())
        assert len(web.truth()) == 3 * len(once.truth())
        client = Client(web)
        for site in web.sites:
            bodies = [client.get(site.url(post)).body for post in site.blog.posts]
            assert len({*bodies}) == len(bodies)
        for truth in web.truth():
            assert words(truth.starts) in told(truth, client.get(truth.url))
        client.connection.close()


def test_copies_are_the_same_each_time() -> None:
    with serve(copies=2) as one, serve(copies=2) as two:
        texts = [[post.text for site in web.sites for post in site.blog.posts] for web in (one, two)]
    assert texts[0] == texts[1]
