"""Fit the weights of `stories/retelling.py` on labelled tellings, and say how well they do on events held out.

usage: python -m bench.fit_retelling SHARED

SHARED is a folder with `gold/stories.jsonl` (tellings of one event have one `event`) and `eval/` (rulers). All pairs of
tellings are compared by the signs of `retelling.signs`, once with the facts that are read from the text and once
without any, and a logistic regression tells pairs of one event from the rest; an event's pairs weigh less the more
tellings it has. The weights printed are those to round and write into WEIGHTS and BIAS.

Held out: the events are parted in five, four times over, and pairs with an event of one part are scored by weights
fitted without it. Then the tellings are placed one by one, in two random orders, as `storage/clusters.py` places them:
with the cluster whose two best matches have the highest mean, if that reaches the threshold. Printed for each of them:
precision and recall over pairs, recall across languages, and the worst precision of the eight runs.
"""

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.fitting import logistic
from bench.shared import Record
from bench.texts import PARTS
from reading.document import Document
from stories.detect import whole
from stories.retelling import Telling, signs, telling
from stories.story import Story

ROUNDS, ORDERS = 4, 2
THRESHOLDS = (0.7, 0.9, 1.1, 1.5)  # log-odds
PENALTY = 40.0  # on the squared weights of standardised signs, two of which go together: 1 and 10 let those run apart
BEST = 2  # matches in a cluster that count
FAR = -99.0  # log-odds of a telling with itself, which is never asked for
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """All pairs of labelled tellings: their places, whether they tell one event, how much each weighs."""

    events: list[str]
    languages: list[str]
    places: NDArray[np.int_]
    same: Numbers
    weight: Numbers


def compared(tellings: Sequence[Telling], pairs: Pairs) -> Numbers:
    """The signs of each pair, a row each."""
    return np.array([list(signs(tellings[i], tellings[j]).values()) for i, j in pairs.places])


def told(record: Record, text: str, facts: bool) -> Telling:
    """A labelled passage as it is compared, with the facts that are read from it or without any."""
    story = whole(Document(url="", text=text, language=record["lang"]))
    bare = Story(place=None, start=0, end=len(text), text=text, score=1.0, title="", language=record["lang"])
    return telling(story if facts else bare)


def pair(events: list[str], languages: list[str]) -> Pairs:
    """All pairs, those of often told events lighter, so that one event does not decide."""
    size = Counter(events)
    places = np.array(list(combinations(range(len(events)), 2)))
    weight = [min(3.0, (3 / (size[events[i]] * size[events[j]]) ** 0.5) ** 0.5) for i, j in places]
    same = np.array([events[i] == events[j] for i, j in places], dtype=float)
    return Pairs(events=events, languages=languages, places=places, same=same, weight=np.array(weight))


def held_out(pairs: Pairs, kinds: Sequence[Numbers], round_: int) -> list[Numbers]:
    """For each kind of comparison the log-odds of each pair, by weights fitted without its events."""
    rng = random.Random(round_)
    part = {event: rng.randrange(PARTS) for event in sorted(set(pairs.events))}
    of = np.array([part[event] for event in pairs.events])[pairs.places]
    found = [np.zeros(len(pairs.same)) for _ in kinds]
    for number in range(PARTS):
        out = (of == number).any(axis=1)
        model = fit(pairs, kinds, ~out)
        for scores, features in zip(found, kinds, strict=True):
            scores[out] = features[out] @ model[:-1] + model[-1]
    return found


def fit(pairs: Pairs, kinds: Sequence[Numbers], among: NDArray[np.bool_]) -> Numbers:
    """The weights of the signs, and last the bias."""
    features = np.vstack([kind[among] for kind in kinds])
    again = len(kinds)
    model, _ = logistic(features, None, np.tile(pairs.same[among], again), np.tile(pairs.weight[among], again), PENALTY)
    return np.append(model.weights, model.bias)


def placed(pairs: Pairs, scores: Numbers, threshold: float, seed: int) -> tuple[float, float, float]:
    """Precision, recall, and recall across languages, after placing the tellings one by one in a random order."""
    matrix = np.full((len(pairs.events),) * 2, FAR)
    matrix[pairs.places[:, 0], pairs.places[:, 1]] = matrix[pairs.places[:, 1], pairs.places[:, 0]] = scores
    order = list(range(len(pairs.events)))
    random.Random(seed).shuffle(order)
    clusters: list[list[int]] = []
    for new in order:
        means = [float(np.sort(matrix[new, known])[-BEST:].mean()) for known in clusters]
        if means and max(means) >= threshold:
            clusters[int(np.argmax(means))].append(new)
        else:
            clusters.append([new])
    of = {place: number for number, cluster in enumerate(clusters) for place in cluster}
    joined = np.array([of[i] == of[j] for i, j in pairs.places])
    across = np.array([pairs.languages[i] != pairs.languages[j] for i, j in pairs.places])
    right = joined & (pairs.same == 1)
    return right.sum() / max(1, joined.sum()), right.sum() / pairs.same.sum(), _share(right, across, pairs.same)


def _share(right: NDArray[np.bool_], across: NDArray[np.bool_], same: Numbers) -> float:
    return float((right & across).sum() / max(1, (across & (same == 1)).sum()))


def main() -> None:
    """Print the weights, and how they do on events held out."""
    parser = argparse.ArgumentParser(prog="python -m bench.fit_retelling", description=__doc__.splitlines()[0])
    parser.add_argument("shared", type=Path)
    shared = parser.parse_args().shared
    sys.path.insert(0, str(shared / "eval"))
    from score_stories import spans_of  # type: ignore[import-not-found] # noqa: PLC0415 -- found at run time

    with (shared / "gold" / "stories.jsonl").open(encoding="utf-8") as lines:
        records: list[Record] = [json.loads(line) for line in lines if line.strip()]
    labelled = [(r, r["text"][a:b], s) for r in records for a, b, s in spans_of(r)]
    pairs = pair([s["event"] for _, _, s in labelled], [r["lang"] for r, _, _ in labelled])
    tellings = {facts: [told(r, text, facts) for r, text, _ in labelled] for facts in (True, False)}
    kinds = [compared(tellings[facts], pairs) for facts in (True, False)]
    names = [*signs(tellings[True][0], tellings[True][1]), "BIAS"]
    for name, weight in zip(names, fit(pairs, kinds, np.ones(len(pairs.same), dtype=bool)), strict=True):
        print(f"{name:16} {weight:6.2f}")
    print("\nheld out        threshold  precision  recall  across  worst precision")
    rounds = [held_out(pairs, kinds, number) for number in range(ROUNDS)]
    for kind, label in enumerate(("facts read", "text alone")):
        for threshold in THRESHOLDS:
            runs = [placed(pairs, scores[kind], threshold, seed) for scores in rounds for seed in range(ORDERS)]
            p, r, x = np.mean(runs, axis=0)
            print(f"{label:15} {threshold:9.1f} {p:10.3f} {r:7.3f} {x:7.3f} {min(run[0] for run in runs):16.3f}")


if __name__ == "__main__":
    main()
