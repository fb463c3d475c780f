"""What of a story is compared with others: what survives retelling and translation. Pure.

A retelling in another language shares hardly a word with the first telling, and often not the company's name. It shares
what happens in it: the motifs (a giraffe is a giraffe in eight languages), the names, the numbers. One in the same
language shares rare words besides. Two tellings with one `digest` are compared alike in every respect; two with one
`wording` have the same words, perhaps in other lines or capitals.
"""

import hashlib
import json
from base64 import b64decode, b64encode
from dataclasses import dataclass
from functools import cached_property

from stories import rarity
from stories.fingerprint import fingerprint, words
from stories.mentions import Names, fold, name, names, numbers
from stories.motifs import motifs
from stories.story import Story

STEM, SHORTEST = 6, 4  # letters by which words are the same, and those of the shortest word that is compared
DECIMALS = 6  # of weights: stored and new ones are the same
PLAIN = 1.6  # rarity of words that are in one text of five or more: they tell nothing


@dataclass(frozen=True, kw_only=True)
class Telling:
    """What is compared of a story. `motifs` are in the order in which they are first told; `weight` is how much they
    tell together, `weight_of_words` how much the words do (`rarity`)."""

    digest: str
    wording: str
    language: str | None
    companies: frozenset[str]
    fingerprint: bytes
    motifs: tuple[str, ...]
    names: Names
    numbers: frozenset[float]
    stems: frozenset[str]
    weight: float
    weight_of_words: float

    @cached_property
    def happens(self) -> frozenset[str]:
        """Its motifs, in no order."""
        return frozenset(self.motifs)


def telling(story: Story) -> Telling:
    """What a story is compared by."""
    language, named = story.language, names(story.text, story.language)
    companies = frozenset(filter(None, map(company, story.companies)))
    happens, its = motifs(story.text, language), stems(story.text, language)
    counted, wording = numbers(story.text, language), _hash(*words(story.text))
    compared = (happens, named.certain, named.possible, map(str, counted), companies)
    return Telling(
        digest=_hash(wording, language or "", *(" ".join(sorted(each)) for each in compared)),
        wording=wording,
        language=language,
        companies=companies,
        fingerprint=fingerprint(story.text),
        motifs=happens,
        names=named,
        numbers=counted,
        stems=its,
        weight=round(sum(map(rarity.motif, happens)), DECIMALS),
        weight_of_words=round(sum(rarity.stem(language, stem) for stem in sorted(its)), DECIMALS),
    )


def stems(text: str, language: str | None) -> frozenset[str]:
    """The first letters of the words of a text that tell anything, folded."""
    found = all_stems(text)
    return frozenset(stem for stem in found if rarity.stem(language, stem) > PLAIN)


def all_stems(text: str) -> set[str]:
    """The first letters of all words of a text but the shortest, folded."""
    return {fold(word)[:STEM] for word in words(text) if len(word) >= SHORTEST}


def company(called: str) -> str:
    """A company by the longest of its words: Ritz-Carlton and The Ritz-Carlton Hotel are one."""
    return max((name(word) for word in called.replace("-", " ").split()), key=len, default="")


def pack(telling: Telling) -> str:
    """A telling as JSON."""
    return json.dumps(
        {
            "digest": telling.digest,
            "wording": telling.wording,
            "language": telling.language,
            "companies": sorted(telling.companies),
            "fingerprint": b64encode(telling.fingerprint).decode(),
            "motifs": telling.motifs,
            "certain": sorted(telling.names.certain),
            "possible": sorted(telling.names.possible),
            "numbers": sorted(telling.numbers),
            "stems": sorted(telling.stems),
            "weight": telling.weight,
            "weight_of_words": telling.weight_of_words,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def unpack(packed: str) -> Telling:
    """A telling from its JSON."""
    kept = json.loads(packed)
    return Telling(
        digest=kept["digest"],
        wording=kept["wording"],
        language=kept["language"],
        companies=frozenset(kept["companies"]),
        fingerprint=b64decode(kept["fingerprint"]),
        motifs=tuple(kept["motifs"]),
        names=Names(certain=frozenset(kept["certain"]), possible=frozenset(kept["possible"])),
        numbers=frozenset(kept["numbers"]),
        stems=frozenset(kept["stems"]),
        weight=kept["weight"],
        weight_of_words=kept["weight_of_words"],
    )


def _hash(*parts: str) -> str:
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=12).hexdigest()
