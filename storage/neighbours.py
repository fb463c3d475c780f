"""The stories that some stories could share a cluster with, and what holds them together or keeps them apart.

Reached are all stories of the same text, of a text that is surely alike, those that editors tied, and those that are in
the same cluster now; and theirs again. Nothing beyond these can change where they belong.

Texts are grouped, not stories, so that a text counts once however often it was copied. But where editors have put
copies of one text into several places, each of its stories stands for itself.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from storage.log import TOUCHED
from stories.grouping import UNLIKE, Pair, groups, pair
from stories.likeness import CERTAIN

Odds = dict[tuple[int, int], float]  # of two texts, the smaller number first


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A story with what its place depends on: `number` of its row, `text` that of its text, `decided` whether a
    decision stands on its cluster, `made_at` is None where that cluster has no row yet."""

    number: int
    id: str
    text: int
    cluster: str
    relation: str
    shared: str
    date: str | None
    found_at: str
    made_at: str | None
    decided: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """Some stories, how alike their texts are, and what editors said of each two (ids, and whether they are one)."""

    members: Sequence[Member]
    odds: Odds
    ties: Sequence[tuple[str, str, bool]]

    def alike(self, one: Member, other: Member) -> float:
        """The log odds that two of them tell one event."""
        low, high = sorted((one.text, other.text))
        return CERTAIN if low == high else self.odds.get((low, high), UNLIKE)


def reach(db: Database, seeds: Iterable[int], sure: float, *, alone: bool = False) -> Neighbours:
    """What can be reached from some stories, by the numbers of their rows; if they are `alone`, only those, unless they
    are in a cluster that has a row."""
    wanted = {"seeds": json.dumps(sorted(seeds)), "sure": sure}
    rows = db.conn.execute(_THESE, wanted).fetchall() if alone else []
    if not rows or any(row["made_at"] for row in rows):
        rows = db.conn.execute(_REACHED, wanted).fetchall()
    members = [Member(**{name: row[name] for name in row.keys()}) for row in rows]  # noqa: SIM118 -- a Row is no dict
    asked = json.dumps(sorted({member.text for member in members}))
    odds = {(row[0], row[1]): row[2] for row in db.conn.execute(_ODDS, (asked, asked))} if len(members) > 1 else {}
    ids = json.dumps([member.id for member in members])
    ties = [(row[0], row[1], bool(row[2])) for row in db.conn.execute(_TIES, (ids, ids))] if len(members) > 1 else []
    return Neighbours(members=members, odds=odds, ties=ties)


def grouped(these: Neighbours, sure: float) -> Iterator[list[Member]]:
    """The stories in groups that tell one event each."""
    units = _units(these)
    of = {member.id: name for name, members in units.items() for member in members}
    odds = _odds(these, units)
    together: list[Sequence[str]] = [(of[one], of[other]) for one, other, same in these.ties if same]
    apart = [pair(of[one], of[other]) for one, other, same in these.ties if not same]
    decided: defaultdict[str, list[str]] = defaultdict(list)
    for member in these.members:
        if member.decided:
            decided[member.cluster].append(of[member.id])
    together += decided.values()
    chosen = sorted(members[0] for members in decided.values())
    apart += [pair(one, other) for at, one in enumerate(chosen) for other in chosen[at + 1 :]]
    for names in groups(units, odds, sure, together, apart):
        yield [member for name in names for member in units[name]]


def _units(these: Neighbours) -> dict[str, list[Member]]:
    """What is grouped, by name: the stories of one text together, or each of them where they were put apart."""
    of_text: defaultdict[int, list[Member]] = defaultdict(list)
    for member in these.members:
        of_text[member.text].append(member)
    text = {member.id: member.text for member in these.members}
    parted = {text[one] for one, other, same in these.ties if not same and text[one] == text[other]}
    units: dict[str, list[Member]] = {}
    for number, members in of_text.items():
        places = {member.cluster for member in members if member.decided}
        alone = number in parted or len(places) > 1
        units |= {m.id: [m] for m in members} if alone else {min(m.id for m in members): members}
    return units


def _odds(these: Neighbours, units: dict[str, list[Member]]) -> dict[Pair, float]:
    """How alike each two units are."""
    named: defaultdict[int, list[str]] = defaultdict(list)
    for name, members in units.items():
        named[members[0].text].append(name)
    odds = {
        pair(one, other): each
        for (text, its), each in these.odds.items()
        for one in named[text]
        for other in named[its]
    }
    copies = {pair(one, other): CERTAIN for names in named.values() for one in names for other in names if one < other}
    return odds | copies


_MEMBER = f"""
select s.number, s.id, s.same_text as text, s.cluster, s.relation, s.shared, s.date, s.found_at, c.made_at,
    {TOUCHED} as decided
from reached r join stories s on s.number = r.number
left join clusters c on c.id = s.cluster
where s.same_text is not null
order by s.id
"""

_THESE = f"with reached (number) as (select value from json_each(:seeds)) {_MEMBER}"

_REACHED = f"""
with recursive reached (number) as (
    select value from json_each(:seeds)
    union select m.number from reached r join stories s on s.number = r.number join stories m on m.cluster = s.cluster
    union select m.number from reached r join stories s on s.number = r.number
        join stories m on m.same_text = s.same_text
    union select m.number from reached r join stories s on s.number = r.number
        join likenesses l on l.one = s.same_text and l.odds >= :sure join stories m on m.same_text = l.other
    union select m.number from reached r join stories s on s.number = r.number
        join last_ties t on t.one = s.id and t.same join stories m on m.id = t.other
    union select m.number from reached r join stories s on s.number = r.number
        join last_ties t on t.other = s.id and t.same join stories m on m.id = t.one
)
{_MEMBER}
"""

_ODDS = """
select one, other, odds from likenesses
where one in (select value from json_each(?)) and other in (select value from json_each(?)) and one < other
"""

_TIES = """
select one, other, same from last_ties
where one in (select value from json_each(?)) and other in (select value from json_each(?))
"""
