"""Two spellings of one article are one, a page's word about its own address is believed where it is plausible."""

import time

import pytest

from crawler.addresses.canonical import named
from crawler.addresses.twins import same_page, twin_key

A = "https://blog.example/2019/05/a-kind-driver"


@pytest.mark.parametrize(
    "other",
    [
        "http://blog.example/2019/05/a-kind-driver",
        "HTTPS://WWW.Blog.Example/2019/05/a-kind-driver",
        "https://m.blog.example/2019/05/a-kind-driver",
        "https://mobile.blog.example/2019/05/a-kind-driver",
        "https://touch.blog.example/2019/05/a-kind-driver",
        "https://www.m.blog.example/2019/05/a-kind-driver",
        f"{A}/",
        f"{A}/index.html",
        f"{A}/index.php",
        f"{A}/Default.aspx",
        f"{A}/amp",
        f"{A}/amp/",
        f"{A}.amp",
        f"{A}?amp",
        f"{A}?amp=1",
        f"{A}/?outputType=amp",
        f"{A}?m=1",
        f"{A}?view=mobile",
        f"{A}?print=1",
        f"{A}?utm_source=x#comments",
        "https://blog-example.cdn.ampproject.org/c/s/blog.example/2019/05/a-kind-driver",
        "https://blog-example.cdn.ampproject.org/v/s/blog.example/2019/05/a-kind-driver/amp/?amp_js_v=0.1&usqp=mq331",
        "https://www.google.com/amp/s/amp.blog.example/2019/05/a-kind-driver",
        "http://www.google.co.uk/amp/blog.example/2019/05/a-kind-driver",
    ],
)
def test_an_article_in_another_spelling_is_the_same(other: str) -> None:
    assert twin_key(other) == twin_key(A)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(A, f"{A}?page=2", id="another-parameter"),
        pytest.param(f"{A}?page=1", f"{A}?page=2", id="another-value"),
        pytest.param(A, "https://blog.example/2019/05/A-Kind-Driver", id="another-case"),
        pytest.param(A, "https://blog.example:8443/2019/05/a-kind-driver", id="another-port"),
        pytest.param(A, f"{A}/comment-page-2/", id="a-page-of-comments"),
        pytest.param(A, f"{A}.html", id="an-ending"),
        pytest.param(A, "https://news.blog.example/2019/05/a-kind-driver", id="another-host-of-the-site"),
        pytest.param("https://m.blogspot.com/", "https://blogspot.com/", id="a-blog-called-m"),
        pytest.param("https://guitars.example/amp", "https://guitars.example/", id="a-page-called-amp"),
        pytest.param("https://guitars.example/amp/", "https://guitars.example/", id="a-folder-called-amp"),
        pytest.param("https://blog.example/?m=201905", "https://blog.example/?m=1", id="a-month"),
        pytest.param("https://www.google.com/amp/about", "https://about/", id="no-host-in-the-cache"),
    ],
)
def test_another_page_stays_another(one: str, other: str) -> None:
    assert not same_page(one, other)


def test_what_is_no_address_is_its_own_twin_only() -> None:
    assert not same_page("mailto:anna@blog.example", "mailto:bert@blog.example")
    assert same_page(
        "https://x.cdn.ampproject.org/c/s/a.example:99999/", "https://x.cdn.ampproject.org/c/s/a.example:99999"
    )


def test_the_order_of_parameters_makes_no_other_page() -> None:
    assert same_page("https://forum.example/viewtopic.php?f=2&t=33", "http://www.forum.example/viewtopic.php?t=33&f=2")


B = "https://www.shop.example"


@pytest.mark.parametrize(
    ("url", "says", "expected"),
    [
        # twins of its own
        pytest.param(f"{B}/news/slug/amp/", f"{B}/news/slug/", f"{B}/news/slug/", id="from-amp"),
        pytest.param(f"{B}/news/slug?m=1", f"{B}/news/slug", f"{B}/news/slug", id="from-mobile-form"),
        pytest.param("https://m.shop.example/slug", f"{B}/slug", f"{B}/slug", id="from-mobile-host"),
        pytest.param("http://shop.example/slug", f"{B}/slug/", f"{B}/slug/", id="to-www-and-https"),
        pytest.param(f"{B}/news/slug", "/news/slug/", f"{B}/news/slug/", id="relative"),
        pytest.param(f"{B}/slug/", f"{B}/slug/?utm_source=x", None, id="its-own"),
        pytest.param(f"{B}/slug", "HTTPS://WWW.SHOP.EXAMPLE:443/slug#top", None, id="its-own-in-another-spelling"),
        # another path to the same article
        pytest.param(f"{B}/shoes/slug", f"{B}/slug", f"{B}/slug", id="out-of-a-category"),
        pytest.param(f"{B}/slug.html?from=mail", f"{B}/2019/slug", f"{B}/2019/slug", id="same-last-part"),
        pytest.param(f"{B}/slug?ref=7", f"{B}/slug", f"{B}/slug", id="drops-where-from"),
        pytest.param(f"{B}/rød-grød", f"{B}/da/r%c3%b8d-gr%c3%b8d", f"{B}/da/r%C3%B8d-gr%C3%B8d", id="danish"),
        # an id in words
        pytest.param(f"{B}/?p=12", f"{B}/2019/05/slug/", f"{B}/2019/05/slug/", id="wordpress-id"),
        pytest.param(f"{B}/article.php?id=12", f"{B}/12-slug", f"{B}/12-slug", id="a-script's-id"),
        pytest.param("https://old.shop.example/?p=12", f"{B}/slug/", f"{B}/slug/", id="an-id-on-another-host"),
        # all that is not plausible
        pytest.param(f"{B}/slug", "https://other.example/slug", None, id="another-site"),
        pytest.param("https://anna.blogspot.com/s", "https://bert.blogspot.com/s", None, id="another-blog"),
        pytest.param(f"{B}/2019/05/slug", f"{B}/", None, id="the-home-page"),
        pytest.param(f"{B}/?p=12", f"{B}/", None, id="the-home-page-for-an-id"),
        pytest.param(f"{B}/news/slug", f"{B}/news/", None, id="a-folder-above"),
        pytest.param(f"{B}/slug/slug", f"{B}/slug", None, id="a-folder-of-its-name"),
        pytest.param(f"{B}/slug/comment-page-2/", f"{B}/slug/", None, id="the-first-page-of-comments"),
        pytest.param(f"{B}/slug", f"{B}/another", None, id="another-article"),
        pytest.param(f"{B}/category/news/", f"{B}/news/", None, id="from-a-listing"),
        pytest.param(f"{B}/page/2/", f"{B}/page/1/", None, id="from-a-further-page"),
        pytest.param(f"{B}/slug/feed/", f"{B}/slug", None, id="from-a-feed"),
        pytest.param(f"{B}/?s=kind", f"{B}/kind", None, id="from-a-search"),
        pytest.param(f"{B}/x/login", f"{B}/login", None, id="from-a-login"),
        pytest.param(f"{B}/x/404.html", f"{B}/404.html", None, id="from-a-404-page"),
        pytest.param(f"{B}/news/?p=12", f"{B}/tag/slug/", None, id="to-a-listing"),
        pytest.param(f"{B}/slug?page=2", f"{B}/slug", None, id="drops-the-page"),
        pytest.param(f"{B}/slug?story=2", f"{B}/slug", None, id="drops-the-story"),
        pytest.param(f"{B}/show.php?t=7", f"{B}/show.php", None, id="drops-the-topic"),
        pytest.param(f"{B}/show.php?t=7&n=3", f"{B}/show.php?t=8&n=3", None, id="another-topic"),
        pytest.param(f"{B}/show.php?x=7", f"{B}/show.php", None, id="drops-what-a-script-knows"),
        pytest.param(f"{B}/show.php?t=7&start=40", f"{B}/t/slug-7", None, id="an-id-without-its-page"),
        pytest.param(f"{B}/slug", "https://staging.shop.example/slug", None, id="staging"),
        pytest.param(f"{B}/slug", "http://localhost/slug", None, id="localhost"),
        pytest.param(f"{B}/slug", "http://10.0.0.7/slug", None, id="a-private-host"),
        pytest.param(f"{B}/slug", "javascript:void(0)", None, id="no-address"),
        pytest.param(f"{B}/slug", " ", None, id="nothing"),
    ],
)
def test_the_address_that_a_page_names_is_believed_where_it_is_plausible(
    url: str, says: str, expected: str | None
) -> None:
    assert named(f'<head><link rel="canonical" href="{says}">'.encode(), {}, url) == expected
    assert named(b"", {"link": f'<{says}>; rel="canonical"'}, url) == expected


def test_the_host_that_a_page_is_on_is_believed_whatever_its_name() -> None:
    url = "http://shop.localhost:8080/a/slug"
    assert named(b"<link rel=canonical href=/slug>", {}, url) == "http://shop.localhost:8080/slug"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        pytest.param("<LINK HREF=/x/slug REL=Canonical>", "/x/slug", id="no-quotes-any-case-any-order"),
        pytest.param("<link rel='nofollow canonical' href='/x/slug' />", "/x/slug", id="several-words"),
        pytest.param("<title></head></title><link rel=canonical href=/x/slug>", "/x/slug", id="after-a-title"),
        pytest.param(
            "<link title='a > b' rel=canonical href='/x/slug?a=1&amp;b=2'>", "/x/slug?a=1&b=2", id="escaped-as-html"
        ),
        pytest.param("<link rel=canonical href=/x/slug><link rel=canonical href=/x/slug#a>", "/x/slug", id="one-twice"),
        pytest.param("<link rel=canonical href=/x/slug><link rel=canonical href=/y/slug>", None, id="two"),
        pytest.param("<!-- <link rel=canonical href=/x/slug> -->", None, id="in-a-comment"),
        pytest.param("<script>'<link rel=canonical href=/x/slug>'</script>", None, id="in-a-script"),
        pytest.param("<template><link rel=canonical href=/x/slug></template>", None, id="in-a-template"),
        pytest.param("<link rel=canonical-of-x href=/x/slug>", None, id="another-word"),
        pytest.param("<link rel=alternate title=canonical href=/x/slug>", None, id="another-attribute"),
        pytest.param("<meta property=og:url content=/x/slug>", None, id="og-url"),
        pytest.param("</head><link rel=canonical href=/x/slug>", None, id="after-the-head"),
        pytest.param("<link rel=canonical href='/x/slug", None, id="never-ending"),
    ],
)
def test_a_canonical_link_is_found_in_the_head_only(head: str, expected: str | None) -> None:
    found = named(f"<html><head>{head}</head><body>".encode(), {}, f"{B}/slug")
    assert found == (expected and B + expected)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param("</a>; rel=next, </x/slug>; rel=canonical", f"{B}/x/slug", id="among-others"),
        pytest.param('</x/slug>; title="a, b"; rel="canonical"', f"{B}/x/slug", id="after-a-title"),
        pytest.param("</x/slug>; rel=canonical, </y/slug>; rel=canonical", None, id="two"),
        pytest.param("/x/slug; rel=canonical", None, id="malformed"),
    ],
)
def test_a_link_header_may_name_the_address(header: str, expected: str | None) -> None:
    assert named(b"", {"link": header}, f"{B}/slug") == expected


@pytest.mark.parametrize(
    "piece", ["<", "<link rel=canonical ", "<a>; rel=", "a", " ", ";", "<link rel=canonical href="]
)
def test_a_hostile_head_takes_no_time(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    before = time.process_time()
    assert named(f"<link rel=canonical x={text}>".encode(), {"link": text}, f"{B}/slug") is None
    assert time.process_time() - before < 0.5  # seconds; some ms, but quadratic time would take minutes
