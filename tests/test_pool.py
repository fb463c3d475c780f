"""Work in processes: what dies or hangs costs itself and nothing else."""

import os
import time

import pytest

from config import Settings
from jobs import pool
from reading.page import Outcome
from stories.detect import Detector

LIMIT = Settings(workers=2, page_seconds=1.0, threshold=0.5)


def work(task: str, by: Detector) -> str:
    """What a worker does in these tests: the task says what goes wrong."""
    if task == "die":
        os._exit(3)
    if task == "hang":
        time.sleep(60)
    if task == "raise":
        raise RuntimeError("no such luck")
    if task == "gobble":
        bytearray(pool.WORKER_MEMORY)
    return f"{task} at {by.threshold}"


@pytest.fixture(scope="module")
def answers() -> dict[str, str | pool.Failure]:
    tasks = ["first", "die", "hang", "raise", "gobble", "last"]
    return dict(pool.run(work, ((task, task) for task in tasks), LIMIT))


def test_every_task_is_answered_in_the_order_asked(answers: dict[str, str | pool.Failure]) -> None:
    assert list(answers) == ["first", "die", "hang", "raise", "gobble", "last"]
    assert (answers["first"], answers["last"]) == ("first at 0.5", "last at 0.5")


@pytest.mark.parametrize(
    ("task", "outcome", "reason"),
    [
        ("die", Outcome.CRASHED, "exit status 3"),
        ("hang", Outcome.TOO_SLOW, "longer than 1 s (setting page_seconds)"),
        ("raise", Outcome.CRASHED, "RuntimeError: no such luck"),
        ("gobble", Outcome.CRASHED, "MemoryError"),
    ],
)
def test_a_task_that_fails_says_why(
    answers: dict[str, str | pool.Failure], task: str, outcome: Outcome, reason: str
) -> None:
    failure = answers[task]
    assert isinstance(failure, pool.Failure)
    assert failure.outcome is outcome
    assert reason in failure.reason
