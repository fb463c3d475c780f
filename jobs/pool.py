"""Work in processes that may die or hang: each such death costs the one task that caused it, and nothing else."""

import multiprocessing
import os
import resource
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessFuture, ProcessPool

import logs
from config import Settings
from jobs.read_page import detector
from reading.page import Outcome
from stories.detect import Detector

AHEAD = 4  # tasks under way for each worker: enough that none waits for the caller, few enough to fit in memory
PRELOADED = ["jobs.warm"]  # once, not in each worker: a second of work
WORKER_MEMORY = 2_000_000_000  # bytes of address space, of which the libraries' mappings take half

Key = TypeVar("Key")
Task = TypeVar("Task")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A task that gave no result: `too-slow` or `crashed`, and why."""

    outcome: Outcome
    reason: str


def run(
    function: Callable[[Task, Detector], Result], tasks: Iterable[tuple[Key, Task]], settings: Settings
) -> Iterator[tuple[Key, Result | Failure]]:
    """Call `function(task, detector)` for each task in worker processes; results come in the order of the tasks.

    The detector is that of the settings, the same for all tasks.

    Tasks are taken from the iterable as workers become free. A worker is replaced after `worker_pages` tasks, as its
    memory grows, and ended when one task takes longer than `page_seconds`.
    """
    by = detector(settings)
    workers = settings.workers or os.cpu_count() or 1
    waiting: deque[tuple[Key, ProcessFuture[Any]]] = deque()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    with ProcessPool(
        max_workers=workers,
        max_tasks=settings.worker_pages,
        initializer=_begin,
        initargs=(settings.log_format, settings.notify.split()),
        context=context,
    ) as pool:
        try:
            for key, task in tasks:
                future = pool.schedule(function, args=(task, by), timeout=settings.page_seconds)
                waiting.append((key, future))
                if len(waiting) >= AHEAD * workers:
                    yield _result(*waiting.popleft(), settings)
            while waiting:
                yield _result(*waiting.popleft(), settings)
        except BaseException:  # Ctrl-C, or a caller that stops listening: what is under way is not waited for
            pool.stop()  # type: ignore[no-untyped-call]  # pebble leaves it without types
            raise


def _result(key: Key, future: ProcessFuture[Any], settings: Settings) -> tuple[Key, Result | Failure]:
    try:
        return key, future.result()
    except FutureTimeoutError:
        reason = f"it took longer than {settings.page_seconds:g} s (setting page_seconds)"
        return key, Failure(outcome=Outcome.TOO_SLOW, reason=reason)
    except ProcessExpired as error:
        return key, Failure(outcome=Outcome.CRASHED, reason=f"its process ended with exit status {error.exitcode}")
    except Exception as error:  # a mistake of ours costs one task, and says so
        return key, Failure(outcome=Outcome.CRASHED, reason=f"{type(error).__name__}: {error}")


def _begin(log_format: str, hidden: Sequence[str]) -> None:
    logs.begin("read", log_format, hidden)
    _limit_memory()


def _limit_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (WORKER_MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
