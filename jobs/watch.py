"""A look for what an operator should be told: what each day brought is counted, the rules are asked, alarms are
opened and ended, and what is new is told.

A damaged database cannot keep an alarm. Where it cannot be read that is told at once, and again each day, as a file
beside it remembers.
"""

import logging
import shutil
from collections.abc import Sequence
from datetime import datetime, timedelta

from config import Settings
from crawler.sources import SourcesError, read
from jobs.collect import kinds
from storage import alarms, backup, days, history, schedule
from storage.alarms import Alarm, Finding, Kind
from storage.database import Database, SQLiteError, connect, identity
from watch import notices, rules_machine
from watch.alarms import ADVICE, CALM
from watch.parts import parts
from watch.rules import of_sources
from watch.rules_machine import Clockwork

log = logging.getLogger("goodturn.watch")
A_DAY = timedelta(days=1)
BEFORE = timedelta(days=8)  # with the last day: the week that a day is held against
ELSEWHERE = {Kind.DATABASE}  # what others look for: the checkup, as it takes long
DAMAGE = ("malformed", "not a database", "disk I/O error")  # in SQLite's words
DAMAGED = "Goodturn: the database is damaged"
TOLD_OF_DAMAGE = "damage.told"  # the file that remembers


def look(settings: Settings, now: datetime) -> list[Alarm]:
    """Look once, and tell; returns what is on."""
    try:
        return _look(settings, now)
    except (SQLiteError, ValueError) as error:
        if any(word in str(error) for word in DAMAGE):
            _tell_damage(settings, now, str(error))
        raise


def _look(settings: Settings, now: datetime) -> list[Alarm]:
    db = connect(settings.database)
    days.catch_up(db, now)
    history.learn(db, now)
    found = [*_of_sources(db, now), *_of_machine(db, settings, now), *notices.troubles(db, settings.notify)]
    judged = set(Kind) - ELSEWHERE
    if any(each.kind is Kind.NETWORK for each in found):
        judged -= {Kind.FAILING, Kind.SILENT, Kind.BARREN, Kind.ERRORS}  # as they were: nothing can be seen of them now
    alarms.settle(db, found, judged, now, CALM)
    notices.tell(db, settings.notify, now)
    on = alarms.open_alarms(db)
    log.info("looked found=%d on=%d unsent=%d", len(found), len(on), len(alarms.unsent(db)))
    return on


def _of_sources(db: Database, now: datetime) -> list[Finding]:
    found = of_sources(history.pasts(db, now), now, alarms.last_over(db, Kind.NETWORK))
    if any(each.kind is Kind.NETWORK for each in found):
        return found
    lately = history.hosts(db, now - A_DAY, now)
    if rules_machine.suspects(lately) or rules_machine.is_suspect(lately):
        found += rules_machine.errors(lately, history.hosts(db, now - BEFORE, now - A_DAY))
    return found


def _of_machine(db: Database, settings: Settings, now: datetime) -> list[Finding]:
    last = schedule.last_runs(db)
    newest = backup.newest(settings.backups) if settings.backup_at else None
    clockwork = Clockwork(
        schedule=schedule.scheduled(db), last=last, ticks=schedule.is_running(db, now), parts=parts(settings)
    )
    found = rules_machine.disk(_free(settings), settings.low_disk_gb)
    found += rules_machine.backlog(*history.unread(db), now, timedelta(hours=settings.backlog_hours))
    if settings.backup_at:
        found += rules_machine.backup(newest.at if newest else None, history.began(db), last.get("backup"), now)
    return found + rules_machine.feeds(_mistakes(db, settings)) + rules_machine.jobs(clockwork, now)


def _free(settings: Settings) -> dict[str, int]:
    """The bytes that are free, by folder; one of two on the same disk."""
    folders = {folder.stat().st_dev: folder for folder in (settings.backups, settings.data) if folder.exists()}
    return {str(folder): shutil.disk_usage(folder).free for folder in folders.values()}


def _mistakes(db: Database, settings: Settings) -> Sequence[str]:
    try:
        return [] if read(settings.feeds, kinds()) or not history.has_sources(db) else [f"{settings.feeds}: is empty"]
    except SourcesError as mistakes:
        return str(mistakes).splitlines()


def _tell_damage(settings: Settings, now: datetime, said: str) -> None:
    marker = settings.data / TOLD_OF_DAMAGE
    told = datetime.fromisoformat(marker.read_text("utf-8")) if marker.exists() else None
    if told and timedelta() <= now - told < A_DAY:
        return
    body = f"{settings.database}: {said}\nWhat to do: {ADVICE[Kind.DATABASE]}."
    id = identity(str(settings.database), f"{now:%Y-%m-%d}")
    sent = [not notices.send(each, DAMAGED, body, id) for each in notices.places(settings.notify)]
    if any(sent):
        marker.write_text(now.isoformat(), "utf-8")


def test(settings: Settings, now: datetime) -> dict[str, str]:
    """Send a message to every place; by place what went wrong, "" where nothing did."""
    notices.check(settings.notify)
    body = f"This is a test, sent at {now:%Y-%m-%d %H:%M} UTC. Alarms will come like this one."
    to = notices.places(settings.notify)
    return {each.name: notices.send(each, "Goodturn: a test", body, identity(now.isoformat())) for each in to}
