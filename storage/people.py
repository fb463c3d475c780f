"""Who may use the desk: people with a name and a role, kept in the database of people (sql/private.sql).

A reader sees everything, an editor decides too, an operator also says who may come in. A name is taken for ever, as the
log keeps it: whoever has ended can be let in again, under the same name, but never replaced by somebody else. Two names
that differ in case or in compatible forms of a letter only are one name. There is always an operator who can sign in:
the last one can neither be ended nor become something else.

A person's sessions end with every change of role and password, and with that of a password their links too. Each change
is written to `logins`, in its transaction.
"""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from storage.database import Database, stamp, writing
from storage.logins import Event, Origin, note
from storage.passwords import hashed

MOST_NAME_CHARACTERS = 60
MOST_TYPED = 240  # four for each: no letter is put together from more. Longer takes time by the square, for accents


class Role(StrEnum):
    """What a person may do; each may do what those before it may."""

    READER = "reader"
    EDITOR = "editor"
    OPERATOR = "operator"

    def may(self, needed: "Role") -> bool:
        """Whether this role is enough for what needs another."""
        roles = list(Role)
        return roles.index(self) >= roles.index(needed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who may use the desk. `zone` is the time zone they chose; `able`: they have set a password."""

    number: int
    name: str
    role: Role
    zone: str | None
    able: bool
    seen_at: str | None = None
    ended_at: str | None = None

    @property
    def edits(self) -> bool:
        """Whether they may change anything."""
        return self.role.may(Role.EDITOR)

    @property
    def operates(self) -> bool:
        """Whether they may say who comes in."""
        return self.role.may(Role.OPERATOR)


class PeopleError(ValueError):
    """What was asked about people cannot be done; the message says why and what to do."""


def people(db: Database) -> list[Person]:
    """All that there ever were, by name, those who have ended last."""
    rows = db.conn.execute(f"{_PEOPLE} group by u.number order by u.ended_at is not null, u.folded")
    return [person_of(row) for row in rows]


def person(db: Database, number: int) -> Person:
    """One of them. Raises PeopleError."""
    row = db.conn.execute(f"{_PEOPLE} where u.number = ? group by u.number", (number,)).fetchone()
    if not row:
        raise PeopleError(f"there is nobody with the number {number}")
    return person_of(row)


def named(db: Database, name: str) -> Person:
    """One of them, by name. Raises PeopleError."""
    row = db.conn.execute(f"{_PEOPLE} where u.folded = ? group by u.number", (folded(name),)).fetchone()
    if not row:
        raise PeopleError(f"there is nobody called “{name}”; 'goodturn people' lists who there is")
    return person_of(row)


def nobody_yet(db: Database) -> bool:
    """Whether there is no operator who could sign in."""
    return not db.conn.execute(f"select exists ({_OPERATORS})").fetchone()[0]


def add(db: Database, name: str, role: Role, *, at: datetime, origin: Origin) -> Person:
    """Somebody new, or somebody who had ended again; without a password yet. Raises PeopleError."""
    clean = clean_name(name)
    with writing(db):
        row = db.conn.execute("select number, ended_at from users where folded = ?", (folded(clean),)).fetchone()
        if row and not row["ended_at"]:
            raise PeopleError(f"there is a “{clean}” already; take another name, or make them a new link")
        if row:
            number = row["number"]
            db.conn.execute(_AGAIN, (role, number))
        else:
            number = insert(db, clean, role, at=at, by=origin.who).number
        found = person(db, number)
        note(db, Event.ADDED, found.name, at=at, origin=origin, note=role)
    return found


def insert(db: Database, name: str, role: Role, *, at: datetime, by: str, password: str | None = None) -> Person:
    """A row for somebody new, inside a transaction of the caller. `name` is clean, `password` is hashed."""
    values = (name, folded(name), role, password, stamp(at), by)
    (row,) = db.conn.execute(_INSERT, values).fetchall()
    return person(db, row["number"])


def change_role(db: Database, number: int, role: Role, *, at: datetime, origin: Origin) -> None:
    """Make somebody something else; they sign in again. Raises PeopleError for the last operator."""
    with writing(db):
        who = _present(db, number)
        if who.role is role:
            return
        if role is not Role.OPERATOR:
            _not_the_last(db, who)
        db.conn.execute("update users set role = ? where number = ?", (role, number))
        end_sessions(db, number, at)
        note(db, Event.ROLE, who.name, at=at, origin=origin, note=f"{who.role} to {role}")


def end(db: Database, number: int, *, at: datetime, origin: Origin) -> None:
    """Let somebody in no more; what they did stays under their name. Raises PeopleError for the last operator."""
    with writing(db):
        who = _present(db, number)
        _not_the_last(db, who)
        db.conn.execute("update users set ended_at = ?, password = null where number = ?", (stamp(at), number))
        db.conn.execute("delete from tokens where user = ?", (number,))
        end_sessions(db, number, at)
        note(db, Event.REMOVED, who.name, at=at, origin=origin)


def set_password(db: Database, who: Person, password: str, *, at: datetime, origin: Origin) -> None:
    """Give somebody a password, checked and hashed before; their sessions and links end. Inside a transaction."""
    db.conn.execute("update users set password = ? where number = ?", (password, who.number))
    db.conn.execute("delete from tokens where user = ?", (who.number,))
    end_sessions(db, who.number, at)
    note(db, Event.PASSWORD, who.name, at=at, origin=origin)


def change_password(db: Database, who: Person, password: str, *, at: datetime, origin: Origin) -> None:
    """The same, of a password as it was typed (some 100 ms), in a transaction of its own. Raises PasswordError."""
    made = hashed(password, who.name)
    with writing(db):
        set_password(db, who, made, at=at, origin=origin)


def set_zone(db: Database, number: int, zone: str | None) -> None:
    """Keep the time zone that somebody chose; None: that of their browser."""
    with writing(db):
        db.conn.execute("update users set zone = ? where number = ?", (zone, number))


def end_sessions(db: Database, number: int, at: datetime) -> int:
    """End all sessions of somebody, inside the caller's transaction; how many there were."""
    return db.conn.execute(
        "update sessions set ended_at = ? where user = ? and ended_at is null", (stamp(at), number)
    ).rowcount


def clean_name(name: str) -> str:
    """A name as it is kept. Raises PeopleError for one that cannot be had."""
    clean = " ".join(unicodedata.normalize("NFC", name[:MOST_TYPED]).split())
    if not 1 <= len(clean) <= MOST_NAME_CHARACTERS or len(name) > MOST_TYPED:
        raise PeopleError(f"a name has 1 to {MOST_NAME_CHARACTERS} characters")
    if any(unicodedata.category(character).startswith("C") for character in clean):
        raise PeopleError("a name has no control characters")
    return clean


def folded(name: str) -> str:
    """A name as it is compared; what is too long for one is cut."""
    return unicodedata.normalize("NFKC", " ".join(name[:MOST_TYPED].split())).casefold()


def person_of(row: Any) -> Person:
    """A person from a row that has their columns."""
    names = set(row.keys())
    return Person(
        number=row["number"],
        name=row["name"],
        role=Role(row["role"]),
        zone=row["zone"],
        able=bool(row["password"]),
        seen_at=row["seen_at"] if "seen_at" in names else None,
        ended_at=row["ended_at"],
    )


def _present(db: Database, number: int) -> Person:
    who = person(db, number)
    if who.ended_at:
        raise PeopleError(f"“{who.name}” has ended; add the name anew to let them in again")
    return who


def _not_the_last(db: Database, who: Person) -> None:
    """Raise PeopleError where nobody else could let people in."""
    others = db.conn.execute(f"{_OPERATORS} and number <> ?", (who.number,)).fetchone()
    if who.role is Role.OPERATOR and not others:
        raise PeopleError(f"“{who.name}” is the last operator who can sign in: make another one first")


_PEOPLE = """
select u.*, max(s.seen_at) as seen_at from users u left join sessions s on s.user = u.number
"""
_OPERATORS = "select 1 from users where role = 'operator' and password is not null and ended_at is null"
_AGAIN = "update users set role = ?, password = null, ended_at = null where number = ?"
_INSERT = """
insert into users (name, folded, role, password, made_at, made_by) values (?, ?, ?, ?, ?, ?) returning number
"""
