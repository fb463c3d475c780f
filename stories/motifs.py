"""What a telling is about, in words that are the same in every language: flowers, a wedding, a lost bag, a dog. Pure.

A retelling in another language shares neither words nor, often, the company's name with the first telling; it shares
what happens in it. The lexicon beside this file (lexicon/*.toml) lists the things, people, places, occasions, deeds and
states that stories turn on, with their words in eight languages, written as those of `vocabulary` are. Languages joined
by `-` share a list (`da-no`). How much it tells that two tellings share a motif is counted, not listed (`rarity`).
"""

import tomllib
import unicodedata
from collections import defaultdict
from functools import cache
from pathlib import Path

from stories.vocabulary import LANGUAGES, Vocabulary

LEXICON = Path(__file__).parent / "lexicon"


def motifs(text: str, language: str | None) -> tuple[str, ...]:
    """The motifs of a text in the order in which they first come; where its language is not known, in all at once."""
    composed = unicodedata.normalize("NFC", text)
    spoken = (language,) if language in LANGUAGES else LANGUAGES
    said = [place for each in spoken for place in lexicon()[each].named(lexicon()[each].words(composed))]
    return tuple(dict.fromkeys(motif for *_, motif in sorted(said)))


@cache
def lexicon() -> dict[str, Vocabulary]:
    """The words for motifs, by language."""
    words: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for path in sorted(LEXICON.glob("*.toml")):
        for motif, lists in tomllib.loads(path.read_text("utf-8")).items():
            for languages, listed in lists.items():
                for language in languages.split("-"):
                    words[language][motif] = f"{words[language].get(motif, '')} {listed}"
    return {each: Vocabulary(each, {"concepts": words[each], "sectors": {}, "channels": {}}) for each in LANGUAGES}
