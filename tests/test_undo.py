"""Everything an editor does can be taken back at any later time, in any order that makes sense, and done again."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlite_utils import Database

from storage import ties
from storage.anew import place_anew
from storage.database import connect
from storage.decisions import decide
from storage.edits import EditError, edit, mask
from storage.inbox import cluster, clusters
from storage.log import ConflictError, Decision, Field, UnknownClusterError, Verb, history
from storage.suggestions import suggestions
from storage.ties import GroupingError, LaterError
from storage.undo import UnknownActError, undo
from stories.story import WhyNot
from tests.builders import NOW, published, tell
from tests.retold import AGAIN, FIRST, NEAR, STRANGER, arrive, cluster_of, dated, partition
from tests.test_ties import story

LATER = NOW + timedelta(days=400)
OFTEN = (2, 2, 1, 1, 1, 1)  # what the last test does


@pytest.fixture
def db() -> Database:
    """One cluster of one telling."""
    db = connect()
    tell(db, "a", author="Ellen Lindqvist")
    return db


@pytest.fixture
def retold() -> Database:
    """The violin three times, and a stranger."""
    db = connect()
    for text in (dated(FIRST, 1), dated(AGAIN, 2), dated(NEAR, 3), STRANGER):
        arrive(db, text)
    return db


def take_back(db: Database, made: Decision) -> Decision:
    return undo(db, made.number, who="Bo", at=LATER)


def state(db: Database, id: str = "a") -> str:
    found = cluster(db, id)
    assert found
    return found.state


def test_a_judgement_is_taken_back_and_the_one_before_counts_again(db: Database) -> None:
    approved = decide(db, "a", Verb.APPROVE, who="Ada", at=NOW)
    rejected = decide(db, "a", Verb.REJECT, why=WhyNot.PROMO, who="Ada", at=NOW)
    take_back(db, rejected)
    assert state(db) == "approved" and [entry.id for entry in published(db)] == ["a"]
    take_back(db, approved)
    assert state(db) == "open" and published(db) == []
    take_back(db, rejected)
    assert state(db) == "rejected"
    told = [(made.verb, made.undoes, made.stands) for made in history(db, "a")]
    assert told == [
        (Verb.APPROVE, None, False),
        (Verb.REJECT, None, True),
        (Verb.UNDO, rejected.number, False),
        (Verb.UNDO, approved.number, True),
        (Verb.REDO, rejected.number, True),
    ]


def test_taking_back_what_was_taken_back_does_it_again(db: Database) -> None:
    approved = decide(db, "a", Verb.APPROVE, who="Ada", at=NOW)
    undone = take_back(db, approved)
    assert take_back(db, undone).verb is Verb.REDO and state(db) == "approved"
    assert take_back(db, undone).verb is Verb.UNDO and state(db) == "open"


def test_an_older_judgement_that_no_longer_counts_is_taken_back_too(db: Database) -> None:
    approved = decide(db, "a", Verb.APPROVE, who="Ada", at=NOW)
    decide(db, "a", Verb.HOLD, who="Ada", at=NOW)
    take_back(db, approved)
    assert state(db) == "held"


def test_nobody_takes_back_over_another_editors_head(db: Database) -> None:
    approved = decide(db, "a", Verb.APPROVE, who="Ada", at=NOW)
    decide(db, "a", Verb.HOLD, who="Cy", at=NOW)
    with pytest.raises(ConflictError, match="hold by Cy"):
        undo(db, approved.number, who="Bo", at=LATER, seen=approved.number)
    with pytest.raises(UnknownActError, match="no number 99"):
        undo(db, 99, who="Bo", at=LATER)


def test_an_edit_changes_what_readers_get_and_not_the_story(db: Database) -> None:
    decide(db, "a", Verb.APPROVE, who="Ada", at=NOW)
    edit(db, "a", Field.TITLE, "  A porter  and the snow ", who="Ada", at=NOW)
    edit(db, "a", Field.SUMMARY, "He drove her home.", who="Ada", at=NOW)
    edit(db, "a", Field.COMPANIES, ["Lindgaard"], who="Ada", at=NOW)
    last = edit(db, "a", Field.SECTOR, "transport", who="Ada", at=NOW)
    (entry,) = published(db)
    assert (entry.title, entry.summary, entry.companies, entry.sector) == (
        "A porter and the snow",
        "He drove her home.",
        ("Lindgaard",),
        "transport",
    )
    assert db.conn.execute("select title, sector from stories").fetchone()[:] == ("The porter who drove home", "hotel")
    assert last
    take_back(db, last)
    assert published(db)[0].sector == "hotel"


def test_an_edit_that_changes_nothing_is_none(db: Database) -> None:
    assert edit(db, "a", Field.TITLE, "The porter who drove home", who="Ada", at=NOW) is None
    assert edit(db, "a", Field.SUMMARY, "", who="Ada", at=NOW) is None
    made = edit(db, "a", Field.TITLE, "Another", who="Ada", at=NOW)
    assert made and edit(db, "a", Field.TITLE, "", who="Ada", at=NOW), "back to what was found"
    found = cluster(db, "a")
    assert found and found.title == "The porter who drove home"


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        pytest.param(Field.TITLE, "x" * 301, "at most 300", id="a long title"),
        pytest.param(Field.SECTOR, "casino", "is no sector; there are hotel", id="no sector"),
        pytest.param(Field.LANGUAGE, "xx", "is no language", id="no language"),
        pytest.param(Field.COMPANIES, ["x" * 101], "100 characters", id="a long name"),
    ],
)
def test_what_cannot_be_kept_is_said(db: Database, field: Field, value: object, says: str) -> None:
    with pytest.raises(EditError, match=says):
        edit(db, "a", field, value, who="Ada", at=NOW)
    assert history(db, "a") == []


def test_masked_words_are_hidden_wherever_readers_would_see_them(db: Database) -> None:
    decide(db, "a", Verb.APPROVE, who="Ada", at=NOW)
    edit(db, "a", Field.SUMMARY, "Ellen Lindqvist's mother; not Lindqvisten.", who="Ada", at=NOW)
    made = mask(db, "a", "Ellen Lindqvist", "Ellen L.", who="Ada", at=NOW)
    (entry,) = published(db)
    assert (entry.author, entry.summary) == ("Ellen L.", "Ellen L.'s mother; not Lindqvisten.")
    mask(db, "a", "snow", "[weather]", who="Ada", at=NOW)
    assert "[weather]" in published(db)[0].text
    take_back(db, made)
    assert published(db)[0].author == "Ellen Lindqvist"
    with pytest.raises(EditError, match="stand nowhere"):
        mask(db, "a", "Nobody", "N.", who="Ada", at=NOW)
    with pytest.raises(UnknownClusterError):
        mask(db, "nowhere", "snow", "", who="Ada", at=NOW)


def test_what_an_editor_touched_keeps_its_cluster(retold: Database) -> None:
    violin = cluster_of(retold, story(retold, FIRST))
    edit(retold, violin, Field.TITLE, "A violin", who="Ada", at=NOW)
    place_anew(retold)
    found = cluster(retold, violin)
    assert found and found.title == "A violin"


def test_a_merge_is_taken_back_with_both_decisions(retold: Database) -> None:
    violin, stranger = (cluster_of(retold, story(retold, text)) for text in (FIRST, STRANGER))
    before = partition(retold)
    decide(retold, violin, Verb.APPROVE, who="Ada", at=NOW)
    decide(retold, stranger, Verb.HOLD, who="Ada", at=NOW)
    made = ties.merge(retold, violin, stranger, who="Ada", at=NOW)
    assert len(partition(retold)) == 1
    take_back(retold, made)
    assert partition(retold) == before
    assert (state(retold, violin), state(retold, stranger)) == ("approved", "held")
    place_anew(retold)
    assert partition(retold) == before, "and nothing that was said then counts"
    take_back(retold, made)
    assert len(partition(retold)) == 1


def test_a_split_is_taken_back_though_it_was_decided_on(retold: Database) -> None:
    violin, before = cluster_of(retold, story(retold, FIRST)), partition(retold)
    made = ties.split(retold, violin, [story(retold, AGAIN)], who="Ada", at=NOW)
    assert made.other
    decide(retold, made.other, Verb.APPROVE, who="Ada", at=NOW)
    take_back(retold, made)
    assert partition(retold) == before
    take_back(retold, made)
    assert state(retold, made.other) == "approved"


def test_keeping_apart_is_taken_back_and_asked_again(retold: Database) -> None:
    violin = cluster_of(retold, story(retold, FIRST))
    split = ties.split(retold, violin, [story(retold, AGAIN)], who="Ada", at=NOW)
    assert split.other
    made = ties.apart(retold, violin, split.other, who="Ada", at=NOW)
    take_back(retold, made)
    assert suggestions(retold, violin) == [], "they are still split"
    with pytest.raises(LaterError, match="apart"):
        take_back(retold, made)
        take_back(retold, split)


def test_what_came_after_must_be_taken_back_first(retold: Database) -> None:
    violin, stranger = (cluster_of(retold, story(retold, text)) for text in (FIRST, STRANGER))
    merged = ties.merge(retold, violin, stranger, who="Ada", at=NOW)
    parted = ties.split(retold, violin, [story(retold, AGAIN)], who="Cy", at=NOW)
    with pytest.raises(LaterError, match="Cy has put the same stories elsewhere") as caught:
        take_back(retold, merged)
    assert caught.value.later.number == parted.number
    assert len(history(retold, violin)) == 2, "nothing was written"
    take_back(retold, parted)
    take_back(retold, merged)
    assert len(partition(retold)) == 2


@pytest.mark.parametrize("seed", range(12))
def test_all_that_was_done_is_taken_back_in_any_order_that_makes_sense(retold: Database, seed: int) -> None:
    dice = random.Random(seed)
    before = (partition(retold), _shown(retold))
    made = [act for _ in range(7) if (act := _anything(retold, dice))]
    after = (partition(retold), _shown(retold))
    left = list(made)
    while left:
        act = dice.choice(left)
        try:
            take_back(retold, act)
        except LaterError as error:
            assert error.later.number in [other.number for other in left], "what is in the way can be taken back"
            continue
        left.remove(act)
    assert (partition(retold), _shown(retold)) == before
    for act in made:  # and done again as it was done
        take_back(retold, act)
    assert (partition(retold), _shown(retold)) == after


def _shown(db: Database) -> dict[str, tuple[object, ...]]:
    there = sorted(id for id, stories in partition(db).items() if stories)
    return {row.cluster: (row.state, row.title, row.text, row.sector) for row in clusters(db, there)}


def _anything(db: Database, dice: random.Random) -> Decision | None:
    ids = sorted(id for id, stories in partition(db).items() if stories)
    id, other = dice.choice(ids), dice.choice(ids)
    one = dice.choice(sorted(partition(db)[id]))
    by: Any = {"who": "Ada", "at": NOW + timedelta(minutes=len(history(db, id)))}
    acts: list[Callable[[], Decision | None]] = [
        lambda: ties.merge(db, id, other, **by),
        lambda: ties.split(db, id, [one], **by),
        lambda: ties.apart(db, id, other, **by),
        lambda: decide(db, id, dice.choice([Verb.APPROVE, Verb.HOLD]), **by),
        lambda: edit(db, id, Field.TITLE, f"Title {dice.random()}", **by),
        lambda: mask(db, id, "the", "[…]", **by),
    ]
    try:
        return dice.choices(acts, OFTEN)[0]()
    except (GroupingError, EditError):
        return None
