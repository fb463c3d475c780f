"""Learning from editors' decisions: the weights of the passage question, refitted near the shipped ones. Pure.

What is learned is a change of the weights of features, which are scaled by their spread. Words speak as ever,
but learn nothing. Approvals and rejections weigh alike in sum, however many more there are of one. A penalty on the
squared change holds the weights where they are, so that few decisions move little; features that are known to speak
against a story stay so.

Editors decide on what was found alone, so that their decisions say which of two finds is the better one, but not how
much is missed: a bias learned from them finds less and less. So the bias is set after each change so that as many of
the gold texts are found as before, whichever those are. Of models learned from 40, 80, 160 and 320 simulated decisions
all judged the gold texts better with that, and none without. Learning the bias alone is tried nevertheless.

How strong the penalty is (RUNGS), or whether anything changes at all, is tried in five parts: texts with a common
cluster are of one part, and each part is judged by what was learned from the other four. The rung with the smallest
loss there is taken, if it is better than no change and judges the gold texts, whose labels nothing is learned from, no
worse; else the next such one, if there is one.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from stories.examples import TINY, Example, Figures, balanced, joined, measure
from stories.judging import STEEPEST
from stories.views import ALONE, Features, Vector
from stories.weights import DECIMALS, Linear, Weights, names

PARTS = 5
NOTHING, BIAS_ALONE = "no change", "the bias alone"
RUNGS = {f"penalty {strength:g}": strength for strength in (300.0, 100.0, 30.0, 10.0, 3.0)}  # after those two
BIAS_PENALTY = 5.0  # as much as some 20 decisions say
RAREST = 0.15  # spread; a feature that varies less is not magnified, so that rare signals keep their weights
AGAINST = frozenset(
    ("complaint", "advice", "business", "promo", "call", "mass", "stranger", "tech", "leisure", "page", *ALONE)
)  # rows of features that may never speak for a story
STEPS, CLOSE = 3_000, 5e-5  # at most so many, and the change of a scaled weight from which it is done
POWERS = 30  # of a matrix, after which its largest direction is plain enough


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """What was learned: the model, by which rung, and the figures (before, after) of the decided texts,
    cross-validated, and of the gold ones; `refused` says in a sentence why it is not to be used, or is None."""

    model: Weights
    rung: str
    decided: tuple[Figures, Figures]
    gold: tuple[Figures, Figures]
    refused: str | None


def learn(
    decided: Sequence[Example],
    gold: Sequence[Example],
    model: Weights,
    threshold: float,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> Learnt:
    """Refit a model's passage question from decided texts; `threshold` is the score (0 to 1) of a story.

    `tell` hears how many parts of the cross-validation are done, of how many.
    """
    shipped = model.questions["passage"]
    level = Level(gold, shipped, threshold)
    apart = _odds_apart(decided, shipped, level, tell)
    figures = {rung: measure(decided, odds, threshold) for rung, odds in apart.items()}
    now = measure(gold, [text.odds(shipped) for text in gold], threshold)
    order = sorted(figures.keys() - {NOTHING}, key=lambda rung: figures[rung].loss)
    better = [rung for rung in order if figures[rung].better(figures[NOTHING])]
    fitted, tried = dict(ladder(decided, shipped, level)), []
    for rung in better or order[:1]:
        passage = Linear(np.round(fitted[rung].weights, DECIMALS), round(fitted[rung].bias, DECIMALS))
        after = measure(gold, [text.odds(passage) for text in gold], threshold)
        tried.append(
            Learnt(
                model=replace(model, questions={**model.questions, "passage": passage}),
                rung=rung,
                decided=(figures[NOTHING], figures[rung]),
                gold=(now, after),
                refused=_refusal(bool(better), now, after),
            )
        )
    return next((learnt for learnt in tried if not learnt.refused), tried[0])


class Level:
    """How many of some texts are found at a threshold (0 to 1), whatever they tell, and weights that find as many."""

    def __init__(self, texts: Sequence[Example], shipped: Linear, threshold: float) -> None:
        self.texts = [text for text in texts if len(text.said)]
        self.odds = float(np.log(threshold + TINY) - np.log(1 - threshold + TINY))
        self.best = self._best(shipped)
        self.count = int((self.best >= self.odds).sum())

    def keep(self, passage: Linear) -> Linear:
        """The same weights with the bias that lets as many texts be found."""
        best, moved = self._best(passage), 0.0
        if 0 < self.count < len(best):
            moved = self.odds - float(best[self.count - 1 : self.count + 1].mean())
        elif len(best):  # all or none are found: the one that is nearest to being not, or to being found, stays there
            moved = float(self.best[self.count - 1] - best[self.count - 1]) if self.count else self.best[0] - best[0]
        return Linear(passage.weights, passage.bias + moved)

    def _best(self, passage: Linear) -> Vector:
        """The log odds of each text's best candidate, the largest first."""
        return -np.sort([-float(text.odds(passage).max()) for text in self.texts])


def ladder(texts: Sequence[Example], shipped: Linear, level: Level) -> Iterator[tuple[str, Linear]]:
    """For each rung the weights learned from some texts, beginning with no change."""
    yield NOTHING, shipped
    having = [text for text in texts if text.counts.any()]
    if not having:
        yield from ((rung, shipped) for rung in (BIAS_ALONE, *RUNGS))
        return
    features, counts = np.vstack([text.material.features for text in having]), balanced(having)
    yes, odds = joined([text.yes for text in having]), joined([text.odds(shipped) for text in having])
    used = counts > 0
    mean, spread = features[used].mean(axis=0), np.maximum(features[used].std(axis=0), RAREST)
    scaled = np.column_stack([(features[used] - mean) / spread, np.ones(used.sum())])
    against = np.array([row in AGAINST for row, _ in names("passage")]) & (shipped.weights <= 0)
    taught = _Taught(scaled, odds[used], yes[used], counts[used])
    most = np.append(np.where(against, -shipped.weights * spread, np.inf), np.inf)
    changed = taught.bias_alone()
    for rung, strength in {BIAS_ALONE: None, **RUNGS}.items():
        if strength:
            changed = taught.descend(np.append(np.full(len(spread), strength), BIAS_PENALTY), most, changed)
        by = changed[:-1] / spread
        learned = Linear(shipped.weights + by, shipped.bias + float(changed[-1] - mean @ by))
        yield rung, level.keep(learned) if strength else learned


@dataclass(frozen=True, slots=True)
class _Taught:
    """What is learned from: for each candidate a row of scaled features and a 1 for the bias, its log odds before any
    change, whether it is one to find, and what that counts."""

    rows: Features
    odds: Vector
    yes: Vector
    counts: Vector

    def bias_alone(self) -> Vector:
        """The change where only the bias may."""
        own = replace(self, rows=self.rows[:, -1:])
        bias = own.descend(np.array([BIAS_PENALTY]), np.array([np.inf]), np.zeros(1))
        return np.append(np.zeros(self.rows.shape[1] - 1), bias)

    def descend(self, pull: Vector, most: Vector, start: Vector) -> Vector:
        """The change with the least loss and penalty, none above `most`: accelerated gradient descent from `start`.

        `pull` is the penalty of each weight's squared change, halved.
        """
        steep = self._steepest() / 4 + float(pull.max())
        here = ahead = start
        pace = 1.0
        for _ in range(STEPS):
            odds = np.clip(self.odds + self.rows @ ahead, -STEEPEST, STEEPEST)
            slope = (self.counts * (1 / (1 + np.exp(-odds)) - self.yes)) @ self.rows + pull * ahead
            there = np.minimum(ahead - slope / steep, most)
            moved = there - here
            pace = 1.0 if slope @ moved > 0 else pace
            faster = (1 + np.sqrt(1 + 4 * pace**2)) / 2
            here, ahead, pace = there, there + (pace - 1) / faster * moved, faster
            if np.abs(moved).max() < CLOSE:
                break
        return here

    def _steepest(self) -> float:
        """A little more than the largest eigenvalue of the features' weighted products, which bounds the bend."""
        guess = np.ones(self.rows.shape[1])
        for _ in range(POWERS):
            guess = (self.counts * (self.rows @ (guess / np.linalg.norm(guess)))) @ self.rows
        return 1.1 * float(np.linalg.norm(guess))


def _odds_apart(
    texts: Sequence[Example], shipped: Linear, level: Level, tell: Callable[[int, int], None]
) -> dict[str, list[Vector]]:
    """For each rung the log odds of each text's candidates, judged by what was learned from the other parts."""
    own = _parts(texts)
    odds: dict[str, list[Vector]] = {}
    for part in range(PARTS):
        rest = [text for text, place in zip(texts, own, strict=True) if place != part]
        for rung, passage in ladder(rest, shipped, level):
            judged = odds.setdefault(rung, [np.zeros(0)] * len(texts))
            for number, text in enumerate(texts):
                if own[number] == part:
                    judged[number] = text.odds(passage)
        tell(part + 1, PARTS)
    return odds


def _parts(texts: Sequence[Example]) -> list[int]:
    """The part of each text: groups are dealt out in the order of a hash, those with an approval first."""
    having = {text.material.group for text in texts if text.material.spans}
    hashed = {text.material.group: hashlib.sha256(text.material.group.encode()).digest() for text in texts}
    order = sorted(hashed, key=lambda group: (group not in having, hashed[group]))
    part = {group: number % PARTS for number, group in enumerate(order)}
    return [part[text.material.group] for text in texts]


def _refusal(better: bool, before: Figures, after: Figures) -> str | None:
    if not better:
        return "what can be learned from these decisions judges others of them no better than the shipped weights do"
    if after.worse(before):
        return (
            "what was learned judges the gold texts worse than the shipped weights do"
            f" (page F1 {before.page_f1:.3f}, then {after.page_f1:.3f};"
            f" average precision {before.average_precision:.3f}, then {after.average_precision:.3f})"
        )
    return None
