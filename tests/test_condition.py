"""How a source is, as an operator reads it: what it brings, what is wrong, and what to do."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import main
from jobs.checkup import checkup
from reading.page import Link, Outcome, Page, PageKind
from storage import pages, sources
from storage.database import connect
from storage.health import Health, health
from storage.sources import Source
from tests.crawls import settings_in
from watch.condition import span, until, words

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)
WELL = Health(
    address="https://a.example/feed", kind="feed", label=None, active=True, stopped=None, moved=None, failures=0,
    last_outcome="stored", last_reason="", last_started=NOON, last_success=NOON, last_new=NOON, gap=DAY, due=NOON,
    budget=500, spent=3, waiting=0, pages=10, read=9, unread=0, unread_since=None, stories=2, approved=1,
)  # fmt: skip

CONDITIONS = {
    "all is well": ({}, ""),
    "never asked": ({"last_success": None, "last_started": None, "pages": 0}, ""),
    "fails": (
        {"failures": 4, "last_outcome": "later", "last_reason": "status 503"},
        "failed 4 times in a row, last well on 2026-05-04: its server is out of order or busy (503)",
    ),
    "never well": (
        {"failures": 1, "last_success": None, "last_reason": "this is no feed"},
        "failed once, never well: this is no feed",
    ),
    "stopped": (
        {"stopped": "its site said on 2026-05-01 that it is gone for good (410)", "failures": 1},
        "stopped: its site said on 2026-05-01 that it is gone for good (410); "
        "'goodturn collect --source https://a.example/feed' tries it again",
    ),
    "moved": (
        {"moved": "https://b.example/feed"},
        "moved for good: write https://b.example/feed into its line",
    ),
    "silent": (
        {"strange": "nothing new since 2026-03-25, 40 days; its own past makes 9 days plausible"},
        "nothing new since 2026-03-25, 40 days; its own past makes 9 days plausible",
    ),
    "of whose silence no alarm speaks": ({"last_new": NOON - 40 * DAY, "gap": 2 * DAY}, ""),
    "must not be followed": (
        {"pages": 1, "last_reason": "it says nofollow"},
        "fetched, but it says nofollow: its site does not want its links to be followed",
    ),
    "leads nowhere": ({"pages": 1}, "fetched, but it led to no article; is 'kind=' right?"),
    "brings nothing": ({"read": 0}, "none of its 9 articles could be read; 'goodturn explain' says of one why"),
    "waits to be read": ({"read": 0, "unread": 9}, ""),
    "a robots.txt that is not had": (
        {"failures": 1, "last_reason": "robots.txt: its host is unknown"},
        "failed once, last well on 2026-05-04: its host's name is unknown: is it spelled right?",
    ),
    "budget spent": ({"spent": 500, "waiting": 70}, "its budget of 500 pages is spent; 70 wait for its next turn"),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_source_is_told_in_plain_words(name: str) -> None:
    values, expected = CONDITIONS[name]
    assert words(replace(WELL, **values), NOON) == expected  # type: ignore[arg-type]  # a table's own words


def test_worth_is_stories_approved_on_a_hundred_pages() -> None:
    assert WELL.per_hundred == 10
    assert replace(WELL, pages=0).per_hundred is None


@pytest.mark.parametrize(
    ("time", "said"),
    [(30, "1 minute"), (5_400, "90 minutes"), (10_000, "3 hours"), (170_000, "47 hours"), (400_000, "5 days")],
)
def test_a_length_of_time_is_said_as_people_say_it(time: int, said: str) -> None:
    assert span(timedelta(seconds=time)) == said


def test_a_moment_is_said_from_now() -> None:
    moments = [None, NOON - 3 * DAY, NOON, NOON + 3 * DAY]
    assert [until(moment, NOON) for moment in moments] == ["", "3 days ago", "now", "in 3 days"]


def test_the_list_and_the_checkup_tell_of_each_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good, bad = "https://a.example/feed", "https://b.example/feed"
    settings = settings_in(tmp_path, f'{good} label="Anna"', bad)
    db = connect(settings.database)
    sources.sync(db, [Source(address=url, kind="feed", every=DAY, pages=1) for url in (good, bad)])
    sources.claim(db, NOON)
    links = (Link(url="https://a.example/1", kind=PageKind.ARTICLE),)
    fetched = {"kind": PageKind.FEED, "fetched_at": NOON, "status": 200}
    pages.keep(db, Page(requested=good, url=good, outcome=Outcome.STORED, body=b"x", links=links, **fetched))  # type: ignore[arg-type]
    for _ in range(3):
        pages.keep(db, Page(requested=bad, url=bad, outcome=Outcome.GONE, reason="status 404", **fetched))  # type: ignore[arg-type]
    assert [source.address for source in health(db)] == [bad, good], "those that fail first"
    assert checkup(settings, NOON) == [f"{bad}: failed 3 times in a row, never well: not found (404)"]
    monkeypatch.setenv("GOODTURN_DATA", str(settings.data))
    monkeypatch.setenv("GOODTURN_FEEDS", str(settings.feeds))
    monkeypatch.setattr("verbs.sources.settings", lambda: settings)
    shown = CliRunner().invoke(main, ["sources"]).output
    assert "now" in shown
    assert good in shown
    assert "not found (404)" in shown
    rows = [json.loads(line) for line in CliRunner().invoke(main, ["sources", "--json"]).output.splitlines()]
    assert [row["failures"] for row in rows] == [3, 0]
