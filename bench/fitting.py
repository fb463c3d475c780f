"""Fit the models of `stories/weights.py` from labelled texts.

A candidate passage counts as a story from an overlap (intersection over union) of 0.25 with a labelled one on, as one
that fits from 0.6 on; one that meets a story by less counts neither way, nor does one that meets a borderline story.
The weights of signals, of standardised features, are held down by a penalty on their squares, those of words
likewise. What is known to speak against a story (complaint, advice, promotion ...) may not speak for one.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.optimize import minimize

from stories.judging import STEEPEST
from stories.learning import AGAINST, RAREST
from stories.material import FIT, MEETS, Material, answers
from stories.views import Leanings, Span
from stories.weights import FEWEST_COUNTED, Linear, names

SENTENCE_PENALTY, FITS_PENALTY, PASSAGE_PENALTY = 30.0, 30.0, 100.0  # on squared weights of standardised features
WORD_SCALE = 27.0  # what a word's presence counts beside a standardised feature
FEWEST_TEXTS = 3  # that hold a word; rarer ones have no weight
LEARNED = {"training": 1.0, "stories": 1.0, "ordinary": 1.0}  # by the passage models; the weight of a false alarm
FOR_SENTENCES = {"training": 1.0, "among": 0.5, "stories": 1.0, "long": 0.5, "ordinary": 0.2}
STEPS = 250
QUESTIONS = ("inside", "begins", "ends")
Numbers = NDArray[np.float64]
Known = dict[str, int]  # the words that have weights ("da:hjalp"), by their column
Sparse = Any  # a scipy.sparse.csr_matrix: SciPy is published without types


def logistic(  # noqa: PLR0917 -- the parts of the problem, in the order of their formula
    dense: Numbers, sparse: Sparse | None, yes: Numbers, weight: Numbers, penalty: float, never: Sequence[bool] = ()
) -> tuple[Linear, Numbers]:
    """A logistic model with a penalty on the squared weights of standardised features, and on those of sparse ones
    as they are.

    Features that are `never` to speak for a yes have no positive weight.
    """
    used = weight > 0
    dense, yes, weight = dense[used], yes[used], weight[used]
    mean, spread = dense.mean(axis=0), np.maximum(dense.std(axis=0), RAREST)
    rows = ((dense - mean) / spread).astype(np.float32)
    words = (sparse if sparse is not None else sp.csr_matrix((len(used), 0)))[used].astype(np.float32)
    turned, count = words.T.tocsr(), rows.shape[1]

    def loss(beta: Numbers) -> tuple[float, Numbers]:
        own, bias, other = beta[:count], beta[count], beta[count + 1 :]
        odds = (rows @ own.astype(np.float32) + words @ other.astype(np.float32)).astype(float) + bias
        cost = weight @ (np.logaddexp(0, odds) - yes * odds) + penalty / 2 * (own @ own + other @ other)
        miss = (weight * (1 / (1 + np.exp(-odds)) - yes)).astype(np.float32)
        return cost, np.concatenate([miss @ rows + penalty * own, [miss.sum()], turned @ miss + penalty * other])

    bounds = [(None, 0.0) if no else (None, None) for no in never] if len(never) else [(None, None)] * count
    bounds += [(None, None)] * (1 + words.shape[1])
    start = np.zeros(count + 1 + words.shape[1])
    beta = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": STEPS}).x
    weights = beta[:count] / spread
    return Linear(weights, float(beta[count] - mean @ weights)), beta[count + 1 :]


def sentence_models(texts: Sequence[Material]) -> dict[str, Linear]:
    """The models for inside, begins and ends."""
    owners = [text.owner() for text in texts]
    weight = np.hstack(
        [
            [FOR_SENTENCES[text.source] * (n < 0 or not text.spans[n][2]) for n in owner]
            for text, owner in zip(texts, owners, strict=True)
        ]
    )
    yes: dict[str, Callable[[NDArray[np.int_]], NDArray[np.bool_]]] = {
        "inside": lambda owner: owner >= 0,
        "begins": lambda owner: (owner >= 0) & (owner != np.concatenate([[-1], owner[:-1]])),
        "ends": lambda owner: (owner >= 0) & (owner != np.concatenate([owner[1:], [-1]])),
    }
    found = {}
    for question in QUESTIONS:
        told = np.hstack([yes[question](owner) for owner in owners]).astype(float)
        views = np.vstack([text.views[question] for text in texts])
        found[question], _ = logistic(views, None, told, weight, SENTENCE_PENALTY)
    return found


def lean(models: dict[str, Linear], texts: Sequence[Material]) -> None:
    """Lean each sentence and list each text's candidates with their features."""
    for text in texts:
        text.lean(Leanings(*(models[question].log_odds(text.views[question]) for question in QUESTIONS)))


def known(texts: Sequence[Material]) -> Known:
    """The words that enough texts hold; those of ordinary posts alone would say which blog a post is of."""
    words: Counter[str] = Counter()
    for text in texts:
        if text.source in ("training", "stories") and (count := len(text.made.sentences)):
            words.update(f"{text.language}:{stem}" for stem in text.stems(Span(0, count - 1)))
    return {word: n for n, word in enumerate(sorted(w for w, times in words.items() if times >= FEWEST_TEXTS))}


def said(texts: Sequence[Material], columns: Known) -> Sparse:
    """The words of each candidate, scaled as in `weights.py`."""
    cells: list[tuple[int, int, float]] = []
    row = 0
    for text in texts:
        for span in text.candidates:
            stems = [f"{text.language}:{stem}" for stem in text.stems(span)]
            worth = WORD_SCALE / np.sqrt(max(len(stems), FEWEST_COUNTED))
            cells += [(row, columns[stem], worth) for stem in stems if stem in columns]
            row += 1
    rows, places, worths = (np.array(column) for column in zip(*cells, strict=True))
    return sp.csr_matrix((worths, (rows, places)), shape=(row, len(columns)))


@dataclass(slots=True)
class Passages:
    """The models for passage and fits, and what the words add to the passage model."""

    passage: Linear
    fits: Linear
    beyond: Numbers

    def judge(self, texts: Sequence[Material], sparse: Sparse) -> None:
        """Score each text's candidates; `sparse` has a row for each."""
        row = 0
        for text in texts:
            if text.candidates:
                beyond = sparse[row : row + len(text.candidates)] @ self.beyond
                row += len(text.candidates)
                odds = np.clip(self.passage.log_odds(text.features) + beyond, -STEEPEST, STEEPEST)
                text.scores, text.fits = 1 / (1 + np.exp(-odds)), self.fits.log_odds(text.features)


def passage_models(texts: Sequence[Material], sparse: Sparse) -> Passages:
    """The models for passage and fits; `sparse` has a row for each candidate."""
    having = [text for text in texts if text.candidates]
    features = np.vstack([text.features for text in having])
    yes, counts = answers(having)
    wrong = np.array([LEARNED[text.source] for text in having for _ in text.candidates])
    never = [row in AGAINST for row, _ in names("passage")]
    passage, beyond = logistic(features, sparse, yes, counts * np.where(yes > 0, 1.0, wrong), PASSAGE_PENALTY, never)
    near = np.vstack([text.overlaps() for text in having]).max(axis=1)
    some = near > MEETS / 2
    fits, _ = logistic(features[some], None, (near[some] >= FIT).astype(float), np.ones(some.sum()), FITS_PENALTY)
    return Passages(passage, fits, beyond)
