"""What a telling is about, in words that are the same in every language: flowers, a wedding, a lost bag, a dog.

A retelling in another language shares neither words nor, often, the company's name with the first telling; it shares
what happens in it. The lexicon beside this file (lexicon/*.toml) lists some hundred motifs of service stories with
their words in eight languages. Each stands in one of three tables, by how much it tells that two stories share it:
`telling` (a giraffe, a funeral), `ordinary` (shoes, rain) or `everyday` (a phone, a shop).

A word of the lexicon may begin or end with `*` (any beginning, any ending: `*schuh*`), and words joined by `_` are a
phrase. Accents count, as they make other words (*hår* is hair, *har* is has). Languages joined by `-` share a list
(`da-no`).
"""

import re
import tomllib
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

LANGUAGES = ("en", "da", "no", "sv", "de", "nl", "fr", "es")
WEIGHTS = {"telling": 3.0, "ordinary": 2.0, "everyday": 1.0}  # roughly the information in bits, halved
LEXICON = Path(__file__).parent / "lexicon"
STEM = 3  # letters that a word before `*` has at least; the shortest are the index of all

_JOINTS = re.compile(r"[_'-]")
_WORD = re.compile(r"[^\W_]+")
_CACHED_WORDS = 60_000  # words of one language in a month's stories; some 10 MB


@dataclass(frozen=True, slots=True)
class Words:
    """The lexicon of one language, sorted by how a word is looked up."""

    whole: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    begins: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    holds: list[tuple[str, str]] = field(default_factory=list)
    ends: list[tuple[str, str]] = field(default_factory=list)
    phrases: list[tuple[re.Pattern[str], str]] = field(default_factory=list)

    def add(self, word: str, motif: str) -> None:
        """Enter one word of the lexicon, as it is written there."""
        plain = lowered(word.strip("*"))
        if _JOINTS.search(plain):
            ending = r"\w*" if word.endswith("*") else ""
            self.phrases.append((re.compile(rf"\b{_JOINTS.sub(' ', plain)}{ending}\b"), motif))
        elif word.startswith("*"):
            (self.holds if word.endswith("*") else self.ends).append((plain, motif))
        elif word.endswith("*"):
            self.begins[plain[:STEM]].append((plain, motif))
        else:
            self.whole[plain].add(motif)

    def of(self, word: str) -> frozenset[str]:
        """The motifs of one lowered word."""
        found = set(self.whole.get(word, ()))
        found.update(motif for stem, motif in self.begins.get(word[:STEM], ()) if word.startswith(stem))
        found.update(motif for part, motif in self.holds if part in word)
        found.update(motif for tail, motif in self.ends if word.endswith(tail))
        return frozenset(found)


def lowered(text: str) -> str:
    """Without case, accents composed."""
    return unicodedata.normalize("NFC", text.casefold().replace("œ", "oe").replace("’", "'"))


def motifs(text: str, language: str | None) -> frozenset[str]:
    """The motifs of a text; where its language is not known, in all languages at once."""
    words = _WORD.findall(lowered(text))
    spoken = (language,) if language in LANGUAGES else LANGUAGES
    found = {motif for tongue in spoken for word in set(words) for motif in _motifs_of(tongue, word)}
    spaced = " ".join(words)
    phrases = (entry for tongue in spoken for entry in lexicon()[tongue].phrases)
    return frozenset(found | {motif for phrase, motif in phrases if phrase.search(spaced)})


@cache
def weights() -> dict[str, float]:
    """How much a shared motif tells, by motif."""
    return {motif: WEIGHTS[table] for table, motif, _, _ in _entries()}


@cache
def lexicon() -> dict[str, Words]:
    """The lexicon, by language."""
    found = {language: Words() for language in LANGUAGES}
    for _, motif, languages, words in _entries():
        for language in languages.split("-"):
            for word in words.split():
                found[language].add(word, motif)
    return found


@lru_cache(_CACHED_WORDS)
def _motifs_of(language: str, word: str) -> frozenset[str]:
    return lexicon()[language].of(word)


@cache
def _entries() -> tuple[tuple[str, str, str, str], ...]:
    """The rows of all files: table, motif, languages, words."""
    files = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(LEXICON.glob("*.toml"))]
    return tuple(
        (table, motif, languages, words)
        for file in files
        for table, entries in file.items()
        for motif, lists in entries.items()
        for languages, words in lists.items()
    )
