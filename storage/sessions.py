"""Sessions: a random token in the browser's signed cookie, and a row that makes it real.

A session ends when it is not used for some hours (a setting) and after 14 days at all, or when it is ended: by its
person, by an operator, by a new password or role. That it is used is written once a minute at most, so that reading
costs no write. The token is kept as a hash only. Each sign-in makes a new one, so that nobody can prepare one for
another. A person's sessions of more than a month ago are forgotten at their next sign-in.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from storage.database import Database, moment, stamp, writing
from storage.logins import ADDRESS_CHARACTERS, AGENT_CHARACTERS, Event, Origin, note, shown
from storage.people import Person, end_sessions, person_of

TOKEN_BYTES = 32  # 256 bits: not to be guessed
LONGEST = timedelta(days=14)
SEEN_EVERY = timedelta(minutes=1)
FORGOTTEN_AFTER = timedelta(days=31)
SIGNING = "sessions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One browser in which a person is signed in; moments as they are stored."""

    number: int
    made_at: str
    seen_at: str
    address: str
    agent: str


def kept_as(token: str) -> str:
    """A token as it is stored."""
    return sha256(token.encode("utf-8", "replace")).hexdigest()


def secret(db: Database, name: str) -> str:
    """A secret of this installation, made when it is first asked for."""
    with writing(db):
        new = secrets.token_urlsafe(TOKEN_BYTES)
        db.conn.execute("insert or ignore into secrets (name, value) values (?, ?)", (name, new))
        return str(db.conn.execute("select value from secrets where name = ?", (name,)).fetchone()["value"])


def begin(db: Database, who: Person, *, at: datetime, origin: Origin, how: str = "") -> str:
    """Sign somebody in, inside the caller's transaction; the token for the cookie."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    old = stamp(at - FORGOTTEN_AFTER)
    db.conn.execute("delete from sessions where user = ? and made_at < ?", (who.number, old))
    said = (shown(origin.address, ADDRESS_CHARACTERS), shown(origin.agent, AGENT_CHARACTERS))
    db.conn.execute(_BEGIN, (kept_as(token), who.number, stamp(at), stamp(at), *said))
    note(db, Event.SIGNED_IN, who.name, at=at, origin=origin, note=how)
    return token


def signed_in(db: Database, token: str, *, at: datetime, unused: timedelta) -> tuple[Person, Session] | None:
    """Who holds the token and in which session; None where it is over."""
    row = db.conn.execute(_FIND, (kept_as(token),)).fetchone()
    if not row:
        return None
    session = _session(row, number=row["session"])
    made, seen = moment(session.made_at), moment(session.seen_at)
    assert made and seen
    return (person_of(row), session) if at < min(seen + unused, made + LONGEST) else None


def is_to_be_noted(session: Session, at: datetime) -> bool:
    """Whether it was used for the first time in a while."""
    seen = moment(session.seen_at)
    return seen is not None and at - seen >= SEEN_EVERY


def seen(db: Database, number: int, at: datetime) -> None:
    """Keep that a session is used."""
    with writing(db):
        db.conn.execute("update sessions set seen_at = max(seen_at, ?) where number = ?", (stamp(at), number))


def sessions(db: Database, user: int, *, at: datetime, unused: timedelta) -> list[Session]:
    """Where a person is signed in, the newest first."""
    since = (stamp(at - unused), stamp(at - LONGEST))
    return [_session(row, number=row["number"]) for row in db.conn.execute(_OPEN, (user, *since))]


def end(db: Database, user: int, number: int, *, name: str, at: datetime, origin: Origin) -> None:
    """End one session of a person, by its number."""
    with writing(db):
        ended = db.conn.execute(_END, (stamp(at), number, user)).rowcount
        if ended:
            note(db, Event.ENDED, name, at=at, origin=origin, note="one")


def end_all(db: Database, user: int, *, name: str, at: datetime, origin: Origin) -> None:
    """End all sessions of a person."""
    with writing(db):
        ended = end_sessions(db, user, at)
        if ended:
            note(db, Event.ENDED, name, at=at, origin=origin, note="all")


def sign_out(db: Database, who: Person, number: int, *, at: datetime, origin: Origin) -> None:
    """End the session that the person signs out of."""
    with writing(db):
        db.conn.execute(_END, (stamp(at), number, who.number))
        note(db, Event.SIGNED_OUT, who.name, at=at, origin=origin)


def _session(row: Any, *, number: int) -> Session:
    return Session(
        number=number,
        made_at=row["began_at"],
        seen_at=row["seen_at"],
        address=row["address"],
        agent=row["agent"],
    )


_BEGIN = "insert into sessions (hash, user, made_at, seen_at, address, agent) values (?, ?, ?, ?, ?, ?)"
_FIND = """
select u.number, u.name, u.role, u.zone, u.password, u.ended_at,
    s.number as session, s.made_at as began_at, s.seen_at, s.address, s.agent
from sessions s join users u on u.number = s.user
where s.hash = ? and s.ended_at is null and u.ended_at is null
"""
_OPEN = """
select *, made_at as began_at from sessions
where user = ? and ended_at is null and seen_at > ? and made_at > ? order by seen_at desc
"""
_END = "update sessions set ended_at = ? where number = ? and user = ? and ended_at is null"
