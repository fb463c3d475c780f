"""What happened at the desk's door, one row for each time: appended, never changed. It throttles, and it is the audit.

Guessing is slowed down by counting failures of the last 15 minutes: 5 of a name from one address (a person who has
forgotten), 20 from one address (one who tries names), 100 of one name (many machines). An IPv6 address counts as its
network of 64 bits, as one household has so many (storage/networks.py). Whoever is over one of them is
refused without a look at the password, until enough failures have become old; being refused adds none. So that a
flood of refusals fills no disk, one a minute is written for each address.
"""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil

from storage.database import Database, moment, stamp
from storage.networks import network

WINDOW = timedelta(minutes=15)
MOST_OF_BOTH, MOST_OF_ADDRESS, MOST_OF_NAME = 5, 20, 100  # failures in the window
ONE_REFUSAL_IN = timedelta(minutes=1)
NAME_CHARACTERS, ADDRESS_CHARACTERS, AGENT_CHARACTERS = 60, 60, 200  # of what others say of themselves


class Event(StrEnum):
    """What can happen at the door."""

    SIGNED_IN = "signed in"
    FAILED = "failed"
    THROTTLED = "throttled"
    SIGNED_OUT = "signed out"
    ENDED = "sessions ended"
    LINK_MADE = "link made"
    LINK_USED = "link used"
    PASSWORD = "password set"
    ADDED = "added"
    ROLE = "role changed"
    REMOVED = "let in no more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where something comes from: network address, browser, and who did it, where that is known."""

    address: str = ""
    agent: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A row: `at` as it is stored, `name` whom it is about, `who` did it."""

    number: int
    at: str
    outcome: Event
    name: str
    address: str
    agent: str
    who: str
    note: str


def note(db: Database, event: Event, name: str, *, at: datetime, origin: Origin, note: str = "") -> None:
    """Append a row, inside the caller's transaction or on its own."""
    said = (shown(origin.address, ADDRESS_CHARACTERS), shown(origin.agent, AGENT_CHARACTERS), origin.who, note)
    db.conn.execute(_APPEND, (stamp(at), event, shown(name, NAME_CHARACTERS), *said, _from(origin)))


def logins(db: Database, *, limit: int, offset: int = 0) -> list[Login]:
    """What happened, newest first."""
    rows = db.conn.execute(_LATEST, (limit, offset))
    return [Login(**{**dict(row), "outcome": Event(row["outcome"])}) for row in rows]


def refused_for(db: Database, name: str, *, at: datetime, origin: Origin) -> int:
    """In how many seconds it may be tried again; 0 for now."""
    name, network = shown(name, NAME_CHARACTERS), _from(origin)
    since = stamp(at - WINDOW)
    limits = (
        (MOST_OF_BOTH, "name = ? collate nocase and network = ?", (name, network)),
        (MOST_OF_ADDRESS, "network = ?", (network,)),
        (MOST_OF_NAME, "name = ? collate nocase", (name,)),
    )
    waits = [0]
    for most, which, values in limits:
        asked = f"select at from logins where {which} and at > ? and outcome = ? order by at desc limit 1 offset ?"
        row = db.conn.execute(asked, (*values, since, Event.FAILED, most - 1)).fetchone()
        if row and (oldest := moment(row["at"])):
            waits.append(ceil((oldest + WINDOW - at).total_seconds()))
    return max(waits)


def note_refusal(db: Database, name: str, *, at: datetime, origin: Origin) -> None:
    """Append that somebody was refused, unless the same address was within the last minute."""
    values = (_from(origin), stamp(at - ONE_REFUSAL_IN), Event.THROTTLED)
    if not db.conn.execute("select 1 from logins where network = ? and at > ? and outcome = ?", values).fetchone():
        note(db, Event.THROTTLED, name, at=at, origin=origin)


def shown(text: str, most: int) -> str:
    """What somebody else said, cut, and without what a terminal or a page would obey."""
    return "".join("�" if unicodedata.category(c).startswith("C") else c for c in text[:most])


def _from(origin: Origin) -> str:
    return shown(network(origin.address), ADDRESS_CHARACTERS)


_APPEND = "insert into logins (at, outcome, name, address, agent, who, note, network) values (?, ?, ?, ?, ?, ?, ?, ?)"
_LATEST = """
select number, at, outcome, name, address, agent, who, note from logins order by number desc limit ? offset ?
"""
