"""`goodturn backup`: both databases, what was learned and the list of what was taken down, of now, checked and packed.

The stories come first and people second: who sends something in is known before what they sent is, so that no copy has
one without the other. Everything is made in a folder that ends in `.partial`, and has its name only when it is whole; a
failure removes it, a kill leaves it to the next backup. Then older backups go: of the last 7 days, 4 weeks and 12
months that have one, the last of each stays, and the last 3 whatever their day. Days are counted by the backups
themselves, not by the clock, so that neither a clock that jumps nor a long pause takes the last good ones; and those of
moments still to come, which a wrong clock made, are counted by themselves.

Nothing is deleted that is no backup of ours: not a folder of another name, nor a file that no manifest names.
"""

import json
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from config import Settings
from jobs import packing
from jobs.read_page import learned
from storage import backup as copies
from storage.backup import IS_PARTIAL, LEARNED, MANIFEST, PACKED, TAKEN_DOWN, Backup, BackupError, Kept
from storage.database import SQLiteError
from storage.replacing import taken_down

DAILY, WEEKLY, MONTHLY, LAST = 7, 4, 12, 3  # backups that are kept: of so many days, weeks, months; and so many more
ROOM = 2.0  # times the databases: a copy, and that packed, at worst no smaller
GB = 1e9  # bytes


def backup(settings: Settings, now: datetime) -> Backup:
    """Make a backup and let old ones go. Raises BackupError; what was there before is there still."""
    folder = settings.backups
    if not settings.database.exists():
        raise BackupError(f"no database at {settings.database}: there is nothing to back up")
    name = copies.name_of(now)
    if (folder / name).exists():
        raise BackupError(f"{folder / name} is there already")
    with _explained(folder, now), _partial(folder, name) as made:
        _enough_room(settings, folder)
        whole = Backup(folder=folder / name, at=now, version=version("goodturn"), files=_files(settings, made))
        (made / MANIFEST).touch(packing.OWNER_ONLY)
        (made / MANIFEST).write_text(copies.manifest(whole), "utf-8")
        packing.settle(made)
        made.rename(whole.folder)
        packing.settle(folder)
    try:
        rotate(folder, now)
    except OSError as error:
        raise BackupError(f"{whole.folder} was made, but older ones cannot be deleted: {error}") from error
    return whole


def rotate(folder: Path, now: datetime, *, only: Backup | None = None) -> list[Backup]:
    """Delete the backups that are kept no longer, or all but one; which."""
    there = {backup.at: backup for backup in copies.backups(folder)}
    to_come = {at for at in there if at > now}
    unkept = there.keys() - {only.at} if only else surplus(there.keys() - to_come) | surplus(to_come)
    gone = [there[at] for at in sorted(unkept)]
    for backup in gone:
        (backup.folder / MANIFEST).unlink()  # from now on it is none
        for kept in backup.files.values():
            (backup.folder / kept.packed).unlink(missing_ok=True)
        with suppress(OSError):  # somebody put something else there
            backup.folder.rmdir()
    return gone


def surplus(moments: Collection[datetime]) -> set[datetime]:
    """Those moments whose backups are kept no longer."""
    newest_first = sorted(moments, reverse=True)
    kept = set(newest_first[:LAST])
    for span, many in ((_day, DAILY), (_week, WEEKLY), (_month, MONTHLY)):
        last: dict[tuple[int, ...], datetime] = {}
        for at in newest_first:
            last.setdefault(span(at.astimezone(UTC)), at)
        kept |= set(list(last.values())[:many])
    return set(moments) - kept


def _day(at: datetime) -> tuple[int, ...]:
    return at.year, at.month, at.day


def _week(at: datetime) -> tuple[int, ...]:
    return at.isocalendar()[:2]


def _month(at: datetime) -> tuple[int, ...]:
    return at.year, at.month


def _files(settings: Settings, made: Path) -> dict[str, Kept]:
    """Copy, check and pack everything into the folder that is made."""
    files = {}
    for path in (settings.database, settings.private):
        if path.exists():
            copied = made / path.name
            copied.touch(packing.OWNER_ONLY)
            migrations, rows = copies.copy(path, copied)
            copies.check(copied, rows)
            files[path.name] = _packed(copied, migrations=migrations, rows=rows)
    listed = [json.dumps(asdict(block), ensure_ascii=False) for block in taken_down(settings.database)]
    (made / TAKEN_DOWN).write_text("\n".join(listed), "utf-8")
    files[TAKEN_DOWN] = _packed(made / TAKEN_DOWN)
    if folder := learned(settings):
        packing.gather(folder, gathered := made / Path(PACKED[LEARNED]).stem)
        files[LEARNED] = _packed(gathered)
    return files


def _packed(path: Path, *, migrations: tuple[str, ...] = (), rows: dict[str, int] | None = None) -> Kept:
    """Pack a file in the place of what it was."""
    packed = path.with_name(f"{path.name}.zst")
    sha256, size = packing.pack(path, packed), path.stat().st_size
    path.unlink()
    return Kept(
        packed=packed.name,
        bytes=size,
        packed_bytes=packed.stat().st_size,
        sha256=sha256,
        migrations=migrations,
        rows=rows or {},
    )


def _enough_room(settings: Settings, folder: Path) -> None:
    """Raise BackupError where the disk has not the room for it."""
    names = (f"{path}{end}" for path in (settings.database, settings.private) for end in ("", "-wal"))
    needed = ROOM * sum(path.stat().st_size for name in names if (path := Path(name)).exists())
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise BackupError(
            f"the disk of {folder} is too small: a backup needs {needed / GB:.1f} GB there and {free / GB:.1f} "
            "are free; make room, or set the folder 'backups' to another disk"
        )


@contextmanager
def _partial(folder: Path, name: str) -> Iterator[Path]:
    """A folder for what is being made, gone afterwards; what a kill left of others goes too."""
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.iterdir():
        if IS_PARTIAL.fullmatch(left.name):
            shutil.rmtree(left)
    made = folder / f"{name}.partial"
    made.mkdir(mode=0o700)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextmanager
def _explained(folder: Path, now: datetime) -> Iterator[None]:
    """Whatever goes wrong, as one sentence that says what is still there."""
    try:
        yield
    except (BackupError, SQLiteError, OSError) as error:
        last = copies.newest(folder, now)
        still = f"the last good one is {last.folder}" if last else f"there is none in {folder}"
        raise BackupError(f"no backup was made: {error}; {still}") from error
