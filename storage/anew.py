"""Comparing all stories anew: after the comparison has changed (another version, weights learned from editors).

What editors decided, merged and split stands. The result follows from the stories and from that alone, whatever order
they came in. It is one transaction, so that a kill leaves everything as it was. The comparison that a database was made
by is its `user_version`.
"""

import json

from sqlite_utils import Database

from storage import candidates
from storage.clusters import compare, model, settle
from storage.database import writing
from stories.likeness import version
from stories.story import Story
from stories.telling import telling


def is_due(db: Database) -> bool:
    """Whether there are stories that were compared in another way than today's."""
    (made_by,) = db.conn.execute("pragma user_version").fetchone()
    return made_by != version() and _any(db)


def mark(db: Database) -> None:
    """Note that what is compared from now on is compared in today's way; where there is no story yet."""
    if not _any(db):
        db.conn.execute(f"pragma user_version = {version()}")


def place_anew(db: Database) -> dict[str, int]:
    """Compare and group all stories anew; how many clusters there were and are."""
    with writing(db):
        before, by = _count(db), model(db)
        for table in ("likenesses", "text_keys"):
            db.conn.execute(f"delete from {table}")
        db.conn.execute("update stories set same_text = null")
        db.conn.execute("delete from texts")
        rows = db.conn.execute("select number, text, language, companies from stories order by id").fetchall()
        for row in rows:
            text, _ = candidates.enter(db, telling(_story(row["text"], row["language"], row["companies"])))
            db.conn.execute("update stories set same_text = ? where number = ?", (text, row["number"]))
        for (text,) in db.conn.execute("select number from texts order by number").fetchall():
            own = candidates.known(db, [text])[text]
            compare(db, by, text, own, candidates.candidates(db, text, own))
        settled: set[int] = set()
        for row in rows:
            if row["number"] not in settled:
                settled |= settle(db, [row["number"]], by, all_anew=True)
        db.conn.execute(f"pragma user_version = {version()}")
        return {"before": before, "now": _count(db)}


def _any(db: Database) -> bool:
    return db.conn.execute("select 1 from stories limit 1").fetchone() is not None


def _count(db: Database) -> int:
    (count,) = db.conn.execute("select count(distinct cluster) from stories").fetchone()
    return int(count)


def _story(text: str, language: str | None, companies: str) -> Story:
    """As much of a stored story as is compared."""
    named = tuple(json.loads(companies))
    return Story(place=None, start=0, end=len(text), text=text, score=0, title="", language=language, companies=named)
