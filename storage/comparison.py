"""What an editor asks who puts clusters side by side: two tellings compared, where a cluster has gone, what was done.

A cluster that became part of another has no stories any more; `whereabouts` follows it to where they are.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from sqlite3 import Row

from sqlite_utils import Database

from storage.candidates import known
from storage.decisions import Decision, Logged, history, logged
from storage.inbox import ClusterRow, cluster
from storage.ties import Grouping, grouping
from stories.likeness import Evidence, evidence
from stories.story import Relation


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of two tellings that are compared: its words, and the number of its text."""

    text: str
    language: str | None
    same_text: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two tellings, what they share and where they differ."""

    own: Side
    its: Side
    evidence: Evidence


class MovedError(LookupError):
    """The cluster has become part of another one, `now`."""

    def __init__(self, gone: str, now: str) -> None:
        super().__init__(f"cluster {gone} has become part of cluster {now}: nothing was changed; look there")
        self.gone, self.now = gone, now


def comparison(db: Database, own: str, its: str) -> Comparison | None:
    """Two stories (ids) compared; None where one of them is not there, or was never compared."""
    one, other = _side(db, own), _side(db, its)
    texts = known(db, [side.same_text for side in (one, other) if side])
    if not (one and other and one.same_text in texts and other.same_text in texts):
        return None
    return Comparison(own=one, its=other, evidence=evidence(texts[one.same_text], texts[other.same_text]))


def differences(db: Database, cluster: str) -> dict[int, tuple[str, ...]]:
    """Where the retellings of a cluster, by number, differ from its first telling: what the one says | the other."""
    rows = db.conn.execute(_RELATED, (cluster,)).fetchall()
    texts = known(db, sorted({text for *_, text in rows}))
    first = next((texts[text] for _, relation, text in rows if relation == Relation.FIRST), None)
    told = {number: texts[text] for number, relation, text in rows if relation == Relation.RETELLING}
    return {number: evidence(own, first).differs for number, own in told.items()} if first else {}


def whereabouts(db: Database, id: str) -> str:
    """The cluster that one has become, to the end; itself where it has stories, or became nothing."""
    (now,) = db.conn.execute(_WHEREABOUTS, {"id": id}).fetchone()
    return str(now)


def still(db: Database, id: str) -> None:
    """Make sure that a cluster has not become part of another. Raises MovedError."""
    if (now := whereabouts(db, id)) != id:
        raise MovedError(id, now)


def title(db: Database, stories: Collection[str]) -> str:
    """What some stories (ids) are called together: by the title of the first telling among them, or the best."""
    row = db.conn.execute(_TITLE, (json.dumps(sorted(stories)),)).fetchone()
    return str(row[0]) if row else ""


def deeds(db: Database, *, limit: int, offset: int = 0) -> list[Logged | Grouping]:
    """All that editors did, to single clusters and to groups, newest first."""
    rows = db.conn.execute(_DEEDS, (limit, offset)).fetchall()
    found = (grouping(db, row["number"]) if row["grouped"] else _decision(db, row) for row in rows)
    return [deed for deed in found if deed]


def _decision(db: Database, row: Row) -> Logged | None:
    """A decision of the log; one on a cluster that became part of another is told of that."""
    if found := logged(db, row["number"]):
        return found
    there = cluster(db, whereabouts(db, row["cluster"]))
    made = next(made for made in history(db, row["cluster"]) if made.number == row["number"])
    return _logged(made, there) if there else None


def _logged(made: Decision, there: ClusterRow) -> Logged:
    names = ("number", "cluster", "verb", "why", "note", "who", "at")
    return Logged(**{name: getattr(made, name) for name in names}, title=there.title, stands=False)


def _side(db: Database, story: str) -> Side | None:
    row = db.conn.execute(_SIDE, (story,)).fetchone()
    return Side(**{name: row[name] for name in row.keys()}) if row else None  # noqa: SIM118 -- a Row is no dict


_SIDE = "select text, language, same_text from stories where id = ? and same_text is not null"

_RELATED = (
    "select number, relation, same_text from stories where cluster = ? and same_text in (select number from texts)"
)

_WHEREABOUTS = """
with recursive went (id, steps) as (
    select :id, 0
    union select c.became, w.steps + 1 from went w join clusters c on c.id = w.id
    where c.became is not null and w.steps < 1000
        and not exists (select 1 from stories s where s.cluster = w.id))
select id from went order by steps desc limit 1
"""

_TITLE = """
select title from stories where id in (select value from json_each(?))
order by relation = 'first' desc, score desc, number limit 1
"""

_DEEDS = """
select number, cluster, at, false as grouped from decisions
union all select number, cluster, at, true from groupings
order by at desc, grouped desc, number desc limit ? offset ?
"""
