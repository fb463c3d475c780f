"""`goodturn status`: one screen that says whether all is well, and if not what to do."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli import main
from config import Settings
from jobs.backup import backup
from storage import alarms, schedule
from storage.alarms import Finding, Kind
from storage.database import Database, connect
from storage.schedule import Ended
from tests.builders import NOW, tell
from watch.figures import look
from watch.parts import Ledger, Part, State
from watch.status import MOST_WANTS, lines, size
from watch.verdict import wants

HOUR = timedelta(hours=1)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: Any) -> Settings:
    found = Settings(data=tmp_path, low_disk_gb=0, backup_at="")
    monkeypatch.setattr("verbs.health.settings", lambda: found)
    return found


@pytest.fixture
def db(settings: Settings) -> Iterator[Database]:
    with closing(connect(settings.database)) as found:
        schedule.plan(found, {"collect": NOW - HOUR})
        schedule.claim(found, "collect", NOW - HOUR, "collect-1")
        schedule.finish(found, "collect-1", NOW, Ended.DONE, "", due=NOW + HOUR, failures=0)
        schedule.beat(found, "clock-1", NOW)
        yield found


def raised(db: Database, *findings: Finding) -> None:
    alarms.settle(db, findings, list(Kind), NOW - 50 * HOUR, {})


def shown(settings: Settings) -> list[str]:
    found = look(settings, NOW)
    return lines(found, wants(found, settings))


def asked(*words: str) -> Result:
    return CliRunner().invoke(main, ["status", *words])


def test_the_first_line_is_the_verdict_and_the_rest_fits_a_screen(db: Database, settings: Settings) -> None:
    tell(db, "porter")
    screen = shown(settings)
    assert screen[0] == "all is well, 2026-05-01 09:30 UTC"
    assert len(screen) < 24
    assert "jobs      job      last run        took        outcome  next" in screen
    assert "          collect  60 minutes ago  60 minutes  done     in 60 minutes" in screen
    assert "          stories for an editor: 1, the first for 1 minute; held: 0" in screen


def test_what_wants_the_operator_comes_with_what_to_do(db: Database, settings: Settings) -> None:
    raised(db, Finding(kind=Kind.SILENT, subject="https://a.example/feed", said="nothing new since 2026-01-01"))
    screen = shown(settings)
    assert screen[0].startswith("one thing wants you")
    assert screen[2] == "silent    https://a.example/feed: nothing new since 2026-01-01 (for 2 days)"
    assert screen[3].startswith("          -> look whether it is over")


def test_a_flood_of_alarms_leaves_room_for_the_rest(db: Database, settings: Settings) -> None:
    raised(db, *(Finding(kind=Kind.FAILING, subject=f"https://{n}.example/feed", said="failed") for n in range(30)))
    screen = shown(settings)
    assert screen[0].startswith("30 things want you")
    assert len(screen) < 24 + 2 * MOST_WANTS
    assert f"          and {30 - MOST_WANTS} more: goodturn alarms" in screen


def test_what_runs_is_told_part_by_part(db: Database, settings: Settings) -> None:
    ledger = Ledger(settings)
    stuck = Part(name="publish", state=State.STUCK, pid=None, since=NOW, said="port 8071 is taken")
    ledger.keep([Part(name="desk", state=State.RUNS, pid=1, since=NOW - HOUR, restarts=2), stuck])
    screen = shown(settings)
    ledger.close()
    assert "running   desk for 60 minutes, started again 2 times, publish cannot start" in screen
    assert "jobs      publish: it cannot start: port 8071 is taken" in screen
    schedule.stop(db, "clock-1")
    assert "running   nothing: goodturn run starts all of it" in shown(settings)


def test_that_everything_is_paused_is_not_forgotten(db: Database, settings: Settings) -> None:
    schedule.pause(db, schedule.EVERYTHING, now=NOW, until=None, who="Ada", note="they move house")
    assert "paused    all sources, by Ada since 2026-05-01: they move house; goodturn resume ends it" in shown(settings)


def test_a_database_that_is_gone_is_put_back_and_not_made_anew(db: Database, settings: Settings) -> None:
    backup(settings, NOW)
    db.close()
    settings.database.unlink()
    assert any("is gone, and there was one: 'goodturn restore' puts back" in line for line in shown(settings))


def test_what_the_web_says_does_not_reach_the_terminal(db: Database, settings: Settings) -> None:
    raised(
        db,
        Finding(
            kind=Kind.FAILING, subject="https://a.example/", said="failed: \x1b]0;owned\x07\x1b[2J\n\u202eall is well"
        ),
    )
    assert all(line.isprintable() for line in shown(settings))


def test_the_exit_status_says_whether_anything_wants_an_operator(settings: Settings, monkeypatch: Any) -> None:
    monkeypatch.setattr("present.now", lambda: NOW)
    assert (asked().exit_code, asked().output.splitlines()[0][:19]) == (1, "one thing wants you")
    assert not settings.database.exists(), "it only looks"
    with closing(connect(settings.database)) as db:
        schedule.beat(db, "clock-1", NOW)
        assert (asked().exit_code, asked().output.splitlines()[0][:11]) == (0, "all is well")
    settings.database.write_text("no database", "utf-8")
    assert asked().exit_code == 1
    assert "is damaged" in asked().output


def test_programs_get_all_of_it(db: Database, settings: Settings, monkeypatch: Any) -> None:
    monkeypatch.setattr("present.now", lambda: NOW)
    raised(db, Finding(kind=Kind.FEEDS, said="a mistake"))
    found = json.loads(asked("--json").stdout)
    assert found["verdict"] == "one thing wants you"
    assert found["wants"][0] | {"advice": ""} == {
        "kind": "feeds", "subject": "", "said": "a mistake", "since": "2026-04-29T07:30:00Z", "advice": ""
    }  # fmt: skip
    assert found["stored"]["last"]["collect"]["outcome"] == "done"
    assert found["stored"]["conditions"]["well"] == 0
    assert [one["time"] for one in found["stored"]["yields"]] == [7 * 86_400, 28 * 86_400]
    assert found["trouble"] == ""


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 bytes"), (999, "999 bytes"), (69_632, "69.6 kB"), (756_445_184, "756 MB"), (4e15, "4000 TB")],
)
def test_a_size_is_said_as_people_say_it(count: float, said: str) -> None:
    assert size(count) == said
