"""What stands in each sentence of a text, as numbers: the concepts of `vocabulary.py` and a few marks of form. Pure.

A signal is 0 or 1 for a sentence: does it hold a word of that concept, does it hold direct speech, and so on. How
sentences and passages look at the signals around them is said in `views.py`.
"""

import re
import tomllib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stories.brands import brands_in
from stories.passages import Sentence
from stories.vocabulary import FOLDER, Vocabulary

Matrix = NDArray[np.float32]

CONCEPTS = tuple(tomllib.loads((FOLDER / "en.toml").read_text("utf-8"))["concepts"])
FORMS = {
    "speech": re.compile(r"[\"“”„«»]|^[–—-]\s"),
    "number": re.compile(r"\d"),
    "clock": re.compile(r"\b\d{1,2}[:.h]\d{2}\b"),
    "sum": re.compile(r"[$€£]\s?\d|\d\s?(?:[$€£]|kr\b|dkk\b|nok\b|sek\b|euros?\b)", re.I),
    "question": re.compile(r"\?"),
    "exclamation": re.compile(r"!"),
    "name": re.compile(r"(?<=[a-zà-ÿ,] )[A-ZÀ-Þ][a-zà-ÿ]+"),
    "link": re.compile(r"https?:|www\.|\w@\w|^\W*\[|[|{}<>=;]{1}"),
    "list item": re.compile(r"^\W{0,2}(?:\d{1,3}[.):]|[•*·-])\s"),
}
SHORT, LONG = 5, 25  # words; a quarter of all sentences are at or below the one, a tenth above the other
TABLES = {"sectors.": "trade", "channels.": "contact"}  # any word of these tables, as one signal
UNIONS = {
    "serves": ("staff", "service", "place", "customer", "work", "trade", "brand"),
    "kind act": ("help", "give", "free", "beyond", "note", "treat", "bring", "care"),
    "joy": ("surprise", "thanks", "warm", "loyal"),
    "somebody": ("staff", "they", "person"),
}
PAIRS = {
    "kind somebody": ("somebody", "kind act"),
    "kind service": ("serves", "kind act"),
    "happy end": ("kind act", "joy"),
}
SHAPES = ("heading", "short", "long", "line begins")
SIGNALS = (*CONCEPTS, *TABLES.values(), *FORMS, "brand", *SHAPES, *UNIONS, *PAIRS)
_INDEX = {name: place for place, name in enumerate(SIGNALS)}
_SIGNAL_OF = {name: name for name in CONCEPTS}


def signals(text: str, sentences: Sequence[Sentence], vocabulary: Vocabulary) -> Matrix:
    """A row for each sentence, a column for each of SIGNALS."""
    rows = np.zeros((len(sentences), len(SIGNALS)), dtype=np.float32)
    for row, sentence in zip(rows, sentences, strict=True):
        part = text[sentence.start : sentence.end]
        words = vocabulary.words(part)
        for *_, name in vocabulary.named(words):
            if signal := _SIGNAL_OF.get(name) or TABLES.get(name[: name.find(".") + 1]):
                row[_INDEX[signal]] = 1
        for name, pattern in FORMS.items():
            row[_INDEX[name]] = pattern.search(part) is not None
        row[_INDEX["brand"]] = bool(brands_in(part))
        row[_INDEX["heading"]] = sentence.heading
        row[_INDEX["short"]] = len(words) <= SHORT
        row[_INDEX["long"]] = len(words) > LONG
    lines = [sentence.line for sentence in sentences]
    rows[:, _INDEX["line begins"]] = [a != b for a, b in zip(lines, [-1, *lines], strict=False)]
    for name, parts in UNIONS.items():
        rows[:, _INDEX[name]] = rows[:, [_INDEX[part] for part in parts]].max(axis=1)
    for name, parts in PAIRS.items():
        rows[:, _INDEX[name]] = rows[:, [_INDEX[part] for part in parts]].min(axis=1)
    return rows


def column(name: str) -> int:
    """The column of a signal."""
    return _INDEX[name]
