"""A plain text that holds a thread: its comments are judged apart."""

import pytest

from stories.passages import cut

COMMENT = (
    "The lady at the counter walked home with her in the rain and carried both bags. She would take nothing for it."
)


@pytest.mark.parametrize(
    "heads",
    [
        ("Bo, Leeds, 12 March 2014", "Ann, York, 13 March 2014"),
        ("1. bo_k wrote on Monday, 3 May 2010, 16:40", "2. ann wrote on Monday, 3 May 2010, 17:01"),
        ("Bo skrev:", "Ann skrev:"),
        ("Bo — 12-03-2021 09:14", "Ann — 12-03-2021 10:02"),
        ("[Bo, 3. Juni 2021 um 22:48]", "[Ann, 4. Juni 2021 um 08:01]"),
        ("Bo · il y a 3 jours", "Ann · il y a 2 jours"),
        ("Bo\nvor 3 Tagen", "Ann\nvor 2 Tagen"),
        ("Bo for 2 timer siden", "Ann for 1 time siden"),
        ("Bo escribió:", "Ann respondió: 10:22"),
    ],
)
def test_each_comment_of_a_thread_is_a_block_and_its_head_belongs_to_no_passage(heads: tuple[str, str]) -> None:
    text = f"About shops. They are open.\n\n{heads[0]}\nNo. They never are.\n\n{heads[1]}\n{COMMENT}"
    made = cut([text])
    blocks = {
        text[s.start : s.end]: int(block) for s, block in zip(made.sentences, made.blocks, strict=True) if not s.heading
    }
    assert blocks["They are open."] < blocks["No."] == blocks["They never are."] < blocks[COMMENT[:-31]]
    assert not any(head in said for said in blocks for head in "\n".join(heads).split("\n"))


@pytest.mark.parametrize(
    "text",
    [
        "Monday 10:30\nWe took the train. It was late.\nIn the evening we ate. It rained.",
        "I was born in 1962. My father drove a bus until 14:00 each day. Then he slept.",
        "We paid 12.50 kr for it. At 10:15 the shop closed. At 11:15 it was dark.",
    ],
    ids=["one heading with a time", "years and times in sentences", "prices"],
)
def test_a_post_with_times_in_it_is_one_block(text: str) -> None:
    assert set(cut([text]).blocks.tolist()) == {0}
