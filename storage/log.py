"""The log of all that editors did, one row for each time: appended, never changed.

Everything is in it: judgements of a cluster, merges and splits, edits, notes. What is taken back gets an `undo` of its
own, and a later `redo` ends that again; of the two the last one on an act says whether the act `stands`. So anything
can be taken back at any time, whatever came in between, and the log still tells all of it.

Two editors may have the same cluster open: who acts says which act on it they saw last (`seen`), and where another has
come since, nothing is written and `ConflictError` tells what it was. Notes overwrite nothing, and do not count here.
"""

import json
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from sqlite3 import Row
from typing import Any
from urllib.parse import urlencode

from sqlite_utils import Database

from storage.database import stamp
from stories.story import WhyNot

NOTHING = 0  # what an editor saw who saw no act; acts are numbered from 1


class Verb(StrEnum):
    """What an editor can do."""

    APPROVE = "approve"
    REJECT = "reject"
    HOLD = "hold"
    UNPUBLISH = "unpublish"
    REOPEN = "reopen"
    NOTE = "note"
    MERGE = "merge"
    SPLIT = "split"
    APART = "apart"
    EDIT = "edit"
    MASK = "mask"
    UNDO = "undo"
    REDO = "redo"


JUDGEMENTS = (Verb.APPROVE, Verb.REJECT, Verb.HOLD, Verb.UNPUBLISH, Verb.REOPEN)
GROUPINGS = (Verb.MERGE, Verb.SPLIT, Verb.APART)

TOUCHED = """(
    coalesce((select d.verb from last_decisions d where d.cluster = s.cluster), 'reopen') <> 'reopen'
    or exists (select 1 from standing e where e.cluster = s.cluster and e.verb in ('edit', 'mask'))
    or exists (select 1 from standing e where e.other = s.cluster and e.verb = 'split'))"""
"""SQL for whether a judgement or an edit stands on the cluster of a story `s`, or it was split off by hand: then it
stays as its editor saw it, and joins no other such cluster by itself."""


class Field(StrEnum):
    """What an editor can change of a story for its readers; a span belongs to one telling, the rest to the cluster."""

    TITLE = "title"
    SUMMARY = "summary"
    COMPANIES = "companies"
    SECTOR = "sector"
    CHANNEL = "channel"
    TELLER = "teller"
    LANGUAGE = "language"
    SPAN = "span"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What one editor did to one cluster: `at` as it is stored (`2026-11-21T09:30:00Z`), `why` for a rejection.

    `other` and `moved` are for what is done to groups: `other` was merged into `cluster`, split from it, or is apart
    from it; `moved` are the ids of the stories that were in `other`, or went there. `field` and `value` are for edits,
    `story` the telling that one is about; `value` alone for a mask. `undoes` is the number of the act that an undo
    takes back, or a redo does again. `stands` is whether the act has not been taken back.
    """

    number: int
    cluster: str
    verb: Verb
    why: WhyNot | None
    note: str
    who: str
    at: str
    undoes: int | None
    other: str | None
    moved: tuple[str, ...]
    story: str | None
    field: Field | None
    value: Any
    stands: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What of the log is asked for; None and empty do not narrow. `words` stand in a note, a reason, a name or a title;
    `since` and `until` are days, both included."""

    words: str = ""
    who: str = ""
    verb: Verb | None = None
    cluster: str = ""
    since: str = ""
    until: str = ""

    def query(self, **more: object) -> str:
        """Its part of an address, with its question mark; empty for the whole log."""
        named = {field.name: getattr(self, field.name) for field in fields(self)} | more
        given = {name: str(value) for name, value in named.items() if value}
        return f"?{urlencode(given)}" if given else ""


class UnknownClusterError(LookupError):
    """There is no cluster of that id."""

    def __init__(self, cluster: str) -> None:
        super().__init__(f"no cluster has the id '{cluster}'; `goodturn stories` lists those there are")


class ConflictError(Exception):
    """Somebody acted on `cluster` after the editor had looked; `decision` is the last thing they did."""

    def __init__(self, cluster: str, decision: Decision) -> None:
        super().__init__(
            f"cluster {cluster} has changed ({decision.verb} by {decision.who}, {decision.at}): "
            "look at it again, then decide"
        )
        self.cluster, self.decision = cluster, decision


def append(
    db: Database,
    cluster: str,
    verb: Verb,
    *,
    who: str,
    at: datetime,
    seen: int | None = None,
    why: WhyNot | None = None,
    note: str = "",
    undoes: int | None = None,
    other: str | None = None,
    moved: tuple[str, ...] = (),
    story: str | None = None,
    field: Field | None = None,
    value: Any = None,
) -> Decision:
    """Append an act, in a transaction of the caller's. `seen` is the number of the last act that the editor saw on the
    cluster, `NOTHING` for none; None: do not ask. Raises ConflictError."""
    unseen(db, cluster, seen)
    is_valued = verb in (Verb.EDIT, Verb.MASK)
    values = {
        "cluster": cluster,
        "verb": verb,
        "why": why,
        "note": note,
        "who": who,
        "at": stamp(at),
        "undoes": undoes,
        "other": other,
        "moved": json.dumps(moved) if moved else None,
        "story": story,
        "field": field,
        "value": json.dumps(value, ensure_ascii=False) if is_valued else None,
    }
    (row,) = db.conn.execute(_APPEND, values).fetchall()
    return _decision(row)


def unseen(db: Database, cluster: str, seen: int | None) -> None:
    """Make sure that nobody has acted on a cluster since what the editor saw. Raises ConflictError."""
    if seen is not None and (last := last_act(db, cluster)) and last.number > seen:
        raise ConflictError(cluster, last)


def last_act(db: Database, cluster: str) -> Decision | None:
    """The last act on a cluster that changed anything; None while there is none."""
    row = db.conn.execute(_LAST, {"id": cluster}).fetchone()
    return _decision(row) if row else None


def history(db: Database, cluster: str) -> list[Decision]:
    """All acts on a cluster, oldest first."""
    return [_decision(row) for row in db.conn.execute(_HISTORY, {"id": cluster})]


def act(db: Database, number: int) -> Decision | None:
    """One act, by its number."""
    row = db.conn.execute("select * from log where number = ?", (number,)).fetchone()
    return _decision(row) if row else None


def search(db: Database, asked: Asked, *, limit: int, offset: int = 0) -> list[Decision]:
    """The acts that meet all that is asked, the newest first."""
    terms = {f"word{n}": _pattern(word) for n, word in enumerate(asked.words.split())}
    given = {"who": asked.who, "verb": asked.verb, "cluster": asked.cluster, "since": asked.since, "until": asked.until}
    where = [_NARROW[name] for name, value in given.items() if value] + [_SAYS.replace(":word", f":{n}") for n in terms]
    query = _SEARCH.format(where=" and ".join(["true", *where]))
    return [_decision(row) for row in db.conn.execute(query, given | terms | {"limit": limit, "offset": offset})]


def last_of(db: Database, who: str) -> Decision | None:
    """The last act of somebody that stands, but for undoing and redoing."""
    row = db.conn.execute("select max(number) as number from standing where who = ?", (who,)).fetchone()
    return act(db, row["number"]) if row["number"] else None


def newest(db: Database) -> int:
    """The number of the newest act of all: what somebody has seen who looks at a page now."""
    (number,) = db.conn.execute("select coalesce(max(number), 0) from decisions").fetchone()
    return int(number)


def editors(db: Database) -> list[str]:
    """Everybody who ever did anything."""
    return [row[0] for row in db.conn.execute("select distinct who from decisions order by who collate nocase")]


def _pattern(word: str) -> str:
    for special in ("\\", "%", "_"):
        word = word.replace(special, f"\\{special}")
    return f"%{word}%"


def _decision(row: Row) -> Decision:
    there = row.keys()
    return Decision(
        **{name: row[name] for name in ("number", "cluster", "note", "who", "at", "undoes", "other", "story")},
        verb=Verb(row["verb"]),
        why=row["why"] and WhyNot(row["why"]),
        moved=tuple(json.loads(row["moved"] or "[]")),
        field=row["field"] and Field(row["field"]),
        value=json.loads(row["value"]) if row["value"] else None,
        stands=bool(row["stands"]) if "stands" in there else True,
    )


_APPEND = """
insert into decisions (cluster, verb, why, note, who, at, undoes, other, moved, story, field, value)
values (:cluster, :verb, :why, :note, :who, :at, :undoes, :other, :moved, :story, :field, :value) returning *
"""

_LAST = """
select * from log where number = (
    select max(number) from (
        select number from decisions where cluster = :id and verb <> 'note'
        union all select number from decisions where other = :id))
"""

_HISTORY = """
select * from log where number in (
    select number from decisions where cluster = :id union select number from decisions where other = :id)
order by at, number
"""

_SEARCH = "select l.* from log l where {where} order by l.at desc, l.number desc limit :limit offset :offset"

_NARROW = {
    "who": "l.who = :who collate nocase",
    "verb": "l.verb = :verb",
    "cluster": "(l.cluster = :cluster or l.other = :cluster)",
    "since": "l.at >= :since",
    "until": "l.at < date(:until, '+1 day')",
}

_SAYS = """(l.note like :word escape '\\' or l.who like :word escape '\\' or l.verb like :word escape '\\'
    or l.why like :word escape '\\' or l.value like :word escape '\\'
    or exists (select 1 from stories s where s.cluster in (l.cluster, l.other) and s.title like :word escape '\\'))"""
