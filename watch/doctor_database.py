"""The doctor's look at the databases: whether they are there, of this program's version, whole, and found by searches.

They are opened to be read only; what cannot be opened or read to its end is said, and what to do then.
"""

from collections.abc import Generator, Iterator
from pathlib import Path

from storage import backup, checks
from storage.alarms import Kind
from storage.database import DAMAGE, Database, DatabaseError, SQLiteError
from watch.alarms import ADVICE
from watch.examined import Case, Said, advice, fine, wrong
from watch.figures import LOCKED
from watch.parts import FILE

REST = ADVICE[Kind.DATABASE]


def stories(case: Case) -> Iterator[Said]:
    """The database of stories."""
    path = case.settings.database
    if not path.exists():
        yield _absent(case, path)
        return
    try:
        with checks.opened(path) as db:
            yield from _whole(db, path, case)
    except (DatabaseError, SQLiteError) as error:
        yield _unreadable(path, error)


def people(case: Case) -> Iterator[Said]:
    """The database of people."""
    path = case.settings.private
    if not path.exists():
        yield advice(path.name, f"{path} is not there yet: goodturn desk makes it, with a link for the first operator")
        return
    try:
        with checks.opened(path) as db:
            if (yield from _version(db, path)):
                yield from _damaged(db, path, case)
            else:
                yield from _sound(db, path, case)
                yield from _who(db)
    except (DatabaseError, SQLiteError) as error:
        yield _unreadable(path, error)


def _absent(case: Case, path: Path) -> Said:
    kept = backup.newest(case.settings.backups, case.now)
    if kept:
        said = f"{path} is gone, and there was one: 'goodturn restore' puts back the backup of {kept.at:%Y-%m-%d %H:%M}"
        return wrong(path.name, said)
    if (case.settings.data / FILE).exists():
        return wrong(path.name, f"{path} is gone, and there was one: stop Goodturn, and put a copy of it back")
    return advice(path.name, f"there is no database at {path} yet: goodturn run makes it, or set the folder 'data'")


def _whole(db: Database, path: Path, case: Case) -> Iterator[Said]:
    if (yield from _version(db, path)):
        yield from _damaged(db, path, case)  # the rest is asked of today's tables
        return
    yield from _sound(db, path, case)
    for index, rows in checks.stale(db, thorough=case.thorough).items():
        yield wrong(
            "search",
            f"the full-text index {index} lags behind: {rows} rows are not found by their own words, so searches "
            "miss stories; 'goodturn restore' a backup of before, or ask who changed the database by hand",
        )
    if case.thorough and (lost := checks.unlisted(db)):
        yield wrong("desk", f"{lost} clusters with stories are in no list of the desk: {REST}")
    yield fine("search", f"searches find what is in {path}")


def _version(db: Database, path: Path) -> Generator[Said, None, bool]:
    """Whether it is of an older version. Raises DatabaseError where it is of a newer one."""
    older = checks.pending(db, path)
    if older:
        yield advice(path.name, f"{path} is of an older version ({', '.join(older)} to come): goodturn run upgrades it")
    else:
        yield fine(path.name, f"{path} is of this program's version")
    return bool(older)


def _sound(db: Database, path: Path, case: Case) -> Iterator[Said]:
    yield from _damaged(db, path, case)
    for tables, rows in checks.loose(db).items():
        yield wrong(path.name, f"{path}: {rows} rows name others that are not there ({tables}): {REST}")
    if lacking := checks.missing(db, path):
        yield wrong(path.name, f"{path} has lost the {', the '.join(lacking[: checks.MOST])}: {REST}")


def _damaged(db: Database, path: Path, case: Case) -> Iterator[Said]:
    for what in checks.damage(db, thorough=case.thorough):
        yield wrong(path.name, f"{path} is damaged ({what}): {REST}")
    yield fine(path.name, f"{path} was looked through, {'all of it' if case.thorough else 'its pages and rows'}")


def _who(db: Database) -> Iterator[Said]:
    if checks.operators(db):
        yield fine("people", f"there are operators who can sign in, {checks.operators(db)}")
    else:
        yield advice("people", "no operator can sign in at the desk yet: goodturn desk prints a link for the first")


def _unreadable(path: Path, error: Exception) -> Said:
    said = str(error)
    if isinstance(error, DatabaseError):
        return wrong(path.name, said)
    if LOCKED in said:
        return wrong(path.name, f"{path} is locked by another program: end that one; nothing is lost by waiting")
    if any(word in said for word in DAMAGE):
        return wrong(path.name, f"{path} is damaged ({said}): {REST}")
    return wrong(path.name, f"{path} cannot be read ({said}): are it and its folder this user's own?")
