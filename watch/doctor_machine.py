"""The doctor's look at the machine: disk, clock, permissions, ports, programs, the newest backup, what was learned."""

import ctypes
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, metadata, requires, version
from pathlib import Path
from time import monotonic, time

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

import serving
from config import ConfigError
from storage import backup, checks
from storage.database import SQLiteError
from watch.condition import span
from watch.examined import Case, Said, advice, fine, wrong
from watch.figures import rooms
from watch.parts import State, parts
from watch.rules_machine import BACKUP_AGE, GIGABYTE
from watch.status import size

LEAST_TMP = 200_000_000  # bytes: a crawl's and a backup's odds and ends
AHEAD = timedelta(minutes=5)  # by which what is stored may be newer than now: a clock that was set
EARLIEST = datetime.fromisoformat("2026-01-01T00:00:00Z")  # before this program was
A_STEP = 1.0  # seconds
UNSYNCHRONISED = 5  # TIME_ERROR of adjtimex(2)
TIMEX_BYTES = 512  # more than its struct has anywhere
OTHERS = 0o077  # what group and others may
TOML = Path("goodturn.toml")


def disk(case: Case) -> Iterator[Said]:
    """Room for the databases, the backups, and what is put down for a moment."""
    low = case.settings.low_disk_gb * GIGABYTE
    for room in rooms(case.settings):
        if room.free < low:
            said = f"{size(room.free)} are free where {room.folder} is, less than low_disk_gb"
            yield wrong("disk", f"{said}: goodturn tidy, keep_pages_days, keep_pages_gb, or old backups elsewhere")
        else:
            yield fine("disk", f"{size(room.free)} of {size(room.size)} are free where {room.folder} is")
    folder = tempfile.gettempdir()
    if (free := shutil.disk_usage(folder).free) < LEAST_TMP:
        yield wrong("disk", f"{size(free)} are free in {folder}: make room there, or set TMPDIR to another folder")


def clock(case: Case) -> Iterator[Said]:
    """Whether this machine knows what time it is."""
    newest = None
    if case.settings.database.is_file():
        try:
            with checks.opened(case.settings.database) as db:
                newest = checks.newest(db)
        except SQLiteError:  # said of the database, or a table of today is not there yet
            newest = None
    if newest and newest - case.now > AHEAD:
        ahead = f"something was stored at {newest:%Y-%m-%d %H:%M}, {span(newest - case.now)} from now"
        yield wrong("clock", f"this machine's clock is wrong, or was: {ahead}; set it (timedatectl), then all goes on")
    elif case.now < EARLIEST:
        yield wrong("clock", f"this machine's clock says {case.now:%Y-%m-%d}, before this program was: set it")
    elif _was_set(case):
        yield wrong("clock", "this machine's clock was set while we looked: let one program keep it right, and slowly")
    elif _is_adrift():
        yield advice("clock", "nothing keeps this machine's clock right: let it be (timedatectl set-ntp true)")
    else:
        yield fine("clock", f"it is {case.now:%Y-%m-%d %H:%M} UTC, and nothing stored is newer")


def permissions(case: Case) -> Iterator[Said]:
    """Whether we may write what we must, and nobody reads what is not for them."""
    data, path = case.settings.data, case.settings.database
    for each in (data, path, path.with_name(f"{path.name}-wal"), case.settings.private, case.settings.backups):
        if each.exists() and not os.access(each, os.W_OK | (os.X_OK if each.is_dir() else 0)):
            yield wrong("permissions", f"this user may not write to {each}: chown it to who runs goodturn")
    if data.exists() and os.geteuid() == 0 != data.stat().st_uid:
        yield advice("permissions", f"you are root, and {data} is another user's: run goodturn as that user")
    for each in _private(case):
        if each.stat().st_mode & OTHERS:
            yield wrong("permissions", f"others may read {each}, which holds people or passwords: chmod 600 {each}")
    yield fine("permissions", f"{data} was looked through")


def ports(case: Case) -> Iterator[Said]:
    """Whether each port is free, or held by the part of ours that it is for."""
    settings, running = case.settings, _running(case)
    wanted = [
        ("desk_port", settings.desk_port, settings.desk_bind, "desk"),
        ("feed_port", settings.feed_port, serving.HOST, "publish"),
        ("metrics_port", settings.metrics_port, serving.HOST, "clock"),
    ]
    if settings.submissions:
        wanted.append(("submit_port", settings.submit_port, settings.submit_bind, "submissions"))
    for setting, port, host, part in wanted:
        if part in running:
            yield fine("ports", f"port {port} ({setting}) is for the part {part}, which runs")
        elif port:
            yield _tried(setting, port, host, part)


def programs(case: Case) -> Iterator[Said]:
    """Whether Python, the libraries and SQLite are what we need."""
    here = ".".join(map(str, sys.version_info[:3]))
    if not SpecifierSet(needed := metadata("goodturn")["Requires-Python"] or "").contains(here):
        yield wrong("Python", f"this is Python {here}, and goodturn needs {needed}: make its environment anew")
    for line in requires("goodturn") or ():
        asked = Requirement(line)
        if asked.marker is None or asked.marker.evaluate({"extra": ""}):
            yield from _installed(asked)
    if lacks := checks.try_out():
        yield wrong("SQLite", f"SQLite {checks.sqlite()} cannot what we ask of it ({lacks}): use a newer Python")
    yield fine("programs", f"Python {here}, SQLite {checks.sqlite()}, goodturn {version('goodturn')}")


def backups(case: Case) -> Iterator[Said]:
    """Whether there is a good backup that is not old."""
    folder = case.settings.backups
    for each in sorted(folder.iterdir()) if folder.is_dir() else ():
        if backup.IS_BACKUP.fullmatch(each.name) and backup.read(each) is None:
            yield wrong("backup", f"the backup {each} is not whole: do not count on it, and delete it")
    for said in case.spoiled:
        yield wrong("backup", f"{said}: goodturn backup makes another")
    newest = backup.newest(folder, case.now)
    if newest is None:
        yield advice("backup", f"there is no backup in {folder} yet: goodturn backup makes one")
    elif case.now - newest.at > BACKUP_AGE:
        old = f"the newest backup is of {newest.at:%Y-%m-%d}"
        yield wrong("backup", f"{old}: does the clock run (goodturn status)? goodturn backup makes one now")
    elif thin := [name for name, one in newest.files.items() if _bytes(newest.folder / one.packed) != one.packed_bytes]:
        yield wrong("backup", f"{newest.folder} has lost a part of {', '.join(thin)}: goodturn backup makes another")
    else:
        yield fine("backup", f"the newest backup is of {newest.at:%Y-%m-%d %H:%M}, {size(newest.bytes)}")


def model(case: Case) -> Iterator[Said]:
    """Whether what was learned can be used."""
    if case.model_fits is False:
        yield wrong("model", "what was learned is of another shape of model and is not used: goodturn learn again")
    else:
        yield fine("model", f"stories are judged by {'learned' if case.model_fits else 'the shipped'} weights")


def names(case: Case) -> Iterator[Said]:
    """Whether names of hosts are found."""
    for host, trouble in case.lookups.items():
        if trouble:
            yield wrong("network", f"the name {host} is not found ({trouble}): look at this machine's network and DNS")
        else:
            yield fine("network", f"the name {host} is found")


def _private(case: Case) -> Iterator[Path]:
    """Files of ours that hold people or passwords."""
    private = case.settings.private
    found = [private, private.with_name(f"{private.name}-wal"), *case.settings.backups.glob(f"*/{private.stem}*")]
    yield from (each for each in found if each.is_file())
    if case.settings.notify and TOML.is_file() and stat.S_ISREG(TOML.stat().st_mode):
        yield TOML


def _running(case: Case) -> set[str]:
    try:
        return {part.name for part in parts(case.settings) if part.state is State.RUNS}
    except (OSError, ValueError, KeyError, TypeError):  # its file is not to be read, or is not whole
        return set()


def _tried(setting: str, port: int, host: str, part: str) -> Said:
    try:
        serving.listen(port, setting, host).close()
    except ConfigError as error:
        return wrong("ports", f"{error} (unless it is 'goodturn {part}', started by hand)")
    return fine("ports", f"port {port} of {host} ({setting}) is free")


def _installed(asked: Requirement) -> Iterator[Said]:
    try:
        found = version(asked.name)
    except PackageNotFoundError:
        yield wrong("libraries", f"{asked.name} is not installed: install requirements.txt again")
        return
    if not asked.specifier.contains(found, prereleases=True):
        yield wrong("libraries", f"{asked.name} is {found}, and we need {asked}: install requirements.txt again")


def _was_set(case: Case) -> bool:
    """Whether this machine's clock and its count of seconds have gone apart since we began to look."""
    wall, count = case.began or (time(), monotonic())
    return abs((time() - wall) - (monotonic() - count)) > A_STEP


def _bytes(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _is_adrift() -> bool:
    """Whether the kernel says that nobody keeps its clock right; only Linux knows."""
    try:
        return bool(ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(TIMEX_BYTES)) == UNSYNCHRONISED)
    except (AttributeError, OSError):
        return False
