"""How a text is cut, how words are looked up, and which passages are proposed."""

import tomllib

import numpy as np
import pytest

from stories.passages import sentences
from stories.signals import CONCEPTS
from stories.spans import candidates, standing
from stories.views import Leanings, Span
from stories.vocabulary import FOLDER, LANGUAGES, vocabulary


def cut(text: str) -> list[str]:
    return [text[s.start : s.end] for s in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Mr. Smith came. He left.", ["Mr. Smith came.", "He left."]),
        ("Am 3. Mai kam sie. Dann ging sie.", ["Am 3. Mai kam sie.", "Dann ging sie."]),
        ("„Gern“, sagte er. „Bitte.“ Er ging.", ["„Gern“, sagte er.", "„Bitte.“", "Er ging."]),
        ("Oui… Non.", ["Oui…", "Non."]),
        ("¿Sí? ¡No!", ["¿Sí?", "¡No!"]),
        ("A line\nanother line", ["A line", "another line"]),
        ("", []),
        (" \n\t\n", []),
    ],
)
def test_a_sentence_ends_where_it_does(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


def test_text_without_punctuation_is_cut_all_the_same() -> None:
    parts = cut("word " * 150)
    assert [len(part.split()) for part in parts] == [60, 60, 30]


def test_short_lines_without_an_end_and_known_headings_are_headings() -> None:
    text = "The Lost Hat\nHe lost it. Then he found it.\nIt was blue, he said."
    found = sentences(text, headings=((43, len(text)),))
    assert [s.heading for s in found] == [True, False, False, True]


def test_compounds_and_phrases_are_met() -> None:
    words = vocabulary("de")
    names = {name for *_, name in words.named(words.words("Die Kundendienstmitarbeiterin kam nach Feierabend."))}
    assert {"staff", "service", "beyond", "past"} <= names


def test_every_language_has_the_same_concepts() -> None:
    known = {language: vocabulary(language).tables for language in LANGUAGES}
    assert len({tuple(sorted(names)) for names in known.values()}) == 1


def test_the_languages_are_level() -> None:
    files = {language: tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8")) for language in LANGUAGES}
    sizes = {
        language: {name: len(set(words.split())) for name, words in file["concepts"].items()}
        for language, file in files.items()
    }
    assert {len(own) for own in sizes.values()} == {len(CONCEPTS)}
    assert len(CONCEPTS) >= 60
    assert min(size for own in sizes.values() for size in own.values()) >= 4
    totals = [sum(own.values()) for own in sizes.values()]
    assert max(totals) <= 1.5 * min(totals)


def test_an_unknown_language_is_refused_by_name() -> None:
    with pytest.raises(KeyError, match="'xx'; known: da, de"):
        vocabulary("xx")


def leanings(inside: list[float], begins: list[float], ends: list[float]) -> Leanings:
    return Leanings(np.array(inside), np.array(begins), np.array(ends))


def test_a_passage_is_proposed_where_sentences_lean_inside_and_never_across_a_heading() -> None:
    lean = leanings([-9, 2, 2, -9, 2, 2, -9], [-5, 1, -5, -5, 1, -5, -5], [-5, -5, 1, -5, -5, 1, -5])
    headings = np.array([False, False, False, True, False, False, False])
    found = candidates(lean, headings, np.full(7, 100.0), np.full(7, False))
    assert {Span(1, 2), Span(4, 5)} <= set(found)
    assert not [span for span in found if span.first <= 3 <= span.last]


def test_of_overlapping_passages_the_best_stands_with_the_edges_that_fit_best() -> None:
    spans = [Span(0, 3), Span(1, 3), Span(6, 7)]
    chosen = standing(spans, np.array([0.9, 0.8, 0.6]), np.array([-3.0, 2.0, 0.0]), 0.5)
    assert chosen == [(1, 0.9), (2, 0.6)]
