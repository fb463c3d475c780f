"""The gate: figures of the shipped detector on the project's own gold set, and on shared rulers where they exist.

The floors stand in floors.toml and only rise: who makes a figure better raises its floor in the same change.
"""

import json
import os
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from reading.document import Document
from stories.detect import Detector, find
from stories.figures import RIGHT
from stories.labelled import GOLD, Labelled, read
from stories.likeness import model
from stories.material import MEETS, Place, overlap
from stories.story import Story
from stories.weights import SHIPPED

FLOORS = tomllib.loads((Path(__file__).parent / "floors.toml").read_text("utf-8"))
SHARED = Path(__file__).parents[2] / "shared"
NO_ANSWERS = ("other", "unknown", "mixed")


@cache
def found() -> list[tuple[Labelled, tuple[Story, ...]]]:
    detector = Detector()
    return [
        (text, find(Document(url="http://gold.example/", text=text.text, language=text.language), detector))
        for text in read(GOLD)
    ]


@cache
def matched() -> list[tuple[Labelled, list[tuple[Story, int]], list[Story]]]:
    """Each text with the finds that are right (and which story they are), and those that are wrong."""
    rows = []
    for text, stories in found():
        firm = [(number, (s.start, s.end)) for number, s in enumerate(text.stories) if not s.borderline]
        soft: list[Place] = [(s.start, s.end) for s in text.stories if s.borderline]
        right, used = [], set()
        for story in stories:
            best = max(firm, key=lambda one: overlap((story.start, story.end), one[1]), default=None)
            if best and best[0] not in used and overlap((story.start, story.end), best[1]) >= RIGHT:
                used.add(best[0])
                right.append((story, best[0]))
        told = [story for story, _ in right]
        wrong = [s for s in stories if s not in told and not any(overlap((s.start, s.end), b) > MEETS for b in soft)]
        rows.append((text, right, wrong))
    return rows


def f1(hit: int, extra: int, missed: int) -> float:
    return 2 * hit / max(1, 2 * hit + extra + missed)


def pages(rows: list[tuple[Labelled, tuple[Story, ...]]]) -> float:
    firm = [(any(not s.borderline for s in text.stories), bool(stories), text) for text, stories in rows]
    counted = [(is_, said) for is_, said, text in firm if is_ or not text.stories]
    return f1(sum(a and b for a, b in counted), sum(b and not a for a, b in counted), sum(a > b for a, b in counted))


def test_pages_of_the_gold_set_are_told_apart() -> None:
    assert pages(found()) >= FLOORS["gold"]["page"]


def test_pages_of_every_language_are_told_apart() -> None:
    by_language = {language: pages([row for row in found() if row[0].language == language]) for language in LANGUAGES}
    assert {k: round(v, 3) for k, v in by_language.items() if v < FLOORS["gold"]["page of a language"]} == {}


def test_spans_of_the_gold_set_are_right_and_their_ends_exact() -> None:
    hit, extra = sum(len(right) for _, right, _ in matched()), sum(len(wrong) for *_, wrong in matched())
    firm = sum(not story.borderline for text, *_ in matched() for story in text.stories)
    assert f1(hit, extra, firm - hit) >= FLOORS["gold"]["span"]
    close = [
        overlap((story.start, story.end), (text.stories[number].start, text.stories[number].end))
        for text, right, _ in matched()
        for story, number in right
    ]
    assert sum(close) / len(close) >= FLOORS["gold"]["closeness"]


@pytest.mark.parametrize("fact", ["sector", "channel", "teller", "company"])
def test_facts_of_right_spans_are_right(fact: str) -> None:
    asked = []
    for text, right, _ in matched():
        for story, number in right:
            told = text.stories[number]
            if fact == "company":
                names = [name.casefold() for name in story.companies]
                asked += [any(c.casefold() in n or n in c.casefold() for c in told.companies for n in names)] * bool(
                    told.companies
                )
            elif getattr(told, fact) not in NO_ANSWERS:
                asked.append(getattr(told, fact) == getattr(story, fact))
    assert sum(asked) / len(asked) >= FLOORS["gold"][fact]


@pytest.mark.parametrize("source", list(FLOORS["card"]))
def test_the_card_of_the_shipped_model_tells_no_lower_figures_than_before(source: str) -> None:
    (line,) = re.findall(rf"^ *{source} +pages .*$", (SHIPPED / "card.md").read_text("utf-8"), re.M)
    said = [float(number) for number in re.findall(r"(?:F1|ap) ([0-9.]+)", line)]
    assert all(figure >= floor for figure, floor in zip(said, FLOORS["card"][source], strict=True)), line


ALL = os.environ.get("RULERS") == "all"  # those as well that take half a minute each: `make eval` runs them
LANGUAGES = sorted({text.language for text in read(GOLD)})


@pytest.mark.skipif(not SHARED.exists(), reason=f"no rulers: {SHARED} is not there")
@pytest.mark.parametrize("ruler", [name for name, floors in FLOORS["rulers"].items() if ALL or not floors.get("slow")])
def test_the_figures_of_a_shared_ruler_do_not_fall(ruler: str) -> None:
    floors = FLOORS["rulers"][ruler]
    script, *arguments = floors["call"].format(shared=SHARED).split()
    command = [sys.executable, script, *arguments, "--json", "--", str(Path(sys.executable).parent / "goodturn")]
    done = subprocess.run([*command, floors["verb"]], capture_output=True, text=True, timeout=120, check=False)
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    figures = {name: _figure(said, name) for name in (*floors.get("least", ()), *floors.get("most", ()))}
    wrong = {name: figures[name] for name, floor in floors.get("least", {}).items() if figures[name] < floor}
    wrong |= {name: figures[name] for name, ceiling in floors.get("most", {}).items() if figures[name] > ceiling}
    assert not wrong


def _figure(said: Any, name: str) -> float:
    for key in name.split("."):
        said = said[key]
    return float(said)


@pytest.mark.parametrize("kind", FLOORS["likeness"])
def test_tellings_were_put_together_well_when_their_events_were_held_out(kind: str) -> None:
    card = (SHIPPED / "likeness.md").read_text("utf-8")
    row = re.search(rf"^{kind}: .*?^\| {model().sure:.1f} \| (.*?) \|$", card, re.M | re.S)
    assert row, f"likeness.md has no row for {kind} at the shipped threshold"
    precision, _, one, across, b_cubed, suggested, _, right = map(float, row[1].split(" | "))
    figures = (precision, one, across, b_cubed, suggested, right)
    assert all(figure >= floor for figure, floor in zip(figures, FLOORS["likeness"][kind], strict=True)), figures
