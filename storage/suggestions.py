"""Clusters that may tell one event: an editor merges them or says that they are apart; nothing merges them by itself.

Two clusters are suggested where their tellings are `perhaps` alike (`stories.likeness.suggests`), unless an editor has
said that they are apart. Each comes with the two tellings that are most alike.
"""

import json
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlite_utils import Database

from storage.clusters import model
from stories.likeness import probability, suggests

MOST = 5  # suggestions for one cluster, the likeliest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Another cluster that may tell the same event: `likely` 0 to 1; `own` and `its` are the ids of the two stories
    that are most alike."""

    cluster: str
    likely: float
    own: str
    its: str


def suggestions(db: Database, cluster: str) -> list[Suggestion]:
    """What may tell the same event as a cluster, the likeliest first."""
    return _suggested(db, "a.cluster = :cluster", cluster=cluster).get(cluster, [])


def suggested(db: Database, clusters: Collection[str]) -> set[str]:
    """Those of these clusters that may tell the same event as another one."""
    which = "a.cluster in (select value from json_each(:clusters))"
    return set(_suggested(db, which, clusters=json.dumps(list(clusters))))


def all_suggestions(db: Database) -> dict[str, list[Suggestion]]:
    """What may tell the same event, for each cluster that has any such other."""
    return _suggested(db, "true")


def _suggested(db: Database, which: str, **asked: str) -> dict[str, list[Suggestion]]:
    perhaps = model(db).perhaps
    found: defaultdict[str, list[Suggestion]] = defaultdict(list)
    for row in db.conn.execute(_BETWEEN.format(which=which), {"least": perhaps, **asked}):
        odds = json.loads(row["all_odds"])
        if len(found[row["ours"]]) < MOST and suggests(odds, row["pairs"], perhaps):
            likely = probability(row["odds"])
            found[row["ours"]].append(Suggestion(cluster=row["theirs"], likely=likely, own=row["own"], its=row["its"]))
    return {cluster: some for cluster, some in found.items() if some}


# max() makes SQLite take the other columns from the row that has it; where the mean of the best pair and of all is
# :least or more, the best is too
_BETWEEN = """
select ours, theirs, max(odds) as odds, own, its, json_group_array(odds) as all_odds,
    (select count(distinct same_text) from stories where cluster = ours)
        * (select count(distinct same_text) from stories where cluster = theirs) as pairs
from (
    select a.cluster as ours, b.cluster as theirs, l.odds, min(a.id) as own, min(b.id) as its
    from stories a join likenesses l on l.one = a.same_text
    join stories b on b.same_text = l.other and b.cluster <> a.cluster
    where {which}
    group by a.cluster, b.cluster, l.one, l.other)
group by ours, theirs
having max(odds) >= :least and not exists (
        select 1 from stories m join last_ties t on t.one = m.id and not t.same join stories n on n.id = t.other
        where m.cluster = ours and n.cluster = theirs)
    and not exists (
        select 1 from stories m join last_ties t on t.other = m.id and not t.same join stories n on n.id = t.one
        where m.cluster = ours and n.cluster = theirs)
order by ours, max(odds) desc, theirs
"""
