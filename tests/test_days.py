"""What each day brought is counted by source and by language, and stands whatever is let go later."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlite_utils import Database

from reading.page import Outcome, Page, PageKind
from storage import pages, sources
from storage.database import connect, stamp, writing
from storage.days import ALL, QUESTIONS, SENT, By, Queue, What, catch_up, count, measure, of_source, series, totals
from storage.decisions import decide
from storage.log import Verb
from storage.sources import Source
from storage.upkeep import tidy
from tests.builders import NOW, tell

DAY = timedelta(days=1)
TODAY = NOW.date()
HOUR = timedelta(hours=1)
BLOG = Source(address="https://a.example/feed", kind="feed", every=HOUR, pages=1, language="da")


@pytest.fixture
def db() -> Iterator[Database]:
    found = connect()
    sources.sync(found, [BLOG])
    yield found
    found.close()


def fetch(db: Database, path: str, at: datetime = NOW, outcome: Outcome = Outcome.STORED, **other: Any) -> None:
    url = f"https://a.example/{path}"
    body = path.encode() if outcome is Outcome.STORED else b""
    given: dict[str, Any] = {"source": BLOG.id, "kind": PageKind.ARTICLE, "status": 200, "body": body} | other
    pages.keep(db, Page(requested=url, url=url, outcome=outcome, fetched_at=at, **given))


def told(db: Database, cluster: str, **facts: Any) -> None:
    """A story on a page of the blog, which was read."""
    number = tell(db, cluster, **facts)
    with writing(db):
        page = db.conn.execute("select document from stories where number = ?", (number,)).fetchone()[0]
        language = facts.get("language", "en")
        db.conn.execute("update pages set source = ?, reading = 'read', read_at = ?", (BLOG.id, stamp(NOW)))
        db.conn.execute("update documents set language = ?, comments = 1 where id = ?", (language, page))


def test_a_day_is_what_was_fetched_read_found_and_decided_on_it(db: Database) -> None:
    told(db, "porter", language="en")
    told(db, "baker", language="de", place=0)
    fetch(db, "gone", outcome=Outcome.GONE, status=410)
    fetch(db, "unread")
    decide(db, "porter", Verb.APPROVE, who="Ada", at=NOW)
    count(db, TODAY)
    assert totals(db) == {
        What.FETCHES: {"stored": 1, "gone": 1},
        What.PAGES: {"": 4},
        What.READINGS: {"read": 2},
        What.TALKED: {"": 2},
        What.COMMENTS: {"": 1},
        What.STORIES: {"": 2},
        What.DECISIONS: {"approve": 1},
    }
    assert series(db, TODAY, What.STORIES, By.LANGUAGE) == {"en": {TODAY: 1}, "de": {TODAY: 1}}
    assert series(db, TODAY, What.STORIES, By.SOURCE) == {BLOG.id: {TODAY: 2}}
    assert series(db, TODAY, What.FETCHES, By.WORD) == {"stored": {TODAY: 1}, "gone": {TODAY: 1}}
    assert series(db, TODAY, What.PAGES, By.LANGUAGE)["da"] == {TODAY: 2}, "as feeds.txt says, until it is read"
    assert series(db, TODAY, What.FETCHES) == {"": {TODAY: 2}}
    assert of_source(db, BLOG.id, TODAY, What.FETCHES) == {TODAY: 2}
    assert series(db, TODAY + DAY, What.STORIES) == {}


def test_counting_again_changes_nothing(db: Database) -> None:
    told(db, "porter")
    fetch(db, "one")
    catch_up(db, NOW)
    before = list(db.query("select * from days"))
    catch_up(db, NOW + HOUR)
    count(db, TODAY)
    assert list(db.query("select * from days")) == before


def test_what_is_of_no_source_was_sent_in(db: Database) -> None:
    tell(db, "porter")
    count(db, TODAY)
    assert series(db, TODAY, What.STORIES, By.SOURCE) == {SENT: {TODAY: 1}}


def test_the_first_look_at_an_old_database_counts_its_whole_past(db: Database) -> None:
    for days in (400, 30, 1, 0):
        fetch(db, f"of-{days}", NOW - days * DAY)
    catch_up(db, NOW)
    assert series(db, date.min, What.PAGES) == {"": {(NOW - days * DAY).date(): 1 for days in (400, 30, 1, 0)}}


def test_what_is_stored_after_midnight_counts_for_the_day_on_which_it_was_fetched(db: Database) -> None:
    midnight = datetime.combine(TODAY, datetime.min.time(), NOW.tzinfo)
    fetch(db, "first", midnight - HOUR)
    catch_up(db, midnight + timedelta(seconds=5))
    fetch(db, "late", midnight - timedelta(seconds=1))
    catch_up(db, midnight + 5 * timedelta(minutes=1))
    assert series(db, date.min, What.FETCHES) == {"": {TODAY - DAY: 2}}


def test_days_on_which_nobody_looked_are_counted_later(db: Database) -> None:
    catch_up(db, NOW - 9 * DAY)
    fetch(db, "meanwhile", NOW - 5 * DAY)
    catch_up(db, NOW)
    assert series(db, date.min, What.FETCHES) == {"": {TODAY - 5 * DAY: 1}}


def test_a_clock_that_goes_back_loses_no_day(db: Database) -> None:
    fetch(db, "one")
    catch_up(db, NOW + 40 * DAY)
    catch_up(db, NOW)
    fetch(db, "two", NOW + HOUR)
    catch_up(db, NOW + 2 * HOUR)
    assert series(db, date.min, What.FETCHES) == {"": {TODAY: 2}}


def test_what_a_day_brought_stands_when_it_is_deleted(db: Database) -> None:
    fetch(db, "one", NOW - DAY)
    fetch(db, "two")
    catch_up(db, NOW)
    with writing(db):
        db.conn.execute("delete from fetches where at >= ?", (stamp(NOW - HOUR),))
    catch_up(db, NOW + HOUR)
    tidy(db, NOW + HOUR)
    catch_up(db, NOW + DAY)
    assert series(db, date.min, What.FETCHES) == {"": {TODAY - DAY: 1, TODAY: 1}}
    assert totals(db)[What.FETCHES] == {"stored": 2}


@pytest.mark.parametrize("what", What)
def test_no_count_looks_at_more_than_its_days(db: Database, what: What) -> None:
    values = dict.fromkeys(("since", "until", "unknown", "sent"), "2026-05-01")
    plan = [row[3] for row in db.conn.execute(f"explain query plan {QUESTIONS[what]}", values)]
    assert not [step for step in plan if step.startswith("SCAN")], plan


def test_sums_are_of_rows_of_their_own(db: Database) -> None:
    told(db, "porter")
    catch_up(db, NOW)
    rows = db.query("select source, language from days where what = 'stories' order by source, language")
    assert [tuple(row.values()) for row in rows] == [(ALL, ALL), (ALL, "en"), (BLOG.id, ALL)]


def test_queues_are_measured_once_a_day_and_are_no_counts(db: Database) -> None:
    told(db, "porter")
    told(db, "baker", place=0)
    decide(db, "porter", Verb.HOLD, who="Ada", at=NOW)
    fetch(db, "unread")
    before = totals(db)
    measure(db, TODAY)
    fetch(db, "another")
    measure(db, TODAY)
    measure(db, TODAY + DAY)
    lengths = {queue: list(series(db, TODAY, queue)[""].values()) for queue in Queue}
    assert lengths == {Queue.ADDRESSES: [0, 0], Queue.UNREAD: [1, 2], Queue.INBOX: [1, 1]}
    assert totals(db) == before
