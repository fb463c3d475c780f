"""What is backed up can be had back, row by row; and no backup, restore or kill leaves less than there was before."""

import json
import os
import shutil
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from backports import zstd
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st
from sqlite_utils import Database

from config import Settings
from jobs import backup as backing
from jobs import packing, takedown
from jobs.backup import backup, rotate, surplus
from jobs.lock import alone
from jobs.restore import restore
from reading.sent import Contact, Kind, Sent
from storage import backup as copies
from storage import blocked, edits, people, replacing, submissions, ties
from storage.backup import BackupError, backups, newest
from storage.database import DatabaseError, connect, connect_private, writing
from storage.decisions import decide
from storage.entries import read_only
from storage.invitations import Purpose, invite
from storage.log import Field, Verb
from storage.undo import undo
from stories.story import WhyNot
from tests.builders import NOW, PASSAGE, tell
from tests.retold import FIRST, STRANGER, arrive, cluster_of
from tests.signed_in import CHEAP, HERE, visitor

FORK = get_context("fork")  # a process that need not load it all again
LATER = NOW + timedelta(hours=1)
SECRET = "the lighthouse keeper of Grenaa lent us his own boat"
STORY = "e" * 16  # an id
PASSWORD = "nine grey herons at dusk"
Rows = dict[str, list[tuple[object, ...]]]


@pytest.fixture
def at(tmp_path: Path) -> Settings:
    """Where everything is: databases with something of every kind, and what was learned."""
    settings = Settings(data=tmp_path / "data", desk_port=0)
    with closing(connect(settings.database)) as db, closing(connect_private(settings.private)) as private:
        fill(db, private)
    learned = settings.data / "learned"
    learned.mkdir()
    (learned / "card.md").write_text("learned in May\n")
    return settings


def fill(db: Database, private: Database) -> None:
    """Every kind of act, people, a session's secret, a link, a contact, a hash of what was taken down."""
    said: dict[str, Any] = {"who": "Ada", "at": NOW}
    one, other = (cluster_of(db, arrive(db, text)) for text in (FIRST, STRANGER))
    for number, cluster in enumerate("aabbccdd"):
        tell(db, cluster, f"{PASSAGE} Number {number}.", relation="retelling" if number % 2 else "first")
    decide(db, "a", Verb.APPROVE, note="read twice", **said)
    decide(db, "b", Verb.REJECT, why=next(iter(WhyNot)), **said)
    decide(db, "c", Verb.HOLD, **said)
    decide(db, "c", Verb.REOPEN, **said)
    decide(db, "d", Verb.NOTE, note="ask the author", **said)
    edits.edit(db, "a", Field.SUMMARY, "A kind turn.", **said)
    edits.mask(db, "a", "Lindgaard", "inn", **said)
    merged = ties.merge(db, one, other, **said)
    undo(db, merged.number, **said)
    ada = people.add(private, "Ada", people.Role.OPERATOR, at=NOW, origin=HERE)
    with writing(private):
        people.set_password(private, ada, CHEAP.hash(PASSWORD), at=NOW, origin=HERE)
    invite(
        private,
        Purpose.PASSWORD,
        people.add(private, "Bo", people.Role.EDITOR, at=NOW, origin=HERE),
        at=NOW,
        origin=HERE,
    )
    submissions.add(db, private, Sent(kind=Kind.TEXT, words="A baker stayed open."), Contact(name="Signe"), NOW)
    with writing(db):
        gone = blocked.page_hash("https://gone.example/once")
        blocked.add(db, [blocked.block(gone, blocked.Kind.PAGE, at=NOW, who="Ada", reason="asked")])


def rows(path: Path) -> Rows:
    """Every row of every table."""
    with closing(sqlite3.connect(path)) as db:
        names = [row[0] for row in db.execute("select name from sqlite_master where type = 'table'")]
        return {name: sorted(db.execute(f'select * from "{name}"').fetchall(), key=repr) for name in names}


def remove(settings: Settings) -> None:
    """As a broken disk leaves it: nothing, but the backups."""
    for path in settings.data.iterdir():
        if path != settings.backups:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


@contextmanager
def writer(path: Path) -> Iterator[Event]:
    """Somebody who writes all the time; the event says that they did."""
    wrote, stop = Event(), Event()

    def write() -> None:
        with closing(connect(path)) as db:
            number = 0
            while not stop.is_set():
                with writing(db):
                    number += 1
                    db.conn.execute(
                        "insert into searches (who, name, asked, at) values ('Bo', ?, '', '')", (str(number),)
                    )
                wrote.set()

    thread = Thread(target=write)
    thread.start()
    try:
        yield wrote
    finally:
        stop.set()
        thread.join()


@contextmanager
def another(how: Callable[[], object]) -> Iterator[int]:
    """Another process that has something open and does nothing; its number."""

    def hold(ready: Connection) -> None:
        held = how()
        ready.send(os.getpid())
        ready.recv()
        del held

    ours, theirs = FORK.Pipe()
    process = FORK.Process(target=hold, args=(theirs,))
    process.start()
    try:
        yield ours.recv()
    finally:
        ours.send(None)
        process.join()


def killed(what: Callable[[], object]) -> int:
    """How another process ended that does this, and is killed on the way."""
    process = FORK.Process(target=what)
    process.start()
    process.join()
    return process.exitcode or 0


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_after_a_loss_of_everything_every_row_is_had_back_and_the_desk_lets_in(at: Settings) -> None:
    before, private = rows(at.database), rows(at.private)
    with writer(at.database) as wrote:
        assert wrote.wait(10)
        made = backup(at, NOW)
    remove(at)
    done = restore(at, None, None, LATER)
    assert (done.folder, done.aside) == (at.data, None)
    now = rows(at.database)
    assert now.keys() == before.keys()
    assert now.pop("searches") != before.pop("searches"), "what the writer wrote until the copy began"
    for table in before:
        assert now[table] == before[table], table
    assert rows(at.private) == private
    assert (at.data / "learned" / "card.md").read_text() == "learned in May\n"
    assert at.private.stat().st_mode & 0o777 == 0o600
    assert made.files["goodturn.db"].rows["decisions"] == len(before["decisions"]) == 9
    with closing(connect(at.database)) as db:
        found = "select count(*) from stories_fts where stories_fts match 'porter'"
        assert db.conn.execute(found).fetchone()[0] == 8
    desk = visitor(at)
    answer = desk.post("/sign-in", data={"name": "Ada", "password": PASSWORD}, follow_redirects=False)
    assert answer.status_code == 303


def test_a_backup_is_private_packed_and_says_what_is_in_it(at: Settings) -> None:
    made = backup(at, NOW)
    assert made.folder == at.backups / "2026-05-01T093000Z"
    assert newest(at.backups) == made
    assert {path.name for path in made.folder.iterdir()} == {
        "manifest.json", "goodturn.db.zst", "private.db.zst", "learned.tar.zst", "taken-down.jsonl.zst"
    }  # fmt: skip
    assert (made.folder / "private.db.zst").stat().st_mode & 0o077 == 0
    said = json.loads((made.folder / "manifest.json").read_text())
    assert said["at"] == "2026-05-01T09:30:00Z"
    assert said["files"]["goodturn.db"]["rows"]["stories"] == 10
    assert said["files"]["goodturn.db"]["migrations"][-1] == "m009_years"


def test_a_backup_of_an_older_database_leaves_it_old(tmp_path: Path) -> None:
    at = Settings(data=tmp_path)
    at.database.write_bytes(zstd.decompress((Path(__file__).parent / "databases" / "005.db.zst").read_bytes()))
    before = rows(at.database)
    assert backup(at, NOW).files["goodturn.db"].migrations[-1] == "m005_guest"
    assert rows(at.database) == before
    remove(at)
    restore(at, None, None, LATER)
    assert rows(at.database)["stories"], "brought up to today as it was restored"


def test_a_disk_that_is_too_small_is_said_before_anything_is_made(
    at: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backing, "ROOM", 1e12)
    with pytest.raises(BackupError, match=r"no backup was made: the disk of .* is too small: a backup needs"):
        backup(at, NOW)
    assert list(at.backups.iterdir()) == []


def damage_source(at: Settings) -> None:
    with at.database.open("r+b") as file:
        file.seek(40_000)
        file.write(b"\xff" * 60_000)


def take_rows(at: Settings) -> None:
    with closing(sqlite3.connect(at.database)) as db, db:
        db.execute("pragma foreign_keys = off")
        db.execute("delete from clusters where id = 'a'")


def spoil_search(at: Settings) -> None:
    with closing(sqlite3.connect(at.database)) as db, db:
        db.execute("insert into stories_fts (rowid, folded) values (999, 'ghost')")


@pytest.mark.parametrize("damage", [damage_source, take_rows, spoil_search], ids=["pages", "rows", "search"])
def test_a_damaged_database_makes_no_backup_and_the_good_one_stays(
    at: Settings, damage: Callable[[Settings], None]
) -> None:
    good = backup(at, NOW)
    with closing(sqlite3.connect(at.database)) as db:
        db.execute("pragma wal_checkpoint(truncate)")
    damage(at)
    with pytest.raises(BackupError, match=f"no backup was made: .*; the last good one is {good.folder}"):
        backup(at, LATER)
    assert [path.name for path in at.backups.iterdir()] == [good.folder.name]


def test_what_a_kill_left_of_a_backup_is_none_and_goes_with_the_next(
    at: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as doomed:
        doomed.setattr(packing, "settle", die)
        assert killed(lambda: backup(at, NOW)) == -signal.SIGKILL
    assert [path.name for path in at.backups.iterdir()] == ["2026-05-01T093000Z.partial"]
    assert newest(at.backups) is None
    made = backup(at, LATER)
    assert list(at.backups.iterdir()) == [made.folder]


def test_what_is_taken_down_is_in_no_later_backup_and_does_not_come_back_with_an_older_one(at: Settings) -> None:
    url = "https://coast.example/boat"
    with closing(connect(at.database)) as db:
        tell(db, STORY, SECRET, url=url)
        older = backup(at, NOW)
        assert SECRET.encode() in unpacked(older)
        taken = takedown.find(db, STORY)
        takedown.take(db, taken, who="Ada", at=NOW, reason="asked")
        assert takedown.sweep(at, db) == ""
    later = backup(at, LATER)
    assert SECRET.encode() not in unpacked(later)
    done = restore(at, older.folder.name, None, LATER)
    assert done.again == 1
    assert SECRET.encode() not in at.database.read_bytes()
    at.database.unlink()
    done = restore(at, older.folder.name, None, LATER + timedelta(hours=1))
    assert done.again == 1, "by the list in the newest backup"
    assert "takedown --replay" in done.warnings[0]
    assert [one.folder for one in rotate(at.backups, LATER, only=newest(at.backups))] == [older.folder]


def unpacked(one: copies.Backup) -> bytes:
    return b"".join(zstd.decompress((one.folder / kept.packed).read_bytes()) for kept in one.files.values())


def test_who_was_shut_out_since_stays_out(at: Settings) -> None:
    backup(at, NOW)
    with closing(connect_private(at.private)) as private:
        people.end(private, people.named(private, "Bo").number, at=LATER, origin=HERE)
        with writing(private):
            people.set_password(private, people.named(private, "Ada"), CHEAP.hash("another"), at=LATER, origin=HERE)
        new = people.named(private, "Ada")
    changed = rows(at.private)["users"]
    restore(at, None, None, LATER)
    with closing(connect_private(at.private)) as private:
        assert people.named(private, "Bo").ended_at
        assert people.named(private, "Ada").able == new.able
        assert private.conn.execute("select count(*) from tokens").fetchone()[0] == 0
    assert rows(at.private)["users"] == changed


OPENERS: dict[str, Callable[[Path], object]] = {
    "idle, as the desk": connect,
    "reading only, as the publisher": read_only,
    "opened, never asked": sqlite3.connect,
    "a plain reader of the file": lambda path: path.open("rb"),
}


@pytest.mark.parametrize("how", OPENERS.values(), ids=OPENERS)
def test_a_database_that_another_process_has_open_is_not_replaced(at: Settings, how: Callable[[Path], object]) -> None:
    backup(at, NOW)
    before = rows(at.database)
    in_use = r"nothing was restored: .* is in use: end these first, then restore: .*\(process \d+\)"
    with another(lambda: how(at.database)) as process, pytest.raises(BackupError, match=in_use) as refused:
        restore(at, None, None, LATER)
    assert f"(process {process})" in str(refused.value)
    assert rows(at.database) == before
    assert not (at.data / "restoring").exists()


def test_who_is_idle_is_seen_by_the_lock_alone_too(at: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replacing, "PROCESSES", at.data / "none")
    for how in (lambda: connect_private(at.private), lambda: read_only(at.database)):
        with another(how):
            assert replacing.users([at.database, at.private]) == ["somebody"]
        assert replacing.users([at.database, at.private]) == []


def test_a_job_that_runs_between_two_looks_at_the_database_is_seen(at: Settings) -> None:
    backup(at, NOW)
    running = r"in use: .* 'goodturn read'"
    with another(lambda: hold_alone("read", at)), pytest.raises(BackupError, match=running):
        restore(at, None, None, LATER)


def hold_alone(job: str, at: Settings) -> object:
    held = alone(job, at)
    held.__enter__()
    return held


def test_what_was_there_before_goes_aside_and_is_whole(at: Settings) -> None:
    backup(at, NOW)
    with closing(connect(at.database)) as db:
        decide(db, "c", Verb.REJECT, why=next(iter(WhyNot)), who="Cy", at=LATER)
    before = rows(at.database)
    at.database.chmod(0o640)
    done = restore(at, None, None, LATER)
    assert at.database.stat().st_mode & 0o777 == 0o640, "whoever could read it, as the publisher, still can"
    assert done.aside == at.data / "before-2026-05-01T103000Z"
    assert rows(done.aside / "goodturn.db") == before
    assert rows(at.database) != before
    assert {path.name for path in done.aside.iterdir()} >= {"goodturn.db", "private.db", "learned"}


def test_a_damaged_database_is_replaced_and_goes_aside_as_it_is(at: Settings) -> None:
    backup(at, NOW)
    before = rows(at.database)
    at.database.write_bytes(b"no database at all" * 1000)
    with pytest.raises(DatabaseError, match="it is damaged: end all that runs and 'goodturn restore' the last backup"):
        connect(at.database)
    done = restore(at, None, None, LATER)
    assert rows(at.database) == before
    assert done.aside
    assert (done.aside / "goodturn.db").read_bytes().startswith(b"no database")
    assert len(done.warnings) == 1, "what was taken down since is not known"


def test_a_restore_into_another_folder_touches_nothing_here(at: Settings, tmp_path: Path) -> None:
    backup(at, NOW)
    before = rows(at.database)
    with closing(connect(at.database)):
        done = restore(at, None, tmp_path / "look", LATER)
    assert rows(tmp_path / "look" / "goodturn.db").keys() == before.keys()
    assert (done.folder, done.aside) == (tmp_path / "look", None)


@pytest.mark.parametrize("file", ["goodturn.db.zst", "private.db.zst"])
@pytest.mark.parametrize("spoil", [lambda b: b[:-40], lambda b: b[:200] + b"\0" * 9 + b[209:]], ids=["cut", "changed"])
def test_a_backup_that_is_damaged_is_not_restored(at: Settings, file: str, spoil: Callable[[bytes], bytes]) -> None:
    made = backup(at, NOW)
    before = rows(at.database)
    path = made.folder / file
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(BackupError, match=f"nothing was restored: .*{file} is damaged"):
        restore(at, None, None, LATER)
    assert rows(at.database) == before
    assert not (at.data / "restoring").exists()


@pytest.mark.parametrize("moves", range(8))
def test_a_restore_that_is_killed_at_any_move_leaves_the_old_or_is_finished_into_the_new(
    at: Settings, monkeypatch: pytest.MonkeyPatch, moves: int
) -> None:
    backup(at, NOW)
    backed = rows(at.database)
    with closing(connect(at.database)) as db:
        decide(db, "c", Verb.HOLD, who="Cy", at=LATER)
    old = rows(at.database)
    moved: list[Path] = []
    rename, begin = Path.rename, replacing.begin

    def counted(path: Path, target: Path) -> Path:
        if len(moved) == moves:
            die()
        moved.append(path)
        return rename(path, target)

    def begun(*asked: Any) -> None:
        monkeypatch.setattr(Path, "rename", counted)
        begin(*asked)

    def doomed() -> None:
        monkeypatch.setattr(replacing, "begin", begun)
        restore(at, None, None, LATER)

    ended = killed(doomed)
    if ended == 0 or moves == 0:
        assert rows(at.database) == (old if ended else backed)
        return
    with pytest.raises(DatabaseError, match="run 'goodturn restore' to finish that"):
        connect(at.database)
    done = restore(at, None, None, LATER + timedelta(hours=1))
    assert rows(at.database) == backed
    assert done.aside
    assert rows(done.aside / "goodturn.db") == old


def test_only_what_is_a_backup_of_ours_is_ever_deleted(at: Settings) -> None:
    first = backup(at, NOW)
    (first.folder / "note.txt").write_text("mine")
    stranger = at.backups / "2020-01-01T000000Z"
    stranger.mkdir()
    (stranger / "goodturn.db.zst").write_text("mine")
    (at.backups / "photos").mkdir()
    for days in range(1, 12):
        backup(at, NOW + timedelta(days=days))
    left = {path.name for path in at.backups.iterdir()}
    assert {"photos", stranger.name, first.folder.name} <= left
    assert [path.name for path in first.folder.iterdir()] == ["note.txt"]
    assert len(backups(at.backups)) < 11


DAYS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


@given(st.sets(DAYS, min_size=1, max_size=200))
def test_rotation_never_takes_the_newest_nor_the_last_of_a_day_week_or_month_that_is_kept(
    moments: set[datetime],
) -> None:
    gone = surplus(moments)
    left = moments - gone
    assert set(sorted(moments)[-3:]) <= left
    assert surplus(left) == set(), "once is enough"
    for span, many in ((backing._day, 7), (backing._week, 4), (backing._month, 12)):
        last = {span(at): at for at in sorted(moments)}
        assert set(sorted(last.values())[-many:]) <= left
    assert len(left) <= 7 + 4 + 12 + 3


@limits(max_examples=10, deadline=None)
@given(st.integers(0, 6), st.integers(400, 900), st.sets(st.integers(0, 900), max_size=60))
def test_a_backup_a_day_leaves_seven_days_four_weeks_and_twelve_months(first: int, days: int, missed: set[int]) -> None:
    kept: set[datetime] = set()
    made = [NOW + timedelta(days=first + day) for day in range(days) if day not in missed]
    for at in made:
        kept |= {at}
        kept -= surplus(kept)
    assert set(made[-7:]) <= kept
    assert {backing._week(at) for at in kept} >= set(sorted({backing._week(at) for at in made})[-4:])
    assert {backing._month(at) for at in kept} >= set(sorted({backing._month(at) for at in made})[-12:])
