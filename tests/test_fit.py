"""Weights are fitted to labelled pairs, near where they start; thresholds are judged by what editors would see."""

import numpy as np
import pytest
from numpy.typing import NDArray

from stories.fit import Fitted, fit
from stories.levels import measure, put_together
from stories.pairs import Known, Pairs
from tests.test_likeness import told

Numbers = NDArray[np.float64]
TRUTH = Fitted(np.array([2.0, -1.0, 0.0]), 0.5)


def made(count: int, truth: Fitted = TRUTH, seed: int = 7) -> tuple[Numbers, Numbers, Numbers]:
    """Signs of so many pairs, in units of their own; which are the same, by chance as their odds are; all weigh 1."""
    chance = np.random.default_rng(seed)
    signs = chance.normal(size=(count, len(truth.weights))) * [1.0, 2.0, 0.1] + [0.0, 3.0, 0.0]
    same = (chance.random(count) < 1 / (1 + np.exp(-truth.odds(signs)))).astype(float)
    return signs, same, np.ones(count)


def test_known_weights_are_found_again() -> None:
    found = fit(*made(40_000))
    assert found.weights[:2] == pytest.approx(TRUTH.weights[:2], abs=0.08)
    assert abs(found.weights[2]) < 0.4  # a sign that hardly varies says little of itself
    assert found.bias == pytest.approx(TRUTH.bias, abs=0.15)


def test_the_unit_of_a_sign_does_not_matter() -> None:
    signs, same, weight = made(500)
    units = np.array([1.0, 1_000.0, 0.5])
    one, other = fit(signs, same, weight), fit(signs * units, same, weight)
    assert other.weights * units == pytest.approx(one.weights, rel=1e-6)
    assert other.odds(signs * units) == pytest.approx(one.odds(signs), rel=1e-6)


def test_a_pair_of_weight_two_counts_as_two_pairs() -> None:
    signs, same, weight = made(300)
    twice = fit(np.vstack([signs, signs]), np.append(same, same), np.append(weight, weight))
    assert fit(signs, same, weight * 2).odds(signs) == pytest.approx(twice.odds(signs), rel=1e-6)


def test_few_pairs_move_little_from_the_start_and_many_move_all() -> None:
    start = Fitted(np.array([-1.0, 0.5, 0.0]), -2.0)
    far = [float(np.abs(fit(*made(count), start=start).weights - start.weights).max()) for count in (1, 10, 10_000)]
    assert far[0] < 0.35 < far[2]
    assert far == sorted(far)
    assert fit(*made(10_000), start=start).weights[:2] == pytest.approx(TRUTH.weights[:2], abs=0.15)


def test_pairs_that_say_what_is_known_change_nothing() -> None:
    signs, _, weight = made(50)
    expected = 1 / (1 + np.exp(-TRUTH.odds(signs)))
    found = fit(signs, expected, weight, start=TRUTH)
    assert found.weights == pytest.approx(TRUTH.weights, abs=1e-6)
    assert found.bias == pytest.approx(TRUTH.bias, abs=1e-6)


@pytest.mark.parametrize("start", [None, TRUTH], ids=["from nothing", "from a start"])
def test_what_says_nothing_has_finite_weights(start: Fitted | None) -> None:
    signs = np.zeros((4, 3))
    signs[:, 0] = [0, 0, 9, 9]  # parts the pairs without a mistake
    found = fit(signs, np.array([0.0, 0, 1, 1]), np.ones(4), start=start)
    assert np.isfinite([*found.weights, found.bias]).all()
    odds = found.odds(signs)
    assert odds[0] < odds[3]


def pairs() -> Pairs:
    """Three tellings of a flood and one of a fire, in two languages, and all pairs of them."""
    told_by = [("flood", "en"), ("flood", "en"), ("flood", "da"), ("fire", "da")]
    known = [Known(telling=told("", language), event=event, source="made") for event, language in told_by]
    places = np.array([(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)])
    same = np.array([known[one].event == known[other].event for one, other in places], dtype=float)
    every = np.ones(len(places), dtype=bool)
    return Pairs(known=known, places=places, signs=np.zeros((6, 1)), compared=every, same=same, weight=np.ones(6))


ODDS = np.array([5.0, -0.5, -9.0, -0.5, -9.0, 1.0])  # the Danish telling of the flood looks most like the fire


def test_tellings_are_put_together_by_their_odds() -> None:
    assert put_together(pairs(), ODDS, 2.0).tolist() == [0, 0, 1, 2]
    assert put_together(pairs(), ODDS, 0.0).tolist() == [0, 0, 1, 1]
    assert put_together(pairs(), np.full(6, 3.0), 2.0).tolist() == [0, 0, 0, 0]


def test_what_is_put_together_and_suggested_is_measured() -> None:
    found = measure(pairs(), ODDS, sure=2.0, perhaps=-1.0)
    assert [found.precision, found.recall] == pytest.approx([1.0, 1 / 3])
    assert (found.one_language, found.across) == (1.0, 0.0)
    assert found.b_cubed == pytest.approx(b_cubed([1, 1, 1, 1], WHOLE))
    assert (found.suggestions, found.suggested_right) == (2, 0.5)
    assert found.suggested_across == 1.0, "both pairs across languages, as their clusters are suggested"


def test_a_suggestion_less_likely_than_perhaps_is_none() -> None:
    found = measure(pairs(), ODDS, sure=2.0, perhaps=1.5)
    assert (found.suggestions, found.suggested_right, found.suggested_across) == (0, 0.0, 0.0)


def test_a_wrong_join_costs_precision() -> None:
    found = measure(pairs(), ODDS, sure=0.0, perhaps=50.0)
    assert [found.precision, found.recall] == pytest.approx([0.5, 1 / 3])
    assert found.b_cubed == pytest.approx(b_cubed([1, 1, 0.5, 0.5], WHOLE))


WHOLE = [2 / 3, 2 / 3, 1 / 3, 1.0]  # how much of its event is in each telling's group


def b_cubed(pure: list[float], whole: list[float]) -> float:
    precision, recall = sum(pure) / len(pure), sum(whole) / len(whole)
    return 2 * precision * recall / (precision + recall)
