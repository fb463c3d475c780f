"""When a source is asked again, and when a thread is looked at again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlite_utils import Database

from reading.page import Link, Outcome, Page, PageKind
from storage import frontier, leases, pages, revisits, rhythm, sources
from storage.database import connect, stamp
from storage.sources import Source

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FEED = "https://a.example/feed"
SOURCE = Source(address=FEED, kind="feed", every=HOUR, longest=4 * DAY, pages=1)


@pytest.fixture
def db() -> Database:
    return connect()


def listed(db: Database, **other: object) -> None:
    sources.sync(db, [replace(SOURCE, **other)])  # type: ignore[arg-type]  # a test's own words


def polled(db: Database, at: datetime, *links: str, asked: str = FEED, force: bool = True, **other: object) -> datetime:
    """Claim the source and keep its page with these links; returns when it is due next."""
    sources.claim(db, at, force=force)
    values: dict[str, object] = {"outcome": Outcome.STORED, "status": 200, "body": f"{at} {links}".encode()} | other
    found = tuple(Link(url=f"https://a.example/{link}", kind=PageKind.ARTICLE) for link in links)
    values |= {"requested": asked, "url": asked, "kind": PageKind.FEED, "source": SOURCE.id, "links": found}
    pages.keep(db, Page(**({"fetched_at": at} | values)))  # type: ignore[arg-type]  # a test's own words
    return datetime.fromisoformat(row(db)["next_due"])


def row(db: Database) -> dict[str, Any]:
    return next(iter(db.query("select * from sources")))


def failing(db: Database, at: datetime, status: int = 503, outcome: Outcome = Outcome.LATER) -> datetime:
    return polled(db, at, outcome=outcome, status=status, body=b"", reason=f"status {status}")


def between(moment: datetime, shortest: timedelta, jitter: float = rhythm.JITTER) -> bool:
    return NOON + shortest <= moment <= NOON + shortest * (1 + jitter) + timedelta(seconds=1)


def test_a_line_with_one_interval_is_asked_at_that_and_a_little_jitter(db: Database) -> None:
    listed(db, every=6 * HOUR, longest=None)
    assert between(polled(db, NOON, "1", "2"), 6 * HOUR)


def test_sources_of_one_age_do_not_stay_in_step(db: Database) -> None:
    sources.sync(db, [Source(address=f"{FEED}{n}", kind="feed", every=HOUR, pages=1) for n in range(20)])
    sources.claim(db, NOON)
    for n in range(20):
        url = f"{FEED}{n}"
        pages.keep(db, Page(requested=url, url=url, kind=PageKind.FEED, outcome=Outcome.STORED, fetched_at=NOON,
                            status=200, body=b"x"))  # fmt: skip
    assert len({row["next_due"] for row in db.query("select next_due from sources")}) > 15


def test_a_source_that_brings_more_is_asked_more_often_and_one_that_sleeps_less_within_its_bounds(db: Database) -> None:
    listed(db)
    at, waits = NOON, []
    for n in range(12):  # four new ones each day
        due = polled(db, at, *(f"{n}-{k}" for k in range(4)))
        waits.append(due - at)
        at += DAY
    assert waits[0] >= 6 * HOUR, "nothing is known yet"
    assert 3 * HOUR <= waits[-1] <= 3.5 * HOUR, "half the time in which a new one comes"
    asleep = []
    for _ in range(8):
        due = polled(db, at)
        asleep.append(due - at)
        at = due
    assert all(later >= earlier * 0.9 for earlier, later in pairwise(asleep))
    for _ in range(20):
        at = polled(db, at)
    assert 4 * DAY <= polled(db, at) - at <= 4.4 * DAY
    assert polled(db, at, "new") - at < DAY, "awake again"


def test_stories_that_were_approved_have_their_source_asked_up_to_twice_as_often() -> None:
    waits = [rhythm.wait(HOUR, 4 * DAY, DAY, HOUR, approved) / HOUR for approved in (0, 1, 3, 30)]
    assert waits == [12, 9, 6, 6]


def test_what_a_site_says_of_when_to_ask_again_is_kept(db: Database) -> None:
    listed(db, longest=None)
    assert polled(db, NOON, fresh_until=NOON + 20 * HOUR) == NOON + 20 * HOUR
    assert between(polled(db, NOON, fresh_until=NOON + MINUTE), HOUR)


def test_a_crawl_that_takes_long_does_not_ask_again_at_once(db: Database) -> None:
    listed(db, every=HOUR / 2, longest=None)
    sources.claim(db, NOON)
    late = NOON + HOUR
    assert polled(db, NOON, fetched_at=late) >= late + HOUR / 4


def test_a_failing_source_is_asked_ever_later_a_month_at_most_and_at_once_back_to_its_rhythm(db: Database) -> None:
    listed(db, longest=None)
    waits = [failing(db, NOON) - NOON for _ in range(12)]
    assert [
        timedelta(minutes=10 * 4**n) <= wait <= timedelta(minutes=11 * 4**n + 1) for n, wait in enumerate(waits[:5])
    ]
    assert 30 * DAY <= waits[-1] <= 33 * DAY
    assert between(polled(db, NOON, "1"), HOUR)
    assert (row(db)["failures"], row(db)["last_success"]) == (0, stamp(NOON))


def test_what_another_try_soon_cannot_help_waits_its_usual_interval_at_least(db: Database) -> None:
    listed(db, every=DAY, longest=None)
    assert failing(db, NOON, 404, Outcome.GONE) - NOON >= 2 * DAY
    assert failing(db, NOON, 404, Outcome.GONE) - NOON >= 4 * DAY


def test_a_failing_source_waits_as_long_as_its_site_asks(db: Database) -> None:
    listed(db)
    until = NOON + 8 * HOUR
    assert polled(db, NOON, outcome=Outcome.LATER, status=429, body=b"", again_at=until) == until
    assert frontier.waiting(db, NOON + DAY) == 0, "it is asked when it is due, and not between"


def test_a_source_that_is_gone_for_good_is_stopped_until_somebody_asks_for_it(db: Database) -> None:
    listed(db)
    failing(db, NOON, 410, Outcome.GONE)
    assert row(db)["stopped"] == "its site said on 2026-05-04 that it is gone for good (410)"
    assert sources.claim(db, NOON + 90 * DAY) == []
    polled(db, NOON + 91 * DAY, "back")
    assert row(db)["stopped"] is None
    failing(db, NOON, 410, Outcome.GONE)
    sources.sync(db, [])
    listed(db)
    assert row(db)["stopped"] is None, "a line that is put back is tried"


NEW = "https://b.example/feed"


def test_a_move_is_believed_when_it_held_three_times_and_forgotten_when_the_new_place_fails(db: Database) -> None:
    listed(db)
    for n in range(3):
        assert row(db)["asked"] is None
        polled(db, NOON + n * DAY, moved_to=NEW)
    assert row(db)["asked"] == NEW
    sources.claim(db, NOON + 3 * DAY)
    assert [a.url for a in leases.lease(db, spider="feed", run="one", now=NOON + 3 * DAY, each=9)] == [NEW]
    leases.release(db, "one")
    polled(db, NOON + 3 * DAY, "1", asked=NEW)
    assert row(db)["last_outcome"] == "stored"
    assert [f["source"] for f in db.query("select source from frontier where url = 'https://a.example/1'")]
    polled(db, NOON + 4 * DAY, asked=NEW, outcome=Outcome.GONE, status=410, body=b"")
    assert (row(db)["asked"], row(db)["stopped"]) == (None, None)


def test_a_move_that_does_not_hold_is_not_believed(db: Database) -> None:
    listed(db)
    for n, place in enumerate((NEW, NEW, None, NEW, NEW)):
        polled(db, NOON + n * DAY, moved_to=place)
    assert row(db)["asked"] is None


def test_a_thread_is_looked_at_ever_more_seldom_until_it_is_quiet() -> None:
    at, looks = NOON, []
    while (after := rhythm.look_again(NOON, at)) is not None:
        at = after
        looks.append((at - NOON) // DAY)
    assert looks == [1, 2, 4, 8, 16, 32, 64]


def article(db: Database, url: str, at: datetime) -> None:
    values = {"requested": url, "url": url, "kind": PageKind.ARTICLE, "outcome": Outcome.STORED, "body": b"told"}
    pages.keep(db, Page(fetched_at=at, status=200, source=SOURCE.id, **values))  # type: ignore[arg-type]


@pytest.mark.parametrize(("option", "looks"), [("", 1), ("never", 0)])
def test_an_article_and_the_last_part_of_its_thread_are_looked_at_again(db: Database, option: str, looks: int) -> None:
    listed(db, options={"revisit": option} if option else {})
    polled(db, NOON, "post")
    url = "https://a.example/post"
    article(db, url, NOON)
    article(db, url, NOON)  # found unchanged: from then on it has a next look
    assert revisits.due(db, NOON + 23 * HOUR) == 0
    assert revisits.due(db, NOON + 25 * HOUR) == looks
    assert revisits.due(db, NOON + 25 * HOUR) == 0
    waits = [r["url"] for r in db.query("select url from frontier where state = 'waiting'")]
    assert waits == [url] * looks
