"""One run of a job at a time, whoever starts it: the clock, a person, a second clock."""

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from config import Settings


class AlreadyRunningError(RuntimeError):
    """Another process runs this job on this database."""


@contextmanager
def alone(job: str, settings: Settings) -> Iterator[None]:
    """Hold the job's lock, a file beside the database that the operating system frees even after a kill."""
    settings.data.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(settings.data / f"{job}.lock", timeout=0):
            yield
    except Timeout:
        raise AlreadyRunningError(
            f"'{job}' is already running on {settings.database}; let it end, or end it first"
        ) from None
