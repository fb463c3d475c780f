"""By what a telling finds others that may tell its event, without being compared with all. Pure.

What two tellings may share are items: motifs, names and companies, each with a weight, its rarity, which is the same
for both. Keys are what an index holds: each item by itself, and the pairs of the rarest motifs, which still lead to few
where a single motif leads to very many; and the bands of the fingerprint, for copies. Two tellings are worth comparing
where the items that their common keys stand for are WORTH something, as a share of all that the two tell: of labelled
tellings of one event 9 in 10 pairs are, and of 2,200 others some 20 for each telling.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from stories import rarity
from stories.fingerprint import bands
from stories.mentions import LONG_NAME, skeleton
from stories.telling import Telling

WORTH = 0.1
DAMPING = 10.0  # added to what a telling tells, so that short ones that tell next to nothing are not alike
COMMONPLACE = 2.0  # rarity of a motif that is in one text of seven; those are no items
PAIRED = 6  # the rarest motifs of a telling, whose pairs are keys
NAMES = 8  # the rarest names of a telling; one with more lists names
NAMED = 5.0  # rarity that any name or company is taken to have, so that it is the same however it is spelled
CERTAIN = 1_000.0  # what a common band tells: always worth it
BANDS = 12  # of the fingerprint's: copies of three quarters of a text share one of them in 99 of 100 cases
STEP, LAST = 2.0, 255  # the steps of a telling's weight that are the last bits of its number


@dataclass(frozen=True, slots=True)
class Key:
    """A key: a signed 64-bit number; what it tells that two tellings share it. The paired motifs that it stands for, as
    bits, tell what is said for each of them in `told`, once however many keys say it."""

    number: int
    weight: float
    bits: int = 0
    told: tuple[float, ...] = ()


def items(telling: Telling) -> dict[str, float]:
    """What a telling may share with others, and its weight."""
    found = {f"motif {motif}": weight for motif in telling.motifs if (weight := rarity.motif(motif)) >= COMMONPLACE}
    named = telling.names.certain | telling.names.possible
    rarest = sorted(named, key=lambda name: (name not in telling.names.certain, -rarity.name(name), name))[:NAMES]
    return found | {_name(name): NAMED for name in (*rarest, *telling.companies)}


def weight(items: Mapping[str, float]) -> float:
    """How much a telling with these items tells, in steps, as its number says it."""
    return STEP * min(LAST, round((sum(items.values()) + DAMPING) / STEP))


def number_of(telling: Telling) -> int:
    """The number of a telling's text: a hash, and in its last eight bits the weight."""
    return (_hash("text", telling.digest) & ~LAST) | int(weight(items(telling)) / STEP)


def keys(telling: Telling) -> list[Key]:
    """The keys of a telling."""
    its = items(telling)
    paired = sorted((item for item in its if item.startswith("motif ")), key=lambda item: (-its[item], item))[:PAIRED]
    told, bit = tuple(its[item] for item in paired), {item: 1 << place for place, item in enumerate(paired)}
    singles = [Key(_hash(item), 0.0, bit[item], told) if item in bit else Key(_hash(item), its[item]) for item in its]
    pairs = [Key(_hash(*two), 0.0, bit[two[0]] | bit[two[1]], told) for two in combinations(sorted(paired), 2)]
    return [*singles, *pairs, *(Key(band, CERTAIN) for band in bands(telling.fingerprint)[:BANDS])]


def shares(number: int, led: Iterable[tuple[Key, Sequence[int]]]) -> dict[int, float]:
    """The texts that one is worth comparing with, by what each of its keys leads to. The more they share, as a part of
    what they tell, the larger the number beside them."""
    amounts: defaultdict[int, float] = defaultdict(float)
    bits: defaultdict[int, int] = defaultdict(int)
    told: tuple[float, ...] = ()
    for key, texts in led:
        if key.bits:
            told = key.told
            for text in texts:
                bits[text] |= key.bits
        else:
            for text in texts:
                amounts[text] += key.weight
    sums = [0.0]
    for each in told:
        sums += [each + before for before in sums]
    for text, its in bits.items():
        amounts[text] += sums[its]
    amounts.pop(number, None)
    own = WORTH**2 * STEP * (number & LAST) * STEP
    return {
        text: amount * amount / (text & LAST)
        for text, amount in amounts.items()
        if amount * amount >= own * (text & LAST)
    }


def worth(shared: float, weight: float, its: float) -> bool:
    """Whether two tellings of these weights that share so much are worth comparing."""
    return shared * shared >= WORTH**2 * weight * its


def _hash(*what: str) -> int:
    """A signed 64-bit number for some words, always the same."""
    return int.from_bytes(hashlib.blake2b("\0".join(what).encode(), digest_size=8).digest(), "big", signed=True)


def _name(name: str) -> str:
    return f"name {skeleton(name) if len(name) >= LONG_NAME else name}"
