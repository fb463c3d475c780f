"""Labelled texts as numbers: their sentences, candidates and features, what to learn from and what to measure by. Pure.

A text goes the same way as in `judging.py`, only that each step waits for the models that it needs: `Material` holds
what is known of it so far.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from stories.judging import EVERYTHING, propose
from stories.labelled import Labelled
from stories.passages import Cut, cut
from stories.signals import Numbers, Signals, lexicon, signals
from stories.views import Features, Leanings, Span, Vector, passage_view, sentence_views

STORY, FIT, MEETS, TOUCHES = 0.25, 0.6, 0.2, 0.05  # intersection over union
Place = tuple[int, int]


@dataclass(slots=True)
class Material:
    """A labelled text; `spans` are (start, end, borderline) in code points, `group` what it may not be parted from."""

    id: str
    source: str
    language: str
    group: str
    spans: list[tuple[int, int, bool]]
    made: Cut
    found: Signals
    views: dict[str, Features]
    leanings: Leanings | None = None
    candidates: list[Span] = field(default_factory=list)
    features: Features = field(default_factory=lambda: np.zeros((0, 0)))
    scores: Vector = field(default_factory=lambda: np.zeros(0))
    fits: Vector = field(default_factory=lambda: np.zeros(0))

    def lean(self, leanings: Leanings) -> None:
        """Take its sentences' leanings, and with them its candidates."""
        self.leanings = leanings
        self.candidates = propose(self.found.rows, self.made, leanings, EVERYTHING)
        self.scores = self.fits = np.zeros(0)
        if self.candidates:
            lengths = self.made.lengths()
            self.features = passage_view(self.found.rows, self.made.blocks, lengths, leanings, self.candidates)

    def place(self, span: Span) -> Place:
        """A candidate's place, in code points."""
        return self.made.place(span.first, span.last)[1:]

    def stems(self, span: Span) -> list[str]:
        """The distinct stems of a candidate."""
        known = lexicon(self.language)
        return [known.stems.names[n] for n in self.found.stems(span.first, span.last, known.stem_of).tolist()]

    def owner(self) -> Numbers:
        """For each sentence the number of the span that holds more than half of it, or -1."""
        owners = np.full(len(self.made.sentences), -1)
        for number, (start, end, _) in enumerate(self.spans):
            for place, s in enumerate(self.made.sentences):
                if min(end, s.end) - max(start, s.start) > (s.end - s.start) / 2:
                    owners[place] = number
        return owners

    def overlaps(self) -> Features:
        """Each candidate's best overlap with a firm story and with a borderline one."""
        best = np.zeros((len(self.candidates), 2))
        for row, span in zip(best, self.candidates, strict=True):
            place = self.place(span)
            for start, end, borderline in self.spans:
                row[int(borderline)] = max(row[int(borderline)], overlap(place, (start, end)))
        return best


def material(source: str, text: Labelled, group: str) -> Material:
    """A labelled text as numbers."""
    made = cut([text.text])
    found = signals(made, text.language)
    return Material(
        id=text.id,
        source=source,
        language=text.language,
        group=group,
        spans=[(told.start, told.end, told.borderline) for told in text.stories],
        made=made,
        found=found,
        views=sentence_views(found.rows, made.blocks),
    )


def groups(texts: Iterable[Labelled]) -> dict[str, str]:
    """For each text's id the name of its group: texts that tell a common event are of one."""
    group: dict[str, str] = {}
    for text in texts:
        known = [group[told.event] for told in text.stories if told.event in group]
        name = known[0] if known else text.id
        for key in [key for key, other in group.items() if other in known[1:]]:
            group[key] = name
        group |= {told.event: name for told in text.stories} | {text.id: name}
    return group


def overlap(one: Place, other: Place) -> float:
    """Intersection over union of two places."""
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return shared / (max(one[1], other[1]) - min(one[0], other[0])) if shared > 0 else 0.0


def answers(texts: Sequence[Material]) -> tuple[Vector, Vector]:
    """For each candidate of some texts: is it a story (1 or 0), and does that count (1 or 0)?

    What meets a story by too little to be one counts neither way, nor does what meets a borderline one.
    """
    firm, soft = np.vstack([text.overlaps() for text in texts if text.candidates]).T
    story = firm >= STORY
    return story.astype(float), (story | ((firm <= TOUCHES) & (soft <= MEETS))).astype(float)
