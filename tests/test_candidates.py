"""A text is compared with those that its keys lead to, the same ones whoever came first, and with few of them."""

from collections import Counter

import pytest

from storage import candidates
from storage.anew import place_anew
from storage.database import connect
from tests.retold import FIRST, Text, arrive, compare_by, dated, partition, relations, texts
from tests.test_likeness import VIOLIN, VIOLIN_AGAIN


def test_a_key_that_many_share_leads_to_the_texts_with_the_smallest_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "FULL", 3)
    monkeypatch.setattr(candidates, "COMMON", 3)
    leads = []
    for order in (texts(), tuple(reversed(texts()))):
        db = connect()
        for text in order:
            arrive(db, text)
        leads.append({tuple(row) for row in db.conn.execute("select key, text from text_keys")})
        assert max(Counter(key for key, _ in leads[-1]).values()) == 3 + 1, "one more says that there are more"
    assert leads[0] == leads[1], "whoever came first"
    monkeypatch.setattr(candidates, "FULL", 400)
    place_anew(db)
    every: dict[int, list[int]] = {}
    for key, text in db.conn.execute("select key, text from text_keys order by key, text"):
        every.setdefault(key, []).append(text)
    assert leads[0] == {(key, text) for key, found in every.items() for text in found[: 3 + 1]}


def test_a_text_is_compared_with_those_that_its_keys_lead_to_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []
    for common in (100, 1):
        monkeypatch.setattr(candidates, "FULL", common)
        monkeypatch.setattr(candidates, "COMMON", common)
        db = connect()
        compare_by(db, sure=0.0, easier=30.0)
        for text in texts():
            arrive(db, text)
        compared.append({tuple(row) for row in db.conn.execute("select one, other from likenesses")})
    assert compared[1] < compared[0]


def test_copies_are_one_text_and_need_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "FULL", 1)
    monkeypatch.setattr(candidates, "COMMON", 1)
    db = connect()
    for day in range(1, 7):
        arrive(db, dated(FIRST, day))
    assert db.conn.execute("select count(*) from texts").fetchone()[0] == 1
    assert sorted(word for word, _ in relations(db).values()) == ["copy"] * 5 + ["first"]


def test_the_texts_that_one_is_compared_with_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "MOST", 2)
    monkeypatch.setattr(candidates, "BEST", 2)
    db = connect()
    for day in range(1, 5):
        arrive(
            db, Text(name=f"reader {day}", text=f"{VIOLIN_AGAIN} Fortalt af læser nummer {day + 70}.", language="da")
        )
    arrive(db, FIRST)
    (compared,) = db.conn.execute(
        "select count(*) from likenesses l join stories s on s.same_text = l.one where s.text = ?", (VIOLIN,)
    ).fetchone()
    assert compared == 2
    assert len(partition(db)) == 1, "as those that one is alike to are in one place"
