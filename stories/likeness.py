"""How alike two tellings are: what speaks for one event and what against, with the evidence. Pure.

The wording decides first. The same words are a copy; at least NEAR of the runs of three words in common is a near copy:
of 318 labelled tellings no two shared a twentieth, of 1,216 near copies none less than a third.

A retelling shares hardly a run. It is recognised by what it tells (`telling`), through the signs of `signs`, each an
amount. Every sign has a weight, what one more of it adds to the log odds of one event; their sum decides, so that no
single detail does: ages, amounts and spellings drift from telling to telling, and companies get lost. `make train` fits
the weights on pairs of labelled tellings and writes them into `learned/likeness.csv`, with the two thresholds: `sure`,
from which tellings are put together, and `perhaps`, from which they are suggested to an editor.
"""

import csv
import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from stories import rarity
from stories.fingerprint import similarity
from stories.grouping import UNLIKE
from stories.mentions import LONG_NAME, NUMBERS, skeleton
from stories.motifs import LEXICON
from stories.story import Relation
from stories.telling import STEM, Telling

TABLE = Path(__file__).parent / "learned" / "likeness.csv"
COMPARING = (
    "fingerprint",
    "grouping",
    "keys",
    "likeness",
    "mentions",
    "motifs",
    "rarity",
    "telling",
    "vocabulary",
)  # modules
NEAR = 0.3  # share of runs; a text written after another's pattern word by word stays below, too
LEAST_MEAN = -2.0  # log odds over all pairs of two groups, below which one of them is not suggested for the other
MOST_ODDS = 8.0  # log odds of a retelling; no sum of evidence is surer than that
CERTAIN = 40.0  # log odds of a copy; those of a near copy are its share of that, so always above MOST_ODDS
BIAS, SURE, PERHAPS = "(bias)", "(sure)", "(perhaps)"  # rows of the table that are no signs

DAMPING = 6.0  # rarity; two everyday motifs that are all of a short telling are no likeness
DAMPING_OF_WORDS = 10.0
RARE = 3.5  # rarity of a motif that is in one text of 33
RARE_WORD = 3.0
RARE_NAME = 8.0  # rarity of a name that is in no text
MOST_NAMES, MOST_NUMBERS, MOST_COGNATES = 3.0, 3.0, 2.0  # what counts at most: a list of names is no event

FEW = 3  # whole numbers up to here are in every text
DOZEN = 12
ROUND = frozenset({15, 20, 24, 30, 40, 50, 60, 100, 1000, 2000})
YEARS = range(1990, 2031)
MOST_SAID = 6  # motifs or words named to an editor
ORDERED = 4  # shared motifs, from which their order says something


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """The weight of each sign, the bias, and the thresholds, all log odds."""

    weights: Mapping[str, float]
    bias: float
    sure: float
    perhaps: float

    def odds(self, one: Telling, other: Telling) -> float:
        """The log odds that two tellings tell one event."""
        wording = similarity(one.fingerprint, other.fingerprint)
        if wording >= NEAR:
            return CERTAIN * wording
        sums = self.bias + sum(self.weights[sign] * amount for sign, amount in signs(one, other).items())
        return min(sums, MOST_ODDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What two tellings share and where they differ, in plain words."""

    shared: tuple[str, ...]
    differs: tuple[str, ...]


@cache
def model(table: Path = TABLE) -> Model:
    """The model in a table. Raises KeyError where a row is missing."""
    with table.open(encoding="utf-8", newline="") as lines:
        return model_of({row["sign"]: float(row["weight"]) for row in csv.DictReader(lines)})


def model_of(rows: Mapping[str, float]) -> Model:
    """The model that some rows of a table are."""
    weights = {sign: weight for sign, weight in rows.items() if sign not in (BIAS, SURE, PERHAPS)}
    return Model(weights=weights, bias=rows[BIAS], sure=rows[SURE], perhaps=rows[PERHAPS])


def rows_of(model: Model) -> dict[str, float]:
    """The rows of a table that a model is."""
    return {**model.weights, BIAS: model.bias, SURE: model.sure, PERHAPS: model.perhaps}


@cache
def version() -> int:
    """A number that changes with anything that tellings are compared by: positive, 31 bits."""
    code = [Path(__file__).with_name(f"{module}.py") for module in COMPARING]
    files = [TABLE, rarity.TABLE, NUMBERS, *sorted(LEXICON.glob("*.toml")), *code]
    return zlib.crc32(b"".join(path.read_bytes() for path in files)) >> 1


def suggests(odds: Sequence[float], pairs: int, perhaps: float) -> bool:
    """Whether two groups may tell one event: by the log odds of all pairs of their tellings that were compared, of so
    many `pairs` that there are. Half of it is the pair most alike, half the mean of all, which may not be too low."""
    mean = UNLIKE + sum(each - UNLIKE for each in odds) / pairs
    return mean >= LEAST_MEAN and (max(odds) + mean) / 2 >= perhaps


def probability(odds: float) -> float:
    """Log odds as a probability."""
    return 1 / (1 + math.exp(-odds))


def signs(one: Telling, other: Telling) -> dict[str, float]:
    """What speaks for and against two tellings, differently worded, being of one event, each as an amount."""
    said, in_common = _named(one, other), one.companies & other.companies
    return {
        **_things(one, other),
        **_words(one, other),
        "a name": len(said.shared) > 0,
        "a name that sounds alike": said.alike,
        "other names": said.others,
        "names that only one has, on both sides": min(_tell(said.only_one), _tell(said.only_other), MOST_NAMES),
        "numbers": min(sum(map(_tells, one.numbers & other.numbers)), MOST_NUMBERS),
        "other numbers": bool(_numbers_apart(one, other)),
        "the company": bool(in_common),
        "another company": bool(one.companies and other.companies and not in_common),
        "one language": one.language == other.language,
        "unlike in length": math.log((len(one.motifs) + 3) / (len(other.motifs) + 3)) ** 2,
    }


def evidence(one: Telling, other: Telling) -> Evidence:
    """What two tellings share and where they differ; of copies the wording alone, as it decides."""
    wording = similarity(one.fingerprint, other.fingerprint)
    if wording >= NEAR:
        return Evidence(shared=(f"the wording: {wording:.0%} of the runs of three words",), differs=())
    named, companies = _named(one, other), one.companies & other.companies
    happens, words = one.happens & other.happens, _stems(one, other) - named.shared
    shared = {
        "the company": sorted(companies),
        "names": sorted(named.shared),
        "numbers": [f"{number:g}" for number in sorted(one.numbers & other.numbers) if not _common(number)],
        "what happens": map(_plain, sorted(happens, key=lambda motif: (-rarity.motif(motif), motif))[:MOST_SAID]),
        "words": map(_whole, sorted(words, key=lambda stem: (-rarity.stem(one.language, stem), stem))[:MOST_SAID]),
    }
    differs = {
        "companies": () if companies else (one.companies, other.companies),
        "names": (named.only_one, named.only_other) if named.others else (),
        "numbers": _numbers_apart(one, other),
    }
    return Evidence(
        shared=tuple(f"{kind}: {said}" for kind, what in shared.items() if (said := ", ".join(what))),
        differs=tuple(
            f"{kind}: {' | '.join(', '.join(sorted(side)) for side in sides)}"
            for kind, sides in differs.items()
            if sides and all(sides)
        ),
    )


def relation(later: Telling, earlier: Telling) -> Relation:
    """What a telling is to an earlier one of the same event."""
    if later.wording == earlier.wording:
        return Relation.COPY
    return Relation.NEAR_COPY if similarity(later.fingerprint, earlier.fingerprint) >= NEAR else Relation.RETELLING


def _things(one: Telling, other: Telling) -> dict[str, float]:
    """How far the motifs agree."""
    amounts = [rarity.motif(motif) for motif in one.happens & other.happens]
    tells = sum(amounts)
    return {
        "things": tells / math.sqrt((one.weight + DAMPING) * (other.weight + DAMPING)),
        "all things": tells / 20,
        "rare things": sum(each - RARE for each in amounts if each > RARE) / 5,
        "order of things": _agreement(one.motifs, other.motifs),
        "things that only one has, on both sides": (min(one.weight, other.weight) - tells) / 20,
    }


def _words(one: Telling, other: Telling) -> dict[str, float]:
    """How far the words agree: those of one language, or those that look the same in two."""
    stems = one.stems & other.stems
    if one.language != other.language:
        tells = [(rarity.stem(one.language, stem) + rarity.stem(other.language, stem)) / 2 for stem in stems]
        alike = sum(each - RARE_WORD for each in tells if each > RARE_WORD) / 10
        return {"words": 0.0, "rare words": 0.0, "words alike in two languages": min(alike, MOST_COGNATES)}
    tells = [rarity.stem(one.language, stem) for stem in stems]
    both = math.sqrt((one.weight_of_words + DAMPING_OF_WORDS) * (other.weight_of_words + DAMPING_OF_WORDS))
    rare = sum(each - RARE_WORD for each in tells if each > RARE_WORD) / 10
    return {"words": sum(tells) / both, "rare words": rare, "words alike in two languages": 0.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """The names that two tellings share, whether others sound `alike`, and those that only one of them has: `others` if
    both name somebody and nobody in common."""

    shared: frozenset[str]
    alike: bool
    others: bool
    only_one: frozenset[str]
    only_other: frozenset[str]


def _named(one: Telling, other: Telling) -> _Named:
    """Names count that are certain in one of the two tellings, without the companies."""
    companies = one.companies | other.companies
    certain, there = one.names.certain - companies, other.names.certain - companies
    shared = (certain & (there | other.names.possible)) | (there & one.names.possible)
    sounds = {skeleton(name) for name in certain if len(name) >= LONG_NAME}
    alike = not shared and any(skeleton(name) in sounds for name in there if len(name) >= LONG_NAME)
    others = bool(certain and there and not shared)
    return _Named(
        shared=shared,
        alike=alike,
        others=others,
        only_one=certain - shared - other.names.possible,
        only_other=there - shared - one.names.possible,
    )


def _tell(names: frozenset[str]) -> float:
    """How much some names tell: about 1 for a rare one."""
    return sum(map(rarity.name, names)) / RARE_NAME


def _plain(motif: str) -> str:
    return motif.replace("-", " ")


def _whole(stem: str) -> str:
    """A word of which perhaps only the first letters are known."""
    return f"{stem}…" if len(stem) == STEM else stem


def _stems(one: Telling, other: Telling) -> frozenset[str]:
    return one.stems & other.stems if one.language == other.language else frozenset()


def _agreement(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """How far two tellings tell what they share in the same order: 1 if always, -1 if the other way round."""
    place = {motif: number for number, motif in enumerate(other)}
    order = [place[motif] for motif in one if motif in place]
    if len(order) < ORDERED:
        return 0.0
    later = sum(after > before for at, before in enumerate(order) for after in order[at + 1 :])
    return 4 * later / (len(order) * (len(order) - 1)) - 1


def _numbers_apart(one: Telling, other: Telling) -> tuple[list[str], ...]:
    """The telling numbers of both, where both have some and none in common."""
    sides = [{number for number in each.numbers if not _common(number)} for each in (one, other)]
    apart = all(sides) and not set.intersection(*sides)
    return tuple([f"{number:g}" for number in sorted(side)] for side in sides) if apart else ()


def _common(number: float) -> bool:
    return number <= FEW and number.is_integer()


@lru_cache(4096)
def _tells(number: float) -> float:
    """How much it tells that two tellings share a number."""
    if _common(number):
        return 0.3
    if number <= DOZEN or number in ROUND:
        return 0.6
    return 1.0 if number in YEARS else 2.0
