"""Labelled texts: what teaches the detector, and what it is measured by. Pure, read from plain files.

A file holds many texts, each with a head that says what it is, and its stories between brackets:

    === da-017
    kind: blog
    story: hotel | phone | customer | Hotel Fjordgry | hoarse-singer
    ---
    About our trip.
    ⟦On the second night I lost my voice, and ... two tickets for him.⟧ More of this tomorrow.

A `story:` line stands for each bracket, in order: sector, channel, teller, companies (separated by commas), and the
event, by a name that all its tellings share. `story?:` is one that may honestly be argued about: it is neither right
nor wrong to find it. A text without a story says instead what it is: `why_not: complaint`. The words are those of
`story.py`. `training/` holds the texts that the shipped weights are fitted on, `gold/` those that they are measured by
and never see.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from stories.story import Channel, Sector, Teller, WhyNot

FOLDER = Path(__file__).parent
TRAINING, GOLD = FOLDER / "training", FOLDER / "gold"
KINDS = ("blog", "news", "forum", "comment", "listicle", "review", "marketing", "other")
OPEN, CLOSE = "⟦", "⟧"
Word = TypeVar("Word", Sector, Channel, Teller, WhyNot)
HEAD = re.compile(r"^=== *", re.M)
FIELDS = 5  # of a story line


class LabelError(ValueError):
    """A labelled text is not written as it should be; the message says where and how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A labelled story: its place in code points, its facts, its event; `borderline` if it may be argued about."""

    start: int
    end: int
    sector: Sector
    channel: Channel
    teller: Teller
    companies: tuple[str, ...]
    event: str
    borderline: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A labelled text; `why_not` is None where it has stories."""

    id: str
    language: str
    kind: str
    text: str
    stories: tuple[Told, ...]
    why_not: WhyNot | None


def read(folder: Path) -> list[Labelled]:
    """All texts below a folder, whose files or folders are named by their language. Raises LabelError."""
    found = []
    for file in sorted(folder.rglob("*.txt")):
        language = file.relative_to(folder).parts[0].removesuffix(".txt")
        found += list(parse(file.read_text("utf-8"), language, str(file.relative_to(folder.parent))))
    return found


def parse(written: str, language: str, name: str) -> Iterator[Labelled]:
    """The texts of one file; `name` is what mistakes are told by."""
    for part in HEAD.split(written)[1:]:
        head, line, text = part.partition("\n---\n")
        own, *keys = head.strip().splitlines()
        where = f"{name}: {own}"
        if not line:
            raise LabelError(f"{where}: no line '---' between its head and its text")
        yield _labelled(own.strip(), language, keys, text.strip("\n"), where)


def _labelled(own: str, language: str, keys: list[str], marked: str, where: str) -> Labelled:
    pairs = [(key.strip(), value.strip()) for key, _, value in (line.partition(":") for line in keys)]
    if unknown := [key for key, _ in pairs if key not in ("kind", "why_not", "story", "story?")]:
        raise LabelError(f"{where}: unknown key '{unknown[0]}'; known: kind, why_not, story, story?")
    one = dict(pairs)
    if one.get("kind") not in KINDS:
        raise LabelError(f"{where}: kind '{one.get('kind', '')}'; known: {', '.join(KINDS)}")
    lines = [(key, value) for key, value in pairs if key.startswith("story")]
    text, places = _unbracket(marked, where)
    if len(lines) != len(places):
        raise LabelError(f"{where}: {len(lines)} story lines and {len(places)} pairs of {OPEN} {CLOSE}")
    if bool(lines) == ("why_not" in one):
        raise LabelError(f"{where}: a text has either story lines or a why_not")
    told = tuple(_told(key, value, place, where) for (key, value), place in zip(lines, places, strict=True))
    why_not = _word(WhyNot, one["why_not"], where) if "why_not" in one else None
    return Labelled(id=own, language=language, kind=one["kind"], text=text, stories=told, why_not=why_not)


def _unbracket(marked: str, where: str) -> tuple[str, list[tuple[int, int]]]:
    parts = re.split(f"([{OPEN}{CLOSE}])", marked)
    if parts[1::2] != [OPEN, CLOSE] * (len(parts) // 4):
        raise LabelError(f"{where}: each {OPEN} wants its {CLOSE} before the next {OPEN}")
    ends: list[int] = []
    for part in parts[::2]:
        ends.append((ends[-1] if ends else 0) + len(part))
    return "".join(parts[::2]), list(zip(ends[:-1:2], ends[1:-1:2], strict=True))


def _told(key: str, value: str, place: tuple[int, int], where: str) -> Told:
    fields = [field.strip() for field in value.split("|")]
    if len(fields) != FIELDS:
        raise LabelError(f"{where}: '{value}' wants sector | channel | teller | companies | event")
    sector, channel, teller, companies, event = fields
    return Told(
        start=place[0],
        end=place[1],
        sector=_word(Sector, sector, where),
        channel=_word(Channel, channel, where),
        teller=_word(Teller, teller, where),
        companies=tuple(name.strip() for name in companies.split(",") if name.strip()),
        event=event,
        borderline=key == "story?",
    )


def _word(words: type[Word], word: str, where: str) -> Word:
    try:
        return words(word)
    except ValueError:
        known = ", ".join(words)
        raise LabelError(f"{where}: '{word}' is none of {known}") from None
