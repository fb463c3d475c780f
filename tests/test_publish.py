"""What readers get: three feeds that say the same, of exactly what editors approve, at the price of a 304."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import feedparser
import pytest
from hypothesis import given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st
from lxml import etree
from sqlite_utils import Database
from starlette.testclient import TestClient

from config import Settings
from publish.app import application
from publish.atom import atom
from publish.feed import BEGINNING, feed
from publish.files import write
from publish.json_feed import json_feed
from publish.rss import rss
from storage.database import DatabaseError, connect
from storage.decisions import decide
from storage.edits import edit, mask
from storage.entries import Entry, read_only
from storage.log import Field, Verb
from stories.story import WhyNot
from tests.builders import NOW, PASSAGE, tell

SITE = "https://stories.example"
FORMATS = ("atom", "rss", "json")
MOMENT = "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, site=SITE, feed_entries=3)


@pytest.fixture
def db(settings: Settings) -> Iterator[Database]:
    db = connect(settings.database)
    yield db
    db.close()


@pytest.fixture
def feeds(settings: Settings, db: Database) -> TestClient:
    return TestClient(application(settings))


def approve(db: Database, *clusters: str) -> None:
    for minutes, cluster in enumerate(clusters):
        decide(db, cluster, Verb.APPROVE, who="Ada", at=NOW + timedelta(minutes=minutes))


def parsed(body: bytes, format: str) -> Any:
    """What a reader of that format gets, in the words of feedparser."""
    if format == "json":
        items = json.loads(body)["items"]
        return [
            (
                i["id"],
                i["title"],
                i["url"],
                i["content_html"],
                i["authors"][0]["name"],
                set(i["tags"]),
                i["date_published"],
            )
            for i in items
        ]
    found = feedparser.parse(body, sanitize_html=False, resolve_relative_uris=False)
    assert not found.bozo, found.get("bozo_exception")
    return [
        (
            e.id,
            e.title,
            e.link,
            str(e.content[0].value),
            e.author,
            {t.term for t in e.tags},
            MOMENT.format(*e.published_parsed),
        )
        for e in found.entries
    ]


def test_the_three_formats_say_the_same(feeds: TestClient, db: Database) -> None:
    tell(
        db,
        "a",
        f"{PASSAGE}\nShe “wept” & laughed < 3 times.",
        title="A <b>ride</b> & a meal",
        url="https://www.one.example/?a=1&b=2",
    )
    tell(db, "b", "Natportieren kørte hende hjem.", language="da", title="Kørt hjem", companies=[], author=None)
    approve(db, "a", "b")
    atom, rss, as_json = (parsed(feeds.get(f"/feed.{format}").content, format) for format in FORMATS)
    assert atom == rss == as_json
    newest, oldest = as_json
    assert (newest[1], newest[4], newest[5]) == ("Kørt hjem", "blog2.example", {"hotel"})
    assert oldest[1:3] == ("A <b>ride</b> & a meal", "https://www.one.example/?a=1&b=2")
    assert oldest[3].endswith(
        "<p>She “wept” &amp; laughed &lt; 3 times.</p>"
        '<p>— Ellen, <a href="https://www.one.example/?a=1&amp;b=2">one.example</a>, 2026-02-03</p></div>'
    )


@pytest.mark.parametrize("format", FORMATS)
def test_readers_get_what_editors_made_of_a_story_and_nothing_that_they_masked(
    feeds: TestClient, db: Database, format: str
) -> None:
    tell(db, "a", author="Ellen Lindqvist")
    approve(db, "a")
    edit(db, "a", Field.TITLE, "Ellen Lindqvist’s mother", who="Ada", at=NOW)
    edit(db, "a", Field.SUMMARY, "A porter drove Mrs Lindqvist home & waited.", who="Ada", at=NOW)
    mask(db, "a", "Lindqvist", "L.", who="Ada", at=NOW)
    body = feeds.get(f"/feed.{format}").content.decode()
    assert "Lindqvist" not in body and "Ellen L.’s mother" in body
    summary = json.loads(body)["items"][0]["summary"] if format == "json" else feedparser.parse(body).entries[0].summary
    assert summary.replace("&amp;", "&") == "A porter drove Mrs L. home & waited."


@pytest.mark.parametrize("format", FORMATS)
def test_a_story_that_is_reopened_or_rejected_leaves_the_feed(feeds: TestClient, db: Database, format: str) -> None:
    for cluster in "abc":
        tell(db, cluster, title=cluster)
    approve(db, "a", "b", "c")
    assert [entry[1] for entry in parsed(feeds.get(f"/feed.{format}").content, format)] == ["c", "b", "a"]
    decide(db, "a", Verb.REOPEN, who="Ada", at=NOW)
    decide(db, "c", Verb.REJECT, why=WhyNot.PROMO, who="Ada", at=NOW)
    assert [entry[1] for entry in parsed(feeds.get(f"/feed.{format}").content, format)] == ["b"]


def test_an_id_stays_the_same_whatever_happens(settings: Settings, db: Database) -> None:
    tell(db, "a")
    approve(db, "a")
    first = parsed(TestClient(application(settings)).get("/feed.json").content, "json")[0][0]
    decide(db, "a", Verb.REOPEN, who="Ada", at=NOW)
    tell(db, "a", "A better telling.", score=1.0, title="Better")
    approve(db, "a")
    moved = settings.model_copy(update={"site": "https://elsewhere.example"})
    assert parsed(TestClient(application(moved)).get("/feed.atom").content, "atom")[0][0] == first
    assert first.startswith("urn:uuid:")


def test_a_language_has_its_own_feed(feeds: TestClient, db: Database) -> None:
    tell(db, "a", language="en")
    tell(db, "b", language="da", title="Dansk")
    approve(db, "a", "b")
    for format in FORMATS:
        body = feeds.get(f"/feed.da.{format}").content
        assert [entry[1] for entry in parsed(body, format)] == ["Dansk"]
        assert b"Goodturn (Danish)" in body
    assert feeds.get("/feed.xx.atom").status_code == 404


def test_a_long_feed_goes_on_where_it_ends(feeds: TestClient, db: Database) -> None:
    for cluster in "abcdefg":
        tell(db, cluster, title=cluster)
    approve(db, *"abcdefg")
    told, address = [], f"{SITE}/feed.json"
    while address:
        page = json.loads(feeds.get(address.removeprefix(SITE)).content)
        told.append("".join(item["title"] for item in page["items"]))
        address = page.get("next_url")
    assert told == ["gfe", "dcb", "a"]
    found = feedparser.parse(feeds.get("/feed.atom").content)
    assert [link.href for link in found.feed.links if link.rel == "next"] == [f"{SITE}/feed.atom?before=5"]
    assert feeds.get("/feed.atom?before=x").status_code == 400


def test_other_tellings_are_linked_and_counted(feeds: TestClient, db: Database) -> None:
    for number in (1, 2, 3):
        tell(db, "a", relation="first" if number == 1 else "copy", url=f"http://blog.example/{number}")
    approve(db, "a")
    own = json.loads(feeds.get("/feed.json").content)["items"][0]["_goodturn"]
    assert (own["tellings"], own["others"]) == (3, ["http://blog.example/2", "http://blog.example/3"])
    entry = feedparser.parse(feeds.get("/feed.atom").content).entries[0]
    related = [link.href for link in entry.links if link.rel == "related"]
    assert related == ["http://blog.example/2", "http://blog.example/3"]


def test_atom_has_what_its_standard_demands(feeds: TestClient, db: Database) -> None:
    tell(db, "a")
    approve(db, "a")
    root = etree.fromstring(feeds.get("/feed.atom").content)
    names = {"a": "http://www.w3.org/2005/Atom"}
    for path in ("a:id", "a:title", "a:updated", "a:author/a:name", "a:link[@rel='self']"):
        assert len(root.findall(path, names)) == 1, path
    for path in (
        "a:id",
        "a:title",
        "a:updated",
        "a:published",
        "a:author/a:name",
        "a:content",
        "a:link[@rel='alternate']",
    ):
        assert len(root.findall(f"a:entry/{path}", names)) == 1, path


@pytest.mark.parametrize("format", FORMATS)
def test_whatever_is_in_a_story_the_feed_is_whole(feeds: TestClient, db: Database, format: str) -> None:
    nasty = "a\x00b\x08c\x1f \ufffe]]>&<script> \U0001f600 é"
    tell(db, "a", nasty, title=nasty, author=nasty, companies=[nasty], url="javascript:alert(1)")
    tell(db, "b", title="", author="", date=None, language=None, url="http://[")
    approve(db, "a", "b")
    body = feeds.get(f"/feed.{format}").content
    assert b"javascript:" not in body and b"\x08" not in body and b"\\u0008" not in body
    if format == "json":
        assert json.loads(body)["items"][1]["title"] == "abc ]]>&<script> \U0001f600 é"
    else:
        assert not feedparser.parse(body).bozo


@given(words=st.lists(st.text(max_size=60), min_size=4, max_size=4))
@settings_of_hypothesis(max_examples=60, deadline=None)  # a slow machine is no failure
def test_any_words_at_all_come_out_the_same_in_the_three_formats(words: list[str]) -> None:
    text, title, author, company = words
    entry = Entry(
        number=1,
        id="a",
        title=title,
        summary=None,
        text=text,
        url="https://blog.example/",
        author=author,
        date=None,
        language="en",
        sector="hotel",
        companies=(company,),
        approved_at=BEGINNING,
        updated_at=BEGINNING,
        tellings=1,
        others=(),
    )
    made = feed(SITE, None, [entry], BEGINNING, limit=1)
    as_json = json.loads(json_feed(made))["items"][0]
    as_atom = etree.fromstring(atom(made)).find("{*}entry")
    as_rss = etree.fromstring(rss(made)).find("channel/item")
    assert as_atom is not None and as_rss is not None
    told = [as_json["title"], as_json["content_html"], as_json["authors"][0]["name"], as_json["tags"][1]]
    for root, html, name in ((as_atom, "content", "author/{*}name"), (as_rss, "description", "creator")):
        found = [root.find(f"{{*}}{path}") for path in ("title", html, name)] + [root.findall("{*}category")[1]]
        assert [e.get("term") or e.text or "" for e in found if e is not None] == told


@pytest.mark.parametrize("format", FORMATS)
def test_a_feed_that_has_not_changed_costs_a_304(feeds: TestClient, db: Database, format: str) -> None:
    tell(db, "a")
    approve(db, "a")
    first = feeds.get(f"/feed.{format}")
    known = {"if-none-match": first.headers["etag"]}
    again = feeds.get(f"/feed.{format}", headers=known)
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    tell(db, "b")
    assert feeds.get(f"/feed.{format}", headers=known).status_code == 304, "an undecided story changes nothing"
    approve(db, "b")
    assert feeds.get(f"/feed.{format}", headers=known).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"if-none-match": "*"}, 304, id="any tag"),
        pytest.param({"if-none-match": '"other", W/{etag}'}, 304, id="a weak tag in a list"),
        pytest.param(
            {"if-none-match": '"other"', "if-modified-since": "{date}"}, 200, id="the tag goes before the date"
        ),
        pytest.param({"if-modified-since": "{date}"}, 304, id="the same date"),
        pytest.param({"if-modified-since": "Fri, 01 May 2026 09:29:59 GMT"}, 200, id="an older date"),
        pytest.param({"if-modified-since": "yesterday"}, 200, id="no date"),
    ],
)
def test_a_client_may_ask_by_tag_or_by_date(
    feeds: TestClient, db: Database, headers: dict[str, str], status: int
) -> None:
    tell(db, "a")
    approve(db, "a")
    first = feeds.get("/feed.atom").headers
    asked = {name: value.format(etag=first["etag"], date=first["last-modified"]) for name, value in headers.items()}
    assert feeds.get("/feed.atom", headers=asked).status_code == status


def test_the_date_of_a_feed_does_not_go_back_when_a_story_leaves(feeds: TestClient, db: Database) -> None:
    tell(db, "a")
    approve(db, "a")
    decide(db, "a", Verb.REOPEN, who="Ada", at=NOW + timedelta(hours=1))
    assert feeds.get("/feed.rss").headers["last-modified"] == "Fri, 01 May 2026 10:30:00 GMT"


def test_a_head_request_has_the_headers_alone(feeds: TestClient, db: Database) -> None:
    got, head = feeds.get("/feed.json"), feeds.head("/feed.json")
    assert head.headers["etag"] == got.headers["etag"] and head.content == b""
    assert head.headers["content-type"] == "application/feed+json; charset=utf-8"
    assert head.headers["cache-control"] == "public, max-age=60"


def test_the_index_lists_the_feeds_that_have_stories(feeds: TestClient, db: Database) -> None:
    assert "No story is published yet" in feeds.get("/").text
    tell(db, "a", language="da")
    approve(db, "a")
    page = feeds.get("/").text
    assert 'href="feed.atom"' in page and 'href="feed.da.json"' in page and "feed.sv.rss" not in page


def test_without_a_database_the_answer_is_not_an_empty_feed(tmp_path: Path) -> None:
    feeds = TestClient(application(Settings(data=tmp_path)))
    answer = feeds.get("/feed.atom")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    connect(tmp_path / "goodturn.db").close()
    assert feeds.get("/feed.atom").status_code == 200


def test_what_is_no_database_of_ours_is_named(tmp_path: Path) -> None:
    (tmp_path / "goodturn.db").write_text("a shopping list, not a database, and longer than one hundred bytes" * 9)
    with pytest.raises(DatabaseError, match=r"cannot publish from .*goodturn\.db: file is not a database"):
        write(Settings(data=tmp_path), tmp_path / "site")


def test_the_publisher_cannot_write(db: Database, settings: Settings) -> None:
    with pytest.raises(Exception, match="readonly"):
        read_only(settings.database).conn.execute("delete from stories")


def test_files_are_written_whole_and_only_when_they_change(db: Database, settings: Settings, tmp_path: Path) -> None:
    for cluster in "abcd":
        tell(db, cluster, title=cluster)
    approve(db, *"abcd")
    paths = {path.name: path for path in write(settings, tmp_path / "site")}
    assert sorted(p.name for p in (tmp_path / "site").iterdir()) == sorted(paths)
    assert len(parsed(paths["feed.atom"].read_bytes(), "atom")) == 3
    assert b"before=" not in paths["feed.json"].read_bytes(), "a file does not go on"
    before = {name: path.stat().st_ino for name, path in paths.items()}
    decide(db, "d", Verb.REOPEN, who="Ada", at=NOW)
    write(settings, tmp_path / "site")
    changed = {name for name, path in paths.items() if path.stat().st_ino != before[name]}
    assert {"feed.atom", "feed.en.json"} <= changed
    write(settings, tmp_path / "site")
    assert [e[1] for e in parsed(paths["feed.rss"].read_bytes(), "rss")] == ["c", "b", "a"]
