"""Full-text search: which stories have the words that somebody typed.

Words are anybody's text and never FTS syntax: each is folded with the schema's own folds, quoted, and finds the words
that begin with it, so that *Kunden* finds *Kundendienst*. What stands in quotation marks must stand together. All must
occur in one telling. In languages that write compounds as one word, a typed word of four letters or more is found
inside long words, too: *Mitarbeiter* finds *Kundendienstmitarbeiter* (storage/words.py).
"""

import re
import unicodedata

from sqlite_utils import Database

from storage import words
from storage.folding import FOLDS

MOST_WORDS = 24  # of one search: each may stand for many words
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_PHRASE = re.compile(r'["“„«”]([^"“„«”»]+)["“”»«]')


def quoted(text: str, db: Database | None = None) -> str:
    """Search words as an FTS5 query that cannot be misread; "" where there is no word. With `db`, words that hold a
    typed one are found, too."""
    phrases = [found for phrase in _PHRASE.findall(text) if (found := _words(phrase))]
    single = _words(_PHRASE.sub(" ", text))
    asked = [f'"{" ".join(phrase)}"' for phrase in phrases]
    asked += [_either(word, words.holding(db, word) if db else []) for word in single]
    return " ".join(asked[:MOST_WORDS])


def _words(text: str) -> list[str]:
    for letter, plain in FOLDS.items():
        text = text.replace(letter, plain)
    return _WORD.findall(unicodedata.normalize("NFC", text))


def _either(word: str, others: list[str]) -> str:
    if not others:
        return f'"{word}"*'
    return "(" + " OR ".join([f'"{word}"*', *(f'"{other}"' for other in others)]) + ")"
