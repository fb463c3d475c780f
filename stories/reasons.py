"""Why a passage counts as a story, or which kind of look-alike it is, in the words of editors. Pure.

A reason names a concept that speaks for a story and up to three words or phrases of the passage that stand for it;
at most five are given, those first to which the passage model gives most. Words that say nothing by themselves
are not shown (`quiet.toml`). What kind of
look-alike a rejected passage is, is told by the share of sentences, in it and in the 8 before and after it, with

  complaint        words of complaint, three times
  call             words that ask readers for their stories, four times
  campaign         words for everybody and for campaigns, three times
  promo            words of a company about itself, twice
  advice           words of advice and of business, once
  other-kindness   strangers, friends and neighbours, twice, less the words for those who serve customers
  praise-only      kind words and thanks, one and a half times, less those for asking, bringing, helping and giving

The largest is the answer if it is at least 0.3; under that the passage is unrelated.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from stories.story import WhyNot
from stories.vocabulary import Vocabulary
from stories.weights import models, names

MOST_WORDS = 3  # examples of a reason
CLEAR = 0.3  # from which a kind of look-alike is clear enough to be named
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
}


def reasons(words: Sequence[str], vocabulary: Vocabulary) -> tuple[str, ...]:
    """What speaks for a story, the strongest first: kinds of REASONS with the words that stand for them."""
    found: dict[str, list[tuple[int, int]]] = {}
    for position, size, name in vocabulary.named(list(words)):
        if name in REASONS and not _quiet(vocabulary.language, words[position : position + size]):
            found.setdefault(name, []).append((position, size))
    order = sorted(found, key=lambda name: -_strength(name, len(found[name])))
    return tuple(f"{REASONS[name]}: {', '.join(_examples(words, found[name]))}" for name in order[:MOST])


def _examples(words: Sequence[str], places: Sequence[tuple[int, int]]) -> list[str]:
    """Up to MOST_WORDS examples, phrases before single words, none that is part of another."""
    longest = sorted(dict.fromkeys(" ".join(words[at : at + size]) for at, size in places), key=lambda e: -e.count(" "))
    chosen: list[str] = []
    for example in longest:
        if not any(f" {example} " in f" {other} " for other in chosen):
            chosen.append(example)
    return chosen[:MOST_WORDS]


def _strength(name: str, times: int) -> float:
    """What the passage model adds for a concept that stands there so many times."""
    weights = _weights()
    return weights[name, "any"] + weights[name, "count"] * min(times, COUNTED) / COUNTED


@cache
def _weights() -> dict[tuple[str, str], float]:
    known = zip(names("passage"), models()["passage"].weights.tolist(), strict=True)
    return {(row, column.removeprefix("passage ")): weight for (row, column), weight in known}


def _quiet(language: str, words: Sequence[str]) -> bool:
    return bool(_quiet_pattern(language).fullmatch(" ".join(words)))


@cache
def _quiet_pattern(language: str) -> re.Pattern[str]:
    entries = tomllib.loads(QUIET.read_text("utf-8"))[language].split()
    return re.compile("|".join(re.escape(entry).replace("_", " ").replace(r"\*", r"\w*") for entry in entries))


def why_not(share: Mapping[str, float]) -> WhyNot:
    """The likely kind of look-alike; `share` is each signal's share of the sentences in and around the passage."""
    served = share["staff"] + share["customer"] + share["service"]
    told = share["ask"] + share["bring"] + share["help"] + share["give"]
    speaks = {
        WhyNot.COMPLAINT: 3 * share["complaint"],
        WhyNot.CALL: 4 * share["call"],
        WhyNot.CAMPAIGN: 3 * share["mass"],
        WhyNot.PROMO: 2 * share["promo"],
        WhyNot.ADVICE: share["advice"] + share["business"],
        WhyNot.OTHER_KINDNESS: 2 * share["stranger"] - served,
        WhyNot.PRAISE_ONLY: 1.5 * (share["warm"] + share["thanks"]) - told,
    }
    best = max(speaks, key=lambda kind: speaks[kind])
    return best if speaks[best] >= CLEAR else WhyNot.UNRELATED
