"""How the sources and the databases are, in lines an operator can act on.

The databases are looked at as `goodturn doctor` does (watch/doctor.py); what is wrong with them is an alarm, too, as
the looks of every few minutes (jobs/watch.py) have no time for it.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from config import Settings
from jobs.collect import sync_if_sound
from storage import alarms
from storage.alarms import Finding, Kind
from storage.database import Database, DatabaseError, SQLiteError, connect
from storage.health import Health, health
from watch.alarms import CALM
from watch.condition import has_spent_all, words
from watch.doctor import DATABASES, examine, wrong
from watch.examined import Case

MANY_FAILURES = 3  # in a row; one or two are the web's weather
A_DAY = timedelta(days=1)  # in which the clock reads many times what was fetched


def checkup(settings: Settings, now: datetime) -> list[str]:
    """A sentence for each thing that wants an operator; empty when all is well."""
    hurt = wrong(examine(Case(settings=settings, now=now), DATABASES))
    try:
        return hurt + _of_sources(settings, now, hurt)
    except (DatabaseError, SQLiteError):
        if hurt:  # it has been said what is the matter
            return hurt
        raise


def _of_sources(settings: Settings, now: datetime, hurt: Sequence[str]) -> list[str]:
    found = sync_if_sound(settings)
    db = connect(settings.database)
    _raise_alarm(db, hurt, now)
    sources = [source for source in health(db) if source.active]
    if not sources and not found:
        found.append(f"{settings.feeds}: names no source; 'goodturn sources add URL' finds one")
    if len(sources) > 1 and all(source.failures for source in sources):
        found.append("every source fails: is this machine on the network?")
    return found + [f"{source.address}: {said}" for source in sources if (said := _wants(source, now))]


def _raise_alarm(db: Database, hurt: Sequence[str], now: datetime) -> None:
    more = f" (and {len(hurt) - 1} more: goodturn doctor)" if len(hurt) > 1 else ""
    found = [Finding(kind=Kind.DATABASE, said=f"{hurt[0]}{more}")] if hurt else []
    with suppress(SQLiteError):  # what is damaged may keep nothing; the look that tells of that has a file for it
        alarms.settle(db, found, {Kind.DATABASE}, now, CALM)


def _wants(source: Health, now: datetime) -> str:
    if 0 < source.failures < MANY_FAILURES and not source.stopped:
        return ""
    said = words(source, now)
    if said and said != has_spent_all(source, now):  # its next turn comes by itself
        return said
    if source.unread and source.unread_since and now - source.unread_since > A_DAY:
        return f"{source.unread} pages have waited to be read for a day; does 'goodturn read' run?"
    return ""
