"""Decisions are appended, the last one counts, and nobody decides over another editor's head."""

from pathlib import Path

import pytest
from sqlite_utils import Database

from storage.comparison import deeds
from storage.database import connect
from storage.decisions import (
    UNDECIDED,
    ConflictError,
    Logged,
    UnknownClusterError,
    Verb,
    decide,
    history,
    last_decision,
)
from storage.inbox import beside, cluster, inbox, sizes
from stories.story import WhyNot
from tests.builders import NOW, tell


@pytest.fixture
def db() -> Database:
    db = connect()
    for id, score in (("a", 0.9), ("b", 0.8), ("c", 0.7)):
        tell(db, id, score=score, title=f"Story {id}")
    return db


def test_the_last_decision_counts_and_reopening_is_one(db: Database) -> None:
    decide(db, "b", Verb.REJECT, why=WhyNot.PROMO, note="an advert", who="Ada", at=NOW)
    found = cluster(db, "b")
    assert found and (found.state, found.why, found.note) == ("rejected", "promo", "an advert")
    decide(db, "b", Verb.REOPEN, who="Bo", at=NOW)
    assert [row.cluster for row in inbox(db, limit=9)] == ["a", "b", "c"]
    assert [(d.verb, d.why, d.who) for d in history(db, "b")] == [
        (Verb.REJECT, WhyNot.PROMO, "Ada"),
        (Verb.REOPEN, None, "Bo"),
    ]


def test_a_decision_on_a_page_that_is_no_longer_true_is_refused(db: Database) -> None:
    first = decide(db, "a", Verb.APPROVE, who="Ada", at=NOW, seen=UNDECIDED)
    with pytest.raises(ConflictError, match="approve by Ada") as caught:
        decide(db, "a", Verb.REJECT, why=WhyNot.CALL, who="Bo", at=NOW, seen=UNDECIDED)
    assert caught.value.decision == first == last_decision(db, "a")
    assert decide(db, "a", Verb.REOPEN, who="Bo", at=NOW, seen=first.number).number == first.number + 1


@pytest.mark.parametrize(
    ("verb", "why"),
    [
        pytest.param(Verb.REJECT, None, id="a rejection without a reason"),
        pytest.param(Verb.APPROVE, WhyNot.CALL, id="an approval with one"),
    ],
)
def test_a_reason_goes_with_a_rejection(db: Database, verb: Verb, why: WhyNot | None) -> None:
    with pytest.raises(ValueError, match="rejection"):
        decide(db, "a", verb, why=why, who="Ada", at=NOW)
    assert history(db, "a") == []


def test_an_unknown_cluster_is_named(db: Database) -> None:
    with pytest.raises(UnknownClusterError, match="nowhere"):
        decide(db, "nowhere", Verb.APPROVE, who="Ada", at=NOW)


def test_the_log_is_newest_first_and_says_which_decisions_stand(db: Database) -> None:
    decide(db, "a", Verb.APPROVE, who="Ada", at=NOW)
    decide(db, "a", Verb.REOPEN, who="Ada", at=NOW)
    decide(db, "c", Verb.APPROVE, who="Ada", at=NOW)
    told = [(d.title, d.verb.value, d.stands) for d in deeds(db, limit=9) if isinstance(d, Logged)]
    assert told == [("Story c", "approve", True), ("Story a", "reopen", True), ("Story a", "approve", False)]
    assert [d.number for d in deeds(db, limit=1, offset=1)] == [2]


def test_the_neighbours_of_a_cluster_are_found_whether_it_still_waits_or_not(db: Database) -> None:
    assert [beside(db, id) for id in "abc"] == [(None, "b"), ("a", "c"), ("b", None)]
    decide(db, "b", Verb.APPROVE, who="Ada", at=NOW)
    assert [beside(db, id) for id in "abc"] == [(None, "c"), ("a", "c"), ("a", None)]
    assert beside(db, "a", state="approved") == (None, "b")
    assert [row.cluster for row in inbox(db, limit=9, state="approved")] == ["b"]
    assert sizes(db) == {"open": 2, "approved": 1}


def test_decisions_survive_and_are_never_changed(tmp_path: Path) -> None:
    db = connect(tmp_path / "goodturn.db")
    tell(db, "a")
    decide(db, "a", Verb.APPROVE, who="Ada", at=NOW)
    with pytest.raises(Exception, match="appended, never changed"):
        db.conn.execute("update decisions set who = 'Eve'")
    assert len(history(connect(tmp_path / "goodturn.db"), "a")) == 1
