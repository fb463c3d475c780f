"""Where a telling stands on its page: the whole text around a passage, so that an editor can judge it in its place."""

from dataclasses import dataclass

from sqlite_utils import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The whole text of the post, or of the comment, in three parts; paragraphs are lines."""

    before: str
    passage: str
    after: str


def surroundings(db: Database, cluster: str) -> dict[int, Surroundings]:
    """For each telling of a cluster, by its number, what stands around it.

    A telling is left out where its page has been read again since and no longer holds it at that place.
    """
    found = {}
    for row in db.conn.execute(_WHOLE, (cluster,)):
        start, end, whole = row["start"], row["end"], row["whole"] or ""
        if whole[start:end] == row["text"]:
            found[row["number"]] = Surroundings(before=whole[:start], passage=row["text"], after=whole[end:])
    return found


_WHOLE = """
select s.number, s.start, s."end", s.text, case when s.place is null then d.text else c.text end as whole
from stories s join documents d on d.id = s.document
left join comments c on c.document = s.document and c.position = s.place
where s.cluster = ?
"""
