"""An editor's judgement of a cluster: approve, reject, hold, take out of the feed, open again; and notes.

The last judgement that stands is the one that counts (storage/log.py); reopening is one too, so that nothing is ever
undone by forgetting it. What is taken out of the feed waits aside, like what is held.
"""

from datetime import datetime

from sqlite_utils import Database

from storage.database import writing
from storage.log import JUDGEMENTS, NOTHING, Decision, UnknownClusterError, Verb, act, append
from stories.story import WhyNot

UNDECIDED = NOTHING


class NotPublishedError(ValueError):
    """What is to be taken out of the feed is not in it."""

    def __init__(self, cluster: str) -> None:
        super().__init__(f"cluster {cluster} is not approved, so that there is nothing to take out of the feed")


def decide(
    db: Database,
    cluster: str,
    verb: Verb,
    *,
    who: str,
    at: datetime,
    why: WhyNot | None = None,
    note: str = "",
    seen: int | None = None,
) -> Decision:
    """Append a judgement or a note. `seen` as in storage/log.py.

    Raises UnknownClusterError, ConflictError, NotPublishedError, and ValueError for a rejection without a reason, a
    reason without one, a note without words, or another verb.
    """
    if (verb is Verb.REJECT) != (why is not None):
        raise ValueError("a rejection needs a reason (why), and only a rejection has one")
    if verb not in (*JUDGEMENTS, Verb.NOTE) or (verb is Verb.NOTE and not note):
        raise ValueError("a note needs words" if verb is Verb.NOTE else f"'{verb}' is no judgement")
    with writing(db):
        if not db.conn.execute("select 1 from stories where cluster = ?", (cluster,)).fetchone():
            raise UnknownClusterError(cluster)
        story = _best(db, cluster) if verb is Verb.APPROVE else None
        made = append(db, cluster, verb, why=why, note=note, who=who, at=at, seen=seen, story=story)
        if verb is Verb.UNPUBLISH and _before(db, made) is not Verb.APPROVE:
            raise NotPublishedError(cluster)
        return made


def last_decision(db: Database, cluster: str) -> Decision | None:
    """The judgement that counts; None while nobody has judged, or all of it was taken back."""
    row = db.conn.execute("select number from last_decisions where cluster = ?", (cluster,)).fetchone()
    return act(db, row["number"]) if row else None


def _before(db: Database, made: Decision) -> Verb | None:
    row = db.conn.execute(_BEFORE, (made.cluster, made.number)).fetchone()
    return Verb(row["verb"]) if row else None


def _best(db: Database, cluster: str) -> str:
    """The telling that readers get of what is approved now, whatever comes to it later."""
    row = db.conn.execute(_BEST, (cluster,)).fetchone()
    return str(row["id"])


_BEST = """
select id from stories where cluster = ? order by gone_at is null desc, relation = 'first' desc, score desc, number
limit 1
"""

_BEFORE = """
select verb from standing where cluster = ? and number < ?
    and verb in ('approve', 'reject', 'hold', 'unpublish', 'reopen')
order by number desc limit 1
"""
