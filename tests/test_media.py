"""The pictures and videos of a post: its own, by addresses that open, and nothing of the page around it."""

import json
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.fuzz_reading import page
from reading.document import Document, Medium, MediumKind
from reading.entry import CONTENT_TYPE, Entry
from reading.page import Page
from reading.reader import read
from reading.videos import watched
from storage import documents, pages
from storage.database import connect, identity
from storage.documents import Reading
from tests.test_reading_entry import ENTRY

WORDS = [
    "The night porter found my grandmother's ring in the laundry and drove it to us himself.",
    "He would not take any money, and he stayed for a cup of tea and two pieces of cake.",
    "A week later a card came from all of them, with a drawing of the ring on its cover.",
]
PARAGRAPHS = "".join(f"<p>{words}</p>" for words in WORDS)
ID = "dQw4x9WgXcQ"
WATCH = f"https://www.youtube.com/watch?v={ID}"


def html(post: str, *, head: str = "", before: str = "", after: str = "") -> str:
    return (
        f"<html><head><title>The ring</title>{head}</head><body><header><img src='/logo-of-site.jpg'></header>"
        f"<main><article><h1>The ring</h1>{before}<div class='entry-content'>{post}</div>{after}</article></main>"
        "<aside><img src='/side.jpg' width=300 height=200></aside><footer><img src='/foot.jpg'></footer></body></html>"
    )


def fetched(source: str, url: str = "https://blog.example/2019/ring/") -> Page:
    return replace(page(source.encode()), url=url, requested=url)


def media(source: str, url: str = "https://blog.example/2019/ring/") -> tuple[Medium, ...]:
    document = read(fetched(source, url))
    assert isinstance(document, Document)
    return document.media


def pictures(source: str) -> list[str]:
    return [one.url.removeprefix("https://blog.example") for one in media(source) if one.kind is MediumKind.PICTURE]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<img src='/a.jpg'>", "/a.jpg"),
        ("<img src='b.jpg#x'>", "/2019/ring/b.jpg"),
        ("<img src='/s.jpg' srcset='/s.jpg 300w, /l.jpg 1200w, /m.jpg 600w'>", "/l.jpg"),
        ("<img src='/s.jpg' srcset='/s.jpg, /l.jpg 2x'>", "/l.jpg"),
        ("<img src='/s.jpg' srcset='/s,1.jpg 1x,/l,1.jpg 2x'>", "/l,1.jpg"),
        ("<img src='data:image/gif;base64,R0lG' data-src='/lazy.jpg'>", "/lazy.jpg"),
        ("<img src='/blank.gif' data-lazy-src='/lazy.jpg'>", "/lazy.jpg"),
        ("<img src='data:image/gif;base64,R0lG'><noscript><img src='/seen.jpg'></noscript>", "/seen.jpg"),
        ("<picture><source srcset='/p.webp 900w'><img src='/p.jpg'></picture>", "/p.webp"),
        ("<figure class='wp-block-image'><a href='/x'><img src='/f.jpg'></a></figure>", "/f.jpg"),
        ("<div class='separator'><a href='/s1600/c.jpg'><img src='/s320/c.jpg' width=320></a></div>", "/s320/c.jpg"),
    ],
    ids=[
        *("plain", "relative", "srcset", "density", "commas", "lazy", "lazier", "noscript", "picture"),
        *("wordpress", "blogger"),
    ],
)  # fmt: skip
def test_a_picture_of_the_post_is_found_in_its_largest_form(markup: str, expected: str) -> None:
    assert pictures(html(PARAGRAPHS + markup)) == [expected]


@pytest.mark.parametrize(
    "markup",
    [
        "<img src='/x.jpg' width=1 height=1>",
        "<img src='/x.jpg' width=32 height=32>",
        "<img class='wp-smiley' src='/x.png'>",
        "<img class='avatar avatar-96' src='/x.png'>",
        "<div class='author-box'><img src='/me.jpg'></div>",
        "<div class='sharedaddy'><img src='/tweet.png'></div>",
        "<div class='related-posts'><img src='/other.jpg'></div>",
        "<nav><img src='/next.jpg'></nav>",
        "<img src='/wp-content/themes/calm/line.png'>",
        "<img src='https://secure.gravatar.com/avatar/abc'>",
        "<img src='https://pixel.wp.com/b.gif?v=1'>",
        "<img src='/spacer.gif'>",
        "<img src='/drawing.svg'>",
        "<img src='data:image/png;base64,iVBO'>",
        "<img src='javascript:alert(1)'>",
        "<img src='file:///etc/passwd'>",
        "<img src='https://user:pass@host.example/a.jpg'>",
        "<img src='http://[broken/a.jpg'>",
        "<img src='//'>",
        f"<img src='/{'a' * 3000}.jpg'>",
        "<img>",
        "<iframe src='https://ads.example/frame'></iframe>",
        f"<iframe src='https://www.youtube.com.evil.example/embed/{ID}'></iframe>",
        "<iframe src='https://www.youtube.com/embed/short'></iframe>",
        f"<iframe src='javascript:location=\"{WATCH}\"'></iframe>",
        f"<p>We also liked <a href='{WATCH}'>this film</a> about rings.</p>",
    ],
)
def test_what_is_no_picture_or_video_of_the_post_is_left(markup: str) -> None:
    assert media(html(PARAGRAPHS + markup)) == ()


@pytest.mark.parametrize(
    "markup",
    [
        f"<iframe src='https://www.youtube.com/embed/{ID}?rel=0' title='The ring'></iframe>",
        f"<iframe data-src='//www.youtube-nocookie.com/embed/{ID}'></iframe>",
        f"<lite-youtube videoid='{ID}'></lite-youtube>",
        f"<figure class='wp-block-embed'><div class='wp-block-embed__wrapper'><iframe src='https://www.youtube.com/embed/{ID}'></iframe></div></figure>",
        f"<p><a href='https://youtu.be/{ID}?t=3'>https://youtu.be/{ID}</a></p>",
        f"<p><a href='https://m.youtube.com/watch?feature=share&amp;v={ID}'>The film</a></p>",
        f"<object data='https://www.youtube.com/v/{ID}&amp;hl=en'></object>",
    ],
    ids=["iframe", "lazy", "lite", "wordpress", "link", "mobile", "object"],
)
def test_a_video_is_found_by_the_page_on_which_one_watches_it(markup: str) -> None:
    assert [(one.kind, one.url) for one in media(html(PARAGRAPHS + markup))] == [(MediumKind.VIDEO, WATCH)]


@pytest.mark.parametrize(
    ("player", "expected"),
    [
        ("https://player.vimeo.com/video/76979871?h=8272103f6e", "https://vimeo.com/76979871/8272103f6e"),
        ("https://vimeo.com/channels/rings/76979871", "https://vimeo.com/76979871"),
        ("https://www.dailymotion.com/embed/video/x7tgad0", "https://www.dailymotion.com/video/x7tgad0"),
        ("https://geo.dailymotion.com/player.html?video=x7tgad0", "https://www.dailymotion.com/video/x7tgad0"),
        (
            "https://www.facebook.com/plugins/video.php?href=https%3A%2F%2Fwww.facebook.com%2Fporter%2Fvideos%2F101%2F",
            "https://www.facebook.com/porter/videos/101",
        ),
        ("https://www.facebook.com/plugins/video.php?href=https%3A%2F%2Fevil.example%2F", None),
        ("https://www.tiktok.com/embed/v2/6718335390845095173", "https://www.tiktok.com/@/video/6718335390845095173"),
        ("https://www.instagram.com/reel/C1a2b3c4d5e/embed/", "https://www.instagram.com/reel/C1a2b3c4d5e/"),
        ("https://www.youtube.com/embed/videoseries?list=PLabcdefghij123", "https://www.youtube.com/playlist?list=PLabcdefghij123"),
        ("https://www.youtube.com/@porter", None),
        ("https://[bad", None),
        ("ftp://youtu.be/dQw4x9WgXcQ", None),
    ],
)  # fmt: skip
def test_a_players_address_becomes_that_of_a_page(player: str, expected: str | None) -> None:
    assert watched(player) == expected


def test_a_video_of_the_sites_own_is_its_file() -> None:
    own = "<video poster='/p.jpg'><source src='/ring.mp4' type='video/mp4'></video>"
    assert [one.url for one in media(html(PARAGRAPHS + own))] == ["https://blog.example/ring.mp4"]


def test_the_picture_above_the_text_belongs_to_the_post_and_those_around_it_do_not() -> None:
    lead = "<figure class='post-thumbnail'><img src='/lead.jpg' alt='  A   ring '></figure>"
    below = "<div class='comments'><img src='/reader.jpg'></div>"
    found = media(html(PARAGRAPHS, before=lead, after=below))
    assert found == (Medium(kind=MediumKind.PICTURE, url="https://blog.example/lead.jpg", alt="A ring"),)


def test_the_declared_picture_counts_only_where_the_post_shows_none() -> None:
    head = "<meta property='og:image' content='/og.jpg'><meta property='og:video' content='/film.mp4'>"
    assert pictures(html(PARAGRAPHS, head=head)) == ["/og.jpg"]
    assert pictures(html(PARAGRAPHS + "<img src='/own.jpg'>", head=head)) == ["/own.jpg"]
    assert [one.url for one in media(html(PARAGRAPHS, head=head))][1:] == ["https://blog.example/film.mp4"]


def test_each_picture_counts_once_and_twenty_at_most() -> None:
    sizes = "<img src='/ring-300x200.jpg'><img src='/ring.jpg?w=600'><img src='/ring.jpg'>"
    assert pictures(html(PARAGRAPHS + sizes)) == ["/ring-300x200.jpg"]
    assert len(media(html(PARAGRAPHS + "".join(f"<img src='/{n}.jpg'>" for n in range(50))))) == 20


def test_an_alternative_text_is_short_and_a_base_is_heeded() -> None:
    source = html(PARAGRAPHS + f"<img src='a.jpg' alt='{'ring ' * 100}'>", head="<base href='https://cdn.example/x/'>")
    (found,) = media(source)
    assert (found.url, len(found.alt)) == ("https://cdn.example/x/a.jpg", 200)


def test_a_feeds_entry_brings_its_pictures_and_enclosures() -> None:
    body = (
        "<img src='https://b.example/1.jpg'><div class='feedflare'><img src='https://feeds.feedburner.com/~r/x'></div>"
    )
    entry = replace(ENTRY, html=PARAGRAPHS + body, enclosures=("https://b.example/2.jpg", f"https://youtu.be/{ID}"))
    source = replace(fetched(""), body=entry.to_body(), headers={"content-type": CONTENT_TYPE})
    document = read(source)
    assert isinstance(document, Document)
    assert [one.url for one in document.media] == ["https://b.example/1.jpg", "https://b.example/2.jpg", WATCH]
    assert Entry.from_body(entry.to_body()) == entry


def test_what_was_found_is_stored_with_the_document() -> None:
    db = connect()
    asked = fetched(html(PARAGRAPHS + f"<img src='/å.jpg' alt='Å'><iframe src='https://youtu.be/{ID}'></iframe>"))
    id_ = identity(pages.keep(db, asked).requested)
    document = read(asked)
    assert isinstance(document, Document) and len(document.media) == 2
    documents.keep(db, id_, Reading(document=document, stories=()), asked.fetched_at)
    assert documents.load(db, id_).media == document.media
    (stored,) = db.query("select media from documents")
    assert json.loads(stored["media"])[0] == {"kind": "picture", "url": "https://blog.example/%C3%A5.jpg", "alt": "Å"}


def test_an_entry_without_enclosures_is_written_as_before_there_were_any() -> None:
    assert b"enclosures" not in ENTRY.to_body()


@pytest.mark.parametrize(
    "piece",
    [
        "<img srcset='" + "a," * 1_900 + " b'>",
        "<a href='https://youtu.be/x'>x</a>",
        "<div class='a-a-a-a'><img src='/s.jpg'>",
    ],
)
def test_a_page_full_of_pictures_takes_no_longer_than_it_should(piece: str) -> None:
    source = html(PARAGRAPHS + piece * (600_000 // len(piece)))
    begun = time.process_time()
    media(source)
    assert time.process_time() - begun < 4  # trafilatura takes most of it; quadratic time would be a minute


HOSTILE = ["javascript:", "http://", "//", "[", "]", "%", "\ud800", "\x00", "@", ":", "youtu.be/", ID, " 9w", ",", "x"]


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(HOSTILE) | st.text(max_size=3), max_size=8).map("".join))
def test_no_address_breaks_reading_or_leads_elsewhere_than_to_the_web(address: str) -> None:
    said = address.replace("'", "").replace("<", "")
    attributes = f"src='{said}' srcset='{said}' data-src='{said}'"
    source = html(PARAGRAPHS + f"<img {attributes}><iframe {attributes}></iframe><p><a href='{said}'>x</a></p>")
    found = read(replace(fetched(""), body=source.encode("utf-8", "replace")))
    assert isinstance(found, Document)
    assert all(one.url.startswith(("http://", "https://")) for one in found.media)
