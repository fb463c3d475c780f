"""Where a text can be cut: into lines, and lines into sentences. Pure.

A sentence ends at `.`, `!`, `?` or `…` (and a closing quote or bracket) before a blank and something that begins a
sentence, unless the word before is a known abbreviation, an initial or a number with a full stop (German, Danish and
Norwegian ordinals). A line always ends one. Text that goes on for 60 words without any such place is cut there, so
that a text without punctuation still has passages and costs no more than another.

A line is a heading where the document says so, or where it has at most 12 words, no end punctuation, and no
sentence beside it. Headings, item numbers and the names and dates above comments are cut points: a passage may not
begin or end with one.

A text is one block, and so is each comment. A text that holds two lines or more with somebody's name and a date, as
stand above comments, is a thread: each of its comments is a block by itself. What is said in one block says
nothing about another.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
MOST_HEAD, MOST_HEAD_WORDS = 120, 16  # characters and words: name, place, date, title and the buttons beside them
FEWEST_COMMENTS = 2  # name and date lines from which a text is a thread
WHEN = re.compile(
    r"\b\d{1,2}[./-]\s?\d{1,2}[./-]\s?(?:19|20)?\d{2}\b|\b(?:19|20)\d\d-\d\d-\d\d\b"
    r"|\b\d{1,2}[:.h]\d{2}\b(?!\s?(?:kr|%|€))"
    r"|\b(?:19|20)\d\d\b\W*$|\b(?:vor|for|hace|il y a|för)\s\d+\s\w+"
    r"|\b\d+\s?(?:h|d|min|m|w|u|t|j|\w{3,8})\.?\s(?:ago|geleden|siden|sedan|sen)\b"
    r"|(?:^|[·•|]\s*)\d+\s?(?:h|d|t|u|w|v|j|min|std|tim|sem|uger?|dage?)\.?$",
    re.I,
)  # a date, a time, or how long ago
WROTE = re.compile(
    r"^(?:\S+\s){1,6}(?:wrote|writes|said|says|schrieb|schreibt|skrev|skriver|sagde|sier|säger|schreef|schrijft|a écrit"
    r"|écrit|dit|dijo|dice|escribió|zei|zegt|replied|antwortete|svarer|svarade|svarte|répond|responde)\s?:$",
    re.I,
)
DIGIT = re.compile(r"\d")
CLOSED = re.compile(r"[.!?…:;,][\"'”’»«)\]]*$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence's place in the text, in code points; its line, counted from 0; whether that line is a heading."""

    start: int
    end: int
    line: int
    heading: bool


@dataclass(frozen=True, slots=True)
class Cut:
    """Some texts, joined by new lines and cut: where each text begins, its sentences, each one's block, counted from
    0."""

    text: str
    starts: list[int]
    sentences: list[Sentence]
    blocks: NDArray[np.int_]

    def first(self, most: int) -> "Cut":
        """The same with at most so many sentences."""
        return (
            self
            if len(self.sentences) <= most
            else Cut(self.text, self.starts, self.sentences[:most], self.blocks[:most])
        )

    def lengths(self) -> NDArray[np.float64]:
        """The sentences' lengths, in code points."""
        return np.array([sentence.end - sentence.start for sentence in self.sentences], dtype=np.float64)

    def place(self, first: int, last: int) -> tuple[int, int, int]:
        """The number of the text that two sentences stand in, and where there the one starts and the other ends."""
        number = bisect_right(self.starts, self.sentences[first].start) - 1
        begin = self.starts[number]
        return number, self.sentences[first].start - begin, self.sentences[last].end - begin


def cut(texts: Sequence[str], headings: tuple[tuple[int, int], ...] = ()) -> Cut:
    """Cut some texts; `headings` are those that are known of the first, in code points."""
    starts, blocks = [0], list[int]()
    found: list[Sentence] = []
    for number, text in enumerate(texts):
        own = sentences(text, headings if number == 0 else ())
        begin, line = starts[-1], found[-1].line + 1 if found else 0
        found += [Sentence(s.start + begin, s.end + begin, s.line + line, s.heading) for s in own] if begin else own
        blocks += _blocks(text, own, blocks[-1] + 1 if blocks else 0)
        starts.append(begin + len(text) + 1)
    return Cut("\n".join(texts), starts[:-1], found, np.array(blocks, dtype=np.int_))


def _blocks(text: str, own: Sequence[Sentence], first: int) -> list[int]:
    """The block of each sentence of a text."""
    heads = {s.start for s in own if s.heading and _is_comment_head(text[s.start : s.end])}
    found, block = [], first
    for sentence in own:
        block += len(heads) >= FEWEST_COMMENTS and sentence.start in heads
        found.append(block)
    return found


def _is_comment_head(line: str) -> bool:
    """Does a line say who commented and when? Such lines are short, and hold a time or end with a word of writing."""
    if len(line) > MOST_HEAD or line[-1] in ".!?…" or len(line.split()) > MOST_HEAD_WORDS:
        return False
    return bool(WROTE.search(line) or (DIGIT.search(line) and WHEN.search(line)))


def sentences(text: str, headings: tuple[tuple[int, int], ...] = ()) -> list[Sentence]:
    """All sentences of a text, in order."""
    known = {start for start, _ in headings}
    found: list[Sentence] = []
    for number, match in enumerate(LINE.finditer(text)):
        start, end = _trim(text, match.start(), match.end())
        if start == end:
            continue
        if _is_comment_head(text[start:end]):
            found.append(Sentence(start, end, number, True))
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
    if end - start < 2 * MOST_WORDS:  # too short to hold so many words
        yield start, end
        return
    gaps = [match.span() for match in BLANK.finditer(text, start, end)]
    for gap in gaps[MOST_WORDS - 1 :: MOST_WORDS]:
        yield start, gap[0]
        start = gap[1]
    if start < end:
        yield start, end


def _looks_like_heading(line: str) -> bool:
    return not CLOSED.search(line) and len(line.split(maxsplit=MOST_HEADING_WORDS)) <= MOST_HEADING_WORDS
