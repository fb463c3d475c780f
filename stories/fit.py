"""Fitting the weights by which tellings are compared, from labelled pairs. Pure, exact, and a second's work.

A logistic model with a penalty on the squared change of each weight from where it starts, which is nought for the
shipped model and the shipped weights for one that is learned from editors. Weights count per spread of their sign, so
that a sign's unit does not matter. Newton's method.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stories.likeness import MOST_ODDS

PENALTY = 5.0  # as much as some five pairs say; from 1 to 20 it makes no difference that can be measured
STEPS, CLOSE = 50, 1e-9
SMALLEST_SPREAD = 0.001
STEEPEST = 30.0  # log odds beyond which nothing changes
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fitted:
    """The weight of each sign, in their order, and the bias."""

    weights: Numbers
    bias: float

    def odds(self, signs: Numbers) -> Numbers:
        """The log odds of each row of signs, as far as they count (`likeness.MOST_ODDS`)."""
        odds: Numbers = np.minimum(signs @ self.weights + self.bias, MOST_ODDS)
        return odds


def fit(
    signs: Numbers, same: Numbers, weight: Numbers, start: Fitted | None = None, penalty: float = PENALTY
) -> Fitted:
    """The weights that tell rows of signs that are the `same` (1) from others (0), each counting as its `weight`."""
    mean, spread = signs.mean(axis=0), np.maximum(signs.std(axis=0), SMALLEST_SPREAD)
    rows = np.column_stack([(signs - mean) / spread, np.ones(len(signs))])
    begin = np.append(start.weights * spread, start.bias + mean @ start.weights) if start else np.zeros(rows.shape[1])
    held = np.append(np.full(len(spread), penalty), penalty if start else 0.0)
    here = begin.copy()
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-np.clip(rows @ here, -STEEPEST, STEEPEST)))
        slope = rows.T @ (weight * (chance - same)) + held * (here - begin)
        bend = (rows.T * (weight * chance * (1 - chance))) @ rows + np.diag(held + CLOSE)
        step = np.linalg.solve(bend, slope)
        here -= step
        if np.abs(step).max() < CLOSE:
            break
    weights = here[:-1] / spread
    return Fitted(weights, float(here[-1] - mean @ weights))
