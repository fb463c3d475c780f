"""Count how rare things are, and fit the weights by which tellings are compared; measure on events held out.

usage: python -m bench.train_likeness [SHARED] [--measure]

Learned from are the pairs of the project's own labelled tellings (`stories/pairs.py`) and, where a folder SHARED has
`gold/stories.jsonl`, those of its tellings. Written are `learned/rarity.csv`, `learned/likeness.csv` and
`learned/likeness.md`, which holds the figures; with `--measure` the figures are printed and nothing is written.

Held out: all events are parted in five, ROUNDS times over; a pair with an event of one part is judged by weights that
were fitted without any pair of that part's events. Then the tellings are put together and suggested as the database
does it. SURE and PERHAPS were chosen by the table that this prints.
"""

import argparse
import csv
import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import astuple, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.shared import load
from stories import rarity
from stories.fit import Fitted, fit
from stories.grouping import UNLIKE
from stories.labelled import TRAINING, read
from stories.levels import Quality, measure
from stories.likeness import BIAS, PERHAPS, SURE, TABLE, signs
from stories.mentions import names
from stories.motifs import motifs
from stories.pairs import Known, Pairs, known, own, pair_up
from stories.telling import all_stems

ROUNDS, PARTS = 3, 5
SURE_ODDS, PERHAPS_ODDS = -1.0, -0.4
TRIED = (-1.4, -1.2, -1.0, -0.8, -0.6, 0.0, 0.6)
FEWEST = 2  # texts that hold something that has a row
DECIMALS = 3
CARD = TABLE.with_suffix(".md")
Numbers = NDArray[np.float64]


def main() -> None:
    """Fit and measure, as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m bench.train_likeness", description=__doc__.splitlines()[0])
    parser.add_argument("shared", type=Path, nargs="?")
    parser.add_argument("--measure", action="store_true", help="write nothing")
    asked = parser.parse_args()
    if not asked.measure:
        write_rarity(rarity.TABLE)
        rarity.forget()
    tellings = {"own": own()}
    if asked.shared:
        texts, _ = load(asked.shared)
        tellings["shared"] = [each for text in texts["stories"] for each in known(text, "shared")]
    pairs = {name: pair_up(some) for name, some in tellings.items()}
    card = "\n".join(report(pairs))
    print(card)
    if not asked.measure:
        write_weights(TABLE, fitted(list(pairs.values()), [np.ones(len(some.same), bool) for some in pairs.values()]))
        CARD.write_text(f"# How well tellings are compared\n\n{card}\n", encoding="utf-8")


def write_rarity(table: Path) -> None:
    """Count in how many of the training texts each motif, name and word is."""
    texts, counts = Counter[str](), Counter[tuple[str, str, str]]()
    for text in read(TRAINING):
        texts.update((rarity.ALL, text.language))
        counts.update(("motif", rarity.ALL, motif) for motif in motifs(text.text, text.language))
        counts.update(("name", rarity.ALL, name) for name in names(text.text, text.language).certain)
        counts.update(("stem", text.language, stem) for stem in all_stems(text.text))
    rows = [(*what, count) for what, count in counts.items() if count >= FEWEST]
    rows += [(rarity.TEXTS, language, rarity.TEXTS, count) for language, count in texts.items()]
    _write(table, rarity.COLUMNS, sorted(rows))


def write_weights(table: Path, model: Fitted) -> None:
    """Write the weight of each sign, the bias and the thresholds."""
    empty = next(iter(own())).telling
    rows = [*zip(signs(empty, empty), model.weights, strict=True), (BIAS, model.bias)]
    rows += [(SURE, SURE_ODDS), (PERHAPS, PERHAPS_ODDS)]
    _write(table, ("sign", "weight"), [(name, f"{weight:.{DECIMALS}f}") for name, weight in rows])


def report(pairs: dict[str, Pairs]) -> Iterator[str]:
    """Lines of a table: how well the tellings of each kind are put together by weights fitted without their events."""
    rounds = [held_out(pairs, number) for number in range(ROUNDS)]
    names = [field.name.replace("_", " ") for field in fields(Quality)]
    for name, some in pairs.items():
        events = Counter(each.event for each in some.known)
        yield (
            f"{name}: {len(some.known)} tellings of {len(events)} events, {int(some.same.sum())} pairs of one event; "
            f"events held out, mean of {ROUNDS} rounds"
        )
        yield ""
        yield "| sure | " + " | ".join(names) + " |"
        yield "|---" * (len(names) + 1) + "|"
        for sure in TRIED:
            found = np.array([astuple(measure(some, odds[name], sure, PERHAPS_ODDS)) for odds in rounds])
            yield f"| {sure:.1f} | " + " | ".join(f"{each:.3f}" for each in found.mean(axis=0)) + " |"
        yield ""


def held_out(pairs: dict[str, Pairs], number: int) -> dict[str, Numbers]:
    """The log odds of all pairs, each by weights fitted without its events."""
    parts = {name: _parts(some, number) for name, some in pairs.items()}
    odds = {name: np.zeros(len(some.same)) for name, some in pairs.items()}
    for part in range(PARTS):
        out = {name: (its == part).any(axis=1) for name, its in parts.items()}
        model = fitted(list(pairs.values()), [~out[name] for name in pairs])
        easier = _share(pairs, {name: ~its for name, its in out.items()}) - _share(pairs)
        for name, some in pairs.items():
            odds[name][out[name]] = model.odds(some.signs[out[name]]) - easier
    return {name: np.where(some.compared, odds[name], UNLIKE) for name, some in pairs.items()}


def _share(pairs: dict[str, Pairs], used: dict[str, NDArray[np.bool_]] | None = None) -> float:
    """The log odds that one of the pairs tells one event. Fewer others than those are left where a part is held out."""
    same = np.concatenate([some.same[used[name]] if used else some.same for name, some in pairs.items()])
    weight = np.concatenate([some.weight[used[name]] if used else some.weight for name, some in pairs.items()])
    return float(np.log(weight @ same) - np.log(weight @ (1 - same)))


def fitted(pairs: Sequence[Pairs], used: Sequence[NDArray[np.bool_]]) -> Fitted:
    """The weights by those pairs of each that are used."""
    both = list(zip(pairs, used, strict=True))
    return fit(
        np.vstack([some.signs[its] for some, its in both]),
        np.concatenate([some.same[its] for some, its in both]),
        np.concatenate([some.weight[its] for some, its in both]),
    )


def _parts(pairs: Pairs, number: int) -> NDArray[np.int_]:
    """The parts of the events of each pair."""
    part = np.array([_part(each, number) for each in pairs.known])
    of_both: NDArray[np.int_] = part[pairs.places]
    return of_both


def _part(known: Known, number: int) -> int:
    return int.from_bytes(hashlib.sha256(f"{number} {known.event}".encode()).digest()[:4]) % PARTS


def _write(table: Path, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)


if __name__ == "__main__":
    main()
