"""Tellings are grouped by the mean of their likeness and by what editors said, whatever order they come in."""

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from itertools import combinations, product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stories.grouping import UNLIKE, Pair, groups, pair

NAMES = "abcdefgh"
PAIRS = list(combinations(NAMES, 2))
SOME = settings(max_examples=150, derandomize=True, deadline=None)
ODDS = st.dictionaries(st.sampled_from(PAIRS), st.integers(-6, 9), max_size=len(PAIRS))
SURE = st.integers(-3, 5)


def plainly(
    names: Sequence[str],
    odds: Mapping[Pair, float],
    sure: int,
    together: Sequence[Collection[str]] = (),
    apart: Collection[Pair] = (),
) -> list[list[str]]:
    """The same, slowly: all pairs of groups are looked at for each step, and counted without rounding."""
    found = [[name] for name in sorted(names)]
    for some in together:
        said = [group for group in found if set(group) & set(some)]
        found = [group for group in found if group not in said] + [sorted(name for group in said for name in group)]
    while True:
        found.sort()
        means = {
            (one, other): mean(odds, found[one], found[other])
            for one, other in combinations(range(len(found)), 2)
            if not any(pair(*two) in apart for two in product(found[one], found[other]))
        }
        best = max(means, key=lambda two: (means[two], -two[0], -two[1]), default=None)
        if best is None or means[best] < sure:
            return found
        found[best[0]] = sorted(found[best[0]] + found.pop(best[1]))


def mean(odds: Mapping[Pair, float], one: Sequence[str], other: Sequence[str]) -> Fraction:
    each = [Fraction(max(odds.get(pair(*two), UNLIKE), UNLIKE)) for two in product(one, other)]
    return sum(each, Fraction(0)) / len(each)


@st.composite
def said(draw: st.DrawFn) -> tuple[list[set[str]], list[Pair]]:
    """What editors said, without contradiction."""
    together = draw(st.lists(st.sets(st.sampled_from(NAMES), min_size=2, max_size=3), max_size=2))
    one = plainly(NAMES, {}, 0, together)
    apart = [two for two in PAIRS if not any(set(two) <= set(group) for group in one)]
    return together, draw(st.lists(st.sampled_from(apart), max_size=5)) if apart else []


@SOME
@given(odds=ODDS, sure=SURE, editors=said())
def test_groups_are_those_of_the_plain_way(
    odds: dict[Pair, float], sure: int, editors: tuple[list[set[str]], list[Pair]]
) -> None:
    together, apart = editors
    assert groups(NAMES, odds, sure, together, apart) == plainly(NAMES, odds, sure, together, apart)


@SOME
@given(odds=ODDS, sure=SURE, editors=said(), chance=st.randoms(use_true_random=False))
def test_the_order_in_which_things_are_said_does_not_matter(
    odds: dict[Pair, float], sure: int, editors: tuple[list[set[str]], list[Pair]], chance: Random
) -> None:
    together, apart = editors
    expected = groups(NAMES, odds, sure, together, apart)
    names, pairs = list(NAMES), list(odds.items())
    for some in (names, pairs, together, apart):
        chance.shuffle(some)
    turned = [(other, one) for one, other in apart]
    assert groups(names, dict(pairs), sure, [sorted(some) for some in together], turned) == expected


@SOME
@given(odds=ODDS, sure=SURE, editors=said())
def test_what_editors_said_holds(
    odds: dict[Pair, float], sure: int, editors: tuple[list[set[str]], list[Pair]]
) -> None:
    together, apart = editors
    found = groups(NAMES, odds, sure, together, apart)
    assert sorted(name for group in found for name in group) == list(NAMES)
    assert all(any(some <= set(group) for group in found) for some in together)
    assert not any(set(two) <= set(group) for two in apart for group in found)


def alike(*some: str, odds: float = 6.0) -> dict[Pair, float]:
    return {two: odds for each in some for two in combinations(each, 2)}


@pytest.mark.parametrize(
    ("odds", "expected"),
    [
        pytest.param({}, ["a", "b", "c", "d", "e", "f"], id="nothing is alike"),
        pytest.param(alike("abc", "def") | {("c", "d"): 5.0}, ["abc", "def"], id="one lucky pair"),
        pytest.param(alike("abcdef") | {("a", "b"): -3.0}, ["abcdef"], id="one odd pair"),
        pytest.param(alike("ab", "bc", "de"), ["abc", "de", "f"], id="a chain of three, never compared at its ends"),
        pytest.param(alike("ab", "bc", odds=2.0), ["ab", "c", "d", "e", "f"], id="the same, less alike"),
        pytest.param(alike("abc") | {("a", "d"): -90.0}, ["abc", "d", "e", "f"], id="very unlike"),
    ],
)
def test_the_mean_over_all_pairs_decides(odds: dict[Pair, float], expected: list[str]) -> None:
    assert ["".join(group) for group in groups("fedcba", odds, 0.0)] == expected


def test_no_pair_counts_for_less_than_one_that_was_never_compared() -> None:
    assert groups("abc", {("a", "b"): 6.0, ("b", "c"): 6.0, ("a", "c"): -90.0}, 1.0) == [["a", "b", "c"]]


def test_of_two_choices_alike_the_one_with_the_smaller_names_is_taken() -> None:
    assert groups("abc", {("a", "c"): 2.0, ("b", "c"): 2.0}, 0.0) == [["a", "c"], ["b"]]
    assert groups("abc", {("a", "b"): 2.0, ("b", "c"): 2.0}, 0.0) == [["a", "b"], ["c"]]


def test_who_is_kept_apart_from_one_is_kept_apart_from_its_group() -> None:
    assert groups("abc", alike("abc"), 0.0, apart=[("a", "c")]) == [["a", "b"], ["c"]]
    assert groups("abc", alike("abc"), 0.0, together=["bc"], apart=[("a", "c")]) == [["a"], ["b", "c"]]


def test_what_is_said_of_strangers_is_no_matter() -> None:
    assert groups("ab", {("a", "z"): 9.0}, 0.0, together=["az"], apart=[("b", "z")]) == [["a"], ["b"]]


def test_nothing_is_no_group() -> None:
    assert groups((), {}, 0.0) == []
