"""What editors say about which stories tell one event: they merge clusters, split one, or say that two are apart.

Each is an act in the log (storage/log.py) and, for the stories that were in those clusters, a tie between each two that
were put together or apart; the last tie on a pair counts, of those whose act stands. Ties are between stories, not
clusters, so that they hold whatever later runs find (storage/neighbours.py), and each is a labelled pair to learn from.

An act that is taken back takes its ties with it, and carries the stories back to where they came from, with those that
came since and are more like them than like those that stay. Where a later act has put the same stories somewhere else,
that one has to be taken back first; and an act is done again only where those before it stand as they stood then.

Texts are tied, not each of their copies: a chain letter of hundreds of copies would have a tie for each two of them.

Stories of different clusters are never tied as one, nor stories of one cluster as apart, so ties do not contradict each
other: a merge says of all pairs across that they are one, a split that they are not.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import product

from sqlite_utils import Database

from storage.clusters import model, settle
from storage.database import identity, stamp, writing
from storage.decisions import last_decision
from storage.log import Decision, UnknownClusterError, Verb, act, append, unseen
from storage.merged import whereabouts
from storage.neighbours import Member, reach
from stories.grouping import UNLIKE, Pair, pair


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
    (made,) = merge_all(db, [cluster, other], who=who, at=at, note=note, seen=seen)
    return made


def merge_all(
    db: Database, clusters: Sequence[str], *, who: str, at: datetime, note: str = "", seen: int | None = None
) -> list[Decision]:
    """Say that all these clusters tell one event, as `merge` does with two: all of it or nothing."""
    with writing(db):
        for cluster in clusters:
            _members(db, cluster)
            unseen(db, cluster, seen)
        into, *others = clusters
        done = list[Decision]()
        for other in others:
            swapped = _decided(db, other) and not _decided(db, into)
            into, gone = (other, into) if swapped else (into, other)
            ours, theirs = _both(db, into, gone)
            done.append(append(db, into, Verb.MERGE, who=who, at=at, note=note, other=gone, moved=tuple(theirs)))
            _tie(db, done[-1], [*_across(db, ours, theirs, same=True), *_star(ours), *_star(theirs)], same=True)
            _carry(db, theirs, into)
        return done


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
        _tie(db, made, _across(db, taken, rest, same=False), same=False)
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
        _tie(db, made, _across(db, ours, theirs, same=False), same=False)
        return made


def turn(db: Database, made: Decision, *, back: bool) -> None:
    """Undo a merge, a split or a keeping apart, or do it again, after that stands in the log; within a transaction of
    the caller's. Raises LaterError, and GroupingError where an act before it was taken back that stood then, or none of
    its stories is there any more."""
    _in_order(db, made, back=back)
    assert made.other
    forth = (made.other, made.cluster) if made.verb is Verb.MERGE else (made.cluster, made.other)
    source, target = reversed(forth) if back else forth
    if made.verb is Verb.APART:
        settle(db, _numbers(db, [*_there(db, made.cluster), *_there(db, made.other)]), model(db))
        return
    source = whereabouts(db, source)
    there = [story for story in _there(db, source) if story in made.moved]
    if not there:
        raise GroupingError("none of its stories is where it was any more, so that there is nothing to carry back")
    target = whereabouts(db, target) if target == made.cluster else target
    _carry(db, [*there, *_came_since(db, made, source, there)], target)


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


def _across(db: Database, ours: Collection[str], theirs: Collection[str], *, same: bool) -> list[Pair]:
    """The pairs by which what is said of two sides holds: one story for each text of a side, but each copy of a text
    that is on both; and the pairs of which something else was said before."""
    sides = json.dumps(sorted(ours)), json.dumps(sorted(theirs))
    first, second = ({row[0] for row in db.conn.execute(_SPEAKERS, each)} for each in (sides, sides[::-1]))
    before = (pair(*row) for row in db.conn.execute(_OTHERWISE, (*sides, same, *sides, same)))
    return sorted({*(pair(*two) for two in product(first, second)), *before})


def _in_order(db: Database, made: Decision, *, back: bool) -> None:
    """Make sure that an act can be turned now. Raises LaterError and GroupingError."""
    asked = {"number": made.number, "verb": made.verb}
    row = db.conn.execute(_LATER, asked).fetchone()
    row = row or (None if back else db.conn.execute(_CHANGED, asked).fetchone())
    found = act(db, row["number"]) if row else None
    if found and found.stands:
        raise LaterError(found)
    if found:
        raise GroupingError(
            f"it was done to what {found.who} had done before ({found.verb}, {found.at}), "
            "and that has been taken back: do that again first"
        )


def _came_since(db: Database, made: Decision, source: str, moving: Collection[str]) -> list[str]:
    """The stories of a cluster that came after an act and are more like those that move than like those that stay."""
    tied = {row[0] for row in db.conn.execute(_OWN, {"number": made.number})} | set(moving)
    if tied.issuperset(_there(db, source)):
        return []
    these = reach(db, _numbers(db, moving), model(db).sure)
    here = [member for member in these.members if member.cluster == source]
    go, stay = ([m for m in here if m.id in tied and (m.id in moving) is goes] for goes in (True, False))

    def nearest(one: Member, others: Sequence[Member]) -> float:
        return max((these.alike(one, other) for other in others), default=UNLIKE)

    return [each.id for each in here if each.id not in tied and nearest(each, go) > nearest(each, stay)]


def _tie(db: Database, made: Decision, pairs: Iterable[Pair], *, same: bool) -> None:
    rows = [(*pair(*two), same, made.number) for two in pairs]
    db.conn.executemany("insert into ties (one, other, same, decision) values (?, ?, ?, ?)", rows)


_CLUSTERS_OF = "select distinct cluster from stories where number in (select value from json_each(?))"

_SPEAKERS = """
select s.id from stories s where s.id in (select value from json_each(?1)) and (
    s.same_text in (select same_text from stories where id in (select value from json_each(?2)))
    or s.id = (select min(t.id) from stories t
        where t.same_text is s.same_text and t.id in (select value from json_each(?1))))
"""

_OTHERWISE = """
select one, other from last_ties where one in (select value from json_each(?))
    and other in (select value from json_each(?)) and same <> ?
union select one, other from last_ties where other in (select value from json_each(?))
    and one in (select value from json_each(?)) and same <> ?
"""

_OWN = "select one from ties where decision = :number union select other from ties where decision = :number"

# What was said of a pair of this act; or, but for keeping apart, what was done to a story of it.
_NEAR = f"""(
    s.number in (
        select l.decision from ties m join ties l on l.one = m.one and l.other = m.other where m.decision = :number)
    or :verb <> 'apart' and s.verb <> 'apart' and s.number in (
        select l.decision from ({_OWN}) o join ties l on l.one = o.one
        union select l.decision from ({_OWN}) o join ties l on l.other = o.one))"""

# The last later act that stands and put the same stories somewhere.
_LATER = f"""
select s.number from standing s
where s.number > :number and s.verb in ('merge', 'split', 'apart') and {_NEAR}
order by s.number desc limit 1
"""

# The first act before this one that stood then and does not now, or the other way round.
_CHANGED = f"""
select s.number from log s
where s.number < :number and s.verb in ('merge', 'split') and s.stands <> coalesce(
        (select u.verb = 'redo' from decisions u where u.undoes = s.number and u.number < :number
            order by u.number desc limit 1), 1) and {_NEAR}
order by s.number limit 1
"""

_LABELLED = """
select min(a.same_text, b.same_text), max(a.same_text, b.same_text), t.same, max(t.number)
from last_ties t join stories a on a.id = t.one join stories b on b.id = t.other
where a.same_text <> b.same_text group by 1, 2 order by 1, 2
"""
