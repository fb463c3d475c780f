"""Decisions are appended, the last one counts, and nobody decides over another editor's head."""

import csv
import io
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database
from starlette.testclient import TestClient

from config import Settings
from storage.board import Board
from storage.database import connect
from storage.decisions import UNDECIDED, NotPublishedError, decide, last_decision
from storage.filters import Filters, State
from storage.inbox import cluster, inbox
from storage.lists import ask, beside, sizes
from storage.log import Asked, ConflictError, UnknownClusterError, Verb, editors, history, search
from storage.ties import apart
from stories.story import WhyNot
from tests.builders import NOW, tell
from tests.signed_in import client


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


def test_the_log_is_newest_first_and_is_searched(db: Database) -> None:
    decide(db, "a", Verb.APPROVE, who="Ada", at=NOW)
    decide(db, "a", Verb.REJECT, why=WhyNot.PROMO, note="a 100 % advert", who="Bo", at=NOW + timedelta(days=1))
    decide(db, "c", Verb.APPROVE, who="Ada", at=NOW + timedelta(days=2))
    assert [made.number for made in search(db, Asked(), limit=9)] == [3, 2, 1]
    assert [made.number for made in search(db, Asked(), limit=1, offset=1)] == [2]
    asked = {
        "who": (Asked(who="ada"), [3, 1]),
        "verb": (Asked(verb=Verb.REJECT), [2]),
        "cluster": (Asked(cluster="a"), [2, 1]),
        "words of a note": (Asked(words="100 % ADVERT"), [2]),
        "a title": (Asked(words="story", cluster="c"), [3]),
        "nothing with a wild card": (Asked(words="%"), [2]),
        "days": (Asked(since="2026-05-02", until="2026-05-02"), [2]),
        "all at once": (Asked(who="Ada", verb=Verb.APPROVE, since="2026-05-02"), [3]),
    }
    for name, (question, numbers) in asked.items():
        assert [made.number for made in search(db, question, limit=9)] == numbers, name
    assert editors(db) == ["Ada", "Bo"]


def test_the_neighbours_of_a_cluster_are_found_whether_it_still_waits_or_not(db: Database) -> None:
    board = Board()

    def around(id: str, state: State = State.OPEN) -> tuple[str | None, str | None]:
        filters = Filters(state=state)
        return beside(ask(db, board.look(db), filters, NOW), filters.sort, id)[:2]

    assert [around(id) for id in "abc"] == [(None, "b"), ("a", "c"), ("b", None)]
    decide(db, "b", Verb.APPROVE, who="Ada", at=NOW)
    assert [around(id) for id in "abc"] == [(None, "c"), ("a", "c"), ("a", None)]
    assert around("a", State.APPROVED) == (None, "b")
    assert [row.cluster for row in inbox(db, Filters(state=State.APPROVED), limit=9)] == ["b"]
    assert sizes(board.look(db)) == {"open": 2, "approved": 1}


def test_what_is_held_or_taken_out_of_the_feed_waits_aside(db: Database) -> None:
    decide(db, "a", Verb.HOLD, note="who is it?", who="Ada", at=NOW)
    decide(db, "b", Verb.APPROVE, who="Ada", at=NOW)
    decide(db, "b", Verb.UNPUBLISH, note="they asked", who="Ada", at=NOW)
    assert [row.cluster for row in inbox(db, Filters(state=State.HELD), limit=9)] == ["a", "b"]
    with pytest.raises(NotPublishedError, match="c is not approved"):
        decide(db, "c", Verb.UNPUBLISH, who="Ada", at=NOW)
    assert history(db, "c") == []


def test_a_note_decides_nothing_and_is_in_nobodys_way(db: Database) -> None:
    decide(db, "a", Verb.NOTE, note="ask the hotel", who="Bo", at=NOW)
    assert decide(db, "a", Verb.APPROVE, who="Ada", at=NOW, seen=UNDECIDED).verb is Verb.APPROVE
    with pytest.raises(ValueError, match="a note needs words"):
        decide(db, "a", Verb.NOTE, who="Bo", at=NOW)


def test_decisions_survive_and_are_never_changed(tmp_path: Path) -> None:
    db = connect(tmp_path / "goodturn.db")
    tell(db, "a")
    decide(db, "a", Verb.APPROVE, who="Ada", at=NOW)
    with pytest.raises(Exception, match="appended, never changed"):
        db.conn.execute("update decisions set who = 'Eve'")
    assert len(history(connect(tmp_path / "goodturn.db"), "a")) == 1


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Database]:
    with closing(connect(tmp_path / "goodturn.db")) as db:
        for id, score in (("a", 0.9), ("b", 0.8), ("c", 0.7)):
            tell(db, id, score=score, title=f"Story {id}")
        yield db


@pytest.fixture
def desk(tmp_path: Path, served: Database) -> TestClient:
    return client(Settings(data=tmp_path), now=lambda: NOW)


def test_a_selection_is_not_taken_back_over_another_editors_head(desk: TestClient, served: Database) -> None:
    a, b = (decide(served, id, Verb.APPROVE, who="Ada", at=NOW).number for id in "ab")
    decide(served, "a", Verb.HOLD, who="Cy", at=NOW)
    answer = desk.post("/undo", data={"number": [str(a), str(b)], "seen": str(b)})
    assert answer.status_code == 409 and "<b>Cy</b>" in answer.text
    assert [made.verb for made in history(served, "a")] == [Verb.APPROVE, Verb.HOLD]


def test_a_selection_is_merged_whole_or_not_at_all(desk: TestClient, served: Database) -> None:
    decide(served, "c", Verb.HOLD, who="Cy", at=NOW)
    answer = desk.post("/bulk/merge", data={"cluster": ["a", "b", "c"], "seen": "0"})
    assert answer.status_code == 409 and history(served, "a") == []
    assert desk.post("/bulk/merge", data={"cluster": ["a", "b", "c"], "seen": "1"}).status_code == 200
    assert cluster(served, "a") is None, "the one that was decided on stays"
    found = cluster(served, "c")
    assert found and (found.state, found.tellings) == ("held", 3)


def test_what_was_done_from_the_other_cluster_is_told_of_ones_own(desk: TestClient, served: Database) -> None:
    apart(served, "a", "b", who="Cy", at=NOW)
    answer = desk.post("/cluster/b/approve", data={"seen": "0"})
    assert answer.status_code == 409
    assert '<b lang="en">Story b</b>” open' in answer.text and 'class="button" href="/cluster/b"' in answer.text


def test_a_note_that_is_sent_twice_is_written_once(desk: TestClient, served: Database) -> None:
    for _ in range(2):
        desk.post("/cluster/a/note", data={"seen": "0", "note": "Ask her."})
    assert [made.note for made in history(served, "a")] == ["Ask her."]


def test_an_edit_that_cannot_be_kept_writes_none_of_its_form(desk: TestClient, served: Database) -> None:
    assert desk.post("/cluster/a/edit", data={"seen": "0", "title": "New", "sector": "casino"}).status_code == 422
    assert history(served, "a") == []


def test_a_mask_that_is_sent_twice_is_written_once(desk: TestClient, served: Database) -> None:
    for _ in range(2):
        form = {"seen": "0", "what": "Lindgaard", "instead": "L."}
        assert desk.post("/cluster/a/mask", data=form).status_code == 200
    assert len(history(served, "a")) == 1


@pytest.mark.parametrize("title", ["=1+1", " =1+1", "\n=1+1", "\uff1d1+1", "@sum", "-2", "\t=1"])
def test_a_formula_in_an_export_is_text(desk: TestClient, served: Database, title: str) -> None:
    served.conn.execute("update stories set title = ? where cluster = 'a'", (title,))
    first = next(csv.DictReader(io.StringIO(desk.get("/export.csv").text)))
    assert first["title"].startswith("'")


def test_an_empty_export_has_its_header_line(desk: TestClient) -> None:
    assert "cluster,state,title," in desk.get("/export.csv?state=rejected").text
