"""What an editor asks who puts tellings side by side: two of them compared, and what a cluster's differ in."""

import json
from collections.abc import Collection
from dataclasses import dataclass

from sqlite_utils import Database

from storage.candidates import known
from stories.likeness import Evidence, evidence
from stories.story import Relation


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of two tellings that are compared: its words, and the number of its text."""

    text: str
    language: str | None
    same_text: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two tellings, what they share and where they differ."""

    own: Side
    its: Side
    evidence: Evidence


def comparison(db: Database, own: str, its: str) -> Comparison | None:
    """Two stories (ids) compared; None where one of them is not there, or was never compared."""
    one, other = _side(db, own), _side(db, its)
    texts = known(db, [side.same_text for side in (one, other) if side])
    if not (one and other and one.same_text in texts and other.same_text in texts):
        return None
    return Comparison(own=one, its=other, evidence=evidence(texts[one.same_text], texts[other.same_text]))


def differences(db: Database, cluster: str) -> dict[int, tuple[str, ...]]:
    """Where the retellings of a cluster, by number, differ from its first telling: what the one says | the other."""
    rows = db.conn.execute(_RELATED, (cluster,)).fetchall()
    texts = known(db, sorted({text for *_, text in rows}))
    first = next((texts[text] for _, relation, text in rows if relation == Relation.FIRST), None)
    told = {number: texts[text] for number, relation, text in rows if relation == Relation.RETELLING}
    return {number: evidence(own, first).differs for number, own in told.items()} if first else {}


def title(db: Database, stories: Collection[str]) -> str:
    """What some stories (ids) are called together: by the title of the first telling among them, or the best."""
    row = db.conn.execute(_TITLE, (json.dumps(sorted(stories)),)).fetchone()
    return str(row[0]) if row else ""


def _side(db: Database, story: str) -> Side | None:
    row = db.conn.execute(_SIDE, (story,)).fetchone()
    return Side(**{name: row[name] for name in row.keys()}) if row else None  # noqa: SIM118 -- a Row is no dict


_SIDE = "select text, language, same_text from stories where id = ? and same_text is not null"

_RELATED = (
    "select number, relation, same_text from stories where cluster = ? and same_text in (select number from texts)"
)

_TITLE = """
select title from stories where id in (select value from json_each(?))
order by relation = 'first' desc, score desc, number limit 1
"""
