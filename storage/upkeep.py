"""Keeping the database small and quick, and asking it how the sources are."""

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from storage.database import stamp, writing


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How a source is: `due` and `last_fetch` are moments as stored, or None where there was none."""

    address: str
    label: str | None
    active: bool
    failures: int
    last_outcome: str | None
    last_fetch: str | None
    due: str | None
    pages: int
    read: int
    stories: int


def tidy(db: Database, fetches_before: datetime) -> dict[str, int]:
    """Delete the log of fetches before a moment, bodies that no page holds, and texts that no story tells any more;
    returns how many of each."""
    with writing(db):
        fetches = db.conn.execute("delete from fetches where at < ?", (stamp(fetches_before),)).rowcount
        bodies = db.conn.execute(
            "delete from bodies where id not in (select body from pages where body is not null)"
        ).rowcount
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


def health(db: Database) -> list[Health]:
    """Every source, those with failures first."""
    rows = db.query("select * from source_health order by active desc, failures desc, address")
    return [
        Health(
            address=row["address"],
            label=row["label"],
            active=bool(row["active"]),
            failures=row["failures"],
            last_outcome=row["last_outcome"],
            last_fetch=row["last_fetch"],
            due=row["next_due"],
            pages=row["pages"],
            read=row["read"],
            stories=row["stories"],
        )
        for row in rows
    ]


def damage(db: Database) -> list[str]:
    """What SQLite finds broken in the file; empty when it is whole."""
    found = [row[0] for row in db.conn.execute("pragma quick_check(20)")]
    return [] if found == ["ok"] else found
