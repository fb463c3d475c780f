"""Throw away what is kept no longer, and give its space back."""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta

from config import Settings
from storage import arrivals, days, upkeep
from storage.database import connect, connect_private

GB = 1e9  # bytes
ROOM = 2.1  # times the database, while it is written anew: once beside it, and once in the WAL


class NoRoomError(RuntimeError):
    """The disk is too small; the message says what it needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tidied:
    """How many of each were deleted; bytes that the disk has back, and bytes that only writing anew would give back."""

    deleted: dict[str, int]
    given_back: int
    unused: int


def tidy(settings: Settings, now: datetime) -> Tidied:
    """Drop old lines of the logs, raw bytes by age and room, what nothing holds, and who sent forms."""
    arrivals.forget(connect_private(settings.private), now)
    db = connect(settings.database)
    days.catch_up(db, now)  # while the fetches that it counts are still there
    read, room = settings.keep_pages_days, settings.keep_pages_gb
    deleted = upkeep.tidy(
        db,
        now - timedelta(days=settings.keep_fetches_days),
        read_before=now - timedelta(days=read) if read else None,
        most_bytes=round(room * GB) if room else None,
    )
    return Tidied(deleted=deleted, given_back=upkeep.give_back(db), unused=upkeep.unused(db))


def write_anew(settings: Settings) -> int:
    """Write the whole file anew; how many bytes it is smaller. Raises NoRoomError before it begins."""
    needed, free = ROOM * settings.database.stat().st_size, shutil.disk_usage(settings.data).free
    if free < needed:
        raise NoRoomError(f"{settings.data} needs {needed / GB:.1f} GB of free disk for it and has {free / GB:.1f}")
    return upkeep.write_anew(connect(settings.database))
