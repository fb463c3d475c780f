"""Which passages are worth a judgement, and which of the judged ones stand. Pure.

A passage's promise is the sum over its sentences of (log odds of being inside + ease) plus 1.5 times the log odds of
beginning at its first and ending at its last sentence; no passage goes across a
heading, or into the next item of a numbered list. A small ease favours short
passages, a large one long ones; six from 1 to 3.5 are tried, since incidents have from 1 to 45 sentences. For each
ease and each sentence the best passage that begins there is taken, and of these, best first, those that do not
overlap: at most 6 and one more for each 10 sentences of the text. So the number of candidates, and with it the time,
grows with the length of the text alone.

Of the judged passages the best stands, if it reaches the threshold, and those that overlap it fall, and so on. Where
it shares at least 70 % of the shorter one with another that scores at least a tenth of it, the one of them with the
best fit and score together is what is told; the score stays.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from stories.views import Features, Leanings, Span, Vector

EASES = (1.0, 1.5, 2.0, 2.5, 3.0, 3.5)  # log odds; a sentence is inside an incident with odds of about 1 to 7
EDGE = 1.5  # how much a good begin and a good end weigh against one more sentence
MOST_SENTENCES = 45  # of a passage; one labelled incident in a hundred is longer
FEWEST_CHARACTERS = 100  # of a passage; the shortest labelled incident has 110
FEWEST, EACH = 6, 10  # candidates at least, and one more for each so many sentences
SHARED, COMPARABLE = 0.7, 0.1  # of the shorter passage, and of the better one's score


def candidates(
    leanings: Leanings, headings: NDArray[np.bool_], lengths: Vector, items: NDArray[np.bool_]
) -> list[Span]:
    """The passages of a text that are worth a judgement, in order of place; `lengths` are in code points, `items`
    says which sentences begin an item of a list."""
    found: dict[tuple[int, int], None] = {}
    count = len(leanings.inside)
    for best, last in zip(*_best_from_each(leanings, headings, items), strict=True) if count else ():
        order = [first for first in np.argsort(-best, kind="stable").tolist() if np.isfinite(best[first])]
        spans = _apart(((first, int(last[first])) for first in order), count)
        for _, span in zip(range(FEWEST + count // EACH), spans, strict=False):
            found[span] = None
    total = np.concatenate([[0.0], np.cumsum(lengths)])
    return [Span(first, last) for first, last in sorted(found) if total[last + 1] - total[first] >= FEWEST_CHARACTERS]


def standing(spans: Sequence[Span], scores: Vector, fits: Vector, threshold: float) -> list[tuple[int, float]]:
    """The (place in `spans`, score) of the passages that stand, best first; `spans` are in order of place."""
    taken = np.zeros(max((span.last for span in spans), default=0) + 1, dtype=bool)
    firsts = [span.first for span in spans]
    chosen = []
    for best in np.argsort(-scores, kind="stable").tolist():
        if scores[best] < threshold:
            break
        if _free(spans[best], taken):
            near = slice(bisect_left(firsts, firsts[best] - MOST_SENTENCES), bisect_right(firsts, spans[best].last))
            rivals = [
                place
                for place in range(*near.indices(len(spans)))
                if scores[place] >= COMPARABLE * scores[best]
                and _alike(spans[best], spans[place])
                and _free(spans[place], taken)
            ]
            told = max(rivals, key=lambda place: float(fits[place] + np.log(scores[place])))
            taken[spans[told].first : spans[told].last + 1] = True
            chosen.append((told, float(scores[best])))
    return chosen


def _free(span: Span, taken: NDArray[np.bool_]) -> bool:
    return not taken[span.first : span.last + 1].any()


def _alike(one: Span, other: Span) -> bool:
    shared = min(one.last, other.last) - max(one.first, other.first) + 1
    return shared >= SHARED * (min(one.last - one.first, other.last - other.first) + 1)


def _best_from_each(
    leanings: Leanings, headings: NDArray[np.bool_], items: NDArray[np.bool_]
) -> tuple[Features, NDArray[np.intp]]:
    """For each of EASES (a row) and each sentence the promise of the best passage that begins there, and its last
    sentence."""
    count = len(leanings.inside)
    eased = leanings.inside + np.array(EASES)[:, None]
    total = np.hstack([np.zeros((len(EASES), 1)), np.cumsum(eased, axis=1)])
    passed = np.concatenate([[0], np.cumsum(headings)])
    begun = np.cumsum(items)
    best, last = np.full((len(EASES), count), -np.inf), np.tile(np.arange(count), (len(EASES), 1))
    for size in range(1, min(MOST_SENTENCES, count) + 1):
        first = count - size + 1
        promise = total[:, size:] - total[:, :first] + EDGE * (leanings.begins[:first] + leanings.ends[size - 1 :])
        apart = (passed[size:] == passed[:first]) & (begun[size - 1 :] == begun[:first])
        better = (promise > best[:, :first]) & apart
        best[:, :first] = np.where(better, promise, best[:, :first])
        last[:, :first] = np.where(better, np.arange(size - 1, count), last[:, :first])
    return best, last


def _apart(best_first: Iterator[tuple[int, int]], count: int) -> Iterator[tuple[int, int]]:
    taken = np.zeros(count, dtype=bool)
    for first, last in best_first:
        if not taken[first : last + 1].any():
            taken[first : last + 1] = True
            yield first, last
