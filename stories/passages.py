"""Where a text can be cut: into lines, and lines into sentences. Pure.

A sentence ends at `.`, `!`, `?` or `…` (and a closing quote or bracket) before a blank and something that begins a
sentence, unless the word before is a known abbreviation, an initial or a number with a full stop (German, Danish and
Norwegian ordinals). A line always ends one. Text that goes on for 60 words without any such place is cut there, so
that a text without punctuation still has passages and costs no more than another.

A line is a heading where the document says so, or where it has at most 12 words, no end punctuation, and no
sentence beside it. Headings, item numbers and the names and dates above comments are cut points: a passage may not
begin or end with one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MOST_WORDS = 60  # of a sentence; real ones beyond that are lists or lack punctuation
MOST_HEADING_WORDS = 12  # a headline; longer lines without a full stop are chat or poetry
LINE = re.compile(r"[^\n]+")
END = re.compile(r"[.!?…]+[\"'”“’»«)\]]*\s+(?=[\"'“”„‘’»«¿¡(\[–—-]*\s?[^\W_a-z])")
BLANK = re.compile(r"\s+")
ABBREVIATION = re.compile(
    r"(?:^|[\s(\"'„“])(?:mr|mrs|ms|dr|prof|st|no|nr|vs|etc|e\.g|i\.e|z\.b|u\.a|d\.h|bzw|ca|str|hr|fr|frk|kl|bl\.a|f\.eks|t\.ex"
    r"|bl|dvs|mme|mlle|sr|sra|srta|dña|d|dhr|mevr|mw|bijv|o\.a|jr|inc|ltd|co|[^\W\d_]|\d{1,2})\.$",
    re.I,
)
CLOSED = re.compile(r"[.!?…:;,][\"'”’»«)\]]*$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence's place in the text, in code points; its line, counted from 0; whether that line is a heading."""

    start: int
    end: int
    line: int
    heading: bool


def sentences(text: str, headings: tuple[tuple[int, int], ...] = ()) -> list[Sentence]:
    """All sentences of a text, in order."""
    known = {start for start, _ in headings}
    found: list[Sentence] = []
    for number, match in enumerate(LINE.finditer(text)):
        start, end = _trim(text, match.start(), match.end())
        if start == end:
            continue
        cuts = [place for part in _ends(text, start, end) for place in _short(text, *part)]
        heading = len(cuts) == 1 and (start in known or _looks_like_heading(text[start:end]))
        found += [Sentence(a, b, number, heading) for a, b in cuts]
    return found


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    line = text[start:end]
    start += len(line) - len(line.lstrip())
    return start, max(start, start + len(line.strip()))


def _ends(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    begin = start
    for match in END.finditer(text, start, end):
        stop = match.start() + len(match.group().rstrip())
        if match.group()[0] == "." and ABBREVIATION.search(text, max(begin, match.start() - 12), match.start() + 1):
            continue
        yield begin, stop
        begin = match.end()
    if begin < end:
        yield begin, end


def _short(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    gaps = [match.span() for match in BLANK.finditer(text, start, end)]
    for gap in gaps[MOST_WORDS - 1 :: MOST_WORDS]:
        yield start, gap[0]
        start = gap[1]
    if start < end:
        yield start, end


def _looks_like_heading(line: str) -> bool:
    return not CLOSED.search(line) and len(line.split(maxsplit=MOST_HEADING_WORDS)) <= MOST_HEADING_WORDS
