"""Why a passage counts as a story, or which kind of look-alike it is, in the words of editors. Pure.

A reason names a concept that speaks for a story and up to three words or phrases of the passage that stand for it;
at most five are given, those first to which the passage model gives most. Words that say nothing by themselves
are not shown (`quiet.toml`).
"""

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from stories.vocabulary import Vocabulary
from stories.weights import names, weights

MOST_WORDS = 3  # examples of a reason
QUIET = Path(__file__).parent / "quiet.toml"  # words that count, but say nothing to an editor
MOST = 5  # reasons of a story
COUNTED = 4  # times that a word adds to a reason's strength
REASONS = {
    "staff": "somebody who serves",
    "customer": "a customer is there",
    "service": "at a service counter or desk",
    "work": "told by somebody who serves",
    "trouble": "something goes wrong",
    "kin": "somebody in need of care",
    "help": "help is given",
    "find": "somebody looks for it",
    "care": "time and comfort",
    "give": "something is given",
    "free": "without charge",
    "beyond": "goes beyond the rule",
    "rule": "a rule stands against it",
    "hours": "outside hours",
    "note": "a personal note",
    "surprise": "a surprise",
    "thanks": "gratitude",
    "warm": "kind words",
    "loyal": "remembered for long",
    "replace": "a replacement",
    "repair": "something is mended",
    "lost": "something is lost",
    "broken": "something is broken",
    "ill": "illness or grief",
    "child": "a child",
    "frail": "somebody frail",
    "feast": "a great day",
    "late": "late or stranded",
    "own": "by their own means",
    "effort": "takes pains",
    "allow": "bends a rule",
    "nevermind": "reassures",
    "comfort": "comforts",
    "gift": "a gift",
    "tears": "deeply moved",
    "relief": "all ends well",
    "knows": "remembers the customer",
    "insist": "takes no thanks or money",
    "unasked": "without being asked",
    "crew": "told by somebody who serves",
    "taken": "stays or comes for it",
    "door": "comes to meet the customer",
    "return": "gives it back",
    "honest": "honest against the own gain",
}


def reasons(words: Sequence[str], vocabulary: Vocabulary, folder: Path) -> tuple[str, ...]:
    """What speaks for a story, the strongest first: kinds of REASONS with the words that stand for them."""
    found: dict[str, list[tuple[int, int]]] = {}
    for position, size, name in vocabulary.named(list(words)):
        if name in REASONS and not _quiet(vocabulary.language, words[position : position + size]):
            found.setdefault(name, []).append((position, size))
    order = sorted(found, key=lambda name: -_strength(name, len(found[name]), folder))
    return tuple(f"{REASONS[name]}: {', '.join(_examples(words, found[name]))}" for name in order[:MOST])


def _examples(words: Sequence[str], places: Sequence[tuple[int, int]]) -> list[str]:
    """Up to MOST_WORDS examples, phrases before single words, none that is part of another."""
    longest = sorted(dict.fromkeys(" ".join(words[at : at + size]) for at, size in places), key=lambda e: -e.count(" "))
    chosen: list[str] = []
    for example in longest:
        if not any(f" {example} " in f" {other} " for other in chosen):
            chosen.append(example)
    return chosen[:MOST_WORDS]


def _strength(name: str, times: int, folder: Path) -> float:
    """What the passage model adds for a concept that stands there so many times."""
    known = _weights(folder)
    return known[name, "any"] + known[name, "count"] * min(times, COUNTED) / COUNTED


@cache
def _weights(folder: Path) -> dict[tuple[str, str], float]:
    known = zip(names("passage"), weights(folder).questions["passage"].weights.tolist(), strict=True)
    return {(row, column.removeprefix("passage ")): weight for (row, column), weight in known}


def _quiet(language: str, words: Sequence[str]) -> bool:
    return bool(_quiet_pattern(language).fullmatch(" ".join(words)))


@cache
def _quiet_pattern(language: str) -> re.Pattern[str]:
    entries = tomllib.loads(QUIET.read_text("utf-8"))[language].split()
    return re.compile("|".join(re.escape(entry).replace("_", " ").replace(r"\*", r"\w*") for entry in entries))
