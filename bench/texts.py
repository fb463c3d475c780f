"""The texts to learn from and to measure by, and the part of a cross-validation that each belongs to."""

import hashlib
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bench import shared
from stories import labelled
from stories.labelled import GOLD, TRAINING, Labelled
from stories.material import Material, groups, material

PARTS = 5


def own_texts() -> list[Material]:
    """The project's own texts: `training`, each of it `among` others, and `gold`."""
    training, gold = labelled.read(TRAINING), labelled.read(GOLD)
    events = groups(training)
    rows = [("training", text) for text in training] + [("among", text) for text in among_others(training, events)]
    return [material(source, text, events[text.id]) for source, text in rows] + [
        material("gold", text, f"gold {text.id}") for text in gold
    ]


def shared_texts(folder: Path) -> list[Material]:
    """The `stories` of a shared folder, those `long`, its `real` posts and its `ordinary` ones."""
    read, group = shared.load(folder)
    read["long"] = list(among_others(read["stories"], group))
    return [material(source, text, group[text.id]) for source, texts in read.items() for text in texts]


def part(group: str) -> int:
    """The part that a group belongs to."""
    return int.from_bytes(hashlib.sha256(group.encode()).digest()[:4]) % PARTS


def among_others(texts: Sequence[Labelled], group: Mapping[str, str]) -> Iterator[Labelled]:
    """Each text with stories, with up to two texts of its language without one before it and after it, drawn by its id.

    All of them are of one part, so that no text is learned from that is judged elsewhere.
    """
    fillers = defaultdict(list)
    for text in texts:
        if not text.stories:
            fillers[text.language, part(group[text.id])].append(text)
    for text in texts:
        around = fillers[text.language, part(group[text.id])]
        if not text.stories or not around:
            continue
        dice = random.Random(hashlib.sha256(text.id.encode()).digest())
        drawn = dice.sample(around, min(len(around), dice.randint(1, 4)))
        before, after = drawn[::2], drawn[1::2]
        lead = "".join(f"{filler.text.strip()}\n\n" for filler in before)
        told = tuple(replace(s, start=s.start + len(lead), end=s.end + len(lead)) for s in text.stories)
        tail = "".join(f"\n\n{filler.text.strip()}" for filler in after)
        yield replace(text, text=lead + text.text + tail, stories=told)
