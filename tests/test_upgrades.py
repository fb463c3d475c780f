"""A database of any time is brought up to today with all that is in it; one of a time to come is left alone."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from backports import zstd
from click.testing import CliRunner
from sqlite_utils import Database, Migrations

from cli import main
from config import Settings, settings
from storage import database
from storage.board import Board
from storage.database import DatabaseError, connect, connect_private
from storage.lists import sizes
from storage.log import history
from storage.people import people
from storage.schema import migrations

SAVED = Path(__file__).parent / "databases"
TIMES = ("002", "003", "004", "005", "006", "007", "008")
KEPT = ("sources", "pages", "bodies", "links", "fetches", "documents", "comments", "stories", "clusters", "frontier")
ROOT = Path(__file__).parent.parent
Unpack = Callable[[str], Path]


@pytest.fixture
def saved(tmp_path: Path) -> Unpack:
    """Puts a saved database into a folder of its own."""

    def unpacked(time: str) -> Path:
        path = tmp_path / ("private.db" if time.startswith("private") else "goodturn.db")
        path.write_bytes(zstd.decompress((SAVED / f"{time}.db.zst").read_bytes()))
        return path

    return unpacked


def plain(path: Path, asked: str) -> list[tuple[object, ...]]:
    """What a database answers without our code."""
    with closing(sqlite3.connect(path)) as db:
        return db.execute(asked).fetchall()


def content(path: Path) -> list[str]:
    """All that is in it, as SQL."""
    with closing(sqlite3.connect(path)) as db:
        return list(db.iterdump())


def shape(db: Database) -> set[tuple[str, str]]:
    """Its tables, views, indexes and triggers, of a table its columns, whatever their order."""
    rows = db.conn.execute("select type, name, sql from sqlite_master where name not like 'sqlite_%'").fetchall()
    found = {(name, " ".join((sql or "").split())) for type, name, sql in rows if type != "table"}
    for type, name, sql in rows:
        if type == "table":
            columns = db.conn.execute(f'select name, type, "notnull", dflt_value, pk from pragma_table_xinfo("{name}")')
            keys = db.conn.execute(f'select "from", "table", on_delete from pragma_foreign_key_list("{name}")')
            found.add((name, f"{sorted(map(tuple, columns), key=repr)} {sorted(map(tuple, keys))} {'strict' in sql}"))
    return found


@pytest.mark.parametrize("time", TIMES)
def test_every_row_of_every_time_is_still_there(saved: Unpack, time: str) -> None:
    path = saved(time)
    before = {name: plain(path, f"select count(*) from {name}")[0][0] for name in KEPT}
    ids = set(plain(path, "select id, text, cluster from stories"))
    decided = plain(path, "select cluster, verb, why, note, who, at from decisions order by number")
    with closing(connect(path)) as db:
        assert {name: db.table(name).count for name in KEPT} == before
        assert {tuple(row) for row in db.conn.execute("select id, text, cluster from stories")} == ids
        now = [tuple(row) for row in db.conn.execute("select cluster, verb, why, note, who, at from decisions")]
        assert [row for row in now if row in decided] == decided != []
        assert shape(db) == shape(connect())
        assert db.conn.execute("pragma integrity_check").fetchone()[0] == "ok"
        assert db.conn.execute("pragma foreign_key_check").fetchall() == []


@pytest.mark.parametrize("time", TIMES)
def test_all_that_asks_gets_an_answer_of_every_time(saved: Unpack, time: str) -> None:
    with closing(connect(saved(time))) as db:
        for view in db.view_names():
            db.conn.execute(f'select * from "{view}"').fetchall()
        assert (
            sum(sizes(Board().look(db)).values()) == db.conn.execute("select count(*) from cluster_list").fetchone()[0]
        )
        approved = db.conn.execute("select cluster from published").fetchone()["cluster"]
        assert history(db, approved)[0].who == "Ada"
        (told,) = db.conn.execute("select text from stories where cluster = ?", (approved,)).fetchone()
        word = max(told.split(), key=len).strip(".,“”")
        asked = "select count(*) from stories_fts where stories_fts match ?"
        assert db.conn.execute(asked, (f'"{word}"',)).fetchone()[0] >= 1
        db.conn.execute("insert into stories_fts (stories_fts, rank) values ('integrity-check', 1)")


@pytest.mark.parametrize("time", ["private1", "private2"])
def test_people_of_every_time_are_still_let_in(saved: Unpack, time: str) -> None:
    path = saved(time)
    asked = [f"select * from {table}" for table in ("users", "tokens", "contacts")]
    before = [plain(path, each) for each in asked]
    with closing(connect_private(path)) as db:
        assert [(one.name, one.able) for one in people(db)] == [("Ada", True), ("Bo", False)]
        assert shape(db) == shape(connect_private())
    assert [plain(path, each) for each in asked] == before


def test_of_two_who_open_an_old_database_at_once_one_upgrades_it_and_both_work(saved: Unpack) -> None:
    path = saved("002")
    code = (
        "import sys; from storage.database import connect; input(); db = connect(sys.argv[1]);"
        "print(len(db.view_names()), db.conn.execute('select count(*) from story_list').fetchone()[0])"
    )
    command = [sys.executable, "-c", code, str(path)]
    both = [subprocess.Popen(command, cwd=ROOT, stdin=-1, stdout=-1, text=True) for _ in range(2)]
    for one in both:
        assert one.stdin
        one.stdin.write("\n")
        one.stdin.flush()
    answers = {one.communicate(timeout=60)[0] for one in both}
    assert len(answers) == 1
    assert answers != {""}


@pytest.mark.parametrize("name", ["goodturn.db", "private.db"])
def test_a_database_of_a_time_to_come_is_refused_by_every_verb_and_not_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("GOODTURN_DATA", str(tmp_path))
    monkeypatch.setenv("GOODTURN_FEEDS", str(tmp_path / "feeds.txt"))
    (tmp_path / "feeds.txt").touch()
    settings.cache_clear()
    connect(tmp_path / "goodturn.db").close()
    connect_private(tmp_path / "private.db").close()
    path = tmp_path / name
    own = "goodturn" if name == "goodturn.db" else "goodturn-private"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("insert into _sqlite_migrations values (99, ?, 'm010_x', '2027-01-01')", (own,))
    before = path.read_bytes()
    verbs = [["tidy"], ["desk", "--port", "0"]]
    own_verbs = ("stories", "collect", "read", "checkup", "learn") if name == "goodturn.db" else ("people",)
    verbs += [[verb] for verb in own_verbs]
    try:
        for verb in verbs:
            said = CliRunner().invoke(main, verb)
            assert said.exit_code == (1 if verb == ["checkup"] else 2), (verb, said.output)
            assert f"{path} was made by a newer Goodturn (it knows m010_x); update this one" in said.output, verb
    finally:
        settings.cache_clear()
    assert path.read_bytes() == before


def broken(how: Callable[[Database], object]) -> Migrations:
    """Today's migrations, with one more that fails."""
    made = Migrations("goodturn")
    for each in migrations._migrations:
        made(name=each.name)(each.fn)

    def m999_fails(db: Database) -> None:
        db.conn.execute("create table half (done)")
        db.conn.execute("delete from links")
        how(db)

    made()(m999_fails)
    return made


def is_full(db: Database) -> None:
    """As where the disk is full: SQLite may have no page more."""
    (pages,) = db.conn.execute("pragma page_count").fetchone()
    db.conn.execute(f"pragma max_page_count = {pages}")
    db.conn.execute("create table large as select zeroblob(1000000)")


HOW = {
    "a broken statement": lambda db: db.conn.execute("create table half (done)"),
    "a full disk": is_full,
}


@pytest.mark.parametrize("how", HOW.values(), ids=HOW)
def test_an_upgrade_that_fails_leaves_the_database_as_it_was(
    saved: Unpack, monkeypatch: pytest.MonkeyPatch, how: Callable[[Database], object]
) -> None:
    path = saved("006")
    before = content(path)
    with monkeypatch.context() as today:
        today.setattr(database, "migrations", broken(how))
        with pytest.raises(DatabaseError, match=r"cannot bring .*goodturn.db up to date .*; it is as it was"):
            connect(path)
    assert content(path) == before
    with closing(connect(path)) as db:
        assert shape(db) == shape(connect())


def test_an_upgrade_that_is_killed_leaves_the_database_as_it_was(saved: Unpack) -> None:
    path = saved("006")
    before = content(path)
    code = (
        "import os, sys; from storage import database; from tests.test_upgrades import broken;"
        "database.migrations = broken(lambda db: os.kill(os.getpid(), 9)); database.connect(sys.argv[1])"
    )
    assert subprocess.run([sys.executable, "-c", code, str(path)], cwd=ROOT, check=False).returncode == -9
    assert content(path) == before
    with closing(connect(path)) as db:
        assert shape(db) == shape(connect())


def test_two_who_make_a_new_database_at_once_make_one(tmp_path: Path) -> None:
    code = "import sys; from storage.database import connect; input(); print(len(connect(sys.argv[1]).table_names()))"
    command = [sys.executable, "-c", code, str(Settings(data=tmp_path).database)]
    both = [subprocess.Popen(command, cwd=ROOT, stdin=-1, stdout=-1, text=True) for _ in range(3)]
    for one in both:
        assert one.stdin
        one.stdin.write("\n")
        one.stdin.flush()
    assert len({one.communicate(timeout=60)[0] for one in both}) == 1
