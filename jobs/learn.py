"""`goodturn learn`: the detector's weights refitted from what editors decided, written beside the database if better.

Learned is always from the shipped weights and all decisions that stand, so that nothing adds up from time to time and
the order of decisions does not matter. What is written is a whole model, with a card that says what it was made of; it
takes the place of the one before in one rename, and a kill between two leaves the one before (`read_page.learned`).
"""

import hashlib
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from textwrap import fill

from config import Settings
from jobs.read_page import BEFORE, LEARNED, TABLES
from jobs.terminal import Advance
from storage.database import connect
from storage.lessons import lessons
from stories import labelled, learning
from stories.examples import Figures, Lesson, by_text, decided_example, groups, labelled_example
from stories.labelled import GOLD
from stories.learning import PARTS, Learnt
from stories.weights import SHIPPED, weights, write

FEWEST = 20  # decisions; fewer say more about chance than about stories
MOST_TEXTS = 2_000  # decided texts learned from, the newest: half a gigabyte of features
BESIDE = "learned.new"  # while it is written, or thrown away
CARD = "card.md"
WIDTH = 120  # of its lines
HASH_LETTERS = 12  # of the shipped tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came of it: what was learned from, the figures in lines, why it is refused (None: it is not), and the folder
    that was written, if any was."""

    made_of: str
    figures: tuple[str, ...]
    refused: str | None
    folder: Path | None = None

    @property
    def outcome(self) -> str:
        """What was done, in a line."""
        if self.refused:
            return f"nothing is learned: {self.refused}"
        return f"written to {self.folder}; `goodturn reread` shows what it finds" if self.folder else "only measured"


def learn(
    settings: Settings,
    *,
    at: datetime,
    keep: bool = True,
    shipped: Path = SHIPPED,
    gold: Path = GOLD,
    advance: Advance = lambda done, total: None,
) -> Report:
    """Learn from the decisions and measure; write what was learned, if it is not refused and `keep`."""
    known = lessons(connect(settings.database))
    made_of = _made_of(known)
    if few := _too_few(known):
        return Report(made_of=made_of, figures=(), refused=few)
    texts, golden, model = by_text(known)[:MOST_TEXTS], labelled.read(gold), weights(shipped)
    total = len(texts) + len(golden) + PARTS
    decided = []
    for text, group in zip(texts, groups(texts), strict=True):
        decided.append(decided_example(text, group, model))
        advance(len(decided), total)
    measured = [labelled_example(text, model) for text in golden]
    learnt = learning.learn(
        decided, measured, model, settings.threshold, lambda done, _: advance(total - PARTS + done, total)
    )
    figures = tuple(_figures(learnt))
    if learnt.refused or not keep:
        return Report(made_of=made_of, figures=figures, refused=learnt.refused)
    card = _card(learnt, made_of, figures, shipped=digest(shipped), threshold=settings.threshold, at=at)
    return Report(made_of=made_of, figures=figures, refused=None, folder=_put(settings, learnt, shipped, card))


def forget(settings: Settings) -> bool:
    """Go back to the shipped weights; says whether any others were there."""
    data, away = settings.data.resolve(), settings.data.resolve() / BESIDE
    there = [folder for name in (BEFORE, LEARNED) if (folder := data / name).is_dir()]
    for folder in there:
        shutil.rmtree(away, ignore_errors=True)
        folder.rename(away)
    shutil.rmtree(away, ignore_errors=True)
    return bool(there)


def digest(folder: Path) -> str:
    """A hash of a model's tables."""
    together = b"\0".join((folder / table).read_bytes() for table in TABLES)
    return hashlib.sha256(together).hexdigest()[:HASH_LETTERS]


def _too_few(known: Sequence[Lesson]) -> str | None:
    approved, rejected = _clusters(known)
    count = len(approved) + len(rejected)
    if count < FEWEST:
        return f"{FEWEST} decisions are needed and there are {count}: decide on {FEWEST - count} more"
    if not approved or not rejected:
        kind = "rejections" if approved else "approvals"
        return f"approvals and rejections are needed, and there are no {kind} among the {count} decisions"
    return None


def _clusters(known: Sequence[Lesson]) -> tuple[set[str], set[str]]:
    approved = {lesson.cluster for lesson in known if lesson.approved}
    return approved, {lesson.cluster for lesson in known if not lesson.approved}


def _made_of(known: Sequence[Lesson]) -> str:
    approved, rejected = _clusters(known)
    whys = Counter(str(why) for why in {lesson.cluster: lesson.why_not for lesson in known}.values() if why)
    because = ", ".join(f"{count} {why}" for why, count in whys.most_common())
    count, texts = len(approved) + len(rejected), len({lesson.where for lesson in known})
    reasons = f": {because}" if because else ""
    return f"{count} decisions ({len(approved)} approved, {len(rejected)} rejected{reasons}) in {texts} texts"


def _figures(learnt: Learnt) -> list[str]:
    lines = [f"{'':36}{'before':>8}{'after':>8}"]
    for name, (before, after) in (("decided texts", learnt.decided), ("gold texts", learnt.gold)):
        rows = _rows(before, after)[: None if name == "decided texts" else -2]
        for number, (row, *numbers) in enumerate(rows):
            lines.append(f"{'' if number else name:15}{row:21}" + "".join(f"{each:>8}" for each in numbers))
    return lines


def _rows(before: Figures, after: Figures) -> list[tuple[str, str, str]]:
    shares = (("average precision", "average_precision"), ("page F1", "page_f1"), ("span F1", "span_f1"))
    counts = (("approved, missed", "missed"), ("rejected, found", "wrong"))
    return [(row, f"{getattr(before, name):.3f}", f"{getattr(after, name):.3f}") for row, name in shares] + [
        (row, str(getattr(before, name)), str(getattr(after, name))) for row, name in counts
    ]


def _card(learnt: Learnt, made_of: str, figures: Sequence[str], *, shipped: str, threshold: float, at: datetime) -> str:
    made = (
        f"Made by `goodturn learn` on {at.astimezone(UTC):%Y-%m-%d at %H:%M} UTC from {made_of}, beginning from the "
        f"shipped weights {shipped}. Of the rungs that were tried, from no change to a nearly free one, this is "
        f'"{learnt.rung}": the best that judges the gold texts no worse. Only the passage columns of `signals.csv` '
        "differ from what is shipped."
    )
    measured = (
        f"The figures, at the threshold {threshold:g}: the decided texts in five parts, each judged by what was "
        "learned from the other four; the gold texts, whose labels nothing is learned from, by these weights."
    )
    table = "\n".join(f"    {line}".rstrip() for line in figures)
    used = (
        "Every reading uses this folder while it is here. `goodturn learn --forget` goes back to the shipped weights."
    )
    parts = ("# Weights learned from editors' decisions", fill(made, WIDTH), fill(measured, WIDTH), table, used)
    return "\n\n".join(parts) + "\n"


def _put(settings: Settings, learnt: Learnt, shipped: Path, card: str) -> Path:
    """Write the folder beside, then let it take its place."""
    data = settings.data.resolve()
    beside, folder, before = data / BESIDE, data / LEARNED, data / BEFORE
    shutil.rmtree(beside, ignore_errors=True)
    write(beside, learnt.model)
    for table in TABLES[1:]:  # all but the signals are as they were, to the last letter
        shutil.copyfile(shipped / table, beside / table)
    (beside / CARD).write_text(card, encoding="utf-8")
    if folder.is_dir():
        shutil.rmtree(before, ignore_errors=True)
        folder.rename(before)
    beside.rename(folder)
    shutil.rmtree(before, ignore_errors=True)
    return folder
