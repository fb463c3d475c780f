"""Alarms: what was found wrong, once for as long as it lasts, and the notices that tell of it.

A look hands in all that it found (`settle`). What is new is opened, what was found again is kept on, and what has not
been found for a while is over: the while is the kind's `calm`, so that what comes and goes is one alarm, not many.

What is to be told goes through an outbox. In one transaction a notice is written for each place it is to be sent to,
and its alarms are marked as told (`write`); sending comes after, place by place, and each place is tried again until
it has it (`sent`, `put_off`). So nothing is told twice because another place failed, and nothing is lost by a kill:
only who is killed between a server's yes and our note of it sends a notice again, under the same id.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlite_utils import Database

from storage.database import moment, stamp, writing


class Kind(StrEnum):
    """The sorts of alarm."""

    SILENT = "silent"
    BARREN = "barren"
    FAILING = "failing"
    STOPPED = "stopped"
    MOVED = "moved"
    NETWORK = "network"
    ERRORS = "errors"
    BACKLOG = "backlog"
    DISK = "disk"
    BACKUP = "backup"
    FEEDS = "feeds"
    JOBS = "jobs"
    DATABASE = "database"
    NOTICES = "notices"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something is wrong now: of which kind, with what (a source's address, a job's name ...), in a sentence."""

    kind: Kind
    subject: str = ""
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something that was found wrong. `since` is when it was found, `over` None while it is on."""

    number: int
    kind: Kind
    subject: str
    said: str
    since: datetime
    told: datetime | None
    over: datetime | None
    over_told: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A message for one place, and how its sending goes. `place` is a hash of the address, which holds a password."""

    number: int
    id: str
    place: str
    subject: str
    body: str
    made: datetime
    sent: datetime | None
    tries: int
    trouble: str


def settle(
    db: Database, found: Collection[Finding], judged: Collection[Kind], now: datetime, calm: Mapping[Kind, timedelta]
) -> None:
    """Open, keep and end alarms of the kinds that were looked for, by what was found of them."""
    at = stamp(now)
    with writing(db):
        db.conn.execute(
            "update alarms set seen_at = ? where over_at is null and seen_at > ?", (at, at)
        )  # a clock's jump
        for each in found:
            values = {"kind": each.kind, "subject": each.subject, "said": each.said, "at": at}
            if not db.conn.execute(_KEEP_ON, values).rowcount:
                db.conn.execute(_OPEN, values)
        for kind in judged:
            last = stamp(now - calm.get(kind, timedelta()))
            db.conn.execute(_END, {"kind": kind, "at": at, "last": last})


def open_alarms(db: Database) -> list[Alarm]:
    """What is on, the oldest first."""
    return _alarms(db, "over_at is null order by number")


def recent(db: Database, since: datetime | None = None) -> list[Alarm]:
    """What is on, and what was over since a moment, or ever, the newest first."""
    return _alarms(db, "over_at is null or over_at >= ? order by number desc", stamp(since) if since else "")


def strange(db: Database) -> dict[str, str]:
    """What alarms that are on say of sources, by address, that are silent or yield nothing; silence before that."""
    on = [alarm for alarm in open_alarms(db) if alarm.kind in (Kind.SILENT, Kind.BARREN)]
    return {alarm.subject: alarm.said for alarm in sorted(on, key=lambda alarm: alarm.kind is Kind.SILENT)}


def last(db: Database, kind: Kind) -> Alarm | None:
    """The last alarm of a kind, which may be on."""
    return next(iter(_alarms(db, "kind = ? order by number desc limit 1", kind)), None)


def untold(db: Database) -> tuple[list[Alarm], list[Alarm]]:
    """What is on and was not told, and what was told and is over; what was over before it was told is not."""
    begun = _alarms(db, "told_at is null and over_at is null order by number")
    return begun, _alarms(db, "told_at is not null and over_at is not null and over_told_at is null order by number")


def last_written(db: Database) -> datetime | None:
    """When the last notice was written."""
    return moment(db.conn.execute("select max(made_at) from notices").fetchone()[0])


def write(
    db: Database, alarms: Collection[Alarm], *, id: str, subject: str, body: str, places: Sequence[str], now: datetime
) -> None:
    """Put a notice into the outbox for each place, and mark what it tells as told; all of it or nothing."""
    at = stamp(now)
    with writing(db):
        for place in places:
            values = {"id": id, "place": place, "subject": subject, "body": body, "at": at}
            db.conn.execute(_WRITE, values)
        for alarm in alarms:
            column = "told_at" if alarm.over is None else "over_told_at"
            db.conn.execute(f"update alarms set {column} = ? where number = ?", (at, alarm.number))


def waiting(db: Database, places: Sequence[str], now: datetime, latest: datetime) -> list[Notice]:
    """The notices that are to be sent now, the oldest first; what was for a place that is no more is let go. What was
    put off beyond `latest` was so by a clock that went wrong."""
    marks = ", ".join("?" for _ in places)
    with writing(db):
        db.conn.execute(f"delete from notices where sent_at is null and place not in ({marks})", places)
    due = "sent_at is null and (not_before <= ? or not_before > ?) order by number"
    return _notices(db, due, stamp(now), stamp(latest))


def unsent(db: Database) -> list[Notice]:
    """The notices that were tried and could not be sent yet."""
    return _notices(db, "sent_at is null and tries > 0 order by number")


def sent(db: Database, notice: Notice, at: datetime) -> None:
    """A place has its notice."""
    db.conn.execute("update notices set sent_at = ?, trouble = '' where number = ?", (stamp(at), notice.number))


def put_off(db: Database, notice: Notice, until: datetime, trouble: str) -> None:
    """A notice could not be sent: try again then."""
    db.conn.execute(
        "update notices set tries = tries + 1, not_before = ?, trouble = ? where number = ?",
        (stamp(until), trouble, notice.number),
    )


def forget(db: Database, before: datetime) -> None:
    """Let old notices go, sent or not; alarms stay, they are few."""
    db.conn.execute("delete from notices where made_at < ?", (stamp(before),))


def _alarms(db: Database, where: str, *values: str) -> list[Alarm]:
    return [_alarm(row) for row in db.conn.execute(f"select * from alarms where {where}", values)]


def _alarm(row: Any) -> Alarm:
    since = moment(row["since"])
    assert since  # not null in the table
    return Alarm(
        number=row["number"],
        kind=Kind(row["kind"]),
        subject=row["subject"],
        said=row["said"],
        since=since,
        told=moment(row["told_at"]),
        over=moment(row["over_at"]),
        over_told=moment(row["over_told_at"]),
    )


def _notices(db: Database, where: str, *values: str) -> list[Notice]:
    return [_notice(row) for row in db.conn.execute(f"select * from notices where {where}", values)]


def _notice(row: Any) -> Notice:
    made = moment(row["made_at"])
    assert made  # not null in the table
    return Notice(
        number=row["number"],
        id=row["id"],
        place=row["place"],
        subject=row["subject"],
        body=row["body"],
        made=made,
        sent=moment(row["sent_at"]),
        tries=row["tries"],
        trouble=row["trouble"],
    )


_KEEP_ON = """
update alarms set said = :said, seen_at = :at where kind = :kind and subject = :subject and over_at is null
"""
_OPEN = "insert into alarms (kind, subject, said, since, seen_at) values (:kind, :subject, :said, :at, :at)"
_END = "update alarms set over_at = :at where kind = :kind and over_at is null and seen_at < :at and seen_at <= :last"
_WRITE = """
insert into notices (id, place, subject, body, made_at, not_before) values (:id, :place, :subject, :body, :at, :at)
on conflict (id, place) do nothing
"""
