"""Editors merge clusters, split them and keep them apart; what cannot be done is refused in one sentence."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlite_utils import Database

from storage import ties
from storage.anew import place_anew
from storage.database import connect
from storage.decisions import decide, last_decision
from storage.log import Decision, UnknownClusterError, Verb, history
from storage.suggestions import all_suggestions, suggestions
from storage.ties import GroupingError, labelled
from stories.likeness import model, probability
from tests.retold import (
    AGAIN,
    FIRST,
    NEAR,
    NOW,
    STRANGER,
    Text,
    arrive,
    became,
    cluster_of,
    compare_by,
    dated,
    partition,
    relations,
)
from tests.test_likeness import told

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def db() -> Database:
    """The violin three times, and a stranger."""
    db = connect()
    for text in (dated(FIRST, 1), dated(AGAIN, 2), dated(NEAR, 3), STRANGER):
        arrive(db, text)
    return db


def story(db: Database, text: Text) -> str:
    """The id of a story that is there."""
    (found,) = db.conn.execute("select id from stories where text = ?", (text.text,)).fetchone()
    return str(found)


def clusters(db: Database) -> tuple[str, str]:
    """That of the violin, and that of the stranger."""
    return cluster_of(db, story(db, FIRST)), cluster_of(db, story(db, STRANGER))


def everything(db: Database) -> list[list[tuple[object, ...]]]:
    tables = ("stories", "clusters", "ties", "likenesses")
    return [[tuple(row) for row in db.conn.execute(f"select * from {table}")] for table in tables]


def other(made: Decision) -> str:
    assert made.other
    return made.other


def test_what_is_merged_is_one_cluster_however_unlike(db: Database) -> None:
    violin, stranger = clusters(db)
    made = ties.merge(db, violin, stranger, who="Ada", at=NOW, note="as I know")
    assert (made.verb, made.cluster, made.other, made.note, made.who) == (
        Verb.MERGE,
        violin,
        stranger,
        "as I know",
        "Ada",
    )
    assert clusters(db) == (violin, violin)
    assert became(db, stranger) == violin
    assert relations(db)[story(db, STRANGER)][0] == "retelling"
    assert place_anew(db) == {"before": 1, "now": 1}
    assert history(db, violin) == history(db, stranger) == [made]


@pytest.mark.parametrize(
    ("decided", "stays"),
    [
        pytest.param((), 0, id="none is decided on"),
        pytest.param((0,), 0, id="the first is"),
        pytest.param((1,), 1, id="the second is"),
        pytest.param((0, 1), 0, id="both are"),
    ],
)
def test_the_decision_that_stands_after_a_merge(db: Database, decided: tuple[int, ...], stays: int) -> None:
    two = clusters(db)
    for which in decided:
        decide(db, two[which], Verb.APPROVE, who=f"editor {which}", at=NOW)
    made = ties.merge(db, *two, who="Ada", at=NOW)
    assert (made.cluster, other(made)) == (two[stays], two[1 - stays])
    assert set(partition(db)) == {two[stays]}
    last = last_decision(db, two[stays])
    assert (last and last.who) == (f"editor {stays}" if decided else None)


def test_what_is_split_off_is_a_cluster_of_its_own_and_stays_one(db: Database) -> None:
    violin, _ = clusters(db)
    decide(db, violin, Verb.APPROVE, who="Ada", at=NOW)
    made = ties.split(db, violin, [story(db, AGAIN)], who="Ada", at=NOW)
    assert made.cluster == violin
    assert partition(db)[other(made)] == {story(db, AGAIN)}
    assert last_decision(db, other(made)) is None
    assert relations(db)[story(db, AGAIN)] == ("first", "[]")
    before = partition(db)
    place_anew(db)
    assert partition(db) == before
    assert cluster_of(db, arrive(db, dated(AGAIN, 9))) == other(made), "where its copy is"


def test_copies_can_be_split(db: Database) -> None:
    violin, _ = clusters(db)
    copy = arrive(db, dated(FIRST, 9))
    made = ties.split(db, violin, [copy], who="Ada", at=NOW)
    assert partition(db)[other(made)] == {copy}
    before = partition(db)
    place_anew(db)
    assert partition(db) == before


def test_what_was_split_is_merged_again_and_what_was_merged_split(db: Database) -> None:
    violin, stranger = clusters(db)
    before = set(partition(db).values())
    ties.merge(db, violin, stranger, who="Ada", at=NOW)
    made = ties.split(db, violin, [story(db, STRANGER)], who="Bo", at=LATER)
    assert set(partition(db).values()) == before
    ties.merge(db, violin, other(made), who="Ada", at=LATER)
    assert len(partition(db)) == 1
    assert [each.verb for each in history(db, violin)] == [Verb.MERGE, Verb.SPLIT, Verb.MERGE]


def test_clusters_that_are_apart_are_not_joined_by_what_comes_between(db: Database) -> None:
    violin, _ = clusters(db)
    made = ties.split(db, violin, [story(db, AGAIN)], who="Ada", at=NOW)
    ties.apart(db, other(made), clusters(db)[1], who="Ada", at=NOW)
    for day in range(4, 7):
        more = Text(name=f"more {day}", text=f"{AGAIN.text} Fortalt af læser nummer {day + 70}.", language="da")
        arrive(db, more)
    of = partition(db)
    assert len({cluster for cluster, stories in of.items() if stories}) == 3
    assert cluster_of(db, story(db, AGAIN)) != cluster_of(db, story(db, FIRST)) != clusters(db)[1]


def test_what_editors_said_of_texts_can_be_learned_from(db: Database) -> None:
    violin, stranger = clusters(db)
    arrive(db, dated(STRANGER, 8))  # a copy says nothing new
    ties.apart(db, violin, stranger, who="Ada", at=NOW)
    number = {row[0]: row[1] for row in db.conn.execute("select text, same_text from stories")}
    apart = {tuple(sorted((number[text.text], number[STRANGER.text]))) for text in (FIRST, AGAIN, NEAR)}
    assert {(one, other) for one, other, same in labelled(db) if not same} == apart
    ties.merge(db, violin, stranger, who="Ada", at=LATER)
    assert apart < {(one, other) for one, other, same in labelled(db) if same}, "what was said last"
    assert not [each for each in labelled(db) if not each[2]]


MISTAKES: dict[str, tuple[Callable[[Database], object], str]] = {
    "no such cluster to merge": (
        lambda db: ties.merge(db, clusters(db)[0], "x", who="Ada", at=NOW),
        "no cluster .* 'x'",
    ),
    "no such cluster to merge into": (lambda db: ties.merge(db, "x", clusters(db)[0], who="Ada", at=NOW), "'x'"),
    "no such cluster to keep apart": (lambda db: ties.apart(db, "x", clusters(db)[0], who="Ada", at=NOW), "'x'"),
    "no such cluster to split": (lambda db: ties.split(db, "x", ["y"], who="Ada", at=NOW), "no cluster .* 'x'"),
    "one cluster merged": (lambda db: ties.merge(db, *[clusters(db)[0]] * 2, who="Ada", at=NOW), "is one cluster"),
    "one cluster apart": (lambda db: ties.apart(db, *[clusters(db)[0]] * 2, who="Ada", at=NOW), "is one cluster"),
    "a strange story": (
        lambda db: ties.split(db, clusters(db)[0], [story(db, STRANGER)], who="Ada", at=NOW),
        "is not in cluster",
    ),
    "all stories": (
        lambda db: ties.split(db, clusters(db)[0], partition(db)[clusters(db)[0]], who="Ada", at=NOW),
        "has 3 stories: name some of them, and leave some",
    ),
    "no story": (lambda db: ties.split(db, clusters(db)[0], [], who="Ada", at=NOW), "name some of them"),
    "the only story": (
        lambda db: ties.split(db, clusters(db)[1], [story(db, STRANGER)], who="Ada", at=NOW),
        "has 1 stor",
    ),
}


@pytest.mark.parametrize(("mistake", "says"), MISTAKES.values(), ids=MISTAKES)
def test_what_cannot_be_done_is_said_and_changes_nothing(
    db: Database, mistake: Callable[[Database], object], says: str
) -> None:
    before = everything(db)
    with pytest.raises((GroupingError, UnknownClusterError), match=says) as caught:
        mistake(db)
    assert "\n" not in str(caught.value)
    assert everything(db) == before


def test_clusters_that_are_perhaps_alike_are_suggested_both_ways() -> None:
    db = connect()
    likely = model().odds(told(FIRST.text), told(AGAIN.text, "da"))
    compare_by(db, sure=likely + 1, perhaps=likely - 1)
    one, other, stranger = (arrive(db, text) for text in (FIRST, AGAIN, STRANGER))
    found = all_suggestions(db)
    assert {cluster: [each.cluster for each in some] for cluster, some in found.items()} == {
        cluster_of(db, one): [cluster_of(db, other)],
        cluster_of(db, other): [cluster_of(db, one)],
    }
    (suggested,) = suggestions(db, cluster_of(db, one))
    assert [suggested] == found[cluster_of(db, one)]
    assert (suggested.own, suggested.its) == (one, other)
    assert suggested.likely == pytest.approx(probability(likely), abs=0.001)
    assert suggestions(db, cluster_of(db, stranger)) == []


def test_what_editors_said_to_be_apart_is_not_suggested_and_what_they_merged_is_one() -> None:
    db = connect()
    likely = model().odds(told(FIRST.text), told(AGAIN.text, "da"))
    compare_by(db, sure=likely + 1, perhaps=likely - 1)
    one, other = arrive(db, FIRST), arrive(db, AGAIN)
    two = cluster_of(db, one), cluster_of(db, other)
    ties.apart(db, *two, who="Ada", at=NOW)
    assert all_suggestions(db) == {}
    arrive(db, dated(FIRST, 5))
    assert all_suggestions(db) == {}, "nor for a copy's sake"
    ties.merge(db, *two, who="Ada", at=LATER)
    assert list(partition(db)) == [two[0]]
    assert all_suggestions(db) == {}


def test_the_likeliest_are_suggested_first_and_few() -> None:
    db = connect()
    compare_by(db, sure=90.0, perhaps=-3.0)
    cluster = cluster_of(db, arrive(db, FIRST))
    for number in range(71, 78):
        more = f"{AGAIN.text} {'Det fortalte en læser. ' * (number - 70)}"
        arrive(db, Text(name=f"reader {number}", text=more, language="da"))
    found = suggestions(db, cluster)
    assert len(found) == 5
    assert [each.likely for each in found] == sorted((each.likely for each in found), reverse=True)
