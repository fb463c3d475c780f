"""The figures of judged texts, as the rulers count them: pages, spans, average precision, ordinary posts. Pure."""

from collections.abc import Iterator, Sequence

import numpy as np

from stories.material import MEETS, Material, Place, overlap
from stories.spans import standing

RIGHT = 0.5  # intersection over union
ALLOWED = 20  # posts with a find per thousand ordinary ones that an inbox bears
OPENING = 160  # characters of a text that is judged wrongly


def report(texts: Sequence[Material], threshold: float = 0.5) -> Iterator[str]:
    """A line for each source, those for the pages of each language, one for ordinary posts."""
    sources = [name for name in ("gold", "training", "stories", "long", "real") if any(t.source == name for t in texts)]
    for source in sources:
        own = [text for text in texts if text.source == source]
        pages, spans = [page for t in own if (page := _page(t, threshold))], [_spans(t, threshold) for t in own]
        ap = f"ap {average_precision(own):.3f}"
        yield f"{source:8} pages {_prf(pages)}   spans {_prf(spans)} iou {_closeness(own, threshold):.3f}   {ap}"
    for source in sources:
        own = [text for text in texts if text.source == source]
        by_language = sorted({text.language for text in own})
        f1 = {g: page_f1([t for t in own if t.language == g], threshold) for g in by_language}
        yield f"{source:8} page F1 " + "  ".join(f"{g} {v:.2f}" for g, v in f1.items())
    own = [text for text in texts if text.source == "ordinary"]
    if own:
        finds = sum(bool(found(text, threshold)) for text in own)
        yield f"ordinary {1000 * finds / len(own):.1f} posts with a find per thousand"


def worst(texts: Sequence[Material], source: str, most: int) -> Iterator[str]:
    """Lines for the texts of a source that are judged most wrongly: misses, the lowest first, then false alarms."""
    own = [(max(text.scores, default=0.0), text) for text in texts if text.source == source]
    missed = sorted((row for row in own if any(not b for *_, b in row[1].spans)), key=lambda row: row[0])
    wrong = sorted((row for row in own if not row[1].spans and row[1].candidates), key=lambda row: -row[0])
    for kind, rows in (("missed", missed), ("false", wrong)):
        for score, text in rows[:most]:
            start, end = text.spans[0][:2] if text.spans else found(text, 0.0)[0]
            yield f"{kind} {score:.2f} {text.id}: {' '.join(text.made.text[start:end].split())[:OPENING]}"


def page_f1(texts: Sequence[Material], threshold: float) -> float:
    """F1 of 'this text holds a story', texts with borderline stories alone left out."""
    return _f1([page for text in texts if (page := _page(text, threshold))])


def settle(texts: Sequence[Material]) -> float:
    """Move judged scores so that 0.5 is the level that ALLOWED of a thousand ordinary posts exceed, or without such
    posts the one with the best F1 of pages; says by how many log odds."""
    ordinary = sorted((max(t.scores, default=0.0) for t in texts if t.source == "ordinary"), reverse=True)
    if ordinary:
        level = ordinary[len(ordinary) * ALLOWED // 1000]
    else:
        own = [text for text in texts if text.source == "training"]
        level = max(np.arange(0.05, 1, 0.05).tolist(), key=lambda threshold: page_f1(own, threshold))
    moved = float(np.log((1 - level) / level))
    for text in texts:
        if len(text.scores):
            text.scores = 1 / (1 + np.exp(-np.log(text.scores / (1 - text.scores)) - moved))
    return moved


def found(text: Material, threshold: float) -> list[Place]:
    """The places of the stories that stand."""
    return [text.place(text.candidates[n]) for n, _ in standing(text.candidates, text.scores, text.fits, threshold)]


def _page(text: Material, threshold: float) -> tuple[int, int, int] | None:
    """Hits, false alarms and misses of 'this text holds a story'; None where only borderline stories are."""
    firm = [span for span in text.spans if not span[2]]
    if text.spans and not firm:
        return None
    some = bool(found(text, threshold))
    return int(bool(firm) and some), int(not firm and some), int(bool(firm) and not some)


def _spans(text: Material, threshold: float) -> tuple[int, int, int]:
    firm = [(a, b) for a, b, borderline in text.spans if not borderline]
    soft = [(a, b) for a, b, borderline in text.spans if borderline]
    got, hits = found(text, threshold), 0
    pairs = sorted(((overlap(g, f), g, f) for g in got for f in firm), reverse=True)
    used: set[tuple[str, Place]] = set()
    for value, g, f in pairs:
        if value >= RIGHT and not {("got", g), ("firm", f)} & used:
            used |= {("got", g), ("firm", f)}
            hits += 1
    extra = [g for g in got if ("got", g) not in used and not any(overlap(g, s) > MEETS for s in soft)]
    return hits, len(extra), len(firm) - hits


def _closeness(texts: Sequence[Material], threshold: float) -> float:
    """The mean overlap of right spans with their stories."""
    best = [
        max((overlap(got, (a, b)) for got in found(text, threshold)), default=0.0)
        for text in texts
        for a, b, borderline in text.spans
        if not borderline
    ]
    right = [value for value in best if value >= RIGHT]
    return sum(right) / max(1, len(right))


def _f1(counts: Sequence[tuple[int, int, int]]) -> float:
    hit, extra, missed = (sum(column) for column in zip(*counts, strict=True)) if counts else (0, 0, 0)
    return 2 * hit / max(1, 2 * hit + extra + missed)


def _prf(counts: Sequence[tuple[int, int, int]]) -> str:
    hit, extra, missed = (sum(column) for column in zip(*counts, strict=True)) if counts else (0, 0, 0)
    return f"P {hit / max(1, hit + extra):.3f} R {hit / max(1, hit + missed):.3f} F1 {_f1(counts):.3f}"


def average_precision(texts: Sequence[Material]) -> float:
    """That of texts ranked by their best score, those with borderline stories alone left out."""
    judged = [text for text in texts if not text.spans or any(not b for *_, b in text.spans)]
    best = sorted(judged, key=lambda text: -max(text.scores, default=0.0))
    hits, total = 0, 0.0
    for place, text in enumerate(best, 1):
        if text.spans:
            hits += 1
            total += hits / place
    return total / max(1, hits)
