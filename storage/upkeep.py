"""Keeping the database small, quick and whole, without an editor waiting for it.

What is to go is looked for first, which keeps nobody waiting, and goes in small steps, each a transaction of its own
that asks once more whether it may: of 100,000 stories no step holds the write lock for more than some 50 ms, and after
each it rests as long.

Raw bytes of pages go when the page was read so long ago, and beyond a limit those that were read the longest ago; never
while the page waits to be read, is in the queue, or is to be looked at again for new comments (64 days at
most). Whether an editor has decided does not matter: what editors see is the text, which stays. Bytes are for
`read --again` and for `explain`; the page and the hash of its bytes stay, so that it is not asked for anew, and a
better reader passes it over. If it is asked again for another reason, it is asked for all of it, so that it can be read
with what is new. Bytes that several pages share stay while one of these needs them.

Pages of the file that are free go back to the disk, but for a reserve, where the file was made for that
(`auto_vacuum`, storage/database.py); of an older one they are used again, until `write_anew`.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlite_utils import Database

from storage import pages
from storage.database import BUSY_SECONDS, MILLISECONDS, giving_way, stamp, writing

ROWS, BODIES, FREE = 500, 20, 256  # of a step: rows, bodies (60 kB each, often), pages of the file (4 kB)
MERGED = 64  # pages of a full-text index that a step merges
ANALYSED = 400  # rows of each index that `optimize` looks at, as SQLite advises: else it reads all with the lock held
RESERVE = 1024  # free pages that stay: what a day writes takes them again
SHORT = 0.05  # seconds for which nobody is kept waiting for an empty WAL
INCREMENTAL = 2  # of `auto_vacuum`


def tidy(
    db: Database, fetches_before: datetime, *, read_before: datetime | None = None, most_bytes: int | None = None
) -> dict[str, int]:
    """Delete the logs of fetches and runs before a moment, raw bytes of what was read before another or is beyond a
    limit (None: all stay), bodies that no page holds, and texts that no story tells any more; how many of each."""
    before = stamp(fetches_before)
    gone = {name: _in_steps(db, find, delete, {"before": before}) for name, (find, delete) in _LOGS.items()}
    let_go = _too_old(db, stamp(read_before) if read_before else "", most_bytes)
    gone["bytes of pages"] = _steps(db, _LET_GO, let_go, BODIES)
    _steps(db, _ALL_OF_IT, let_go, ROWS)
    _in_steps(db, *_UNREADABLE, {})
    gone |= {name: _in_steps(db, find, delete, {}) for name, (find, delete) in _UNUSED.items()}
    for find, delete in _OF_TEXTS:
        _in_steps(db, find, delete, {})
    for (id,) in db.conn.execute(_NOT_TO_BE_ARCHIVED).fetchall():
        with giving_way(), writing(db):
            pages.let_go(db, id)
    for name in db.table_names(fts5=True):
        _merge(db, name)
    db.conn.execute(f"pragma analysis_limit = {ANALYSED}")
    with giving_way(), writing(db):  # by itself it begins by reading, and fails where somebody writes meanwhile
        db.conn.execute("pragma optimize").fetchall()
    return gone


def give_back(db: Database) -> int:
    """Give the free pages of the file back to the disk, and empty the WAL; how many bytes the file is smaller."""
    before = _number(db, "page_count")
    if _number(db, "auto_vacuum") == INCREMENTAL:
        while (free := _number(db, "freelist_count") - RESERVE) > 0:
            with giving_way():
                db.conn.execute(f"pragma incremental_vacuum({min(free, FREE)})").fetchall()
    _empty_wal(db)
    return (before - _number(db, "page_count")) * _number(db, "page_size")


def unused(db: Database) -> int:
    """Bytes in the file that hold nothing and cannot be given back in steps."""
    steps = _number(db, "auto_vacuum") == INCREMENTAL
    return 0 if steps else _number(db, "freelist_count") * _number(db, "page_size")


def write_anew(db: Database) -> int:
    """Write the whole file anew, as one that gives its space back; how many bytes it is smaller. Writers wait."""
    before = _number(db, "page_count")
    db.conn.execute("pragma auto_vacuum = incremental")
    db.conn.execute("vacuum")
    _empty_wal(db)
    return (before - _number(db, "page_count")) * _number(db, "page_size")


def damage(db: Database) -> list[str]:
    """What SQLite finds broken in the file; empty when it is whole."""
    found = [row[0] for row in db.conn.execute("pragma quick_check(20)")]
    return [] if found == ["ok"] else found


def _too_old(db: Database, before: str, most: int | None) -> list[tuple[str, str]]:
    """The bodies to let go of, the longest read first; each with when it was read."""
    over = 0
    if most is not None:
        over = int(db.conn.execute("select coalesce(sum(length(body)), 0) from bodies").fetchone()[0]) - most
    if over <= 0 and not before:
        return []
    found = []
    for id, size, read_at in db.conn.execute(_READ):
        if over <= 0 and read_at >= before:
            break
        found.append((id, read_at))
        over -= size
    return found


def _in_steps(db: Database, find: str, delete: str, asked: dict[str, str]) -> int:
    return _steps(db, delete, [tuple(row) for row in db.conn.execute(find, asked)], ROWS)


def _steps(db: Database, change: str, rows: Sequence[tuple[Any, ...]], size: int) -> int:
    """Change row after row by its key, so many in a transaction; how many were changed."""
    changed, left = 0, iter(rows)
    while step := list(islice(left, size)):
        with giving_way(), writing(db):
            changed += db.conn.executemany(change, step).rowcount
    return changed


def _merge(db: Database, name: str) -> None:
    """Merge what has come into a full-text index in parts, as far as that makes it quicker."""
    changed = 2
    while changed > 1:  # one is the command itself
        before = db.conn.total_changes
        with giving_way():
            db.conn.execute(f"insert into {name} ({name}, rank) values ('merge', {MERGED})")
        changed = db.conn.total_changes - before


def _empty_wal(db: Database) -> None:
    """Take the WAL into the file, and make it empty if nobody is in the way just now."""
    db.conn.execute("pragma wal_checkpoint(passive)").fetchall()
    db.conn.execute(f"pragma busy_timeout = {round(SHORT * MILLISECONDS)}")
    db.conn.execute("pragma wal_checkpoint(truncate)").fetchall()
    db.conn.execute(f"pragma busy_timeout = {round(BUSY_SECONDS * MILLISECONDS)}")


def _number(db: Database, pragma: str) -> int:
    return int(db.conn.execute(f"pragma {pragma}").fetchone()[0])


_LOGS = {
    "fetches": ("select number from fetches where at < :before", "delete from fetches where number = ?"),
    "runs": ("select id from runs where ended < :before", "delete from runs where id = ?"),
}

_UNUSED = {
    "bodies": (
        "select id from bodies where id not in (select body from pages where body is not null)",
        "delete from bodies where id = ?1 and not exists (select 1 from pages where body = ?1)",
    ),
    "texts": (
        "select number from texts where not exists (select 1 from stories where same_text = texts.number)",
        "delete from texts where number = ?1 and not exists (select 1 from stories where same_text = ?1)",
    ),
}

_OF_TEXTS = (
    (
        "select key, text from text_keys where text not in (select number from texts)",
        "delete from text_keys where key = ?1 and text = ?2 and not exists (select 1 from texts where number = ?2)",
    ),
    *(
        (
            f"select one, other from likenesses where {side} not in (select number from texts)",
            "delete from likenesses where one = ?1 and other = ?2"
            f" and {side} not in (select number from texts where number in (?1, ?2))",
        )
        for side in ("one", "other")
    ),
)

_NOT_TO_BE_ARCHIVED = """
select distinct coalesce(p.thread, p.id) from pages p join bodies b on b.id = p.body
where p.reserved like '%noarchive%' and length(b.body) > 0
"""

_NEEDED = """
a.kind <> 'article' or a.reading is null or exists (
    select 1 from frontier f where f.id = a.id and (f.state <> 'done' or f.revisit_at is not null))
or exists (select 1 from frontier f where f.found_on = a.id and f.kind = 'thread' and f.state <> 'done')
"""

_READ = f"""
select b.id, length(b.body) as size, max(a.read_at) as read_at
from bodies b join pages p on p.body = b.id join pages a on a.id = coalesce(p.thread, p.id)
where length(b.body) > 0 group by b.id having not max({_NEEDED}) order by read_at, b.id
"""

_LET_GO = f"""
update bodies set body = x'' where id = ?1 and length(body) > 0 and not exists (
    select 1 from pages p join pages a on a.id = coalesce(p.thread, p.id)
    where p.body = ?1 and (a.read_at > ?2 or {_NEEDED}))
"""

# Without its validators it is sent whole, if it is asked for again.
_ALL_OF_IT = """
update pages set etag = null, last_modified = null
where body = ?1 and ?2 <> '' and exists (select 1 from bodies b where b.id = ?1 and length(b.body) = 0)
"""

# What waits to be read, as more of its thread has come, and whose own bytes are gone and are not on their way.
_WAITS_FOR_BYTES = """
kind = 'article' and reading is null and exists (
    select 1 from bodies b where b.id = pages.body and b.bytes > 0 and length(b.body) = 0)
and not exists (select 1 from frontier f where f.id = pages.id and f.state <> 'done')
and exists (select 1 from documents d where d.id = pages.id)
"""
_UNREADABLE = (
    f"select id from pages where body is not null and {_WAITS_FOR_BYTES}",
    f"update pages set reading = 'read' where id = ? and {_WAITS_FOR_BYTES}",
)
