"""What an editor asks the desk for, drawn at random: lists, facets, words, stories, the log, an export."""

import random
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import product
from urllib.parse import urlencode

import numpy as np

from storage.board import Board, Snapshot
from storage.database import Database
from storage.filters import Filters, Sort
from storage.lists import ask
from storage.suggestions import all_suggestions

ROWS = 30  # of a page
EXPORTED = 1_000  # clusters, about
MANY_TELLINGS = 20  # at least, of the largest clusters
WORDS = {  # of which stories of the trade are full, and parts of their compounds
    "en": ("driver", "refund", "manager", "stranger", "phone"),
    "da": ("kunde", "chauffør", "penge", "butik", "tog"),
    "no": ("butikken", "sjåfør", "kunden", "penger", "hytte"),
    "sv": ("kvitto", "kassan", "tåget", "kunden", "snäll"),
    "de": ("Kundin", "Fahrer", "Geschäft", "Rechnung", "freundlich"),
    "nl": ("winkel", "klant", "chauffeur", "fiets", "geld"),
    "fr": ("caisse", "vendeuse", "gentil", "monsieur", "étage"),
    "es": ("tienda", "señora", "cliente", "camarero", "dinero"),
}
PARTS = ("dienst", "mitarbeiter", "kort", "service", "billett", "bank", "kund", "winkel", "hotel", "bahn")
LETTERS = "abcdefghijklmnopqrstuvwxyzåæøéß"
NOBODY = ("zzqxy", "qwxkjh", "nichtdaswort", "xyzzyplugh", "vvvwwwkk")
SAID = ("newsletter", "Ada", "hotel", "reject", "the", "promotion")  # in the log
_WORD = re.compile(r"[^\W\d_]{3,}")


class Questions:
    """Draws addresses of the desk over a database."""

    def __init__(self, db: Database, dice: random.Random, now: datetime) -> None:
        self.dice, self.number = dice, 0
        self.board = Board().look(db)
        asked = ask(db, self.board, Filters(), now)
        rows = np.flatnonzero(asked.all).tolist()
        tellings = self.board.numbers["tellings"]
        self.open = [self.board.ids[row] for row in rows]
        self.single = [self.board.ids[row] for row in rows if tellings[row] == 1]
        self.large = [self.board.ids[row] for row in rows if tellings[row] >= MANY_TELLINGS] or self.open
        self.suggested = sorted(all_suggestions(db)) or self.open
        self.export = _export(db, self.board, now)
        self.phrases = _phrases(db, dice)

    def pages(self) -> Iterator[tuple[str, str]]:
        """One address of each kind."""
        self.number += 1
        values = self.board.values
        yield "inbox, first page", "/"
        yield "inbox, a deep page", self.page()
        for sort in Sort:
            yield "inbox, each order", f"/?{urlencode({'sort': sort})}"
        facet = self.dice.choice([*_FACETS, "age", "told", "score"])
        yield "one facet", f"/?{urlencode({facet: self._of(facet)})}"
        yield "three facets", f"/?{urlencode({name: self._of(name) for name in _FACETS[:3]})}"
        yield "a company", f"/?{urlencode({'company': self.dice.choice(values['company'])})}"
        yield "a source", f"/?{urlencode({'source': self.dice.choice(values['source'])})}"
        language = list(WORDS)[self.number % len(WORDS)]
        yield "a word", _words(self.dice.choice(WORDS[language]))
        yield "a word and a facet", _words(f"{self.dice.choice(WORDS[language])} sector:{self._of('sector')}")
        yield "a phrase", _words(f'"{self.dice.choice(self.phrases)}"')
        yield "a part of compounds", _words(self.dice.choice(PARTS))
        yield "one letter", _words(self.dice.choice(LETTERS))
        yield "a word that nobody wrote", _words(self.dice.choice(NOBODY))
        yield "a word, in any state", _words(self.dice.choice(WORDS[language]), state="any")
        yield "a story", f"/cluster/{self.dice.choice(self.single)}"
        yield "a story of 20 to 30 tellings", f"/cluster/{self.dice.choice(self.large)}"
        yield "a story with suggestions", f"/cluster/{self.dice.choice(self.suggested)}"
        yield "the log", "/log"
        yield "the log, searched", f"/log?{urlencode({'words': self.dice.choice(SAID)})}"
        yield f"* an export of some {EXPORTED:,}", self.export

    def page(self) -> str:
        """A page of the inbox, anywhere."""
        return f"/?offset={self.dice.randrange(ROWS, max(len(self.open) - ROWS, ROWS + 1), ROWS)}"

    def cluster(self) -> str:
        """A cluster that waited when we began."""
        return self.dice.choice(self.open)

    def _of(self, facet: str) -> str:
        choices: Sequence[str] = _CHOICES.get(facet) or self.board.values[facet]
        return self.dice.choice(choices)


_FACETS = ("language", "sector", "channel", "teller", "because")
_CHOICES = {"age": ("1", "7", "30", "365"), "told": ("2", "5", "10"), "score": ("0.9", "0.7", "0.5")}


def _words(words: str, **more: str) -> str:
    return f"/?{urlencode({'words': words, **more})}"


def _export(db: Database, snapshot: Snapshot, now: datetime) -> str:
    """The question of a language and a sector that is nearest to as many as we want."""
    views = (
        Filters(language=(language,), sector=(sector,))
        for language, sector in product(snapshot.values["language"], snapshot.values["sector"])
    )
    nearest = min(views, key=lambda view: abs(int(ask(db, snapshot, view, now).all.sum()) - EXPORTED))
    return f"/export.json{nearest.query()}"


def _phrases(db: Database, dice: random.Random) -> Sequence[str]:
    """Three words that stand together in some story."""
    (most,) = db.conn.execute("select max(number) from stories").fetchone()
    found = []
    for number in dice.choices(range(1, most + 1), k=200):
        row = db.conn.execute("select text from stories where number = ?", (number,)).fetchone()
        words = _WORD.findall(row[0]) if row else []
        at = dice.randrange(max(len(words) - 3, 1))
        found += [" ".join(words[at : at + 3])] if len(words) > at + 2 else []
    return found or ["a small kindness"]
