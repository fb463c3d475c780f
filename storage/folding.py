"""How letters are folded for full-text search: in SQL for what is stored, and in Python for what is typed."""

import unicodedata

FOLDED = "coalesce(title, '') || ' ' || companies || ' ' || text"
FOLDS = {"Ø": "o", "ø": "o", "Æ": "ae", "æ": "ae", "ß": "ss", "Œ": "oe", "œ": "oe", "’": "'"}


def folded_expression() -> str:
    """SQL for the words of a story with the letters replaced that SQLite's own folding leaves alone."""
    expression = FOLDED
    for letter, plain in FOLDS.items():
        expression = f"replace({expression}, '{letter}', '{plain.replace(chr(39), chr(39) * 2)}')"
    return expression


def fold(text: str) -> str:
    """A text with its letters as full-text search has them: no accents, lower case."""
    for letter, plain in FOLDS.items():
        text = text.replace(letter, plain)
    parts = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in parts if not unicodedata.combining(letter)).lower()
