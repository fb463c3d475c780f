"""One-time links: to make the first operator, to set a password, to enter. Each is a random token, kept as a hash.

A link to set a password is good for a week (an invitation waits for its reader), the other two for an hour (they are
printed where one looks). A new link of its kind for a person makes the older ones worthless, and each is used once: in
the transaction that does what it is for.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from storage.database import Database, stamp, writing
from storage.logins import Event, Origin, note
from storage.passwords import hashed
from storage.people import PeopleError, Person, Role, clean_name, folded, insert, nobody_yet, person, set_password
from storage.sessions import TOKEN_BYTES, begin, kept_as


class Purpose(StrEnum):
    """What a link is for."""

    FIRST = "first"
    PASSWORD = "password"
    ENTER = "enter"


LASTS = {
    Purpose.FIRST: timedelta(hours=1),
    Purpose.PASSWORD: timedelta(days=7),
    Purpose.ENTER: timedelta(hours=1),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """What a link is for, and for whom; for nobody in particular where it makes the first operator."""

    purpose: Purpose
    person: Person | None
    hash: str


class InvitationError(LookupError):
    """The link was used, is too old, or never was one."""

    def __init__(self) -> None:
        super().__init__(
            "This link was used already, is too old, or never was one. An operator can make you a new one."
        )


def invite(db: Database, purpose: Purpose, who: Person | None = None, *, at: datetime, origin: Origin) -> str:
    """Make a link; its token. Raises PeopleError for somebody who has ended."""
    if who and who.ended_at:
        raise PeopleError(f"“{who.name}” has ended; add the name anew to let them in again")
    token, number = secrets.token_urlsafe(TOKEN_BYTES), who.number if who else None
    with writing(db):
        db.conn.execute("delete from tokens where expires_at <= ?", (stamp(at),))
        db.conn.execute("delete from tokens where purpose = ? and user is ?", (purpose, number))
        db.conn.execute(_MAKE, (kept_as(token), number, purpose, stamp(at), stamp(at + LASTS[purpose])))
        note(db, Event.LINK_MADE, who.name if who else "", at=at, origin=origin, note=purpose)
    return token


def invitation(db: Database, token: str, at: datetime) -> Invitation:
    """What a token is for, without using it up. Raises InvitationError."""
    row = db.conn.execute(_FIND, (kept_as(token), stamp(at))).fetchone()
    if not row or (row["purpose"] == Purpose.FIRST and not nobody_yet(db)):
        raise InvitationError
    who = person(db, row["user"]) if row["user"] else None
    return Invitation(purpose=Purpose(row["purpose"]), person=who, hash=row["hash"])


def use(db: Database, token: str, *, name: str, password: str, at: datetime, origin: Origin) -> tuple[Person, str]:
    """Do what a link is for and sign the person in; who, and the token of the session.

    `name` is for the first operator, `password` for all but entering. Raises InvitationError, PeopleError and
    PasswordError; the link can be used again after the last two.
    """
    found = invitation(db, token, at)
    called = found.person.name if found.person else clean_name(name)
    made = None if found.purpose is Purpose.ENTER else hashed(password, called)  # slow: before the transaction
    with writing(db):
        if db.conn.execute(_USE, (stamp(at), found.hash, stamp(at))).rowcount != 1:
            raise InvitationError
        who = found.person or _first(db, called, at)
        if made:
            set_password(db, who, made, at=at, origin=origin)
        note(db, Event.LINK_USED, who.name, at=at, origin=origin, note=found.purpose)
        return who, begin(db, who, at=at, origin=origin, how="by link")


def _first(db: Database, name: str, at: datetime) -> Person:
    if not nobody_yet(db):
        raise InvitationError
    if db.conn.execute("select 1 from users where folded = ?", (folded(name),)).fetchone():
        raise PeopleError(f"there is a “{name}” already; take another name")
    return insert(db, name, Role.OPERATOR, at=at, by=name)


_MAKE = "insert into tokens (hash, user, purpose, made_at, expires_at) values (?, ?, ?, ?, ?)"
_FIND = "select * from tokens where hash = ? and used_at is null and expires_at > ?"
_USE = "update tokens set used_at = ? where hash = ? and used_at is null and expires_at > ?"
