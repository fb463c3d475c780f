"""The numbers that turn signals into a score: five small logistic models over the same signals, one table. Pure.

`weights.csv` has a row for each signal and for each further feature of `views.py`, and a column for each way to look
at it (`inside own`, `inside near` ... `passage around`). A weight is what one more of it adds to the log odds, in all
languages alike; no weight stands on a word. `bench/fit_stories.py` fits the table from labelled texts, with a penalty
on large weights, and says how well it does on texts that it was not fitted on. The numbers may be edited by hand.
"""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stories.signals import SIGNALS
from stories.views import COLUMNS, EXTRAS, Features, Vector

TABLE = Path(__file__).parent / "weights.csv"
BIAS = "(bias)"
DECIMALS = 3


class Model:
    """One question's weights, in the order of its view's features, and its bias."""

    def __init__(self, weights: NDArray[np.float64], bias: float) -> None:
        self.weights = weights
        self.bias = bias

    def log_odds(self, features: Features) -> Vector:
        """The log odds of a yes, a row each."""
        odds: Vector = features @ self.weights + self.bias
        return odds


def names(question: str) -> list[tuple[str, str]]:
    """The (row, column) in the table of each feature of a question's view, in order."""
    own = [(signal, f"{question} {way}") for way in COLUMNS[question] for signal in SIGNALS]
    return own + [(extra, f"{question} {COLUMNS[question][0]}") for extra in EXTRAS[question]]


@cache
def models(table: Path = TABLE) -> Mapping[str, Model]:
    """The model of each question. Raises KeyError when the table lacks a row or a column."""
    with table.open(encoding="utf-8", newline="") as file:
        rows = {row["signal"]: row for row in csv.DictReader(file)}
    found = {}
    for question, ways in COLUMNS.items():
        numbers = np.array([float(rows[row][column] or 0) for row, column in names(question)])
        found[question] = Model(numbers, float(rows[BIAS][f"{question} {ways[0]}"]))
    return found


def write(fitted: Mapping[str, Model], table: Path = TABLE) -> None:
    """Put models into the table."""
    cells: dict[tuple[str, str], float] = {}
    for question, model in fitted.items():
        cells |= dict(zip(names(question), model.weights, strict=True))
        cells[BIAS, f"{question} {COLUMNS[question][0]}"] = model.bias
    columns = [f"{question} {way}" for question, ways in COLUMNS.items() for way in ways]
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["signal", *columns])
        for row in dict.fromkeys(name for name, _ in cells):
            known = [cells.get((row, column)) for column in columns]
            writer.writerow([row, *("" if cell is None else f"{cell:.{DECIMALS}f}" for cell in known)])
