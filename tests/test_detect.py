"""Which passages tell a story: incidents and look-alikes in eight languages, in posts and in comments."""

import time
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reading.document import Comment, CommentKind, Document
from stories.detect import Detector, find, judge, whole
from stories.story import Story, Teller, WhyNot
from stories.vocabulary import LANGUAGES

TOLD = tomllib.loads((Path(__file__).parent / "told.toml").read_text("utf-8"))
STORIES, LOOK_ALIKES = TOLD["story"], TOLD["look-alike"]
SECONDS = 5  # for a quarter of a megabyte on a busy machine; one core alone needs about 1


def document(row: dict[str, Any], **more: Any) -> Document:
    return Document(url="http://blog.example/1", text=row["text"].strip(), language=row["language"], **more)


def shared(one: tuple[int, int], other: tuple[int, int]) -> float:
    return (min(one[1], other[1]) - max(one[0], other[0])) / (max(one[1], other[1]) - min(one[0], other[0]))


def by_id(rows: list[dict[str, Any]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("row", rows, ids=[row["id"] for row in rows])


@by_id(STORIES)
def test_an_incident_of_kind_service_is_found_from_its_begin_to_its_end(row: dict[str, Any]) -> None:
    post = document(row)
    (story,) = find(post)
    told = (post.text.index(row["begins"]), post.text.index(row["ends"]) + len(row["ends"]))
    assert shared((story.start, story.end), told) >= 0.8
    assert story.text == post.text[story.start : story.end]
    assert story.place is None
    assert story.language == row["language"]
    assert story.teller is Teller.CUSTOMER


@by_id(LOOK_ALIKES)
def test_a_look_alike_is_no_story(row: dict[str, Any]) -> None:
    assert find(document(row)) == ()


def test_a_rejected_passage_says_what_it_is_instead() -> None:
    said = []
    for row in LOOK_ALIKES:
        if verdicts := judge(document(row)):
            best = max(verdicts, key=lambda verdict: verdict.score)
            said.append((best.why_not, WhyNot(row["why_not"])))
    assert None not in [word for word, _ in said]
    assert sum(word is right for word, right in said) >= 0.8 * len(said)


def test_tests_tell_stories_in_every_language() -> None:
    assert {row["language"] for row in STORIES} == {row["language"] for row in LOOK_ALIKES} == set(LANGUAGES)


@by_id(STORIES)
def test_a_readers_comment_is_judged_like_a_post(row: dict[str, Any]) -> None:
    comments = (Comment(text="Tja."), Comment(text=row["text"].strip(), author="Somebody"))
    post = Document(url="http://blog.example/2", text="A photo.", language=row["language"], comments=comments)
    (story,) = find(post)
    assert story.place == 1
    assert story.text == comments[1].text[story.start : story.end]


def test_a_pingback_is_not_judged() -> None:
    row = STORIES[0]
    comments = (Comment(text=row["text"].strip(), kind=CommentKind.PINGBACK),)
    assert find(Document(url="http://blog.example/3", text="A photo.", language="en", comments=comments)) == ()


def test_two_incidents_under_headings_are_two_stories_without_their_headings() -> None:
    row = STORIES[0]
    paragraph = row["text"].strip().split("\n\n")[1]
    lines = ["Number 1: The Boots", paragraph, "Number 2: The Same Again", paragraph]
    found = find(Document(url="http://blog.example/4", text="\n".join(lines), language="en"))
    assert len(found) == 2
    assert not any("Number" in story.text for story in found)


def test_a_passage_does_not_go_on_into_the_next_item_of_a_numbered_list() -> None:
    paragraph = STORIES[0]["text"].strip().split("\n\n")[1]
    found = find(Document(url="http://blog.example/4", text=f"1. {paragraph}\n2. {paragraph}", language="en"))
    assert len(found) == 2


@pytest.mark.parametrize("language", [None, "fi", "ru"])
def test_a_text_in_no_known_language_has_no_stories(language: str | None) -> None:
    post = Document(url="http://blog.example/5", text=STORIES[0]["text"], language=language)
    assert find(post) == ()
    assert judge(post) == ()


def test_reasons_name_the_words_that_speak_for_it() -> None:
    (story,) = find(document(STORIES[0]))
    reasons = "; ".join(story.because)
    assert "by their own means: " in reasons
    assert "lunch break" in reasons
    assert "somebody who serves: " in reasons


def test_a_higher_threshold_only_takes_away() -> None:
    for row in STORIES:
        few, many = (find(document(row), Detector(threshold=threshold)) for threshold in (0.9, 0.1))
        assert {story.score for story in few} <= {story.score for story in many}


def test_a_text_that_is_known_to_be_one_story_is_told_whole() -> None:
    post = document(STORIES[1], title="Eine Brille")
    story = whole(post)
    assert (story.start, story.end, story.title, story.score) == (0, len(post.text), "Eine Brille", 1.0)


@pytest.mark.parametrize(
    "text",
    [
        "The clerk brought me a new phone for free yesterday. " * 5_000,
        "word and " * 28_000,
        "x" * 250_000,
        "a\n" * 125_000,
        '"' * 250_000,
        ". " * 125_000,
    ],
    ids=["sentences", "no punctuation", "no blank", "short lines", "quotes", "full stops"],
)
def test_a_quarter_of_a_megabyte_is_judged_in_seconds(text: str) -> None:
    began = time.process_time()
    find(Document(url="http://blog.example/6", text=text, language="en"))
    assert time.process_time() - began < SECONDS


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=600), st.sampled_from(LANGUAGES))
def test_any_text_gives_stories_that_lie_in_it_apart(text: str, language: str) -> None:
    post = Document(url="http://blog.example/7", text=text, language=language)
    found: tuple[Story, ...] = find(post, Detector(threshold=0.0))
    assert all(text[story.start : story.end] == story.text for story in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
