"""All clusters in memory, as columns: so that a list of a hundred thousand is filtered, counted and ordered in
milliseconds, whatever is asked.

A row is a cluster; it keeps its row for as long as the board lives. Facts that a cluster has several of (its languages,
companies, hosts ...) are pairs of a row and the code of a value; an editor's edit of a fact takes the place of what its
tellings say. The database gives a cluster a higher `version` with every change, so that a look at it reads only what
has changed since the last one, or everything where another database was put in its place (storage/lineage.py); a
`Snapshot` itself never changes, and may be used by several threads.
"""

import threading
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from storage.edits import masks
from storage.facts import NEVER, VALUES, Told, day, edited_facts, seconds, unmasked
from storage.filters import FACTS, State
from storage.hidden import hidden
from storage.lineage import Act, goes_on, last_act
from storage.lineage import version as version_of

STATES = (State.OPEN, State.HELD, State.APPROVED, State.REJECTED)
JUDGED = {
    "approve": State.APPROVED,
    "reject": State.REJECTED,
    "hold": State.HELD,
    "unpublish": State.HELD,
    "reopen": State.OPEN,
}
GONE = -1  # the row of a story that is at its source no more
MANY = 2**31  # more than there are codes: a pair in one number
NUMBERS = {"state": np.int8, "score": np.float32, "tellings": np.int32, "found": np.int64, "date": np.int64}
NUMBERS |= {"decided": np.int64, "version": np.int64, "acted": np.int64, "approved": np.int64}
ACTS = ("version", "acted", "approved")

Rows = NDArray[np.int32]
Marks = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Pairs:
    """A fact: which rows have which of its values, by the values' codes."""

    rows: Rows
    codes: Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The clusters as they were at a version.

    `ids` are the clusters' by row; `numbers` have a value for each row: the code of its state, its score, how many
    tellings are there, when it was found (seconds), the day of its first telling (ordinal), when it was decided on
    (seconds), its version, the numbers of its last act and of its first approval (0: none). `facts` are the pairs,
    `values` the facts' values by code, `of_story` the row of each story by number. `hidden` are the words of a row that
    readers do not see, folded, for their boards. `act` is the last one of the log, and `origin` the same for as long as
    the board moves on from what it knew.
    """

    version: int
    act: Act | None
    origin: object
    ids: Sequence[str]
    row_of: dict[str, int]
    numbers: dict[str, NDArray[Any]]
    facts: dict[str, Pairs]
    values: dict[str, list[str]]
    of_story: Rows
    hidden: dict[int, str]


@dataclass(slots=True)
class Board:
    """What is kept between two looks; for several threads. `approved_only`: for readers, of what was ever approved;
    facts and words are those that its editor saw, and none that is masked."""

    approved_only: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _last: "Snapshot | None" = None
    _codes: dict[str, dict[str, int]] = field(default_factory=lambda: {name: {} for name in FACTS})

    def look(self, db: Database) -> Snapshot:
        """The clusters as they are in the database now."""
        if (last := self._last) and last.version == version_of(db) and goes_on(db, last.version, last.act):
            return last
        with self._lock:
            if self._last and not goes_on(db, self._last.version, self._last.act):
                self._last = None
            if not self._last or self._last.version < version_of(db):
                self._last = self._moved_on(db, self._last)
            return self._last

    def _moved_on(self, db: Database, last: Snapshot | None) -> Snapshot:
        """The last look with what has changed since."""
        db.conn.execute("begin")  # all that follows is of one moment
        try:
            version, act = version_of(db), last_act(db)
            changed = self._changed(db, _NEWS, last)
            if last and not changed:
                return replace(last, version=version, act=act)
            by_cluster = _by_cluster(self._changed(db, _TOLD, last))
            judged = {row["cluster"]: row for row in self._changed(db, _JUDGED, last)}
            acted = {row["cluster"]: row for row in self._changed(db, _ACTED, last)}
            edited = edited_facts(self._changed(db, _EDITED, last))
            by = masks(db, [row["cluster"] for row in changed]) if self.approved_only else {}
            unseen = hidden(db, [row["cluster"] for row in changed], by) if self.approved_only else {}
        finally:
            db.conn.execute("commit")
        before = last or _nothing()
        ids, row_of = before.ids, before.row_of
        if new := [row["cluster"] for row in changed if row["cluster"] not in row_of]:
            row_of = row_of | {id: row for row, id in enumerate(new, len(ids))}
            ids = [*ids, *new]
        news = [(row_of[row["cluster"]], row["cluster"], by_cluster.get(row["cluster"], [])) for row in changed]
        numbers = _numbers(before, len(ids), news, judged)
        _number_acts(numbers, row_of, changed, acted)
        if self.approved_only:
            news = [
                (row, id, told and (_seen(told, judged.get(id)) or [_shown(told, judged.get(id))]))
                for row, id, told in news
            ]
            edited = unmasked(edited, news, by)
        facts = self._facts(before, len(ids), news, edited)
        values = {name: list(codes) for name, codes in self._codes.items()}
        fresh = {row for row, _, _ in news}
        told_of = before.of_story
        if self.approved_only:  # what was seen before is not, unless it is seen now
            told_of = np.where(np.isin(told_of, list(fresh)), np.int32(GONE), told_of)
        return Snapshot(
            version=version,
            act=act,
            origin=before.origin,
            ids=ids,
            row_of=row_of,
            numbers=numbers,
            facts=facts,
            values=values,
            of_story=_of_story(told_of, news),
            hidden={row: words for row, words in before.hidden.items() if row not in fresh}
            | {row: unseen[id] for row, id, _ in news if id in unseen},
        )

    def _changed(self, db: Database, query: str, last: Snapshot | None) -> list[Any]:
        """What a query finds of the clusters that have changed since the last look; of all in the first one."""
        which = ["true", *([_CHANGED] if last else []), *([_APPROVED] if self.approved_only else [])]
        asked = (last.version,) if last else ()
        return db.conn.execute(query.format(which=" and ".join(which)), asked).fetchall()

    def _facts(self, before: Snapshot, size: int, news: Sequence[Any], edited: dict[str, Any]) -> dict[str, Pairs]:
        """The facts of a cluster are those of its tellings that are still there, or of all where none is."""
        fresh = np.zeros(size, dtype=bool)
        fresh[[row for row, _, _ in news]] = True
        told = [(row, one) for row, _, all in news for one in ([one for one in all if not one["gone_at"]] or all)]
        places = np.array([row for row, _ in told], dtype=np.int64)
        found = {}
        for name, values_of in VALUES.items():
            edits = [(row, edited[id][name]) for row, id, _ in news if name in edited.get(id, ())]
            had = _coded(self._codes[name], places, [values_of(one) for _, one in told])
            had = had[~np.isin(had // MANY, [row for row, _ in edits])] if edits else had
            made = _coded(self._codes[name], [row for row, _ in edits], [values for _, values in edits])
            found[name] = _joined(before.facts[name], fresh, np.concatenate([had, made]))
        return found


def _nothing() -> Snapshot:
    empty = np.zeros(0, dtype=np.int32)
    return Snapshot(
        version=-1,
        act=None,
        origin=object(),
        ids=[],
        row_of={},
        numbers={name: np.zeros(0, dtype=kind) for name, kind in NUMBERS.items()},
        facts={name: Pairs(empty, empty) for name in FACTS},
        values={name: [] for name in FACTS},
        of_story=empty,
        hidden={},
    )


def _coded(codes: dict[str, int], rows: Any, values: Sequence[Sequence[str]]) -> NDArray[np.int64]:
    """Each value of each row once, as a number: the row times MANY and the value's code."""
    sizes = [len(each) for each in values]
    known = [codes.setdefault(value, len(codes)) for each in values for value in each]
    pairs = np.sort(np.repeat(np.array(rows, dtype=np.int64), sizes) * MANY + np.array(known, dtype=np.int64))
    once: NDArray[np.int64] = pairs[np.diff(pairs, prepend=-1) != 0]
    return once


def _joined(before: Pairs, fresh: Marks, more: NDArray[np.int64]) -> Pairs:
    """The pairs of all rows but the fresh ones, with those of these, each as a number."""
    stays = ~fresh[before.rows]
    return Pairs(
        np.concatenate([before.rows[stays], (more // MANY).astype(np.int32)]),
        np.concatenate([before.codes[stays], (more % MANY).astype(np.int32)]),
    )


def _numbers(before: Snapshot, size: int, news: Sequence[Any], judged: dict[str, Any]) -> dict[str, NDArray[Any]]:
    rows = [row for row, _, _ in news]
    found = [_numbers_of(told, judged.get(id)) for _, id, told in news]
    numbers = {}
    for place, (name, kind) in enumerate(NUMBERS.items()):
        numbers[name] = np.zeros(size, dtype=kind)
        numbers[name][: len(before.ids)] = before.numbers[name]
        if name not in ACTS:
            numbers[name][rows] = [each[place] for each in found]
    return numbers


def _number_acts(
    numbers: dict[str, NDArray[Any]], row_of: dict[str, int], changed: Iterable[Any], acted: dict[str, Any]
) -> None:
    for row in changed:
        acts, at = acted.get(row["cluster"]), row_of[row["cluster"]]
        numbers["version"][at] = row["version"]
        numbers["acted"][at] = acts["last"] if acts else 0
        numbers["approved"][at] = (acts["first"] or 0) if acts else 0


def _numbers_of(told: Sequence[Told], judged: Any) -> tuple[int, float, int, int, int, int]:
    """As NUMBERS names them."""
    decided = seconds(judged["at"]) if judged else NEVER
    if not told:  # merged into another, or taken down: whatever was decided, it is not there
        return STATES.index(State.OPEN), 0, 0, NEVER, NEVER, decided
    state = STATES.index(JUDGED[judged["verb"]] if judged else State.OPEN)
    shown = _shown(told, judged) if len(told) > 1 else told[0]
    live = sum(not one["gone_at"] for one in told)
    return state, shown["score"], live, seconds(told[0]["made_at"]), day(shown["date"]), decided


def _of_story(before: Rows, news: Iterable[Any]) -> Rows:
    rows = [(one["number"], GONE if one["gone_at"] else row) for row, _, told in news for one in told]
    size = max([number + 1 for number, _ in rows] + [len(before)])
    of_story = np.full(size, GONE, dtype=np.int32)
    of_story[: len(before)] = before
    if rows:
        numbers, places = zip(*rows, strict=True)
        of_story[np.array(numbers)] = places
    return of_story


def _by_cluster(told: Iterable[Told]) -> dict[str, list[Told]]:
    found: defaultdict[str, list[Told]] = defaultdict(list)
    for row in told:
        found[row["cluster"]].append(row)
    return found


def _seen(told: Sequence[Told], judged: Any) -> list[Told]:
    """What was there when an editor approved it."""
    until = judged["at"] if judged and judged["verb"] == "approve" else ""
    return [one for one in told if not one["gone_at"] and one["found_at"] <= until]


def _shown(told: Sequence[Told], judged: Any) -> Told:
    """As the view cluster_list chooses it: of an approved cluster, what was shown when it was approved, else what was
    there."""
    is_approved = judged and judged["verb"] == "approve"
    until, story = (judged["at"], judged["story"]) if is_approved else ("", None)

    def rank(t: Told) -> tuple[object, ...]:
        is_gone = bool(t["gone_at"])
        seen = is_gone or t["id"] != story, t["found_at"] > until
        return *seen, is_gone, t["relation"] != "first", -t["score"], t["number"]

    return min(told, key=rank)


# Rows are in the order of finds.
_NEWS = "select * from (select id as cluster, version, made_at from clusters) s where {which} order by made_at, cluster"

_CHANGED = "s.cluster in (select id from clusters where version > ?)"

_APPROVED = "exists (select 1 from decisions a where a.cluster = s.cluster and a.verb = 'approve')"

_ACTED = """
select s.cluster, max(s.number) as last, min(case s.verb when 'approve' then s.number end) as first
from decisions s where s.verb <> 'note' and {which} group by s.cluster
"""

_TOLD = """
select s.number, s.id, s.cluster, s.language, s.sector, s.channel, s.teller, s.companies, s.because, s.url, s.score,
    s.relation, s.found_at, s.gone_at, s.date, c.made_at, s.document in (select page from submissions) as submitted
from stories s join clusters c on c.id = s.cluster where {which}
"""

_JUDGED = "select s.cluster, s.verb, s.at, s.story from last_decisions s where {which}"

_EDITED = """
select s.cluster, s.field, s.value from edits s
where s.field in ('companies', 'sector', 'channel', 'teller', 'language') and {which}
"""
