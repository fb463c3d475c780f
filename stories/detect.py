"""Which passages of a Document tell a story of great, kind, human customer service, and why.

The post and its comments are judged alike, each by itself (`judging.py`). A passage stands as a story when its score
reaches the threshold, it has at least 20 words, and no overlapping passage scores better. A page's language decides
whose words are looked for; a text in another language than the eight, or in none that is known, has no stories.
"""

from dataclasses import dataclass
from pathlib import Path

from reading.document import CommentKind, Document
from stories.companies import companies
from stories.judging import EVERYTHING, HOPELESS, Judged, judge_texts
from stories.reasons import reasons
from stories.sorting import marks, sorters
from stories.spans import standing
from stories.story import EVEN, Channel, Sector, Story, Teller, WhyNot
from stories.titles import title
from stories.vocabulary import LANGUAGES, vocabulary
from stories.weights import SHIPPED

FEWEST_WORDS = 20  # of a story; the labelling guide says about 25
MOST_CHARACTERS = 20_000  # of a post that is taken whole: more is no story that anybody reads


@dataclass(frozen=True, slots=True, kw_only=True)
class Detector:
    """By what is judged: the score from which a passage is a story, and the folder of the weights that give it."""

    threshold: float = EVEN
    weights: Path = SHIPPED


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A passage that was considered: its place as in Story, its score, what speaks for it, and what it may be instead.

    `why_not` is None from the detector's threshold on.
    """

    place: int | None
    start: int
    end: int
    text: str
    score: float
    because: tuple[str, ...]
    why_not: WhyNot | None


Place = tuple[int | None, int, int]


def find(document: Document, detector: Detector = Detector()) -> tuple[Story, ...]:
    """The stories of a post and its comments, in order of place."""
    if document.language not in LANGUAGES:
        return ()
    judged = _judged(document, detector, HOPELESS)
    return tuple(
        _story(document, place, score, detector)
        for place, score in _standing(document, judged, detector.threshold)
        if len(_text(document, place).split()) >= FEWEST_WORDS
    )


def judge(document: Document, detector: Detector = Detector()) -> tuple[Verdict, ...]:
    """Every passage that was considered and overlaps no better one, in order of place."""
    if document.language not in LANGUAGES:
        return ()
    judged = _judged(document, detector, EVERYTHING)
    return tuple(_verdict(document, place, score, detector) for place, score in _standing(document, judged, 0.0))


def told(document: Document, detector: Detector = Detector(), *, entire: bool = False) -> tuple[Story, ...]:
    """The one story of a page of which somebody says that it tells one, with its honest score: the best passage, or the
    post where none is worth a judgement or with `entire`. None where the page has fewer words than a story."""
    known = document.language in LANGUAGES
    found = _standing(document, _judged(document, detector, EVERYTHING), 0.0) if known else []
    long_enough = [(place, score) for place, score in found if len(_text(document, place).split()) >= FEWEST_WORDS]
    place, score = max(long_enough, key=lambda each: each[1], default=((None, 0, 0), 0.0))
    if entire or not long_enough:
        place = (None, 0, min(len(document.text), MOST_CHARACTERS))
    if not entire and len(_text(document, place).split()) < FEWEST_WORDS:
        return ()
    return (_story(document, place, score, detector),)


def whole(document: Document) -> Story:
    """All of the post as one story with its facts, for texts that are known to be one."""
    return _story(document, (None, 0, len(document.text)), 1.0, Detector())


def _comments(document: Document) -> list[int]:
    """The comments that are long enough to tell a story."""
    return [
        place
        for place, comment in enumerate(document.comments)
        if comment.kind is CommentKind.COMMENT and len(comment.text.split(maxsplit=FEWEST_WORDS)) >= FEWEST_WORDS
    ]


def _judged(document: Document, detector: Detector, hopeless: float) -> Judged:
    texts = [document.text, *(document.comments[place].text for place in _comments(document))]
    language = document.language or ""
    return judge_texts(texts, language, document.headings, folder=detector.weights, hopeless=hopeless)


def _standing(document: Document, judged: Judged, threshold: float) -> list[tuple[Place, float]]:
    """The places and scores of the passages that stand, in order of place."""
    places = [None, *_comments(document)]
    found = []
    for number, score in sorted(standing(judged.spans, judged.scores, judged.fits, threshold)):
        text, start, end = judged.place(judged.spans[number])
        found.append(((places[text], start, end), score))
    return found


def _whole_text(document: Document, place: Place) -> str:
    return document.text if place[0] is None else document.comments[place[0]].text


def _text(document: Document, place: Place) -> str:
    return _whole_text(document, place)[place[1] : place[2]]


def _story(document: Document, place: Place, score: float, detector: Detector) -> Story:
    whole_text, span = _whole_text(document, place), place[1:]
    words = vocabulary(document.language if document.language in LANGUAGES else "en")
    text = whole_text[slice(*span)]
    seen, sort = marks(whole_text, span, document.title, words), sorters(detector.weights)
    return Story(
        place=place[0],
        start=span[0],
        end=span[1],
        text=text,
        score=round(score, 4),
        title=title(document, *place),
        language=document.language,
        companies=companies(whole_text, span, document.title, words),
        sector=Sector(sort["sector"].best(seen)),
        channel=Channel(sort["channel"].best(seen)),
        teller=Teller(sort["teller"].best(seen)),
        because=reasons(words.words(text), words, detector.weights),
    )


def _verdict(document: Document, place: Place, score: float, detector: Detector) -> Verdict:
    words, text = vocabulary(document.language or ""), _text(document, place)
    seen = marks(_whole_text(document, place), place[1:], document.title, words)
    return Verdict(
        place=place[0],
        start=place[1],
        end=place[2],
        text=text,
        score=round(score, 4),
        because=reasons(words.words(text), words, detector.weights),
        why_not=None if score >= detector.threshold else WhyNot(sorters(detector.weights)["why_not"].best(seen)),
    )
