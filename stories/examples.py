"""What is learned from and measured by after editors have decided: decided and labelled texts as numbers. Pure.

A decided text is cut, marked and leant as in judging. Of its candidates those that overlap an approved passage by an
intersection over union of 0.25 are yes; those that overlap a rejected one as much, and no approved one, are no; the
others count, as no, only where nothing in the text was approved. Each decided passage counts once, shared by its
candidates, and so do the others of a text.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from stories.figures import RIGHT, average_precision, found, page_f1
from stories.judging import MOST_SENTENCES, STEEPEST, lean
from stories.labelled import Labelled
from stories.material import MEETS, STORY, Material, Place, material, overlap
from stories.passages import cut
from stories.signals import lexicon, signals
from stories.story import WhyNot
from stories.views import Vector, sentence_views
from stories.weights import Linear, Weights, WordWeights

TINY = 1e-9  # instead of a division by nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A decided telling: the post or comment it stands in (`where` names it), its place there in code points, what was
    decided on which cluster, and for a rejection why."""

    where: str
    language: str
    text: str
    headings: tuple[Place, ...]
    place: Place
    approved: bool
    why_not: WhyNot | None
    cluster: str


@dataclass(slots=True)
class Example:
    """A text as numbers; what the words say of each candidate, in log odds; the rejected passages, the approved
    ones being the material's spans; for each candidate whether it is one to find (1 or 0), and what that counts."""

    material: Material
    said: Vector
    rejected: tuple[Place, ...]
    yes: Vector
    counts: Vector

    def odds(self, passage: Linear) -> Vector:
        """The candidates' log odds by these weights of the passage question."""
        return passage.log_odds(self.material.features) + self.said if len(self.said) else np.zeros(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How well some texts are judged. The first three are 0 to 1; `missed` approved and `wrong` rejected passages are
    not found, and found, at the threshold; `loss` is the mean of what is learned from, in log odds."""

    average_precision: float
    page_f1: float
    span_f1: float
    missed: int
    wrong: int
    loss: float

    def worse(self, other: "Figures") -> bool:
        """Whether pages are told apart less well than there."""
        return self.page_f1 < other.page_f1 or self.average_precision < other.average_precision

    def better(self, other: "Figures") -> bool:
        """Whether pages are told apart better than there, all in all, and what is learned from costs less."""
        gained = self.page_f1 + self.average_precision - other.page_f1 - other.average_precision
        return gained > 0 and self.loss < other.loss


def by_text(lessons: Iterable[Lesson]) -> list[list[Lesson]]:
    """The lessons of each text together, in their order."""
    texts: dict[str, list[Lesson]] = {}
    for lesson in lessons:
        texts.setdefault(lesson.where, []).append(lesson)
    return list(texts.values())


def groups(texts: Sequence[Sequence[Lesson]]) -> list[str]:
    """For each text the name of its group: texts with a common cluster are of one."""
    leader: dict[str, str] = {}

    def lead(name: str) -> str:
        while leader.setdefault(name, name) != name:
            name = leader[name]
        return name

    for text in texts:
        for lesson in text:
            leader[lead(lesson.cluster)] = lead(text[0].cluster)
    return [lead(text[0].cluster) for text in texts]


def decided_example(text: Sequence[Lesson], group: str, model: Weights) -> Example:
    """The lessons of one text as numbers; `model` says how its sentences lean."""
    own = text[0]
    made = cut([own.text], own.headings).first(MOST_SENTENCES)
    marked = signals(made, own.language)
    numbers = Material(
        id=own.where,
        source="decided",
        language=own.language,
        group=group,
        spans=[(*place, False) for place in sorted({lesson.place for lesson in text if lesson.approved})],
        made=made,
        found=marked,
        views=sentence_views(marked.rows, made.blocks),
    )
    return _example(numbers, tuple(sorted({lesson.place for lesson in text if not lesson.approved})), model)


def labelled_example(text: Labelled, model: Weights) -> Example:
    """A labelled text as numbers, to measure by; `model` says how its sentences lean."""
    return _example(material("gold", text, text.id), (), model)


def measure(texts: Sequence[Example], odds: Sequence[Vector], threshold: float) -> Figures:
    """The figures of texts whose candidates have these log odds. Leaves the scores in their materials."""
    hits = extra = missed = wrong = 0
    for text, given in zip(texts, odds, strict=True):
        text.material.scores = 1 / (1 + np.exp(-np.clip(given, -STEEPEST, STEEPEST)))
        got, firm = found(text.material, threshold), _firm(text.material)
        right, more = _right_and_extra(text.material, got)
        hits, extra = hits + right, extra + more
        missed += sum(not _near(got, place) for place in firm)
        others = [place for place in got if not _near(firm, place)]
        wrong += sum(_near(others, place) for place in text.rejected)
    materials = [text.material for text in texts]
    return Figures(
        average_precision=average_precision(materials),
        page_f1=page_f1(materials, threshold),
        span_f1=2 * hits / max(1, hits + extra + sum(len(_firm(each)) for each in materials)),
        missed=missed,
        wrong=wrong,
        loss=_loss(texts, odds),
    )


def _example(numbers: Material, rejected: tuple[Place, ...], model: Weights) -> Example:
    numbers.lean(lean(model, numbers.found.rows, numbers.made.blocks))
    if numbers.candidates:
        numbers.fits = model.questions["fits"].log_odds(numbers.features)
    places, firm = [numbers.place(span) for span in numbers.candidates], _firm(numbers)
    yes = np.array([_near(firm, place) for place in places], dtype=float)
    no = np.array([_near(rejected, place) for place in places], dtype=float) * (1 - yes)
    other = (1 - yes) * (1 - no) * (not firm)
    counts = np.zeros(len(places))
    for kind, worth in ((yes, len(firm)), (no, len(rejected)), (other, 1)):
        counts += kind * worth / max(float(kind.sum()), 1.0)
    return Example(numbers, _said(numbers, model), rejected, yes, counts)


def _said(text: Material, model: Weights) -> Vector:
    """What the words say of each candidate; asked at once, before other texts make the lexicon begin anew."""
    words = WordWeights(lexicon(text.language), model.words.get(text.language, {}))
    said = [words.of_stems(text.found.stems(span.first, span.last, words.lexicon.stem_of)) for span in text.candidates]
    return np.array(said)


def balanced(texts: Sequence[Example]) -> Vector:
    """What each candidate of some texts counts, so that those to find and the others count alike, and all as before."""
    yes, counts = joined([text.yes for text in texts]), joined([text.counts for text in texts])
    half = float(counts.sum()) / 2
    for kind in (yes > 0, yes == 0):
        counts[kind] *= half / max(float(counts[kind].sum()), TINY)
    return counts


def joined(each: Sequence[Vector]) -> Vector:
    """The numbers of all candidates of some texts, text after text."""
    return np.concatenate([np.zeros(0), *each])


def _loss(texts: Sequence[Example], odds: Sequence[Vector]) -> float:
    counts, given, yes = balanced(texts), joined(odds), joined([text.yes for text in texts])
    return float((counts * (np.logaddexp(0, given) - yes * given)).sum()) / max(float(counts.sum()), TINY)


def _firm(text: Material) -> list[Place]:
    return [(start, end) for start, end, borderline in text.spans if not borderline]


def _near(places: Iterable[Place], place: Place) -> bool:
    return any(overlap(place, other) >= STORY for other in places)


def _right_and_extra(text: Material, got: Sequence[Place]) -> tuple[int, int]:
    """How many of the found passages are labelled stories, each at most once, and how many are none."""
    left, soft, right, extra = _firm(text), [(a, b) for a, b, borderline in text.spans if borderline], 0, 0
    for place in sorted(got, key=lambda place: -max((overlap(place, story) for story in left), default=0.0)):
        best = max(left, key=lambda story: overlap(place, story), default=None)
        if best and overlap(place, best) >= RIGHT:
            left.remove(best)
            right += 1
        elif not any(overlap(place, story) > MEETS for story in soft):
            extra += 1
    return right, extra
