"""`goodturn doctor`: each fault, planted for real, is found and said in a sentence that names the thing."""

import json
import os
import shutil
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from click.testing import CliRunner

from cli import main
from config import Settings
from jobs.backup import backup
from jobs.checkup import checkup
from jobs.doctor import doctor
from storage import alarms
from storage.alarms import Kind
from storage.backup import newest
from storage.database import Database, connect, connect_private, stamp
from storage.people import Role
from tests.builders import NOW, PASSAGE, tell
from tests.crawls import settings_in
from tests.signed_in import give_password, somebody
from watch import doctor_machine
from watch.doctor import CHECKS, DATABASES, SETTINGS, wrong
from watch.examined import Check, Level
from watch.parts import Ledger, Part, State

OWN = {"about": "https://goodturn.example/about", "notify": "json://127.0.0.1:9/", "allow_private": False}
LINE = "https://blog.example/feed"
PAGE = 4096  # bytes of the file


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The databases of an operator with forty stories, to be copied."""
    folder = tmp_path_factory.mktemp("made")
    settings = settings_in(folder)
    with closing(connect(settings.database)) as db:
        for number in range(40):
            tell(db, f"c{number}", f"{PASSAGE} Number{number} zweiundvierzigstes.")
    give_password(settings, somebody(settings, "Ada", Role.OPERATOR).name, "a hash")
    return settings.data


@pytest.fixture
def settings(tmp_path: Path, made: Path) -> Settings:
    """Of an operator who has done all that one should; the ports are any free ones."""
    shutil.copytree(made, tmp_path / "data")
    free = {"desk_port": 0, "feed_port": 0, "metrics_port": 0, "low_disk_gb": 0}
    return settings_in(tmp_path, LINE, **OWN, **free)


@pytest.fixture
def db(settings: Settings) -> Iterator[Database]:
    db = connect(settings.database)
    yield db
    db.close()


def said(
    settings: Settings, level: Level = Level.WRONG, *, thorough: bool = False, checks: Sequence[Check] = CHECKS
) -> str:
    """What is found of a level."""
    found = doctor(settings, NOW, thorough=thorough, checks=checks)
    return "\n".join(each.said for each in found if each.level is level)


of_databases = partial(said, checks=DATABASES)
of_backups = partial(said, checks=(doctor_machine.backups,))
of_model = partial(said, checks=(doctor_machine.model,))
of_permissions = partial(said, checks=(doctor_machine.permissions,))
of_ports = partial(said, checks=(doctor_machine.ports,))
of_programs = partial(said, checks=(doctor_machine.programs,))


def files(settings: Settings) -> dict[Path, bytes]:
    """All files of the data folder, but those that SQLite puts beside a database that is open."""
    found = (path for path in settings.data.rglob("*") if path.is_file() and not path.name.endswith(("-shm", "-wal")))
    return {path: path.read_bytes() for path in found}


def test_where_all_is_well_nothing_is_wrong_and_nothing_changes(settings: Settings) -> None:
    backup(settings, NOW)
    before = files(settings)
    found = doctor(settings, NOW, thorough=True)
    assert wrong(found) == []
    assert [each.said for each in found if each.level is Level.ADVICE and each.about != "clock"] == []
    assert files(settings) == before
    assert {each.about for each in found} >= {"goodturn.db", "private.db", "search", "disk", "clock", "backup", "model"}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"contact": ""}, "the setting 'contact' is empty"),
        ({"about": ""}, "the setting 'about' is empty"),
        ({"about": "us"}, "'about' is no web address: 'us'"),
        ({"contact": "Ada"}, "'contact' is neither a mail nor a web address"),
        ({"notify": "nowhere://secret-token"}, "Apprise does not know what to do with nowhere://..."),
        ({"desk_bind": "0.0.0.0"}, "set desk_site"),
        ({"desk_site": "http://desk.example.org"}, "travel in the clear"),
        ({"feed_authority": "stories.example.org,2031"}, "feed_authority names 2031"),
        ({"hub": "https://hub.example.org/"}, "which it cannot reach: set 'site'"),
        ({"desk_port": 8123, "feed_port": 8123}, "desk_port and feed_port are both 8123"),
        ({"low_disk_gb": 10**9}, "less than low_disk_gb: goodturn tidy"),
        ({"feeds": Path("/nowhere/feeds.txt")}, "/nowhere/feeds.txt: no such file"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_a_setting_that_does_harm_is_said(settings: Settings, given: dict[str, object], says: str) -> None:
    found = said(settings.model_copy(update=given), checks=(*SETTINGS, doctor_machine.disk))
    assert says in found and "secret-token" not in found


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"notify": ""}, "nobody is told"),
        ({"allow_private": True}, "allow_private is on"),
        ({"clock": "2026-01-01T00:00:00Z 2026-11-22T10:00:00Z 60"}, "the setting 'clock'"),
        ({"backup_at": ""}, "no backup is made"),
        ({"submissions": True}, "set 'submit_site'"),
        ({"site": "http://stories.example.org"}, "public without https"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_what_might_be_better_is_advice_alone(settings: Settings, given: dict[str, object], says: str) -> None:
    changed = settings.model_copy(update={"submit_port": 0} | given)
    assert says in said(changed, Level.ADVICE, checks=SETTINGS) and says not in said(changed, checks=SETTINGS)


def test_all_mistakes_of_feeds_txt_are_said(settings: Settings) -> None:
    settings.feeds.write_text("https://a.example/ evry=1h\nnonsense\n", "utf-8")
    found = said(settings, checks=SETTINGS)
    assert "feeds.txt:1: unknown key 'evry'" in found and "feeds.txt:2" in found


def overwritten(path: Path) -> None:
    """A page in the middle of the file that another program wrote over."""
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // PAGE // 2 * PAGE)
        file.write(b"\xa5" * PAGE * 3)


def beheaded(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"No SQLite at all, from the first byte on.")


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 3)


@pytest.mark.parametrize("name", ["goodturn.db", "private.db"])
@pytest.mark.parametrize("harm", [overwritten, beheaded, cut])
def test_a_damaged_file_is_found(settings: Settings, harm: Callable[[Path], None], name: str) -> None:
    harm(settings.data / name)
    found = of_databases(settings)
    assert f"{name} is damaged" in found and "goodturn restore" in found


STALE = {
    "a story that is not in the index": "insert into stories_fts (stories_fts) values ('delete-all')",
    "a story that was changed behind the index": "drop trigger stories_search_changed; "
    "update stories set text = 'altogether otherwise nowadays' where number = 39",
    "a row too many": "insert into stories_fts (rowid, folded) values (4711, 'ghost')",
    "a word that is not in the parts": "insert into word_parts (word_parts) values ('delete-all')",
}


@pytest.mark.parametrize("sql", STALE.values(), ids=STALE)
def test_an_index_that_lags_behind_is_found_by_searching(settings: Settings, db: Database, sql: str) -> None:
    db.conn.execute("insert into words (word) values ('schneeschaufel')")
    db.conn.executescript(sql)
    assert "full-text index" in of_databases(settings) and "searches miss stories" in said(settings, checks=DATABASES)


def test_a_trigger_that_was_lost_is_named(settings: Settings, db: Database) -> None:
    db.conn.execute("drop trigger clusters_change_with_a_story")
    db.conn.execute("drop index pages_by_source")
    found = of_databases(settings)
    assert "has lost the index pages_by_source, the trigger clusters_change_with_a_story" in found


def test_rows_that_name_others_that_are_not_there_are_counted(settings: Settings, db: Database) -> None:
    db.conn.execute("pragma foreign_keys = off")
    db.conn.execute("delete from documents")
    assert "40 rows name others that are not there (stories -> documents)" in of_databases(settings)


def test_a_version_that_is_newer_or_older_is_said(settings: Settings, db: Database) -> None:
    db.conn.execute("delete from _sqlite_migrations where name = 'm009_years'")
    assert (
        "is of an older version (m009_years to come)" in of_databases(settings, Level.ADVICE)
        and of_databases(settings) == ""
    )
    newer = "insert into _sqlite_migrations (migration_set, name, applied_at) values ('goodturn', 'm999_later', '')"
    db.conn.execute(newer)
    assert "made by a newer Goodturn (it knows m999_later)" in of_databases(settings)


def test_a_database_that_another_program_has_for_itself_is_said(settings: Settings, db: Database) -> None:
    db.conn.execute("pragma locking_mode = exclusive")
    db.conn.execute("begin exclusive")
    assert f"{settings.database} is locked by another program" in of_databases(settings)


def test_a_database_that_is_not_there_is_missed_only_where_there_was_one(settings: Settings) -> None:
    backup(settings, NOW)
    settings.database.unlink()
    assert "goodturn.db is gone, and there was one: 'goodturn restore'" in of_databases(settings)
    empty = settings.model_copy(update={"data": settings.data / "new", "backups": settings.data / "none"})
    assert of_databases(empty) == "" and "there is no database" in of_databases(empty, Level.ADVICE)
    assert not empty.data.exists(), "nothing is made"


def test_a_clock_that_is_behind_what_is_stored_is_said(settings: Settings, db: Database) -> None:
    db.conn.execute("insert into runs (id, job, began) values ('x', 'collect', ?)", (stamp(NOW + timedelta(hours=3)),))
    assert "this machine's clock is wrong, or was: something was stored at 2026-05-01 12:30, 3 hours" in said(
        settings, checks=(doctor_machine.clock,)
    )


def test_what_others_may_read_is_said(settings: Settings) -> None:
    backup(settings, NOW)
    kept = newest(settings.backups)
    assert kept
    packed = kept.folder / kept.files["private.db"].packed
    for path in (settings.private, packed):
        path.chmod(0o644)
    found = of_permissions(settings)
    assert f"chmod 600 {settings.private}" in found and f"chmod 600 {packed}" in found


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_what_we_may_not_write_to_is_said(settings: Settings) -> None:
    with TemporaryDirectory() as folder:  # not within pytest's, which nobody else may enter
        Path(folder).chmod(0o755)
        data = shutil.copytree(settings.data, Path(folder) / "data")
        there = settings.model_copy(update={"data": data, "backups": data / "backups"})
        read, write = os.pipe()
        if not (child := os.fork()):
            try:
                os.setgid(65534)
                os.setuid(65534)
                os.write(write, of_permissions(there).encode())
            finally:
                os._exit(0)
        os.close(write)
        os.waitpid(child, 0)
        with os.fdopen(read) as told:
            assert f"this user may not write to {data}" in told.read()


def test_a_port_that_another_program_has_is_said_and_one_of_our_part_is_not(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        here = settings.model_copy(update={"desk_port": port})
        assert f"port {port} of 127.0.0.1 cannot be used" in of_ports(here)
        ledger = Ledger(here)
        ledger.keep([Part(name="desk", state=State.RUNS, pid=1, since=NOW)])
        assert of_ports(here) == ""
        ledger.close()


def test_a_backup_that_is_old_cut_or_spoiled_is_said(settings: Settings) -> None:
    assert "there is no backup in" in of_backups(settings, Level.ADVICE)
    backup(settings, NOW)
    late = doctor(settings, NOW + timedelta(days=3))
    assert any("the newest backup is of 2026-05-01" in line for line in wrong(late))
    kept = newest(settings.backups)
    assert kept
    packed = kept.folder / kept.files["goodturn.db"].packed
    body = packed.read_bytes()
    packed.write_bytes(body[: len(body) // 2] + bytes(9) + body[len(body) // 2 + 9 :])
    assert of_backups(settings) == "" and "does not come out of it as it went in" in said(
        settings, thorough=True, checks=(doctor_machine.backups,)
    )
    packed.write_bytes(body[:99])
    assert "has lost a part of goodturn.db" in of_backups(settings)
    (kept.folder / "manifest.json").write_text("{", "utf-8")
    assert f"the backup {kept.folder} is not whole" in of_backups(settings)


def test_weights_of_another_shape_are_said(settings: Settings) -> None:
    (settings.data / "learned").mkdir()
    (settings.data / "learned" / "signals.csv").write_text("row,a\nb,1\n", "utf-8")
    assert "another shape of model and is not used" in of_model(settings)


def test_libraries_that_are_not_what_we_need_are_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    needed = ["click>999", "no-such-library-at-all", 'colorama; sys_platform == "moon"']
    monkeypatch.setattr(doctor_machine, "requires", lambda name: needed)
    found = of_programs(settings)
    assert "and we need click>999" in found and "no-such-library-at-all is not installed" in found
    assert "colorama" not in found


def test_a_name_that_is_not_found_is_said_only_where_it_was_asked_for(settings: Settings) -> None:
    settings.feeds.write_text("https://no-such-host.invalid/feed\n", "utf-8")
    assert "the name no-such-host.invalid is not found" in "\n".join(wrong(doctor(settings, NOW, network=True)))
    assert said(settings) == ""


def test_the_checkup_says_the_same_of_the_databases_and_it_is_an_alarm(settings: Settings, db: Database) -> None:
    db.conn.execute("drop trigger stories_search_added")
    found = checkup(settings, NOW)
    assert "has lost the trigger stories_search_added" in found[0]
    assert [(each.kind, each.over) for each in alarms.open_alarms(db)] == [(Kind.DATABASE, None)]
    db.conn.execute("create trigger stories_search_added after insert on stories begin select 1; end")
    assert not any("has lost" in each for each in checkup(settings, NOW + timedelta(minutes=1)))
    assert alarms.open_alarms(db) == []


def test_the_verb_says_it_to_people_and_programs(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verbs.health.settings", lambda: settings)
    done = CliRunner().invoke(main, ["doctor"])
    assert done.exit_code == 0, done.output
    assert "fine" in CliRunner().invoke(main, ["doctor", "-v"]).output
    overwritten(settings.database)
    done = CliRunner().invoke(main, ["doctor", "--json"])
    rows = json.loads(done.output)
    assert done.exit_code == 1 and any(row["level"] == "wrong" and "damaged" in row["said"] for row in rows)


def test_a_setting_that_is_wrong_is_said_before_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "goodturn.toml").write_text('workers = "many"\nevry = 1\n', "utf-8")
    from config import settings as read  # noqa: PLC0415 -- its cache is emptied before and after

    read.cache_clear()
    done = CliRunner().invoke(main, ["doctor"])
    read.cache_clear()
    assert done.exit_code == 1 and "setting 'workers'" in done.output and "unknown setting 'evry'" in done.output


def test_nobody_who_can_sign_in_is_said(settings: Settings) -> None:
    settings.private.unlink()
    connect_private(settings.private).close()
    assert "no operator can sign in at the desk yet" in of_databases(settings, Level.ADVICE)
