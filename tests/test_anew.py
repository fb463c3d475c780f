"""Comparing all stories anew is due when the comparison has changed, and leaves nothing of the old one."""

import pytest

from storage import anew, ties
from storage.anew import place_anew
from storage.database import connect, writing
from storage.upkeep import tidy
from tests.retold import (
    AGAIN,
    ALL,
    COPY,
    FIRST,
    NEAR,
    NOW,
    STRANGER,
    arrive,
    cluster_of,
    compare_by,
    dated,
    partition,
    state,
)


def test_comparing_anew_is_due_when_the_comparison_has_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    db = connect()
    assert not anew.is_due(db), "nothing is stored"
    anew.mark(db)
    arrive(db, FIRST)
    assert not anew.is_due(db)
    monkeypatch.setattr(anew, "version", lambda: 7)
    assert anew.is_due(db)
    anew.mark(db)
    assert anew.is_due(db), "it is not done by saying so"
    place_anew(db)
    assert not anew.is_due(db)


def test_comparing_anew_is_due_for_stories_from_before_there_was_a_mark() -> None:
    db = connect()
    arrive(db, FIRST)
    assert anew.is_due(db)


def test_comparing_anew_applies_other_weights() -> None:
    db = connect()
    for text in (*ALL, dated(FIRST, 1)):
        arrive(db, text)
    assert len(partition(db)) == 2
    compare_by(db, sure=90.0)
    assert place_anew(db) == {"before": 2, "now": 5}, "only the same text stays one"
    compare_by(db, sure=-3.9, easier=30.0)
    assert place_anew(db) == {"before": 5, "now": 2}, "who was never compared is never alike"


def test_comparing_anew_says_anew_what_tellings_share() -> None:
    db = connect()
    stories = [arrive(db, dated(text, day)) for day, text in enumerate((FIRST, AGAIN, NEAR, STRANGER, FIRST), 1)]
    ties.split(db, cluster_of(db, stories[0]), stories[-1:], who="Ada", at=NOW)
    arrive(db, dated(NEAR, 6))
    before = state(db)
    with writing(db):
        db.conn.execute("update stories set relation = 'retelling', shared = '[\"as it was said before\"]'")
    place_anew(db)
    assert state(db) == before


def test_tidying_leaves_only_texts_that_are_told() -> None:
    db = connect()
    arrive(db, FIRST)
    arrive(db, AGAIN)
    with writing(db):
        db.conn.execute("delete from stories where text = ?", (AGAIN.text,))
    assert tidy(db, fetches_before=NOW)["texts"] == 1
    for table, column in (("texts", "number"), ("text_keys", "text"), ("likenesses", "one")):
        kept = {row[0] for row in db.conn.execute(f"select {column} from {table}")}
        assert kept <= {row[0] for row in db.conn.execute("select same_text from stories")}, table
    assert cluster_of(db, arrive(db, COPY)) in partition(db)
