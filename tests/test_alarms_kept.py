"""An alarm is opened once, ended once, and found by what the database says of its sources."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import main
from config import Settings, settings
from jobs.watch import look
from storage import alarms, history, schedule
from storage.alarms import Finding, Kind
from storage.database import Database, connect, identity, stamp
from tests.crawls import settings_in
from watch.alarms import CALM

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
A_DAY, AN_HOUR = timedelta(days=1), timedelta(hours=1)
FEED = "http://blog.example/feed"
FULL = Finding(kind=Kind.DISK, said="0.1 GB are free")


@pytest.fixture
def db() -> Iterator[Database]:
    opened = connect()
    yield opened
    opened.close()


def settle(db: Database, at: datetime, *found: Finding) -> None:
    alarms.settle(db, found, set(Kind), at, CALM)


def test_an_alarm_is_opened_once_and_ended_once_it_stayed_well(db: Database) -> None:
    settle(db, NOW, FULL)
    settle(db, NOW + AN_HOUR / 4, FULL)
    settle(db, NOW + AN_HOUR / 2)
    assert [alarm.since for alarm in alarms.open_alarms(db)] == [NOW]
    settle(db, NOW + 3 * AN_HOUR / 4, FULL)  # it flaps
    settle(db, NOW + 2 * AN_HOUR)
    assert alarms.open_alarms(db) == []
    assert [alarm.over for alarm in alarms.recent(db, NOW)] == [NOW + 2 * AN_HOUR]


def test_what_was_not_looked_for_is_not_over(db: Database) -> None:
    settle(db, NOW, FULL)
    alarms.settle(db, [], {Kind.SILENT}, NOW + A_DAY, CALM)
    assert len(alarms.open_alarms(db)) == 1


def add_source(db: Database, **facts: str | int) -> str:
    source = identity(FEED)
    row = {"id": source, "address": FEED, "kind": "feed", "every_s": 3600, "pages": 1} | facts
    db.table("sources").insert(row, replace=True)
    return source


def add_page(db: Database, source: str, ago: int, text: str | None, *, comments: int = 0, dated: str = "") -> None:
    url, at = f"http://blog.example/{ago}-{dated}", stamp(NOW - ago * A_DAY)
    page = {"id": identity(url), "url": url, "requested": url, "kind": "article", "outcome": "stored", "source": source}
    read = {"fetched_at": at, "first_fetched_at": at, "reading": "empty" if text is None else "read"}
    db.table("pages").insert(page | read)
    if text is not None:
        document = {"id": page["id"], "url": url, "text": text, "comments": comments, "read_at": at}
        db.table("documents").insert(document | {"date": dated or None})


def add_fetches(db: Database, page: str, *at: datetime, outcome: str, source: str | None = None) -> None:
    """Fetches of a page, which is made, with its host."""
    url = f"http://{page}/"
    made = {"id": page, "url": url, "requested": url, "kind": "feed", "outcome": "stored"}
    seen = {"fetched_at": stamp(NOW), "first_fetched_at": stamp(NOW)}
    db.table("pages").insert(made | seen, ignore=True)
    frontier = {"id": page, "url": url, "host": page, "spider": "feed", "kind": "feed", "found_at": stamp(NOW)}
    db.table("frontier").insert(frontier, ignore=True)
    fetch = {"page": page, "source": source, "outcome": outcome, "ms": 1, "bytes": 1}
    db.table("fetches").insert_all([fetch | {"at": stamp(each)} for each in at])


def test_days_are_counted_by_what_their_pages_brought(db: Database) -> None:
    source = add_source(db, last_new=stamp(NOW - 3 * A_DAY), last_success=stamp(NOW))
    add_page(db, source, 3, "word " * 100, comments=2)
    add_page(db, source, 2, "too short")
    add_page(db, source, 1, None)
    add_page(db, source, 1, "word " * 100, dated="2019-04-01")  # old when it came: no news
    history.learn(db, NOW)
    (past,) = history.pasts(db, NOW)
    assert [(day.new, day.judged, day.texts, day.talked) for day in past.days] == [
        (1, 1, 1, 1),
        (1, 1, 0, 0),
        (1, 2, 1, 0),
    ]


def test_counting_again_counts_what_came_meanwhile_and_nothing_twice(db: Database) -> None:
    source = add_source(db, last_new=stamp(NOW - 3 * A_DAY), last_success=stamp(NOW))
    add_page(db, source, 40, "word " * 100)
    history.learn(db, NOW)
    add_page(db, source, 0, "word " * 100)
    history.learn(db, NOW)
    history.learn(db, NOW)
    (past,) = history.pasts(db, NOW)
    assert [day.new for day in past.days] == [1, 1]


@pytest.mark.parametrize("what", [identity(FEED), schedule.EVERYTHING])
def test_what_is_paused_or_removed_is_not_looked_at(db: Database, what: str) -> None:
    add_source(db)
    schedule.pause(db, what, now=NOW, until=NOW + A_DAY, who="op", note="")
    assert history.pasts(db, NOW) == []
    assert len(history.pasts(db, NOW + 2 * A_DAY)) == 1
    add_source(db, active=0)
    assert history.pasts(db, NOW + 2 * A_DAY) == []


def test_the_fetches_of_a_time_are_counted_by_host(db: Database) -> None:
    source = add_source(db)
    for ago, outcome in ((30, "stored"), (20, "later"), (10, "later"), (1, "stored")):
        url = f"http://blog.example/{ago}"
        add_page(db, source, ago, None)
        page = db.execute("select id from pages order by rowid desc").fetchone()[0]
        frontier = {"id": page, "url": url, "host": "blog.example", "spider": "feed", "kind": "article"}
        db.table("frontier").insert(frontier | {"found_at": stamp(NOW)})
        fetch = {"page": page, "at": stamp(NOW - ago * A_DAY), "outcome": outcome, "ms": 1, "bytes": 1}
        db.table("fetches").insert(fetch)
    (host,) = history.hosts(db, NOW - 25 * A_DAY, NOW - 5 * A_DAY)
    assert (host.host, host.fetches, host.failed) == ("blog.example", 2, 2)
    assert [h.fetches for h in history.hosts(db, NOW - 99 * A_DAY, NOW)] == [4]


def silent_blog(folder: Path) -> Settings:
    """A weekly blog that has not been heard of for a month, with nothing else wrong."""
    chosen = settings_in(folder, FEED, low_disk_gb=0, backup_at="")
    db = connect(chosen.database)
    source = add_source(db, last_new=stamp(NOW - 30 * A_DAY), last_success=stamp(NOW))
    for ago in range(30, 400, 7):
        add_page(db, source, ago, "word " * 100)
    db.close()
    return chosen


def test_a_look_finds_a_silent_source_and_that_it_is_back(tmp_path: Path) -> None:
    chosen = silent_blog(tmp_path)
    assert [alarm.subject for alarm in look(chosen, NOW)] == [FEED]
    assert len(look(chosen, NOW + AN_HOUR)) == 1
    db = connect(chosen.database)
    db.execute("update sources set last_new = ?", (stamp(NOW + AN_HOUR),))
    assert look(chosen, NOW + 3 * AN_HOUR) == []
    assert len(alarms.recent(db)) == 1


def test_a_mistake_in_feeds_txt_is_an_alarm(tmp_path: Path) -> None:
    chosen = silent_blog(tmp_path)
    chosen.feeds.write_text(f"{FEED} evry=6h\n", "utf-8")
    assert Kind.FEEDS in {alarm.kind for alarm in look(chosen, NOW)}


def test_the_verbs_say_what_is_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = silent_blog(tmp_path)
    clock = f"{stamp(NOW)} {stamp(datetime.now(UTC))} 1"
    lines = f'data = "{chosen.data}"\nfeeds = "{chosen.feeds}"\nlow_disk_gb = 0\nbackup_at = ""\nclock = "{clock}"\n'
    (tmp_path / "goodturn.toml").write_text(lines, "utf-8")
    monkeypatch.chdir(tmp_path)
    settings.cache_clear()
    watched = CliRunner().invoke(main, ["watch"])
    assert (watched.exit_code, "nothing new since 2026-04-20" in watched.output) == (1, True)
    listed = CliRunner().invoke(main, ["alarms", "--json"])
    assert '"kind": "silent"' in listed.output
    said = CliRunner().invoke(main, ["alarms"]).output.splitlines()
    assert [line.split()[0] for line in said] == ["silent", "->"], "what it is, and what to do"
    assert "nothing new since 2026-04-20" in CliRunner().invoke(main, ["sources"]).output, "in the same words"
    tested = CliRunner().invoke(main, ["watch", "--test"])
    assert (tested.exit_code, "'notify' is empty" in tested.output) == (1, True)
    settings.cache_clear()


def test_what_failed_while_the_network_was_gone_is_no_burst_of_errors(tmp_path: Path) -> None:
    chosen = settings_in(tmp_path, FEED, low_disk_gb=0, backup_at="")
    db = connect(chosen.database)
    for host in ("a.example", "b.example"):
        for ago, outcome in ((48, "stored"), (12, "later")):
            add_fetches(db, host, *(NOW - (ago + n / 60) * AN_HOUR for n in range(150)), outcome=outcome)
    gone = Finding(kind=Kind.NETWORK, said="2 of 2 sources fail")
    alarms.settle(db, [gone], set(Kind), NOW - 15 * AN_HOUR, CALM)
    alarms.settle(db, [], set(Kind), NOW - AN_HOUR, CALM)
    assert look(chosen, NOW) == []


def test_who_was_not_asked_since_the_network_is_back_does_not_fail_and_who_failed_before_still_does(
    tmp_path: Path,
) -> None:
    chosen = settings_in(tmp_path, FEED, low_disk_gb=0, backup_at="")
    db = connect(chosen.database)
    begun = {"a": 200, "b": 20, "c": 20, "d": 20}  # hours since the first failure: that of the first is its own
    for name, hours in begun.items():
        address, since = f"http://{name}.example/feed", NOW - hours * AN_HOUR
        facts = {"last_success": stamp(since), "last_started": stamp(NOW - AN_HOUR), "failures": 5}
        source = {"id": identity(address), "address": address, "kind": "feed", "every_s": 3600, "pages": 1}
        db.table("sources").insert(source | facts | {"last_outcome": "later"})
        add_fetches(db, identity(address), since + AN_HOUR / 60, outcome="later", source=identity(address))
    real = Finding(kind=Kind.FAILING, subject="http://a.example/feed", said="failed")
    alarms.settle(db, [real], set(Kind), NOW - 100 * AN_HOUR, CALM)
    assert {alarm.kind for alarm in look(chosen, NOW)} == {Kind.FAILING, Kind.NETWORK}
    back = {"last_outcome": "stored", "failures": 0}
    for minutes in (15, 80, 600):  # one is asked, and answers
        at = NOW + minutes * AN_HOUR / 60
        db.table("sources").update(identity("http://d.example/feed"), back | {"last_success": stamp(at)})
        look(chosen, at)
    every = [(alarm.kind, alarm.subject, alarm.over is None) for alarm in alarms.recent(db)]
    assert every == [(Kind.NETWORK, "", False), (Kind.FAILING, "http://a.example/feed", True)]
