"""Which licence a page names for its own post, and which only stands on it."""

import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.lists.feeds import parse as parse_feed
from reading.declared import Declared
from reading.deeds import allows_changes, deed, named, spdx, strictest
from reading.document import Document, Unreadable
from reading.entry import CONTENT_TYPE, Entry
from reading.licence import licence as licence_of
from reading.page import Outcome, Page, PageKind
from reading.parse import parse
from reading.reader import read
from storage import documents, pages
from storage.database import connect, identity
from storage.documents import Reading

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
URL = "https://kaffebrev.example/2026/05/stige"
CC = "https://creativecommons.org/licenses"
BY, SA, ND, NC = f"{CC}/by/4.0/", f"{CC}/by-sa/4.0/", f"{CC}/by-nd/4.0/", f"{CC}/by-nc/4.0/"
SA_DE, ZERO = f"{CC}/by-sa/3.0/de/", "https://creativecommons.org/publicdomain/zero/1.0/"
TOLD = (
    "<p>The ladder that I had bought at Lindgaard's was a rung too short, and the shop had closed for the day.</p>"
    "<p>Mrs Quillfeather opened again, carried a longer one to my door herself, and took no money for the trip.</p>"
)
CHOOSER_3 = (
    '<a rel="license" href="http://creativecommons.org/licenses/by-sa/3.0/de/"><img alt="Lizenzvertrag"'
    ' src="https://i.creativecommons.org/l/by-sa/3.0/de/88x31.png" /></a><br />Dieses Werk ist lizenziert unter einer'
    ' <a rel="license" href="http://creativecommons.org/licenses/by-sa/3.0/de/">Creative Commons Lizenz</a>.'
)
CHOOSER_4 = (
    '<p xmlns:cc="http://creativecommons.org/ns#"><a property="dct:title" rel="cc:attributionURL" href="/">Brev</a>'
    ' by <span property="cc:attributionName">Mette</span> is licensed under <a href="https://creativecommons.org/licenses'
    '/by-nc/4.0/?ref=chooser-v1" rel="license noopener noreferrer">CC BY-NC 4.0<img style="height:22px"'
    ' src="https://mirrors.creativecommons.org/presskit/icons/cc.svg?ref=chooser-v1" alt=""></a></p>'
)
PICTURE = '<img src="/bilder/leiter.jpg" alt="">'


def page(post: str = "", *, head: str = "", foot: str = "", beside: str = "") -> bytes:
    return (
        f"<html lang=en><head><title>A ladder</title>{head}</head><body class='single-post has-images'><article class="
        f"'post has-post-thumbnail'><h1>A ladder</h1><div class=entry-content>{TOLD}{post}</div></article>{beside}"
        f"{foot}</body></html>"
    ).encode()


def document(body: bytes, content_type: str = "text/html") -> Document:
    fetched = Page(
        requested=URL,
        url=URL,
        kind=PageKind.ARTICLE,
        outcome=Outcome.STORED,
        fetched_at=NOW,
        headers={"content-type": content_type},
        body=body,
    )
    found = read(fetched)
    assert isinstance(found, Document)
    return found


def json_ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


def link(address: str = BY, said: str = "CC BY", more: str = "") -> str:
    return f'<a {more} href="{address}">{said}</a>'


OWN = "rel=license"
MARKED = link(more=OWN)
WIDGET = '<div class="widget HTML" id=HTML1><h2>License</h2><div class=widget-content>{}</div></div>'
COMMENT = "<li class=comment id=c{0}><cite class=fn>Ada</cite><div class=comment-content><p>So kind. {1}</p></div></li>"

# Where it stands, its markup, the licence.
NAMED = {
    "a WordPress footer": (
        "foot",
        f"<footer><div class=site-info>Powered by WordPress. Content is {link()}</div></footer>",
        BY,
    ),
    "a WordPress text widget, ported": ("beside", f'<aside class="widget widget_text">{CHOOSER_3}</aside>', SA_DE),
    "a Blogger gadget": ("beside", WIDGET.format(CHOOSER_3), SA_DE),
    "a Ghost footer": (
        "foot",
        f"<section class=copyright><a href=/>Kaffebrev</a> &copy; 2026 &mdash; {link(SA)}</section>",
        SA,
    ),
    "a Tumblr theme's footer": ("foot", f"<div id=footer><p>{link(ND, 'ND', OWN)}</p></div>", ND),
    "the chooser's text": ("post", CHOOSER_4, NC),
    "a badge": ("post", f'<a href="{BY}"><img src="https://licensebuttons.net/l/by/4.0/80x15.png"></a>', BY),
    "a badge alone": ("post", '<p><img src="//i.creativecommons.org/p/zero/1.0/88x31.png" alt=CC0></p>', ZERO),
    "a link in the head": ("head", f'<link rel="license" href="{BY}deed.da">', BY),
    "Dublin Core": ("head", '<meta name="DC.rights" content="(c) Mette, CC BY-SA 4.0">', SA),
    "JSON-LD": ("head", json_ld(f'{{"@type":"BlogPosting","license":"{BY}"}}'), BY),
    "JSON-LD of the site": (
        "head",
        json_ld(f'[{{"@type":"Article"}},{{"@type":"WebSite","license":{{"@id":"{SA}"}}}}]'),
        SA,
    ),
    "microformats": ("post", f"<p>{link(BY, 'licence', 'class=u-license')}</p>", BY),
    "RDFa": ("post", f'<div about="{URL}"><span property="cc:license" resource="{BY}">free</span></div>', BY),
    "a line that says it": ("post", f"<p>This post is licensed under {link()}.</p>", BY),
    "a line that says it in Danish": ("post", f"<p>Dette værk er under en {link(SA, 'licens')}.</p>", SA),
    "a line that says it in French": ("foot", f"<p>Tous les textes sont publiés sous licence {link(SA)}.</p>", SA),
    "text and photos": ("foot", f"<footer>Text and photos: {MARKED}</footer>", BY),
    "text named after the theme": ("foot", f"<footer>Theme by Anna. Content: {link()}</footer>", BY),
    "what is not otherwise said": (
        "foot",
        f"<footer>Hvis ikke andet er angivet, er denne tekst under licens {link()}</footer>",
        BY,
    ),
    "its own article, with others below": (
        "foot",
        f"<article><h2><a href={URL}/>It</a></h2><h3><a href=/other>It</a></h3><footer>{MARKED}</footer></article>",
        BY,
    ),
    "the strictest": ("foot", f"<footer>{link(SA, more=OWN)} {link(ND, more=OWN)} {MARKED}</footer>", ND),
}
LOOK_ALIKES = {
    "nothing": ("post", ""),
    "JSON-LD of another post": ("head", json_ld(f'[{{"@type":"Article","url":"/other","license":"{BY}"}}]')),
    "another post below it": ("beside", f"<article><h3><a href=/other>It</a></h3><footer>{MARKED}</footer></article>"),
    "a line that denies it": ("post", f"<p>This post is not, I fear, licensed under {link()}.</p>"),
    "the logo": ("foot", f"<footer>Logo by Anna, {link()}</footer>"),
    "the weather": ("foot", f"<footer>Weather data from elsewhere is licensed under {link()}</footer>"),
    "what others say here": ("foot", f"<footer>Comments are licensed under {link()}.</footer>"),
    "a comment that no reader knows": ("beside", f"<div id=disqus_thread><p>So kind. {MARKED}</p></div>"),
    "a page on copyright": ("head", f'<link rel="help" href="{BY}">'),
    "JSON-LD of a picture": ("head", json_ld(f'[{{"@type":"Article"}},{{"@type":"ImageObject","license":"{BY}"}}]')),
    "RDFa of a picture": ("post", f'<p about="/stige.jpg"><span property="cc:license" resource="{BY}">free</span></p>'),
    "microdata of a picture": ("post", f"<div itemtype=//schema.org/ImageObject>{link(more='itemprop=license')}</div>"),
    "prose on licences": ("post", f"<p>Encyclopaedias are often under a {link(SA)} licence.</p>"),
    "prose on two licences": ("post", f"<p>I once explained why {link(SA)} is not {link(BY)}.</p>"),
    "a caption": ("post", f"<figure>{PICTURE}<figcaption>Anna, {MARKED}</figcaption></figure>"),
    "a WordPress caption": ("post", f"<div>{PICTURE}<p class=wp-caption-text>Anna Berg {MARKED}</p></div>"),
    "a photo's credit": ("post", f"<p><em>Photo by Anna, {MARKED}</em></p>"),
    "a photo's credit in a line of a paragraph": ("post", f"<p>Her shelves<br>Foto: Anna / {MARKED}<br>and mine</p>"),
    "right under a picture": ("post", f"<p>{PICTURE}</p><p><small>Anna, {MARKED}</small></p>"),
    "beside a picture": ("post", f"<p>{PICTURE} {MARKED}</p>"),
    "the photos in this post": ("post", f"<p>The photos in this post are under {MARKED}</p>"),
    "a quotation": ("post", f"<blockquote><p>Words of Anna.</p><p>{MARKED}</p></blockquote>"),
    "a Flickr badge": ("beside", f'<div class="widget flickr-widget"><a href="/x">{PICTURE}</a>{MARKED}</div>'),
    "a player": ("post", f'<div class="video-container"><iframe src="/v"></iframe><p>{MARKED}</p></div>'),
    "the theme's licence": ("foot", f"<footer>Theme: Harbour by Anna, {MARKED}</footer>"),
    "all rights reserved beside it": ("foot", f"<footer>&copy; Mette. All rights reserved. Pictures {MARKED}</footer>"),
    "all rights reserved in the footer": ("foot", f"{CHOOSER_4}<footer>© Alle rettigheder forbeholdes.</footer>"),
    "comments": ("beside", f"<ol class=commentlist>{COMMENT.format(1, MARKED)}{COMMENT.format(2, 'Thank you.')}</ol>"),
}  # fmt: skip


@pytest.mark.parametrize(("place", "markup", "licence"), NAMED.values(), ids=NAMED)
def test_a_page_names_a_licence_for_its_own_post(place: str, markup: str, licence: str) -> None:
    assert document(page(**{place: markup})).licence == licence


@pytest.mark.parametrize(("place", "markup"), LOOK_ALIKES.values(), ids=LOOK_ALIKES)
def test_what_another_work_is_under_is_not_the_posts_licence(place: str, markup: str) -> None:
    assert document(page(**{place: markup})).licence is None


@pytest.mark.parametrize(
    ("address", "licence"),
    [
        ("http://creativecommons.org/licenses/by-nc-sa/2.5/dk/deed.da", f"{CC}/by-nc-sa/2.5/dk/"),
        ("//creativecommons.org/licenses/BY/3.0/igo/legalcode.en", f"{CC}/by/3.0/igo/"),
        ("https://creativecommons.org/licenses/by/4.0/?ref=chooser-v1#x", BY),
        ("https://www.creativecommons.org/licenses/by-sa/4.0", SA),
        ("https://creativecommons.org/licenses/by-nd-nc/1.0/", f"{CC}/by-nd-nc/1.0/"),
        ("https://creativecommons.org/publicdomain/mark/1.0/deed.fr", "https://creativecommons.org/publicdomain/mark/1.0/"),
        ("https://creativecommons.org/licenses/by/", None),
        ("https://creativecommons.org/licenses/by/9.0/", None),
        ("https://creativecommons.org/licenses/by-sa-nd/4.0/", None),
        ("https://creativecommons.org/licenses/by/4.0/../../by-nd/4.0/", None),
        ("https://creativecommons.org.evil.example/licenses/by/4.0/", None),
        ("https://creativecommons.org@evil.example/licenses/by/4.0/", None),
        ("https://evil.example/https://creativecommons.org/licenses/by/4.0/", None),
        ("https://evil.example/?u=//creativecommons.org/licenses/by/4.0/", None),
        ("javascript://creativecommons.org/licenses/by/4.0/", None),
        ("http://[creativecommons.org/licenses/by/4.0/", None),
        ("https://creativecommons.org/licenses/by/4.0/" + "/" * 400, None),
        ("/licenses/by/4.0/", None),
    ],
)  # fmt: skip
def test_an_address_names_a_licence_only_at_its_own_site(address: str, licence: str | None) -> None:
    assert deed(address) == licence


@pytest.mark.parametrize(
    ("name", "licence"),
    [
        ("CC-BY-4.0", BY),
        ("cc-by-nc-nd-3.0-IGO", f"{CC}/by-nc-nd/3.0/igo/"),
        ("CC-BY-NC-SA-2.0-UK", f"{CC}/by-nc-sa/2.0/uk/"),
        ("CC0-1.0", ZERO),
        ("CC-BY", None),
        ("CC-BY-5.0", None),
        ("MIT", None),
    ],
)
def test_a_name_of_spdx_is_that_of_its_licence(name: str, licence: str | None) -> None:
    assert spdx(name) == licence


@pytest.mark.parametrize(
    ("text", "licence"),
    [
        ("© Mette 2026, CC BY-SA 4.0", SA),
        ("CC BY 3.0 DE by Mette", f"{CC}/by/3.0/de/"),
        ("Released under CC0", ZERO),
        ("See https://creativecommons.org/licenses/by/4.0/.", BY),
        ("All rights reserved; pictures CC BY 4.0", None),
        ("© Mette", None),
    ],
)
def test_a_line_of_rights_names_a_licence_by_address_or_name(text: str, licence: str | None) -> None:
    assert named(text) == licence


def test_the_strictest_forbids_most() -> None:
    assert strictest([BY, SA, NC, ND, ZERO]) == ND
    assert strictest([ZERO, SA, BY]) == SA
    assert strictest([]) is None
    assert [allows_changes(one) for one in (BY, ND, "https://a.example/by-nd/")] == [True, False, True]


@given(st.text(max_size=60), st.sampled_from(("", "https://creativecommons.org/", f"{CC}/by", f"{CC}/by/4.0/")))
def test_no_address_breaks_it_and_a_licence_is_its_own_address(text: str, before: str) -> None:
    found = deed(before + text)
    assert found is None or deed(found) == found
    named(before + text)


RSS = """<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:cc="http://web.resource.org/cc/"
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:c="http://backend.userland.com/creativeCommonsRssModule"
 xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Kaffebrev</title>{of_all}
 <item><title>A ladder</title><link>https://kaffebrev.example/stige</link>{of_one}</item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Kaffebrev</title>{of_all}
 <entry><title>A ladder</title><link href="https://kaffebrev.example/stige"/>{of_one}</entry></feed>"""


@pytest.mark.parametrize(
    ("form", "of_all", "of_one", "licence"),
    [
        pytest.param(ATOM, "", f'<link rel="license" href="{SA}"/>', SA, id="Atom link"),
        pytest.param(ATOM, f'<link rel="license" href="{BY}"/>', "<rights>© Mette</rights>", BY, id="Atom link of all"),
        pytest.param(ATOM, "<rights>CC BY 4.0</rights>", "<rights>All rights reserved</rights>", None, id="all kept"),
        pytest.param(RSS, f"<c:license>{NC}</c:license>", "", NC, id="RSS module, of all"),
        pytest.param(RSS, "", f'<cc:license rdf:resource="{BY}"/>', BY, id="cc:license"),
        pytest.param(RSS, "", f"<dc:rights>{ND}</dc:rights>", ND, id="dc:rights"),
        pytest.param(RSS, "<copyright>CC BY-SA 4.0</copyright>", "", SA, id="copyright"),
        pytest.param(RSS, "", f'<media:content url="u"><media:license href="{BY}"/></media:content>', None, id="media"),
    ],
)  # fmt: skip
def test_a_feed_names_the_licence_of_its_entries(form: str, of_all: str, of_one: str, licence: str | None) -> None:
    feed = parse_feed(form.format(of_all=of_all, of_one=of_one).encode(), "https://kaffebrev.example/feed")
    entry = feed.items[0].entry
    assert entry.licence == licence
    whole = replace(entry, html=TOLD)
    assert document(whole.to_body(), CONTENT_TYPE).licence == licence


def test_an_entry_without_a_licence_is_the_same_bytes_as_ever_and_its_own_text_may_name_one() -> None:
    entry = Entry(link=URL, title=None, author=None, published=None, html=TOLD + CHOOSER_4)
    assert b"licence" not in entry.to_body()
    assert document(entry.to_body(), CONTENT_TYPE).licence == NC


def test_a_licence_is_kept_with_its_document_and_goes_when_its_page_names_none() -> None:
    db = connect()
    id = identity(URL)
    for licence in (BY, None):
        pages.keep(
            db, Page(requested=URL, url=URL, kind=PageKind.ARTICLE, outcome=Outcome.STORED, fetched_at=NOW, body=b"x")
        )
        documents.keep(db, id, Reading(document=Document(url=URL, text="Kind.", licence=licence)), NOW)
        assert documents.load(db, id).licence == licence


@pytest.mark.parametrize(
    "wall",
    [
        pytest.param(link(more=OWN) * 15_000, id="links"),
        pytest.param(f"<p>{'x ' * 1_000_000}{link(more=OWN)}" * 2, id="long lines"),
        pytest.param(f"<div class='{'a b ' * 900}'><span>" * 100 + link(more=OWN) * 500, id="deep boxes"),
        pytest.param("<footer>" * 15_000 + link(more=OWN), id="footers"),
        pytest.param(f"<footer>{'all rights ' * 200_000}{link(more=OWN)}</footer>", id="a long footer"),
        pytest.param(f"<p>{'the work ' * 100_000}{link()}{'this post by ' * 100_000}", id="a long statement"),
    ],
)
def test_a_hostile_page_takes_no_longer_than_its_parsing(wall: str) -> None:
    begun = time.process_time()
    tree = parse(page(wall).decode())
    assert not isinstance(tree, Unreadable)
    parsed = time.process_time()
    licence_of(tree, URL, Declared(metas={}), set())
    assert time.process_time() - parsed < max(1.0, 2 * (parsed - begun))
