"""Atom, RSS and JSON Feed say the same, whatever is in a story, and as their standards demand."""

import json
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import feedparser
import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st
from lxml import etree

import publish.serve
from config import Settings
from publish.feed import MOST_TITLE, Feed, Format, gone, item
from publish.feeds import WRITERS
from storage.decisions import decide
from storage.edits import edit, mask
from storage.entries import Elsewhere, Entry, Removed
from storage.filters import Filters, State
from storage.log import Field, Verb
from storage.searches import save
from tests.builders import NOW, PASSAGE, tell
from tests.published import FORMATS, SITE, Published, known

HERE = Path(__file__).parent
ATOM = etree.RelaxNG(etree.parse(HERE / "atom.rng"))
JSON_FEED = jsonschema_rs.validator_for(json.loads((HERE / "json_feed.schema.json").read_text()))
SETTINGS = Settings(site=SITE)


@pytest.fixture
def published(tmp_path: Path) -> Iterator[Published]:
    made = Published(tmp_path, hub="https://hub.example/")
    yield made
    made.close()


def valid(body: bytes, format: str) -> None:
    """Hold a feed against its standard."""
    if format == "json":
        JSON_FEED.validate(json.loads(body))
        return
    root = etree.fromstring(body)
    if format == "atom":
        ATOM.assertValid(root)
        assert [link.get("rel") for link in root.findall("{*}link")].count("self") == 1
        assert len({each.text for each in root.findall("{*}entry/{*}id")}) == len(root.findall("{*}entry"))
        return
    (channel,) = root.findall("channel")
    assert root.get("version") == "2.0"
    assert all(len(channel.findall(name)) == 1 for name in ("title", "link", "description", "lastBuildDate"))
    for each in channel.findall("item"):
        assert all(len(each.findall(name)) == 1 for name in ("title", "link", "guid", "pubDate", "description"))
        assert [guid.get("isPermaLink") for guid in each.findall("guid")] == ["false"]
        assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", each.findtext("pubDate") or "")
        assert all(source.get("url") for source in each.findall("source"))


def fill(published: Published) -> None:
    """Stories that have all that an entry can have, and one that has nothing."""
    text = f"{PASSAGE}\nShe “wept” & laughed < 3 times."
    published.tell("a", title="A <b>ride</b> & a meal", url="https://www.one.example/?a=1&b=2")
    published.tell("b", title="Kørt hjem", language="da", companies=[], author=None, channel="unknown")
    published.tell("c", title="", author="", date=None, language=None, url="http://[", companies=[])
    tell(published.db, "a", text, relation="copy", url="http://blog.example/2", language="de")
    media = '[{"kind":"picture","url":"https://a.example/x.png?1","alt":"A & b"},{"kind":"video","url":"https://v.example/7","alt":""}]'
    published.db.conn.execute(
        "update documents set media = ?, licence = ?", (media, "https://creativecommons.org/licenses/by/4.0/")
    )
    edit(published.db, "a", Field.SUMMARY, "A porter & a <ride>.", who="Ada", at=NOW)


def test_the_three_formats_say_the_same(published: Published) -> None:
    fill(published)
    atom, rss, as_json = (known(published.get(f"/feed.{format}").content, format) for format in FORMATS)
    for one in rss:
        one["summary"] = one["summary"] and unescape(one["summary"])  # a description is HTML
    assert atom == rss == as_json
    first = next(one for one in as_json if one["id"].endswith("/a"))
    assert first["url"] == f"{SITE}/story/a" and first["source"] == "https://www.one.example/?a=1&b=2"
    assert first["others"] == ["http://blog.example/2"] and len(first["media"]) == 2
    assert (
        first["tags"] == ["Lindgaard Hotel", "en", "hotel", "in-person"] and first["summary"] == "A porter & a <ride>."
    )
    assert first["content_html"].endswith(
        '<p>— Ellen, <a href="https://www.one.example/?a=1&amp;b=2">one.example</a>, 2026-02-03, '
        '<a rel="license" href="https://creativecommons.org/licenses/by/4.0/">licence</a></p></div>'
    )


@pytest.mark.parametrize("format", FORMATS)
def test_every_feed_is_as_its_standard_demands(published: Published, format: str) -> None:
    fill(published)
    published.tell(*(f"d{number}" for number in range(100)))
    decide(published.db, "d3", Verb.REOPEN, who="Ada", at=NOW)
    save(published.db, "In Danish", Filters(state=State.APPROVED, language=("da",)), who="Ada", at=NOW, public=True)
    older = next(page["_goodturn"]["current"] for page in published.pages()[1:])
    assert older == f"{SITE}/feed.json"
    archive = published.json()["next_url"].replace(".json", f".{format}")
    for address in ("/feed", "/feed.da", "/feeds/in-danish"):
        valid(published.get(f"{address}.{format}").content, format)
    valid(published.get(archive).content, format)
    valid(published.get(f"/feed.{format}?sector=hotel&before=50").content, format)


def test_the_hub_is_named_in_all_formats_and_in_the_header(published: Published) -> None:
    published.tell("a")
    answer = published.get("/feed.atom")
    assert answer.headers["link"] == f'<https://hub.example/>; rel="hub", <{SITE}/feed.atom>; rel="self"'
    for format in ("atom", "rss"):
        links = feedparser.parse(published.get(f"/feed.{format}").content).feed.links
        assert [link.href for link in links if link.rel == "hub"] == ["https://hub.example/"]
    assert published.json()["hubs"] == [{"type": "WebSub", "url": "https://hub.example/"}]


@pytest.mark.parametrize("format", FORMATS)
def test_readers_get_what_editors_made_of_a_story_and_nothing_that_they_masked(
    published: Published, format: str
) -> None:
    published.tell("a", author="Ellen Lindqvist")
    edit(published.db, "a", Field.TITLE, "Ellen Lindqvist’s mother", who="Ada", at=NOW)
    edit(published.db, "a", Field.SUMMARY, "A porter drove Mrs Lindqvist home & waited.", who="Ada", at=NOW)
    mask(published.db, "a", "Lindqvist", "L.", who="Ada", at=NOW)
    body = published.get(f"/feed.{format}").text
    assert "Lindqvist" not in body and "Ellen L.’s mother" in body and "A porter drove Mrs L. home" in body


def entry(**facts: object) -> Entry:
    moment = "2026-05-01T09:30:00Z"
    made: dict[str, object] = dict.fromkeys(("summary", "page_title", "source", "date", "licence"), None)
    made |= {"id": "a", "version": 1, "title": "T", "text": "x", "url": "https://blog.example/", "author": "Ellen"}
    made |= {"language": "en", "sector": "hotel", "channel": "phone", "teller": "customer", "companies": ()}
    made |= {"published_at": moment, "updated_at": moment, "tellings": 1, "others": (), "media": ()}
    return Entry(**(made | {"reserved": frozenset(), "options": {}} | facts))  # type: ignore[arg-type]


NASTY = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="]>&<\"'\r\n\t\0\x0b\ufffe\u202e\u200f\U0001f600 ab", max_size=60),
    st.sampled_from(["]]>", "<![CDATA[", "&#0;", "שלום עולם", "\U0001f469\u200d\U0001f680", "\x85\u2028"]),
)


@given(words=st.lists(NASTY, min_size=8, max_size=8))
@settings_of_hypothesis(max_examples=80, deadline=None)  # a slow machine is no failure
def test_any_words_at_all_come_out_the_same_in_the_three_formats(words: list[str]) -> None:
    text, title, author, company, page_title, summary, alt, other = words
    others = (Elsewhere(url="https://o.example/", title=other, language="da", date=None),)
    media = ({"kind": "picture", "url": "https://a.example/x.png", "alt": alt},)
    made = item(
        entry(
            text=text,
            title=title,
            author=author,
            companies=(company,),
            page_title=page_title,
            summary=summary,
            others=others,
            media=media,
        ),
        SETTINGS,
    )
    tomb = gone(Removed(id="b", at="2026-05-01T09:30:00Z", version=2), SETTINGS)
    where = {"id": "tag:a,2026:feed", "title": "T", "site": SITE, "address": f"{SITE}/feed.{{format}}"}
    feed = Feed(**where, updated=made.updated, gone=(tomb,))
    bodies = {format: WRITERS[format].write(feed, [WRITERS[format].entry(made)]) for format in Format}
    for format, body in bodies.items():
        valid(body, format)
    atom = etree.fromstring(bodies[Format.ATOM]).find("{*}entry")
    rss = etree.fromstring(bodies[Format.RSS]).find("channel/item")
    (as_json,) = json.loads(bodies[Format.JSON])["items"]
    assert atom is not None and rss is not None
    said = ("title", "content_html", "summary", "author")
    assert [atom.findtext(f"{{*}}{name}") for name in ("title", "content", "summary", "author/{*}name")] == [
        as_json["authors"][0]["name"] if name == "author" else as_json.get(name) for name in said
    ]
    assert rss.findtext("title") == as_json["title"] and rss.findtext("{*}encoded") == as_json["content_html"]
    assert rss.findtext("{*}creator") == as_json["authors"][0]["name"]


def test_a_title_of_a_megabyte_is_cut_and_the_text_is_an_excerpt() -> None:
    made = item(entry(title="é" * 1_000_000, text="word " * 200_000, page_title="x" * 1_000_000), SETTINGS)
    assert len(made.title) == MOST_TITLE and len(made.text) <= SETTINGS.excerpt and not made.whole


def test_an_address_that_is_none_of_the_web_is_no_link() -> None:
    others = (Elsewhere(url="javascript:alert(1)", title=None, language=None, date=None),)
    media = ({"kind": "picture", "url": "data:image/png;base64,AAAA", "alt": ""},)
    made = item(entry(url="javascript:alert(1)", others=others, media=media, licence="javascript:x"), SETTINGS)
    assert (made.url, made.others, made.media, made.licence_address) == (None, (), (), None)
    assert "javascript" not in made.html


@pytest.mark.skipif(not shutil.which("newsboat"), reason="newsboat is not installed")
@pytest.mark.parametrize("format", ["atom", "rss"])
def test_a_real_feed_reader_reads_what_we_serve(published: Published, tmp_path: Path, format: str) -> None:
    published.tell("a", title="A ride & a meal", author="Ellen")
    published.tell("b", title="Kørt hjem 🚆", language="da")
    running = publish.serve.start(published.settings, 0)
    (tmp_path / "urls").write_text(f"{running.address}/feed.{format}\n")
    command = ["newsboat", "-C", "/dev/null", "-u", "urls", "-c", "cache.db", "-x", "reload"]
    home = {"HOME": str(tmp_path), "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"}
    try:
        subprocess.run(command, cwd=tmp_path, check=True, timeout=30, env=home)
    finally:
        running.stop()
    with sqlite3.connect(tmp_path / "cache.db") as cache:
        found = cache.execute("select guid, title, author, url from rss_item order by feedurl, guid").fetchall()
    assert found == [
        ("tag:goodturn.invalid,2026:story/a", "A ride & a meal", "Ellen", f"{SITE}/story/a"),
        ("tag:goodturn.invalid,2026:story/b", "Kørt hjem 🚆", "Ellen", f"{SITE}/story/b"),
    ]
