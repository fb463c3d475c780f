"""Taking back what an editor did, or doing it again: at any later time, in any order that makes sense.

Judgements, notes, edits and masks count by the last of them that stands, so that taking one back needs nothing more.
What was done to groups is turned round (storage/ties.py), unless a later act has put the same stories elsewhere.
"""

from datetime import datetime

from sqlite_utils import Database

from storage.database import writing
from storage.log import GROUPINGS, Decision, Verb, act, append
from storage.ties import turn


class UnknownActError(LookupError):
    """There is no act of that number."""

    def __init__(self, number: int) -> None:
        super().__init__(f"the log has no number {number}")


def undo(db: Database, number: int, *, who: str, at: datetime, seen: int | None = None, note: str = "") -> Decision:
    """Take back an act that stands; do one again that was taken back. Given an undo or redo, the act it is about.

    Raises UnknownActError, ConflictError, and GroupingError where what was done to groups cannot be turned round.
    """
    with writing(db):
        made = act(db, number)
        if made and made.undoes:
            made = act(db, made.undoes)
        if not made:
            raise UnknownActError(number)
        verb = Verb.UNDO if made.stands else Verb.REDO
        done = append(
            db, made.cluster, verb, who=who, at=at, seen=seen, note=note, undoes=made.number, other=made.other
        )
        if made.verb in GROUPINGS:
            turn(db, made, back=verb is Verb.UNDO)
        if made.verb is Verb.MASK:  # it went with its stories: readers get those anew, too
            db.conn.execute(_MASKED, (made.cluster,))
        return done


# What a cluster was merged into, and what was split from it.
_MASKED = """
with recursive these (id) as (
    select ? union select case d.verb when 'merge' then d.cluster else d.other end
    from these t join standing d on (d.verb = 'merge' and d.other = t.id) or (d.verb = 'split' and d.cluster = t.id))
update clusters set version = (select max(version) from clusters) + 1 where id in (select id from these)
"""
