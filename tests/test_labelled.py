"""Labelled texts: how they are written, what is wrong with one that is not, and that the project's own are all
right."""

from collections import Counter

import pytest

from stories.labelled import GOLD, TRAINING, LabelError, parse, read
from stories.story import Channel, Sector, Teller, WhyNot
from stories.vocabulary import LANGUAGES

WRITTEN = """
=== en-1
kind: blog
story: hotel | phone | customer | Hotel Grey, Grey & Sons | lost-voice
story?: retail | in-person | employee | | free-button
---
First this. ⟦I lost my voice, and the porter of Hotel Grey rang up.⟧ Then more.
⟦A button was free.⟧

=== en-2
kind: news
why_not: complaint
---
Nothing good.
"""


def test_a_file_holds_texts_with_their_stories_in_place() -> None:
    one, other = parse(WRITTEN, "en", "en.txt")
    first, second = one.stories
    assert one.text[first.start : first.end] == "I lost my voice, and the porter of Hotel Grey rang up."
    assert one.text[second.start : second.end] == "A button was free."
    assert (first.sector, first.channel, first.teller) == (Sector.HOTEL, Channel.PHONE, Teller.CUSTOMER)
    assert (first.companies, second.companies) == (("Hotel Grey", "Grey & Sons"), ())
    assert (first.borderline, second.borderline) == (False, True)
    assert (other.text, other.why_not, other.stories) == ("Nothing good.", WhyNot.COMPLAINT, ())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("---", "--"), "no line '---'"),
        (("kind: blog", "kind: poem"), "kind 'poem'; known: blog"),
        (("kind: blog", "sort: blog"), "unknown key 'sort'; known: kind"),
        (("hotel | phone", "hostel | phone"), "'hostel' is none of hotel, airline"),
        (("| | free-button", "| free-button"), "wants sector | channel | teller | companies | event"),
        (("⟦A button", "A button"), "each ⟦ wants its ⟧"),
        (("⟦A button was free.⟧", ""), "2 story lines and 1 pairs"),
        (("why_not: complaint\n", ""), "either story lines or a why_not"),
        (("why_not: complaint", "why_not: dull"), "'dull' is none of complaint"),
    ],
)
def test_a_mistake_is_told_with_its_file_and_text(change: tuple[str, str], message: str) -> None:
    with pytest.raises(LabelError, match=r"en\.txt: en-[12]: ") as caught:
        list(parse(WRITTEN.replace(*change), "en", "en.txt"))
    assert message in str(caught.value)


def test_the_gold_set_holds_every_language_and_every_look_alike_and_none_of_the_training_texts() -> None:
    gold, training = read(GOLD), read(TRAINING)
    assert len(gold) >= 120
    assert {text.language for text in gold} == set(LANGUAGES)
    for language in LANGUAGES:
        assert {t.why_not for t in gold if t.language == language} == {None, *WhyNot}
    assert not {text.text for text in gold} & {text.text for text in training}
    assert not {s.event for t in gold for s in t.stories} & {s.event for t in training for s in t.stories}
    assert max(Counter(text.id for text in (*gold, *training)).values()) == 1
