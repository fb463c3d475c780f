"""Words that a person typed, as a full-text question."""

from storage.schema import FOLDS


def match(words: str) -> str:
    """The FTS5 question for `words`: each term is quoted, since what a person types is not FTS5's syntax.

    All terms must occur; a term in double quotes is a phrase, one that ends in `*` a beginning. Letters that SQLite's
    tokenizer does not fold (ø, æ, ß ...) are folded as in the index. Empty when nothing is left to look for.
    """
    folded = words.translate(str.maketrans(FOLDS))
    parts = folded.split('"')
    terms = [t for i, part in enumerate(parts) for t in ([part] if i % 2 else part.split())]
    return " ".join(_quoted(t) for t in terms if any(c.isalnum() for c in t))


def _quoted(term: str) -> str:
    return f'"{term.rstrip("*")}"' + ("*" if term.endswith("*") else "")
