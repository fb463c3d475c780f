"""Labelled texts as training and test material: their sentences, signals and spans, and the parts they belong to."""

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stories.passages import Sentence, sentences
from stories.signals import Matrix, signals
from stories.views import Features, Leanings, Span, sentence_views
from stories.vocabulary import vocabulary

PARTS = 5
Record = dict[str, Any]


@dataclass(slots=True)
class Text:
    """One labelled text; `spans` are (start, end, borderline) in code points. Fitting fills the later fields."""

    id: str
    source: str
    language: str
    spans: list[tuple[int, int, bool]]
    part: int
    cut: list[Sentence]
    rows: Matrix
    views: Mapping[str, Features] = field(default_factory=dict)
    leanings: Leanings | None = None
    candidates: list[Span] = field(default_factory=list)
    features: Features = field(default_factory=lambda: np.zeros((0, 0)))
    scores: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    fits: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))

    def place(self, span: Span) -> tuple[int, int]:
        """A candidate's place, in code points."""
        return self.cut[span.first].start, self.cut[span.last].end

    def lengths(self) -> NDArray[np.float64]:
        """The sentences' lengths, in code points."""
        return np.array([sentence.end - sentence.start for sentence in self.cut], dtype=np.float64)

    def owner(self) -> NDArray[np.int_]:
        """For each sentence the number of the span that holds more than half of it, or -1."""
        found = np.full(len(self.cut), -1)
        for number, (start, end, _) in enumerate(self.spans):
            for place, s in enumerate(self.cut):
                if min(end, s.end) - max(start, s.start) > (s.end - s.start) / 2:
                    found[place] = number
        return found


def overlap(one: tuple[int, int], other: tuple[int, int]) -> float:
    """Intersection over union of two places."""
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return shared / (max(one[1], other[1]) - min(one[0], other[0])) if shared > 0 else 0.0


def load(shared: Path) -> list[Text]:
    """Every labelled text of a folder with `gold/` and `eval/`, each of the first also among others of its language."""
    sys.path.insert(0, str(shared / "eval"))
    from score_stories import long_texts, spans_of  # type: ignore[import-not-found] # noqa: PLC0415 -- found at run time

    read = {name: _read(shared / "gold" / f"{name}.jsonl") for name in ("stories", "real", "ordinary")}
    labelled = {record["id"] for record in read["real"]}
    read["ordinary"] = [record for record in read["ordinary"] if record["id"] not in labelled]
    read["long"] = long_texts(read["stories"])
    events = _events(read["stories"])
    texts = []
    for source, records in read.items():
        for record in records:
            spans = [(a, b, bool(s.get("borderline"))) for a, b, s in spans_of({"stories": [], **record})]
            texts.append(_text(source, record, spans, events.get(record["id"], str(record["id"]))))
    return texts


def _text(source: str, record: Record, spans: list[tuple[int, int, bool]], event: str) -> Text:
    cut = sentences(record["text"])
    rows = signals(record["text"], cut, vocabulary(record["lang"]))
    part = int.from_bytes(hashlib.sha256(event.encode()).digest()[:4]) % PARTS
    return Text(record["id"], source, record["lang"], spans, part, cut, rows, views=sentence_views(rows))


def _read(file: Path) -> list[Record]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]


def _events(records: Iterable[Record]) -> dict[str, str]:
    """For each text the name of its group: texts that tell a common event are of one."""
    group: dict[str, str] = {}
    for record in records:
        known = [group[key] for key in (s["event"] for s in record["stories"]) if key in group]
        name = known[0] if known else str(record["id"])
        for key in [key for key, other in group.items() if other in known[1:]]:
            group[key] = name
        group |= {s["event"]: name for s in record["stories"]} | {record["id"]: name}
    return group
