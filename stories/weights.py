"""The numbers that turn signals into a score, read from a folder of tables. Pure.

`signals.csv` has a row for each signal and for each further feature of `views.py`, and a column for each way to look
at it (`inside own`, `inside near` ... `passage around`): five small logistic models over the same signals, for all
languages alike. A weight is what one more of it adds to the log odds.

`words.csv` speaks in the passage model alone: single words of a language, by their first letters. Each that stands in a
passage counts once, and their sum is divided by the square root of how many there are, so that long passages are not
surer than short ones for their length alone.

`make train` writes the folder `learned/` anew from the labelled texts; `goodturn learn` writes another one beside the
database. All of it may be read, and edited by hand.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stories.signals import SIGNALS, Lexicon
from stories.views import COLUMNS, EXTRAS, Features, Vector

SHIPPED = Path(__file__).parent / "learned"
BIAS = "(bias)"
DECIMALS = 3
FEWEST_COUNTED = 20  # words; a passage of fewer is treated as if it had so many


class Linear:
    """One question's weights, in the order of its view's features, and its bias."""

    def __init__(self, weights: NDArray[np.float64], bias: float) -> None:
        self.weights = weights
        self.bias = bias

    def log_odds(self, features: Features) -> Vector:
        """The log odds of a yes, a row each."""
        odds: Vector = features @ self.weights + self.bias
        return odds


@dataclass(frozen=True, slots=True)
class Weights:
    """A whole model: the five questions, and the words of each language."""

    questions: Mapping[str, Linear]
    words: Mapping[str, Mapping[str, float]]


def names(question: str) -> list[tuple[str, str]]:
    """The (row, column) in the table of each feature of a question's view, in order."""
    own = [(signal, f"{question} {way}") for way in COLUMNS[question] for signal in SIGNALS]
    return own + [(extra, f"{question} {COLUMNS[question][0]}") for extra in EXTRAS[question]]


@cache
def weights(folder: Path = SHIPPED) -> Weights:
    """The model in a folder. Raises KeyError when a table lacks a row or a column."""
    rows = {row["signal"]: row for row in _rows(folder / "signals.csv")}
    questions = {}
    for question, ways in COLUMNS.items():
        numbers = np.array([float(rows[row][column] or 0) for row, column in names(question)])
        questions[question] = Linear(numbers, float(rows[BIAS][f"{question} {ways[0]}"]))
    words: dict[str, dict[str, float]] = {}
    for row in _rows(folder / "words.csv"):
        words.setdefault(row["language"], {})[row["word"]] = float(row["weight"])
    return Weights(questions, words)


class WordWeights:
    """The weights of a lexicon's stems, by number; grows with it."""

    def __init__(self, lexicon: Lexicon, known: Mapping[str, float]) -> None:
        self.lexicon, self.known = lexicon, known
        self._values: list[float] = []
        self._of = lexicon.stems

    def of_stems(self, stems: NDArray[np.int_]) -> float:
        """What some distinct stems say together."""
        if self._of is not self.lexicon.stems:
            self._values, self._of = [], self.lexicon.stems
        self._values += [self.known.get(stem, 0.0) for stem in self._of.names[len(self._values) :]]
        said = sum(map(self._values.__getitem__, stems.tolist()))
        return said / float(np.sqrt(max(len(stems), FEWEST_COUNTED)))


def write(folder: Path, model: Weights) -> None:
    """Put a model into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    cells: dict[tuple[str, str], float] = {}
    for question, linear in model.questions.items():
        cells |= dict(zip(names(question), linear.weights, strict=True))
        cells[BIAS, f"{question} {COLUMNS[question][0]}"] = linear.bias
    columns = [f"{question} {way}" for question, ways in COLUMNS.items() for way in ways]
    rows = [
        [row, *(_cell(cells.get((row, column))) for column in columns)]
        for row in dict.fromkeys(name for name, _ in cells)
    ]
    _write(folder / "signals.csv", ["signal", *columns], rows)
    words = [
        (lang, word, _cell(value)) for lang in sorted(model.words) for word, value in sorted(model.words[lang].items())
    ]
    _write(folder / "words.csv", ["language", "word", "weight"], [row for row in words if float(row[2])])


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.{DECIMALS}f}"


def _rows(table: Path) -> Iterable[dict[str, str]]:
    with table.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _write(table: Path, head: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)
