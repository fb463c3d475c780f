"""The long words of stories in languages that write compounds as one, so that their parts are found.

FTS finds the beginnings of words. A trigram index over the distinct long words, a small fraction of the text, tells
which of them hold a typed part; search asks for those words, too.
"""

import re

from sqlite_utils import Database

from storage.folding import fold

LANGUAGES = ("da", "de", "nl", "no", "sv")
LONG = 8  # letters from which a word may be a compound: Zugticket has nine, hotelkok eight
PART = 4  # letters of the shortest part that is looked for: Bahn in Eisenbahn, not art in start
MOST = 120  # words that one part may stand for: `dienst` is in more than a hundred of a large collection
_LONG_WORD = re.compile(rf"[^\W\d_]{{{LONG},60}}")


def enter(db: Database, language: str | None, text: str) -> None:
    """Remember the long words of a story; within a transaction of the caller's."""
    if language in LANGUAGES:
        found = {(word,) for word in _LONG_WORD.findall(fold(text))}
        db.conn.executemany("insert or ignore into words (word) values (?)", sorted(found))


def holding(db: Database, part: str) -> list[str]:
    """The words that hold a part, not at their beginning, the shortest first; at most MOST."""
    part = fold(part)
    if len(part) < PART or not part.isalnum():
        return []
    return [row[0] for row in db.conn.execute(_HOLDING, {"match": f'"{part}"', "part": part, "most": MOST})]


_HOLDING = """
select w.word from word_parts p join words w on w.number = p.rowid
where word_parts match :match and w.word not like :part || '%' and w.word like '%' || :part || '%'
order by length(w.word), w.word limit :most
"""
