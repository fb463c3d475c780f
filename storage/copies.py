"""Where else the stories of some pages are told in the same words, or nearly: copies and near copies on other pages.

They are found by what all tellings are compared by (storage/candidates.py), in whatever cluster they are. What quotes a
story without being a telling of its own is not among them.
"""

import json
from collections.abc import Collection

from sqlite_utils import Database

from storage import candidates
from stories.likeness import relation
from stories.story import Relation


def elsewhere(db: Database, pages: Collection[str]) -> dict[str, str]:
    """The addresses of the copies, by the ids of their pages."""
    pairs = db.conn.execute(_ALIKE, (json.dumps(sorted(pages)),)).fetchall()
    return {page: url for one, other, page, url in pairs if _is_copy(db, one, other)}


def _is_copy(db: Database, one: int, other: int) -> bool:
    known = candidates.known(db, [one, other])
    return relation(known[one], known[other]) is not Relation.RETELLING


_ALIKE = """
with own as materialized (
    select distinct same_text as text from stories
    where same_text is not null and document in (select value from json_each(?1))),
alike (one, other) as (
    select text, text from own union select l.one, l.other from own join likenesses l on l.one = own.text)
select a.one, a.other, s.document, s.url from alike a join stories s on s.same_text = a.other
where s.document not in (select value from json_each(?1)) order by s.number
"""
