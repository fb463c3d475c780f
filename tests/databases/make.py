"""Make a small database with the code of another time, run from that code's folder: see README.md.

    PYTHONPATH=. python .../make.py OUT.db.zst [OUT.private.db.zst]

Two blogs of the made-up web are crawled and read, and editors do whatever that time let them do.
"""

import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from backports import zstd

BLOGS = ("kaffebrev", "two-sugars")
NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
BODIES = 3  # of pages that are kept, so that the file stays small
HARDEST = 19  # of zstd's levels: these files are read often and written once


def there(module: str) -> Any:
    """A module of that time; None where it was not there yet, or is only there in another folder, of today."""
    found = find_spec(module)
    return import_module(module) if found and Path(str(found.origin)).is_relative_to(Path.cwd()) else None


def main(out: Path, private_out: Path | None) -> None:
    """Crawl, read, decide, pack."""
    database = import_module("storage.database")
    print(database.__file__)
    with TemporaryDirectory() as folder, import_module("demo.web").serve() as web:
        lines = [line for line in web.feeds_txt.splitlines() if any(f"//{blog}." in line for blog in BLOGS)]
        (Path(folder) / "feeds.txt").write_text("\n".join(lines) + "\n")
        settings = import_module("config").Settings(
            data=Path(folder),
            feeds=Path(folder) / "feeds.txt",
            allow_private=True,
            delay=0,
            contact="a@example.org",
        )
        print(import_module("jobs.collect").collect(settings, now=datetime.now(UTC)))
        print(import_module("jobs.read").read_unread(settings))
        db = database.connect(settings.database)
        edit(db)
        if private_out:
            send(db, private := database.connect_private(settings.private))
            pack(private, private_out)
        db.conn.execute(f"update bodies set body = x'' where rowid not in (select rowid from bodies limit {BODIES})")
        pack(db, out)


def edit(db: Any) -> None:
    """What editors could do at that time, each once at least."""
    decisions, ties = import_module("storage.decisions"), there("storage.ties")
    log, undo, edits = there("storage.log"), there("storage.undo"), there("storage.edits")
    verb, why = (log or decisions).Verb, import_module("stories.story").WhyNot
    ids = [row[0] for row in db.conn.execute("select id from clusters order by id")]
    first, second, third, fourth, *others = ids
    said = {"who": "Ada", "at": NOW}
    decisions.decide(db, first, verb.APPROVE, note="read twice", **said)
    decisions.decide(db, second, verb.REJECT, why=next(iter(why)), **said)
    decisions.decide(db, third, verb.APPROVE, **said)
    decisions.decide(db, third, verb.REOPEN, **said)
    if ties:
        ties.merge(db, others[0], others[1], **said)
        ties.apart(db, fourth, others[2], **said)
        (told,) = db.conn.execute("select id from stories where cluster = ? order by id", (others[0],)).fetchone()
        ties.split(db, others[0], [told], who="Bo", at=NOW + timedelta(minutes=1))
    if corrections := there("storage.corrections"):
        row = db.conn.execute("select id, text from stories where cluster = ?", (first,)).fetchone()
        words = row["text"].split()
        corrections.correct(db, row["id"], " ".join(words[:5]), " ".join(words[-6:-1]), **said)
    if undo and edits:
        decisions.decide(db, fourth, verb.HOLD, **said)
        done = decisions.decide(db, fourth, verb.NOTE, note="ask the author", **said)
        held = db.conn.execute("select max(number) from decisions where verb = 'hold'").fetchone()[0]
        undo.undo(db, held, **said)
        edits.edit(db, first, edits.Field.SUMMARY, "A kind turn, told in one sentence.", **said)
        name = db.conn.execute("select text from stories where cluster = ?", (first,)).fetchone()[0].split()[2]
        edits.mask(db, first, name, "NN", **said)
        print("noted", done.number)
    if blocked := there("storage.blocked"):
        with import_module("storage.database").writing(db):
            page = blocked.page_hash("https://gone.goodturn.example/once")
            blocked.add(db, [blocked.block(page, blocked.Kind.PAGE, at=NOW, who="Ada", reason="its author asked")])


def send(db: Any, private: Any) -> None:
    """People, sessions, and what was sent in with how to reach who did."""
    people, logins, submissions = (import_module(f"storage.{name}") for name in ("people", "logins", "submissions"))
    invitations = import_module("storage.invitations")
    here = logins.Origin(address="127.0.0.1", agent="made by hand", who="make")
    ada = people.add(private, "Ada", people.Role.OPERATOR, at=NOW, origin=here)
    people.change_password(private, ada, "nine grey herons at dusk", at=NOW, origin=here)
    bo = people.add(private, "Bo", people.Role.EDITOR, at=NOW, origin=here)
    invitations.invite(private, invitations.Purpose.PASSWORD, bo, at=NOW, origin=here)
    reading = import_module("reading.sent")
    sent = reading.Sent(kind=reading.Kind.TEXT, words="The baker in Nyhavn kept the shop open for us.")
    contact = reading.Contact(name="Signe", mail="signe@goodturn.example", consent="mail me")
    submissions.add(db, private, sent, contact, NOW)


def pack(db: Any, out: Path) -> None:
    """The database as one file, compressed."""
    path = Path(db.conn.execute("pragma database_list").fetchone()[2] + ".made")
    db.conn.execute("vacuum into ?", [str(path)])
    with closing(sqlite3.connect(path)) as made:
        made.execute("pragma journal_mode = delete")
        print([row[0] for row in made.execute("select name from _sqlite_migrations")])
        tables = [row[0] for row in made.execute("select name from sqlite_master where type = 'table'")]
        print({name: made.execute(f'select count(*) from "{name}"').fetchone()[0] for name in tables})
    out.write_bytes(zstd.compress(path.read_bytes(), HARDEST))
    print(out, path.stat().st_size, out.stat().st_size)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
