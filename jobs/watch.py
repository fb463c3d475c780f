"""A look for what an operator should be told: what each day brought is counted, the rules are asked, alarms are
opened and ended, and what is new is told.

A database that is damaged, or that cannot be used at all, cannot keep an alarm. That is told without it: damage at
once, the rest by the clock, which cannot run a look then, after two minutes; again each day, as a file beside it
remembers; and once a look can be had again.
"""

import logging
import shutil
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from config import Settings
from crawler.sources import SourcesError, read
from jobs.collect import kinds
from storage import alarms, backup, days, history, schedule
from storage.alarms import Alarm, Finding, Kind
from storage.database import DAMAGE, Database, SQLiteError, connect, identity
from storage.days import Queue
from watch import notices, rules_machine
from watch.alarms import ADVICE, CALM
from watch.parts import parts
from watch.rules import of_sources
from watch.rules_machine import Clockwork

log = logging.getLogger("goodturn.watch")
A_DAY = timedelta(days=1)
BEFORE = timedelta(days=8)  # with the last day: the week that a day is held against
ELSEWHERE = {Kind.DATABASE}  # what others look for: the checkup, as it takes long
UNUSABLE, USABLE = "Goodturn: the database cannot be used", "Goodturn: the database can be used again"
TOLD_OF_TROUBLE = "trouble.told"  # the file that remembers


def look(settings: Settings, now: datetime) -> list[Alarm]:
    """Look once, and tell; returns what is on."""
    try:
        on = _look(settings, now)
    except (SQLiteError, ValueError) as error:
        if any(word in str(error) for word in DAMAGE):
            tell_trouble(settings, now, str(error))
        raise
    if (settings.data / TOLD_OF_TROUBLE).exists():
        tell_over(settings, now)
    return on


def _look(settings: Settings, now: datetime) -> list[Alarm]:
    db = connect(settings.database)
    days.catch_up(db, now)
    days.measure(db, now.date())
    history.learn(db, now)
    found = [*_of_sources(db, now), *_of_machine(db, settings, now), *notices.troubles(db, settings.notify)]
    judged = set(Kind) - ELSEWHERE
    if Kind.NETWORK in {*(each.kind for each in found), *(each.kind for each in alarms.open_alarms(db))}:
        judged -= {Kind.FAILING, Kind.SILENT, Kind.BARREN, Kind.ERRORS}  # as they were: nothing can be seen of them now
    alarms.settle(db, found, judged, now, CALM)
    notices.tell(db, settings.notify, now)
    on = alarms.open_alarms(db)
    log.info("looked found=%d on=%d unsent=%d", len(found), len(on), len(alarms.unsent(db)))
    return on


def _of_sources(db: Database, now: datetime) -> list[Finding]:
    outage = alarms.last(db, Kind.NETWORK)
    gone = (outage.since, outage.over or now) if outage else None
    if gone and max(gone) > now:  # the clock went back
        gone = None
    found = of_sources(history.pasts(db, now), now, gone)
    if any(each.kind is Kind.NETWORK for each in found):
        return found
    lately = history.hosts(db, max(now - A_DAY, gone[1]) if gone else now - A_DAY, now)
    if rules_machine.suspects(lately) or rules_machine.is_suspect(lately):
        found += rules_machine.errors(lately, history.hosts(db, now - BEFORE, now - A_DAY))
    return found


def _of_machine(db: Database, settings: Settings, now: datetime) -> list[Finding]:
    last = schedule.last_runs(db)
    newest = backup.newest(settings.backups, now) if settings.backup_at else None
    clockwork = Clockwork(
        schedule=schedule.scheduled(db), last=last, ticks=schedule.is_running(db, now), parts=parts(settings)
    )
    found = rules_machine.disk(_free(settings), settings.low_disk_gb)
    found += rules_machine.backlog(*history.unread(db), now, timedelta(hours=settings.backlog_hours))
    since = now.date() - timedelta(weeks=rules_machine.WEEKS)
    for queue in Queue:
        found += rules_machine.growth(queue, days.series(db, since, queue).get("", {}), now.date())
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


def tell_trouble(settings: Settings, now: datetime, said: str) -> None:
    """Tell, without the database, that it cannot be used; once a day."""
    marker = settings.data / TOLD_OF_TROUBLE
    told = datetime.fromisoformat(marker.read_text("utf-8")) if marker.exists() else None
    if told and timedelta() <= now - told < A_DAY:
        return
    body = f"{settings.database}: {said}\nWhat to do: {ADVICE[Kind.DATABASE]}."
    if _send(settings, UNUSABLE, body, now):
        with suppress(OSError):  # its disk is full, or its folder is gone
            marker.write_text(now.isoformat(), "utf-8")


def tell_over(settings: Settings, now: datetime) -> None:
    """Tell that it can be used again."""
    if _send(settings, USABLE, f"{settings.database}: it could be used at {now:%Y-%m-%d %H:%M} UTC.", now):
        (settings.data / TOLD_OF_TROUBLE).unlink(missing_ok=True)


def _send(settings: Settings, subject: str, body: str, now: datetime) -> bool:
    """Whether anybody got it."""
    id = identity(str(settings.database), subject, f"{now:%Y-%m-%d}")
    sent = [not notices.send(each, subject, body, id) for each in notices.places(settings.notify)]
    return any(sent)


def test(settings: Settings, now: datetime) -> dict[str, str]:
    """Send a message to every place; by place what went wrong, "" where nothing did."""
    notices.check(settings.notify)
    body = f"This is a test, sent at {now:%Y-%m-%d %H:%M} UTC. Alarms will come like this one."
    to = notices.places(settings.notify)
    return {each.name: notices.send(each, "Goodturn: a test", body, identity(now.isoformat())) for each in to}
