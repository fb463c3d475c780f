"""Fit `stories/weights.csv` from labelled texts, and say how well it does on texts that it was not fitted on.

usage: python -m bench.fit_stories SHARED [--languages] [--write]

SHARED is a folder with `gold/` (labelled texts) and `eval/` (rulers). The texts are parted in five by event, so that no
retelling of an event is on both sides (a text without a story is a group by itself); each part is judged by weights
fitted on the other four. The passage models learn from what the sentence models say. `--languages` holds out one
language at a time as well. Printed for both, at threshold 0.5: precision, recall and F1 of pages and of spans, average
precision, and finds per thousand ordinary posts. `--write` fits on everything and writes the table.

A candidate passage counts as a story from an overlap (intersection over union) of 0.25 with a labelled one on, as one
that fits from 0.6 on; one that meets a story by less counts neither way, nor does one that meets a borderline story.
With 0.35, and what is below it as no story, held-out pages were found distinctly worse. The penalty on squared weights,
of standardised features, is 30 for sentences and fits, and 5 for passages: with 10 held-out parts did nearly as well,
with 30 and more worse, and so they did with fewer features.
The passage model's bias is moved last, so that a score of 0.5 is what 20 in a thousand ordinary posts reach when they
are held out.
What is known to speak against a story (complaint, advice, promotion ...) may not speak for one in the table, however
few and odd the labelled texts that hold it.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.held_out import ordinary_level, report
from bench.labelled import PARTS, Text, load, overlap
from stories.signals import column
from stories.spans import candidates
from stories.views import ALONE, Leanings, passage_view
from stories.weights import Model, names, write

STORY, FIT, MEETS, TOUCHES = 0.25, 0.6, 0.2, 0.05  # intersection over union
PENALTY = {"inside": 30.0, "begins": 30.0, "ends": 30.0, "passage": 5.0, "fits": 30.0}
ORDINARY_FOR_SENTENCES = 5  # one ordinary post in so many goes into the sentence models, which have enough without
WORTH = 1.0  # false alarms in labelled texts that finding one more story is worth
ORDINARY = 2.0  # how much more a false alarm in an ordinary post weighs, as almost all posts are ordinary
RAREST = 0.15  # spread; a feature that varies less is not magnified, so that rare signals keep small weights
AGAINST = frozenset(
    ("complaint", "advice", "business", "promo", "call", "mass", "stranger", "tech", "leisure", "page", *ALONE)
)
MOST_STEPS, SMALL_STEP = 8, 0.01
Numbers = NDArray[np.float64]


def logistic(features: Numbers, yes: Numbers, weight: Numbers, penalty: float) -> Model:
    """A logistic model by Newton's method, with a penalty on the squared weights of standardised features."""
    mean, spread = features.mean(axis=0), np.maximum(features.std(axis=0), RAREST)
    design = np.hstack([(features - mean) / spread, np.ones((len(features), 1))])
    beta, ridge = np.zeros(design.shape[1]), np.full(design.shape[1], penalty)
    ridge[-1] = 1e-6  # the bias is free
    for _ in range(MOST_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(design @ beta, -30, 30)))
        slope = design.T @ (weight * (chance - yes)) + ridge * beta
        curve = (design * (weight * chance * (1 - chance))[:, None]).T @ design + np.diag(ridge)
        step = np.linalg.solve(curve, slope)
        beta -= step
        if np.abs(step).max() < SMALL_STEP:
            break
    weights = beta[:-1] / spread
    return Model(weights, float(beta[-1] - mean @ weights))


def sentence_models(texts: Sequence[Text]) -> dict[str, Model]:
    """The models for inside, begins and ends."""
    texts = [t for n, t in enumerate(texts) if t.source != "ordinary" or n % ORDINARY_FOR_SENTENCES == 0]
    owners = [text.owner() for text in texts]
    firm = [[n < 0 or not text.spans[n][2] for n in owner] for text, owner in zip(texts, owners, strict=True)]
    before = [np.concatenate([[-1], owner[:-1]]) for owner in owners]
    after = [np.concatenate([owner[1:], [-1]]) for owner in owners]
    answers = {
        "inside": [owner >= 0 for owner in owners],
        "begins": [(o >= 0) & (o != b) for o, b in zip(owners, before, strict=True)],
        "ends": [(o >= 0) & (o != a) for o, a in zip(owners, after, strict=True)],
    }
    weight = np.hstack([np.array(f, dtype=float) for f in firm])
    return {
        question: logistic(
            np.vstack([text.views[question] for text in texts]),
            np.hstack(yes).astype(float),
            weight,
            PENALTY[question],
        )
        for question, yes in answers.items()
    }


def propose(models: dict[str, Model], texts: Sequence[Text]) -> None:
    """Lean each sentence and list each text's candidates with their features."""
    for text in texts:
        text.leanings = Leanings(*(models[q].log_odds(text.views[q]) for q in ("inside", "begins", "ends")))
        text.candidates = candidates(text.leanings, text.rows[:, column("heading")] > 0, text.lengths())
        if text.candidates:
            text.features = passage_view(text.rows, text.lengths(), text.leanings, text.candidates)


def passage_models(texts: Sequence[Text]) -> dict[str, Model]:
    """The models for passage and fits."""
    texts = [text for text in texts if text.candidates]
    features = np.vstack([text.features for text in texts])
    firm, soft = np.array([_overlaps(text, n) for text in texts for n in range(len(text.candidates))]).T
    ordinary = np.array([text.source == "ordinary" for text in texts for _ in text.candidates])
    counted = (firm >= STORY) | ((firm <= TOUCHES) & (soft <= MEETS))
    counts = counted * np.where(firm >= STORY, WORTH, np.where(ordinary, ORDINARY, 1.0))
    near = np.maximum(firm, soft)
    some = near > MEETS / 2
    return {
        "passage": _never_for(features, (firm >= STORY).astype(float), counts),
        "fits": logistic(features[some], (near[some] >= FIT).astype(float), np.ones(some.sum()), PENALTY["fits"]),
    }


def _never_for(features: Numbers, yes: Numbers, weight: Numbers) -> Model:
    """The passage model in which nothing of AGAINST speaks for a story: what would is left out."""
    rows = [row for row, _ in names("passage")]
    used = np.ones(len(rows), dtype=bool)
    while True:
        model = logistic(features * used, yes, weight, PENALTY["passage"])
        wrong = used & (model.weights > 0) & np.array([row in AGAINST for row in rows])
        if not wrong.any():
            model.weights[~used] = 0.0
            return model
        used &= ~wrong


def _overlaps(text: Text, number: int) -> tuple[float, float]:
    """A candidate's best overlap with a firm story and with a borderline one."""
    place = text.place(text.candidates[number])
    firm = max((overlap(place, (a, b)) for a, b, borderline in text.spans if not borderline), default=0.0)
    soft = max((overlap(place, (a, b)) for a, b, borderline in text.spans if borderline), default=0.0)
    return firm, soft


def judge(models: dict[str, Model], texts: Sequence[Text]) -> None:
    """Score each text's candidates."""
    for text in texts:
        if text.candidates:
            odds = np.clip(models["passage"].log_odds(text.features), -30, 30)
            text.scores, text.fits = 1 / (1 + np.exp(-odds)), models["fits"].log_odds(text.features)


def cross_validate(texts: Sequence[Text], keys: Sequence[object]) -> None:
    """Judge each group of texts by models fitted on the others; `keys` name each text's group.

    The passage models learn from candidates whose sentences were leant by models that had not seen them, parted by
    event; so do the judged texts.
    """
    for part in range(PARTS):
        propose(sentence_models([t for t in texts if t.part != part]), [t for t in texts if t.part == part])
    for key in sorted(set(map(str, keys))):
        rest = [text for text, own in zip(texts, keys, strict=True) if str(own) != key]
        held = [text for text, own in zip(texts, keys, strict=True) if str(own) == key]
        judge(passage_models(rest), held)


def calibrate(texts: Sequence[Text]) -> float:
    """Move judged scores so that ALLOWED ordinary posts reach 0.5; says by how many log odds."""
    level = ordinary_level(texts)
    moved = float(np.log((1 - level) / level))
    for text in texts:
        odds = np.log(text.scores / (1 - text.scores)) + moved if len(text.scores) else text.scores
        text.scores = 1 / (1 + np.exp(-odds)) if len(text.scores) else text.scores
    return moved


def main() -> None:
    """Fit, measure, and write when asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--languages", action="store_true", help="hold out one language at a time as well")
    parser.add_argument("--write", action="store_true", help="fit on everything and write the table")
    wanted = parser.parse_args()
    texts = load(wanted.shared)
    if wanted.languages:
        cross_validate(texts, [text.language for text in texts])
        calibrate(texts)
        print("passage weights fitted on the other languages:", *report(texts), sep="\n  ")
    cross_validate(texts, [text.part for text in texts])
    moved = calibrate(texts)
    print("weights fitted on other events:", *report(texts), sep="\n  ")
    if wanted.write:
        passages = passage_models(texts)  # on candidates that the sentence models had not seen
        passages["passage"].bias += moved
        write(sentence_models(texts) | passages)


if __name__ == "__main__":
    main()
