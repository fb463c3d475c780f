"""How much of a story readers get: by its page's wishes, its licence, and what an operator has set."""

import unicodedata
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import Settings
from crawler.lines import line
from crawler.sources import SourcesError, parse
from publish.feed import item
from publish.rules import MORE, PERMISSION, cut, explained, shown
from storage import sources
from storage.database import Database, connect
from storage.decisions import decide
from storage.edits import mask
from storage.entries import Entry, entries
from storage.log import Verb
from tests.builders import NOW, PASSAGE, tell

CC = "https://creativecommons.org/licenses"
TERMS = "https://a.example/terms"
BY, NC, ND = f"{CC}/by/4.0/", f"{CC}/by-nc/4.0/", f"{CC}/by-nd/4.0/"
LONG = "The porter carried it up. " * 80
SETTINGS = Settings(site="https://stories.example")
ENTRY = Entry(
    id="0123456789abcdef",
    version=1,
    title="The porter",
    summary="A porter carries.",
    text=LONG,
    url="https://blog.example/post",
    page_title=None,
    source=None,
    author="Ellen",
    date="2026-02-03",
    language="en",
    sector="hotel",
    channel="in-person",
    teller="customer",
    companies=(),
    published_at="2026-05-01T09:30:00Z",
    updated_at="2026-05-01T09:30:00Z",
    tellings=1,
    others=(),
    media=({"kind": "picture", "url": "https://blog.example/a.jpg", "alt": ""},),
    licence=None,
    reserved=frozenset(),
    options={},
)


def entry(*reserved: str, licence: str | None = None, altered: bool = False, **options: str) -> Entry:
    return replace(ENTRY, reserved=frozenset(reserved), licence=licence, altered=altered, options=options)


def allowed(by: str, *reserved: str, licence: str | None = None, altered: bool = False) -> Entry:
    """One whose source's line says `licence=`."""
    return replace(entry(*reserved, licence=licence, altered=altered), options={"licence": by})


@pytest.mark.parametrize(
    ("told", "asked_for_all", "characters", "licence"),
    [
        pytest.param(entry(), True, 1200, None, id="no licence: an excerpt, also where all is asked for"),
        pytest.param(entry(licence=BY), False, 1200, BY, id="a licence, not asked for all"),
        pytest.param(entry(licence=BY), True, None, BY, id="a licence, asked for all"),
        pytest.param(entry(licence=NC), True, None, NC, id="commerce is for the website to heed"),
        pytest.param(entry(licence=ND), True, None, ND, id="no changes, and there are none"),
        pytest.param(entry(licence=ND, altered=True), True, 1200, ND, id="no changes, but words were masked"),
        pytest.param(entry(licence=BY, altered=True), True, None, BY, id="changes are allowed"),
        pytest.param(entry(licence="https://evil.example/by/"), True, 1200, None, id="no licence we know"),
        pytest.param(entry(excerpt="300"), True, 300, None, id="the source's excerpt"),
        pytest.param(entry(excerpt="0"), True, 0, None, id="no excerpt"),
        pytest.param(entry(excerpt="0", licence=BY), True, None, BY, id="no excerpt, but a licence"),
        pytest.param(entry(excerpt="90000"), False, None, None, id="an excerpt longer than the story"),
        pytest.param(entry(licence=ND, altered=True, excerpt="90"), True, 90, ND, id="both"),
        pytest.param(allowed("all", licence=ND, altered=True), True, None, PERMISSION, id="the owner's word"),
        pytest.param(allowed(ND, altered=True), True, 1200, ND, id="the owner's word, without changes"),
        pytest.param(allowed(TERMS, licence=ND), True, None, TERMS, id="the owner's terms"),
        pytest.param(entry("noarchive", licence=BY), True, 1200, BY, id="noarchive"),
        pytest.param(entry("nofollow", licence=BY), True, None, BY, id="nofollow is not for readers"),
        pytest.param(entry("nosnippet", licence=BY), True, 0, BY, id="nosnippet"),
        pytest.param(entry("max-snippet:90", licence=BY), True, 90, BY, id="max-snippet, over the licence"),
        pytest.param(entry("max-snippet:9000", excerpt="300"), False, 300, None, id="max-snippet, over the excerpt"),
        pytest.param(entry("tdm", "noarchive"), True, 0, None, id="text and data mining"),
        pytest.param(allowed("all", "noindex"), True, 0, PERMISSION, id="noindex, over the operator"),
    ],
)  # fmt: skip
def test_a_story_is_shown_as_far_as_it_may_be(
    told: Entry, asked_for_all: bool, characters: int | None, licence: str | None
) -> None:
    seen = shown(told, SETTINGS.excerpt, whole=asked_for_all)
    assert seen.licence == licence
    assert (seen.whole, seen.text == LONG) == (characters is None, characters is None)
    assert seen.archived is ("noarchive" not in told.reserved)
    if characters is not None:
        assert characters * 2 // 3 <= len(seen.text) <= characters


@pytest.mark.parametrize("reserved", [(), ("noarchive",), ("nosnippet",), ("noindex",), ("tdm",)], ids=str)
@pytest.mark.parametrize("options", [{}, {"licence": "all"}, {"excerpt": "0"}, {"licence": BY}], ids=str)
@pytest.mark.parametrize("whole", [True, False])
def test_title_summary_and_attribution_are_always_shown(
    reserved: tuple[str, ...], options: dict[str, str], whole: bool
) -> None:
    told = item(replace(entry(*reserved), options=options), SETTINGS, whole=whole)
    assert (told.title, told.summary, told.url) == ("The porter", "A porter carries.", ENTRY.url)
    assert f'Ellen, <a href="{ENTRY.url}">blog.example</a>, 2026-02-03' in told.html
    assert (told.licence in told.html) if told.licence == BY else (BY not in told.html)
    assert bool(told.media) is not bool({"nosnippet", "noindex", "tdm"} & set(reserved))


@pytest.mark.parametrize(
    ("text", "most", "excerpt"),
    [
        pytest.param("One two.", 8, "One two.", id="all of it"),
        pytest.param("She came. He went home then.", 20, "She came. He went …", id="an early sentence: to a word"),
        pytest.param("She came to him. He went home.", 20, "She came to him. …", id="a late sentence"),
        pytest.param("She said “come!” and he came home.", 20, "She said “come!” …", id="a quoted sentence"),
        pytest.param("one two three", 9, "one two …", id="a word that just fits"),
        pytest.param("one two three", 8, "one …", id="a word that just does not"),
        pytest.param("one\ntwo three", 9, "one\ntwo …", id="lines"),
        pytest.param("Donaudampfschifffahrt", 12, "", id="one word"),
        pytest.param("one two", 2, "", id="no room for the sign"),
        pytest.param("one two", 0, "", id="none"),
        pytest.param("Then Mr […] came back", 16, "Then Mr […] …", id="after a mask"),
        pytest.param("Then Mr [a man of the shop] came back", 16, "Then Mr …", id="in a mask"),
        pytest.param("Then (see [1) he came and went", 20, "Then (see [1) he …", id="a bracket that does not close"),
        pytest.param("cafe\u0301 creme\u0301 bru\u0302le\u0301e", 13, "cafe\u0301 …", id="combining marks"),
        pytest.param("thanks 👩\u200d👧\u200d👦 all", 9, "thanks …", id="a family of emoji"),
        pytest.param("שלום עליכם חברים יקרים", 14, "שלום עליכם …", id="right to left"),
        pytest.param("مرحبا؟ أهلا وسهلا بكم", 11, "مرحبا؟ …", id="an Arabic question"),
    ],
)  # fmt: skip
def test_an_excerpt_ends_where_a_sentence_or_a_word_does(text: str, most: int, excerpt: str) -> None:
    assert cut(text, most) == excerpt


TEXTS = st.lists(
    st.sampled_from(("a", "Café. ", "bru\u0302", " ", "\n", "[…]", "[no name] ", "שלום", ").", "👩\u200d👧", "\ud800"))
)


@given(TEXTS.map("".join) | st.text(), st.integers(0, 60))
def test_an_excerpt_is_never_longer_than_it_may_be_and_says_nothing_else(text: str, most: int) -> None:
    excerpt = cut(text, most)
    assert len(excerpt) <= most
    if excerpt == text or not excerpt:
        return
    kept = excerpt.removesuffix(MORE)
    assert excerpt.endswith(MORE)
    assert text.startswith(kept)
    assert text[len(kept)].isspace()
    assert not kept[-1].isspace()
    assert not unicodedata.combining(text[len(kept)])
    assert kept.count("[no name") == kept.count("[no name]")


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (entry(), "1,197 of 2,080 characters: no licence is known"),
        (entry(licence=BY), f"1,197 of 2,080 characters; all of it where content=full is asked for: {BY}"),
        (
            entry(licence=ND, altered=True),
            "1,197 of 2,080 characters: masks changed it, and its licence forbids changes",
        ),
        (entry("noarchive"), "1,197 of 2,080 characters, in no archive: its page asks for noarchive"),
        (entry("max-snippet:90", licence=BY), "79 of 2,080 characters: its page asks for max-snippet:90"),
        (entry("nosnippet", "noindex"), "title and link alone: its page asks for noindex, nosnippet"),
        (entry(excerpt="5000"), "2,080 of 2,080 characters"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_shown_is_explained(told: Entry, said: str) -> None:
    assert explained(told, 1200) == said


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("excerpt=300", {"excerpt": "300"}),
        ("excerpt=0 licence=CC-BY-4.0", {"excerpt": "0", "licence": BY}),
        ("licence=http://creativecommons.org/licenses/by/3.0/de/deed.de", {"licence": f"{CC}/by/3.0/de/"}),
        ("licence=https://a.example/terms", {"licence": "https://a.example/terms"}),
        ("licence=all", {"licence": "all"}),
    ],
)
def test_a_line_of_feeds_txt_says_how_much_may_be_shown(said: str, kept: dict[str, str]) -> None:
    (source,) = parse(f"https://a.example/feed {said}", "feeds.txt")
    assert source.options == kept
    assert parse(line(source), "feeds.txt") == (source,)


@pytest.mark.parametrize(
    ("said", "mistake"),
    [
        ("excerpt=all", "excerpt: 'all' is no number from 0 to 100000"),
        ("excerpt=100001", "excerpt: '100001' is no number from 0 to 100000"),
        (
            "licence=CC-BY",
            "licence: 'CC-BY' is no licence; write for instance CC-BY-4.0, an https address of terms, or all",
        ),
        ("licence=http://a.example/terms", "is no licence"),
        ("licence=https://a", "is no licence"),
        ("license=all", "unknown key 'license'; did you mean 'licence'?"),
    ],
)
def test_a_mistake_in_it_is_named(said: str, mistake: str) -> None:
    with pytest.raises(SourcesError, match=f".*{mistake.replace('?', '[?]')}"):
        parse(f"https://a.example/feed {said}", "feeds.txt")


def approved(db: Database, cluster: str) -> Entry:
    decide(db, cluster, Verb.APPROVE, who="Ada", at=NOW + timedelta(minutes=1))
    return one(db, cluster)


def one(db: Database, cluster: str) -> Entry:
    (found,) = entries(db, [cluster])
    return found


def test_what_an_operator_writes_counts_at_once_for_what_was_collected() -> None:
    db = connect()
    feed = "https://a.example/feed"
    (source,) = parse(feed, "feeds.txt")
    sources.sync(db, [source])
    tell(db, "c1", text=LONG)
    db.conn.execute("update pages set source = ?", (source.id,))
    assert not shown(approved(db, "c1"), 1200, whole=True).whole
    for said, characters in (("licence=all", len(LONG)), ("excerpt=100", 79), ("", 1197)):
        sources.sync(db, parse(f"{feed} {said}", "feeds.txt"))
        assert len(shown(one(db, "c1"), 1200, whole=True).text) == characters


def test_what_a_page_asks_for_later_counts_for_what_was_approved_before() -> None:
    db = connect()
    tell(db, "c1", text=LONG)
    assert shown(approved(db, "c1"), 1200, whole=False).text
    db.conn.execute("update pages set reserved = 'noarchive tdm'")
    assert shown(one(db, "c1"), 1200, whole=False).asked == {"tdm"}


def test_a_page_licence_is_that_of_its_post_and_not_of_a_comment() -> None:
    db = connect()
    tell(db, "c1", text=LONG)
    tell(db, "c2", text=LONG, place=0)
    db.conn.execute("update documents set licence = ?", (BY,))
    assert [approved(db, cluster).licence for cluster in ("c1", "c2")] == [BY, None]


def test_a_mask_that_hides_words_of_the_text_changes_it() -> None:
    db = connect()
    for cluster in ("c1", "c2"):
        tell(db, cluster)
        approved(db, cluster)
    mask(db, "c1", "Lindgaard", "[…]", who="Ada", at=NOW)
    mask(db, "c2", "Ellen", "[…]", who="Ada", at=NOW)
    assert [one(db, cluster).altered for cluster in ("c1", "c2")] == [True, False]
    assert "[…]" in one(db, "c1").text
    assert one(db, "c2").text == PASSAGE
