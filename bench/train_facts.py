"""Fit what tells the facts of a story, and say how well it does on texts that it was not fitted on.

usage: python -m bench.train_facts [SHARED] [--points]

Sector, channel, teller and the reason against a rejected text are learned from the labelled stories and the texts with
a `why_not`, the project's own and those of SHARED alike: one word against all others, on the marks of
`stories/sorting.py` that its choice sees. An answer that says nothing (a channel *mixed* or *unknown*) is not learned;
*other* is learned as a sector, and left out of the figures as the rulers do. For the channel a rare word counts more:
each text by the root of how much rarer its word is than the middle one, as else nearly everything is *in person*.

`--points` prints POINTS for `stories/companies.py`: the weights of a choice between all names of a text and none, in
which the labelled name shall win. They are put there by hand.
"""

import argparse
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from bench import shared as shared_folder
from bench.fitting import Numbers, logistic
from bench.texts import PARTS, part
from stories import labelled
from stories.companies import companies, evidence
from stories.labelled import TRAINING, Labelled, Told
from stories.material import groups
from stories.sorting import CHOICES, MARKS, SEEN, Sorter, marks
from stories.vocabulary import vocabulary

PENALTY: Mapping[str, float] = {"sector": 25.0, "channel": 15.0, "teller": 40.0, "why_not": 40.0}
EVENED = ("channel",)  # choices for which rare words count more
POINTS_PENALTY = 2.0
NO_ANSWERS = ("other", "unknown", "mixed")  # that the rulers leave out


@dataclass(frozen=True, slots=True)
class Row:
    """A labelled passage: where from, in which language, of which group, its marks, and the right word."""

    source: str
    language: str
    group: str
    seen: Numbers
    right: str


def rows(source: str, texts: Sequence[Labelled]) -> dict[str, list[Row]]:
    """For each choice what may be learned from."""
    found: dict[str, list[Row]] = {choice: [] for choice in CHOICES}
    group = groups(texts)
    for text in texts:
        words = vocabulary(text.language)
        for told in _firm(text):
            seen = marks(text.text, (told.start, told.end), None, words)
            for choice, right in (("sector", told.sector), ("channel", told.channel), ("teller", told.teller)):
                found[choice].append(Row(source, text.language, group[text.id], seen, right))
        if text.why_not:
            seen = marks(text.text, (0, len(text.text)), None, words)
            found["why_not"].append(Row(source, text.language, group[text.id], seen, text.why_not))
    return found


def sorter(choice: str, material: Sequence[Row]) -> Sorter:
    """One word against all others, for each word of a choice."""
    words = CHOICES[choice]
    learned = [row for row in material if row.right in words]
    columns = [MARKS.index(mark) for mark in SEEN[choice]]
    seen, times = np.vstack([row.seen for row in learned])[:, columns], Counter(row.right for row in learned)
    middle = len(learned) / len(words)
    counts = np.array([(middle / times[row.right]) ** 0.5 if choice in EVENED else 1.0 for row in learned])
    weights, biases = np.zeros((len(words), len(MARKS))), np.zeros(len(words))
    for place, word in enumerate(words):
        yes = np.array([float(row.right == word) for row in learned])
        model, _ = logistic(seen, None, yes, counts, PENALTY[choice])
        weights[place, columns], biases[place] = model.weights, model.bias
    return Sorter(words, weights, biases)


def fit_sorters(own: list[Labelled], shared: list[Labelled]) -> dict[str, Sorter]:
    """The sorter of each choice, fitted on all texts that are given."""
    of_own, of_shared = rows("own", own), rows("shared", shared)
    return {choice: sorter(choice, of_own[choice] + of_shared[choice]) for choice in CHOICES}


def report_facts(own: list[Labelled], shared: list[Labelled]) -> Iterator[str]:
    """For each choice, and companies, the share of right answers of sorters that were fitted on other parts."""
    of_own, of_shared = rows("own", own), rows("shared", shared)
    for choice in CHOICES:
        yield f"{choice:8} {_shares(_answered(choice, of_own[choice] + of_shared[choice]))}"
    named, invented = [], []
    for source, texts in (("own", own), ("shared", shared)):
        for text in texts:
            for told in _firm(text):
                found = companies(text.text, (told.start, told.end), None, vocabulary(text.language))
                if told.companies:
                    named.append((source, text.language, any(_same(a, b) for a in told.companies for b in found)))
                else:
                    invented.append((source, text.language, bool(found)))
    yield f"company  {_shares(named)}  (POINTS were fitted on these texts)"
    yield f"company where none is labelled  {_shares(invented)}"


def _answered(choice: str, material: Sequence[Row]) -> list[tuple[str, str, bool]]:
    """(source, language, whether right) of each row that has an answer."""
    own = [part(row.group) for row in material]
    found = []
    for number in range(PARTS):
        fitted = sorter(choice, [row for row, place in zip(material, own, strict=True) if place != number])
        for row in (row for row, place in zip(material, own, strict=True) if place == number):
            if row.right not in NO_ANSWERS:
                found.append((row.source, row.language, fitted.best(row.seen) == row.right))
    return found


def _shares(answers: Sequence[tuple[str, str, bool]]) -> str:
    told = defaultdict(list)
    for source, language, right in answers:
        told[source].append(right)
        told[language].append(right)
    names = [name for name in ("own", "shared") if name in told] + sorted(set(told) - {"own", "shared"})
    return "  ".join(f"{name} {np.mean(told[name]):.2f} of {len(told[name])}" for name in names)


def _firm(text: Labelled) -> list[Told]:
    return [told for told in text.stories if not told.borderline]


def _folded(name: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if c.isalnum())


def _same(one: str, other: str) -> bool:
    """Is one name the other, or part of it?"""
    one, other = _folded(one), _folded(other)
    return bool(one and other) and (one in other or other in one)


def points(texts: Sequence[Labelled]) -> dict[str, float]:
    """What each mark of a name is worth, rounded: the likeliest choice between a text's names and none."""
    told = [(text, story) for text in texts for story in _firm(text)]
    stories = [(s.companies, evidence(t.text, (s.start, s.end), None, vocabulary(t.language))) for t, s in told]
    known = sorted({mark for _, names in stories for found in names.values() for mark in found})
    choices = []  # (a row of marks for each name, whether it is the labelled one)
    for right, names in stories:
        exact = [any(_folded(name).rstrip("s") == _folded(one).rstrip("s") for one in right) for name in names]
        if names and (any(exact) or not right):
            seen = np.array([[float(mark in found) for mark in known] for found in names.values()])
            choices.append((seen, np.array(exact)))

    def loss(beta: Numbers) -> tuple[float, Numbers]:
        cost, slope = POINTS_PENALTY / 2 * (beta @ beta), POINTS_PENALTY * beta
        for seen, exact in choices:
            each = np.exp(seen @ beta)
            all_, wanted = each.sum() + 1, each[exact].sum() if exact.any() else 1.0
            cost += np.log(all_) - np.log(wanted)
            slope = slope + each @ seen / all_ - (each[exact] @ seen[exact] / wanted if exact.any() else 0.0)
        return float(cost), slope

    beta = minimize(loss, np.zeros(len(known)), jac=True, method="L-BFGS-B", options={"maxiter": 200}).x
    worth = dict(zip(known, beta.round(1).tolist(), strict=True))
    return dict(sorted(worth.items(), key=lambda item: -item[1]))


def main() -> None:
    """Print the figures, or the points."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path, nargs="?")
    parser.add_argument("--points", action="store_true", help="print POINTS for stories/companies.py instead")
    wanted = parser.parse_args()
    own = labelled.read(TRAINING)
    others = shared_folder.load(wanted.shared)[0]["stories"] if wanted.shared else []
    if wanted.points:
        print(*(f'    "{mark}": {worth},' for mark, worth in points(own + others).items()), sep="\n")
    else:
        print(*report_facts(own, others), sep="\n")


if __name__ == "__main__":
    main()
