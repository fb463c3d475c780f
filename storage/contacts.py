"""How to reach who sent a story, and what they agreed to: in the private database, by the number of what was sent.

Nothing of it is ever beside the story. Editors see it on the desk's list of submissions; withdrawn, it is erased.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from reading.sent import Contact
from storage.database import stamp, writing


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRow:
    """A contact as it is stored; `consent` are the words that were agreed to, empty for none."""

    submission: int
    name: str
    mail: str
    consent: str
    at: str


def put(private: Database, submission: int, contact: Contact, at: datetime) -> None:
    """Keep the contact under this number, in the place of any that a killed process left there."""
    private.conn.execute("pragma synchronous = full")  # it is on the disk before what was sent is
    with writing(private):
        private.conn.execute("delete from contacts where submission = ?", (submission,))
        if contact != Contact():
            private.conn.execute(
                "insert into contacts (submission, name, mail, consent, at) values (?, ?, ?, ?, ?)",
                (submission, contact.name, contact.mail, contact.consent, stamp(at)),
            )


def of(private: Database, numbers: list[int]) -> dict[int, ContactRow]:
    """The contacts of these submissions, by number."""
    marks = ", ".join("?" for _ in numbers)
    rows = private.conn.execute(f"select * from contacts where submission in ({marks})", numbers)
    return {row["submission"]: ContactRow(**dict(row)) for row in rows}


def withdraw(private: Database, submission: int) -> None:
    """Erase it all: name, mail and what was agreed to."""
    with writing(private):
        private.conn.execute("delete from contacts where submission = ?", (submission,))
