"""Which sentences of two tellings say the same: what an editor looks at to see whether they tell one event. Pure.

Sentences are compared by what the tellings are compared by: motifs, names, numbers, and words where the language is the
same; rare ones count more. Each sentence is in one pair at most, the most alike are paired first, and pairs that share
less than FEWEST_SHARED are no pairs.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from stories import rarity
from stories.mentions import fold, names, numbers
from stories.motifs import motifs
from stories.passages import sentences
from stories.telling import stems

FEWEST_SHARED = 4.0  # rarity: one word of a text in fifty, or two of one in ten
NUMBER, FEW = 3.0, 3  # what a shared number counts, and up to where it does not
MOST = 5  # pairs that are shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Aligned:
    """A sentence of either telling, and how much they share, as a sum of rarities."""

    one: str
    other: str
    shared: float


def align(one: str, other: str, language: str | None, its: str | None) -> list[Aligned]:
    """The sentences of two texts in these languages that say the same, in the order of the first."""
    ours, theirs = list(_sentences(one, language)), list(_sentences(other, its))
    found = sorted(
        (-shared, at, place)
        for at, (_, said) in enumerate(ours)
        for place, (_, told) in enumerate(theirs)
        if (shared := sum(told[what] for what in said.keys() & told.keys())) >= FEWEST_SHARED
    )
    pairs: dict[int, tuple[int, float]] = {}
    for less, at, place in found:
        if at not in pairs and place not in {taken for taken, _ in pairs.values()} and len(pairs) < MOST:
            pairs[at] = place, -less
    return [
        Aligned(one=ours[at][0], other=theirs[place][0], shared=round(much, 1))
        for at, (place, much) in sorted(pairs.items())
    ]


def _sentences(text: str, language: str | None) -> Iterator[tuple[str, dict[str, float]]]:
    """Each sentence with what it says, and how much that tells."""
    certain = names(text, language).certain
    for place in sentences(text):
        sentence = text[place.start : place.end]
        said = {f"motif {motif}": rarity.motif(motif) for motif in motifs(sentence, language)}
        said |= {f"name {name}": rarity.name(name) for name in map(fold, sentence.split()) if name in certain}
        said |= {f"number {number:g}": NUMBER for number in numbers(sentence, language) if number > FEW}
        said |= {f"{language} {stem}": rarity.stem(language, stem) for stem in stems(sentence, language)}
        yield sentence.strip(), said
