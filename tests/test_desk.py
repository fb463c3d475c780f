"""The desk's pages, asked over HTTP against a real database: what an editor sees, and what a decision does."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database
from starlette.testclient import TestClient

from config import Settings
from storage.database import connect
from storage.decisions import decide
from storage.log import Verb, history
from stories.story import WhyNot
from tests.builders import NOW, PASSAGE, tell
from tests.signed_in import client


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path)


@pytest.fixture
def db(settings: Settings) -> Iterator[Database]:
    db = connect(settings.database)
    yield db
    db.close()


@pytest.fixture
def desk(settings: Settings, db: Database) -> TestClient:
    return client(settings, now=lambda: NOW)


@pytest.fixture
def three(db: Database) -> Database:
    tell(db, "a", title="First", score=0.9)
    tell(db, "b", title="Second", score=0.8, language="da", sector="bank")
    tell(db, "c", title="Third", score=0.7)
    return db


def titles(page: str) -> list[str]:
    return re.findall(r'<strong class="title"[^>]*>([^<]*)</strong>', page)


def test_the_inbox_lists_what_waits_best_first_with_what_one_decides_by(desk: TestClient, three: Database) -> None:
    tell(three, "a", relation="retelling", language="da")
    page = desk.get("/").text
    assert titles(page) == ["First", "Second", "Third"]
    assert all(shown in page for shown in (PASSAGE[:60], "Lindgaard Hotel", "Told twice", "in 2 languages", "90"))


def test_a_story_under_the_even_score_is_marked_as_unsure(desk: TestClient, db: Database) -> None:
    tell(db, "a", score=0.5)
    assert "unsure" not in desk.get("/").text
    tell(db, "b", title="Perhaps", score=0.49)
    assert desk.get("/").text.count('<span class="unsure">unsure</span>') == 1
    assert '<span class="unsure">unsure</span>' in desk.get("/cluster/b").text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("language=da", ["Second"], id="a language"),
        pytest.param("sector=hotel", ["First", "Third"], id="a sector"),
        pytest.param("words=thir", ["Third"], id="the beginning of a word"),
        pytest.param("words=thir&language=", ["Third"], id="a filter that is left open"),
        pytest.param("state=approved", [], id="a state"),
        pytest.param("offset=2", ["Third"], id="the rest"),
    ],
)
def test_the_inbox_is_filtered(desk: TestClient, three: Database, query: str, expected: list[str]) -> None:
    assert titles(desk.get(f"/?{query}").text) == expected


@pytest.mark.parametrize(
    ("path", "says"),
    [
        pytest.param("/", "goodturn collect", id="nothing was ever found"),
        pytest.param("/?words=nowhere", "Nothing matches", id="nothing matches"),
        pytest.param("/?state=rejected", "Stories that you reject", id="nothing rejected"),
        pytest.param("/log", "No decision yet", id="no decision"),
    ],
)
def test_an_empty_list_says_what_to_do(desk: TestClient, path: str, says: str) -> None:
    assert says in desk.get(path).text


def test_an_inbox_that_is_all_decided_says_so(desk: TestClient, db: Database) -> None:
    tell(db, "a")
    decide(db, "a", Verb.APPROVE, who="Ada", at=NOW)
    assert "All read" in desk.get("/").text


def test_a_cluster_shows_its_tellings_with_sources_reasons_and_what_they_share(desk: TestClient, db: Database) -> None:
    tell(db, "a", url="https://www.first.example/1")
    tell(
        db,
        "a",
        "En portier kørte hende hjem.",
        relation="retelling",
        shared=["the same forty kilometres"],
        language="da",
    )
    page = desk.get("/cluster/a").text
    assert page.count('<section class="telling"') == 2
    assert 'href="https://www.first.example/1"' in page and ">first.example<" in page
    assert all(s in page for s in ("a porter drove her home", "the same forty kilometres", "Retelling", "by Ellen"))


def test_a_passage_is_shown_inside_its_page_with_the_far_paragraphs_folded(desk: TestClient, db: Database) -> None:
    tell(db, "a", before="One.\nTwo.\nThree.\nIt snowed. ", after=" So it was.\nFour.")
    page = desk.get("/cluster/a").text
    assert re.search(r'<summary lang="en">1 more before</summary>\s*<p>One.</p>', page)
    assert '<p class="dim">Two.</p>' in page and '<p class="dim">Four.</p>' in page
    assert f'<span class="dim">It snowed. </span><mark>{PASSAGE}</mark><span class="dim"> So it was.</span>' in page


def test_a_comment_is_shown_in_its_own_words_under_the_title_of_its_post(desk: TestClient, db: Database) -> None:
    tell(db, "a", before="I read this with pleasure. ", place=4)
    page = desk.get("/cluster/a").text
    assert f'<span class="dim">I read this with pleasure. </span><mark>{PASSAGE}</mark>' in page
    assert "a comment by Ellen" in page and "Under “" in page and "A post about something else" not in page


def test_a_telling_whose_page_has_changed_is_shown_alone(desk: TestClient, db: Database) -> None:
    tell(db, "a")
    db.conn.execute("update documents set text = 'Something else now.'")
    page = desk.get("/cluster/a").text
    assert PASSAGE in page and "Something else now" not in page


def test_whatever_was_found_is_shown_as_text_and_never_as_markup(desk: TestClient, db: Database) -> None:
    nasty = '"><script>alert(1)</script>'
    tell(db, "a", nasty * 3, title=nasty, author=nasty, companies=[nasty], because=[nasty], url="javascript:alert(1)")
    for path in ("/", "/cluster/a", "/?words=%22%3E%3Cscript%3E"):
        page = desk.get(path).text
        assert "<script>alert" not in page and 'href="javascript:' not in page
    assert "&lt;script&gt;alert(1)" in desk.get("/cluster/a").text


def test_after_an_approval_the_next_story_comes_up_with_an_undo(desk: TestClient, three: Database) -> None:
    answer = desk.post("/cluster/a/approve", data={"seen": "0"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/cluster/b?done=1")
    page = desk.get("/cluster/b?done=1").text
    assert "Approved" in page and 'action="/undo"' in page and 'name="number" value="1"' in page
    assert [(d.verb, d.who) for d in history(three, "a")] == [(Verb.APPROVE, "Ada")]


def test_a_decision_stays_in_the_list_that_one_works_through(desk: TestClient, three: Database) -> None:
    answer = desk.post("/cluster/a/approve?sector=hotel", data={"seen": "0"}, follow_redirects=False)
    assert answer.headers["location"] == "/cluster/c?sector=hotel&done=1"
    answer = desk.post("/cluster/c/approve?sector=hotel", data={"seen": "0"}, follow_redirects=False)
    assert answer.headers["location"] == "/?sector=hotel&done=2"


def test_a_rejection_keeps_its_word_and_note(desk: TestClient, three: Database) -> None:
    desk.post("/cluster/b/reject", data={"seen": "0", "why": "promo", "note": " an advert "})
    last = history(three, "b")[-1]
    assert (last.verb, last.why, last.note) == (Verb.REJECT, WhyNot.PROMO, "an advert")
    page = desk.get("/log").text
    assert "promotion" in page and "“an advert”" in page and "Second" in page


def test_reopening_takes_a_decision_back(desk: TestClient, three: Database) -> None:
    desk.post("/cluster/a/approve", data={"seen": "0"})
    page = desk.post("/cluster/a/reopen", data={"seen": "1"})
    assert page.url.path == "/cluster/a" and "Reopened" in page.text
    assert titles(desk.get("/").text) == ["First", "Second", "Third"]


def test_a_decision_that_another_has_taken_meanwhile_is_a_clear_conflict(desk: TestClient, three: Database) -> None:
    decide(three, "a", Verb.REJECT, why=WhyNot.CALL, who="Bo", at=NOW)
    answer = desk.post("/cluster/a/approve", data={"seen": "0"})
    assert answer.status_code == 409
    assert all(
        said in answer.text
        for said in (
            "<b>Bo</b>",
            "Rejected as call for stories",
            "You wanted to approve it",
            "Nothing of that was written",
        )
    )
    assert len(history(three, "a")) == 1


def test_a_button_pressed_twice_decides_once(desk: TestClient, three: Database) -> None:
    for _ in range(2):
        answer = desk.post("/cluster/a/approve", data={"seen": "0"}, follow_redirects=False)
        assert answer.headers["location"] == "/cluster/b?done=1"
    assert len(history(three, "a")) == 1


@pytest.mark.parametrize(
    ("asked", "status", "says"),
    [
        pytest.param(("GET", "/cluster/nix", {}), 404, "no story at this address", id="no such cluster"),
        pytest.param(("GET", "/nowhere", {}), 404, "Nothing here", id="no such page"),
        pytest.param(("GET", "/?state=lost", {}), 400, "there are open, held, approved, rejected", id="no such state"),
        pytest.param(("GET", "/?language=xx", {}), 400, "no language; there are da, de", id="no such language"),
        pytest.param(("GET", "/?offset=-1", {}), 400, "must be a number", id="no number"),
        pytest.param(("GET", "/?offset=99999999999999999999", {}), 400, "must be a number", id="no number of ours"),
        pytest.param(("POST", "/cluster/a/reject", {"seen": "0"}), 400, "Say why", id="no reason"),
        pytest.param(("POST", "/cluster/a/reject", {"why": "dull"}), 400, "complaint", id="no such reason"),
        pytest.param(("POST", "/cluster/a/praise", {}), 405, "cannot be done", id="no such verb"),
        pytest.param(("POST", "/cluster/nix/approve", {}), 404, "no story", id="a decision on nothing"),
        pytest.param(("GET", "/cluster/a/approve", {}), 200, "First", id="a decision by a link"),
        pytest.param(("POST", "/cluster/a/approve", {"note": "x" * 400_000}), 413, "", id="a body that is too long"),
    ],
)
def test_a_mistake_is_answered_with_a_page_that_says_what_is_wrong(
    desk: TestClient, three: Database, asked: tuple[str, str, dict[str, str]], status: int, says: str
) -> None:
    method, path, data = asked
    answer = desk.request(method, path, data=data or None)
    assert answer.status_code == status
    assert says in answer.text
    assert history(three, "a") == []


def test_the_guide_names_every_reason_and_key(desk: TestClient) -> None:
    page = desk.get("/guide").text
    assert all(label in page for label in ("Praise only", "Call for stories", "Other kindness", "r, then a letter"))


@pytest.mark.parametrize("verb", ["edit", "split", "undo", "none"])
def test_a_selection_is_only_given_what_can_be_given_to_many(desk: TestClient, three: Database, verb: str) -> None:
    answer = desk.post(f"/bulk/{verb}", data={"seen": "0", "cluster": "a"})
    assert answer.status_code == 400 and "approve" in answer.text and history(three, "a") == []


def test_what_was_in_no_feed_does_not_keep_the_rest_of_a_selection_in_it(desk: TestClient, three: Database) -> None:
    decide(three, "b", Verb.APPROVE, who="Ada", at=NOW)
    desk.post("/bulk/unpublish", data={"seen": "9", "cluster": ["a", "b"]})
    assert [len(history(three, id)) for id in "ab"] == [0, 2]


def test_a_database_that_is_put_in_the_place_of_another_is_the_one_that_is_written(
    desk: TestClient, three: Database, settings: Settings, tmp_path: Path
) -> None:
    desk.get("/")
    copy = connect(tmp_path / "copy.db")
    tell(copy, "d", title="Restored")
    for one in (copy, three):
        one.conn.execute("pragma wal_checkpoint(truncate)")
        one.close()
    for ending in ("-wal", "-shm"):
        settings.database.with_name(f"{settings.database.name}{ending}").unlink(missing_ok=True)
    (tmp_path / "copy.db").replace(settings.database)
    assert desk.post("/cluster/d/approve", data={"seen": "0"}).status_code == 200
    assert len(history(connect(settings.database), "d")) == 1
