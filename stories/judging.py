"""The texts of a page judged: their candidate passages, each with a score. Pure.

The path of the texts: `passages.cut` cuts them, `signals.signals` marks what stands in each sentence, three models
lean each sentence towards inside, begin and end of an incident. A block in which no stretch of sentences leans
towards one at all is left there: so most comments cost little. In the others `spans.candidates` proposes passages,
the fourth model gives each its score, the probability that it tells a story, given texts like those it was fitted on,
and the fifth says how well the passage fits the incident from edge to edge.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stories.passages import Cut, cut
from stories.signals import Matrix, Numbers, Signals, column, lexicon, signals
from stories.spans import candidates
from stories.views import Leanings, Span, Vector, block_edges, passage_view, sentence_views
from stories.weights import SHIPPED, Weights, WordWeights, weights

MOST_SENTENCES = 20_000  # of a page, over a megabyte of prose; what follows in a longer one is not judged
STEEPEST = 30.0  # log odds beyond which a probability is 0 or 1 for all purposes
SMOOTHED = 2  # sentences on each side over which the leaning of a stretch is taken
HOPELESS = -2.0  # log odds; in seven of a thousand training texts with a find no stretch leans more than that
EVERYTHING = float("-inf")  # for who asks why not, and who learns: no text is hopeless
ITEM = re.compile(r"\W{0,2}\d{1,2}[.):]\s+(?=\S)")
FEWEST_ITEMS = 2  # lines with numbers from which they are a list


@dataclass(frozen=True, slots=True)
class Judged:
    """Some texts, cut; their signals; the passages considered, each one's score, 0 to 1, and fit, in log odds."""

    cut: Cut
    rows: Matrix
    spans: list[Span]
    scores: Vector
    fits: Vector

    def place(self, span: Span) -> tuple[int, int, int]:
        """The number of a passage's text, and where it starts and ends there, in code points."""
        return self.cut.place(span.first, span.last)


def judge_texts(
    texts: Sequence[str],
    language: str,
    headings: tuple[tuple[int, int], ...] = (),
    *,
    folder: Path = SHIPPED,
    hopeless: float = HOPELESS,
) -> Judged:
    """Judge texts in one of the known languages; `headings` are those of the first."""
    made = cut(texts, headings).first(MOST_SENTENCES)
    model, found = weights(folder), signals(made, language)
    leanings = lean(model, found.rows, made.blocks)
    spans = propose(found.rows, made, leanings, hopeless)
    if not spans:
        return Judged(made, found.rows, [], np.zeros(0), np.zeros(0))
    features = passage_view(found.rows, made.blocks, made.lengths(), leanings, spans)
    odds = model.questions["passage"].log_odds(features) + _said(found, language, spans, folder)
    scores = 1 / (1 + np.exp(-np.clip(odds, -STEEPEST, STEEPEST)))
    return Judged(made, found.rows, spans, scores, model.questions["fits"].log_odds(features))


def lean(model: Weights, rows: Matrix, blocks: Numbers) -> Leanings:
    """How each sentence leans, by the first three models."""
    views = sentence_views(rows, blocks)
    return Leanings(*(model.questions[question].log_odds(views[question]) for question in ("inside", "begins", "ends")))


def propose(rows: Matrix, made: Cut, leanings: Leanings, hopeless: float) -> list[Span]:
    """The candidates of all blocks that have a stretch which leans towards an incident more than `hopeless`."""
    begins, ends = block_edges(made.blocks)
    headings, lengths = rows[:, column("heading")] > 0, made.lengths()
    total = np.concatenate([[0.0], np.cumsum(leanings.inside)])
    here = np.arange(len(rows))
    low, high = np.maximum(here - SMOOTHED, begins), np.minimum(here + 1 + SMOOTHED, ends)
    hopeful = made.blocks[(total[high] - total[low]) / (high - low) > hopeless] if len(rows) else made.blocks
    found = []
    for block in np.unique(hopeful).tolist():
        first = int(np.searchsorted(made.blocks, block))
        own = slice(first, int(ends[first]))
        leaning = Leanings(leanings.inside[own], leanings.begins[own], leanings.ends[own])
        spans = candidates(leaning, headings[own], lengths[own], _items(made, own))
        found += [Span(s.first + first, s.last + first) for s in spans]
    return found


def _items(made: Cut, own: slice) -> NDArray[np.bool_]:
    """Which sentences of a block begin an item of a numbered list."""
    begins = np.array([bool(ITEM.match(made.text, s.start)) for s in made.sentences[own]])
    return begins if begins.sum() >= FEWEST_ITEMS else np.zeros_like(begins)


def _said(found: Signals, language: str, spans: Sequence[Span], folder: Path) -> Vector:
    """What the words of each passage say, in log odds."""
    words = _word_weights(language, folder)
    return np.array([words.of_stems(found.stems(span.first, span.last, words.lexicon.stem_of)) for span in spans])


@cache
def _word_weights(language: str, folder: Path) -> WordWeights:
    return WordWeights(lexicon(language), weights(folder).words.get(language, {}))
