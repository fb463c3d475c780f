"""What an editor makes of a story for its readers: another title, a summary, better facts, other bounds, masked words.

The original is never changed: each edit is an act in the log (storage/log.py), the last one that stands on a field
counts, and all masks that stand. A mask is the words that are hidden and what stands there instead; it holds wherever
those words stand as whole words in what readers get of the cluster: title, summary, text, companies and the teller's
name; in small letters or capitals, however the space between them is written, and with the s of a genitive (*Ellens*).
It goes with the stories: what is merged with theirs, or split off from it later, hides those words too.
"""

import json
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Row
from typing import Any

from sqlite_utils import Database

from storage.database import writing
from storage.log import Decision, Field, UnknownClusterError, Verb, act, append, unseen
from stories.languages import LANGUAGES
from stories.story import Channel, Sector, Teller

MOST_CHARACTERS = {Field.TITLE: 300, Field.SUMMARY: 2_000}
MOST_COMPANIES, MOST_NAME = 20, 100
MOST_MASKED = 200  # characters of one mask: an address, not a paragraph
WORDS = {Field.SECTOR: Sector, Field.CHANNEL: Channel, Field.TELLER: Teller}


class EditError(ValueError):
    """The value cannot be kept; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mask:
    """Words that readers do not see, and what they see instead; `number` of the act in the log."""

    number: int
    what: str
    instead: str


def edit(
    db: Database,
    cluster: str,
    field: Field,
    value: Any,
    *,
    who: str,
    at: datetime,
    seen: int | None = None,
    note: str = "",
) -> Decision | None:
    """Give a field of a cluster another value; None or empty: what was found again. Returns None where it has that
    value already. Raises UnknownClusterError, ConflictError, EditError."""
    return next(iter(edit_all(db, cluster, {field: value}, who=who, at=at, seen=seen, note=note)), None)


def edit_all(
    db: Database,
    cluster: str,
    values: Mapping[Field, Any],
    *,
    who: str,
    at: datetime,
    seen: int | None = None,
    note: str = "",
) -> list[Decision]:
    """Give several fields other values, each in an act of its own: all or none. Those that have theirs already are left
    out; where all have, nobody is in the way. Raises UnknownClusterError, ConflictError, EditError."""
    wanted = {field: _checked(field, value) for field, value in values.items()}
    with writing(db):
        row = db.conn.execute("select * from cluster_list where cluster = ?", (cluster,)).fetchone()
        if row is None:
            raise UnknownClusterError(cluster)
        news = {field: value for field, value in wanted.items() if _differs(db, row, field, value)}
        if news:
            unseen(db, cluster, seen)
        return [
            append(db, cluster, Verb.EDIT, who=who, at=at, note=note, field=field, value=value)
            for field, value in news.items()
        ]


def mask(
    db: Database, cluster: str, what: str, instead: str, *, who: str, at: datetime, seen: int | None = None
) -> Decision:
    """Hide words from readers. Raises UnknownClusterError, ConflictError, EditError."""
    what, instead = _composed(what.strip()[: MOST_MASKED + 1]), " ".join(instead[: MOST_MASKED + 1].split())
    if not 0 < len(what) <= MOST_MASKED or len(instead) > MOST_MASKED:
        raise EditError(f"a mask hides 1 to {MOST_MASKED} characters; these are {len(what)}")
    with writing(db):
        told = [row[0] for row in db.conn.execute(_TOLD, {"id": cluster})]
        if not told:
            raise UnknownClusterError(cluster)
        if not any(_pattern([what]).search(_composed(text)) for text in told if text):
            raise EditError(f"the words “{what}” stand nowhere in this story")
        for known in masks(db, [cluster]).get(cluster, []):
            if (known.what, known.instead) == (what, instead) and (made := act(db, known.number)):
                return made  # a button was pressed twice
        value = {"what": what, "instead": instead}
        return append(db, cluster, Verb.MASK, who=who, at=at, seen=seen, value=value)


def masks(db: Database, clusters: Collection[str]) -> dict[str, list[Mask]]:
    """The masks that stand, by cluster."""
    found: dict[str, list[Mask]] = {}
    for row in db.conn.execute(_MASKS, (json.dumps(list(clusters)),)):
        made = Mask(number=row["number"], what=row["what"], instead=row["instead"])
        found.setdefault(row["cluster"], []).append(made)
    return found


def masked(text: str, by: Sequence[Mask]) -> str:
    """A text as readers see it."""
    if not by:
        return text
    instead = {_composed(each.what): each.instead for each in by}
    longest = sorted(instead, key=len, reverse=True)
    return _pattern(longest).sub(lambda found: instead[longest[(found.lastindex or 1) - 1]], _composed(text))


def _composed(text: str) -> str:
    """A text with letters and their accents as one: some pages write them as two, which look the same."""
    return unicodedata.normalize("NFC", text)


def _pattern(masked: Sequence[str]) -> re.Pattern[str]:
    """Any of these as whole words, each a group of its own."""
    written = (r"\s+".join(map(re.escape, words.split())) for words in masked)
    return re.compile("|".join(rf"(?<!\w)({words})(?=s?(?!\w))" for words in written), re.IGNORECASE)


def _checked(field: Field, value: Any) -> Any:
    """The value as it is kept. Raises EditError."""
    if field is Field.COMPANIES:
        names = list(dict.fromkeys(" ".join(str(name).split()) for name in value or ()))
        names = [name for name in names if name]
        if len(names) > MOST_COMPANIES or any(len(name) > MOST_NAME for name in names):
            raise EditError(f"a story has at most {MOST_COMPANIES} companies, of {MOST_NAME} characters each")
        return names if value is not None else None
    text = str(value or "").strip()
    if not text:
        return None
    if field in MOST_CHARACTERS:
        text = " ".join(text.split()) if field is Field.TITLE else text
        if len(text) > MOST_CHARACTERS[field]:
            raise EditError(f"a {field} has at most {MOST_CHARACTERS[field]} characters; this one has {len(text)}")
        return text
    known = list(LANGUAGES) if field is Field.LANGUAGE else [str(word) for word in WORDS.get(field, ())]
    if text not in known:
        raise EditError(f"'{text}' is no {field}; there are {', '.join(known)}")
    return text


def _differs(db: Database, row: Row, field: Field, wanted: Any) -> bool:
    """Whether a field has another value now than the one wanted."""
    now = json.loads(row["companies"]) if field is Field.COMPANIES else row[field]
    return bool(wanted != now and (wanted is not None or _edited(db, row["cluster"], field)))


def _edited(db: Database, cluster: str, field: Field) -> bool:
    asked = (cluster, field)
    row = db.conn.execute("select value from edits where cluster = ? and field = ?", asked).fetchone()
    return row is not None and row["value"] != "null"


_TOLD = """
select title from cluster_list where cluster = :id union all select summary from cluster_list where cluster = :id
union all select text from cluster_list where cluster = :id
union all select s.text from stories s where s.cluster = :id
union all select s.title from stories s where s.cluster = :id
union all select s.author from stories s where s.cluster = :id
union all select n.value from cluster_list l, json_each(l.companies) n where l.cluster = :id
"""

# With each cluster those that were merged into it, and what it was split from, as far as the masks there are older.
_MASKS = """
with recursive these (cluster, its, before) as (
    select value, value, 9e9 from json_each(?)
    union select t.cluster, d.other, t.before
        from these t join standing d on d.cluster = t.its and d.verb = 'merge' where t.its <> d.other
    union select t.cluster, d.cluster, min(t.before, d.number)
        from these t join standing d on d.other = t.its and d.verb = 'split'
)
select m.number, t.cluster, m.what, m.instead from masks m join these t on t.its = m.cluster and m.number < t.before
group by m.number, t.cluster order by m.number
"""
