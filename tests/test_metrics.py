"""The figures as Prometheus reads them, and the board and rules that stand on them."""

import json
import re
import shutil
import sqlite3
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from prometheus_client.parser import text_string_to_metric_families

import serving
from cli import main
from config import Settings
from storage import alarms, days, figures, schedule, sources
from storage.alarms import Finding, Kind
from storage.database import Database, connect
from storage.decisions import decide
from storage.log import Verb
from storage.schedule import Ended
from storage.sources import Source
from tests.builders import NOW, tell
from watch.metrics import MOST_SOURCES, application, exposition, serve
from watch.parts import Ledger, Part, State

ROOT = Path(__file__).parent.parent
RULES = ROOT / "deploy" / "prometheus-rules.yml"
BOARD = ROOT / "deploy" / "grafana.json"
PROMTOOL = shutil.which("promtool")
needs_promtool = pytest.mark.skipif(PROMTOOL is None, reason="there is no promtool (apt: prometheus)")
HOUR = timedelta(hours=1)
Labels = tuple[tuple[str, str], ...]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data", backups=tmp_path / "backups")


@pytest.fixture
def db(settings: Settings) -> Iterator[Database]:
    """A database in which there is something of everything."""
    with closing(connect(settings.database)) as found:
        tell(found, "porter")
        decide(found, "porter", Verb.APPROVE, who="Ada", at=NOW)
        hostile = 'https://a.example/feed?q="\\\n{x="1"} 2'
        feeds = [Source(address=hostile, kind="feed", every=HOUR, pages=1, label='"\n\\')]
        feeds += [Source(address=f"https://{n}.example/", kind="feed", every=HOUR, pages=1) for n in range(70)]
        sources.sync(found, feeds)
        found.conn.execute("update sources set last_started = '2026', failures = 5")
        schedule.plan(found, {"collect": NOW - HOUR})
        schedule.claim(found, "collect", NOW - HOUR, "collect-1")
        schedule.finish(found, "collect-1", NOW, Ended.FAILED, "", due=NOW + HOUR, failures=2)
        schedule.beat(found, "clock-1", NOW)
        alarms.settle(found, [Finding(kind=Kind.DISK, said="")], [Kind.DISK], NOW, {})
        days.catch_up(found, NOW)
        yield found


def samples(settings: Settings) -> dict[tuple[str, Labels], float]:
    return read(exposition(settings, NOW))


def read(answer: bytes) -> dict[tuple[str, Labels], float]:
    """Every sample by its name and labels; none may be there twice."""
    families = text_string_to_metric_families(answer.decode())
    found = [(one.name, tuple(sorted(one.labels.items())), one.value) for each in families for one in each.samples]
    by = {(name, labels): value for name, labels, value in found}
    assert len(by) == len(found)
    return by


def test_what_is_there_is_told_by_name_and_label(db: Database, settings: Settings) -> None:
    found = samples(settings)
    assert found["goodturn_up", ()] == 1
    assert found["goodturn_stories_total", ()] == 1
    assert found["goodturn_decisions_total", (("verb", "approve"),)] == 1
    assert found["goodturn_sources", (("condition", "failing"),)] == 71
    assert found["goodturn_alarms", (("kind", "disk"),)] == 1
    assert found["goodturn_job_failures", (("job_name", "collect"),)] == 2
    assert found["goodturn_job_last_duration_seconds", (("job_name", "collect"),)] == 3600
    assert found["goodturn_job_last_outcome", (("job_name", "collect"), ("outcome", "failed"))] == 1
    assert found["goodturn_job_last_outcome", (("job_name", "collect"), ("outcome", "done"))] == 0
    assert found["goodturn_clock_last_tick_timestamp_seconds", ()] == NOW.timestamp()
    assert found["goodturn_inbox_clusters", (("state", "open"),)] == 0
    assert found["goodturn_disk_free_bytes", (("folder", str(settings.data)),)] > 0


def test_labels_are_few_and_no_page_is_among_them(db: Database, settings: Settings) -> None:
    found = samples(settings)
    assert sum(name == "goodturn_source_failures" for name, _ in found) == MOST_SOURCES
    assert len(found) < 200
    assert b"blog1.example" not in exposition(settings, NOW)


def test_parts_are_told_with_the_memory_of_their_processes(db: Database, settings: Settings) -> None:
    with subprocess.Popen(["sleep", "30"]) as process:
        ledger = Ledger(settings)
        stuck = Part(name="publish", state=State.STUCK, pid=None, since=NOW)
        ledger.keep([Part(name="desk", state=State.RUNS, pid=process.pid, since=NOW, restarts=3), stuck])
        found = samples(settings)
        ledger.close()
        process.kill()
    desk, publish = (("part", "desk"),), (("part", "publish"),)
    assert (found["goodturn_part_up", desk], found["goodturn_part_up", publish]) == (1, 0)
    assert found["goodturn_part_restarts_total", desk] == 3
    assert found["goodturn_part_resident_memory_bytes", desk] > 100_000
    assert ("goodturn_part_resident_memory_bytes", publish) not in found


def test_a_scrape_is_answered_whatever_has_become_of_the_database(settings: Settings, monkeypatch: Any) -> None:
    monkeypatch.setattr(figures, "BUSY_SECONDS", 0.1)
    running = serving.start(application(settings, lambda: NOW), serving.listen(0, "metrics_port"))
    try:
        assert scraped(running)["goodturn_up", ()] == 0, "there is none"
        connect(settings.database).close()
        assert scraped(running)["goodturn_up", ()] == 1
        with closing(sqlite3.connect(settings.database, isolation_level=None)) as other:
            other.execute("pragma locking_mode = exclusive")
            other.execute("begin exclusive")
            assert scraped(running)["goodturn_up", ()] == 0, "another program has it"
        assert scraped(running)["goodturn_up", ()] == 1
        settings.database.write_text("no database", "utf-8")
        assert scraped(running)["goodturn_up", ()] == 0, "damaged"
        assert "goodturn_build_info" in {name for name, _ in scraped(running)}
    finally:
        running.stop()


def test_a_port_that_is_taken_is_told_and_ends_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with closing(serving.listen(0, "metrics_port")) as other:
        assert serve(Settings(data=tmp_path, metrics_port=other.getsockname()[1])) is None
    assert "or set metrics_port to another" in caplog.text
    assert serve(Settings(data=tmp_path, metrics_port=0)) is None


def scraped(running: serving.Running) -> dict[tuple[str, Labels], float]:
    with urllib.request.urlopen(f"{running.address}/metrics", timeout=10) as answer:
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        return read(answer.read())


def test_the_verb_prints_the_same(db: Database, settings: Settings, monkeypatch: Any) -> None:
    monkeypatch.setattr("verbs.health.settings", lambda: settings)
    monkeypatch.setattr("present.now", lambda: NOW)
    done = CliRunner().invoke(main, ["metrics"])
    assert done.exit_code == 0
    assert read(done.stdout_bytes).keys() == samples(settings).keys()


def asked_for() -> dict[str, list[str]]:
    """What the board and the rules ask of Prometheus, by who asks."""
    board = json.loads(BOARD.read_text("utf-8"))
    asked = {panel["title"]: [target["expr"] for target in panel["targets"]] for panel in board["panels"]}
    variables = {each["name"]: [each["definition"]] for each in board["templating"]["list"] if "definition" in each}
    rules = re.findall(r"- alert: (\w+)\n +expr: (.+)", RULES.read_text("utf-8"))
    return asked | variables | {name: [expression] for name, expression in rules}


def test_the_board_and_the_rules_ask_only_for_what_there_is(db: Database, settings: Settings) -> None:
    told = {name for name, _ in samples(settings)} | set(
        re.findall(r"# TYPE (\w+)", exposition(settings, NOW).decode())
    )
    asked = asked_for()
    assert len(asked) > 25
    for who, expressions in asked.items():
        named = set(re.findall(r"goodturn_\w+", " ".join(expressions)))
        assert named or who == "GoodturnGone"
        assert named <= told, who


def test_the_board_is_whole() -> None:
    board = json.loads(BOARD.read_text("utf-8"))
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
    taken: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        place = panel["gridPos"]
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert not cells & taken, f"{panel['title']} lies on another"
        assert place["x"] + place["w"] <= 24
        assert panel["datasource"]["uid"] == "${datasource}"
        taken |= cells


@needs_promtool
def test_promtool_finds_nothing_in_the_figures_and_the_rules(db: Database, settings: Settings) -> None:
    assert PROMTOOL
    told = subprocess.run(
        [PROMTOOL, "check", "metrics"], input=exposition(settings, NOW), capture_output=True, check=False
    )
    assert (told.returncode, told.stderr + told.stdout) == (0, b"")
    subprocess.run([PROMTOOL, "check", "rules", RULES], check=True, capture_output=True)
