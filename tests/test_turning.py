"""What was done to groups is turned round in an order that makes sense, whatever came since, and quickly."""

import pytest
from sqlite_utils import Database

from storage import ties
from storage.anew import place_anew
from storage.database import connect
from storage.decisions import decide
from storage.log import ConflictError, Verb
from storage.ties import GroupingError, LaterError
from stories.story import WhyNot
from tests.builders import NOW
from tests.retold import AGAIN, FIRST, NEAR, STRANGER, Text, arrive, cluster_of, compare_by, dated, partition, texts
from tests.test_ties import story
from tests.test_undo import state, take_back


@pytest.fixture
def retold() -> Database:
    """The violin three times, and a stranger."""
    db = connect()
    for text in (dated(FIRST, 1), dated(AGAIN, 2), dated(NEAR, 3), STRANGER):
        arrive(db, text)
    return db


def test_an_act_is_done_again_only_on_what_it_was_done_to(retold: Database) -> None:
    third = arrive(retold, texts()[0])
    violin, stranger, other = (cluster_of(retold, id) for id in (story(retold, FIRST), story(retold, STRANGER), third))
    decide(retold, stranger, Verb.REJECT, why=WhyNot.PROMO, who="Ada", at=NOW)
    decide(retold, violin, Verb.APPROVE, who="Ada", at=NOW)
    first = ties.merge(retold, stranger, violin, who="Ada", at=NOW)
    second = ties.merge(retold, stranger, other, who="Ada", at=NOW)
    take_back(retold, second)
    take_back(retold, first)
    with pytest.raises(GroupingError, match="do that again first"):
        take_back(retold, second)
    assert (state(retold, violin), state(retold, stranger), state(retold, other)) == ("approved", "rejected", "open")
    third_act = ties.merge(retold, other, violin, who="Cy", at=NOW)
    take_back(retold, third_act)
    take_back(retold, first)
    with pytest.raises(LaterError):
        take_back(retold, third_act)


@pytest.mark.parametrize("is_split", [False, True], ids=["a merge", "a split"])
def test_what_came_since_goes_with_what_it_is_like(retold: Database, is_split: bool) -> None:
    violin, stranger = (cluster_of(retold, story(retold, text)) for text in (FIRST, STRANGER))
    if is_split:
        ties.merge(retold, violin, stranger, who="Ada", at=NOW)
        made = ties.split(retold, violin, [story(retold, STRANGER)], who="Ada", at=NOW)
        assert made.other
        decide(retold, made.other, Verb.APPROVE, who="Ada", at=NOW)
    else:
        decide(retold, violin, Verb.APPROVE, who="Ada", at=NOW)
        decide(retold, stranger, Verb.REJECT, why=WhyNot.PROMO, who="Ada", at=NOW)
        made = ties.merge(retold, violin, stranger, who="Ada", at=NOW)
    copied = arrive(retold, Text(name="copied", text=STRANGER.text))
    take_back(retold, made)
    assert cluster_of(retold, copied) == cluster_of(retold, story(retold, STRANGER))
    assert cluster_of(retold, copied) == (violin if is_split else stranger)


def test_a_merge_is_not_done_over_another_editors_head(retold: Database) -> None:
    violin, stranger = (cluster_of(retold, story(retold, text)) for text in (FIRST, STRANGER))
    decide(retold, stranger, Verb.REJECT, why=WhyNot.PROMO, who="Cy", at=NOW)
    with pytest.raises(ConflictError, match="reject by Cy") as caught:
        ties.merge(retold, violin, stranger, who="Ada", at=NOW, seen=0)
    assert caught.value.cluster == stranger


def test_hundreds_of_copies_are_tied_by_their_text() -> None:
    db = connect()
    ids = [
        [arrive(db, Text(name=f"{at} {each.name}", text=each.text)) for at in range(12)] for each in (FIRST, STRANGER)
    ]
    violin, stranger = (cluster_of(db, some[0]) for some in ids)
    made = ties.merge(db, violin, stranger, who="Ada", at=NOW)
    assert db.table("ties").count == 11 + 11 + 1 and len(partition(db)) == 1
    parted = ties.split(db, violin, [ids[0][3]], who="Ada", at=NOW)
    place_anew(db)
    assert sorted(len(some) for some in partition(db).values()) == [1, 23]
    take_back(db, parted)
    take_back(db, made)
    assert {frozenset(some) for some in ids} == set(partition(db).values())


def test_a_new_story_does_not_take_up_the_approval_of_a_cluster_that_was_merged_away() -> None:
    db = connect()
    compare_by(db, sure=9.0)
    violin, *others = (arrive(db, text) for text in (FIRST, STRANGER, *texts()[:10:5]))
    first, *rest = (cluster_of(db, id) for id in others)
    ties.merge_all(db, [first, *rest], who="Ada", at=NOW)
    decide(db, first, Verb.REJECT, why=WhyNot.PROMO, who="Ada", at=NOW)
    gone = cluster_of(db, violin)
    decide(db, gone, Verb.APPROVE, who="Ada", at=NOW)
    ties.merge(db, first, gone, who="Ada", at=NOW)
    retold = arrive(db, Text(name="later", text=FIRST.text, companies=("Fjellbanken",)))
    assert cluster_of(db, retold) not in (first, gone)
    assert state(db, cluster_of(db, retold)) == "open"


def test_what_is_split_off_does_not_go_to_another_story_that_is_decided_on(retold: Database) -> None:
    violin, stranger = (cluster_of(retold, story(retold, text)) for text in (FIRST, STRANGER))
    for cluster in (violin, stranger):
        decide(retold, cluster, Verb.APPROVE, who="Ada", at=NOW)
    compare_by(retold, sure=-99.0, easier=99.0)  # all are surely alike, but for what editors say
    place_anew(retold)
    made = ties.split(retold, violin, [story(retold, AGAIN)], who="Ada", at=NOW)
    assert cluster_of(retold, story(retold, AGAIN)) == made.other != stranger
    place_anew(retold)
    assert cluster_of(retold, story(retold, AGAIN)) == made.other
