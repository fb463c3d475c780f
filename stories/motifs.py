"""What a telling is about, in words that are the same in every language: flowers, a wedding, a lost bag, a dog. Pure.

A retelling in another language shares neither words nor, often, the company's name with the first telling; it shares
what happens in it. The lexicon beside this file (lexicon/*.toml) lists some 420 motifs of service stories with their
words in eight languages, written as those of `vocabulary` are. Languages joined by `-` share a list (`da-no`).

Each motif stands in one of four tables, by how often blogs and reviews that tell no such story mention it in a hundred
words: `everyday` (more than 6 in 100), `ordinary` (3), `particular` (1.2) and `telling` (less). The rarer, the more it
tells that two stories share it: WEIGHTS grow about as the logarithm.
"""

import tomllib
import unicodedata
from collections import defaultdict
from functools import cache
from pathlib import Path

from stories.vocabulary import LANGUAGES, Vocabulary

WEIGHTS = {"everyday": 1.0, "ordinary": 1.5, "particular": 2.2, "telling": 3.0}
LEXICON = Path(__file__).parent / "lexicon"


def motifs(text: str, language: str | None) -> frozenset[str]:
    """The motifs of a text; where its language is not known, in all languages at once."""
    composed = unicodedata.normalize("NFC", text)
    spoken = (language,) if language in LANGUAGES else LANGUAGES
    words = (lexicon()[each] for each in spoken)
    return frozenset(motif for each in words for *_, motif in each.named(each.words(composed)))


@cache
def weights() -> dict[str, float]:
    """How much a shared motif tells, by motif."""
    return {motif: WEIGHTS[table] for file in _files() for table, entries in file.items() for motif in entries}


@cache
def lexicon() -> dict[str, Vocabulary]:
    """The words for motifs, by language."""
    words: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for file in _files():
        for entries in file.values():
            for motif, lists in entries.items():
                for languages, listed in lists.items():
                    for language in languages.split("-"):
                        words[language][motif] = f"{words[language].get(motif, '')} {listed}"
    return {each: Vocabulary(each, {"concepts": words[each], "sectors": {}, "channels": {}}) for each in LANGUAGES}


@cache
def _files() -> tuple[dict[str, dict[str, dict[str, str]]], ...]:
    """Each file: table, motif, languages, words."""
    return tuple(tomllib.loads(path.read_text("utf-8")) for path in sorted(LEXICON.glob("*.toml")))
