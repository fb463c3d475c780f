"""One run of a job at a time, whoever starts it: the clock, a person, a second clock."""

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from config import ConfigError, Settings

A_TURN = 90.0  # seconds in which `read --follow` gives up its lock, and another job may read


class AlreadyRunningError(RuntimeError):
    """Another process runs this job on this database."""


@contextmanager
def alone(job: str, settings: Settings, *, seconds: float = 0.0) -> Iterator[None]:
    """Hold the job's lock, a file beside the database that the operating system frees even after a kill. Another's is
    waited for as many seconds."""
    lock = FileLock(settings.data / f"{job}.lock")
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=seconds)
    except Timeout:
        running = f"'{job}' is already running on {settings.database}; let it end, or end it first"
        raise AlreadyRunningError(running) from None
    except OSError as error:
        raise ConfigError(f"cannot use the folder {settings.data}: {error.strerror}; see the setting 'data'") from None
    try:
        yield
    finally:
        lock.release()
