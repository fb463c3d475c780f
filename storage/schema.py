"""The tables and views (sql/*.sql), as migrations that the database itself remembers. Described in docs/schema.md.

A migration is never changed once it is released: the next change is a new one. Where one uses `transform()`, it must
re-create the table's triggers, which sqlite-utils drops without a word.
"""

import re
from functools import cache
from importlib import resources

from sqlite_utils import Database, Migrations

from storage import words
from storage.folding import folded_expression

migrations = Migrations("goodturn")
private = Migrations("goodturn-private")
STATEMENT_ENDS = ";;"  # a trigger has single ones inside

EDITED = r"(select json_extract(e.value, '$') from edits e where e.cluster = s.cluster and e.field = '\1')"


@migrations()
def m001_tables(db: Database) -> None:
    """Sources, the queue of addresses, pages, documents, stories, clusters, decisions."""
    _run(db, "001_tables.sql")


@migrations()
def m002_views(db: Database) -> None:
    """The questions editors and operators ask, ready to query."""
    _run(db, "002_views.sql")


@migrations()
def m003_corrections(db: Database) -> None:
    """Where editors say that a story begins and ends."""
    _run(db, "003_corrections.sql")


@migrations()
def m004_retellings(db: Database) -> None:
    """What tellings are compared by, how alike they are, and what editors said of them."""
    _run(db, "004_retellings.sql")


@migrations()
def m005_guest(db: Database) -> None:
    """What a good guest remembers: of sources, hosts, leases, twins, and what pages ask for."""
    _run(db, "005_guest.sql")


@migrations()
def m006_desk(db: Database) -> None:
    """What the desk's lists, searches and submissions stand on."""
    _run(db, "006_desk.sql")


@migrations()
def m007_log(db: Database) -> None:
    """One log of all that editors do, which can be taken back, and what they make of a story for its readers."""
    before = {row[0]: row[1] for row in db.conn.execute("select name, sql from sqlite_master where type = 'view'")}
    for name in before:
        db.conn.execute(f"drop view {name}")
    _run(db, "007_log.sql")
    for row in db.conn.execute("select language, folded from stories where language is not null").fetchall():
        words.enter(db, *row)
    now = set(db.view_names())
    for name in before.keys() - now:
        db.conn.execute(before[name])


@migrations()
def m008_publish(db: Database) -> None:
    """The licences of pages, and what was taken down for good."""
    _run(db, "008_publish.sql")


@migrations()
def m009_years(db: Database) -> None:
    """What years of running stand on: the clock's own schedule, alarms, what each day brought, what an editor saw."""
    for name in ("009_clock.sql", "009_alarms.sql", "009_days.sql", "009_seen.sql"):
        _run(db, name)


@private()
def p001_private(db: Database) -> None:
    """Who may use the desk, and how to reach who sent a story: a database of its own."""
    _run(db, "private.sql")


@private()
def p002_networks(db: Database) -> None:
    """Where a failure at the door came from, as far as it counts."""
    _run(db, "private_networks.sql")


@cache
def known(needed: Migrations) -> frozenset[str]:
    """The names of all migrations of a set: those that a new database waits for."""
    return frozenset(one.name for one in needed.pending(Database(memory=True)))


def _run(db: Database, name: str) -> None:
    text = (resources.files("storage") / "sql" / name).read_text("utf-8")
    text = text.replace(":folded", folded_expression())
    text = re.sub(r":edit\((\w+)\)", rf"coalesce({EDITED}, s.\1)", text)
    text = re.sub(r":edited\((\w+)\)", EDITED, text)
    for statement in text.split(STATEMENT_ENDS):
        db.conn.execute(statement)
