"""What is taken down is gone from every file, stays gone, and leaves all else as it was."""

import os
import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cli import main
from config import Settings
from crawler.addresses.twins import twin_key
from jobs import takedown as job
from jobs.explain import explain
from jobs.read_page import read_page, read_sent
from jobs.submitted import queue, settle
from reading.page import Link, Outcome, Page, PageKind
from reading.sent import Contact, Kind, Sent
from storage import (
    blocked,
    contacts,
    documents,
    edits,
    entries,
    frontier,
    lessons,
    pages,
    sources,
    submissions,
    ties,
    words,
)
from storage.board import Board
from storage.corrections import correct
from storage.database import Database, SQLiteError, connect, connect_private, identity, writing
from storage.decisions import decide
from storage.filters import Filters
from storage.health import health
from storage.lists import ask, listed
from storage.log import Field, Verb, history
from storage.publication import since
from stories.detect import Detector
from tests.kills import AMISS, damage
from watch import condition

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
URL = "https://www.hverdag.example/2026/02/teakettle-of-brondholm"
RETOLD = "https://elsewhere.example/retold"
BESIDE = "https://third.example/tram"
FEED = "https://www.hverdag.example/feed"
STORY = (
    "When our copper kettle from Brondholmware broke the week my mother came home from hospital, I wrote to their "
    "customer service. A woman called Philippina answered within the hour. She sent a new one that same day, free of "
    "charge, although the warranty had ended years before, and put a handwritten card for my mother into the parcel. I "
    "have never had such kind service, and we still drink our Oolong with thanks."
)
AGAIN = (
    "A neighbour tells it so: when a copper kettle from Brondholmware broke the week her mother came home from "
    "hospital, she wrote to customer service, and Philippina answered within the hour. A new one came the same day, "
    "free of charge, although the warranty had ended, and with it a handwritten card for the mother."
)
OTHER = (
    "Last March I left my grandfather's cello on the last tram to Halmsund. The driver, a woman called Runa, found it "
    "behind the back seat at the depot. She called every number on the luggage tag, walked two kilometres in the rain "
    "to our hotel and would take no money for it. Thank you, Runa of Halmsund Tramways, for your kindness."
)
COMMENT = "Zebulon here: quite extraordinary, my sister Wilhelmina had the same with her percolator."
OWN_HEAD = '<meta name="author" content="Ottilie">'
OWN_PICTURE = "<img src='https://www.hverdag.example/unspeakable-picture.jpg' alt='it'>"
GONE = (
    "Philippina", "philippina", "Oolong", "teakettle-of-brondholm", "Zebulon", "Wilhelmina", "percolator", "Ottilie",
    "Marzipanful", "Quintessentially", "Gwendolyn", "gwendolyn@", "Somebodymasked", "unspeakable-picture", "etag-of-it",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A collection on disk, with one event told twice and another one beside it."""

    settings: Settings
    db: Database
    cluster: str
    story: str
    beside: str

    def remains(self, words: tuple[str, ...] = GONE) -> set[str]:
        """The words that stand anywhere in the bytes of its files."""
        held = b"".join(path.read_bytes() for path in self.settings.data.rglob("*") if path.is_file())
        return {word for word in words if word.encode() in held}

    def take(self, target: str, *more: str, status: int = 0) -> str:
        """Run the command."""
        asked = ["takedown", target, *more]
        result = CliRunner().invoke(main, asked if "--reason" in more else [*asked, "--reason", "the author asked"])
        assert result.exit_code == status, result.output
        return result.output


def come(db: Database, url: str, told: str, *, comment: str = "", own: str = "", etag: str = "") -> None:
    """A page as a crawl keeps it, then read; `own` is what stands about it in its head and around its text."""
    with writing(db):
        frontier.put(db, url, spider="feed", kind=PageKind.ARTICLE, now=NOW, twin=twin_key(url))
    said = (
        '<div id="comments"><ol class="comment-list"><li class="comment" id="comment-1"><cite class="fn">Zebulon</cite>'
        f'<div class="comment-content"><p>{comment}</p></div></li></ol></div>'
    )
    body = (
        f'<html lang="en"><head><meta name="generator" content="WordPress 6.5"><title>{own}</title>'
        f"{own and OWN_HEAD}</head><body><article><h1>{own or 'A post'}</h1>"
        f"<div class='entry-content'><p>{told}</p>{own and OWN_PICTURE}</div></article>"
        f"{comment and said}</body></html>"
    )
    fetched(db, url, PageKind.ARTICLE, body, headers={"content-type": "text/html", "etag": etag})
    read_all(db)


def fetched(db: Database, requested: str, kind: PageKind, body: str, **more: Any) -> Page:
    """A fetch, kept."""
    given: dict[str, Any] = {"status": 200, "url": requested, "headers": {"content-type": "text/html"}} | more
    page = Page(requested=requested, kind=kind, outcome=Outcome.STORED, fetched_at=NOW, body=body.encode(), **given)
    return pages.keep(db, page)


def read_all(db: Database) -> None:
    """As `goodturn read` does, without its processes."""
    while settle(db, NOW) or pages.unread(db, 1):
        for id in pages.unread(db, 99):
            reader = read_sent if id in submissions.to_be_kept(db) else read_page
            documents.keep(db, id, reader((pages.load(db, id), pages.parts(db, id)), Detector()), NOW)


def feed(db: Database, *more: str) -> Page:
    """The feed that leads to the pages, as it is fetched once more."""
    links = tuple(Link(url=url, kind=PageKind.ARTICLE, twin=twin_key(url)) for url in (URL, *more))
    text = f"<rss>{''.join(f'<item><link>{link.url}</link></item>' for link in links)} Quintessentially {more}</rss>"
    return fetched(db, FEED, PageKind.FEED, text, links=links)


def cluster_of(db: Database, url: str) -> tuple[str, str]:
    row = db.conn.execute("select cluster, id from stories where url = ? order by score desc", (url,)).fetchone()
    assert row, f"no story was found at {url}"
    return row[0], row[1]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two tellings merged into one cluster, edited, masked, noted and approved; one sent in; one event beside it."""
    data = tmp_path_factory.mktemp("built")
    db, private = connect(data / "goodturn.db"), connect_private(data / "private.db")
    with writing(db):
        frontier.put(db, FEED, spider="feed", kind=PageKind.FEED, now=NOW)
    feed(db)
    sent = Sent(kind=Kind.LINK, url=URL, words="Gwendolyn says: read it", title="Gwendolyn's tip")
    submissions.add(db, private, sent, Contact(name="Gwendolyn", mail="gwendolyn@example.org", consent="yes"), NOW)
    come(db, URL, STORY, comment=COMMENT, own="A Marzipanful Kettle", etag="etag-of-it")
    queue(db, NOW)
    with writing(db):
        words.enter(db, "de", f"{STORY} {AGAIN}")
    come(db, RETOLD, AGAIN)
    come(db, BESIDE, OTHER)
    (one, story), (other, _), (beside, _) = (cluster_of(db, url) for url in (URL, RETOLD, BESIDE))
    if one != other:
        ties.merge(db, one, other, who="Ada", at=NOW)
    edits.edit(db, one, Field.TITLE, "Somebodymasked and the kettle", who="Ada", at=NOW)
    edits.mask(db, one, "Philippina", "Somebodymasked P.", who="Ada", at=NOW)
    correct(db, story, "A woman called", "Oolong", who="Ada", at=NOW)
    decide(db, one, Verb.NOTE, who="Ada", at=NOW, note="Somebodymasked is Philippina")
    for cluster in (one, beside):
        decide(db, cluster, Verb.APPROVE, who="Ada", at=NOW)
    (data / "crawl-collect.log").write_text(f"stored page={URL} outcome=stored\nstored page={RETOLD}\n")
    db.close()
    private.close()
    return data


@pytest.fixture
def house(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A copy of what was built, which the command works on."""
    settings = Settings(data=tmp_path / "data", feeds=tmp_path / "feeds.txt", editor="Ada")
    shutil.copytree(built, settings.data)
    for module in ("verbs.publishing", "jobs.mistakes"):
        monkeypatch.setattr(f"{module}.settings", lambda: settings)
    db = connect(settings.database)
    (cluster, story), (beside, _) = cluster_of(db, URL), cluster_of(db, BESIDE)
    yield House(settings=settings, db=db, cluster=cluster, story=story, beside=beside)
    db.close()


def whole(db: Database) -> list[str]:
    amiss = ("an address without its page", "a page without an address", "a cluster of nothing")
    lines = [line for line in damage(db) if not line.startswith(amiss)]
    assert set(amiss) < set(AMISS)
    return lines


def test_a_page_that_is_taken_down_is_in_no_byte_of_any_file(house: House) -> None:
    assert house.remains() == set(GONE) - {"Quintessentially"}, "before; bodies are compressed"
    said = house.take("http://hverdag.example/2026/02/teakettle-of-brondholm/#comments")
    assert house.remains(tuple(set(GONE) - {"Philippina", "philippina"})) == set()
    assert "1 pages" in said and "1 submissions" in said and "1 other tellings stay" in said
    assert whole(house.db) == []
    assert contacts.of(connect_private(house.settings.private), [1]) == {}
    assert submissions.get(house.db, 1).closed_by == blocked.REASON
    assert (house.settings.data / "crawl-collect.log").read_text().endswith(f"stored page={RETOLD}\n")


def test_the_other_telling_is_shown_only_after_an_editor_has_looked_again(house: House) -> None:
    cursor = Board(approved_only=True).look(house.db).version
    house.take(URL)
    row = next(house.db.query("select * from cluster_list where cluster = ?", [house.cluster]))
    assert (row["state"], row["url"], row["tellings"]) == ("held", RETOLD, 1)
    assert row["title"] != "Somebodymasked and the kettle"
    assert entries.entries(house.db, [house.cluster, house.beside])[0].id == house.beside
    assert [gone.id for gone in entries.removed(house.db, [house.cluster, house.beside])] == [house.cluster]
    assert since(Board(approved_only=True).look(house.db), cursor, 9).ids == [house.cluster]
    decide(house.db, house.cluster, Verb.APPROVE, who="Ada", at=NOW + timedelta(hours=1))
    (entry,) = entries.entries(house.db, [house.cluster])
    assert entry.url == RETOLD and entry.published_at == "2026-11-21T09:30:00Z"


@pytest.mark.parametrize("named", ["{cluster}", "tag:goodturn.invalid,2026:story/{cluster}"])
def test_a_cluster_or_entry_takes_all_tellings_with_it(house: House, named: str) -> None:
    house.take(named.format(cluster=house.cluster))
    assert house.remains() == set()
    assert house.remains(("Brondholmware", "brondholmware")) == set()
    assert not [lesson for lesson in lessons.lessons(house.db) if lesson.cluster == house.cluster]
    assert [gone.id for gone in entries.removed(house.db, [house.cluster])] == [house.cluster]
    board = Board().look(house.db)
    shown = listed(ask(house.db, board, Filters(), NOW), Filters(), NOW, limit=9).ids
    assert house.cluster not in shown
    assert whole(house.db) == []


def test_a_story_is_its_page(house: House) -> None:
    house.take(house.story)
    assert "Oolong" not in house.remains()
    assert entries.entries(house.db, [house.beside])


def test_the_log_tells_that_it_happened_and_not_what_it_was(house: House) -> None:
    before = [(act.number, act.verb, act.who, act.at) for act in history(house.db, house.cluster)]
    triggers = house.db.conn.execute("select name, sql from sqlite_master where type = 'trigger'").fetchall()
    house.take(URL)
    acts = history(house.db, house.cluster)
    assert [(act.number, act.verb, act.who, act.at) for act in acts[:-1]] == before
    assert [act.note for act in acts if act.note] == ["taken down: the author asked"]
    assert not [act.value for act in acts if act.verb is Verb.EDIT and act.value]
    now = house.db.conn.execute("select name, sql from sqlite_master where type = 'trigger'").fetchall()
    assert sorted(map(tuple, now)) == sorted(map(tuple, triggers))
    with pytest.raises(SQLiteError, match="appended, never"):
        house.db.conn.execute("update decisions set note = 'x'")


def test_nothing_brings_it_back(house: House) -> None:
    house.take(URL)
    kept = feed(house.db, "https://www.hverdag.example/new")
    assert kept.outcome is Outcome.STORED
    waiting = house.db.conn.execute("select url from frontier where state = 'waiting'").fetchall()
    assert [row[0] for row in waiting] == ["https://www.hverdag.example/new"]
    assert pages.load(house.db, identity(FEED)).body == b"", "a feed tells its entries"
    refused = [
        fetched(house.db, URL, PageKind.ARTICLE, STORY),
        fetched(house.db, "https://short.example/1", PageKind.ARTICLE, STORY, url=URL),
        fetched(house.db, "https://m.hverdag.example/x", PageKind.ARTICLE, STORY, canonical=URL),
    ]
    assert {(page.outcome, page.reason) for page in refused} == {(Outcome.FORBIDDEN, "taken down")}
    assert pages.outcomes_since(house.db, 0)[Outcome.FORBIDDEN] == len(refused)
    assert fetched(house.db, URL, PageKind.ARTICLE, STORY, status=None).outcome is Outcome.FORBIDDEN
    assert pages.outcomes_since(house.db, 0)[Outcome.FORBIDDEN] == len(refused), "it stood in a feed"
    (said,) = explain(house.settings, URL, NOW)
    assert not said.passed and "it was taken down" in said.answer
    twin = "http://hverdag.example/2026/02/teakettle-of-brondholm/amp"
    assert not frontier.add(house.db, twin.removesuffix("/amp"), spider="link", kind=PageKind.ARTICLE, now=NOW)
    with writing(house.db):
        assert not frontier.put(
            house.db, twin, spider="feed", kind=PageKind.ARTICLE, now=NOW, twin=twin_key(twin), again=True
        )
    private = connect_private(house.settings.private)
    for number in (
        submissions.add(house.db, private, Sent(kind=Kind.LINK, url=twin), Contact(), NOW),
        submissions.add(house.db, private, Sent(kind=Kind.TEXT, words=STORY.upper()), Contact(), NOW),
    ):
        queue(house.db, NOW)
        read_all(house.db)
        assert submissions.get(house.db, number).closed_by == blocked.REASON
    assert "Oolong" not in house.remains(("Oolong", "OOLONG"))


@pytest.mark.parametrize(
    ("url", "quoted"),
    [
        pytest.param(URL, "<link>http://hverdag.example/2026/02/teakettle-of-brondholm</link>", id="another spelling"),
        pytest.param(URL, r'{"url": "https:\/\/www.hverdag.example\/2026\/02\/teakettle-of-brondholm"}', id="JSON"),
        pytest.param("https://tale.example/", "<link>https://tale.example</link>", id="the first page of its site"),
        pytest.param("https://tale.example/k%C3%B8b", "<link>https://tale.example/køb</link>", id="letters"),
    ],
)
def test_a_feed_of_others_that_led_there_keeps_nothing_of_it(house: House, url: str, quoted: str) -> None:
    if url != URL:
        come(house.db, url, OTHER.replace("Runa", "Rosalinde"))
    link = Link(url=url.replace("https://www.", "http://").rstrip("/"), kind=PageKind.ARTICLE, twin=twin_key(url))
    fetched(house.db, "https://planet.example/feed", PageKind.FEED, f"{quoted} Quassimodo", links=(link,))
    house.take(url)
    assert pages.load(house.db, identity("https://planet.example/feed")).body == b""
    assert not house.db.conn.execute("select 1 from links where url = ?", (link.url,)).fetchone()


@pytest.mark.parametrize(
    "body",
    [
        r'{"url": "https:\/\/b.example\/a\u00f8"}',
        r'{"html": "<a href=\"https://b.example/a\u00f8\">"}',
        "<content>&lt;a href=&quot;https://b.example/aø?utm_source=rss&amp;amp;b=1&quot;&gt;it&lt;/a&gt;</content>",
        "<a href='/a%C3%B8#c2'>",
        "<p>See https://b.example/aø.</p>",
        "<link>https://b.example/a&#248;</link>",
    ],
)
def test_an_address_is_known_however_a_body_writes_it(body: str) -> None:
    known = blocked.page_hash("https://b.example/a%C3%B8")
    for encoding in ("utf-8", "utf-16-le") if body.isascii() else ("utf-8",):
        assert known in map(blocked.page_hash, blocked.named(body.encode(encoding), "https://b.example/feed"))


@pytest.mark.parametrize(
    ("page", "part", "is_one"),
    [
        ("https://b.example/a", "http://www.b.example/a/comment-page-2/?x=1#comment-5", True),
        ("https://b.example/a", "https://b.example/a/feed/atom/", True),
        ("https://b.example/a", "https://b.example/a/b", False),
        ("https://b.example/", "https://b.example/feed", False),
        ("https://b.example/", "https://b.example/page/2/", False),
    ],
)
def test_what_shows_a_page_again_goes_with_it_and_no_more_does(page: str, part: str, is_one: bool) -> None:
    assert (blocked.page_hash(page) in blocked.hashes(part)) is is_one


def test_bodies_that_are_no_text_name_nothing() -> None:
    assert not blocked.named(b"\xff\x00 href=http://[ \\ud83d &#x110000;") & {"http://b.example/"}


def test_copies_elsewhere_are_named_and_go_too_where_that_is_asked(house: House) -> None:
    copies = "https://copy.example/a", "https://copy.example/nearly"
    for copy, told in zip(copies, (STORY, STORY.replace("kind service", "lovely service")), strict=True):
        come(house.db, copy, told)
    said = house.take(URL, "--dry-run")
    assert all(copy in said for copy in copies) and RETOLD not in said and "--copies" in said
    house.take(URL, "--copies")
    assert not house.remains() & {"Oolong", "Somebodymasked"}
    assert all(blocked.bars(house.db, copy) for copy in copies) and not blocked.bars(house.db, RETOLD)


def test_an_address_that_is_a_source_as_well_is_barred_and_asked_no_more(house: House) -> None:
    source = sources.Source(address=URL, kind="listing", every=timedelta(hours=6), pages=1)
    sources.sync(house.db, [source])
    house.take(URL)
    assert blocked.bars(house.db, URL) and sources.due(house.db, NOW) == []


def test_a_source_that_was_taken_down_says_so_until_that_is_lifted(house: House) -> None:
    source = sources.Source(address=FEED, kind="feed", every=timedelta(hours=6), pages=1)
    sources.sync(house.db, [source])
    house.take("hverdag.example", "--site", "--yes")
    for lines in ([], [source]):
        sources.sync(house.db, lines)  # its line is taken out, and put back
    (found,) = health(house.db)
    assert "never asked unless 'goodturn takedown --lift' ends that" in condition.words(found, NOW)
    (line,) = [block.hash for block in blocked.blocks(house.db) if block.kind == "site"]
    assert CliRunner().invoke(main, ["takedown", "--lift", line]).exit_code == 0
    assert health(house.db)[0].stopped is None and sources.due(house.db, NOW) == [source]


def test_a_site_is_known_by_its_name_in_any_letters(house: House) -> None:
    come(house.db, "https://xn--blbr-roah.example/a", OTHER.replace("Runa", "Rosalinde"))
    assert "1 pages" in house.take("Blåbær.example", "--site", "--yes")
    assert "Rosalinde" not in house.remains(("Rosalinde",))


def test_a_kill_before_the_sweep_leaves_nothing_in_a_log_after_the_next_one(house: House) -> None:
    log = house.settings.data / "logs" / "crawl.log"
    log.parent.mkdir()
    log.write_text(f"a page={URL.replace('https://www.', 'http://')}/\nb page={BESIDE}\nc host=www.hverdag.example\n")
    job.take(house.db, job.find(house.db, URL), who="Ada", at=NOW, reason="asked")
    assert "teakettle" in log.read_text()
    assert "was taken down before" in house.take(URL)
    assert "teakettle" not in log.read_text() and log.read_text().endswith("\nc host=www.hverdag.example\n")
    house.take("hverdag.example", "--site", "--yes")
    assert log.read_text().splitlines()[1] == f"b page={BESIDE}" and "hverdag" not in log.read_text()


def test_the_same_words_elsewhere_are_no_story_and_nearly_the_same_are(house: House) -> None:
    come_words = f"{STORY} I tell it once more, and gladly."
    house.take(house.cluster)
    come(house.db, "https://copy.example/a", STORY)
    come(house.db, "https://copy.example/b", come_words)
    told = [row[0] for row in house.db.conn.execute("select url from stories where url like 'https://copy%'")]
    assert told == ["https://copy.example/b"]


def test_a_page_that_is_being_read_meanwhile_leaves_nothing(house: House) -> None:
    id = identity(URL)
    reading = read_page((pages.load(house.db, id), ()), Detector())
    house.take(URL)
    assert documents.keep(house.db, id, reading, NOW) == documents.Kept()
    assert "Oolong" not in house.remains()


def test_a_site_goes_whole_and_its_sources_stop(house: House) -> None:
    asked = CliRunner().invoke(
        main, ["takedown", "hverdag.example", "--site", "--reason", "its owner asked"], input="n\n"
    )
    assert asked.exit_code == 1 and "take down all of hverdag.example: 2 pages" in asked.output
    assert entries.entries(house.db, [house.cluster])
    sources.sync(house.db, [sources.Source(address=FEED, kind="feed", every=timedelta(hours=6), pages=1)])
    house.take("https://hverdag.example/", "--site", "--yes")
    (source,) = health(house.db)
    assert source.stopped and source.stopped.endswith("the author asked") and sources.due(house.db, NOW) == []
    assert house.remains(("Oolong", "unspeakable-picture.jpg")) <= {"unspeakable-picture.jpg"}
    assert not frontier.add(house.db, FEED, spider="feed", kind=PageKind.FEED, now=NOW, again=True)
    assert not frontier.add(house.db, "http://new.hverdag.example/", spider="link", kind=PageKind.ARTICLE, now=NOW)
    assert frontier.add(house.db, "http://nohverdag.example/", spider="link", kind=PageKind.ARTICLE, now=NOW)
    assert entries.entries(house.db, [house.beside])


def test_it_can_be_looked_at_first_and_done_twice(house: House) -> None:
    before = list(house.db.conn.iterdump())
    assert "would take down: 1 pages, 1 stories, 1 comments" in house.take(URL, "--dry-run")
    assert list(house.db.conn.iterdump()) == before
    house.take(URL)
    after = list(house.db.conn.iterdump())
    assert "was taken down before" in house.take(URL)
    assert list(house.db.conn.iterdump()) == after


@pytest.mark.parametrize(
    ("target", "said"),
    [
        pytest.param("https://nobody.example/x", "nothing is stored of https://nobody.example/x", id="address"),
        pytest.param("0123456789abcdef", "no cluster or story has the id", id="id"),
        pytest.param("what?", "it is no address", id="neither"),
    ],
)
def test_what_nobody_knows_is_one_sentence(house: House, target: str, said: str) -> None:
    before = list(house.db.conn.iterdump())
    assert said in house.take(target, status=2)
    assert list(house.db.conn.iterdump()) == before


def test_the_list_tells_hashes_and_what_is_lifted_may_come_back(house: House) -> None:
    house.take(URL)
    shown = CliRunner().invoke(main, ["takedown", "--list"]).output
    assert "the author asked" in shown and "hverdag" not in shown
    hashes = [block.hash for block in blocked.blocks(house.db)]
    lifted = CliRunner().invoke(main, ["takedown", *(f"--lift={hash}" for hash in hashes)])
    assert lifted.exit_code == 0, lifted.output
    come(house.db, URL, STORY)
    assert cluster_of(house.db, URL)
    assert pages.find(house.db, URL)
    assert CliRunner().invoke(main, ["takedown", "--lift", "abc"]).exit_code == 2


def test_a_restored_database_is_cleaned_by_the_list_of_the_live_one(house: House, tmp_path: Path) -> None:
    house.db.conn.execute("vacuum into ?", (str(tmp_path / "backup.db"),))
    house.take(house.cluster)
    listed_at = tmp_path / "list.jsonl"
    listed_at.write_text(CliRunner().invoke(main, ["takedown", "--list", "--json"]).output)
    house.db.close()
    for path in house.settings.data.glob("goodturn.db*"):
        path.unlink()
    (tmp_path / "backup.db").rename(house.settings.database)
    assert "Oolong" in house.remains()
    done = CliRunner().invoke(main, ["takedown", "--replay", str(listed_at)])
    assert done.exit_code == 0, done.output
    assert house.remains() == set()
    assert entries.entries(connect(house.settings.database), [house.beside])


def test_a_reader_that_holds_it_up_is_named_and_the_next_sweep_ends_it(house: House) -> None:
    reader = connect(house.settings.database)
    reader.conn.execute("begin")
    reader.conn.execute("select count(*) from stories").fetchone()
    found = job.find(house.db, URL)
    job.take(house.db, found, who="Ada", at=NOW, reason="asked")
    assert "still reads" in job.sweep(house.settings, house.db, seconds=0.1)
    assert "Oolong" in house.remains()
    reader.conn.execute("commit")
    assert CliRunner().invoke(main, ["takedown", "--sweep"]).exit_code == 0
    assert "Oolong" not in house.remains()
    reader.close()


@pytest.mark.parametrize(
    "last", ["delete from ties", "delete from documents", "create trigger", "update pages set url"]
)
def test_a_kill_in_the_middle_leaves_all_as_it_was(house: House, last: str) -> None:
    before = list(house.db.conn.iterdump())
    if (child := os.fork()) == 0:
        db = connect(house.settings.database)
        db.conn.set_trace_callback(
            lambda said: (
                os.kill(os.getpid(), signal.SIGKILL) if " ".join(said.split()).lower().startswith(last) else None
            )
        )
        job.take(db, job.find(db, URL), who="Ada", at=NOW, reason="asked")
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert list(house.db.conn.iterdump()) == before
    house.take(URL)
    assert "Oolong" not in house.remains()
