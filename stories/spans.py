"""Which passages are worth a judgement, and which of the judged ones stand. Pure.

A passage's promise is the sum over its sentences of (log odds of being inside + ease) plus 1.5 times the log odds of
beginning at its first and ending at its last sentence. An ease of 1.5 favours short passages, 3.5 long ones; all
three of 1.5, 2.5 and 3.5 are tried, since incidents have from 1 to 45 sentences. For each ease and each sentence the
best passage that begins there is taken, and of these, best first, those that do not overlap: at most 5 and one more
for each 10 sentences of the text. So the number of candidates, and with it the time, grows with the length of the
text alone.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from stories.views import Leanings, Span, Vector

EASES = (1.5, 2.5, 3.5)  # log odds; a sentence is inside an incident with odds of about 1 to 7
EDGE = 1.5  # how much a good begin and a good end weigh against one more sentence
MOST_SENTENCES = 45  # of a passage; one labelled incident in a hundred is longer
FEWEST, EACH = 5, 10  # candidates at least, and one more for each so many sentences


def candidates(leanings: Leanings) -> list[Span]:
    """The passages of a text that are worth a judgement, in order of place."""
    found: dict[tuple[int, int], None] = {}
    count = len(leanings.inside)
    for ease in EASES if count else ():
        best, last = _best_from_each(leanings, ease)
        order = np.argsort(-best, kind="stable")
        spans = _apart(((int(first), int(last[first])) for first in order), count)
        for _, span in zip(range(FEWEST + count // EACH), spans, strict=False):
            found[span] = None
    return [Span(first, last) for first, last in sorted(found)]


def standing(spans: Sequence[Span], scores: Sequence[float], threshold: float) -> list[int]:
    """The places of the spans that score at least `threshold` and overlap no better one, best first."""
    order = sorted((-score, place) for place, score in enumerate(scores) if score >= threshold)
    last = max((span.last for span in spans), default=0)
    places = {(spans[place].first, spans[place].last): place for _, place in reversed(order)}
    best_first = ((spans[place].first, spans[place].last) for _, place in order)
    return [places[span] for span in _apart(best_first, last + 1)]


def _best_from_each(leanings: Leanings, ease: float) -> tuple[Vector, NDArray[np.intp]]:
    """For each sentence the promise of the best passage that begins there, and that passage's last sentence."""
    count = len(leanings.inside)
    total = np.concatenate([[0.0], np.cumsum(leanings.inside + ease)])
    best, last = np.full(count, -np.inf), np.arange(count)
    for size in range(1, min(MOST_SENTENCES, count) + 1):
        first = np.arange(count - size + 1)
        ends = first + size - 1
        promise = total[ends + 1] - total[first] + EDGE * (leanings.begins[first] + leanings.ends[ends])
        better = promise > best[first]
        best[first[better]], last[first[better]] = promise[better], ends[better]
    return best, last


def _apart(best_first: Iterator[tuple[int, int]], count: int) -> Iterator[tuple[int, int]]:
    taken = np.zeros(count, dtype=bool)
    for first, last in best_first:
        if not taken[first : last + 1].any():
            taken[first : last + 1] = True
            yield first, last
