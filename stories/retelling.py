"""Was this event told before? What a telling is compared by, where to look for others, and how two are related.

The wording decides first. The same words in the same order are a copy; at least NEAR of the runs of three words in
common is a near copy: of 318 labelled tellings no two shared a twentieth, of 1,216 near copies none less than a third.

A retelling shares hardly a run. It is recognised by what it tells: motifs (what happens, the same in all languages),
names, numbers, the company, and long words that two languages have in common. Each sign of `signs` speaks for one event
or against; WEIGHTS (log-odds) are a logistic regression on pairs of labelled tellings of some 190 events, half of them
without the company, rounded. Trade and channel were tried: as they are read from the text they added nothing. From JOIN
on it is a retelling. A telling is held against all known tellings of an event: what counts is the mean of the two best
matches, so that one lucky likeness does not pull a stranger in.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean

from stories.fingerprint import bands, fingerprint, similarity, words
from stories.mentions import Names, fold, name, names, numbers
from stories.motifs import motifs, weights
from stories.story import Channel, Relation, Sector, Story

NEAR = 0.3  # share of runs; a text written after another's pattern word by word stays below, too
SAME = 0.9  # similarity from which the words themselves are compared, to tell a copy from a near copy
JOIN = 1.1  # log-odds; held out, 95 of 100 pairs joined from here on tell one event (docs/retelling.md)
RARE = 2.2  # weight from which a motif is rare: those of the tables `particular` and `telling`
WITNESSES = 2  # best matches in a cluster whose mean counts
CERTAIN = 20.0  # log-odds of a copy, above any sum of evidence

MOTIF_PAIRS_OF = 9  # the weightiest motifs of a telling, whose pairs are keys: 36 rows a telling
MOST_NAMES = 24  # name keys of one telling; a text with more is a list of names
MOST_SAID = 6  # motifs named to an editor

DAMPING = 3.5  # weight of motifs; two everyday motifs that are all of a short telling are no likeness
FEW = 3  # whole numbers up to here are in every text
DOZEN = 12
ROUND = frozenset({15, 20, 24, 30, 40, 50, 60, 100, 1000, 2000})
YEARS = range(1990, 2031)
STEM, LONG = 5, 7  # cognates agree in 5 letters of words of at least 7: chocolate and chocolat, not Schokolade
MOST_COGNATES = 4

BIAS = -8.5
WEIGHTS = {
    "likeness": 6.8,
    "containment": 6.9,
    "motifs": 0.7,
    "rare motifs": 0.6,
    "a name": 2.5,
    "two names": 2.1,
    "other names": -0.55,
    "numbers": 1.8,
    "other numbers": -0.85,
    "same language": -0.4,
    "company": 1.7,
    "other company": -0.65,
    "cognates": 0.5,
}


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
    stems: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """How a telling relates to what is known: `score` 0 to 1, `because` what they share, in plain words."""

    relation: Relation
    score: float
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
        stems=frozenset(word[:STEM] for word in map(fold, words(story.text)) if len(word) >= LONG),
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
    ranked = sorted(((odds(signs(new, other)), at) for at, other in enumerate(known)), reverse=True)
    if not ranked or (sure := fmean(each for each, _ in ranked[:WITNESSES])) < JOIN:
        return None
    return Match(relation=Relation.RETELLING, score=_probability(sure), because=shared(new, known[ranked[0][1]]))


def signs(new: Telling, known: Telling) -> dict[str, float]:
    """What speaks for and against two differently worded tellings being of one event, each as an amount."""
    happens = new.motifs & known.motifs
    in_both, in_new, in_known = _weight(happens), _weight(new.motifs), _weight(known.motifs)
    same_names, companies = _names(new, known), new.companies & known.companies
    telling_numbers = [{number for number in each.numbers if not _common(number)} for each in (new, known)]
    return {
        "likeness": in_both / math.sqrt((in_new + DAMPING) * (in_known + DAMPING)),
        "containment": in_both / (min(in_new, in_known) + DAMPING),
        "motifs": in_both / 10,
        "rare motifs": min(sum(weights()[motif] >= RARE for motif in happens), 3),
        "a name": len(same_names) > 0,
        "two names": len(same_names) > 1,
        "other names": bool(_persons(new, known) and _persons(known, new) and not same_names),
        "numbers": min(sum(map(_rarity, new.numbers & known.numbers)), 2.0),
        "other numbers": bool(all(telling_numbers) and not set.intersection(*telling_numbers)),
        "same language": new.language == known.language,
        "company": bool(companies),
        "other company": bool(new.companies and known.companies and not companies),
        "cognates": min(len(new.stems & known.stems), MOST_COGNATES) if new.language != known.language else 0,
    }


def odds(signs: dict[str, float]) -> float:
    """The log-odds that two tellings with these signs are of one event."""
    return BIAS + sum(WEIGHTS[sign] * amount for sign, amount in signs.items())


def shared(new: Telling, known: Telling) -> tuple[str, ...]:
    """What two tellings share, in plain words."""
    happens = sorted(new.motifs & known.motifs, key=lambda motif: (-weights()[motif], motif))
    kinds = {
        "the company": sorted(new.companies & known.companies),
        "names": sorted(_names(new, known)),
        "numbers": [f"{number:g}" for number in sorted(new.numbers & known.numbers) if not _common(number)],
        "what happens": happens[:MOST_SAID],
    }
    return tuple(f"{kind}: {', '.join(said)}" for kind, said in kinds.items() if said)


def _copy(new: Telling, known: Telling, wording: float) -> Match:
    if wording >= SAME and words(new.text) == words(known.text):
        return Match(relation=Relation.COPY, score=1.0, because=("every word",))
    shared = f"the wording: {wording:.0%} of the runs of three words"
    return Match(relation=Relation.NEAR_COPY, score=_probability(CERTAIN * wording), because=(shared,))


def _names(new: Telling, known: Telling) -> frozenset[str]:
    """Names in both tellings that are certain in one of them, without the companies."""
    either = (new.names.certain & (known.names.certain | known.names.possible)) | (
        new.names.possible & known.names.certain
    )
    return either - new.companies - known.companies


def _persons(one: Telling, other: Telling) -> frozenset[str]:
    return one.names.certain - one.companies - other.companies


def _weight(motifs: frozenset[str]) -> float:
    return sum(weights()[motif] for motif in motifs)


def _common(number: float) -> bool:
    return number <= FEW and number.is_integer()


def _rarity(number: float) -> float:
    """How much it tells that two tellings share a number."""
    if _common(number):
        return 0.3
    if number <= DOZEN or number in ROUND:
        return 0.6
    return 1.0 if number in YEARS else 2.0


def _company(called: str) -> str:
    """A company by the longest of its words: Ritz-Carlton and The Ritz-Carlton Hotel are one."""
    return max((name(word) for word in called.replace("-", " ").split()), key=len, default="")


def _probability(odds: float) -> float:
    return 1 / (1 + math.exp(-odds))


def _key(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)
