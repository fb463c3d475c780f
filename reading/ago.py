"""Days told from today: "5 år siden", "an hour ago", "yesterday", "i går". Works on folded text (`datewords.fold`)."""

import re
from dataclasses import dataclass
from itertools import pairwise

from reading.datewords import DateWords, date_words

_TOKEN = re.compile(r"\d+|[^\W\d_]+(?:['-][^\W\d_]+)*")
_MOST_FIGURES = 3  # of a count of days or years
_HIER = re.compile(r"\W*hier(?:\s+a\b|\s*[,\d]|\W*$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ago:
    """So many days before now, and where the text says so."""

    start: int
    end: int
    days: float


def ago(text: str, tag: str) -> Ago | None:
    """What a folded text tells; `tag` is the page's language."""
    words = date_words()
    tokens = list(_TOKEN.finditer(text))
    return _named(text, tokens, words, tag) or _counted(text, tokens, words)


def _named(text: str, tokens: list[re.Match[str]], words: DateWords, tag: str) -> Ago | None:
    for one, two in pairwise(tokens):
        if (days := words.day_names.get(f"{one[0]} {two[0]}")) is not None:
            return Ago(start=one.start(), end=two.end(), days=days)
    for one in tokens:
        days = words.day_names.get(one[0])
        if days is not None and (one[0] != "hier" or tag.startswith("fr") or _HIER.match(text)):
            return Ago(start=one.start(), end=one.end(), days=days)  # German and Dutch "hier" is no yesterday
    return None


def _counted(text: str, tokens: list[re.Match[str]], words: DateWords) -> Ago | None:
    for one, two in pairwise(tokens):
        if two[0] not in words.units or not (one[0] in words.one or _is_count(one[0])):
            continue
        if text.strip() == text[one.start() : two.end()] or words.markers.search(text):
            count = int(one[0]) if one[0].isdecimal() else 1
            return Ago(start=one.start(), end=two.end(), days=count * words.units[two[0]])
    return None


def _is_count(word: str) -> bool:
    return word.isdecimal() and len(word) <= _MOST_FIGURES
