"""What editors say about which stories tell one event: they merge clusters, split one, or say that two are apart.

Each is an act in the log (groupings) and, for the stories that were in those clusters, a tie between each two that were
put together or apart; the last tie on a pair counts. Ties are between stories, not clusters, so that they hold whatever
later runs find (storage/neighbours.py), and each is a labelled pair to learn from. Nothing is ever taken back by
forgetting: what was merged is split again, what was split is merged.

Stories of different clusters are never tied as one, nor stories of one cluster as apart, so ties do not contradict each
other: a merge says of all pairs across that they are one, a split that they are not.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import product
from sqlite3 import Row

from sqlite_utils import Database

from storage.clusters import model, settle
from storage.database import identity, stamp, writing
from storage.decisions import UnknownClusterError, Verb, last_decision
from stories.grouping import Pair, pair


class Act(StrEnum):
    """What an editor can do to two clusters, or to one that becomes two."""

    MERGE = "merge"
    SPLIT = "split"
    APART = "apart"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """What one editor did: `other` was merged into `cluster`, split from it, or is apart from it. `moved` are the ids
    of the stories that were in `other`, or went there; `at` as stored."""

    number: int
    verb: Act
    cluster: str
    other: str
    moved: tuple[str, ...]
    note: str
    who: str
    at: str


class GroupingError(ValueError):
    """It cannot be done; the message says why."""


def merge(db: Database, cluster: str, other: str, *, who: str, at: datetime, note: str = "") -> Grouping:
    """Say that two clusters tell one event: the second becomes the first, whose decision stands; but if only the second
    is decided on, the first becomes the second. Raises UnknownClusterError and GroupingError."""
    with writing(db):
        if _decided(db, other) and not _decided(db, cluster):
            cluster, other = other, cluster
        ours, theirs = _both(db, cluster, other)
        made = _log(db, Act.MERGE, (cluster, other), theirs, who=who, at=at, note=note)
        _tie(db, made, [*product(ours, theirs), *_star(ours), *_star(theirs)], same=True)
        db.conn.execute("update stories set cluster = ? where cluster = ?", (cluster, other))
        db.conn.execute("update clusters set became = ? where id = ?", (cluster, other))
        settle(db, _numbers(db, [*ours, *theirs]), model(db))
        return made


def split(db: Database, cluster: str, stories: Collection[str], *, who: str, at: datetime, note: str = "") -> Grouping:
    """Say that some stories (ids) of a cluster tell another event than the rest: they get a cluster of their own, on
    which nothing is decided yet. Raises UnknownClusterError and GroupingError."""
    with writing(db):
        there, taken = _members(db, cluster), sorted(set(stories))
        if strangers := [story for story in taken if story not in there]:
            raise GroupingError(f"story {strangers[0]} is not in cluster {cluster}: name stories that are")
        rest = [story for story in there if story not in taken]
        if not taken or not rest:
            raise GroupingError(f"cluster {cluster} has {len(there)} stories: name some of them, and leave some")
        (acts,) = db.conn.execute("select count(*) from groupings").fetchone()
        new = identity("cluster", "split", *taken, str(acts))
        db.conn.execute("insert into clusters (id, made_at) values (?, ?)", (new, stamp(at)))
        made = _log(db, Act.SPLIT, (cluster, new), taken, who=who, at=at, note=note)
        _tie(db, made, product(taken, rest), same=False)
        _tie(db, made, [*_star(taken), *_star(rest)], same=True)
        moved = _numbers(db, taken)
        db.conn.executemany("update stories set cluster = ? where number = ?", [(new, number) for number in moved])
        settle(db, [*moved, *_numbers(db, rest)], model(db))
        return made


def apart(db: Database, cluster: str, other: str, *, who: str, at: datetime, note: str = "") -> Grouping:
    """Say that two clusters tell two events: they are never joined, nor suggested again.

    Raises UnknownClusterError and GroupingError.
    """
    with writing(db):
        ours, theirs = _both(db, cluster, other)
        made = _log(db, Act.APART, (cluster, other), theirs, who=who, at=at, note=note)
        _tie(db, made, product(ours, theirs), same=False)
        return made


def groupings(db: Database, cluster: str) -> list[Grouping]:
    """What editors did to a cluster, oldest first."""
    found = db.conn.execute("select * from groupings where ? in (cluster, other) order by number", (cluster,))
    return [_grouping(row) for row in found]


def grouping(db: Database, number: int) -> Grouping | None:
    """What an editor did, by its number."""
    row = db.conn.execute("select * from groupings where number = ?", (number,)).fetchone()
    return _grouping(row) if row else None


def labelled(db: Database) -> list[tuple[int, int, bool]]:
    """All pairs of texts (numbers) that editors said are of one event, or of two; each pair once, by what was said
    last of any of their stories; copies left out."""
    rows = db.conn.execute(_LABELLED)
    return [(row[0], row[1], bool(row[2])) for row in rows]


def _both(db: Database, cluster: str, other: str) -> tuple[list[str], list[str]]:
    if cluster == other:
        raise GroupingError(f"{cluster} is one cluster: name two")
    return _members(db, cluster), _members(db, other)


def _members(db: Database, cluster: str) -> list[str]:
    """The ids of a cluster's stories. Raises UnknownClusterError where it has none."""
    found = [row[0] for row in db.conn.execute("select id from stories where cluster = ? order by id", (cluster,))]
    if not found:
        raise UnknownClusterError(cluster)
    return found


def _decided(db: Database, cluster: str) -> bool:
    last = last_decision(db, cluster)
    return last is not None and last.verb is not Verb.REOPEN


def _numbers(db: Database, stories: Iterable[str]) -> list[int]:
    rows = (db.conn.execute("select number from stories where id = ?", (story,)).fetchone() for story in stories)
    return [row[0] for row in rows]


def _star(stories: Collection[str]) -> list[Pair]:
    """Pairs that hold some stories together."""
    first, *others = sorted(stories)
    return [(first, other) for other in others]


def _log(
    db: Database, verb: Act, clusters: Pair, moved: Sequence[str], *, who: str, at: datetime, note: str
) -> Grouping:
    values = (verb, *clusters, json.dumps(moved), note, who, stamp(at))
    (row,) = db.conn.execute(_APPEND, values).fetchall()
    return _grouping(row)


def _grouping(row: Row) -> Grouping:
    names = ("number", "cluster", "other", "note", "who", "at")
    moved = tuple(json.loads(row["moved"]))
    return Grouping(verb=Act(row["verb"]), moved=moved, **{name: row[name] for name in names})


def _tie(db: Database, made: Grouping, pairs: Iterable[Pair], *, same: bool) -> None:
    rows = [(*pair(*two), same, made.number) for two in pairs]
    db.conn.executemany("insert into ties (one, other, same, grouping) values (?, ?, ?, ?)", rows)


_APPEND = "insert into groupings (verb, cluster, other, moved, note, who, at) values (?, ?, ?, ?, ?, ?, ?) returning *"


_LABELLED = """
select min(a.same_text, b.same_text), max(a.same_text, b.same_text), t.same, max(t.number)
from last_ties t join stories a on a.id = t.one join stories b on b.id = t.other
where a.same_text <> b.same_text group by 1, 2 order by 1, 2
"""
