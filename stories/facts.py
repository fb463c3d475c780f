"""What a story is about: the trade of its company, how the two met, who tells it, and a title. Pure.

Sector and channel: each word of the passage that stands for one is a vote, a word of the title two, a well-known
company of the trade four; the words of the text around the passage a quarter each. Words of a meeting in person count
a third, but a trade that customers come to has three quarters of a vote for it. Most votes win, ties go to the one
that is named first in its list; none at all is *other* and *unknown*.

Teller: a passage in which somebody says that they serve ("my shift", "a customer came in") is told by the employee;
one with a word for *I* or *we* outside quotation marks in at least a quarter of its sentences by the customer; any
other by a third person.

Title: the nearest heading above the passage, else the page's title, else the passage's first words.
"""

import re
from collections import defaultdict
from collections.abc import Iterable

from reading.document import Document
from stories.brands import brands
from stories.passages import sentences
from stories.story import Channel, Sector, Teller
from stories.vocabulary import Vocabulary

IN_TITLE, OF_BRAND, AROUND = 2.0, 4.0, 0.25  # votes of a word
IN_PERSON = 0.35  # of a vote: doors and counters stand in every story, a telephone only where one is used
FACE_TO_FACE = 0.75  # votes that a trade has by itself where customers come in person
MET = frozenset(
    (Sector.HOTEL, Sector.AIRLINE, Sector.RETAIL, Sector.RESTAURANT, Sector.TRANSPORT, Sector.HEALTH, Sector.PUBLIC)
)
REACH = 600  # characters around a passage that still speak of it
OWN_WORDS = 0.25  # of the sentences with I or we, from which the teller was there
MOST_TITLE = 80  # characters; what fits a line of the desk
MOST_TITLE_WORDS = 10
QUOTED = re.compile(r"[\"“„«»][^\"“”„«»\n]{0,400}[\"”“»«]")
Place = tuple[int, int]


def sector(text: str, span: Place, title: str | None, companies: Iterable[str], words: Vocabulary) -> Sector:
    """The trade of the company in the passage."""
    votes = _votes(text, span, title, words, "sectors.")
    for name in companies:
        if trade := brands().get(name):
            votes[trade] += OF_BRAND
    votes.pop(Sector.OTHER, None)
    best = max(Sector, key=lambda known: votes[known])
    return best if votes[best] else Sector.OTHER


def channel(text: str, span: Place, trade: Sector, words: Vocabulary) -> Channel:
    """How customer and company met."""
    votes = _votes(text, span, None, words, "channels.")
    votes[Channel.IN_PERSON] *= IN_PERSON
    votes[Channel.IN_PERSON] += FACE_TO_FACE * (trade in MET)
    best = max(Channel, key=lambda known: votes[known])
    return best if votes[best] else Channel.UNKNOWN


def teller(text: str, words: Vocabulary) -> Teller:
    """Who tells the passage."""
    own_words = QUOTED.sub(" ", text)
    cut = [words.words(own_words[s.start : s.end]) for s in sentences(own_words)]
    named = [{name for *_, name in words.named(sentence)} for sentence in cut]
    if any("work" in names for names in named):
        return Teller.EMPLOYEE
    own = sum(bool(names & {"i", "we"}) for names in named)
    return Teller.CUSTOMER if own and own >= OWN_WORDS * len(named) else Teller.THIRD_PARTY


def title(document: Document, place: int | None, span: Place) -> str:
    """A line that an editor knows the story by."""
    text = document.text if place is None else document.comments[place].text
    above = [h for h in document.headings if h[1] <= span[0]] if place is None else []
    if above:
        return _short(text[slice(*above[-1])])
    if place is None and document.title:
        return _short(document.title)
    return _short(" ".join(text[slice(*span)].split()[:MOST_TITLE_WORDS]) + " …")


def _votes(text: str, span: Place, title: str | None, words: Vocabulary, prefix: str) -> defaultdict[str, float]:
    near = text[max(0, span[0] - REACH) : span[0]], text[span[1] : span[1] + REACH]
    parts = ((text[slice(*span)], 1.0), (title or "", IN_TITLE), (near[0], AROUND), (near[1], AROUND))
    votes: defaultdict[str, float] = defaultdict(float)
    for part, weight in parts:
        for *_, name in words.named(words.words(part)):
            if name.startswith(prefix):
                votes[name.removeprefix(prefix)] += weight
    return votes


def _short(line: str) -> str:
    line = " ".join(line.split())
    return line if len(line) <= MOST_TITLE else line[: MOST_TITLE - 1].rsplit(" ", 1)[0] + "…"
