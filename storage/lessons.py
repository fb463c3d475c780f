"""What the editors' decisions teach: each telling of a decided cluster, in the text it stands in.

A telling teaches while its words stand where they were found; where an editor corrected it, the corrected words count
instead, while those stand there. Approvals and rejections are those that stand: a reopened cluster teaches nothing.
"""

import json
from sqlite3 import Row

from sqlite_utils import Database

from stories.examples import Lesson
from stories.languages import LANGUAGES
from stories.story import WhyNot


def lessons(db: Database) -> list[Lesson]:
    """All that was decided, the newest decision first."""
    found = (_lesson(row) for row in db.conn.execute(_LESSONS))
    return [lesson for lesson in found if lesson]


def _lesson(row: Row) -> Lesson | None:
    if row["language"] not in LANGUAGES or row["whole"] is None:
        return None
    place = _corrected(row) or (row["start"], row["end"])
    if not _corrected(row) and row["whole"][slice(*place)] != row["text"]:
        return None
    return Lesson(
        where=row["document"] if row["place"] is None else f"{row['document']} {row['place']}",
        language=row["language"],
        text=row["whole"],
        headings=tuple((start, end) for start, end in json.loads(row["headings"])),
        place=place,
        approved=row["verb"] == "approve",
        why_not=row["why"] and WhyNot(row["why"]),
        cluster=row["cluster"],
    )


def _corrected(row: Row) -> tuple[int, int] | None:
    """Where the words of the last correction stand now, if anywhere."""
    words, start = row["corrected"], row["corrected_start"]
    if words is None:
        return None
    if row["whole"][start : start + len(words)] != words:
        start = row["whole"].find(words)
    return None if start < 0 else (start, start + len(words))


_LESSONS = """
select s.document, s.place, s.language, s.start, s."end", s.text, s.cluster, d.verb, d.why,
    case when s.place is null then p.text else c.text end as whole,
    case when s.place is null then p.headings else '[]' end as headings,
    k.text as corrected, k.start as corrected_start
from last_decisions d join stories s on s.cluster = d.cluster
join documents p on p.id = s.document
left join comments c on c.document = s.document and c.position = s.place
left join spans k on k.story = s.id
where d.verb in ('approve', 'reject') order by d.number desc, s.number
"""
