"""All clusters in memory, as columns: so that a list of a hundred thousand is filtered, counted and ordered in
milliseconds, whatever is asked.

A row is a cluster; it keeps its row for as long as the board lives. Facts that a cluster has several of (its languages,
companies, hosts ...) are pairs of a row and the code of a value; an editor's edit of a fact takes the place of what its
tellings say. The database gives a cluster a higher `version` with every change, so that a look at it reads only what
has changed since the last one; a `Snapshot` itself never changes, and may be used by several threads.
"""

import json
import threading
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from storage.database import moment
from storage.filters import FACTS, Origin, State

STATES = (State.OPEN, State.HELD, State.APPROVED, State.REJECTED)
JUDGED = {
    "approve": State.APPROVED,
    "reject": State.REJECTED,
    "hold": State.HELD,
    "unpublish": State.HELD,
    "reopen": State.OPEN,
}
GONE = -1  # the row of a story that is at its source no more
NEVER = 0  # a day or moment that there is not: before all others
NUMBERS = {"state": np.int8, "score": np.float32, "tellings": np.int32, "found": np.int64, "date": np.int64}
NUMBERS |= {"decided": np.int64}

Told = Any  # a row of the query below
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
    (seconds). `facts` are the pairs, `values` the facts' values by code, `of_story` the row of each story by number.
    """

    version: int
    ids: Sequence[str]
    row_of: dict[str, int]
    numbers: dict[str, NDArray[Any]]
    facts: dict[str, Pairs]
    values: dict[str, list[str]]
    of_story: Rows


@dataclass(slots=True)
class Board:
    """What is kept between two looks; for several threads."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _last: "Snapshot | None" = None
    _codes: dict[str, dict[str, int]] = field(default_factory=lambda: {name: {} for name in FACTS})

    def look(self, db: Database) -> Snapshot:
        """The clusters as they are in the database now."""
        (version,) = db.conn.execute("select coalesce(max(version), 0) from clusters").fetchone()
        if (last := self._last) and last.version >= version:
            return last
        with self._lock:
            if self._last and self._last.version >= version:
                return self._last
            self._last = self._moved_on(db, self._last)
            return self._last

    def _moved_on(self, db: Database, last: Snapshot | None) -> Snapshot:
        """The last look with what has changed since."""
        db.conn.execute("begin")  # all that follows is of one moment
        try:
            since = last.version if last else -1
            changed = db.conn.execute("select id, version from clusters where version > ?", (since,)).fetchall()
            by_cluster = _by_cluster(_changed(db, _TOLD, last))
            judged = {row["cluster"]: row for row in _changed(db, _JUDGED, last)}
            edited = _edited(_changed(db, _EDITED, last))
        finally:
            db.conn.execute("commit")
        before = last or _nothing()
        ids, row_of = list(before.ids), dict(before.row_of) if changed else before.row_of
        for row in changed:
            if row["id"] not in row_of:
                row_of[row["id"]] = len(ids)
                ids.append(row["id"])
        news = [(row_of[row["id"]], row["id"], by_cluster.get(row["id"], [])) for row in changed]
        numbers = _numbers(before, len(ids), news, judged)
        facts = self._facts(before, len(ids), news, edited)
        version = max((row["version"] for row in changed), default=before.version)
        values = {name: list(codes) for name, codes in self._codes.items()}
        of_story = _of_story(before.of_story, news)
        return Snapshot(
            version=version, ids=ids, row_of=row_of, numbers=numbers, facts=facts, values=values, of_story=of_story
        )

    def _facts(self, before: Snapshot, size: int, news: Iterable[Any], edited: dict[str, Any]) -> dict[str, Pairs]:
        fresh = np.zeros(size, dtype=bool)
        found: dict[str, tuple[list[int], list[int]]] = {name: ([], []) for name in FACTS}
        for row, id, told in news:
            fresh[row] = True
            for name, values in _facts_of(told, edited.get(id, {})).items():
                codes = self._codes[name]
                for value in values:
                    found[name][0].append(row)
                    found[name][1].append(codes.setdefault(value, len(codes)))
        return {name: _joined(before.facts[name], fresh, *found[name]) for name in FACTS}


def _nothing() -> Snapshot:
    empty = np.zeros(0, dtype=np.int32)
    return Snapshot(
        version=-1,
        ids=[],
        row_of={},
        numbers={name: np.zeros(0, dtype=kind) for name, kind in NUMBERS.items()},
        facts={name: Pairs(empty, empty) for name in FACTS},
        values={name: [] for name in FACTS},
        of_story=empty,
    )


def _joined(before: Pairs, fresh: Marks, rows: list[int], codes: list[int]) -> Pairs:
    stays = ~fresh[before.rows]
    return Pairs(
        np.concatenate([before.rows[stays], np.array(rows, dtype=np.int32)]),
        np.concatenate([before.codes[stays], np.array(codes, dtype=np.int32)]),
    )


def _numbers(before: Snapshot, size: int, news: Sequence[Any], judged: dict[str, Any]) -> dict[str, NDArray[Any]]:
    numbers = {}
    for name, kind in NUMBERS.items():
        numbers[name] = np.zeros(size, dtype=kind)
        numbers[name][: len(before.ids)] = before.numbers[name]
    for row, id, told in news:
        live, last = [one for one in told if not one["gone_at"]], judged.get(id)
        shown = min(told, key=_best_first) if told else None
        numbers["state"][row] = STATES.index(JUDGED[last["verb"]] if last else State.OPEN)
        numbers["tellings"][row] = len(live)
        numbers["score"][row] = shown["score"] if shown else 0
        numbers["found"][row] = _seconds(told[0]["made_at"]) if told else NEVER
        numbers["date"][row] = _day(shown["date"]) if shown else NEVER
        numbers["decided"][row] = _seconds(last["at"] if last else None)
    return numbers


def _of_story(before: Rows, news: Iterable[Any]) -> Rows:
    rows = [(one["number"], GONE if one["gone_at"] else row) for row, _, told in news for one in told]
    size = max([number + 1 for number, _ in rows] + [len(before)])
    of_story = np.full(size, GONE, dtype=np.int32)
    of_story[: len(before)] = before
    if rows:
        numbers, places = zip(*rows, strict=True)
        of_story[np.array(numbers)] = places
    return of_story


def _facts_of(told: Sequence[Told], edited: dict[str, Any]) -> dict[str, Iterable[str]]:
    """The values of each fact that a cluster has: of its tellings that are still there, or of all where none is."""
    live = [one for one in told if not one["gone_at"]] or told
    found: dict[str, dict[str, None]] = {name: {} for name in FACTS}
    for one in live:
        for name in ("language", "sector", "channel", "teller"):
            if one[name]:
                found[name][one[name]] = None
        found["company"] |= dict.fromkeys(json.loads(one["companies"])) if one["companies"] != "[]" else {}
        found["because"] |= dict.fromkeys(reason.partition(":")[0] for reason in json.loads(one["because"]))
        found["source"][_host(one["url"])] = None
        found["origin"][Origin.SUBMITTED if one["submitted"] else Origin.COLLECTED] = None
    return {**found, **edited}


def _by_cluster(told: Iterable[Told]) -> dict[str, list[Told]]:
    found: defaultdict[str, list[Told]] = defaultdict(list)
    for row in told:
        found[row["cluster"]].append(row)
    return found


def _changed(db: Database, query: str, last: Snapshot | None) -> list[Any]:
    """What a query finds of the clusters that have changed since the last look; of all in the first one."""
    changed = _CHANGED if last else "true"
    return db.conn.execute(query.format(changed=changed), (last.version,) if last else ()).fetchall()


def _edited(rows: Iterable[Told]) -> dict[str, dict[str, list[str]]]:
    """The facts that editors gave clusters other values of."""
    found: defaultdict[str, dict[str, list[str]]] = defaultdict(dict)
    for row in rows:
        if (value := json.loads(row["value"])) is not None:
            name = "company" if row["field"] == "companies" else row["field"]
            found[row["cluster"]][name] = value if isinstance(value, list) else [value]
    return found


def _best_first(one: Told) -> tuple[bool, bool, float, int]:
    """As the view cluster_list chooses the telling that is shown."""
    return one["gone_at"] is not None, one["relation"] != "first", -one["score"], one["number"]


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or url).removeprefix("www.")
    except ValueError:  # `http://[`
        return url


def _seconds(stored: str | None) -> int:
    at = moment(stored)
    return int(at.timestamp()) if at else NEVER


def _day(stored: str | None) -> int:
    at = moment(stored) if stored else None
    return at.toordinal() if at else NEVER


_CHANGED = "s.cluster in (select id from clusters where version > ?)"

_TOLD = """
select s.number, s.cluster, s.language, s.sector, s.channel, s.teller, s.companies, s.because, s.url, s.score,
    s.relation, s.gone_at, s.date, c.made_at, s.document in (select page from submissions) as submitted
from stories s join clusters c on c.id = s.cluster where {changed}
"""

_JUDGED = "select s.cluster, s.verb, s.at from last_decisions s where {changed}"

_EDITED = """
select s.cluster, s.field, s.value from edits s
where s.field in ('companies', 'sector', 'channel', 'teller', 'language') and {changed}
"""
