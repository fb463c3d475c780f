"""Faults of the machine: what is promised of each holds. A full or read-only disk, a database that is held, damaged,
removed or moved, a name server that is gone: one clear sentence, nothing half done, and all goes on by itself."""

import base64
import os
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import jobs.clock
import logs
import storage.database
from cli import main
from config import PREFIX, Settings, settings
from jobs import pool
from jobs.backup import backup
from jobs.clock import Clock
from jobs.collect import CrawlError, collect, sync
from jobs.read import read_unread
from jobs.read_page import Thread, detector, read_page
from jobs.restore import restore
from jobs.timetable import JOBS
from reading.page import Outcome, Page, PageKind
from storage import documents, frontier, history, leases, pages, schedule, sources
from storage.backup import BackupError
from storage.database import Database, DatabaseError, SQLiteError, connect, stamp, writing
from storage.documents import Reading
from storage.log import Verb
from storage.sources import Source
from stories.detect import Detector
from tests.builders import tell
from tests.crawls import put_feed, settings_in
from tests.faults import Disk, held, overwrite, small_disk
from tests.kills import STORIES, damage, put_post
from tests.signed_in import Visitor, client
from tests.test_notices import Hook
from tests.web import Web

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
POSTS = 8
WASTE = 400_000  # bytes by chance in a post, which packing does not make smaller
KEPT = "what was done before is kept"
LONG = pytest.mark.skipif("FAULTS" not in os.environ, reason="takes long: make fault-test")


@pytest.fixture(scope="module")
def blog() -> Iterator[Web]:
    """A blog whose posts need more room than the small disk has."""
    dice = random.Random(7)
    with Web() as web:
        for number in range(POSTS):
            waste = base64.b64encode(dice.randbytes(WASTE)).decode()
            put_post(web, f"/post-{number}", f"{STORIES[number % len(STORIES)]}</p><!-- {waste} --><p>")
        put_feed(web, "/feed", [web.url(f"/post-{number}") for number in range(POSTS)])
        yield web


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with small_disk(tmp_path / "disk", "8m") as disk:
        yield disk


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Settings]:
    """A database with some stories, on the ordinary disk."""
    settings = settings_in(tmp_path)
    _tell(settings)
    yield settings


def _on(disk: Disk, folder: Path, *lines: str) -> Settings:
    return settings_in(folder, *lines).model_copy(update={"data": disk.folder / "data"})


def _tell(settings: Settings) -> None:
    db = connect(settings.database)
    for number in range(30):
        tell(db, f"{number:016x}", text=f"{STORIES[number % len(STORIES)]} Number {number}.")
    db.close()


def _press(visitor: Visitor, cluster: int = 1) -> tuple[int, str]:
    """Approve a story; the status, and what was said."""
    answer = visitor.post(f"/cluster/{cluster:016x}/{Verb.APPROVE}", data={"seen": "0"}, follow_redirects=False)
    return answer.status_code, answer.text


def _decided(settings: Settings) -> int:
    return int(connect(settings.database).table("decisions").count)


def test_a_crawl_and_a_reading_on_a_full_disk_lose_nothing_and_go_on_when_there_is_room(
    blog: Web, disk: Disk, tmp_path: Path
) -> None:
    disk.make_room("3m")
    settings = _on(disk, tmp_path, f"{blog.url('/feed')} every=1h revisit=never")
    with pytest.raises(CrawlError, match=r"status 74.*Nothing is lost"):
        collect(settings, now=datetime.now(UTC))
    disk.make_room("16m")
    collect(settings, now=datetime.now(UTC))
    db = connect(settings.database)
    assert [tuple(row) for row in db.execute("select outcome, count(*) from pages group by 1")] == [
        ("stored", POSTS + 1)
    ]
    db.execute("pragma wal_checkpoint(truncate)")
    disk.fill()
    with pytest.raises(SQLiteError, match="full"):
        _read(db)
    disk.make_room()
    _read(db)
    assert db.table("stories").count == POSTS
    assert damage(db) == []


def _read(db: Database) -> None:
    for page in pages.unread(db, 1000):
        documents.keep(db, page, read_page((pages.load(db, page), ()), detector(Settings())), NOW)


def test_an_editor_on_a_full_disk_is_told_so_and_may_look_on(disk: Disk, tmp_path: Path) -> None:
    settings = _on(disk, tmp_path)
    _tell(settings)
    visitor = client(settings)
    disk.fill()
    status, said = _press(visitor)
    assert (status, "disk is full" in said, "Nothing was changed" in said) == (503, True, True)
    assert visitor.get("/").status_code == 200
    assert _decided(settings) == 0
    disk.make_room()
    assert _press(visitor)[0] == 303
    assert _decided(settings) == 1


def test_a_backup_on_a_full_disk_is_said_to_have_failed_and_leaves_nothing_half(told: Settings, disk: Disk) -> None:
    settings = told.model_copy(update={"backups": disk.folder / "backups"})
    disk.fill()
    with pytest.raises(BackupError, match=r"no backup was made: .*; there is none in"):
        backup(settings, NOW)
    assert not list((disk.folder / "backups").glob("*"))
    disk.make_room("64m")
    assert backup(settings, NOW).folder.exists()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Result]]:
    """Runs `goodturn` with these settings and words, in this process."""

    def run(of: Settings, *words: str) -> Result:
        for name in of.model_fields_set:
            monkeypatch.setenv(f"{PREFIX}{name.upper()}", str(getattr(of, name)))
        settings.cache_clear()
        return CliRunner().invoke(main, words)

    yield run
    settings.cache_clear()


def test_on_a_read_only_disk_every_job_says_so_in_a_sentence_and_nothing_is_changed(
    disk: Disk, tmp_path: Path, run: Callable[..., Result]
) -> None:
    here = _on(disk, tmp_path)
    _tell(here)
    before = here.database.read_bytes()
    with disk.read_only():
        for words in (["read"], ["tidy"], ["backup"], ["collect"], ["watch"]):
            done = run(here, *words)
            assert done.exit_code in (2, 74), done
            assert done.output.count("\n") == 1 and "ead-only" in done.output, done.output
    assert here.database.read_bytes() == before
    assert run(here, "tidy").exit_code == 0


def test_while_another_program_holds_the_database_editors_are_told_and_jobs_wait(
    told: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage.database, "BUSY_SECONDS", 0.1)
    monkeypatch.setattr(schedule, "BUSY_MILLISECONDS", 100)
    visitor, clock = client(told), Clock(told, without=JOBS)
    clock.tick()
    db = connect(told.database)
    with held(told.database, "exclusive"):
        status, said = _press(visitor)
        assert (status, "Nothing was changed" in said) == (503, True)
        assert visitor.get("/").status_code == 200, "who only looks does not wait"
        with pytest.raises(SQLiteError, match="locked"), writing(db):
            pass
        clock.tick()
    assert _press(visitor)[0] == 303
    clock.tick()
    clock.end()
    assert db.execute("pragma integrity_check").fetchone()[0] == "ok"


@LONG
def test_a_crawl_waits_for_who_holds_the_database_then_ends_and_the_next_one_goes_on(tmp_path: Path) -> None:
    with Web() as web:
        put_post(web, "/post", STORIES[0])
        put_feed(web, "/feed", [web.url("/post")])
        settings = settings_in(tmp_path, f"{web.url('/feed')} every=1h")
        sync(settings)
        web.answers["/feed"], feed = _holding(settings.database, web.answers["/feed"]), web.answers["/feed"]
        with pytest.raises(CrawlError, match="status 74"):
            collect(settings, now=datetime.now(UTC))
        web.answers["/feed"] = feed
        HELD.close()
        collect(settings, now=datetime.now(UTC), force=True)
        db = connect(settings.database)
        assert [tuple(row) for row in db.execute("select outcome, count(*) from pages group by 1")] == [("stored", 2)]
        assert damage(db) == []


def test_a_crawl_whose_database_is_removed_ends_and_makes_no_other(tmp_path: Path) -> None:
    with Web() as web:
        put_feed(web, "/feed", [web.url("/post")])
        settings = settings_in(tmp_path, f"{web.url('/feed')} every=1h")
        feed = web.answers["/feed"]

        def removing(asked: Any) -> Any:
            settings.database.unlink()
            return feed

        web.answers["/feed"] = removing
        with pytest.raises(CrawlError, match="status 74"):
            collect(settings, now=datetime.now(UTC))
    assert not settings.database.exists()


HELD = ExitStack()


def _holding(path: Path, then: Any) -> Callable[[Any], Any]:
    """An answer, while which another program takes hold of the database."""

    def answer(asked: Any) -> Any:
        HELD.enter_context(held(path))
        return then

    return answer


LOSSES: dict[str, Callable[[Path], object]] = {
    "deleted": lambda file: file.unlink(),
    "emptied": lambda file: file.write_bytes(b""),
    "its folder moved away": lambda file: file.parent.rename(file.parent.with_name("elsewhere")),
    "replaced": lambda file: (file.with_name("other.db").write_bytes(b""), file.with_name("other.db").replace(file)),
}


@pytest.mark.parametrize("lose", LOSSES.values(), ids=LOSSES)
def test_a_database_that_is_lost_while_all_runs_is_written_to_no_more_and_none_is_made_in_its_place(
    told: Settings, monkeypatch: pytest.MonkeyPatch, lose: Callable[[Path], object]
) -> None:
    monkeypatch.setenv(logs.RUN, "clock-of-the-test")
    visitor, clock = client(told), Clock(told, without=JOBS)
    clock.tick()
    db, file = connect(told.database), told.database
    lose(file)
    if file.exists():
        with pytest.raises((SQLiteError, DatabaseError)), writing(connect(file)):
            pass
    else:
        with pytest.raises(SQLiteError, match="was removed or replaced while it was in use"), writing(db):
            pass
    clock.tick()
    with pytest.raises(DatabaseError, match="is gone"):
        connect(file)
    with pytest.raises(DatabaseError, match="is gone"):
        read_unread(told)
    assert not file.exists() or file.stat().st_size == 0
    assert _press(visitor)[0] in (500, 503)


def test_after_a_loss_a_backup_leads_back_and_an_empty_database_never_takes_the_place(
    told: Settings, run: Callable[..., Result]
) -> None:
    backup(told, NOW)
    _remove(told)
    done = run(told, "run", "--without", "desk")
    assert done.exit_code == 2 and "'goodturn restore'" in done.output, done.output
    assert not told.database.exists()
    restore(told, None, None, NOW)
    assert connect(told.database).table("stories").count == 30


def _remove(of: Settings) -> None:
    for end in ("", "-wal", "-shm"):
        Path(f"{of.database}{end}").unlink(missing_ok=True)


DAMAGES = {"header": 0.0, "first pages": 0.05, "middle": 0.5}


@pytest.mark.parametrize("at", DAMAGES.values(), ids=DAMAGES)
def test_damage_while_all_runs_is_noticed_told_and_a_restore_leads_out_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Callable[..., Result], at: float
) -> None:
    monkeypatch.setattr(jobs.clock, "TROUBLE_SECONDS", 0.0)
    with Hook() as hook:
        told = settings_in(tmp_path, notify=hook.address)
        _tell(told)
        connect(told.database).execute("pragma wal_checkpoint(truncate)")
        backup(told, NOW)
        clock = Clock(told, without=JOBS)
        overwrite(told.database, at=at, bytes_=20_000)
        for _ in range(3):
            clock.tick()
        assert run(told, "doctor").exit_code == 1
        assert run(told, "checkup").exit_code == 1
        run(told, "watch")
        clock.end()
    assert len(hook.got) == 1
    assert "atabase" in hook.got[0]["title"] and "goodturn restore" in hook.got[0]["message"]
    restore(told, None, None, NOW)
    assert connect(told.database).table("stories").count == 30


def test_trouble_that_lasts_is_told_once_and_once_that_it_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs.clock, "TROUBLE_SECONDS", 0.0)
    with Hook() as hook:
        told = settings_in(tmp_path, notify=hook.address)
        _tell(told)
        clock = Clock(told, without=JOBS)
        clock.tick()
        aside = told.data.rename(tmp_path / "elsewhere")
        for _ in range(3):
            clock.tick()
        assert not told.data.exists()
        aside.rename(told.data)
        clock.tick()
        clock.end()
    said = ["the database cannot be used", "the database can be used again"]
    assert [sent["title"].partition(": ")[2] for sent in hook.got] == said


JUMPS = {"a day forward": DAY, "a day back": -DAY}


@pytest.mark.parametrize("jump", JUMPS.values(), ids=JUMPS)
def test_a_clock_that_jumps_forgets_no_source_and_no_address_for_longer_than_their_time(jump: timedelta) -> None:
    db = connect()
    source = Source(address="https://a.example/feed", kind="feed", every=6 * HOUR, pages=1)
    sources.sync(db, [source])
    assert sources.claim(db, NOW)
    assert len(leases.lease(db, spider=None, run="one", now=NOW, each=9)) == 1
    now = NOW + jump
    leases.expire(db, now)
    leases.bury(db, "one", now)
    assert len(leases.lease(db, spider=None, run="two", now=now, each=9)) == 1, "what was leased is free"
    assert sources.claim(db, now + 7 * HOUR), "and its source is due in its time"


def test_without_a_name_server_nothing_is_held_against_a_source(tmp_path: Path) -> None:
    """Three sources whose hosts have no name: the network is gone."""
    settings = settings_in(tmp_path, *(f"http://{name}.invalid/feed every=1h" for name in ("a", "b", "c")))
    assert collect(settings, now=datetime.now(UTC)) == {Outcome.LATER: 3}
    db = connect(settings.database)
    known = db.execute(
        "select distinct failures, next_due < ?, stopped from sources", [stamp(datetime.now(UTC) + HOUR)]
    )
    assert [tuple(row) for row in known] == [(0, 1, None)]
    assert damage(db) == []


def greedy(thread: Thread, by: Detector) -> Reading:
    """A reader that one page makes use more memory than a worker may have."""
    if thread[0].requested.endswith("greedy"):
        bytearray(pool.WORKER_MEMORY)
    return read_page(thread, by)


@LONG
def test_a_page_that_needs_too_much_memory_costs_itself_alone(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    db = connect(settings.database)
    for name in ("first", "greedy", "last"):
        _keep(db, f"https://a.example/{name}", f"{STORIES[2]} {name}")
    report = read_unread(settings, reader=greedy)
    assert report.outcomes == {Outcome.READ: 2, Outcome.CRASHED: 1}
    assert [row[0] for row in db.execute("select reading_reason from pages where reading = 'crashed'")] == [
        "reading failed: MemoryError: "
    ]


def test_a_look_goes_well_before_any_page_was_read() -> None:
    db = connect()
    source = Source(address="https://a.example/feed", kind="feed", every=6 * HOUR, pages=1)
    sources.sync(db, [source])
    _keep(db, "https://a.example/first", "It begins.", source=source.id)
    history.learn(db, NOW)
    assert [tuple(row)[1:] for row in db.conn.execute("select * from yields")] == [("2026-11-22", 1, 0, 0, 0)]


def _keep(db: Database, url: str, text: str, source: str | None = None) -> None:
    """Store a page, as a crawl does."""
    frontier.add(db, url, spider="link", kind=PageKind.ARTICLE, now=NOW)
    page = Page(requested=url, url=url, kind=PageKind.ARTICLE, outcome=Outcome.STORED, fetched_at=NOW, source=source)
    body = f"<article><h1>{url}</h1><p>{text}</p></article>".encode()
    pages.keep(db, replace(page, headers={"content-type": "text/html"}, body=body))
