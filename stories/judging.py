"""One text judged: its candidate passages, each with a score. Pure.

The path of a text: `passages.sentences` cuts it, `signals.signals` marks what stands in each sentence, three models
lean each sentence towards inside, begin and end of an incident, `spans.candidates` proposes passages, the fourth
model gives each its score, the probability that it tells a story, given texts like those it was fitted on, and the
fifth says how well the passage fits the incident from edge to edge.
"""

from dataclasses import dataclass

import numpy as np

from stories.passages import Sentence, sentences
from stories.signals import Matrix, column, signals
from stories.spans import candidates
from stories.views import Leanings, Span, Vector, passage_view, sentence_views
from stories.vocabulary import vocabulary
from stories.weights import models

MOST_SENTENCES = 20_000  # of a text, over a megabyte of prose; what follows in a longer one is not judged
STEEPEST = 30.0  # log odds beyond which a probability is 0 or 1 for all purposes


@dataclass(frozen=True, slots=True)
class Judged:
    """A text's sentences, their signals, the passages considered, each one's score, 0 to 1, and fit, in log odds."""

    sentences: list[Sentence]
    rows: Matrix
    spans: list[Span]
    scores: Vector
    fits: Vector

    def place(self, span: Span) -> tuple[int, int]:
        """Where a passage starts and ends, in code points."""
        return self.sentences[span.first].start, self.sentences[span.last].end


def judge_text(text: str, language: str, headings: tuple[tuple[int, int], ...] = ()) -> Judged:
    """Judge a text in one of the known languages."""
    cut = sentences(text, headings)[:MOST_SENTENCES]
    rows = signals(text, cut, vocabulary(language))
    leanings = lean(rows)
    lengths = np.array([sentence.end - sentence.start for sentence in cut], dtype=np.float64)
    spans = candidates(leanings, rows[:, column("heading")] > 0, lengths)
    if not spans:
        return Judged(cut, rows, [], np.zeros(0), np.zeros(0))
    features = passage_view(rows, lengths, leanings, spans)
    odds = np.clip(models()["passage"].log_odds(features), -STEEPEST, STEEPEST)
    return Judged(cut, rows, spans, 1 / (1 + np.exp(-odds)), models()["fits"].log_odds(features))


def lean(rows: Matrix) -> Leanings:
    """How each sentence leans, by the first three models."""
    odds = {question: models()[question].log_odds(view) for question, view in sentence_views(rows).items()}
    return Leanings(odds["inside"], odds["begins"], odds["ends"])
