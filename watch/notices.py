"""Telling people of alarms: by mail, webhook, chat, whatever Apprise knows (the setting `notify`).

What is new and what is over goes into one message, plain text, not more often than every quarter of an hour; what
cannot wait (a full disk, a damaged database, no network) goes at once. A message is written into the outbox first
(storage/alarms.py) and then sent to each place. A place that fails is tried again after 1, 4, 16 minutes and then
every hour, by the looks that come, and is an alarm itself after the third failure; after three days its message is
let go, as the alarm still stands on the desk. Each message ends with an id, which mails and webhooks have as the
header `X-Goodturn-Notice` too: who was killed between sending and writing that down sends it again, under the same
id.

An address holds a password: none is ever said or stored, only its scheme and its place in the setting.
"""

# ruff: noqa: PLC0415 -- Apprise takes a fifth of a second to load: only who sends waits for it

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any
from urllib.parse import unquote

from storage import alarms
from storage.alarms import Alarm, Finding, Kind
from storage.database import Database, identity
from watch.alarms import ADVICE, URGENT

BETWEEN = timedelta(minutes=15)  # two messages that can wait
SECONDS = 30  # for which a place may take; Apprise's own limits are 4 s for HTTP and 15 s for mail
FIRST_RETRY, LONGEST_RETRY = timedelta(minutes=1), timedelta(hours=1)
KEPT = timedelta(days=3)
TRIES = 3  # after which a place is an alarm
MOST = 10  # alarms of a kind that are listed
SUBJECT = 78  # characters
SECRET = 4  # characters, from which on a part of an address may be one
MANY = {
    Kind.SILENT: "sources are silent",
    Kind.BARREN: "sources yield no text or comments",
    Kind.FAILING: "sources fail",
    Kind.STOPPED: "sources have stopped",
    Kind.MOVED: "sources have moved",
    Kind.ERRORS: "hosts fail",
    Kind.JOBS: "jobs or parts fail",
}


_NOWHERE = logging.NullHandler()


class PlaceError(ValueError):
    """The setting `notify` has an address that Apprise does not know; the message says which, without its secrets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where messages go. `id` is a hash of the address, `name` what may be said of it."""

    address: str
    id: str
    name: str


def places(notify: str) -> tuple[Place, ...]:
    """The places of the setting `notify`."""
    return tuple(
        Place(address=address, id=identity(address), name=f"{_scheme(address)} (address {number} of notify)")
        for number, address in enumerate(notify.split(), 1)
    )


def check(notify: str) -> None:
    """Raise PlaceError for an address that is none."""
    wrong = [place.name for place in places(notify) if _service(place) is None]
    if wrong:
        raise PlaceError(f"setting 'notify': Apprise does not know what to do with {', '.join(wrong)}")


def tell(db: Database, notify: str, now: datetime) -> None:
    """Write what is to be told, and send what is to be sent."""
    to = places(notify)
    alarms.forget(db, now - KEPT)
    if to:
        _write(db, to, now)
    known = {place.id: place for place in to}
    failed = set()
    for notice in alarms.waiting(db, list(known), now, now + LONGEST_RETRY):
        if notice.place in failed:  # its other notices have time: each try of a place that hangs takes half a minute
            continue
        if trouble := send(known[notice.place], notice.subject, notice.body, notice.id):
            alarms.put_off(db, notice, now + _retry(notice.tries), trouble)
            failed.add(notice.place)
        else:
            alarms.sent(db, notice, now)


def troubles(db: Database, notify: str) -> list[Finding]:
    """The places that do not take what is sent."""
    waiting = {notice.place: notice for notice in reversed(alarms.unsent(db)) if notice.tries >= TRIES}
    return [
        Finding(
            kind=Kind.NOTICES, subject=place.name, said=f"no message since {told.made:%Y-%m-%d %H:%M}: {told.trouble}"
        )
        for place in places(notify)
        if (told := waiting.get(place.id))
    ]


def send(place: Place, subject: str, body: str, id: str) -> str:
    """Send a message; returns what went wrong, or "" where nothing did."""
    from apprise import Apprise, NotifyFormat
    from apprise.result import AppriseResultStatus

    service = _service(place)
    if service is None:
        return "Apprise does not know this address"
    if isinstance(headers := getattr(service, "headers", None), dict):
        headers["X-Goodturn-Notice"] = id
    sender = Apprise()
    sender.add(service)
    result = sender.notify(body=f"{body}\n\nnotice {id}", title=subject, body_format=NotifyFormat.TEXT, timeout=SECONDS)
    if result:
        return ""
    if result.status is AppriseResultStatus.TIMEOUT:
        return f"it took longer than {SECONDS} seconds"
    said = [str(entry.message) for entry in result.logs()]
    return _masked(place.address, said[-1]) if said else "it was not taken"


def digest(begun: Sequence[Alarm], over: Sequence[Alarm]) -> tuple[str, str]:
    """Subject and text of a message."""
    parts = [_new(kind, list(group)) for kind, group in groupby(_by_kind(begun), attrgetter("kind"))]
    if over:
        parts.append("Over:\n" + _listed([f"- {_name(alarm)} (since {alarm.since:%Y-%m-%d %H:%M})" for alarm in over]))
    parts.append("All times are UTC. goodturn alarms lists what is on.")
    return _subject(begun, over), "\n\n".join(parts)


def _write(db: Database, to: Sequence[Place], now: datetime) -> None:
    begun, over = alarms.untold(db)
    last = alarms.last_written(db)
    can_wait = not any(alarm.kind in URGENT for alarm in begun)
    if not (begun or over) or (last and can_wait and timedelta() <= now - last < BETWEEN):
        return
    if can_wait and {place.id for place in to} <= {notice.place for notice in alarms.unsent(db)}:
        return  # nobody can be told: all that comes meanwhile will be one message
    subject, body = digest(begun, over)
    told = [f"{alarm.number}{'+' if alarm.over is None else '-'}" for alarm in (*begun, *over)]
    id = identity(*told, body)
    alarms.write(db, [*begun, *over], id=id, subject=subject, body=body, places=[place.id for place in to], now=now)


def _new(kind: Kind, those: list[Alarm]) -> str:
    lines = [f"- {_plain(alarm.subject)}{': ' * bool(alarm.subject)}{_plain(alarm.said)}" for alarm in those]
    since = min(alarm.since for alarm in those)
    return f"{kind.capitalize()}, since {since:%Y-%m-%d %H:%M}:\n{_listed(lines)}\nWhat to do: {ADVICE[kind]}."


def _subject(begun: Sequence[Alarm], over: Sequence[Alarm]) -> str:
    said = []
    for kind, group in groupby(_by_kind(begun), attrgetter("kind")):
        those = list(group)
        said.append(_name(those[0]) if len(those) == 1 else f"{len(those)} {MANY.get(kind, kind)}")
    if over:
        said.append(f"over: {_name(over[0])}" if len(over) == 1 else f"{len(over)} are over")
    whole = f"Goodturn: {'; '.join(said)}"
    return whole if len(whole) <= SUBJECT else f"{whole[: SUBJECT - 3]}..."


def _listed(lines: list[str]) -> str:
    more = [f"- and {len(lines) - MOST} more"] if len(lines) > MOST else []
    return "\n".join(lines[:MOST] + more)


def _by_kind(those: Sequence[Alarm]) -> list[Alarm]:
    """What cannot wait first."""
    return sorted(those, key=lambda alarm: (alarm.kind not in URGENT, alarm.kind, alarm.number))


def _name(alarm: Alarm) -> str:
    return f"{alarm.kind}: {_plain(alarm.subject or alarm.said)}"


def _plain(said: str) -> str:
    """One line, whatever an address or a job's last words hold."""
    return "".join(letter if letter.isprintable() else " " for letter in said)


def _retry(tries: int) -> timedelta:
    return min(FIRST_RETRY * (1 << 2 * min(tries, 9)), LONGEST_RETRY)


def _service(place: Place) -> Any:
    """Apprise's own for a place; None where it knows none. Its log is not ours: it names an address as it stands."""
    from apprise import Apprise

    log = logging.getLogger("apprise")
    log.propagate = False
    log.addHandler(_NOWHERE)
    return Apprise.instantiate(place.address, suppress_exceptions=True)


def _scheme(address: str) -> str:
    scheme, there, _ = address.partition("://")
    return f"{scheme}://..." if there and scheme.isalnum() else "an address without a scheme"


def _masked(address: str, said: str) -> str:
    """What a service said, without any part of its address that may be a secret."""
    for secret in sorted(re.split(r"[/:@?&=]+", address.partition("://")[2]), key=len, reverse=True):
        for spelling in {secret, unquote(secret)}:
            said = said.replace(spelling, "...") if len(spelling) >= SECRET else said
    return _plain(said)
