"""The words of each language: which concepts and which trades a word stands for. Pure, read once from `concepts/`.

Each language has one data file with the same names of concepts, so that all that comes after this module counts
concepts and never words. In a file words are separated by blanks, `_` joins the words of a phrase, and `*` at a word's
beginning or end stands for any letters, which is how compounds are met (*Kundendienst* in *Kundendienstmitarbeiter*).
A word may stand for several concepts; a phrase adds its own beside those of its words.
"""

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "concepts"
LANGUAGES = tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))
TABLES = ("concepts", "sectors", "channels")
WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
WORD_WITHOUT_APOSTROPHE = re.compile(r"[^\W_]+(?:\-[^\W_]+)*")
CACHED_WORDS = 100_000  # distinct words remembered for each language: about 20 MB, and a crawl's words repeat
SHORTEST_STEM = 2  # letters; the shortest beginning or end that stands before or after a `*`


@dataclass(slots=True)
class _Node:
    """What an entry of the data file adds: names, and phrases that begin here as (further words, name)."""

    names: set[str] = field(default_factory=set)
    phrases: list[tuple[tuple[str, ...], str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one word stands for, and the phrases that may begin with it."""

    names: tuple[str, ...]
    phrases: tuple[tuple[tuple[str, ...], str], ...]


NOTHING = Meaning((), ())


class Vocabulary:
    """The words of one language."""

    def __init__(self, language: str, tables: dict[str, dict[str, str]]) -> None:
        self.language = language
        self._parts = language == "fr"  # l'hôtel is two words
        self._exact: dict[str, _Node] = {}
        self._begin: dict[str, _Node] = {}
        self._end: dict[str, _Node] = {}
        self._inside: dict[str, _Node] = {}
        self._known: dict[str, Meaning] = {}
        self.seconds: set[str] = set()  # words written out that stand second in a phrase
        self.tables = frozenset(f"{table}.{name}" for table in TABLES for name in tables[table])
        for table in TABLES:
            for name, words in tables[table].items():
                for entry in words.split():
                    self._add(entry, name if table == "concepts" else f"{table}.{name}")
        self._longest = max(map(len, (*self._begin, *self._end)), default=0)

    def words(self, text: str) -> list[str]:
        """The words of a text, lower case, in order."""
        text = text.lower().replace("’", "'")
        return (WORD_WITHOUT_APOSTROPHE if self._parts else WORD).findall(text)

    def meaning(self, word: str) -> Meaning:
        """What a lower-case word stands for."""
        known = self._known.get(word)
        if known is None:
            if len(self._known) >= CACHED_WORDS:
                self._known.clear()
            known = self._known[word] = self._look_up(word)
        return known

    def named(self, words: list[str]) -> list[tuple[int, int, str]]:
        """All (position, number of words, name) that a list of words holds, phrases included."""
        found = []
        for position, word in enumerate(words):
            meaning = self.meaning(word)
            found += [(position, 1, name) for name in meaning.names]
            for rest, name in meaning.phrases:
                following = words[position + 1 : position + 1 + len(rest)]
                if len(following) == len(rest) and all(map(fits, rest, following)):
                    found.append((position, 1 + len(rest), name))
        return found

    def _add(self, entry: str, name: str) -> None:
        first, *rest = (entry.replace("'", "_") if self._parts else entry).split("_")
        stem = first.strip("*")
        table = (self._exact, self._begin, self._end, self._inside)[first.endswith("*") + 2 * first.startswith("*")]
        node = table.setdefault(stem, _Node())
        if rest:
            node.phrases.append((tuple(rest), name))
            self.seconds.add(rest[0])
        else:
            node.names.add(name)

    def _look_up(self, word: str) -> Meaning:
        nodes = [self._exact[word]] if word in self._exact else []
        for length in range(SHORTEST_STEM - 1, min(len(word), self._longest) + 1):
            nodes += [self._begin[stem]] if (stem := word[:length]) in self._begin else []
            nodes += [self._end[stem]] if (stem := word[-length:]) in self._end else []
        nodes += [node for stem, node in self._inside.items() if stem in word]
        if not nodes:
            return NOTHING
        names = sorted({name for node in nodes for name in node.names})
        return Meaning(tuple(names), tuple(phrase for node in nodes for phrase in node.phrases))


def fits(pattern: str, word: str) -> bool:
    """Does a word fit an entry's word, in which `*` stands for any letters?"""
    stem = pattern.strip("*")
    if pattern == stem:
        return word == stem
    if pattern.startswith("*"):
        return stem in word if pattern.endswith("*") else word.endswith(stem)
    return word.startswith(stem)


@cache
def vocabulary(language: str) -> Vocabulary:
    """The vocabulary of one of LANGUAGES. Raises KeyError for any other."""
    if language not in LANGUAGES:
        raise KeyError(f"no words for language {language!r}; known: {', '.join(LANGUAGES)}")
    return Vocabulary(language, tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8")))
