"""When jobs run: at their beats, once after a sleep, soon after a failure, and whatever this machine's clock does."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli import main
from config import Settings
from jobs.timetable import JOBS, Beat, beats, ended
from storage.schedule import Ended

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
COLLECT, BACKUP = Beat(job="collect", every=15 * MINUTE), Beat(job="backup", at=time(2, 30))
NIGHT = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)

ENDS = {
    "well, in time": (COLLECT, Ended.DONE, 0, NOON, NOON + MINUTE, NOON + 15 * MINUTE, 0),
    "with attention": (COLLECT, Ended.ATTENTION, 3, NOON, NOON + MINUTE, NOON + 15 * MINUTE, 0),
    "well, after 40 minutes": (COLLECT, Ended.DONE, 0, NOON, NOON + 40 * MINUTE, NOON + 45 * MINUTE, 0),
    "well, after a day's sleep": (COLLECT, Ended.DONE, 0, NOON, NOON + DAY + MINUTE, NOON + DAY + 15 * MINUTE, 0),
    "failed once": (COLLECT, Ended.FAILED, 0, NOON, NOON + MINUTE, NOON + 2 * MINUTE, 1),
    "failed twice": (COLLECT, Ended.FAILED, 1, NOON, NOON + MINUTE, NOON + 5 * MINUTE, 2),
    "failed often": (COLLECT, Ended.FAILED, 7, NOON, NOON + MINUTE, NOON + 15 * MINUTE, 8),
    "killed": (COLLECT, Ended.KILLED, 0, NOON, NOON, NOON + MINUTE, 1),
    "a backup": (BACKUP, Ended.DONE, 0, NIGHT, NIGHT + 5 * MINUTE, NIGHT + DAY, 0),
    "a backup by day, as it was missed": (BACKUP, Ended.DONE, 0, NIGHT, NIGHT + 9 * HOUR, NIGHT + DAY, 0),
    "a backup that failed": (BACKUP, Ended.FAILED, 2, NIGHT, NIGHT, NIGHT + 16 * MINUTE, 3),
    "a backup that fails all night": (BACKUP, Ended.FAILED, 40, NIGHT, NIGHT, NIGHT + DAY, 41),
    "elsewhere": (BACKUP, Ended.ELSEWHERE, 1, NIGHT, NIGHT, NIGHT + 10 * MINUTE, 1),
}


@pytest.mark.parametrize("name", ENDS)
def test_a_run_that_ended_sets_the_next_one(name: str) -> None:
    beat, outcome, failures, due, now, next_due, failed = ENDS[name]
    assert beat.after(outcome, failures, due, now) == (next_due, failed)


def test_a_new_job_runs_at_once_and_one_with_a_time_at_its_time() -> None:
    assert COLLECT.first(NOON) == NOON
    assert BACKUP.first(NOON) == NIGHT


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(0, "done"), (1, "attention"), (2, "failed"), (75, "elsewhere"), (-9, "killed"), (143, "killed"), (127, "failed")],
)
def test_an_exit_status_is_an_outcome(status: int, outcome: str) -> None:
    assert ended(status) == outcome


def test_every_job_of_the_clock_is_a_verb(tmp_path: Path) -> None:
    all_of_them = beats(Settings(data=tmp_path, hub="https://hub.example/"))
    assert tuple(beat.job for beat in all_of_them) == JOBS
    assert set(JOBS) <= main.commands.keys()
    some = beats(Settings(data=tmp_path, backup_at=""), without=["read"])
    assert [beat.job for beat in some] == ["collect", "watch", "checkup", "tidy"]


BEATS = st.one_of(
    st.builds(Beat, job=st.just("x"), every=st.integers(1, 3000).map(lambda n: n * MINUTE)),
    st.builds(Beat, job=st.just("x"), at=st.times(timezones=st.none()).map(lambda t: t.replace(microsecond=0))),
)
STEPS = st.lists(
    st.tuples(
        st.timedeltas(min_value=-3 * DAY, max_value=3 * DAY),  # the clock goes on, or back
        st.timedeltas(min_value=timedelta(0), max_value=DAY),  # how long the run takes
        st.sampled_from([o for o in Ended if o is not Ended.RUNNING]),
    ),
    max_size=30,
)


@given(beat=BEATS, steps=STEPS)
def test_whatever_the_clock_does_a_job_stays_due_within_a_beat_and_never_runs_in_a_loop(
    beat: Beat, steps: list[tuple[timedelta, timedelta, Ended]]
) -> None:
    now, failures = NOON, 0
    due = beat.first(now)
    for passed, took, outcome in steps:
        now += passed
        if beat.is_wrong(due, now):
            due = beat.following(due, now)
        assert due <= now + beat.every, "it does not stall"
        if due <= now:
            now += took
            due, failures = beat.after(outcome, failures, due, now)
            assert now < due <= now + beat.every
            if outcome in (Ended.DONE, Ended.ATTENTION):
                assert failures == 0
                assert beat.following(due, due) == due + beat.every, "it lies on its grid"
                assert due.time() == beat.at if beat.at else True
