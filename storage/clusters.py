"""Which cluster a story is in: kept true as stories come, change, and are judged by editors.

What is settled here follows from the stories that there are and from what editors said, not from the order in which
they came (but for keys that very many share, see `candidates`). A new text is compared with its candidates; likenesses
holds the log odds of all pairs that were compared and are not plainly unlike. Then all stories that could be touched
are grouped anew (`neighbours`): the work is that for one event and its neighbours.

Editors rule. Stories that were merged stay together and those said to be apart stay apart (`ties`). The stories of a
cluster that is decided on stay together, and two such clusters become one only by an editor's hand.

A cluster keeps its id as long as it can: where two become one, it is that of the one decided on, else of the one that
gives more tellings, else of the older. The other remembers what it `became`. The first telling is the one published
first; those without a date come after those with one.
"""

import itertools
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlite_utils import Database

from storage import candidates
from storage.database import identity, writing
from storage.neighbours import Member, Neighbours, grouped, reach
from stories import likeness
from stories.fingerprint import words
from stories.grouping import UNLIKE
from stories.likeness import Model, evidence, relation
from stories.story import Relation
from stories.telling import Telling

SAME_WORDS = ("every word",)  # what copies share
DECIMALS = 3  # of log odds


def model(db: Database) -> Model:
    """What tellings are compared by in this database: what was learned from its editors, else what is shipped."""
    rows = {row["sign"]: row["weight"] for row in db.conn.execute("select sign, weight from likeness_weights")}
    return likeness.model_of(rows) if rows else likeness.model()


def keep_model(db: Database, learned: Model | None) -> None:
    """Let tellings be compared by what was learned; None: by what is shipped. All are due to be compared anew then."""
    with writing(db):
        db.conn.execute("pragma user_version = 0")
        db.conn.execute("delete from likeness_weights")
        rows = likeness.rows_of(learned).items() if learned else ()
        db.conn.executemany("insert into likeness_weights (sign, weight) values (?, ?)", rows)


def place(db: Database, story: str, telling: Telling) -> None:
    """Find the cluster of a story that was stored or has changed, by its id. Called in a transaction."""
    by = model(db)
    text, others = candidates.enter(db, telling)
    (number,) = db.conn.execute(_NUMBER, (text, story)).fetchone()
    alike = compare(db, by, text, telling, others) if others else UNLIKE
    settle(db, [number], by, alone=others is not None and alike < by.sure)


def compare(db: Database, by: Model, text: int, telling: Telling, others: Sequence[int]) -> float:
    """Keep how alike a text and some others are; the log odds of the one most alike."""
    odds = ((other, by.odds(telling, its)) for other, its in candidates.known(db, others).items())
    rows = [(text, other, round(each, DECIMALS)) for other, each in odds if each > UNLIKE]
    both = rows + [(other, text, each) for text, other, each in rows]
    db.conn.executemany("insert or replace into likenesses (one, other, odds) values (?, ?, ?)", both)
    return max((each for *_, each in rows), default=UNLIKE)


def settle(db: Database, seeds: Iterable[int], by: Model, *, all_anew: bool = False, alone: bool = False) -> set[int]:
    """Group anew all stories that these could be with; the numbers of the rows of all that were reached.

    What those share with each other is only said anew where their group or one of the seeds has changed, or `all_anew`.
    A seed of a new text that is surely like no other is `alone`, unless it was in a cluster before.
    """
    changed = set(seeds)
    these = reach(db, changed, by.sure, alone=alone)
    groups = list(grouped(these, by.sure))
    ids = _ids(db, groups)
    before = Counter(member.cluster for member in these.members)
    for group, id_ in zip(groups, ids, strict=True):
        stays = len(group) == before[id_] and all(member.cluster == id_ for member in group)
        if all_anew or not stays or any(member.number in changed for member in group):
            made = min(member.made_at or member.found_at for member in group)
            db.conn.execute(_MAKE, (id_, made))
            _relate(db, group, id_, these)
    _remember(db, groups, ids)
    return {member.number for member in these.members}


def _ids(db: Database, groups: Sequence[Sequence[Member]]) -> list[str]:
    """The id of each group's cluster: each id there is goes to the group that has most right to it."""
    claims = []
    for number, group in enumerate(groups):
        for id_, count in Counter(member.cluster for member in group if member.made_at).items():
            one = next(member for member in group if member.cluster == id_)
            claims.append((not one.decided, -count, one.made_at, id_, number))
    given: dict[int, str] = {}
    for *_, id_, number in sorted(claims):
        if number not in given and id_ not in given.values():
            given[number] = id_
    for number, group in enumerate(groups):
        if number not in given:
            given[number] = _new_id(db, group, given.values())
    return [given[number] for number in range(len(groups))]


def _new_id(db: Database, group: Sequence[Member], taken: Collection[str]) -> str:
    """The id of the cluster that the first of some stories begins. It follows from its words, so that a story that is
    read again after a loss finds its decisions; from its own id too, and a count, where others use that one."""
    first = min(group, key=_told)
    (text,) = db.conn.execute("select text from stories where number = ?", (first.number,)).fetchone()
    said = " ".join(words(text))
    ids = itertools.chain(
        [identity("cluster", said)], (identity("cluster", said, first.id, str(n)) for n in itertools.count())
    )
    return next(id_ for id_ in ids if id_ not in taken and not _is_used(db, id_))


def _is_used(db: Database, cluster: str) -> bool:
    """Whether a cluster has stories, or became another one after editors had acted on it: what they said of it then
    must not count for what comes now."""
    return db.conn.execute(_USED, {"id": cluster}).fetchone() is not None


def _relate(db: Database, group: Sequence[Member], cluster: str, these: Neighbours) -> None:
    """Write what each story of a group is to those told before it."""
    order = sorted(group, key=_told)
    texts = candidates.known(db, sorted({member.text for member in group}))
    for at, member in enumerate(order):
        word, shared = _relation(member, order[:at], texts, these)
        said = json.dumps(shared, ensure_ascii=False)
        if (member.cluster, member.relation, member.shared) != (cluster, word, said):
            db.conn.execute(_PUT, (cluster, word, said, member.number))


def _relation(
    member: Member, before: Sequence[Member], texts: Mapping[int, Telling], these: Neighbours
) -> tuple[Relation, tuple[str, ...]]:
    """What a story is to those of its group that were told before, and what it shares with the one most alike."""
    if not before:
        return Relation.FIRST, ()
    closest = max(before, key=lambda other: (these.alike(member, other), other.id))
    own, its = texts[member.text], texts[closest.text]
    word = relation(own, its)
    return word, SAME_WORDS if word is Relation.COPY else evidence(own, its).shared


def _remember(db: Database, groups: Sequence[Sequence[Member]], ids: Sequence[str]) -> None:
    """Say of each cluster that has no stories any more what it became: where most of them are now."""
    went: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for group, id_ in zip(groups, ids, strict=True):
        for member in group:
            if member.made_at:
                went[member.cluster][id_] += 1
    rows = [(counts.most_common(1)[0][0], old) for old, counts in went.items() if old not in ids]
    db.conn.executemany("update clusters set became = ? where id = ?", rows)


def _told(member: Member) -> tuple[bool, str, str]:
    """The order in which tellings were published."""
    return member.date is None, member.date or "", member.id


_USED = """
select 1 from stories where cluster = :id
union all select 1 from clusters c where c.id = :id and c.became is not null
    and (exists (select 1 from decisions where cluster = :id) or exists (select 1 from decisions where other = :id))
"""

_NUMBER = "update stories set same_text = ? where id = ? returning number"

_MAKE = "insert into clusters (id, made_at) values (?, ?) on conflict (id) do update set became = null"

_PUT = "update stories set cluster = ?, relation = ?, shared = ? where number = ?"
