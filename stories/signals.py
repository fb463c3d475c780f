"""What stands in each sentence of some texts, as numbers: concepts of `vocabulary.py` and a few marks of form. Pure.

A signal is 0 or 1 for a sentence: does it hold a word of that concept, does it hold direct speech, and so on. How
sentences and passages look at the signals around them is said in `views.py`. Beside the signals stand the sentence's
words by number, for the weights of single words (`weights.py`).

All texts of a page go through together: each distinct word is looked up once and is a number from then on, so that
what is done for every word is done by numpy.
"""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from stories.brands import brand_places
from stories.passages import Cut
from stories.vocabulary import FOLDER, Vocabulary, fits, vocabulary

Matrix = NDArray[np.float32]
Numbers = NDArray[np.int_]

CONCEPTS = tuple(tomllib.loads((FOLDER / "en.toml").read_text("utf-8"))["concepts"])
FORMS = {  # each alternative by itself: one that begins with a given letter is found much faster
    "speech": (re.compile(r"[\"“”„«»]"), re.compile(r"\n[–—-]\s")),
    "number": (re.compile(r"\d[\d.,]*"),),
    "clock": (re.compile(r"\d[:.h]\d{2}\b"),),
    "sum": (re.compile(r"[$€£]\s?\d|\d\s?(?:[$€£]|kr\b|dkk\b|nok\b|sek\b|euros?\b)", re.I),),
    "question": (re.compile(r"\?"),),
    "exclamation": (re.compile(r"!"),),
    "name": (re.compile(r"[a-zà-ÿ,] [A-ZÀ-Þ][a-zà-ÿ]"),),
    "link": (*map(re.compile, (r"[|{}<>=;@]", "http", r"www\.", r"\n\[")),),
    "list item": (re.compile(r"^\W{0,2}(?:\d{1,3}[.):]|[•*·-])\s", re.M),),
}
SHORT, LONG = 5, 25  # words; a quarter of all sentences are at or below the one, a tenth above the other
TABLES = {"sectors": "trade", "channels": "contact"}  # any word of these tables, as one signal
UNIONS = {
    "serves": ("staff", "service", "place", "customer", "work", "trade", "brand"),
    "kind act": ("help", "give", "free", "beyond", "note", "treat", "bring", "care"),
    "joy": ("surprise", "thanks", "warm", "loyal"),
    "somebody": ("staff", "they", "person"),
}
PAIRS = {
    "kind somebody": ("somebody", "kind act"),
    "kind service": ("serves", "kind act"),
    "happy end": ("kind act", "joy"),
}
SHAPES = ("heading", "short", "long", "line begins")
WORDED = (*CONCEPTS, *TABLES.values())  # signals that words stand for
SIGNALS = (*WORDED, *FORMS, "brand", *SHAPES, *UNIONS, *PAIRS)
WORDS_KEPT = 200_000  # distinct words of a language remembered, some 40 MB: a crawl's words repeat
STEM = 6  # letters of a word that its own weight goes by: endings fall away, most families stay apart
_INDEX = {name: place for place, name in enumerate(SIGNALS)}
_BITS = len(WORDED)
_LANES = -(-_BITS // 64)
Rest = tuple[tuple[str, ...], int]  # further words of a phrase, and its signal
Phrases = dict[str, tuple[list[int], list[Rest]]]  # by the second word: signals of those that end there; the others


@dataclass(frozen=True, slots=True)
class Signals:
    """`rows`: a row for each sentence, a column for each of SIGNALS; `words`: the numbers of all words, sentence after
    sentence, each sentence led by a 0; `starts`: where each sentence's begin."""

    rows: Matrix
    words: Numbers
    starts: Numbers

    def stems(self, first: int, last: int, stem_of: Numbers) -> Numbers:
        """The distinct stems of the sentences from `first` to `last`, by number."""
        end = self.starts[last + 1] if last + 1 < len(self.starts) else len(self.words)
        found: Numbers = np.unique(stem_of[self.words[self.starts[first] : end]])
        return found[found > 0]


class Stems(dict[str, int]):
    """The number of each stem met so far; 0 is none."""

    def __init__(self) -> None:
        super().__init__({"": 0})
        self.names = [""]

    def __missing__(self, stem: str) -> int:
        self.names.append(stem)
        number = self[stem] = len(self.names) - 1
        return number


class Lexicon(dict[str, int]):
    """The number of each word met so far in one language, and what is known of the word of each number."""

    def __init__(self, words: Vocabulary) -> None:
        super().__init__()
        self.words = words
        self.forget()

    def forget(self) -> None:
        """Begin anew; 0 is no word."""
        self.clear()
        self.stems = Stems()
        self.stem_of = np.zeros(4096, dtype=np.int_)
        self.count = 1
        self.bits = np.zeros((4096, _LANES), dtype=np.uint64)
        self.phrases: list[tuple[Phrases, list[Rest]] | None] = [None]
        self.leads, self.loose, self.seconds = (np.zeros(4096, dtype=bool) for _ in range(3))

    def __missing__(self, word: str) -> int:
        number = self[word] = self.count
        self.count += 1
        if number == len(self.leads):
            self.stem_of = np.hstack([self.stem_of, np.zeros_like(self.stem_of)])
            self.bits = np.vstack([self.bits, np.zeros_like(self.bits)])
            self.leads, self.loose, self.seconds = (
                np.hstack([flags, np.zeros_like(flags)]) for flags in (self.leads, self.loose, self.seconds)
            )
        meaning = self.words.meaning(word)
        for name in meaning.names:
            bit = _bit(name)
            self.bits[number, bit // 64] |= np.uint64(1 << bit % 64)
        self.stem_of[number] = self.stems[word[:STEM]]
        phrases = _phrases(meaning.phrases) if meaning.phrases else None
        self.phrases.append(phrases)
        self.leads[number], self.loose[number] = bool(phrases), bool(phrases and phrases[1])
        self.seconds[number] = word in self.words.seconds
        return number


def _bit(name: str) -> int:
    return _INDEX[TABLES.get(name.partition(".")[0], name)]


def _phrases(found: Sequence[tuple[tuple[str, ...], str]]) -> tuple[Phrases, list[Rest]]:
    """The phrases that a word begins: by their second word where it is written out, and those where it has a `*`."""
    exact: Phrases = {}
    loose = []
    for rest, name in found:
        if "*" in rest[0]:
            loose.append((rest, _bit(name)))
            continue
        ended, longer = exact.setdefault(rest[0], ([], []))
        if len(rest) == 1:
            ended.append(_bit(name))
        else:
            longer.append((rest[1:], _bit(name)))
    return exact, loose


@cache
def lexicon(language: str) -> Lexicon:
    """The lexicon of one of LANGUAGES."""
    return Lexicon(vocabulary(language))


def signals(cut: Cut, language: str) -> Signals:
    """The signals and words of the sentences of some texts in one of LANGUAGES."""
    known = lexicon(language)
    if len(known) > WORDS_KEPT:
        known.forget()
    spoken = [known.words.words(cut.text[s.start : s.end]) for s in cut.sentences]
    flat = [0]
    starts = []
    for words in spoken:
        starts.append(len(flat) - 1)
        flat.extend(map(known.__getitem__, words))
        flat.append(0)
    numbers, begins = np.array(flat[:-1], dtype=np.int_), np.array(starts, dtype=np.int_)
    rows = np.zeros((len(spoken), len(SIGNALS)), dtype=np.float32)
    if not spoken:
        return Signals(rows, numbers[:0], begins)
    bits = np.bitwise_or.reduceat(known.bits[numbers], begins, axis=0)
    rows[:, :_BITS] = np.unpackbits(bits.view(np.uint8), axis=1, count=_BITS, bitorder="little")
    _mark_phrases(rows, known, spoken, numbers, begins)
    _mark_forms(rows, cut)
    sizes = np.diff(begins, append=len(numbers)) - 1
    rows[:, _INDEX["short"]] = sizes <= SHORT
    rows[:, _INDEX["long"]] = sizes > LONG
    for name, parts in UNIONS.items():
        rows[:, _INDEX[name]] = rows[:, [_INDEX[part] for part in parts]].max(axis=1)
    for name, parts in PAIRS.items():
        rows[:, _INDEX[name]] = rows[:, [_INDEX[part] for part in parts]].min(axis=1)
    return Signals(rows, numbers, begins)


def _mark_phrases(
    rows: Matrix, known: Lexicon, spoken: Sequence[Sequence[str]], numbers: Numbers, begins: Numbers
) -> None:
    worth = known.leads[numbers[:-1]] & (known.loose[numbers[:-1]] | known.seconds[numbers[1:]])
    leads = np.flatnonzero(worth)
    owners = np.searchsorted(begins, leads, side="right") - 1
    for lead, owner, place in zip(leads.tolist(), owners.tolist(), (leads - begins[owners]).tolist(), strict=True):
        words = spoken[owner]
        if place == len(words):
            continue
        exact, loose = known.phrases[numbers[lead]] or ({}, [])
        ended, longer = exact.get(words[place], ((), ()))
        for bit in ended:
            rows[owner, bit] = 1
        _mark_rest(rows[owner], longer, words, place + 1)
        _mark_rest(rows[owner], loose, words, place)


def _mark_rest(row: NDArray[np.float32], phrases: Sequence[Rest], words: Sequence[str], place: int) -> None:
    for rest, bit in phrases:
        following = words[place : place + len(rest)]
        if len(following) == len(rest) and all(map(fits, rest, following)):
            row[bit] = 1


def _mark_forms(rows: Matrix, cut: Cut) -> None:
    starts = np.array([s.start for s in cut.sentences])
    for name, patterns in FORMS.items():
        for pattern in patterns:
            _mark(rows, name, starts, [match.end() - 1 for match in pattern.finditer(cut.text)])
    _mark(rows, "brand", starts, brand_places(cut.text))
    rows[:, _INDEX["heading"]] = [s.heading for s in cut.sentences]
    lines = np.array([s.line for s in cut.sentences])
    rows[0, _INDEX["line begins"]] = 1
    rows[1:, _INDEX["line begins"]] = lines[1:] != lines[:-1]


def _mark(rows: Matrix, name: str, starts: Numbers, places: list[int]) -> None:
    if places:
        owners = np.searchsorted(starts, places, side="right") - 1
        rows[owners[owners >= 0], _INDEX[name]] = 1


def column(name: str) -> int:
    """The column of a signal."""
    return _INDEX[name]
