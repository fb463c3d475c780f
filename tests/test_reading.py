"""A page becomes a Document, or an Unreadable with its reason; never an exception."""

from datetime import UTC, date, datetime

import pytest

from reading.document import Document, Unreadable
from reading.language import language
from reading.page import Outcome, Page, PageKind
from reading.reader import read, read_text

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
URL = "https://kaffebaren.example/2024/05/en-god-dag"


def page(body: bytes | str, url: str = URL, **headers: str) -> Page:
    raw = body.encode() if isinstance(body, str) else body
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Page(
        requested=url,
        url=url,
        kind=PageKind.ARTICLE,
        outcome=Outcome.STORED,
        fetched_at=NOW,
        headers=named,
        body=raw,
    )


def document(body: bytes | str, **headers: str) -> Document:
    found = read(page(body, **headers))
    assert isinstance(found, Document), found
    return found


ORDER = "<p>Æblerne kom først på fredagen, men køberen på Ærø fik dem gratis, og det glædede hele øen meget.</p>"


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        pytest.param(ORDER.encode("utf-8-sig"), {}, id="byte order mark"),
        pytest.param(ORDER.encode("cp1252"), {"content_type": "text/html; charset=iso-8859-1"}, id="header"),
        pytest.param(b'<meta charset="windows-1252">' + ORDER.encode("cp1252"), {}, id="meta"),
        pytest.param(ORDER.encode(), {}, id="strict utf-8"),
        pytest.param(ORDER.encode("cp1252"), {}, id="nothing said, no utf-8"),
        pytest.param(b'<meta charset="iso-8859-1">' + ORDER.encode(), {}, id="declared wrongly"),
        pytest.param(ORDER.encode("cp1252"), {"content_type": "text/html; charset=no-such"}, id="unknown charset"),
        pytest.param(ORDER.encode("utf-16"), {}, id="utf-16"),
    ],
)
def test_letters_survive_however_the_charset_is_told(body: bytes, headers: dict[str, str]) -> None:
    assert document(body, **headers).text.startswith("Æblerne kom først på fredagen")


@pytest.mark.parametrize(
    ("body", "headers", "outcome"),
    [
        pytest.param(b"%PDF-1.7 \x00\x01", {}, Outcome.NOT_TEXT, id="pdf"),
        pytest.param(b"\x89PNG\r\n\x1a\n", {"content_type": "text/html"}, Outcome.NOT_TEXT, id="image in disguise"),
        pytest.param(b"body{}", {"content_type": "video/mp4"}, Outcome.NOT_TEXT, id="declared a film"),
        pytest.param(bytes(range(32)) * 50, {}, Outcome.NOT_TEXT, id="binary"),
        pytest.param(b"", {}, Outcome.EMPTY, id="nothing"),
        pytest.param(b"<html><body><script>x()</script></body></html>", {}, Outcome.EMPTY, id="only a script"),
    ],
)
def test_what_is_no_page_of_text_ends_in_an_outcome(body: bytes, headers: dict[str, str], outcome: Outcome) -> None:
    found = read(page(body, **headers))
    assert isinstance(found, Unreadable)
    assert found.outcome is outcome
    assert found.reason


LISTICLE = """<html lang=en><title>Three good turns</title><article><h1>Three good turns</h1>
<p>Every week we write down what people in shops have done for us, so that it is not forgotten.</p>
<h2>The baker</h2>
<p>The baker in Elm Street drove the cake to the hospital himself, in the snow, on his day off, and sang.</p>
<ul><li>He sang twice, because the first song was too short for everybody.</li>
<li>He would not take any money for it at all.</li></ul>
<h2>The plumber</h2>
<p>The plumber came on a Sunday, mended the boiler and then cooked a pot of soup while the house warmed up.</p>
</article></html>"""


def test_headings_lists_and_paragraphs_are_lines_of_their_own() -> None:
    found = document(LISTICLE)
    assert {"The baker", "The plumber", "He would not take any money for it at all."} <= set(found.text.split("\n"))
    assert [found.text[start:end] for start, end in found.headings][-2:] == ["The baker", "The plumber"]


def test_plain_text_stays_as_it_is() -> None:
    text = "  Vi fik hjælp.\n\nDet var en stor dag for os alle sammen, og vi takker.\n"
    found = read_text("https://a.example/", text)
    assert (found.text, found.title, found.language) == (text, None, "da")


@pytest.mark.parametrize(
    ("text", "hint", "code"),
    [
        ("The clerk walked with me through the rain to the next shop, which had my size.", None, "en"),
        ("Ekspedienten gik med mig gennem regnen til den næste butik, som havde min størrelse.", None, "da"),
        ("Betjeningen ble med meg gjennom regnet til neste butikk, og der hadde de størrelsen min.", None, "no"),
        ("Expediten följde med mig genom regnet till nästa butik, som hade min storlek.", None, "sv"),
        ("Die Verkäuferin ging mit mir durch den Regen zum nächsten Laden, der meine Größe hatte.", None, "de"),
        ("De verkoopster liep met mij door de regen naar de volgende winkel, die mijn maat had.", None, "nl"),
        ("La vendeuse m'a accompagné sous la pluie jusqu'au magasin d'à côté, qui avait ma taille.", None, "fr"),
        ("La dependienta me acompañó bajo la lluvia hasta la tienda siguiente, que tenía mi talla.", None, "es"),
        ("Tak!", "nn-NO", "no"),
        ("42", None, None),
    ],
)
def test_the_language_is_told(text: str, hint: str | None, code: str | None) -> None:
    assert language(text, hint) == code


def test_relative_dates_count_from_the_fetch() -> None:
    found = document("""<html lang="no">
        <p>Et innlegg om en god dag på kaffebaren, der alle fikk vafler og en prat med de ansatte.</p>
        <ol class="comment-list"><li class="comment depth-1" id="comment-4">
        <div class="comment-author"><b class="fn">Berit</b></div>
        <div class="comment-meta"><a href="#comment-4">5 år siden</a></div>
        <div class="comment-content"><p>Så hyggelig!</p></div></li></ol></html>""")
    (comment,) = found.comments
    assert (comment.author, comment.date, comment.text) == ("Berit", date(2021, 11, 20), "Så hyggelig!")
    assert comment.permalink == f"{URL}#comment-4"
