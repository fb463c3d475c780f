"""The sentences of two tellings that say the same are shown side by side, across languages."""

import pytest

from stories.alignment import FEWEST_SHARED, MOST, align
from tests.test_likeness import SAME_PATTERN, VIOLIN, VIOLIN_AGAIN


def opening(sentence: str) -> str:
    return " ".join(sentence.split()[:3])


def test_sentences_that_say_the_same_are_paired_across_languages() -> None:
    pairs = align(VIOLIN, VIOLIN_AGAIN, "en", "da")
    assert [(opening(pair.one), opening(pair.other)) for pair in pairs] == [
        ("Last winter my", "Benno kører natbus"),
        ("She was to", "Den tilhørte Ottilie,"),
        ("The driver, a", "En aften efter"),
        ("He drove forty", "Han satte sig"),
        ("He would take", "Penge ville han"),
    ]
    assert all(pair.shared >= FEWEST_SHARED for pair in pairs)


@pytest.mark.parametrize(
    ("one", "other", "language", "its"),
    [
        pytest.param(VIOLIN, VIOLIN_AGAIN, "en", "da", id="two languages"),
        pytest.param(VIOLIN, VIOLIN, "en", "en", id="one text"),
        pytest.param(VIOLIN, SAME_PATTERN, "en", "en", id="two events"),
        pytest.param(VIOLIN, VIOLIN_AGAIN, None, None, id="languages nobody knows"),
        pytest.param(f"{VIOLIN} {VIOLIN}", VIOLIN, "en", "en", id="one twice as long"),
    ],
)
def test_each_sentence_is_in_one_pair_and_they_come_in_the_order_of_the_first(
    one: str, other: str, language: str | None, its: str | None
) -> None:
    pairs = align(one, other, language, its)
    assert len(pairs) <= MOST
    assert [one.index(pair.one) for pair in pairs] == sorted(one.index(pair.one) for pair in pairs)
    assert len({pair.other for pair in pairs}) == len(pairs)
    assert all(pair.one in one and pair.other in other for pair in pairs)


def test_a_text_is_paired_with_itself_sentence_by_sentence() -> None:
    pairs = align(VIOLIN, VIOLIN, "en", "en")
    assert pairs and all(pair.one == pair.other for pair in pairs)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param("", id="nothing"),
        pytest.param("Es regnete. Wir gingen ins Kino. Danach schliefen alle lange.", id="something else"),
    ],
)
def test_nothing_is_paired_where_nothing_is_shared(other: str) -> None:
    assert align(VIOLIN, other, "en", "de") == align(other, VIOLIN, "de", "en") == []


def test_the_pairs_are_the_same_the_other_way_round() -> None:
    ours = {(pair.one, pair.other, pair.shared) for pair in align(VIOLIN, VIOLIN_AGAIN, "en", "da")}
    theirs = {(pair.other, pair.one, pair.shared) for pair in align(VIOLIN_AGAIN, VIOLIN, "da", "en")}
    assert ours == theirs
