"""A database of before the log keeps what editors decided, grouped and corrected, and all that follows from it."""

import json
import sqlite3
from typing import Any

import pytest
from sqlite_utils import Database

from storage.board import Board
from storage.database import connect, stamp
from storage.decisions import last_decision
from storage.lessons import lessons
from storage.lists import sizes
from storage.log import Verb, history
from storage.schema import migrations
from storage.ties import labelled
from storage.undo import undo
from tests.builders import NOW, PASSAGE, tell

AT = stamp(NOW)


@pytest.fixture
def old() -> Database:
    """Three clusters of two tellings, a rejected, an approved and a reopened one, of which two were split."""
    db = Database(memory=True)
    db.conn.isolation_level = None
    db.conn.row_factory = sqlite3.Row
    migrations.apply(db, stop_before="m007_log")
    for number, id in enumerate(("a", "a", "b", "b", "c", "c"), 1):
        tell(db, id, f"{PASSAGE} Number {number}.", relation="first" if number % 2 else "retelling")
        db.conn.execute("insert into texts (number, compared) values (?, '{}')", (number,))
        db.conn.execute("update stories set same_text = number")
    said = [("a", "approve", None), ("a", "reject", "promo"), ("b", "approve", None), ("c", "reject", "call")]
    for cluster, verb, why in [*said, ("c", "reopen", None)]:
        _add(db, "decisions", cluster=cluster, verb=verb, why=why, note="n", who="Ada", at=AT)
    ids = [row[0] for row in db.conn.execute("select id from stories order by number")]
    _add(db, "groupings", verb="merge", cluster="a", other="b", moved=json.dumps(ids[2:4]), who="Bo", at=AT)
    _add(db, "groupings", verb="split", cluster="a", other="b", moved=json.dumps(ids[2:4]), who="Bo", at=AT)
    for grouping, same in ((1, 1), (2, 0)):
        one, other = sorted((ids[0], ids[2]))
        _add(db, "ties", one=one, other=other, same=same, grouping=grouping)
    for start, end in ((0, 9), (4, 20)):
        _add(db, "corrections", story=ids[3], start=start, end=end, text=PASSAGE[start:end], who="Cy", at=AT)
    return db


def _add(db: Database, table: str, **row: Any) -> None:
    db.table(table).insert(row)


def test_what_was_decided_before_the_log_still_counts(old: Database) -> None:
    before = old.execute(
        "select cluster, state, decided_by, why, tellings from cluster_list order by cluster"
    ).fetchall()
    last = old.execute("select number, cluster, verb, why from last_decisions order by number").fetchall()
    taught = labelled(old)
    migrations.apply(old)
    after = old.execute(
        "select cluster, state, decided_by, why, tellings from cluster_list order by cluster"
    ).fetchall()
    assert list(map(tuple, after)) == list(map(tuple, before))
    now = old.execute("select number, cluster, verb, why from last_decisions order by number").fetchall()
    assert list(map(tuple, now)) == list(map(tuple, last))
    assert labelled(old) == taught != []
    assert sizes(Board().look(old)) == {"open": 1, "approved": 1, "rejected": 1}
    assert [(lesson.cluster, lesson.approved) for lesson in lessons(old)] == [("b", True)] * 2 + [("a", False)] * 2
    assert old.conn.execute("pragma foreign_key_check").fetchall() == []


def test_what_was_grouped_and_corrected_before_the_log_is_in_it(old: Database) -> None:
    migrations.apply(old)
    told = [(made.verb, made.who) for made in history(old, "b")]
    assert told == [
        (Verb.APPROVE, "Ada"),
        (Verb.MERGE, "Bo"),
        (Verb.SPLIT, "Bo"),
        (Verb.EDIT, "Cy"),
        (Verb.EDIT, "Cy"),
    ]
    (span,) = old.conn.execute('select start, "end", text from spans').fetchall()
    assert tuple(span) == (4, 20, PASSAGE[4:20])
    undo(old, history(old, "b")[-1].number, who="Ada", at=NOW)
    (span,) = old.conn.execute('select start, "end" from spans').fetchall()
    assert tuple(span) == (0, 9)


def test_a_decision_of_before_the_log_is_taken_back(old: Database) -> None:
    migrations.apply(old)
    rejected = last_decision(old, "a")
    assert rejected
    undo(old, rejected.number, who="Ada", at=NOW)
    found = last_decision(old, "a")
    assert found and found.verb is Verb.APPROVE
    assert set(old.view_names()) == set(connect().view_names())
    triggers = "select name from sqlite_master where type = 'trigger' order by name"
    assert list(map(tuple, old.conn.execute(triggers))) == list(map(tuple, connect().conn.execute(triggers)))
