"""Tellings of one event meet in one cluster, in whatever order they come, and reading only a few of the others."""

from datetime import UTC, datetime
from itertools import permutations

import pytest
from sqlite_utils import Database

from storage import clusters
from storage.clusters import Placement, index, place
from storage.database import connect, writing
from stories.fingerprint import fingerprint
from stories.retelling import telling
from stories.story import Relation, Story
from tests.builders import tell
from tests.test_retelling import SAME_PATTERN, VIOLIN, VIOLIN_AGAIN, changed

NOW = datetime(2026, 5, 1, 9, tzinfo=UTC)


def add(db: Database, text: str, language: str = "en") -> Placement:
    """Place one telling, store it and enter it into the index."""
    story = Story(place=None, start=0, end=len(text), text=text, score=0.9, title="", language=language)
    compared = telling(story)
    with writing(db):
        placed = place(db, compared, NOW)
    number = tell(
        db,
        placed.cluster,
        text,
        language=language,
        companies=[],
        relation=placed.relation,
        fingerprint=fingerprint(text),
    )
    with writing(db):
        index(db, number, compared)
    return placed


def test_a_first_telling_gets_a_cluster_of_its_own() -> None:
    db = connect()
    placed = add(db, VIOLIN)
    assert (placed.relation, placed.because) == (Relation.FIRST, ())
    assert add(db, SAME_PATTERN).relation is Relation.FIRST
    assert [row["id"] for row in db.query("select id from clusters where id = ?", [placed.cluster])] == [placed.cluster]


def test_copies_and_retellings_join_the_first() -> None:
    db = connect()
    first = add(db, VIOLIN)
    placed = [add(db, changed(VIOLIN)), add(db, VIOLIN + " Thank you, Benno."), add(db, VIOLIN_AGAIN, "da")]
    assert {each.cluster for each in placed} == {first.cluster}
    assert [each.relation for each in placed] == [Relation.COPY, Relation.NEAR_COPY, Relation.RETELLING]


@pytest.mark.parametrize("order", list(permutations(range(4))), ids=str)
def test_the_order_of_arrival_does_not_matter(order: tuple[int, ...]) -> None:
    told = [(VIOLIN, "en"), (VIOLIN_AGAIN, "da"), (SAME_PATTERN, "en"), (changed(VIOLIN), "en")]
    db = connect()
    found = {at: add(db, *told[at]).cluster for at in order}
    assert found[0] == found[1] == found[3] != found[2]


def test_a_lost_story_that_comes_again_gets_its_cluster_back() -> None:
    db = connect()
    first = add(db, VIOLIN)
    with writing(db):
        for table in ("stories", "documents", "pages"):
            db.conn.execute(f"delete from {table}")
    assert add(db, changed(VIOLIN)).cluster == first.cluster


def test_a_key_that_many_share_finds_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    db = connect()
    add(db, VIOLIN)
    monkeypatch.setattr(clusters, "COMMON", 0)
    assert add(db, VIOLIN_AGAIN, "da").relation is Relation.FIRST


def test_a_copy_is_found_in_a_large_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    for limit in ("CANDIDATES", "MEMBERS"):
        monkeypatch.setattr(clusters, limit, 2)
    db = connect()
    add(db, VIOLIN_AGAIN, "da")
    for more in range(3):
        add(db, f"{VIOLIN_AGAIN} Fortalt af læser nummer {more + 7}.", "da")
    add(db, VIOLIN)
    assert add(db, changed(VIOLIN)).relation is Relation.COPY
