"""What is kept no longer goes, its space comes back, and nobody waits for that."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from time import perf_counter, sleep

import pytest
from sqlite_utils import Database

from config import Settings
from jobs.tidy import NoRoomError, tidy, write_anew
from reading.document import Document
from reading.page import Outcome, Page, PageKind
from storage import documents, frontier, pages, upkeep
from storage.database import connect, identity, stamp, writing
from storage.documents import Reading

NOW = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)
A_DAY = timedelta(days=1)
SOME = 1_000_000  # bytes
SLOW = 0.5  # seconds; a step takes some hundredths, but two slow cores may be busy otherwise


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with closing(connect(tmp_path / "goodturn.db")) as opened:
        yield opened


def arrive(db: Database, name: str, *, days: int, body: str = "", read: bool = True, **facts: object) -> str:
    """A page that was fetched, and read, so many days ago; its id."""
    url, at = f"https://a.example/{name}", NOW - days * A_DAY
    frontier.put(db, url, spider="link", kind=PageKind.ARTICLE, now=at)
    page = Page(requested=url, url=url, kind=PageKind.ARTICLE, outcome=Outcome.STORED, fetched_at=at, status=200)
    pages.keep(db, replace(page, body=(body or f"<p>{name}").encode(), headers={"etag": '"1"'}, **facts))  # type: ignore[arg-type]
    if read:
        documents.keep(db, identity(url), Reading(document=Document(url=url, text=name, date=at.date())), at)
        db.conn.execute("update frontier set revisit_at = null where id = ?", (identity(url),))
    return identity(url)


def left(db: Database) -> set[str]:
    """The pages whose bytes are still there, by the ends of their addresses."""
    rows = db.conn.execute("select url from pages p join bodies b on b.id = p.body where length(b.body) > 0")
    return {row[0].rpartition("/")[2] for row in rows}


def clean(db: Database, *, days: int | None = None, most: int | None = None) -> dict[str, int]:
    before = None if days is None else NOW - days * A_DAY
    return upkeep.tidy(db, NOW - 90 * A_DAY, read_before=before, most_bytes=most)


def test_bytes_go_by_the_age_of_their_reading_and_everything_else_stays(db: Database) -> None:
    old, _ = arrive(db, "old", days=40), arrive(db, "new", days=3)
    arrive(db, "unread", days=50, read=False)
    assert clean(db)["bytes of pages"] == 0, "for ever, where nothing else is set"
    assert clean(db, days=30)["bytes of pages"] == 1
    assert left(db) == {"new", "unread"}
    assert documents.load(db, old).text == "old"
    assert clean(db, days=30)["bytes of pages"] == 0


def test_beyond_the_room_for_them_the_bytes_go_that_were_read_the_longest_ago(db: Database) -> None:
    for days in range(1, 6):
        arrive(db, str(days), days=days, body=f"{days}" + "".join(map(chr, range(200, 1200))) * 3)
    (all_of_them,) = db.conn.execute("select sum(length(body)) from bodies").fetchone()
    assert clean(db, most=all_of_them)["bytes of pages"] == 0
    assert clean(db, most=all_of_them * 3 // 5)["bytes of pages"] == 2
    assert left(db) == {"1", "2", "3"}


def waits(db: Database, id: str) -> None:
    db.conn.execute("update frontier set state = 'waiting' where id = ?", (id,))


def is_looked_at_again(db: Database, id: str) -> None:
    db.conn.execute("update frontier set revisit_at = ? where id = ?", (stamp(NOW + A_DAY), id))


def has_a_part_that_waits(db: Database, id: str) -> None:
    frontier.put(db, "https://a.example/2", spider="link", kind=PageKind.THREAD, now=NOW)
    db.conn.execute("update frontier set found_on = ? where url = 'https://a.example/2'", (id,))


def shares_its_bytes(db: Database, id: str) -> None:
    arrive(db, "twin", days=1, read=False)
    db.conn.execute("update pages set body = (select body from pages where id = ?) where url like '%twin'", (id,))


def is_read_anew(db: Database, id: str) -> None:
    assert documents.forget_readings(db) == 1


@pytest.mark.parametrize(
    "need", [waits, is_looked_at_again, has_a_part_that_waits, shares_its_bytes, is_read_anew], ids=lambda f: f.__name__
)
def test_bytes_that_are_still_needed_stay_however_old(db: Database, need: object) -> None:
    need(db, arrive(db, "old", days=400))  # type: ignore[operator]
    assert clean(db, days=30, most=0)["bytes of pages"] == 0
    assert "old" in left(db)


def test_a_page_without_its_bytes_is_not_read_as_empty_and_not_fetched_for_that(db: Database) -> None:
    old = arrive(db, "old", days=40)
    clean(db, days=30)
    assert documents.forget_readings(db) == 0
    assert pages.unread(db, 10) == []
    assert db.conn.execute("select state, revisit_at from frontier where id = ?", (old,)).fetchone()[:] == (
        "done",
        None,
    )
    assert db.conn.execute("select etag from pages where id = ?", (old,)).fetchone()[0] is None, "whole, if ever again"
    db.conn.execute("update pages set reading = null")  # as when a part of its thread comes
    clean(db, days=30)
    assert pages.unread(db, 10) == []
    arrive(db, "old", days=0, read=False)
    assert pages.load(db, old).body == b"<p>old"


def test_logs_go_by_age_and_bodies_that_nobody_holds_go(db: Database) -> None:
    arrive(db, "old", days=100)
    arrive(db, "new", days=10)
    for id, days in (("old", 100), ("new", 10)):
        ended = stamp(NOW - days * A_DAY)
        db.table("runs").insert({"id": id, "job": "read", "began": ended, "ended": ended, "outcome": "done"})
    db.table("runs").insert({"id": "on", "job": "read", "began": stamp(NOW - 100 * A_DAY)})
    db.conn.execute("insert into bodies values ('loose', x'00', 1)")
    assert clean(db) == {"fetches": 1, "runs": 1, "bytes of pages": 0, "bodies": 1, "texts": 0}
    assert {row[0] for row in db.conn.execute("select id from runs")} == {"new", "on"}


def fill(db: Database, many: int) -> None:
    """Pages that nobody holds any more."""
    with writing(db):
        db.conn.executemany("insert into bodies values (?, ?, 1)", [(str(n), b"x" * 9_000) for n in range(many)])


def test_space_comes_back_to_the_disk(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    with closing(connect(settings.database)) as db:
        fill(db, 2_000)
        db.conn.execute("pragma wal_checkpoint(truncate)")
    before = settings.database.stat().st_size
    done = tidy(settings, NOW)
    assert done.deleted["bodies"] == 2_000
    assert before - settings.database.stat().st_size == done.given_back > 10 * SOME
    assert done.unused == 0


def test_a_file_of_before_gives_its_space_back_when_it_is_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(data=tmp_path)
    with closing(sqlite3.connect(settings.database)) as plain:
        plain.execute("create table of_before (x)")
    with closing(connect(settings.database)) as db:
        fill(db, 500)
        done = tidy(settings, NOW)
        assert (done.deleted["bodies"], done.given_back) == (500, 0)
        assert done.unused > 4 * SOME
        assert write_anew(settings) > 4 * SOME
        assert tidy(settings, NOW).unused == 0
        assert upkeep.damage(db) == []
    monkeypatch.setattr("jobs.tidy.ROOM", 1e12)
    with pytest.raises(NoRoomError, match="GB of free disk for it and has"):
        write_anew(settings)


def test_an_editor_who_writes_meanwhile_does_not_wait(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    waited, stop = [], Event()
    with closing(connect(settings.database)) as db:
        fill(db, 3_000)

    def write() -> None:
        with closing(connect(settings.database)) as db:
            while not stop.is_set():
                began = perf_counter()
                with writing(db):
                    db.conn.execute("insert into blocked values (hex(randomblob(8)), 'page', '', '', '')")
                waited.append(perf_counter() - began)
                sleep(0.001)

    editor = Thread(target=write)
    editor.start()
    tidy(settings, NOW)
    stop.set()
    editor.join()
    assert len(waited) > 10
    assert max(waited) < SLOW
