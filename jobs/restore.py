"""`goodturn restore`: a backup takes the place of the databases, which go aside and are never deleted.

Everything is made ready beside them first: unpacked, held against its SHA-256, checked as a backup is when it is made,
brought up to today's schema, and rid of what was taken down since (the list of the database that is replaced says what;
else that of the newest backup) and of who was shut out since. Until then nothing is changed. The change itself is a few
renames, which a kill does not leave half done (storage/replacing.py). Nobody may have the databases open meanwhile.
"""

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from config import Settings
from jobs import packing, takedown
from jobs.backup import GB
from jobs.packing import SpoiledError
from storage import backup as copies
from storage import replacing
from storage.backup import LEARNED, TAKEN_DOWN, Backup, BackupError
from storage.blocked import Block, Kind, blocks
from storage.database import DatabaseError, SQLiteError, connect, connect_private

STAGED = "restoring"  # folder in which all is made ready, beside the databases: renames do not leave a disk
ROOM = 2.2  # times what is unpacked: with it what an upgrade or a sweep needs meanwhile
HELD_BY_US = ("backup.lock", "restore.lock")
WHO, REASON = "restore", "it was taken down before a backup was restored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was done: the backup, none where one that was cut short was finished; the folder; where that is which was
    there before; how many pages were taken down again; and what an operator has to see to."""

    backup: Backup | None
    folder: Path
    aside: Path | None
    again: int = 0
    warnings: tuple[str, ...] = ()


def chosen(settings: Settings, which: str | None, now: datetime) -> Backup:
    """The newest backup, or that of a name or folder. Raises BackupError."""
    if which is None:
        found = copies.newest(settings.backups, now)
    else:
        found = copies.read(settings.backups / which) or copies.read(Path(which))
    if found is None:
        raise BackupError(f"no whole backup {which or ''} in {settings.backups}; 'goodturn restore --list' shows all")
    return found


def restore(settings: Settings, which: str | None, to: Path | None, now: datetime) -> Restored:
    """Put a backup in the place of the databases, or into another folder. Raises BackupError, with nothing changed."""
    target = settings.model_copy(update={"data": to}) if to else settings
    with _unchanged(target):
        if replacing.is_begun(target.data):
            _nobody_there(target)
            return Restored(backup=None, folder=target.data, aside=replacing.finish(target.data))
        backup = chosen(settings, which, now)
        _nobody_there(target)
        _enough_room(backup, target)
        staged = target.model_copy(update={"data": target.data / STAGED})
        _unpack(backup, staged.data)
        again, warnings = _bring_up(settings, target, staged, now)
        _hand_over(staged, target)
        _nobody_there(target)
        aside = target.data / f"before-{copies.name_of(now)}"
        replacing.begin(target.data, staged.data, aside, sorted(path.name for path in staged.data.iterdir()))
    replacing.finish(target.data)
    shutil.rmtree(staged.data, ignore_errors=True)
    if late := replacing.users([aside / path.name for path in (target.database, target.private)]):
        warnings += (f"started meanwhile, and still uses what was there before: {'; '.join(late)}; start it anew",)
    return Restored(backup=backup, folder=target.data, aside=_if_any(aside), again=again, warnings=warnings)


def _unpack(backup: Backup, staged: Path) -> None:
    """Unpack and check it all."""
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir(parents=True, mode=0o700)
    for name, kept in backup.files.items():
        if name == TAKEN_DOWN:
            continue
        packing.unpack(backup.folder / kept.packed, staged / name, kept.sha256, kept.bytes)
        if kept.rows:
            copies.check(staged / name, kept.rows)
    if (staged / LEARNED).exists():
        (staged / LEARNED).rename(gathered := staged / f"{LEARNED}.tar")
        packing.scatter(gathered, staged / LEARNED)
        gathered.unlink()


def _bring_up(settings: Settings, target: Settings, staged: Settings, now: datetime) -> tuple[int, tuple[str, ...]]:
    """Bring what is unpacked up to today; how many pages were taken down again, and what could not be done."""
    warnings: list[str] = []
    if staged.private.exists():
        private = connect_private(staged.private)
        if target.private.exists():
            try:
                replacing.shut_out(private, target.private)
            except SQLiteError as error:
                warnings.append(f"{target.private} cannot be read ({error}): see by 'goodturn people' who may come in")
        replacing.alone(private)
    db = connect(staged.database)
    known = {block.hash for block in blocks(db)}
    listed = [block for block in _taken_down(settings, target, now, warnings) if block.hash not in known]
    again = takedown.replay(db, listed, who=WHO, at=now, reason=REASON).pages if listed else 0
    if listed and (held := takedown.sweep(staged, db)):
        warnings.append(f"remains of what was taken down may be left: {held}; run 'goodturn takedown --sweep'")
    replacing.alone(db)
    return again, tuple(warnings)


def _hand_over(staged: Settings, target: Settings) -> None:
    """Let the files be read and written by whom those were that they replace; root may restore for others."""
    staged.database.chmod(target.database.stat().st_mode & 0o777 if target.database.exists() else 0o644)
    if os.geteuid() == 0:
        owner = target.data.stat()
        for path in staged.data.rglob("*"):
            os.chown(path, owner.st_uid, owner.st_gid)


def _taken_down(settings: Settings, target: Settings, now: datetime, warnings: list[str]) -> Iterable[Block]:
    """What was taken down by now, as far as it is known."""
    found: dict[str, Block] = {}
    for path in {settings.database, target.database}:
        if path.exists():
            with suppress(SQLiteError):
                found |= {block.hash: block for block in replacing.taken_down(path)}
                continue
        if path == settings.database:
            found |= {block.hash: block for block in _listed_last(settings, now, warnings)}
            warnings.append(
                f"{path} cannot be read: what was taken down since the newest backup is not known, and may be there "
                "again; if you have its list, run 'goodturn takedown --replay FILE' before anything else is started"
            )
    return found.values()


def _listed_last(settings: Settings, now: datetime, warnings: list[str]) -> list[Block]:
    """The list in the newest backup. One that is damaged keeps nobody from the rest."""
    last = copies.newest(settings.backups, now)
    if last is None or TAKEN_DOWN not in last.files:
        return []
    kept = last.files[TAKEN_DOWN]
    try:
        lines = packing.text(last.folder / kept.packed, kept.bytes).splitlines()
        return [Block(**{**(row := json.loads(line)), "kind": Kind(row["kind"])}) for line in lines]
    except (ValueError, KeyError, TypeError) as error:  # SpoiledError is one
        warnings.append(f"{last.folder / kept.packed} is damaged: nothing that it names is taken down ({error})")
        return []


def _nobody_there(target: Settings) -> None:
    """Raise BackupError, with who is to be ended, where the databases are in use, or something runs that uses them."""
    using = replacing.users([target.database, target.private])
    locks = [path for path in sorted(target.data.glob("*.lock")) if path.name not in HELD_BY_US]
    running = [path.stem for path in locks if _is_held(path)]
    if using or running:
        who = "; ".join([*(f"'goodturn {name}'" for name in running), *using])
        raise BackupError(f"{target.data} is in use: end these first, then restore: {who}")


def _is_held(path: Path) -> bool:
    try:
        with FileLock(path, timeout=0):
            return False
    except Timeout:
        return True


def _enough_room(backup: Backup, target: Settings) -> None:
    target.data.mkdir(parents=True, exist_ok=True)
    needed = ROOM * sum(kept.bytes for kept in backup.files.values())
    free = shutil.disk_usage(target.data).free
    if free < needed:
        raise BackupError(
            f"the disk of {target.data} is too small: {needed / GB:.1f} GB are needed there, {free / GB:.1f} are free"
        )


@contextmanager
def _unchanged(target: Settings) -> Iterator[None]:
    """Whatever goes wrong before the change, as one sentence; what was made ready goes."""
    try:
        yield
    except (BackupError, SpoiledError, DatabaseError, SQLiteError, OSError) as error:
        if not replacing.is_begun(target.data):
            shutil.rmtree(target.data / STAGED, ignore_errors=True)
        raise BackupError(f"nothing was restored: {error}") from error


def _if_any(aside: Path) -> Path | None:
    """The folder, unless nothing was there before."""
    with suppress(OSError):
        aside.rmdir()
        return None
    return aside
