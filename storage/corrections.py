"""Where editors say that a found story really begins and ends: appended, never changed; the last one counts.

An editor names the first words and the last ones, as they stand in the post or comment: however the lines are broken
there, and in small letters or capitals. Words that stand there more than once are those nearest to the found passage.
The story itself is not changed by it: it is an edit in the log (storage/log.py), for readers and to learn from.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlite_utils import Database

from storage.database import writing
from storage.log import Field, Verb, append

MOST = 500  # places of the same words in one text that are looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What one editor said of a story, by its id: `start`, `end` in code points of its post or comment, `text` the
    words between them, `at` as it is stored (`2026-11-21T09:30:00Z`)."""

    number: int
    story: str
    start: int
    end: int
    text: str
    who: str
    at: str


class CorrectionError(ValueError):
    """There is no such story, or the words do not stand where it stands; the message says which."""


def correct(
    db: Database, story: str, first: str, last: str, *, who: str, at: datetime, seen: int | None = None
) -> Correction:
    """Append a correction: the story with this id goes from the words `first` to the words `last`.

    Raises CorrectionError, ConflictError.
    """
    with writing(db):
        row = db.conn.execute(_STORY, (story,)).fetchone()
        if row is None:
            raise CorrectionError(f"no story has the id '{story}'; `goodturn stories --json` lists those there are")
        if row["whole"] is None:
            raise CorrectionError(f"the comment in which story {story} stood is no longer on its page")
        start, end = _between(row["whole"], (row["start"], row["end"]), first, last, row["where"])
        span = {"start": start, "end": end, "text": row["whole"][start:end]}
        made = append(
            db, row["cluster"], Verb.EDIT, who=who, at=at, seen=seen, story=story, field=Field.SPAN, value=span
        )
        return Correction(number=made.number, story=story, who=who, at=made.at, **span)


def _between(whole: str, found: tuple[int, int], first: str, last: str, where: str) -> tuple[int, int]:
    """Where the passage from `first` to `last` begins and ends."""
    ends = _places(last, "the last words", whole, where)
    pairs = [
        (begin.start(), end.end())
        for begin in _places(first, "the first words", whole, where)
        for end in ends
        if begin.start() <= end.start() and begin.end() <= end.end()
    ]
    if not pairs:
        raise CorrectionError(
            f"in the {where} the last words '{last}' stand before the first words '{first}'; is it the other way?"
        )
    return min(pairs, key=lambda pair: abs(pair[0] - found[0]) + abs(pair[1] - found[1]))


def _places(words: str, which: str, whole: str, where: str) -> list[re.Match[str]]:
    """All places at which words stand, at most MOST."""
    if not words.strip():
        raise CorrectionError(f"say what {which} are: words of the {where}")
    pattern = r"(?<!\w)" + r"\s+".join(re.escape(word) for word in words.split()) + r"(?!\w)"
    if places := list(islice(re.finditer(pattern, whole, re.I), MOST)):
        return places
    raise CorrectionError(f"the {where} has no words '{words}' ({which}); copy them from there as they stand")


_STORY = """
select s.cluster, s.start, s."end", case when s.place is null then d.text else c.text end as whole,
    case when s.place is null then 'post' else 'comment' end as "where"
from stories s join documents d on d.id = s.document
left join comments c on c.document = s.document and c.position = s.place
where s.id = ?
"""
