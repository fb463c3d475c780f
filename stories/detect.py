"""Which passages of a Document tell a story of great, kind, human customer service, and why.

The post and every comment are judged alike, each by itself (`judging.py`). A passage stands as a story when its score
reaches the threshold, it has at least 20 words, and no overlapping passage scores better. A page's language decides
whose words are looked for; a text in another language than the eight, or in none that is known, has no stories.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from reading.document import CommentKind, Document
from stories.companies import companies
from stories.facts import channel, sector, teller, title
from stories.judging import Judged, judge_text
from stories.reasons import reasons, why_not
from stories.signals import SIGNALS
from stories.spans import standing
from stories.story import Story, WhyNot
from stories.views import CONTEXT, Span
from stories.vocabulary import LANGUAGES, Vocabulary, vocabulary

FEWEST_WORDS = 20  # of a story; the labelling guide says about 25
EVEN = 0.5  # probability from which a passage is more likely a story than not


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A passage that was considered: its place as in Story, its score, what speaks for it, and what it may be instead.

    `why_not` is None from the threshold of 0.5 on.
    """

    place: int | None
    start: int
    end: int
    text: str
    score: float
    because: tuple[str, ...]
    why_not: WhyNot | None


def find(document: Document, threshold: float = EVEN) -> tuple[Story, ...]:
    """The stories of a post and its comments, in order of place."""
    language = document.language
    if language not in LANGUAGES:
        return ()
    found = []
    for place, text, judged in _judged(document, language):
        for number, score in standing(judged.spans, judged.scores, judged.fits, threshold):
            start, end = judged.place(judged.spans[number])
            if len(text[start:end].split()) >= FEWEST_WORDS:
                found.append(_story(document, language, place, (start, end), score))
    return tuple(sorted(found, key=lambda story: (-1 if story.place is None else story.place, story.start)))


def judge(document: Document) -> tuple[Verdict, ...]:
    """Every passage that was considered and overlaps no better one, in order of place."""
    language = document.language
    if language not in LANGUAGES:
        return ()
    return tuple(
        _verdict(vocabulary(language), place, text, judged, (number, score))
        for place, text, judged in _judged(document, language)
        for number, score in sorted(standing(judged.spans, judged.scores, judged.fits, 0.0))
    )


def whole(document: Document) -> Story:
    """All of the post as one story with its facts, for texts that are known to be one."""
    return _story(document, document.language or "en", None, (0, len(document.text)), 1.0)


def _judged(document: Document, language: str) -> Iterator[tuple[int | None, str, Judged]]:
    yield None, document.text, judge_text(document.text, language, document.headings)
    for place, comment in enumerate(document.comments):
        if comment.kind is CommentKind.COMMENT:
            yield place, comment.text, judge_text(comment.text, language)


def _story(document: Document, language: str, place: int | None, span: tuple[int, int], score: float) -> Story:
    known = language if language in LANGUAGES else "en"
    whole_text = document.text if place is None else document.comments[place].text
    words = vocabulary(known)
    text = whole_text[slice(*span)]
    about = companies(whole_text, span, document.title)
    trade = sector(whole_text, span, document.title, about, words)
    return Story(
        place=place,
        start=span[0],
        end=span[1],
        text=text,
        score=round(score, 4),
        title=title(document, place, span),
        language=document.language,
        companies=about,
        sector=trade,
        channel=channel(whole_text, span, trade, words),
        teller=teller(text, words),
        because=reasons(words.words(text), words),
    )


def _verdict(
    words: Vocabulary, place: int | None, text: str, judged: Judged, standing_at: tuple[int, float]
) -> Verdict:
    number, score = standing_at
    span = judged.spans[number]
    start, end = judged.place(span)
    return Verdict(
        place=place,
        start=start,
        end=end,
        text=text[start:end],
        score=round(score, 4),
        because=reasons(words.words(text[start:end]), words),
        why_not=None if score >= EVEN else why_not(_shares(judged, span)),
    )


def _shares(judged: Judged, span: Span) -> dict[str, float]:
    mean = judged.rows[max(0, span.first - CONTEXT) : span.last + 1 + CONTEXT].mean(axis=0)
    return dict(zip(SIGNALS, mean.tolist(), strict=True))
