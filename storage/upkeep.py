"""Keeping the database small, quick and whole."""

from datetime import datetime

from sqlite_utils import Database

from storage import pages
from storage.database import stamp, writing


def tidy(db: Database, fetches_before: datetime) -> dict[str, int]:
    """Delete the log of fetches before a moment, bodies that no page holds, and texts that no story tells any more;
    returns how many of each."""
    with writing(db):
        fetches = db.conn.execute("delete from fetches where at < ?", (stamp(fetches_before),)).rowcount
        bodies = db.conn.execute(
            "delete from bodies where id not in (select body from pages where body is not null)"
        ).rowcount
        pages.let_go(db)
        texts = db.conn.execute(
            "delete from texts where not exists (select 1 from stories where same_text = texts.number)"
        ).rowcount
        if texts:
            db.conn.execute("delete from text_keys where text not in (select number from texts)")
            for side in ("one", "other"):
                db.conn.execute(f"delete from likenesses where {side} not in (select number from texts)")
    db.conn.execute("insert into stories_fts (stories_fts) values ('optimize')")
    db.conn.execute("pragma optimize")
    db.conn.execute("pragma wal_checkpoint(truncate)")
    return {"fetches": fetches, "bodies": bodies, "texts": texts}


def damage(db: Database) -> list[str]:
    """What SQLite finds broken in the file; empty when it is whole."""
    found = [row[0] for row in db.conn.execute("pragma quick_check(20)")]
    return [] if found == ["ok"] else found
