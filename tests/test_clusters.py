"""Tellings of one event meet in one cluster, in whatever order they come, and reading only a few of the others."""

from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import permutations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from storage.anew import place_anew
from storage.clusters import SAME_WORDS
from storage.database import connect, writing
from storage.decisions import decide, last_decision
from storage.log import Verb
from stories.likeness import model
from stories.story import Relation
from tests.retold import (
    AGAIN,
    BOTH,
    COPY,
    FIRST,
    NEAR,
    NOW,
    STRANGER,
    TOLD,
    Text,
    arrive,
    became,
    cluster_of,
    compare_by,
    dated,
    partition,
    relations,
    state,
    texts,
)
from tests.test_likeness import VIOLIN, VIOLIN_AGAIN, told


def test_a_first_telling_gets_a_cluster_of_its_own() -> None:
    db = connect()
    one, other = arrive(db, FIRST), arrive(db, STRANGER)
    assert relations(db) == dict.fromkeys((one, other), ("first", "[]"))
    assert sorted(row["id"] for row in db.query("select id from clusters")) == sorted(partition(db))
    assert len(partition(db)) == 2


def test_copies_and_retellings_join_the_first() -> None:
    db = connect()
    stories = [arrive(db, dated(text, day)) for day, text in enumerate((FIRST, COPY, NEAR, AGAIN), 1)]
    assert set(partition(db).values()) == {frozenset(stories)}
    said = relations(db)
    assert [said[story][0] for story in stories] == ["first", "copy", "near-copy", "retelling"]
    assert said[stories[1]][1] == '["every word"]' and SAME_WORDS == ("every word",)
    assert said[stories[2]][1].startswith('["the wording: ') and said[stories[3]][1].startswith('["names: benno')


def test_a_copy_is_a_copy_whatever_else_tells_the_same() -> None:
    db = connect()
    stories = [arrive(db, dated(text, day)) for day, text in enumerate((AGAIN, FIRST, FIRST, NEAR), 1)]
    said = relations(db)
    assert [said[story][0] for story in stories] == ["first", "retelling", "copy", "near-copy"]


@pytest.mark.parametrize("order", list(permutations(range(4))), ids=str)
def test_the_order_of_arrival_does_not_matter_to_a_few(order: tuple[int, ...]) -> None:
    told = (FIRST, AGAIN, STRANGER, COPY)
    db = connect()
    found = {at: arrive(db, told[at]) for at in order}
    clusters = {at: cluster_of(db, story) for at, story in found.items()}
    assert clusters[0] == clusters[1] == clusters[3] != clusters[2]


@settings(max_examples=8, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    order=st.permutations(range(len(texts()))),
    again=st.permutations(range(len(texts()))),
    thresholds=st.sampled_from(
        [(None, 0.0), (-1.5, 0.0), (2.0, 0.0), (-1.0, 6.0), (1.0, 8.0), (4.0, 11.0), (-3.9, 9.0)]
    ),
)
@example(order=list(range(len(texts()))), again=list(reversed(range(len(texts())))), thresholds=(1.0, 8.0))
def test_the_order_of_arrival_does_not_matter(
    order: list[int], again: list[int], thresholds: tuple[float | None, float]
) -> None:
    states = []
    for arrivals in (order, again):
        db = connect()
        if thresholds[0] is not None:
            compare_by(db, sure=thresholds[0], easier=thresholds[1])
        for place in arrivals:
            arrive(db, texts()[place])
        states.append(state(db))
        place_anew(db)
        assert state(db) == states[-1], "as if they had come at once"
    assert states[0] == states[1]


def test_the_events_of_the_pool_get_together() -> None:
    db = connect()
    stories = {text.name: arrive(db, text) for text in texts()}
    together = {frozenset(stories[name] for name in names) for names in (list(TOLD)[:3], list(TOLD)[3:6])}
    found = set(partition(db).values())
    assert all(any(some <= cluster for cluster in found) for some in together)
    assert 5 <= len(found) <= 10
    words = Counter(word for word, _ in relations(db).values())
    assert words["first"] == len(found) and words["copy"] == 3 and words["near-copy"] == 1


@pytest.mark.parametrize(
    ("published", "first"),
    [
        pytest.param([date(2026, 1, 2), date(2026, 1, 1), None], 1, id="the earliest"),
        pytest.param([None, None, date(2026, 1, 1)], 2, id="one without a date comes after one with"),
    ],
)
@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_the_first_telling_is_the_one_published_first(
    published: list[date | None], first: int, order: tuple[int, ...]
) -> None:
    db = connect()
    told = [
        Text(name=each.name, text=each.text, language=each.language, published=day)
        for each, day in zip((FIRST, AGAIN, NEAR), published, strict=True)
    ]
    stories = {place: arrive(db, told[place]) for place in order}
    assert [story for story, (word, _) in relations(db).items() if word == Relation.FIRST] == [stories[first]]


def test_a_date_found_later_changes_who_was_first() -> None:
    db = connect()
    one, other = arrive(db, FIRST), arrive(db, dated(AGAIN, 9))
    assert relations(db)[other][0] == "first"
    assert arrive(db, Text(name="first", text=VIOLIN, published=date(2025, 1, 1))) == one
    assert [relations(db)[story][0] for story in (one, other)] == ["first", "retelling"]


def test_a_cluster_keeps_its_id_when_tellings_join() -> None:
    db = connect()
    cluster = cluster_of(db, arrive(db, NEAR))
    for text in (FIRST, dated(COPY, 1), AGAIN):
        assert cluster_of(db, arrive(db, text)) == cluster
    assert place_anew(db) == {"before": 1, "now": 1}
    assert set(partition(db)) == {cluster}


def two_that_one_joins(db: Database) -> tuple[str, str]:
    """Two clusters that are one when BOTH comes: half of its words are those of one, half of the other."""
    one, other = arrive(db, FIRST), arrive(db, STRANGER)
    clusters = cluster_of(db, one), cluster_of(db, other)
    assert clusters[0] != clusters[1]
    return clusters


@pytest.mark.parametrize("decided", [0, 1])
def test_of_two_clusters_that_become_one_the_one_decided_on_stays(decided: int) -> None:
    db = connect()
    clusters = two_that_one_joins(db)
    decide(db, clusters[decided], Verb.APPROVE, who="Ada", at=NOW)
    cluster = cluster_of(db, arrive(db, BOTH))
    assert cluster == clusters[decided]
    assert list(partition(db)) == [cluster]
    assert (became(db, clusters[1 - decided]), became(db, cluster)) == (cluster, None)


def test_of_two_clusters_that_become_one_the_larger_stays() -> None:
    db = connect()
    _, larger = two_that_one_joins(db)
    arrive(db, dated(STRANGER, 1))
    assert cluster_of(db, arrive(db, BOTH)) == larger


def test_two_clusters_decided_on_do_not_become_one() -> None:
    db = connect()
    clusters = two_that_one_joins(db)
    for cluster in clusters:
        decide(db, cluster, Verb.APPROVE, who="Ada", at=NOW)
    assert cluster_of(db, arrive(db, BOTH)) in clusters
    assert set(partition(db)) == set(clusters)
    decide(db, clusters[0], Verb.REOPEN, who="Ada", at=NOW)
    place_anew(db)
    assert list(partition(db)) == [clusters[1]]
    assert became(db, clusters[0]) == clusters[1]


@pytest.mark.parametrize("decided", [True, False], ids=["decided on", "open"])
def test_what_was_decided_on_stays_together_when_something_more_alike_comes(decided: bool) -> None:
    db = connect()
    compare_by(db, sure=12.0)
    most = Text(name="most of both", text=f"{VIOLIN.split('. ', 1)[1]} {STRANGER.text}")
    first, both = arrive(db, FIRST), arrive(db, most)
    cluster = cluster_of(db, first)
    assert cluster_of(db, both) == cluster
    if decided:
        decide(db, cluster, Verb.APPROVE, who="Ada", at=NOW)
    stranger = arrive(db, STRANGER)
    assert cluster_of(db, both) == cluster_of(db, first if decided else stranger)
    assert len(partition(db)) == 2


def test_a_lost_story_that_comes_again_gets_its_cluster_back() -> None:
    db = connect()
    cluster = cluster_of(db, arrive(db, FIRST))
    decide(db, cluster, Verb.APPROVE, who="Ada", at=NOW)
    db.conn.execute("pragma foreign_keys = off")  # the decision names the story: only an accident loses it
    with writing(db):
        for table in ("stories", "documents", "fetches", "pages"):
            db.conn.execute(f"delete from {table}")
    assert cluster_of(db, arrive(db, COPY)) == cluster
    assert last_decision(db, cluster)


def test_a_story_that_is_read_otherwise_is_compared_anew() -> None:
    db = connect()
    one, same, another = (
        Text(name=name, text=text, language=language, companies=(company,))
        for name, text, language, company in (
            ("first", VIOLIN, "en", "Nordbuss"),
            ("again", VIOLIN_AGAIN, "da", "Nordbuss"),
            ("again", VIOLIN_AGAIN, "da", "Fjordtaxi"),
        )
    )
    by = replace(model(), bias=model().bias - 20)  # so that the most that counts is not reached
    odds = [by.odds(told(one.text, "en", one.companies), told(it.text, "da", it.companies)) for it in (same, another)]
    compare_by(db, sure=sum(odds) / 2, easier=-20.0)
    arrive(db, one)
    for text, clusters in ((another, 2), (same, 1), (another, 2)):
        arrive(db, text)
        assert len(partition(db)) == clusters
        assert [word for word, _ in relations(db).values()].count("first") == clusters


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_of_two_copies_in_other_lines_it_does_not_matter_which_comes_first(order: tuple[int, ...]) -> None:
    """A name at a line's beginning is less certain, which shows where the other telling is not certain of it either."""
    lines = Text(name="lines", text=VIOLIN.replace(" Ottilie", "\nOttilie").replace(" Benno", "\nBenno"))
    german = (
        "Benno fuhr mit dem Motorrad durch den Schnee. Eine Großmutter, Ottilie, weinte: Er brachte ihre Geige, die"
    )
    told = (FIRST, lines, Text(name="german", text=f"{german} im Nachtbus lag, vor der Hochzeit.", language="de"))
    states = []
    for arrivals in (range(3), order):
        db = connect()
        compare_by(db, sure=-3.0)
        for place in arrivals:
            arrive(db, told[place])
        states.append(state(db))
    assert states[0] == states[1]
