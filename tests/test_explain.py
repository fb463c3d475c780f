"""`explain` names the gate at which an address stopped, in plain words, and follows what leads elsewhere."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from config import Settings
from jobs.explain import Hop, explain
from jobs.read_page import detector, read_page
from reading.document import Unreadable
from reading.page import Link, Outcome, Page, PageKind
from storage import documents, frontier, pages, sources
from storage.database import Database, connect, identity, stamp
from storage.decisions import decide
from storage.documents import Reading
from storage.inbox import inbox
from storage.log import Verb
from storage.sources import Source
from stories.story import WhyNot
from tests.crawls import settings_in
from tests.web import Web

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
LATER = stamp(NOON + timedelta(hours=1))
BLOG = Source(address="https://a.example/feed", kind="feed", every=timedelta(hours=6), pages=1)
POST, TWIN = "https://a.example/post", "https://m.a.example/post"
TOLD = (
    "The pharmacy in Tollerup had closed for the day when I found that my son's inhaler was empty. The pharmacist, Mr "
    "Quillfeather, saw me at the door, opened again, and when he did not have the right one he drove to the next town "
    "himself and brought it to our home at nine in the evening. He refused to take anything for the trip."
)
QUIET = "It rained on the platform, and the train was neither early nor late. I bought a newspaper and read it."


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path, BLOG.address)


@pytest.fixture
def db(settings: Settings) -> Database:
    """A database with one source, whose feed led to one post that waits."""
    db = connect(settings.database)
    sources.sync(db, [BLOG])
    sources.claim(db, NOON)
    keep(db, BLOG.address, body="<rss>", kind=PageKind.FEED, links=(Link(url=POST, kind=PageKind.ARTICLE),))
    return db


def keep(db: Database, url: str, *, body: str = "", outcome: Outcome = Outcome.STORED, **more: Any) -> None:
    page = Page(
        requested=url,
        url=url,
        kind=PageKind.ARTICLE,
        outcome=outcome,
        fetched_at=NOON,
        source=BLOG.id,
        body=body.encode(),
    )
    pages.keep(db, replace(page, **more))


def keep_post(db: Database, url: str = POST, told: str = TOLD) -> None:
    keep(db, url, body=f"<html lang='en'><article><h1>A day</h1><p>{told}</p></article></html>")


def read(db: Database, settings: Settings, url: str = POST) -> None:
    reading = read_page((pages.load(db, identity(url)), ()), detector(settings))
    documents.keep(db, identity(url), reading, NOON)


def say(db: Database, change: str, *values: str) -> None:
    db.conn.execute(change, values)


def last(settings: Settings, url: str = POST) -> Hop:
    return explain(settings, url, NOON)[-1]


WAITING = {
    "held by a crawl": (
        "update frontier set state = 'leased', run = 'r7', leased_until = ? where kind = 'article'",
        "is being fetched: crawl r7 holds it until 2026-05-04 13:00 UTC",
    ),
    "source stopped": ("update sources set stopped = '410, gone for good', last_reason = ?", "410, gone for good"),
    "source rests": ("update sources set active = 0, last_reason = ?", "feeds.txt has no line https://a.example/feed"),
    "source paused": (
        "insert into pauses (what, since, until, who) values ('*', '2026-05-01T00:00:00Z', ?, 'anna')",
        "its source is paused: 'goodturn sources' says by whom",
    ),
    "source has quiet hours": (
        "update sources set quiet = '10:00-14:00', last_reason = ?",
        "its source has quiet hours until 2026-05-04 14:00 UTC",
    ),
    "budget spent": ("update sources set budget = 7, spent = 7, last_reason = ?", "has had all 7 pages"),
    "host rests": (
        "insert into hosts (host, rests_until, reason) values ('a.example', ?, 'status 429')",
        "its host a.example rests until 2026-05-04 13:00 UTC: status 429",
    ),
    "another try": (
        "update frontier set not_before = ?, tries = 2 where kind = 'article'",
        "another try at 2026-05-04 13:00 UTC, after 2 that failed",
    ),
    "nothing": ("update hosts set rests_until = ?", "waits for its turn: the next 'goodturn collect'"),
}


@pytest.mark.parametrize(("change", "answer"), WAITING.values(), ids=WAITING)
def test_an_address_that_waits_stops_at_the_gate_that_is_shut(
    settings: Settings, db: Database, change: str, answer: str
) -> None:
    say(db, change, LATER)
    source, page = explain(settings, POST, NOON)
    assert source.answer == BLOG.address
    assert (page.name, page.passed) == ("page", False)
    assert answer in page.answer


@pytest.mark.parametrize(
    "change",
    [
        "insert into hosts (host, rests_until) values ('a.example', ?)",
        "update frontier set not_before = ?, tries = 2 where kind = 'article'",
    ],
    ids=["host", "try"],
)
def test_a_gate_that_has_opened_meanwhile_is_none(settings: Settings, db: Database, change: str) -> None:
    say(db, change, stamp(NOON))
    assert "waits for its turn" in last(settings).answer


def test_a_source_that_was_never_asked_says_when_it_is_due(settings: Settings, db: Database) -> None:
    other = replace(BLOG, address="https://b.example/feed")
    sources.sync(db, [BLOG, other])
    say(db, "update sources set next_due = ? where address = 'https://b.example/feed'", LATER)
    assert last(settings, other.address).answer == "is a source, not due until 2026-05-04 13:00 UTC"


FAILED = {
    "robots.txt": (Outcome.FORBIDDEN, {"reason": "robots.txt"}, "robots.txt of its site asks us to keep out"),
    "login": (Outcome.FORBIDDEN, {"reason": "status 401"}, "none that we may ask"),
    "gone": (Outcome.GONE, {"reason": "status 410"}, "no longer there"),
    "later": (Outcome.LATER, {"again_at": NOON + timedelta(minutes=4)}, "another try at 2026-05-04 12:04 UTC, after 1"),
    "given up": (Outcome.LATER, {}, "given up for now"),
    "too large": (Outcome.TOO_LARGE, {}, "larger than the setting max_body"),
    "no text": (Outcome.NOT_TEXT, {}, "an image, a PDF"),
    "empty": (Outcome.EMPTY, {}, "answered with nothing"),
    "broken": (Outcome.BROKEN, {}, "will not help"),
}


@pytest.mark.parametrize(("outcome", "more", "meaning"), FAILED.values(), ids=FAILED)
def test_a_fetch_that_brought_nothing_says_what_that_means(
    settings: Settings, db: Database, outcome: Outcome, more: dict[str, Any], meaning: str
) -> None:
    keep(db, POST, outcome=outcome, **more)
    hop = last(settings)
    assert (hop.name, hop.passed) == ("page", False)
    assert hop.answer.startswith(outcome)
    assert meaning in hop.details[-1]


def test_a_site_that_asks_not_to_be_kept_is_quoted(settings: Settings, db: Database) -> None:
    keep(db, POST, outcome=Outcome.FORBIDDEN, reason="its site reserves it")
    say(db, "update pages set reserved = 'noindex tdm' where requested = ?", POST)
    assert last(settings).details == ("its site asks that it is not kept: noindex, tdm",)


def name_as_canonical(db: Database) -> None:
    keep(db, POST, outcome=Outcome.UNCHANGED, status=200, reason=f"the same page as {TWIN}")


def be_a_twin(db: Database) -> None:
    frontier.add(db, TWIN, spider="feed", kind=PageKind.ARTICLE, now=NOON)
    say(db, "update frontier set twin = 'a.example/post' where url in (?, ?)", POST, TWIN)


def be_a_part(db: Database) -> None:
    keep(db, POST, body="more comments", kind=PageKind.THREAD)
    say(db, "update pages set thread = (select id from pages where requested = ?) where requested = ?", TWIN, POST)


@pytest.mark.parametrize("lead", [name_as_canonical, be_a_twin, be_a_part], ids=["canonical", "twin", "thread"])
def test_an_address_whose_page_is_kept_under_another_is_followed_there(
    settings: Settings, db: Database, lead: Callable[[Database], None]
) -> None:
    keep_post(db, TWIN)
    lead(db)
    read(db, settings, TWIN)
    hops = explain(settings, POST, NOON)
    assert f"{POST} leads to the page of {TWIN}" in hops[1].details
    assert [hop.name for hop in hops][-2:] == ["cluster", "decision"]


def test_addresses_that_lead_to_each_other_are_followed_once(settings: Settings, db: Database) -> None:
    keep(db, POST, outcome=Outcome.UNCHANGED, status=200, reason=f"the same page as {TWIN}")
    keep(db, TWIN, outcome=Outcome.UNCHANGED, status=200, reason=f"the same page as {POST}")
    assert last(settings).name == "page"


def test_the_feed_of_a_source_is_not_read(settings: Settings, db: Database) -> None:
    hop = last(settings, BLOG.address)
    assert (hop.name, hop.passed) == ("document", False)
    assert "the feed of a source" in hop.answer


def test_a_page_that_is_not_read_yet_is_judged_and_says_so(settings: Settings, db: Database) -> None:
    keep_post(db)
    hops = explain(settings, POST, NOON)
    assert "not read yet" in hops[3].details[-1]
    assert (hops[-1].name, hops[-1].answer) == ("cluster", "none yet: 'goodturn read' places its stories")


def test_a_page_that_ended_its_reading_is_not_read_again(settings: Settings, db: Database) -> None:
    keep_post(db)
    ended = Unreadable(outcome=Outcome.CRASHED, reason="reading failed: its process ended with exit status -9")
    documents.keep(db, identity(POST), Reading(document=ended), NOON)
    hop = last(settings)
    assert (hop.name, hop.passed) == ("document", False)
    assert "crashed: reading failed: its process ended" in hop.answer


def test_a_page_without_a_story_stops_at_the_threshold(settings: Settings, db: Database) -> None:
    keep_post(db, told=QUIET)
    read(db, settings)
    hop = last(settings)
    assert (hop.name, hop.passed) == ("stories", False)


def test_a_story_that_the_last_reading_did_not_find_says_when_that_was(settings: Settings, db: Database) -> None:
    keep_post(db)
    say(db, "update pages set reading = 'read', read_at = ? where requested = ?", stamp(NOON), POST)
    assert last(settings).answer.startswith("none: read 2026-05-04 12:00 UTC, when no story was found")


@pytest.mark.parametrize(
    ("verb", "end"),
    [(Verb.APPROVE, ("entry", True)), (Verb.REJECT, ("decision", False)), (None, ("decision", False))],
    ids=["approved", "rejected", "open"],
)
def test_a_story_stops_at_its_editor_or_goes_to_readers(
    settings: Settings, db: Database, verb: Verb | None, end: tuple[str, bool]
) -> None:
    keep_post(db)
    read(db, settings)
    if verb:
        why = WhyNot.ADVICE if verb is Verb.REJECT else None
        decide(db, inbox(db, limit=1)[0].cluster, verb, why=why, who="test", at=NOON)
    hop = last(settings)
    assert (hop.name, hop.passed) == end


def test_an_address_that_was_never_seen_is_fetched_and_thrown_away(settings: Settings, db: Database) -> None:
    with Web() as web:
        web.put("/post", f"<html lang='en'><article><h1>A day</h1><p>{QUIET}</p></article></html>")
        hops = explain(settings, web.url("/post"), NOON)
        assert "fetched for this answer" in hops[2].answer
        assert pages.find(db, web.url("/post")) is None
