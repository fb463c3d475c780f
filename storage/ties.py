"""What editors say about which stories tell one event: they merge clusters, split one, or say that two are apart.

Each is an act in the log (storage/log.py) and, for the stories that were in those clusters, a tie between each two that
were put together or apart; the last tie on a pair counts, of those whose act stands. Ties are between stories, not
clusters, so that they hold whatever later runs find (storage/neighbours.py), and each is a labelled pair to learn from.

An act that is taken back takes its ties with it, and carries the stories back to where they came from. Where a later
act has put the same stories somewhere else, that one has to be taken back first.

Stories of different clusters are never tied as one, nor stories of one cluster as apart, so ties do not contradict each
other: a merge says of all pairs across that they are one, a split that they are not.
"""

import json
from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import product

from sqlite_utils import Database

from storage.clusters import model, settle
from storage.database import identity, stamp, writing
from storage.decisions import last_decision
from storage.log import ConflictError, Decision, UnknownClusterError, Verb, act, append, last_act
from storage.merged import whereabouts
from stories.grouping import Pair, pair


class GroupingError(ValueError):
    """It cannot be done; the message says why."""


class LaterError(GroupingError):
    """A later act has put the same stories somewhere else; `later` is that one."""

    def __init__(self, later: Decision) -> None:
        super().__init__(
            f"{later.who} has put the same stories elsewhere since ({later.verb}, {later.at}): take that back first"
        )
        self.later = later


def merge(
    db: Database, cluster: str, other: str, *, who: str, at: datetime, note: str = "", seen: int | None = None
) -> Decision:
    """Say that two clusters tell one event: the second becomes the first, whose decision stands; but if only the second
    is decided on, the first becomes the second. Raises UnknownClusterError, ConflictError and GroupingError."""
    with writing(db):
        asked = cluster
        if _decided(db, other) and not _decided(db, cluster):
            cluster, other = other, cluster
        ours, theirs = _both(db, cluster, other)
        _unseen(db, asked, seen)
        made = append(db, cluster, Verb.MERGE, who=who, at=at, note=note, other=other, moved=tuple(theirs))
        _tie(db, made, [*product(ours, theirs), *_star(ours), *_star(theirs)], same=True)
        _carry(db, theirs, cluster)
        return made


def split(
    db: Database,
    cluster: str,
    stories: Collection[str],
    *,
    who: str,
    at: datetime,
    note: str = "",
    seen: int | None = None,
) -> Decision:
    """Say that some stories (ids) of a cluster tell another event than the rest: they get a cluster of their own, on
    which nothing is decided yet. Raises UnknownClusterError, ConflictError and GroupingError."""
    with writing(db):
        there, taken = _members(db, cluster), sorted(set(stories))
        if strangers := [story for story in taken if story not in there]:
            raise GroupingError(f"story {strangers[0]} is not in cluster {cluster}: name stories that are")
        rest = [story for story in there if story not in taken]
        if not taken or not rest:
            raise GroupingError(f"cluster {cluster} has {len(there)} stories: name some of them, and leave some")
        (acts,) = db.conn.execute("select count(*) from decisions").fetchone()
        new = identity("cluster", "split", *taken, str(acts))
        db.conn.execute("insert into clusters (id, made_at) values (?, ?)", (new, stamp(at)))
        made = append(db, cluster, Verb.SPLIT, who=who, at=at, note=note, seen=seen, other=new, moved=tuple(taken))
        _tie(db, made, product(taken, rest), same=False)
        _tie(db, made, [*_star(taken), *_star(rest)], same=True)
        _carry(db, taken, new)
        return made


def apart(
    db: Database, cluster: str, other: str, *, who: str, at: datetime, note: str = "", seen: int | None = None
) -> Decision:
    """Say that two clusters tell two events: they are never joined, nor suggested again.

    Raises UnknownClusterError, ConflictError and GroupingError.
    """
    with writing(db):
        ours, theirs = _both(db, cluster, other)
        made = append(db, cluster, Verb.APART, who=who, at=at, note=note, seen=seen, other=other, moved=tuple(theirs))
        _tie(db, made, product(ours, theirs), same=False)
        return made


def turn(db: Database, made: Decision, *, back: bool) -> None:
    """Undo a merge, a split or a keeping apart, or do it again, after that stands in the log; within a transaction of
    the caller's. Raises LaterError, and GroupingError where none of its stories is there any more."""
    if later := db.conn.execute(_LATER, {"number": made.number}).fetchone():
        found = act(db, later["number"])
        assert found
        raise LaterError(found)
    assert made.other
    forth = (made.other, made.cluster) if made.verb is Verb.MERGE else (made.cluster, made.other)
    source, target = reversed(forth) if back else forth
    if made.verb is Verb.APART:
        settle(db, _numbers(db, [*_there(db, made.cluster), *_there(db, made.other)]), model(db))
        return
    there = [story for story in _there(db, whereabouts(db, source)) if story in made.moved]
    if not there:
        raise GroupingError("none of its stories is where it was any more, so that there is nothing to carry back")
    _carry(db, there, target)


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
    found = _there(db, cluster)
    if not found:
        raise UnknownClusterError(cluster)
    return found


def _there(db: Database, cluster: str) -> list[str]:
    return [row[0] for row in db.conn.execute("select id from stories where cluster = ? order by id", (cluster,))]


def _decided(db: Database, cluster: str) -> bool:
    last = last_decision(db, cluster)
    return last is not None and last.verb is not Verb.REOPEN


def _carry(db: Database, stories: Collection[str], target: str) -> None:
    """Put stories into a cluster, and group anew what that touches."""
    numbers = _numbers(db, stories)
    sources = {row[0] for row in db.conn.execute(_CLUSTERS_OF, (json.dumps(numbers),))}
    db.conn.executemany("update stories set cluster = ? where number = ?", [(target, number) for number in numbers])
    for source in sources - {target}:
        if not _there(db, source):
            db.conn.execute("update clusters set became = ? where id = ?", (target, source))
    db.conn.execute("update clusters set became = null where id = ?", (target,))
    left = [story for source in sources for story in _there(db, source)]
    settle(db, _numbers(db, [*_there(db, target), *left]), model(db))


def _numbers(db: Database, stories: Iterable[str]) -> list[int]:
    rows = (db.conn.execute("select number from stories where id = ?", (story,)).fetchone() for story in stories)
    return [row[0] for row in rows]


def _star(stories: Collection[str]) -> list[Pair]:
    """Pairs that hold some stories together."""
    first, *others = sorted(stories)
    return [(first, other) for other in others]


def _unseen(db: Database, cluster: str, seen: int | None) -> None:
    if seen is not None and (last := last_act(db, cluster)) and last.number > seen:
        raise ConflictError(last)


def _tie(db: Database, made: Decision, pairs: Iterable[Pair], *, same: bool) -> None:
    rows = [(*pair(*two), same, made.number) for two in pairs]
    db.conn.executemany("insert into ties (one, other, same, decision) values (?, ?, ?, ?)", rows)


_CLUSTERS_OF = "select distinct cluster from stories where number in (select value from json_each(?))"

# A later act that stands and ties a story of this one to another, or a pair of this one apart.
_LATER = """
select s.number from standing s
where s.number > :number and s.verb in ('merge', 'split', 'apart') and exists (
    select 1 from ties l join ties m on m.decision = :number
        and (case s.verb when 'apart' then m.one = l.one and m.other = l.other
            else m.one in (l.one, l.other) or m.other in (l.one, l.other) end)
    where l.decision = s.number)
order by s.number desc limit 1
"""

_LABELLED = """
select min(a.same_text, b.same_text), max(a.same_text, b.same_text), t.same, max(t.number)
from last_ties t join stories a on a.id = t.one join stories b on b.id = t.other
where a.same_text <> b.same_text group by 1, 2 order by 1, 2
"""
