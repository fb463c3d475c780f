"""Told before, or new: finding the cluster that a telling belongs to.

Never is a telling compared with all others. Each stored story has some hundred keys (bands of its fingerprint, names,
pairs of motifs) in the table story_keys. Those that share most keys with the new telling, a rare key counting more,
are candidates, and the new telling is held against all tellings of their clusters. A key that more than COMMON stories
have is passed over: so the work for one telling is bounded however large the table grows.

A telling that could join two clusters joins the better one, and a cluster with its copy before any other; clusters are
not merged.
"""

import json
import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlite_utils import Database

from storage.database import identity, stamp
from stories.fingerprint import words
from stories.retelling import Telling, keys, relate_all
from stories.retelling import telling as derive
from stories.story import Channel, Relation, Sector, Story

COMMON = 200  # stories that share a key, beyond which it is passed over: a company told of often, two everyday motifs
CANDIDATES = 12  # stories that share most keys; among 4,000 others, 12 found as many retellings as 24
MEMBERS = 24  # tellings of one cluster that are compared, candidates first, so never less than CANDIDATES
KEPT = 16_384  # tellings kept derived in memory, some 5 KB each: deriving one anew takes longer than all lookups


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a telling belongs, and what it shares with the tellings there (nothing where it is the first)."""

    cluster: str
    relation: Relation
    because: tuple[str, ...] = ()


def place(db: Database, telling: Telling, at: datetime) -> Placement:
    """The cluster of a telling, made where there was none. Called in a transaction, before its story is stored."""
    candidates = _candidates(db, telling)
    found = {cluster: relate_all(telling, _members(db, cluster, candidates)) for cluster in _clusters(db, candidates)}
    ranked = [
        (match.relation is not Relation.RETELLING, match.score, cluster, match)
        for cluster, match in found.items()
        if match
    ]
    if not ranked:
        return _first(db, telling, at)
    *_, cluster, match = max(ranked, key=lambda each: each[:3])
    return Placement(cluster=cluster, relation=match.relation, because=match.because)


def index(db: Database, number: int, telling: Telling) -> None:
    """Enter a stored story (by its row's number) under its keys, so that later tellings find it."""
    rows = [(key, number) for key in keys(telling)]
    db.conn.executemany("insert or ignore into story_keys (key, story) values (?, ?)", rows)


def _first(db: Database, telling: Telling, at: datetime) -> Placement:
    """A new cluster. Its id follows from the words, so that a story read again after a loss finds its decisions."""
    id = identity("cluster", " ".join(words(telling.text)))
    db.conn.execute("insert or ignore into clusters (id, made_at) values (?, ?)", (id, stamp(at)))
    return Placement(cluster=id, relation=Relation.FIRST)


def _candidates(db: Database, telling: Telling) -> list[int]:
    """The numbers of the stories that share most keys."""
    shared: defaultdict[int, float] = defaultdict(float)
    for key in keys(telling):
        rows = db.conn.execute("select story from story_keys where key = ? limit ?", (key, COMMON + 1)).fetchall()
        for (story,) in rows if len(rows) <= COMMON else ():
            shared[story] += math.log((COMMON + 1) / len(rows))
    return sorted(shared, key=lambda story: (-shared[story], story))[:CANDIDATES]


def _clusters(db: Database, stories: list[int]) -> list[str]:
    found = db.conn.execute(f"select distinct cluster from stories where number in ({_marks(stories)})", stories)
    return [row[0] for row in found]


def _members(db: Database, cluster: str, candidates: list[int]) -> list[Telling]:
    """Tellings of a cluster, candidates before others; one without keys is being placed anew and does not count."""
    found = db.conn.execute(
        "select text, language, companies, sector, channel from stories s where cluster = ? "
        "and exists (select 1 from story_keys k where k.story = s.number) "
        f"order by number in ({_marks(candidates)}) desc, number limit ?",
        (cluster, *candidates, MEMBERS),
    )
    return [known(*row) for row in found]


def _marks(values: list[int]) -> str:
    return ", ".join("?" * len(values))


@lru_cache(KEPT)
def known(text: str, language: str | None, companies: str, sector: str, channel: str) -> Telling:
    """A stored story as it is compared."""
    return derive(
        Story(
            place=None,
            start=0,
            end=len(text),
            text=text,
            score=0.0,
            title="",
            language=language,
            companies=tuple(json.loads(companies)),
            sector=Sector(sector),
            channel=Channel(channel),
        )
    )
