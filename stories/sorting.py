"""Which of a closed set of words fits a passage: its sector, channel and teller, or why it is no story. Pure.

Each word has a weight for each of a passage's marks (`sorting.csv`, fitted by `make train` from labelled texts); the
word with the largest sum is the answer. The marks are the same in all languages. Sector and channel see only the votes,
that is words of the tables [sectors] and [channels] of the passage's language; the weights say what each vote is worth
for each answer:

  vote NAME       the share that a sector or a channel has of all votes and one more. A word in the passage counts 1,
                  however often it stands there, and each time in its first third, where the occasion is told, 1 more;
                  each in the 600 characters on both sides ¼. For sectors each word of the title (or of the text's
                  first 80 characters) counts 1, a well-known company of that trade in the passage 4, around it 1.

Teller and the reason against see the rest:

  NAME            how often words of a concept stand in the passage, up to 3 times, in thirds
  NAME around     the same in the 600 characters on each side and the title, by every hundred words
  NAME first      whether it stands in the first third of the passage
  own words       the share of sentences with I or we outside quotation marks
  told by staff   somebody says that they serve ("my shift", "a customer came in") outside quotation marks
  speech          the share of sentences with quotation marks
  long            the logarithm of the number of words

A channel that is *mixed* or *unknown* is never the answer: no sign tells them from a lack of words.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stories.brands import brands, brands_in
from stories.passages import sentences
from stories.signals import CONCEPTS
from stories.story import Channel, Sector, Teller, WhyNot
from stories.vocabulary import Vocabulary

TABLE = "sorting.csv"  # in the folder of weights
BIAS = "(bias)"
DECIMALS = 3
MOST = 3  # times that a word's concept counts
REACH = 600  # characters around a passage that still speak of it
HEAD = 80  # characters at a text's beginning that speak of all of it
AROUND, OF_BRAND, BRAND_AROUND = 0.25, 4.0, 1.0  # votes
HUNDRED = 100  # words
QUOTED = re.compile(r"[\"“„«»][^\"“”„«»\n]{0,400}[\"”“»«]")
CHANNELS = tuple(word for word in Channel if word not in (Channel.MIXED, Channel.UNKNOWN))
CHOICES: Mapping[str, tuple[str, ...]] = {
    "sector": tuple(Sector),
    "channel": CHANNELS,
    "teller": tuple(Teller),
    "why_not": tuple(WhyNot),
}
SECTORS = tuple(f"sectors.{word}" for word in Sector)
CONTACTS = tuple(f"channels.{word}" for word in CHANNELS)
VOTES = tuple(f"vote {word}" for word in (*Sector, *CHANNELS))
REST = (
    *CONCEPTS,
    *(f"{name} around" for name in CONCEPTS),
    *(f"{name} first" for name in CONCEPTS),
    "own words",
    "told by staff",
    "speech",
    "long",
)
MARKS = (*VOTES, *REST)
SEEN: Mapping[str, tuple[str, ...]] = {"sector": VOTES, "channel": VOTES, "teller": REST, "why_not": REST}
Marks = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sorter:
    """The words to choose from, a row of weights for each, and their biases."""

    words: tuple[str, ...]
    weights: NDArray[np.float64]
    biases: NDArray[np.float64]

    def odds(self, marks: Marks) -> dict[str, float]:
        """What speaks for each word."""
        return dict(zip(self.words, (self.weights @ marks + self.biases).tolist(), strict=True))

    def best(self, marks: Marks) -> str:
        """The word that fits best."""
        odds = self.odds(marks)
        return max(odds, key=lambda word: odds[word])


def marks(text: str, span: tuple[int, int], title: str | None, words: Vocabulary) -> Marks:
    """The marks of a passage, in the order of MARKS."""
    passage = text[slice(*span)]
    near = f"{text[max(0, span[0] - REACH) : span[0]]}\n{text[span[1] : span[1] + REACH]}"
    spoken, around = words.words(passage), words.words(f"{title or ''}\n{near}")
    inside, outside = words.named(spoken), words.named(around)
    early = [name for place, _, name in inside if place < len(spoken) / 3]
    once = [name for _, name in sorted({(spoken[place], name) for place, _, name in inside})]
    beside = AROUND * _counts((name for *_, name in words.named(words.words(near))), (*SECTORS, *CONTACTS))
    votes = _counts([*once, *early], (*SECTORS, *CONTACTS)) + beside
    of_trade, of_contact = votes[: len(SECTORS)], votes[len(SECTORS) :]
    head = words.named(words.words(title or text[:HEAD]))
    of_trade += _counts((name for *_, name in head), SECTORS)
    of_trade += OF_BRAND * _brands(passage) + BRAND_AROUND * _brands(near)
    return np.concatenate(
        [
            of_trade / (of_trade.sum() + 1),
            of_contact / (of_contact.sum() + 1),
            np.minimum(_counts((name for *_, name in inside), CONCEPTS), MOST) / MOST,
            np.minimum(_counts((name for *_, name in outside), CONCEPTS) * HUNDRED / max(len(around), HUNDRED), MOST)
            / MOST,
            np.minimum(_counts(early, CONCEPTS), 1),
            _voices(passage, words),
            [np.log(max(len(spoken), 1)) / np.log(HUNDRED)],
        ]
    )


def _counts(names: Iterable[str], of: tuple[str, ...]) -> Marks:
    times = Counter(names)
    return np.array([float(times[name]) for name in of])


def _brands(text: str) -> Marks:
    """For each sector, whether a text names a well-known company of it."""
    trades = {brands()[name] for name in brands_in(text)}
    return np.array([float(word in trades) for word in Sector])


def _voices(passage: str, words: Vocabulary) -> tuple[float, float, float]:
    own_words = QUOTED.sub(" ", passage)
    named = [{name for *_, name in words.named(words.words(own_words[s.start : s.end]))} for s in sentences(own_words)]
    count = max(len(named), 1)
    own = sum(bool(names & {"i", "we"}) for names in named) / count
    staff = float(any("work" in names for names in named))
    return own, staff, min(len(QUOTED.findall(passage)) / count, 1.0)


@cache
def sorters(folder: Path) -> Mapping[str, Sorter]:
    """The sorter of each choice, from a table with a row for each mark and a column for each word ("sector hotel")."""
    with (folder / TABLE).open(encoding="utf-8", newline="") as file:
        rows = {row["mark"]: row for row in csv.DictReader(file)}
    found = {}
    for choice, words in CHOICES.items():
        columns = [f"{choice} {word}" for word in words]
        weights = np.array([[float(rows[mark][column]) for mark in MARKS] for column in columns])
        found[choice] = Sorter(words, weights, np.array([float(rows[BIAS][column]) for column in columns]))
    return found


def write(folder: Path, fitted: Mapping[str, Sorter]) -> None:
    """Put sorters into the table of a folder of weights."""
    numbers = np.vstack([np.column_stack([fitted[choice].weights, fitted[choice].biases]) for choice in CHOICES]).T
    with (folder / TABLE).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["mark", *(f"{choice} {word}" for choice, words in CHOICES.items() for word in words)])
        writer.writerows(
            [name, *(f"{cell:.{DECIMALS}f}" if cell else "0" for cell in row)]
            for name, row in zip((*MARKS, BIAS), numbers.tolist(), strict=True)
        )
