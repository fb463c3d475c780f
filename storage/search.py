"""Full-text search: which stories have the words that somebody typed.

Words are anybody's text and never FTS syntax: each is folded with the schema's own folds, quoted, and finds the words
that begin with it, so that *Kunden* finds *Kundendienst*. What stands in quotation marks must stand together. All must
occur in one telling. In languages that write compounds as one word, a typed word of four letters or more is found
inside long words, too: *Mitarbeiter* finds *Kundendienstmitarbeiter* (storage/words.py). One letter begins a word of
nearly every story: beside other words it is passed over, and alone, or as the end of *wasn't*, it finds only itself.
"""

import re
import unicodedata

from sqlite_utils import Database

from storage import words
from storage.folding import FOLDS

MOST_WORDS = 24  # of one search: each may stand for many words
MOST_PARTS = 4  # of a word with apostrophes: rock'n'roll has three
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
TYPED = {"\u1e9e": "ss", "\u02bc": "'"}  # letters that keyboards give beside those of the schema's folds: a capital ß
_PHRASE = re.compile(r'["“„«”]([^"“„«”»]+)["“”»«]')


def quoted(text: str, db: Database | None = None) -> str:
    """Search words as an FTS5 query that cannot be misread; "" where there is no word. With `db`, words that hold a
    typed one are found, too."""
    phrases = [found for phrase in _PHRASE.findall(text) if (found := _words(phrase))]
    single = _words(_PHRASE.sub(" ", text))
    if phrases or not all(map(_is_letter, single)):
        single = [word for word in single if not _is_letter(word)]
    asked = [f'"{" ".join(phrase[:MOST_WORDS])}"' for phrase in phrases]
    asked += [_either(word, words.holding(db, word) if db else []) for word in dict.fromkeys(single)]
    return " ".join(asked[:MOST_WORDS])


def _words(text: str) -> list[str]:
    for letter, plain in (FOLDS | TYPED).items():
        text = text.replace(letter, plain)
    found = _WORD.findall(unicodedata.normalize("NFC", text))
    return ["'".join(word.split("'")[:MOST_PARTS]) for word in found]


def _is_letter(word: str) -> bool:
    return len(word) == 1 and word.isalpha()


def _either(word: str, others: list[str]) -> str:
    if _is_letter(word.rpartition("'")[2]):
        return f'"{word}"'
    if not others:
        return f'"{word}"*'
    return "(" + " OR ".join([f'"{word}"*', *(f'"{other}"' for other in others)]) + ")"
