"""Cron lines and quiet hours: what they say, which are refused, and why."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from storage.times import NEVER, TimeError, cron, next_turn, quiet_until

SUNDAY = datetime(2026, 11, 22, tzinfo=UTC)

TURNS = {
    "workdays, as crontab counts them": ("0 6 * * 1-5", "2026-11-23T06:00"),
    "workdays by name": ("0 6 * * MON-FRI", "2026-11-23T06:00"),
    "0 is Sunday": ("30 6 * * 0", "2026-11-22T06:30"),
    "7 is Sunday": ("30 6 * * 7", "2026-11-22T06:30"),
    "over the weekend": ("0 6 * * 5-7", "2026-11-22T06:00"),
    "Friday to Sunday by name": ("0 6 * * fri-sun", "2026-11-22T06:00"),
    "every other weekday": ("0 6 * * */2", "2026-11-22T06:00"),
    "any weekday": ("0 6 * * 0-7", "2026-11-22T06:00"),
    "the first of a month": ("5 4 1 * *", "2026-12-01T04:05"),
    "a leap day": ("0 0 29 2 *", "2028-02-29T00:00"),
    "every five minutes": ("*/5 * * * *", "2026-11-22T00:05"),
}


@pytest.mark.parametrize("name", TURNS)
def test_a_cron_line_means_what_crontab_says(name: str) -> None:
    line, expected = TURNS[name]
    assert f"{next_turn(cron(line), SUNDAY):%Y-%m-%dT%H:%M}" == expected


def test_a_turn_is_after_the_moment_asked_for_and_never_comes_twice_when_clocks_change() -> None:
    for day in (datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC)):  # Europe's two nights
        turns = [day]
        while len(turns) < 100:
            turns.append(next_turn("30 * * * *", turns[-1]))
        assert {later - earlier for earlier, later in pairwise(turns[1:])} == {timedelta(hours=1)}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("0 6 * *", "it has not 5 fields"),
        ("@daily", "it has not 5 fields"),
        ("0 25 * * *", "is higher than the maximum value"),
        ("0 6 * * someday", "'someday' is no weekday"),
        ("0 6 * * 5-1", "'5-1' ends before it begins"),
        ("0 6 13 * 5", "a day of the month or a weekday, not both"),
        ("0 6 30 2 *", "names a day that never comes"),
        ("* * * * *", "asks at 00:01 and 00:02; leave 5 minutes between two turns"),
        ("0,58 0,23 * * *", "asks at 23:58 and 00:00; leave 5 minutes"),
        ("0 0 ١ * *", "it has not 5 fields of numbers"),
    ],
)
def test_a_line_that_crontab_would_not_take_is_refused(line: str, message: str) -> None:
    with pytest.raises(TimeError, match=message):
        cron(line)


@pytest.mark.parametrize(
    ("hours", "time", "until"),
    [
        ("22:00-06:00", "21:59", None),
        ("22:00-06:00", "22:00", "2026-11-23T06:00"),
        ("22:00-06:00", "05:59", "2026-11-22T06:00"),
        ("22:00-06:00", "06:00", None),
        ("09:30-17:00", "09:29", None),
        ("09:30-17:00", "16:59", "2026-11-22T17:00"),
        ("09:30-17:00", "17:00", None),
        ("00:00-06:00", "00:00", "2026-11-22T06:00"),
        ("22:00-00:00", "23:00", "2026-11-23T00:00"),
        (None, "12:00", None),
    ],
)
def test_quiet_hours_end(hours: str | None, time: str, until: str | None) -> None:
    now = datetime.fromisoformat(f"2026-11-22T{time}:00+00:00")
    found = quiet_until(hours, now)
    assert (f"{found:%Y-%m-%dT%H:%M}" if found else None) == until


def test_what_never_comes_is_after_all_that_does() -> None:
    assert next_turn("0 6 30 2 *", SUNDAY) == NEVER
