"""Sweeping a database's file, so that nothing stays in it of what was deleted.

What SQLite deletes stays in the file until something else is written over it: in free pages, in the file of the WAL
mode, in full-text indexes until their parts are merged. So these are merged, the whole file is written anew (`vacuum`,
which needs room for it twice), and the WAL is taken into it and emptied. That last step has to wait until no process
reads what was there before; a page of the desk takes a moment, somebody's own `sqlite3` may hold it up for ever.
"""

from sqlite_utils import Database

from storage.database import BUSY_SECONDS, SQLiteError

MILLISECONDS = 1000


def sweep(db: Database, *, seconds: float = BUSY_SECONDS) -> str:
    """Sweep the file, waiting so long for others at most; why it could not be done, "" where it was."""
    db.conn.execute(f"pragma busy_timeout = {round(seconds * MILLISECONDS)}")
    db.conn.execute("pragma secure_delete = on")
    try:
        for name in db.table_names(fts5=True):
            db.conn.execute(f"insert into {name} ({name}) values ('optimize')")
        if "sqlite_stat4" in db.table_names():  # some builds keep samples of what is indexed
            db.conn.execute("delete from sqlite_stat4")
        db.conn.execute("vacuum")
        (busy, *_) = db.conn.execute("pragma wal_checkpoint(truncate)").fetchone()
    except SQLiteError as error:
        return str(error)
    finally:
        db.conn.execute(f"pragma busy_timeout = {round(BUSY_SECONDS * MILLISECONDS)}")
    return "another process still reads what was there before" if busy else ""
