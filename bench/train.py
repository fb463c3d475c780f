"""Fit the shipped model (`stories/learned/`) from labelled texts, and say how well it does on texts it was not
fitted on.

usage: python -m bench.train [SHARED] [--measure] [--worst N]

Learned from: the project's own `stories/training/` and, where SHARED is given, its stories and its ordinary posts
(hardly one with a story); the sentence models also learn from each of these among others of its language without a
story. Never learned from: `stories/gold/` and SHARED's real posts. All are parted in five by group, a group being the
texts that tell a common event, or the posts of one blog; each part is judged by weights fitted on the other four, and
its figures are printed. Then, unless only measured, everything is fitted and written, with the card.
"""

import argparse
import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench import shared
from bench.fitting import (
    FOR_SENTENCES,
    LEARNED,
    WORD_SCALE,
    Known,
    Sparse,
    known,
    lean,
    passage_models,
    said,
    sentence_models,
)
from bench.texts import PARTS, own_texts, part, shared_texts
from bench.train_facts import fit_sorters, report_facts
from stories import labelled, sorting
from stories.figures import report, settle, worst
from stories.labelled import TRAINING
from stories.material import Material
from stories.weights import SHIPPED, Weights, write


def parts(texts: Sequence[Material]) -> list[int]:
    """The part of each text, by its group."""
    return [part(text.group) for text in texts]


def lean_apart(texts: Sequence[Material]) -> None:
    """Lean each part by sentence models fitted on the others."""
    own = parts(texts)
    for number in range(PARTS):
        rest = [
            text for text, place in zip(texts, own, strict=True) if place != number and text.source in FOR_SENTENCES
        ]
        lean(sentence_models(rest), [text for text, place in zip(texts, own, strict=True) if place == number])


def judge_apart(texts: Sequence[Material], sparse: Sparse) -> None:
    """Judge each part by passage models fitted on the others; `sparse` has a row for each candidate."""
    own = parts(texts)
    each = np.array([place for text, place in zip(texts, own, strict=True) for _ in text.candidates])
    learned = np.array([text.source in LEARNED for text in texts for _ in text.candidates])
    for number in range(PARTS):
        rest = [text for text, place in zip(texts, own, strict=True) if place != number and text.source in LEARNED]
        models = passage_models(rest, sparse[np.flatnonzero((each != number) & learned)])
        held = [text for text, place in zip(texts, own, strict=True) if place == number]
        models.judge(held, sparse[np.flatnonzero(each == number)])


def whole(texts: Sequence[Material], columns: Known, sparse: Sparse, moved: float) -> Weights:
    """The model fitted on everything that may be learned from, its bias moved by some log odds.

    The passage models learn from candidates whose sentences were leant by models that had not seen them.
    """
    learned = [text for text in texts if text.source in LEARNED]
    used = np.array([text.source in LEARNED for text in texts for _ in text.candidates])
    passages = passage_models(learned, sparse[np.flatnonzero(used)])
    passages.passage.bias += moved
    words: dict[str, dict[str, float]] = defaultdict(dict)
    for word, column in columns.items():
        language, _, stem = word.partition(":")
        words[language][stem] = WORD_SCALE * passages.beyond[column]
    questions = sentence_models([text for text in texts if text.source in FOR_SENTENCES]) | {
        "passage": passages.passage,
        "fits": passages.fits,
    }
    return Weights(questions, words)


def card(texts: Sequence[Material], figures: Sequence[str]) -> str:
    """The model card."""
    counts = Counter(text.source for text in texts)
    seen = hashlib.sha256("".join(f"{t.source} {t.id} {t.made.text} {t.spans}\n" for t in texts).encode()).hexdigest()[
        :16
    ]
    learned = ", ".join(f"{counts[source]} {source}" for source in FOR_SENTENCES if counts[source])
    lines = [
        *("# The shipped model", ""),
        "Made by `make train`. What each table holds is said in `stories/weights.py` and `stories/sorting.py`, how",
        "it is fitted and judged in `bench/train.py`, what it cannot do in `docs/stories.md`.",
        *("", f"Learned from {learned}. Fingerprint of all texts: {seen}.", ""),
        "`training` are the project's own texts, `among` those among others of their language, `gold` its own that are",
        "never learned from; the others come from a shared folder where there is one: `stories` (short texts), `long`",
        "(those among others), `real` (blog posts, never learned from), `ordinary` (posts of personal blogs, hardly",
        "one with a story). Figures of texts judged by weights that were fitted on other events and other blogs:",
        *("", *(f"    {line}" for line in figures), ""),
        "A page is right when its text holds a story and one is found, or neither; a span when it overlaps the story",
        "by half (intersection over union; `iou` is the mean of the right ones); `ap` is the average precision of",
        "pages ranked by score.",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, and fit unless only measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path, nargs="?")
    parser.add_argument("--measure", action="store_true", help="print the figures, write nothing")
    parser.add_argument(
        "--worst", type=int, default=0, metavar="N", help="print N texts judged most wrongly of each kind"
    )
    wanted = parser.parse_args()
    texts = own_texts() + (shared_texts(wanted.shared) if wanted.shared else [])
    told = labelled.read(TRAINING), shared.load(wanted.shared)[0]["stories"] if wanted.shared else []
    lean_apart(texts)
    columns = known([text for text in texts if text.source in LEARNED])
    sparse = said(texts, columns)
    judge_apart(texts, sparse)
    moved = settle(texts)
    figures = [*report(texts), *report_facts(*told)]
    print("judged by weights fitted on other events and blogs:", *figures, sep="\n  ")
    for source in ("gold", "stories", "ordinary"):
        print(*worst(texts, source, wanted.worst), sep="\n")
    if not wanted.measure:
        write(SHIPPED, whole(texts, columns, sparse, moved))
        sorting.write(SHIPPED, fit_sorters(*told))
        (SHIPPED / "card.md").write_text(card(texts, figures), "utf-8")


if __name__ == "__main__":
    main()
