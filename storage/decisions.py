"""What editors decided, one row for each time: appended, never changed.

The last decision on a cluster is the one that counts; reopening is a decision too, so that nothing is ever undone by
forgetting it. Two editors may have the same cluster open: who decides says which decision they saw last (`seen`), and
where another has come since, nothing is written and `ConflictError` tells what it was.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from sqlite3 import Row
from typing import Any

from sqlite_utils import Database

from storage.database import stamp, writing
from stories.story import WhyNot

UNDECIDED = 0  # what an editor saw who saw no decision; decisions are numbered from 1


class Verb(StrEnum):
    """What an editor can do to a cluster."""

    APPROVE = "approve"
    REJECT = "reject"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What one editor did to one cluster: `at` as it is stored (`2026-11-21T09:30:00Z`), `why` for a rejection."""

    number: int
    cluster: str
    verb: Verb
    why: WhyNot | None
    note: str
    who: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged(Decision):
    """A decision with the title of the story it was about, and whether it is the one that counts."""

    title: str
    stands: bool


class UnknownClusterError(LookupError):
    """There is no cluster of that id."""

    def __init__(self, cluster: str) -> None:
        super().__init__(f"no cluster has the id '{cluster}'; `goodturn stories` lists those there are")


class ConflictError(Exception):
    """Somebody decided on the cluster after the editor had looked; `decision` is what they decided."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(
            f"cluster {decision.cluster} got another decision ({decision.verb} by {decision.who}, {decision.at}): "
            "look at it again, then decide"
        )
        self.decision = decision


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
    """Append a decision. `seen` is the number of the last one the editor saw, `UNDECIDED` for none; None: do not ask.

    Raises UnknownClusterError, ConflictError, and ValueError for a rejection without a reason or a reason without one.
    """
    if (verb is Verb.REJECT) != (why is not None):
        raise ValueError("a rejection needs a reason (why), and only a rejection has one")
    with writing(db):
        if not db.conn.execute("select 1 from stories where cluster = ?", (cluster,)).fetchone():
            raise UnknownClusterError(cluster)
        last = last_decision(db, cluster)
        if seen is not None and last and last.number != seen:
            raise ConflictError(last)
        (row,) = db.conn.execute(_APPEND, (cluster, verb, why, note, who, stamp(at))).fetchall()
        return _decision(row)


def last_decision(db: Database, cluster: str) -> Decision | None:
    """The decision that counts; None while nobody has decided."""
    row = db.conn.execute("select * from last_decisions where cluster = ?", (cluster,)).fetchone()
    return _decision(row) if row else None


def history(db: Database, cluster: str) -> list[Decision]:
    """All decisions on a cluster, oldest first."""
    found = db.conn.execute("select * from decisions where cluster = ? order by number", (cluster,))
    return [_decision(row) for row in found]


def logged(db: Database, number: int) -> Logged | None:
    """One decision, by its number."""
    row = db.conn.execute(_LOGGED, (number,)).fetchone()
    return _logged(row) if row else None


def _logged(row: Row) -> Logged:
    return Logged(**_values(row), title=row["title"], stands=bool(row["stands"]))


def _decision(row: Row) -> Decision:
    return Decision(**_values(row))


def _values(row: Row) -> dict[str, Any]:
    why = row["why"] and WhyNot(row["why"])
    return {name: row[name] for name in ("number", "cluster", "note", "who", "at")} | {
        "verb": Verb(row["verb"]),
        "why": why,
    }


_APPEND = "insert into decisions (cluster, verb, why, note, who, at) values (?, ?, ?, ?, ?, ?) returning *"

_LOGGED = """
select d.*, l.title, not exists (select 1 from decisions n where n.cluster = d.cluster and n.number > d.number) stands
from decisions d join cluster_list l on l.cluster = d.cluster
where d.number = ?
"""
