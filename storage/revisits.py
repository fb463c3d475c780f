"""When an article is looked at again for new comments.

Each time an article was read, or was found unchanged, its next look is set: when its newest words (its own or a
comment's) are twice as old as now, a day at least, and not at all once they are 64 days old (storage/rhythm.py). Where
neither has a date, the day on which it was found counts. When its time has come, the article and the last known part
of its thread go into the queue again, after all that was never seen. The option `revisit=never` of a source lets its
articles be.
"""

from datetime import UTC, datetime, timedelta

from sqlite_utils import Database

from storage import rhythm
from storage.database import stamp, writing
from storage.frontier import REVISIT

DAY_ENDS = timedelta(hours=24)  # words of a day without a time may be as new as its end
NEVER = "never"


def schedule(db: Database, id: str, now: datetime) -> None:
    """Set the next look at the article of this page, or of whose thread it is a part, in the caller's transaction."""
    row = db.conn.execute(_NEWEST, {"id": id}).fetchone()
    if row is None:
        return
    words = [_moment(text) for text in (row["date"], row["newest"]) if text]
    newest = max(words, default=_moment(row["first_fetched_at"]))
    at = None if row["revisit"] == NEVER else rhythm.look_again(min(newest, now), now)
    db.conn.execute("update frontier set revisit_at = ? where id = ?", (stamp(at) if at else None, row["id"]))


def due(db: Database, now: datetime) -> int:
    """Put into the queue again what is to be looked at now; returns how many articles."""
    with writing(db):
        ids = [row[0] for row in db.conn.execute(_DUE, (stamp(now),))]
        db.conn.executemany(_AGAIN, [{"id": id, "priority": REVISIT} for id in ids])
    return len(ids)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC) + DAY_ENDS


_NEWEST = """
select a.id, a.first_fetched_at, d.date, json_extract(s.options, '$.revisit') as revisit,
    (select max(coalesce(c.date, c.found_at)) from comments c where c.document = a.id) as newest
from pages p join pages a on a.id = coalesce(p.thread, p.id) and a.kind = 'article' and a.body is not null
left join documents d on d.id = a.id left join sources s on s.id = a.source
where p.id = :id
"""

_DUE = """
select f.id from frontier f left join sources s on s.id = f.source
where f.revisit_at <= ? and f.state = 'done' and coalesce(s.active, 1)
"""

_AGAIN = """
update frontier set state = 'waiting', tries = 0, not_before = null, priority = :priority, revisit_at = null
where state = 'done' and (id = :id or rowid = (
    select max(t.rowid) from frontier t where t.found_on = :id and t.kind = 'thread'))
"""
