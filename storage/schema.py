"""The tables and views (sql/*.sql), as migrations that the database itself remembers. Described in docs/schema.md.

A migration is never changed once it is released: the next change is a new one. Where one uses `transform()`, it must
re-create the table's triggers, which sqlite-utils drops without a word.
"""

from importlib import resources

from sqlite_utils import Database, Migrations

migrations = Migrations("goodturn")
private = Migrations("goodturn-private")
STATEMENT_ENDS = ";;"  # a trigger has single ones inside

FOLDED = "coalesce(title, '') || ' ' || companies || ' ' || text"
FOLDS = {"Ø": "o", "ø": "o", "Æ": "ae", "æ": "ae", "ß": "ss", "Œ": "oe", "œ": "oe", "’": "'"}


def folded_expression() -> str:
    """SQL for the words of a story with the letters replaced that SQLite's own folding leaves alone."""
    expression = FOLDED
    for letter, plain in FOLDS.items():
        expression = f"replace({expression}, '{letter}', '{plain.replace(chr(39), chr(39) * 2)}')"
    return expression


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


@private()
def p001_private(db: Database) -> None:
    """Who may use the desk, and how to reach who sent a story: a database of its own."""
    _run(db, "private.sql")


def _run(db: Database, name: str) -> None:
    text = (resources.files("storage") / "sql" / name).read_text("utf-8")
    for statement in text.replace(":folded", folded_expression()).split(STATEMENT_ENDS):
        db.conn.execute(statement)
