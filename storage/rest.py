"""Which sources rest now: what an operator has paused, and what has quiet hours. None of them is claimed, and of what
came from them nothing is leased."""

import json
from datetime import datetime

from sqlite_utils import Database

from storage import schedule
from storage.times import quiet_until

NO_SOURCE = ""  # what came from none, as what a reader sent in: it rests where everything does


def resting(db: Database, now: datetime) -> set[str]:
    """The ids of the sources that rest, with NO_SOURCE where everything does."""
    paused = schedule.paused(db, now)
    if schedule.EVERYTHING in paused:
        return {NO_SOURCE, *(row[0] for row in db.conn.execute("select id from sources"))}
    hours = db.conn.execute("select id, quiet from sources where quiet is not null").fetchall()
    return {*paused, *(row["id"] for row in hours if quiet_until(row["quiet"], now))}


def as_json(db: Database, now: datetime) -> str:
    """The same, for a question."""
    return json.dumps(sorted(resting(db, now)))
