"""Names and numbers that a telling mentions: they stay the same in every retelling and every language.

A name is a word with a capital inside a sentence; at the beginning of one, or in German, where every noun has one, it
is only perhaps a name. So a name counts as shared when it is certain in one of the two tellings. Possessive and plural
endings do not count (Zappos', Mortons, Morton's).

A number is its value, whether written 1.000, 1,000 or in words; the words up to twenty and the round ones are known in
all eight languages (numbers.toml).
"""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from anyascii import anyascii

from stories.vocabulary import LANGUAGES

NUMBERS = Path(__file__).parent / "numbers.toml"
CAPITAL_NOUNS = {"de"}
WORDS_KEPT = 100_000  # folded words remembered, some 10 MB: the same words come again and again
SHORTEST_NAME = 3  # letters: initials and "El" are no names to go by
LONG_NAME = 5  # letters, from which names that only sound alike are compared

LATIN = frozenset(map(chr, (*range(0x100), 0x2019)))  # the letters of western Europe, and an apostrophe
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "ß": "ss", "œ": "oe", "’": "'"})
_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_INSIDE = re.compile(r"[\w,;)%€$]['’\")]?[ \t]+\Z")  # what stands before a word inside a sentence
_ENDING = re.compile(r"['’]s?$|(?<!s)s$")
_DIGITS = re.compile(r"\d+(?:[.,   ]\d{3})*(?:[.,:]\d{1,2})?(?!\d)")
_GROUPS = re.compile(r"[.,   ](?=\d{3}(?!\d))")
_SOUNDS = {"ph": "f", "th": "t", "ck": "k", "sch": "s", "sh": "s", "c": "k", "z": "s", "w": "v", "y": "i", "j": "i"}
_SILENT, _DOUBLE = re.compile("[aeiouh]"), re.compile(r"(.)\1+")
_NEVER = frozenset(
    word
    for words in (
        "monday tuesday wednesday thursday friday saturday sunday january february march april june july august",
        "september october november december christmas easter english american british mrs miss sir madam lord god",
    )
    for word in words.split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Folded names of a text: those that are certain, and those that only may be names."""

    certain: frozenset[str]
    possible: frozenset[str]


def names(text: str, language: str | None) -> Names:
    """The single names in a text ("Ada Lindkvist" are two)."""
    certain: set[str] = set()
    possible: set[str] = set()
    small: set[str] = set()
    for found in _TOKEN.finditer(text):
        word = found.group()
        if not word[0].isupper():
            small.add(name(word))
        elif len(plain := name(word)) >= SHORTEST_NAME and plain not in _NEVER:
            inside = _INSIDE.search(text, max(0, found.start() - 4), found.start())
            (certain if inside and language not in CAPITAL_NOUNS else possible).add(plain)
    return Names(certain=frozenset(certain - small), possible=frozenset(possible - certain - small))


@lru_cache(WORDS_KEPT)
def name(word: str) -> str:
    """A name as it is compared: in Latin letters, without case, accents and endings."""
    if not all(letter in LATIN for letter in word):
        word = anyascii(word)
    plain = fold(_ENDING.sub("", word)) if len(word) > SHORTEST_NAME + 1 else fold(word)
    return plain.replace("'", "")


@lru_cache(WORDS_KEPT)
def skeleton(name: str) -> str:
    """A folded name by its sound, roughly: Katrine and Catherine, Mueller and Muller have the same."""
    for letters, sound in _SOUNDS.items():
        name = name.replace(letters, sound)
    return name[:1] + _SILENT.sub("", _DOUBLE.sub(r"\1", name[1:]))


@lru_cache(WORDS_KEPT)
def fold(text: str) -> str:
    """Without case and accents."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(c for c in apart if not unicodedata.combining(c))


def numbers(text: str, language: str | None) -> frozenset[float]:
    """The values of the numbers in a text, in digits or words."""
    digits = {_value(found) for found in _DIGITS.findall(text)}
    spoken = (language,) if language in LANGUAGES else LANGUAGES
    words = {fold(word) for word in _TOKEN.findall(text)}
    return frozenset(
        digits | {value for tongue in spoken for word, value in _spelled()[tongue].items() if word in words}
    )


def _value(digits: str) -> float:
    return float(_GROUPS.sub("", digits).replace(",", ".").replace(":", "."))


@cache
def _spelled() -> dict[str, dict[str, float]]:
    """Number words by language, folded, with their values."""
    lists = tomllib.loads(NUMBERS.read_text(encoding="utf-8"))
    found: dict[str, dict[str, float]] = {language: {} for language in LANGUAGES}
    for languages, values in lists.items():
        for value, words in values.items():
            for language in languages.split("-"):
                found[language].update((fold(word), float(value)) for word in words.split())
    return found
