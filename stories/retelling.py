"""Was this event told before? What a telling is compared by, where to look for others, and how two are related.

The wording decides first. The same words in the same order are a copy; at least NEAR of the runs of three words in
common is a near copy (two tellings of different events that follow one pattern share up to a fifth of their runs).

A retelling shares hardly a run. It is recognised by what it tells: motifs (what happens, the same in all languages),
names, numbers, the company. Each is evidence for one event; another company, or another channel, is evidence against.
The evidence is added up as log-odds, with weights fitted on labelled tellings of some 190 events and rounded; from
JOIN on it is a retelling. A telling is held against all known tellings of a cluster: half of what counts is the best
match among them, half their mean, so that one lucky likeness does not pull a stranger in.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean

from stories.fingerprint import bands, fingerprint, similarity, words
from stories.mentions import Names, name, names, numbers
from stories.motifs import motifs, weights
from stories.story import Channel, Relation, Sector, Story

NEAR = 0.3  # share of runs: unrelated texts of one pattern reach 0.2, a copy less one sentence in five 0.4
SAME = 0.9  # similarity from which the words themselves are compared, to tell a copy from a near copy
JOIN = 0.9  # log-odds from which two tellings tell one event
CERTAIN = 20.0  # log-odds of a copy, above any sum of evidence

MOTIF_PAIRS_OF = 9  # the weightiest motifs of a telling, whose pairs are keys: 36 rows a telling
MOST_NAMES = 24  # name keys of one telling; a text with more is a list of names


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What is compared of a story; all of it follows from the story alone."""

    text: str
    language: str | None
    companies: frozenset[str]
    sector: Sector
    channel: Channel
    fingerprint: bytes
    names: Names
    numbers: frozenset[float]
    motifs: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """How a telling relates to what is known: `score` 0 to 1, `because` what they share, in plain words."""

    relation: Relation
    score: float
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What speaks for two tellings being of one event: its sum in log-odds, and what they share."""

    odds: float
    because: tuple[str, ...]


def telling(story: Story) -> Telling:
    """What a story is compared by."""
    return Telling(
        text=story.text,
        language=story.language,
        companies=frozenset(filter(None, map(_company, story.companies))),
        sector=story.sector,
        channel=story.channel,
        fingerprint=fingerprint(story.text),
        names=names(story.text, story.language),
        numbers=numbers(story.text, story.language),
        motifs=motifs(story.text, story.language),
    )


def keys(telling: Telling) -> frozenset[int]:
    """Signed 64-bit keys; tellings of one event most likely share some, and the more the likelier."""
    heaviest = sorted(telling.motifs, key=lambda motif: (-weights()[motif], motif))[:MOTIF_PAIRS_OF]
    mentioned = sorted(telling.names.certain)[:MOST_NAMES] + sorted(telling.names.possible)[:MOST_NAMES]
    named = {f"name {word}" for word in mentioned} | {f"company {word}" for word in telling.companies}
    paired = {f"motifs {one} {other}" for one, other in combinations(sorted(heaviest), 2)}
    return frozenset({*bands(telling.fingerprint), *map(_key, named | paired)})


def relate(new: Telling, known: Telling) -> Match | None:
    """How a new telling relates to a known one; None where they seem to tell two events."""
    return relate_all(new, [known])


def relate_all(new: Telling, known: Sequence[Telling]) -> Match | None:
    """How a new telling relates to all (or many) known tellings of one event; None where it tells another."""
    wordings = [similarity(new.fingerprint, other.fingerprint) for other in known]
    closest = max(wordings, default=0.0)
    if closest >= NEAR:
        return _copy(new, known[wordings.index(closest)], closest)
    found = sorted((evidence(new, other) for other in known), key=lambda e: -e.odds)
    if not found or (odds := (found[0].odds + fmean(e.odds for e in found)) / 2) < JOIN:
        return None
    return Match(relation=Relation.RETELLING, score=_probability(odds), because=found[0].because)


def evidence(new: Telling, known: Telling) -> Evidence:
    """What speaks for and against two differently worded tellings being of one event."""
    motifs_shared = new.motifs & known.motifs
    company = new.companies & known.companies
    names_shared = _names_shared(new.names, known.names) - new.companies - known.companies
    numbers_shared = new.numbers & known.numbers
    likeness = _likeness(new.motifs, known.motifs)
    odds = BIAS + LIKENESS * likeness + MOTIFS * _weight(motifs_shared)
    odds += NAME * min(len(names_shared), 2) + NUMBER * min(sum(map(_telling, numbers_shared)), 2)
    odds += COMPANY * bool(company) + OTHER_COMPANY * bool(new.companies and known.companies and not company)
    because = (
        *_said("the company", company),
        *_said("names", names_shared),
        *_said("numbers", {f"{number:g}" for number in numbers_shared}),
        *_said("what happens", sorted(motifs_shared, key=lambda m: (-weights()[m], m))[:6]),
    )
    return Evidence(odds=odds, because=because)


BIAS = -8.2
LIKENESS = 15.0
MOTIFS = 0.08
NAME = 2.5
NUMBER = 1.7
COMPANY = 2.2
OTHER_COMPANY = -2.9


def _copy(new: Telling, known: Telling, wording: float) -> Match:
    if wording >= SAME and words(new.text) == words(known.text):
        return Match(relation=Relation.COPY, score=1.0, because=("every word",))
    shared = f"the wording: {wording:.0%} of the runs of three words"
    return Match(relation=Relation.NEAR_COPY, score=_probability(CERTAIN * wording), because=(shared,))


def _names_shared(new: Names, known: Names) -> frozenset[str]:
    """Names in both tellings that are certain in one of them."""
    return (new.certain & (known.certain | known.possible)) | (new.possible & known.certain)


def _likeness(new: frozenset[str], known: frozenset[str]) -> float:
    """Cosine of two sets of motifs by weight; a few everyday motifs are no likeness, hence the damping."""
    damping = 3.0
    return _weight(new & known) / math.sqrt((_weight(new) + damping) * (_weight(known) + damping))


def _weight(shared: frozenset[str]) -> float:
    return sum(weights()[motif] for motif in shared)


def _telling(number: float) -> float:
    """How much a shared number tells: little for small and round ones, something for a year, much for 267."""
    if number <= 3 or number == 2000:  # noqa: PLR2004  # the doc string says what they are
        return 0.3
    if number <= 12 or number in {15, 20, 24, 30, 40, 50, 60, 100, 1000}:  # noqa: PLR2004
        return 0.6
    return 1.0 if 1990 <= number <= 2030 else 2.0  # noqa: PLR2004


def _company(called: str) -> str:
    """A company by the longest of its words: Ritz-Carlton and The Ritz-Carlton Hotel are one."""
    return max((name(word) for word in called.replace("-", " ").split()), key=len, default="")


def _said(what: str, shared: Sequence[str] | frozenset[str] | set[str]) -> tuple[str, ...]:
    listed = shared if isinstance(shared, list) else sorted(shared)
    return (f"{what}: {', '.join(listed)}",) if listed else ()


def _probability(odds: float) -> float:
    return 1 / (1 + math.exp(-odds))


def _key(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)
