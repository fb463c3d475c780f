"""What is found wrong with sources and machine, told apart from what is only usual; and a made-up year of it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bench.alarm_sources import Fault, interval
from bench.alarms import source_weeks, year
from storage.alarms import Finding, Kind
from storage.days import Queue
from storage.history import Day, Host, Past
from storage.schedule import Ended, JobRun, Scheduled
from watch import rules_machine
from watch.parts import Part, State
from watch.rules import of_source, of_sources
from watch.rules_machine import Clockwork
from watch.rules_silent import stretch

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
A_DAY = timedelta(days=1)
BLOG = "http://blog.example/feed"
WEEKLY = range(7, 400, 7)
MONTHLY = range(30, 380, 30)
WORKDAYS = [ago for ago in range(1, 400) if (NOW - ago * A_DAY).weekday() < 5]
SUMMER = [ago for ago in range(2, 400, 2) if (NOW - ago * A_DAY).month != 7]


def past(ago: Sequence[int], lately: Sequence[tuple[int, int]] = (), quiet: float = 0.0, **facts: Any) -> Past:
    """A source that brought a page with text and comments so many days before its last news, which is `quiet` days old;
    and lately a page a day, of which so many have text, and so many comments."""
    last = NOW - quiet * A_DAY
    rows = [(n, 1, 1) for n in sorted(ago, reverse=True)]
    rows += [(len(lately) - n, *pair) for n, pair in enumerate(lately, 1)]
    days = [
        Day(day=(last - n * A_DAY).date(), new=1, judged=1, texts=texts, talked=talked) for n, texts, talked in rows
    ]
    given: dict[str, Any] = {"last_success": NOW, "last_started": NOW, "last_new": last} | facts
    return Past(address=BLOG, days=days, **given)


def kinds(found: Sequence[Finding]) -> list[Kind]:
    return [each.kind for each in found]


@pytest.mark.parametrize(
    ("ago", "quiet", "is_strange"),
    [
        pytest.param([*WEEKLY, 0], 9, False, id="a weekly column, two days late"),
        pytest.param([*WEEKLY, 0], 13, True, id="a weekly column that left out a week"),
        pytest.param([*WORKDAYS, 0], 4, False, id="a long weekend of who writes on workdays"),
        pytest.param([*WORKDAYS, 0], 6, True, id="a week without a word of who writes on workdays"),
        pytest.param([*range(14, 40, 7), 0], 30, False, id="four gaps are no rhythm"),
        pytest.param([*SUMMER, 0], 8, True, id="last July's rest does not count in May"),
    ],
)
def test_a_silence_is_strange_against_the_sources_own_past(ago: list[int], quiet: float, is_strange: bool) -> None:
    found = of_source(past(ago, quiet=quiet), NOW)
    assert kinds(found) == [Kind.SILENT] * is_strange


def test_who_rested_last_summer_may_rest_in_this_one() -> None:
    source = past([*SUMMER, 0])
    in_july = datetime(2026, 7, 25, tzinfo=UTC)
    days = [*source.days, *(Day(day=date(2026, 6, d), new=1, judged=1, texts=1, talked=1) for d in range(1, 31, 2))]
    resting = Past(address=BLOG, days=days, last_new=datetime(2026, 7, 1, tzinfo=UTC), last_success=in_july)
    assert of_source(resting, in_july) == []


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"last_success": NOW - 15 * A_DAY}, id="the machine slept"),
        pytest.param({"fails": True, "failures": 1, "failing_since": NOW - A_DAY}, id="the source fails"),
        pytest.param({"last_new": None}, id="it never brought anything"),
    ],
)
def test_who_was_not_heard_is_not_silent(facts: dict[str, Any]) -> None:
    assert of_source(past([*WEEKLY, 0], quiet=16, **facts), NOW) == []


def test_the_more_gaps_are_known_the_sooner_a_silence_is_strange() -> None:
    times = [stretch(gaps, 1.0) for gaps in (6, 12, 26, 52, 250)]
    assert times == sorted(times, reverse=True)
    assert times[3] < 2 < times[1]


@pytest.mark.parametrize(
    ("ago", "lately", "said"),
    [
        pytest.param(WEEKLY, [(1, 1), (0, 0)], None, id="one page without text"),
        pytest.param(WEEKLY, [(0, 0), (0, 0)], "no text", id="two in a row, of a blog that always had some"),
        pytest.param(WEEKLY, [(1, 0)] * 2 + [(1, 1)] * 9, None, id="comments that came later"),
        pytest.param(WEEKLY, [(1, 0)] * 8, "no comments", id="many without comments, where all had some"),
        pytest.param(range(300, 301), [(0, 0)] * 9, None, id="too little is known"),
        pytest.param(MONTHLY, [(1, 0)] * 8, "no comments", id="a dozen pages are enough"),
        pytest.param(MONTHLY, [(1, 0)] * 2 + [(1, 1)] * 6, None, id="one that has some"),
    ],
)
def test_pages_that_stop_yielding_are_found(
    ago: Sequence[int], lately: list[tuple[int, int]], said: str | None
) -> None:
    found = of_source(past([n + len(lately) for n in ago], lately), NOW)
    assert [said in each.said for each in found if said] == [True] * bool(said)
    assert kinds(found) == [Kind.BARREN] * bool(said)


def test_a_source_that_never_had_comments_is_not_judged_on_them() -> None:
    days = [Day(day=(NOW - n * A_DAY).date(), new=1, judged=1, texts=1, talked=0) for n in range(300, -1, -1)]
    assert of_source(Past(address=BLOG, days=days, last_new=NOW, last_success=NOW), NOW) == []


def failing(hours: float, failures: int = 4, **facts: Any) -> Past:
    since = NOW - timedelta(hours=hours)
    return past([*WEEKLY, 0], fails=True, failures=failures, failing_since=since, last_success=since, **facts)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(failing(1), [], id="an hour is weather"),
        pytest.param(failing(24, failures=2), [], id="two failures are weather"),
        pytest.param(failing(13), [Kind.FAILING], id="four times in half a day"),
        pytest.param(past([], stopped="gone for good (410)"), [Kind.STOPPED], id="stopped by its site"),
        pytest.param(past([], stopped="it was taken down on 2026-01-01: asked"), [], id="taken down by the operator"),
        pytest.param(past([*WEEKLY, 0], moved="http://new.example/"), [Kind.MOVED], id="moved for good"),
    ],
)
def test_a_source_that_cannot_be_asked_is_found(source: Past, expected: list[Kind]) -> None:
    assert kinds(of_source(source, NOW)) == expected


def test_many_that_fail_at_once_are_one_finding_about_the_network() -> None:
    assert kinds(of_sources([failing(14) for _ in range(37)], NOW)) == [Kind.NETWORK]


def test_what_failed_while_the_network_was_gone_is_held_against_no_source() -> None:
    back = NOW - timedelta(hours=1)
    gone = (back - 2 * A_DAY, back)
    assert of_sources([failing(60, last_started=back - A_DAY), past([0]), past([0])], NOW, gone) == []
    assert kinds(of_sources([failing(100, last_started=back - A_DAY), past([0]), past([0])], NOW, gone)) == [
        Kind.FAILING
    ]


def job(hours: float, outcome: Ended = Ended.DONE, name: str = "watch") -> JobRun:
    began = NOW - timedelta(hours=hours)
    return JobRun(id="x", job=name, began=began, ended=began, outcome=outcome, said="the disk is full")


def row(hours: float, failures: int = 0) -> Scheduled:
    return Scheduled(job="collect", due=NOW - timedelta(hours=hours), run=None, leased_until=None, failures=failures)


def part(*minutes: int, state: State = State.RUNS) -> Part:
    ends = tuple(NOW - timedelta(minutes=n) for n in minutes)
    return Part(name="desk", state=state, pid=1, since=NOW, ends=ends, said="port 8070 is taken")


@pytest.mark.parametrize(
    ("clockwork", "said"),
    [
        pytest.param(Clockwork(schedule=[row(-1)], last={}), "", id="all is well"),
        pytest.param(
            Clockwork(schedule=[row(-1, failures=3)], last={"collect": job(1)}), "the disk is full", id="fails"
        ),
        pytest.param(Clockwork(schedule=[row(3)], last={"watch": job(0.1)}), "has not run", id="does not run"),
        pytest.param(Clockwork(schedule=[row(9)], last={"watch": job(10)}), "", id="the machine slept"),
        pytest.param(Clockwork(schedule=[row(1)], last={}, ticks=False), "the clock does not run", id="no clock"),
        pytest.param(Clockwork(last={}, parts=[part(1, 2, 3, 4, 5)]), "ended 5 times", id="starts over and over"),
        pytest.param(Clockwork(last={}, parts=[part(state=State.STUCK)]), "8070 is taken", id="cannot start"),
    ],
)
def test_a_job_that_does_not_do_its_work_is_found(clockwork: Clockwork, said: str) -> None:
    found = rules_machine.jobs(clockwork, NOW)
    assert len(found) == bool(said)
    assert all(said in each.said for each in found)


def host(name: str, fetches: int, failed: int, hours: int = 12) -> Host:
    return Host(host=name, first=NOW - timedelta(hours=hours), last=NOW, fetches=fetches, failed=failed)


@pytest.mark.parametrize(
    ("lately", "subjects"),
    [
        pytest.param([host("a", 40, 40), host("b", 200, 4)], ["a"], id="a host that used to answer"),
        pytest.param([host("a", 40, 40, hours=1), host("b", 200, 4)], [], id="an hour of it"),
        pytest.param([host("new", 40, 40), host("b", 200, 4)], [], id="a host that was never asked before"),
        pytest.param([host("a", 40, 40), host("b", 200, 120)], [""], id="all of them"),
    ],
)
def test_a_burst_of_errors_is_found(lately: list[Host], subjects: list[str]) -> None:
    before = [host("a", 300, 6), host("b", 900, 20)]
    assert [each.subject for each in rules_machine.errors(lately, before)] == subjects


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (rules_machine.disk({"data": 5 * 10**9}, 2.0), []),
        (rules_machine.disk({"data": 10**9}, 2.0), ["1.0 GB are free for data; low_disk_gb is 2"]),
        (rules_machine.backlog(7, NOW - timedelta(hours=23), NOW, A_DAY), []),
        (
            rules_machine.backlog(7, NOW - timedelta(hours=50), NOW, A_DAY),
            ["7 pages wait to be read, the first for 2 days"],
        ),
        (rules_machine.backup(NOW - A_DAY, None, job(24), NOW), []),
        (rules_machine.backup(NOW - 3 * A_DAY, None, None, NOW), ["the last good backup is of 2026-05-17"]),
        (rules_machine.backup(None, NOW - A_DAY, None, NOW), []),
        (rules_machine.backup(None, NOW - 3 * A_DAY, None, NOW), ["there is no backup"]),
        (
            rules_machine.backup(NOW - A_DAY, None, job(1, Ended.ATTENTION), NOW),
            ["the backup of 2026-05-20 11:00 failed: the disk is full"],
        ),
        (rules_machine.feeds([]), []),
        (
            rules_machine.feeds(["feeds.txt:3: a", "b"]),
            ["feeds.txt:3: a (and 1 more); the sources are those of before"],
        ),
    ],
)
def test_the_machine_says_what_it_lacks(found: list[Finding], expected: list[str]) -> None:
    assert [each.said for each in found] == expected


@pytest.mark.parametrize(
    ("lengths", "grows"),
    [
        pytest.param([300, 400, 500, 600, 700], True, id="each week more"),
        pytest.param([300, 400, 390, 600, 700], False, id="an editor caught up once"),
        pytest.param([20, 40, 60, 80, 100], False, id="a short one"),
        pytest.param([600, 610, 620, 630, 640], False, id="a little more each week"),
        pytest.param([400, 500, 600, 700], False, id="known for three weeks"),
    ],
)
def test_a_queue_that_grows_without_end_is_found(lengths: list[int], *, grows: bool) -> None:
    measured = {(NOW - n * 7 * A_DAY).date(): length for n, length in enumerate(reversed(lengths))}
    found = rules_machine.growth(Queue.INBOX, measured, NOW.date())
    assert [each.said for each in found] == [
        "700 stories wait for an editor, more each week; four weeks ago it was 300"
    ] * grows


def test_a_made_up_year_has_few_false_alarms_and_every_fault_is_found_in_time() -> None:
    sources = year(11, 33, step=3.0)
    false = [alarm for source in sources for at, alarm in source.false if at < source.at]
    assert len(false) < source_weeks(sources) / 100
    silent = [source for source in sources if source.fault in (Fault.SILENT, Fault.FAILS)]
    in_time = [s for s in silent if s.found and s.found - s.at <= 2 * interval(s) + 3]  # looks are three days apart
    assert in_time == silent
