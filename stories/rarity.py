"""How much it tells that two tellings share a motif, a word or a name: the rarer, the more. Pure, read once.

Rarity is the natural logarithm of how many texts there are for each that holds it: 2.3 for one of ten, 6.9 for one of a
thousand. It is counted in the labelled texts of `training/`, in which most texts tell no story and those that do tell
all kinds, by `make train`, and read from `learned/rarity.csv`. Motifs are counted over all languages together, names
too; words in each language by itself. One that is not in the table was in one text at most.
"""

import csv
import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TABLE = Path(__file__).parent / "learned" / "rarity.csv"
ALL = "all"  # in the column of languages: motifs, names
COLUMNS = ("kind", "language", "what", "texts")
TEXTS = "texts"  # the kind of the rows that say how many were counted


def motif(what: str) -> float:
    """The rarity of a motif."""
    table = _of("motif", ALL)
    return table.known.get(what, table.unknown)


def name(what: str) -> float:
    """The rarity of a folded name."""
    table = _of("name", ALL)
    return table.known.get(what, table.unknown)


def stem(language: str | None, what: str) -> float:
    """The rarity of a word's first letters in a language; 0 where the language is not known."""
    table = _of("stem", language or "")
    return table.known.get(what, table.unknown)


def counts() -> Mapping[tuple[str, str, str], int]:
    """In how many texts each thing is, by its kind, language and name."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return {(row["kind"], row["language"], row["what"]): int(row["texts"]) for row in csv.DictReader(lines)}


def forget() -> None:
    """Read the table anew when it is next asked for."""
    _all.cache_clear()
    _of.cache_clear()


@dataclass(frozen=True, slots=True)
class _Table:
    """The rarity of what is known, and that of anything else."""

    known: Mapping[str, float]
    unknown: float


@cache
def _of(kind: str, language: str) -> _Table:
    texts = _all().get((TEXTS, language), {}).get(TEXTS, 0)
    found = _all().get((kind, language), {})
    return _Table({what: math.log((texts + 1) / (count + 1)) for what, count in found.items()}, math.log(texts + 1))


@cache
def _all() -> Mapping[tuple[str, str], Mapping[str, int]]:
    tables: defaultdict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for (kind, language, what), count in counts().items():
        tables[kind, language][what] = count
    return tables
