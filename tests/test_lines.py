"""`goodturn cluster` answers each line with its cluster, and with the lines that may tell the same event."""

import json
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cache
from itertools import permutations
from typing import Any

import pytest

from jobs.lines import cluster_lines
from stories.labelled import read
from stories.pairs import TELLINGS
from tests.test_likeness import SAME_PATTERN, VIOLIN, VIOLIN_AGAIN, changed

Line = dict[str, Any]
TOLD = {
    "first": VIOLIN,
    "again": VIOLIN_AGAIN,
    "near": f"{VIOLIN} Thank you, Benno.",
    "copy": changed(VIOLIN),
    "stranger": SAME_PATTERN,
}
DRIFTING = {"bucket-of-snow", "captain-scam", "plastic-watch", "blue-fox-book", "old-coins-tin"}  # events told unlike


def line(id_: object, text: str, url: str = "") -> Line:
    return {"id": id_, "url": url, "text": text}


def answers(lines: Sequence[Line]) -> list[Line]:
    return [json.loads(answer) for answer in cluster_lines(json.dumps(each) for each in lines)]


@cache
def drifting() -> tuple[Line, ...]:
    """Tellings of five events, of which not all get together."""
    return tuple(
        line(text.id, text.text[told.start : told.end])
        for text in read(TELLINGS)
        for told in text.stories
        if told.event in DRIFTING
    )


def test_a_cluster_is_called_by_the_line_that_tells_first() -> None:
    found = {answer["id"]: answer for answer in answers([line(*each) for each in TOLD.items()])}
    violin = {found[name]["cluster"] for name in TOLD if name != "stranger"}
    assert len(violin) == 1
    assert found[violin.pop()]["relation"] == "first"
    assert (found["stranger"]["cluster"], found["stranger"]["relation"]) == ("stranger", "first")
    assert all(bool(answer["because"]) == (answer["relation"] != "first") for answer in found.values())


@pytest.mark.parametrize("order", list(permutations(range(len(TOLD))))[::23], ids=str)
def test_the_answers_are_the_same_for_lines_in_another_order(order: tuple[int, ...]) -> None:
    lines = [line(*each) for each in TOLD.items()]
    expected = answers(lines)
    assert answers([lines[place] for place in order]) == [expected[place] for place in order]


def test_lines_that_may_tell_the_same_event_are_named_by_all_of_both_clusters() -> None:
    found = {answer["id"]: answer for answer in answers(drifting())}
    of: defaultdict[str, list[str]] = defaultdict(list)
    for id_, answer in found.items():
        of[answer["cluster"]].append(id_)
    named = {id_: answer["maybe"] for id_, answer in found.items() if answer["maybe"]}
    assert named, "tellings that drift apart are perhaps alike"
    for id_, others in named.items():
        assert found[id_]["cluster"] not in {found[other]["cluster"] for other in others}
        assert all(id_ in named[other] for other in others)
        assert sorted(others) == sorted(
            other for cluster in {found[o]["cluster"] for o in others} for other in of[cluster]
        )


def test_what_may_be_the_same_is_the_same_for_lines_in_another_order() -> None:
    found = {answer["id"]: answer for answer in answers(drifting())}
    for answer in answers(drifting()[::-1]):
        expected = found[answer["id"]]
        assert sorted(answer.pop("maybe")) == sorted(expected["maybe"])
        assert answer == {name: value for name, value in expected.items() if name != "maybe"}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        pytest.param('{"id": "w", "url": ""}', "'text' is missing", id="no text"),
        pytest.param('{"id": "w", "text": 7}', "'text' is no text", id="a number as text"),
        pytest.param('{"id": "w", "text": "x", "url": []}', "'url' is no text", id="a list as address"),
        pytest.param("{", "line 2 is no JSON: ", id="no JSON"),
        pytest.param("[]", "line 2 is no JSON object", id="a list"),
    ],
)
def test_a_line_that_cannot_be_answered_holds_nobody_up(wrong: str, says: str) -> None:
    given = [json.dumps(line("first", VIOLIN)), wrong, json.dumps(line("again", VIOLIN_AGAIN))]
    first, error, again = (json.loads(answer) for answer in cluster_lines(given))
    assert error.keys() == {"id", "error"} and says in error["error"]
    assert first["cluster"] == again["cluster"]


def test_two_lines_of_one_id_are_both_answered() -> None:
    found = answers(
        [line("twice", VIOLIN), line("twice", VIOLIN), line("twice", SAME_PATTERN), line("once", VIOLIN_AGAIN)]
    )
    assert [answer["id"] for answer in found] == ["twice", "twice", "twice", "once"]
    same = [answer["cluster"] for answer in found]
    assert same[0] == same[1] == same[3] != same[2]
    assert sum(answer["relation"] == "first" for answer in found) == 2
    assert "twice" not in same, "nobody could tell which of them is meant"


def test_an_empty_text_is_a_story_like_nothing_else() -> None:
    found = answers([line("first", VIOLIN), line("empty", ""), line("blank", " \n")])
    assert found[0]["cluster"] == "first"
    assert "first" not in {answer["cluster"] for answer in found[1:]}


def test_no_lines_have_no_answers() -> None:
    assert answers([]) == []
    assert list(cluster_lines(["", " \n"])) == []


def test_many_tellings_and_half_copies_are_put_together_alike_in_any_order() -> None:
    told = [text for text in read(TELLINGS) if text.id.startswith("a-")][::4]
    lines = [json.dumps({"id": text.id, "url": "", "text": text.text}) for text in told]
    lines += [json.dumps({"id": f"{t.id}~", "url": "", "text": t.text.split(". ", 1)[-1]}) for t in told]
    answers = []
    for seed in range(2):
        random.Random(seed).shuffle(lines)
        found = [json.loads(line) for line in cluster_lines(lines)]
        answers.append({each["id"]: (each["cluster"], each["relation"], sorted(each["maybe"])) for each in found})
        firsts = Counter(each["cluster"] for each in found if each["relation"] == "first")
        assert set(firsts.values()) == {1} and firsts.keys() == {each["cluster"] for each in found}
    assert answers[0] == answers[1]
