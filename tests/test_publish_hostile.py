"""The publisher before hostile readers and unlucky operators: nobody waits, nothing hidden is found, nothing stale."""

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from time import perf_counter, sleep

import feedparser
import pytest

from publish.answer import takes_gzip
from publish.shelf import SAME_SECONDS
from storage.database import connect, stamp, writing
from storage.decisions import decide
from storage.edits import edit, mask
from storage.log import Field, Verb, append
from storage.ties import merge
from tests.builders import NOW, tell
from tests.published import Published

LATER = NOW + timedelta(days=30)


@pytest.fixture
def published(tmp_path: Path) -> Iterator[Published]:
    made = Published(tmp_path)
    yield made
    made.close()


def test_a_header_of_spaces_costs_no_time() -> None:
    begin = perf_counter()
    assert not takes_gzip("gzip" + " " * 60_000 + "x") and not takes_gzip(", \t" * 20_000 + "x")
    assert perf_counter() - begin < 0.5


@pytest.mark.parametrize(
    "said",
    [
        "Mon, 01 Jan 99999999999999 00:00:00 GMT",
        "Mon, 01 Jan 2026 00:00:00 +99999999999999999999",
        "0" * 5000,
        ".",
    ],
)
def test_what_is_no_date_is_none(published: Published, said: str) -> None:
    published.tell("a")
    assert published.get("/feed.json", if_modified_since=said).status_code == 200


def test_a_feed_that_an_entry_has_left_is_told_anew_to_who_asks_by_date(published: Published) -> None:
    published.tell("a", "b", sector="bank")
    edit(published.db, "b", Field.TITLE, "Another", who="Ada", at=LATER)
    date = published.get("/feed.json?sector=bank").headers["last-modified"]
    edit(published.db, "b", Field.SECTOR, "hotel", who="Ada", at=LATER)
    answer = published.get("/feed.json?sector=bank", if_modified_since=date)
    assert answer.status_code == 200 and [item["title"] for item in answer.json()["items"]] == ["a"]


@pytest.mark.parametrize("address", ["/page/{}", "/archive/{}-abc.atom", "/sitemap-{}.xml", "/story/{}"])
def test_an_address_without_end_is_not_found(published: Published, address: str) -> None:
    answer = published.get(address.format("9" * 5000))
    assert answer.status_code == 404 and answer.text.count("\n") == 1


def test_a_page_of_the_archive_is_kept_once_whatever_stands_behind_it(published: Published) -> None:
    published.tell(*(f"c{number}" for number in range(100)))
    older = published.json()["next_url"]
    assert published.get(f"{older}?x=1").status_code == 400 == published.get(f"{older}?content=all").status_code
    assert published.get(f"{older}?content=full").status_code == 200


def test_what_is_kept_counts_its_address_and_headers(published: Published) -> None:
    for number in range(3):
        published.get(f"/feed.json?words={number}{'x' * 3000}")
    assert published.app.shelf._bytes > 3 * 6000


def test_nothing_is_found_by_what_an_editor_took_away(published: Published) -> None:
    db, by = published.db, {"who": "Ada", "at": NOW}
    text = "My name is Anna Skovgaard. The porter drove home."
    published.tell("a", title="Anna Fjeldsted was saved", text=text, companies=["Nordbank", "Lindgaard"])
    edit(db, "a", Field.TITLE, "Saved by a porter", **by)  # type: ignore[arg-type]
    edit(db, "a", Field.COMPANIES, ["Lindgaard"], **by)  # type: ignore[arg-type]
    (story,) = db.conn.execute("select id from stories").fetchone()
    span = {"start": 27, "end": len(text), "text": text[27:]}
    with writing(db):
        append(db, "a", Verb.EDIT, story=story, field=Field.SPAN, value=span, **by)  # type: ignore[arg-type]
    for words in ("fjeldsted", "skovgaard", "nordbank", "name", "porter skovg"):
        assert published.titles(f"/feed.json?words={words}") == [], words
    for words in ("porter", "drove home", "lindgaard"):
        assert published.titles(f"/feed.json?words={words}") == ["Saved by a porter"], words


def test_a_mask_holds_for_what_a_picture_shows(published: Published) -> None:
    published.tell("a", text="Ellen Lindqvist helped.")
    shown = [{"kind": "picture", "url": "http://x.example/a.jpg", "alt": "Ellen Lindqvist at her desk"}]
    published.db.conn.execute("update documents set media = ?", (json.dumps(shown),))
    mask(published.db, "a", "Ellen Lindqvist", "E.", who="Ada", at=NOW)
    for format in ("atom", "json", "rss"):
        assert "Lindqvist" not in published.get(f"/feed.{format}").text
    assert published.json()["items"][0]["attachments"][0]["title"] == "E. at her desk"


def test_a_tombstone_tells_nothing_of_what_is_done_to_a_story_since(published: Published) -> None:
    published.tell("a")
    decide(published.db, "a", Verb.UNPUBLISH, who="Ada", at=NOW + timedelta(days=1))
    (first,) = published.json()["_removed"]
    edit(published.db, "a", Field.TITLE, "In work", who="Ada", at=LATER)
    mask(published.db, "a", "porter", "[…]", who="Ada", at=LATER)
    assert published.json()["_removed"] == [first] and first["at"] == stamp(NOW + timedelta(days=1))


def test_what_was_merged_is_in_no_list(published: Published) -> None:
    published.tell("a", "b", "c")
    for other in ("b", "c"):
        merge(published.db, "a", other, who="Ada", at=NOW)
    assert published.get("/sitemap.xml").text.count("/story/") == 1
    assert published.get("/embed?count=2").text.count("/story/a") == 1
    assert {one["id"][-1] for one in published.json()["_removed"]} == {"b", "c"}
    assert published.get("/api/v1/stories/b").json()["now"] == "a"


def test_what_is_asked_for_cannot_break_a_feed(published: Published) -> None:
    published.tell("a", author="A" * 100_000)
    for format in ("atom", "rss"):
        assert not feedparser.parse(published.get(f"/feed.{format}?words=a%01&company=a%EF%BF%BE").content).bozo
    assert len(published.get("/feed.atom").content) < 10_000


@pytest.mark.parametrize("address", ["/feed.json", "/api/v1/stories", "/embed"])
def test_words_without_a_word_find_nothing_and_not_everything(published: Published, address: str) -> None:
    published.tell("a")
    assert published.get(f"{address}?words=%21%21%21").status_code == 400
    assert published.get(f"{address}?words=clerk").status_code == 200


def test_what_was_taken_back_long_ago_is_named_until_an_archive_does(published: Published) -> None:
    published.tell("a", "b")
    decide(published.db, "a", Verb.UNPUBLISH, who="Ada", at=NOW)
    published.now += timedelta(days=400)
    assert [one["id"][-1] for one in published.json()["_removed"]] == ["a"]
    assert published.json("/feed.en.json")["_removed"] == []


@pytest.mark.parametrize(("accept", "type"), [("text/html,*/*", "text/html"), ("*/*", "text/plain")])
def test_who_looks_for_a_page_that_is_not_there_gets_a_page(published: Published, accept: str, type: str) -> None:
    answer = published.get("/nowhere", accept=accept)
    assert (answer.status_code, answer.headers["vary"]) == (404, "accept")
    assert answer.headers["content-type"].startswith(type)


def test_a_clock_that_was_put_back_keeps_nothing_old(published: Published) -> None:
    published.tell("a")
    published.get("/feed.json")
    published.now -= timedelta(days=400)
    assert published.app.shelf.ready(("/feed.json", b"")) is None


def _moved(backup: Path, there: Path) -> None:
    _cleared(there)
    Path(shutil.copy(backup, there.with_suffix(".new"))).replace(there)


def _copied(backup: Path, there: Path) -> None:
    _cleared(there)
    shutil.copy(backup, there)


def _restored(backup: Path, there: Path) -> None:
    with sqlite3.connect(backup) as old, sqlite3.connect(there) as new:
        old.backup(new)
    old.close()
    new.close()


def _cleared(there: Path) -> None:
    for end in ("-wal", "-shm"):
        there.with_name(there.name + end).unlink(missing_ok=True)


@pytest.mark.parametrize(
    ("put_back", "is_asked"),
    [
        pytest.param(_moved, False, id="moved, and grown before anybody asks"),
        pytest.param(_copied, True, id="copied over it"),
        pytest.param(_restored, False, id="by SQLite, and grown before anybody asks"),
    ],
)
def test_a_backup_that_is_put_back_is_what_readers_get(
    published: Published, put_back: Callable[[Path, Path], None], is_asked: bool
) -> None:
    there, backup = published.settings.database, published.settings.data / "backup.db"
    published.tell("a", "b")
    _restored(there, backup)
    for title in "xyz":
        edit(published.db, "a", Field.TITLE, title, who="Ada", at=LATER)
    tell(published.db, "c", title="c")
    decide(published.db, "c", Verb.APPROVE, who="Ada", at=LATER)
    assert published.titles() == ["c", "z", "b"]
    assert published.json("/api/v1/companies")["companies"][0]["stories"] == 3
    cursor = published.json("/api/v1/changes")["cursor"]
    published.db.close()
    put_back(backup, there)
    sleep(SAME_SECONDS)
    assert not is_asked or published.titles() == ["b", "a"]
    published.db = connect(there)
    for number in range(9):
        edit(published.db, "b", Field.TITLE, f"b{number}", who="Ada", at=LATER)
    assert published.titles() == ["b8", "a"]
    assert published.get(f"/api/v1/changes?since={cursor}").status_code == 410
    assert published.json("/api/v1/companies")["companies"][0]["stories"] == 2


def test_while_a_database_is_put_back_readers_keep_what_they_have(published: Published) -> None:
    published.tell("a")
    there, aside = published.settings.database, published.settings.data / "aside.db"
    assert published.titles() == ["a"]
    _restored(there, aside)
    published.db.close()
    _cleared(there)
    there.unlink()
    sleep(SAME_SECONDS)
    assert published.get("/feed.json").status_code == 503
    there.write_bytes(aside.read_bytes()[:5000])
    for address in ("/feed.json", "/", "/api/v1/stories"):
        assert published.get(address).status_code == 503, address
    _cleared(there)
    aside.replace(there)
    assert published.titles() == ["a"]
    published.db = connect(there)
