"""What the clock collects while feeds.txt has a mistake, is gone, or has lost most of its lines; and what is paused."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli import main
from config import settings
from jobs.pauses import pause
from storage import schedule, sources
from storage.database import connect
from storage.schedule import EVERYTHING

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ONE, TWO, THREE = (f"https://{name}.invalid/feed" for name in "abc")


@pytest.fixture
def feeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """feeds.txt of three sources; all is paused where something is collected, so that no request is made."""
    monkeypatch.setenv("GOODTURN_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("GOODTURN_FEEDS", str(tmp_path / "feeds.txt"))
    path = tmp_path / "feeds.txt"
    path.write_text(f"{ONE}\n{TWO}\n{THREE}\n")
    settings.cache_clear()
    yield path
    settings.cache_clear()


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def listed(feeds: Path) -> list[str]:
    return [source.address for source in sources.active(connect(feeds.parent / "data" / "goodturn.db"))]


ACCIDENTS = {
    "mistakes": (f"{ONE} evry=6h\n{TWO}\nnonsense\n", ["unknown key 'evry'", "'nonsense' is no address"]),
    "emptied": ("", ["has lost 3 of its 3 sources at once"]),
    "most is gone": (f"{ONE}\n# ...\n", ["has lost 2 of its 3 sources at once"]),
    "no file": (None, ["no such file"]),
}


@pytest.mark.parametrize("name", ACCIDENTS)
def test_an_accident_to_feeds_txt_keeps_its_last_good_version_and_says_so(feeds: Path, name: str) -> None:
    text, told = ACCIDENTS[name]
    run("pause")
    assert run("collect", "--scheduled").output.endswith("collected: none\n")
    if text is None:
        feeds.unlink()
    else:
        feeds.write_text(text)
    found = run("collect", "--scheduled")
    assert found.exit_code == 1
    for sentence in told:
        assert sentence in found.output
    assert found.output.count("its last good version counts") == len(told), "each mistake once"
    assert listed(feeds) == [ONE, TWO, THREE]
    assert run("checkup").exit_code == 1
    assert listed(feeds) == [ONE, TWO, THREE]


def test_by_hand_feeds_txt_counts_as_it_is(feeds: Path) -> None:
    run("pause")
    run("collect", "--scheduled")
    feeds.write_text(f"{ONE} evry=6h\n")
    assert run("collect").exit_code == 2
    feeds.write_text(f"{ONE}\n")
    assert run("sources").exit_code == 0
    assert listed(feeds) == [ONE]
    assert run("collect", "--scheduled").exit_code == 0


def test_one_line_that_is_taken_out_is_meant(feeds: Path) -> None:
    run("pause")
    run("collect", "--scheduled")
    feeds.write_text(f"{ONE}\n{TWO}\n")
    assert run("collect", "--scheduled").exit_code == 0
    assert listed(feeds) == [ONE, TWO]


def test_a_source_is_paused_and_resumed(feeds: Path) -> None:
    run("sources")
    said = run("pause", ONE, "--until", "2d", "--note", "they  move\nhouse")
    assert said.output.startswith(f"{ONE}: paused until 2")
    shown = run("sources").output
    assert "(they move house); 'goodturn resume https://a.invalid/feed' ends that" in shown
    assert "paused" in shown.splitlines()[1]
    refused = run("collect", "--source", ONE)
    assert refused.exit_code == 2
    assert f"{ONE} is paused" in refused.output
    assert run("pause").output.startswith("all sources: paused until 'goodturn resume'")
    assert run("resume", ONE).output == f"{ONE}: resumed, but everything is paused; 'goodturn resume' ends that\n"
    run("pause", TWO)
    assert run("resume").output == f"all sources: resumed; paused by themselves: {TWO}\n"
    assert run("resume").exit_code == 1, "nothing to resume"


def test_a_source_in_its_quiet_hours_is_not_asked_by_hand_either(feeds: Path) -> None:
    now = datetime.now(UTC)
    feeds.write_text(f"{ONE} quiet={now:%H}:00-{(now.hour + 2) % 24:02}:00\n{TWO}\n")
    refused = run("collect", "--source", ONE)
    assert refused.exit_code == 2
    assert "has quiet hours" in refused.output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["pause", "https://x.example/"], "has no source https://x.example/"),
        (["resume", "https://x.example/"], "has no source https://x.example/"),
        (["pause", "--until", "tomorrow"], "'tomorrow' is no moment"),
        (["pause", "--until", "2020-01-01"], "'2020-01-01' is not in the years to come"),
        (["clock", "--without", "reed"], "the clock has no job 'reed'"),
        (["collect", "--scheduled", "--all"], "--scheduled is for all that is due"),
    ],
)
def test_what_cannot_be_is_refused(feeds: Path, words: list[str], message: str) -> None:
    found = run(*words)
    assert found.exit_code == 2
    assert message in found.output


@pytest.mark.parametrize(
    ("until", "over"),
    [("2d", "2026-11-24T12:00:00Z"), ("90m", "2026-11-22T13:30:00Z"), ("2026-12-01", "2026-12-01T00:00:00Z"),
     ("2026-12-01T09:00+01:00", "2026-12-01T08:00:00Z")],
)  # fmt: skip
def test_a_pause_ends_after_a_span_or_at_a_moment(feeds: Path, until: str, over: str) -> None:
    pause(settings(), None, NOON, until=until, who="anna", note="")
    found = schedule.paused(connect(settings().database), NOON)[EVERYTHING]
    assert found.until
    assert f"{found.until:%Y-%m-%dT%H:%M:%SZ}" == over
