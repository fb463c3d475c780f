"""Signing in with a name and a password, with its throttle: the one place where a password is compared.

That takes a while, in which the person may be ended or get another password: so the session is begun only if the
password is still the one that was compared. A name that nobody has counts in the form in which names are compared, so
that its throttling tells nobody apart from somebody no better than anything else does.
"""

from dataclasses import dataclass
from datetime import datetime

from storage.database import Database, writing
from storage.logins import Event, Origin, note, note_refusal, refused_for
from storage.passwords import matches, renewed
from storage.people import Person, folded, person_of
from storage.sessions import begin


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Too many failures: to be tried again in so many seconds."""

    seconds: int


def sign_in(
    db: Database, name: str, password: str, *, at: datetime, origin: Origin
) -> tuple[Person, str] | Refused | None:
    """Who it is and the token of a new session; None for a wrong name or password. Takes some 100 ms, or no time."""
    row = db.conn.execute("select * from users where folded = ? and ended_at is null", (folded(name),)).fetchone()
    called, kept = (row["name"], row["password"]) if row else (folded(name), None)
    if seconds := refused_for(db, called, at=at, origin=origin):
        note_refusal(db, called, at=at, origin=origin)
        return Refused(seconds=seconds)
    if not matches(kept, password) or kept is None:
        note(db, Event.FAILED, called, at=at, origin=origin)
        return None
    who, new = person_of(row), renewed(kept, password) or kept
    with writing(db):
        if not db.conn.execute(_STILL, (new, who.number, kept)).rowcount:
            return None
        return who, begin(db, who, at=at, origin=origin)


def knows(db: Database, who: Person, password: str, *, at: datetime, origin: Origin) -> bool | Refused:
    """Whether somebody who is signed in knows their password: asked again before it is changed, throttled alike."""
    if seconds := refused_for(db, who.name, at=at, origin=origin):
        note_refusal(db, who.name, at=at, origin=origin)
        return Refused(seconds=seconds)
    row = db.conn.execute("select password from users where number = ?", (who.number,)).fetchone()
    if matches(row["password"], password):
        return True
    note(db, Event.FAILED, who.name, at=at, origin=origin, note="password change")
    return False


_STILL = "update users set password = ? where number = ? and password = ? and ended_at is null"
