"""An entry of a feed as a page: written and read again, read as a Document, and told from a teaser."""

from datetime import UTC, date, datetime

import pytest

from reading.document import Document, Unreadable
from reading.entry import CONTENT_TYPE, Entry, full, read_entry
from reading.page import Outcome, Page, PageKind
from reading.reader import read, read_thread
from reading.rest import rest_of_thread

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
WORDS = "The man at the counter looked up my order, found the mistake and drove the lamp to my door himself. "
ENTRY = Entry(
    link="https://lamps.example/2020/lamp/",
    title="A lamp &amp; its <way> home",
    author="Runa Falk",
    published=date(2020, 5, 4),
    html=f"<h2>One</h2><p>{WORDS}</p><ul><li>It was wrapped.</li><li>It shone.</li></ul>"
    '<p>The post <a href="https://lamps.example/2020/lamp">A lamp</a> appeared first on '
    '<a href="https://lamps.example">Lamps</a>.</p>',
    language="en-GB",
    comments_url="https://lamps.example/2020/lamp/feed/",
)


def page(body: bytes) -> Page:
    return Page(
        requested=ENTRY.link,
        url=ENTRY.link,
        kind=PageKind.ARTICLE,
        outcome=Outcome.STORED,
        fetched_at=NOW,
        headers={"content-type": CONTENT_TYPE},
        body=body,
    )


def test_an_entry_is_read_as_it_was_written() -> None:
    assert Entry.from_body(ENTRY.to_body()) == ENTRY
    bare = Entry(link="https://x.example/", title=None, author=None, published=None, html="")
    assert Entry.from_body(bare.to_body()) == bare


def test_an_entry_is_a_document_with_its_headings_and_without_the_closing_line() -> None:
    found = read(page(ENTRY.to_body()))
    assert isinstance(found, Document)
    assert found.text.split("\n") == ["One", WORDS.strip(), "It was wrapped.", "It shone."]
    assert [found.text[start:end] for start, end in found.headings] == ["One"]
    assert (found.url, found.title, found.author) == (ENTRY.link, "A lamp & its <way> home", "Runa Falk")
    assert (found.date, found.language, found.comments) == (date(2020, 5, 4), "en", ())


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"3", b"{}", b'{"link": "x", "published": 3}', b'{"published": "x"}', b"[" * 100_000],
    ids=lambda body: repr(body[:20]),
)
def test_a_body_that_is_no_entry_is_unreadable(body: bytes) -> None:
    assert isinstance(read_entry(page(body)), Unreadable)
    assert rest_of_thread(page(body)) == ()


def test_the_comments_of_an_entry_come_from_the_feed_that_it_names() -> None:
    article = page(ENTRY.to_body())
    (link,) = rest_of_thread(article)
    assert (link.url, link.kind) == (ENTRY.comments_url, PageKind.THREAD)
    feed = f"""<rss version="2.0"><channel><title>Comments</title><item><title>By: Odd</title>
<link>{ENTRY.link}#comment-8</link><pubDate>Tue, 05 May 2020 10:00:00 +0200</pubDate>
<description>That is how it
should be.</description></item></channel></rss>"""
    part = Page(
        requested=link.url,
        url=link.url,
        kind=PageKind.THREAD,
        outcome=Outcome.STORED,
        fetched_at=NOW,
        body=feed.encode(),
    )
    found = read_thread(article, [part])
    assert isinstance(found, Document)
    (comment,) = found.comments
    assert (comment.author, comment.date, comment.text) == ("Odd", date(2020, 5, 5), "That is how it\nshould be.")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        pytest.param(f"<p>{WORDS}</p><p>{WORDS}</p>", True, id="paragraphs"),
        pytest.param(f"<p>{WORDS}</p>", True, id="a short post"),
        pytest.param(WORDS * 8, True, id="a long text without paragraphs"),
        pytest.param(ENTRY.html, True, id="with a closing line"),
        pytest.param("", False, id="nothing"),
        pytest.param("<img src='x.jpg'>", False, id="a picture"),
        pytest.param(WORDS, False, id="a plain summary"),
        pytest.param(f"{WORDS} [&#8230;]", False, id="cut"),
        pytest.param(f"<p>{WORDS}</p><p>And then [...]</p>", False, id="cut in brackets"),
        pytest.param(f"<p>{WORDS}…</p>", False, id="an ellipsis"),
        pytest.param(f'<p>{WORDS}</p><a href="x">Continue reading &rarr;</a>', False, id="English"),
        pytest.param(f'<p>{WORDS}</p><p><a href="x">Læs mere »</a></p>', False, id="Danish"),
        pytest.param(f'<p>{WORDS}</p><p><a href="x">Les mer</a></p>', False, id="Norwegian"),
        pytest.param(f'<p>{WORDS}</p><p><a href="x">Läs mer om lampan</a></p>', False, id="Swedish"),
        pytest.param(f'<p>{WORDS}</p><p><a href="x">Weiterlesen</a></p>', False, id="German"),
        pytest.param(f'<p>{WORDS}</p><p><a href="x">Lees verder</a></p>', False, id="Dutch"),
        pytest.param(f'<p>{WORDS}</p><p><a href="x">Lire la suite</a></p>', False, id="French"),
        pytest.param(f'<p>{WORDS}</p><p><a href="x">Leer más</a></p>', False, id="Spanish"),
        pytest.param(f'<p><a href="x">Read more</a> is what he said.</p><p>{WORDS}</p>', True, id="in the midst"),
        pytest.param(
            f"<p>{WORDS} [&#8230;]</p>" + ENTRY.html.rpartition("</ul>")[2], False, id="cut, then a closing line"
        ),
    ],
)
def test_a_teaser_is_told_from_the_whole_text(html: str, *, expected: bool) -> None:
    assert full(html) is expected
