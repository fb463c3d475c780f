"""Stories without number, for `bench.many_stories`: sentences of the labelled texts, words of `many_words.toml`.

What is compared of a story is put together from what is compared of its sentences: deriving it from each text would
take minutes.
"""

import random
import re
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

from storage.database import identity
from stories import rarity
from stories.fingerprint import fingerprint
from stories.keys import number_of
from stories.labelled import TRAINING, read
from stories.mentions import Names, name
from stories.pairs import TELLINGS
from stories.reasons import REASONS
from stories.story import Channel, Sector, Story, Teller
from stories.telling import DECIMALS, Telling, company, stems, telling

WORDS = tomllib.loads(Path(__file__).with_name("many_words.toml").read_text("utf-8"))
LANGUAGES = {"en": 30, "de": 17, "fr": 13, "es": 11, "nl": 10, "sv": 8, "da": 6, "no": 5}  # in a hundred
SECTORS = {
    Sector.RETAIL: 18,
    Sector.HOTEL: 15,
    Sector.RESTAURANT: 13,
    Sector.AIRLINE: 9,
    Sector.OTHER: 9,
    Sector.ONLINE_SHOP: 8,
    Sector.TRANSPORT: 6,
    Sector.BANK: 5,
    Sector.HEALTH: 5,
    Sector.TELECOM: 4,
    Sector.DELIVERY: 4,
    Sector.PUBLIC: 2,
    Sector.SOFTWARE: 2,
}
CHANNELS = dict(zip(Channel, (52, 14, 8, 4, 4, 3, 5, 10), strict=True))
TELLERS = dict(zip(Teller, (70, 10, 20), strict=True))
COMPANIES, HOSTS = 400, 300
LEAST, MOST = 60, 250  # words of a story
KEPT = 0.8  # of a text's sentences
LONG = 3  # letters of a word that says nothing
SENTENCE = re.compile(r"(?<=[.!?…])\s+|(?<=[.!?…][\"”»)])\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence, and what is compared of it."""

    text: str
    told: Telling


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """A labelled story."""

    event: str
    language: str
    sector: Sector
    sentences: Sequence[Sentence]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A story: its words, its facts, the `number` of its text, and what it was made of."""

    text: str
    title: str
    told: Telling
    number: int
    sector: Sector
    channel: Channel
    teller: Teller
    because: Sequence[str]
    base: Base
    named: Mapping[str, str]


class Author:
    """Writes stories."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.companies = self._companies()
        self.of: defaultdict[tuple[str, Sector | None], list[Base]] = defaultdict(list)
        self.telling: defaultdict[str, list[Base]] = defaultdict(list)
        for base in bases():
            self.of[base.language, base.sector].append(base)
            self.of[base.language, None].append(base)
            self.telling[base.event].append(base)

    def new(self) -> Written:
        """A story that was never told."""
        sector, language = self.drawn(SECTORS), self.drawn(LANGUAGES)
        base = self.dice.choice(self.of[language, sector] or self.of[language, None])
        firms = self.companies[sector]
        named = {
            "company": self.dice.choices(firms, cum_weights=falling(len(firms)))[0],
            "name": self.person().split()[0],
            "town": self.word(WORDS["towns"]),
            "number": str(self.dice.randint(3, 21)),
        }
        return self._write(base, named, sector, self.drawn(CHANNELS), self.drawn(TELLERS))

    def retold(self, told: Written) -> Written:
        """The same event in other words, where there are any in another language."""
        own = told.base
        others = [base for base in self.telling[own.event] if base.language != own.language]
        return self._write(self.dice.choice(others or [own]), told.named, told.sector, told.channel, told.teller)

    def near(self, told: Written) -> Written:
        """The same but for two words, and the same title."""
        text = f"{told.text} {self.word(WORDS['towns'])}, {self.person().split()[1]}."
        its = replace(told.told, digest=identity(text), wording=identity(text), fingerprint=fingerprint(text))
        return replace(told, text=text, told=its, number=number_of(its))

    def person(self) -> str:
        """A first name and a surname."""
        return f"{self.word(WORDS['names'])} {self.word(WORDS['surnames'])}"

    def title(self, language: str) -> str:
        """A title."""
        named = {"company": self.word(WORDS["towns"]), "name": self.word(WORDS["names"]), "number": "7"}
        return self._filled("titles", language, named | {"town": self.word(WORDS["towns"])})

    def aside(self, language: str) -> str:
        """A few sentences about something else."""
        sentences = self.dice.choice(self.of[language, None]).sentences
        return " ".join(each.text for each in sentences[: self.dice.randint(1, 3)])

    def hosts(self) -> dict[str, list[str]]:
        """Names of sites, by language."""
        starts, kinds = WORDS["starts"].lower().split(), WORDS["hosts"].split()
        shares = {language: max(1, HOSTS * share // 100) for language, share in LANGUAGES.items()}
        return {
            language: [f"{starts[n % len(starts)]}-{kinds[n % len(kinds)]}-{language}.example" for n in range(count)]
            for language, count in shares.items()
        }

    def drawn(self, shares: Mapping[Any, int]) -> Any:
        """One of some words that have shares."""
        return self.dice.choices(list(shares), list(shares.values()))[0]

    def word(self, words: str) -> str:
        """One of some words."""
        return self.dice.choice(split(words))

    def _companies(self) -> dict[Sector, list[str]]:
        """The companies of each sector, of which large ones have more."""
        called = [start + end for start in WORDS["starts"].split() for end in WORDS["ends"].split()]
        drawn = [*Sector, *self.dice.choices(list(SECTORS), list(SECTORS.values()), k=COMPANIES - len(Sector))]
        found: dict[Sector, list[str]] = defaultdict(list)
        for first, sector in zip(self.dice.sample(called, COMPANIES), drawn, strict=True):
            found[sector].append(f"{first} {WORDS['firms'][sector]}")
        return found

    def _write(self, base: Base, named: Mapping[str, str], sector: Sector, channel: Channel, teller: Teller) -> Written:
        language = base.language
        named = {**named, "thing": self._thing(language)}
        opening, ending = self._filled("openings", language, named), self._filled("endings", language, named)
        middle = [each for each in base.sentences if self.dice.random() < KEPT]
        while sum(each.text.count(" ") + 1 for each in middle) < LEAST:
            middle += self.dice.choice(self.of[language, None]).sentences[:3]
        while sum(each.text.count(" ") + 1 for each in middle) > MOST - len((opening + ending).split()):
            middle.pop()
        text = " ".join((opening, *(each.text for each in middle), ending))
        told = _together(text, language, middle, stems(f"{opening} {ending}", language), named)
        return Written(
            text=text,
            title=self._filled("titles", language, named),
            told=told,
            number=number_of(told),
            sector=sector,
            channel=channel,
            teller=teller,
            because=self._because(text),
            base=base,
            named=named,
        )

    def _filled(self, kind: str, language: str, named: Mapping[str, str]) -> str:
        said: str = self.dice.choice(WORDS[language][kind]).format_map({"thing": self._thing(language), **named})
        return said[0].upper() + said[1:]

    def _thing(self, language: str) -> str:
        its = WORDS[language]
        return self.word(its["heads"]) + str(its["join"]) + self.word(its["tails"])

    def _because(self, text: str) -> list[str]:
        """Reasons as the finder gives them, with any words of the text."""
        words = [word for word in text.lower().split() if len(word) > LONG and word.isalpha()]
        kinds = self.dice.sample(list(REASONS.values()), self.dice.randint(2, 5))
        return [f"{kind}: {', '.join(self.dice.sample(words, self.dice.randint(1, 3)))}" for kind in kinds]


@cache
def split(words: str) -> list[str]:
    """Words that stand in one line of the file."""
    return words.split()


@cache
def falling(count: int) -> list[float]:
    """Shares that fall like those of names or sites, added up."""
    return list(accumulate(1 / (place + 5) for place in range(count)))


def bases() -> list[Base]:
    """The labelled stories of the eight languages."""
    found = []
    for text in (*read(TELLINGS), *read(TRAINING)):
        for told in text.stories:
            said = SENTENCE.split(text.text[told.start : told.end].replace("\n", " "))
            sentences = tuple(_sentence(each, text.language) for each in said if each)
            found.append(Base(event=told.event, language=text.language, sector=told.sector, sentences=sentences))
    return found


def _sentence(text: str, language: str) -> Sentence:
    story = Story(place=None, start=0, end=len(text), text=text, score=1, title="", language=language)
    return Sentence(text=text, told=telling(story))


def _together(
    text: str, language: str, middle: Sequence[Sentence], more: frozenset[str], named: Mapping[str, str]
) -> Telling:
    """What is compared of a story."""
    told = [each.told for each in middle]
    motifs = tuple(dict.fromkeys(motif for each in told for motif in each.motifs))
    all_stems = more.union(*(each.stems for each in told))
    names = Names(
        certain=frozenset({name(named["name"])}).union(*(each.names.certain for each in told)),
        possible=frozenset[str]().union(*(each.names.possible for each in told)),
    )
    return Telling(
        digest=identity(text, language),
        wording=identity(text),
        language=language,
        companies=frozenset({company(named["company"])}),
        fingerprint=fingerprint(text),
        motifs=motifs,
        names=names,
        numbers=frozenset({float(named["number"])}).union(*(each.numbers for each in told)),
        stems=all_stems,
        weight=round(sum(map(rarity.motif, motifs)), DECIMALS),
        weight_of_words=round(sum(rarity.stem(language, stem) for stem in sorted(all_stems)), DECIMALS),
    )
