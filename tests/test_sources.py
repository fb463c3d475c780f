"""feeds.txt: what it may say, how its mistakes are told, and when a source is due."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlite_utils import Database

from crawler.sources import SourcesError, parse, read
from jobs.collect import kinds
from reading.page import Outcome, Page, PageKind
from storage import frontier, pages, sources
from storage.database import connect
from storage.sources import Source

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ROOT = Path(__file__).parent.parent


def source(address: str = "https://a.example/feed", **other: object) -> Source:
    values: dict[str, object] = {"kind": "feed", "every": 6 * HOUR, "pages": 1} | other
    return Source(address=address, **values)  # type: ignore[arg-type]  # a test's own words


def page(address: str, outcome: Outcome) -> Page:
    return Page(requested=address, url=address, kind=PageKind.FEED, outcome=outcome, fetched_at=NOON, status=200)


def test_a_line_is_an_address_and_what_it_differs_in_from_the_usual() -> None:
    text = """
    # where we look

    https://a.example/feed
    https://a.example/news every=30m-2d budget=50 sites=own revisit=never
    https://B.example:443/blog/#top  kind=listing lang=da every=2d pages=5 label="Kaffe & \\ # kage" content=feed  # why
    """
    options = {"sites": "own", "revisit": "never"}
    assert parse(text, "feeds.txt") == (
        source(every=HOUR, longest=48 * HOUR),
        source("https://a.example/news", every=HOUR / 2, longest=48 * HOUR, budget=50, options=options),
        source(
            "https://b.example/blog/",
            kind="listing",
            every=48 * HOUR,
            pages=5,
            language="da",
            label="Kaffe & \\ # kage",
            options={"content": "feed"},
        ),
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("https://a.example evry=6h", "unknown key 'evry'; did you mean 'every'?"),
        ("https://a.example colour=red", "unknown key 'colour'"),
        ("https://a.example every=6", "every: '6' is no interval from 5m to 90d; write for instance 30m, 6h or 2d"),
        ("https://a.example every=1m", "every: '1m' is no interval from 5m to 90d; write for instance 30m, 6h or 2d"),
        (
            "https://a.example every=2d-1h",
            "every: '2d-1h' is no span; write the shorter interval first",
        ),
        ("https://a.example every=1h-", "every: '' is no interval from 5m to 90d; write for instance 30m, 6h or 2d"),
        ("https://a.example budget=0", "budget: '0' is no number from 1 to 100000"),
        ("https://a.example sites=all", "sites: unknown 'all'; it is one of own, any"),
        ("https://a.example kind=lising", "kind: unknown 'lising'; did you mean 'listing'?"),
        ("https://a.example lang=dk", "lang: unknown 'dk'; it is one of en, da, no, sv, de, nl, fr, es"),
        ("https://a.example pages=0", "pages: '0' is no number from 1 to 500"),
        ("https://a.example pages=many", "pages: 'many' is no number from 1 to 500"),
        ("https://a.example label=", "label: a label has 1 to 200 characters"),
        (
            "https://a.example cron=hourly",
            "cron: 'hourly' is no cron line: it has not 5 fields of numbers; write for instance \"0 6 * * 1-5\": "
            "minute, hour, day, month, weekday (0 and 7: Sunday), UTC",
        ),
        (
            'https://a.example cron="*/2 * * * *"',
            "cron: '*/2 * * * *' asks at 00:02 and 00:04; leave 5 minutes between two turns",
        ),
        (
            'https://a.example every=6h cron="0 6 * * *"',
            "cron: a source has either every= or cron=; take one of them out",
        ),
        (
            "https://a.example quiet=22-6",
            "quiet: '22-6' is no span of hours; write for instance 22:00-06:00 (UTC), or none",
        ),
        (
            "https://a.example quiet=06:00-06:00",
            "quiet: '06:00-06:00' is no span of hours; write for instance 22:00-06:00 (UTC), or none",
        ),
        ("https://a.example daily", "'daily' is no key=value; write for instance every=6h"),
        ("https://a.example lang=da lang=no", "'lang' is given twice; keep one"),
        ('https://a.example label="Two words', 'a quotation mark is missing; write label="Two words"'),
        ("a.example lang=da", "'a.example' is no address; a line begins with http:// or https://"),
        ("ftp://a.example", "'ftp://a.example' is no address; a line begins with http:// or https://"),
        ("https:///feed", "'https:///feed' is no address; a line begins with http:// or https://"),
    ],
)
def test_a_mistake_is_told_with_its_file_and_line_and_what_to_write(line: str, message: str) -> None:
    with pytest.raises(SourcesError) as error:
        parse(f"# first line\n{line}\n", "feeds.txt")
    assert str(error.value) == f"feeds.txt:2: {message}"


def test_all_mistakes_are_told_at_once() -> None:
    text = "https://a.example evry=6h pages=0\nnonsense\nhttps://b.example/\nhttps://B.example\n"
    with pytest.raises(SourcesError) as error:
        parse(text, "f")
    assert [line.partition(" ")[0] for line in str(error.value).splitlines()] == ["f:1:", "f:1:", "f:2:", "f:4:"]
    assert "https://b.example/ is already in line 3; remove one of them" in str(error.value)


def test_a_file_that_is_not_there_is_told_like_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(SourcesError, match="no such file"):
        read(tmp_path / "feeds.txt")


def test_the_starter_list_has_no_mistake_and_every_source_its_reason() -> None:
    assert len(read(ROOT / "feeds.txt", kinds())) >= 5
    lines = (ROOT / "feeds.txt").read_text("utf-8").splitlines()
    for before, line in pairwise(lines):
        assert not line.startswith("http") or before.startswith("# "), f"why {line}?"


def test_a_due_source_is_claimed_once_and_waits_for_its_interval() -> None:
    db = connect()
    sources.sync(db, [source(), source("https://b.example/blog", kind="listing", every=24 * HOUR)])
    assert len(sources.claim(db, NOON)) == 2
    assert sources.claim(db, NOON) == []
    assert [s.address for s in sources.due(db, NOON + 6 * HOUR)] == ["https://a.example/feed"]
    assert [row["kind"] for row in db.query("select kind from frontier order by url")] == ["feed", "archive"]


def test_a_source_can_be_asked_for_before_it_is_due() -> None:
    db = connect()
    sources.sync(db, [source(), source("https://b.example/feed")])
    sources.claim(db, NOON)
    assert len(sources.claim(db, NOON, force=True)) == 2
    assert len(sources.claim(db, NOON, force=True, only=["https://b.example/feed"])) == 1


def test_a_line_taken_out_rests_and_put_back_goes_on() -> None:
    db = connect()
    sources.sync(db, [source(), source("https://b.example/feed")])
    sources.claim(db, NOON)
    sources.sync(db, [source()])
    assert [s.address for s in sources.active(db)] == ["https://a.example/feed"]
    sources.sync(db, [source(), source("https://b.example/feed")])
    assert sources.due(db, NOON) == []
    assert len(sources.due(db, NOON + 6 * HOUR)) == 2


def test_a_line_that_asks_for_more_pages_is_due_at_once() -> None:
    db = connect()
    sources.sync(db, [source(kind="listing", pages=3)])
    sources.claim(db, NOON)
    sources.sync(db, [source(kind="listing", pages=30)])
    assert len(sources.due(db, NOON)) == 1


def next_due(db: Database) -> str:
    return str(next(db.query("select next_due from sources"))["next_due"])


def test_a_source_with_a_cron_line_is_asked_at_its_times_from_the_first_on() -> None:
    db = connect()
    (line,) = parse('https://a.example/feed cron="0 6 * * 1-5"', "f")
    sources.sync(db, [line])
    assert sources.claim(db, NOON) == [], "it is Monday noon"
    assert next_due(db) == "2026-05-05T06:00:00Z"
    assert len(sources.claim(db, NOON + 18 * HOUR)) == 1
    kept = page(line.address, Outcome.STORED)
    for day, fetched, due in ((5, NOON + 18 * HOUR, "06"), (8, NOON + 90 * HOUR, "11")):
        fresh = fetched + 24 * HOUR  # for a day: it is asked daily all the same
        pages.keep(db, replace(kept, fetched_at=fetched, fresh_until=fresh))
        assert next_due(db) == f"2026-05-{due}T06:00:00Z", f"after the {day}th"
    sources.sync(db, [source(every=line.every, longest=line.longest)])
    assert len(sources.due(db, NOON)) == 1, "a line of another rule is due at once"


def test_a_source_with_a_cron_line_that_fails_is_tried_again_until_its_next_turn() -> None:
    db = connect()
    sources.sync(db, [source(cron="0 * * * *")])
    dues = []
    for _ in range(4):
        sources.claim(db, NOON, force=True)
        pages.keep(db, page("https://a.example/feed", Outcome.LATER))
        dues.append(next_due(db)[11:16])
    assert "12:10" <= dues[0] <= "12:11"
    assert "12:40" <= dues[1] <= "12:44"
    assert dues[2:] == ["15:00", "00:00"], "at the turns after 160 minutes, and after 640 and some"


def test_in_its_quiet_hours_a_source_is_neither_claimed_nor_are_its_addresses_leased() -> None:
    db = connect()
    other = Source(address="https://b.example/feed", kind="feed", every=HOUR, pages=1, quiet="none")
    sources.sync(db, [source(), other], quiet="11:30-14:00")
    claimed = sources.claim(db, NOON)
    assert [each.address for each in claimed] == [other.address], "its own word counts more than the setting"
    assert next(db.query("select next_due from sources order by address"))["next_due"] == "2026-05-04T14:00:00Z"
    assert len(sources.claim(db, NOON, force=True)) == 1, "also when all are asked for"
    assert len(sources.claim(db, NOON + 2 * HOUR)) == 2
    assert frontier.waiting(db, NOON) == 1, "what waits from before waits on"
    assert frontier.waiting(db, NOON + 2 * HOUR) == 2
    pages.keep(db, replace(page("https://a.example/feed", Outcome.STORED), fetched_at=NOON - HOUR))
    sources.sync(db, [source(), other])
    assert len(sources.claim(db, NOON, force=True)) == 2, "the setting is gone"


def test_what_falls_due_in_quiet_hours_is_due_when_they_end() -> None:
    db = connect()
    sources.sync(db, [source(quiet="17:00-06:00")])
    sources.claim(db, NOON)
    pages.keep(db, page("https://a.example/feed", Outcome.STORED))
    assert next_due(db) == "2026-05-05T06:00:00Z"


def test_a_turn_of_a_clock_that_went_back_since_does_not_keep_its_source_waiting() -> None:
    db = connect()
    sources.sync(db, [source()])
    sources.claim(db, NOON + 24 * 365 * HOUR)
    assert len(sources.claim(db, NOON)) == 1
    assert sources.claim(db, NOON) == []


@pytest.mark.parametrize(("hours", "times"), [(6, 1), (11, 1), (13, 2), (24, 4), (24 * 30, 10), (-5, 1)], ids=str)
def test_a_turn_that_comes_late_looks_back_as_many_times_as_its_usual_wait_has_passed(hours: int, times: int) -> None:
    db = connect()
    sources.sync(db, [source()])
    sources.claim(db, NOON)
    pages.keep(db, page("https://a.example/feed", Outcome.STORED))
    sources.claim(db, NOON + hours * HOUR, force=True)
    assert next(db.query("select look_back from sources"))["look_back"] == times


def test_how_a_source_went_is_known_when_its_page_is_kept() -> None:
    db = connect()
    sources.sync(db, [source()])
    health = []
    for outcome in (Outcome.LATER, Outcome.GONE, Outcome.UNCHANGED):
        sources.claim(db, NOON, force=True)
        pages.keep(db, page("https://a.example/feed", outcome))
        row = next(db.query("select * from source_health"))
        health.append((row["last_outcome"], row["failures"]))
    assert health == [("later", 1), ("gone", 2), ("unchanged", 0)]
