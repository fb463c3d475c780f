"""What a reading leaves: found again, edited, gone; and decisions outlive all of it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from reading.document import Comment, Document, Unreadable
from reading.page import Outcome, Page, PageKind
from storage import anew, documents, pages
from storage.database import Database, connect, identity
from storage.decisions import decide
from storage.documents import Kept, Reading
from storage.inbox import inbox, tellings
from storage.log import Verb
from stories.story import Story, WhyNot
from stories.telling import telling

NOW = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)
URL = "http://blog.example/a-post"
PAGE = identity(URL)
KIND = (
    "The man at the ticket desk in Brackwater walked my grandmother to her platform, carried both cases and waited "
    "until the train had come, though his shift was long over."
)
COMMENTS = (
    Comment(text="Lovely.", author="Ada", date=date(2026, 4, 1), permalink=f"{URL}#c1"),
    Comment(text="Mine was rude.", author="Bo", date=date(2026, 4, 2), permalink=f"{URL}#c2", depth=1, parent=0),
)


@pytest.fixture
def db() -> Database:
    db = connect()
    page = Page(requested=URL, url=URL, kind=PageKind.ARTICLE, outcome=Outcome.STORED, fetched_at=NOW, body=b"<p>")
    pages.keep(db, page)
    return db


def reading(*passages: str, comments: tuple[Comment, ...] = COMMENTS) -> Reading:
    """A document that is these passages, each a story."""
    text = "\n".join(passages)
    stories = []
    for passage in passages:
        start = text.index(passage)
        story = Story(
            place=None,
            start=start,
            end=start + len(passage),
            text=passage,
            score=0.8,
            title="At the desk",
            language="en",
        )
        stories.append((story, telling(story)))
    return Reading(document=Document(url=URL, text=text, language="en", comments=comments), stories=tuple(stories))


def rows(db: Database, query: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in db.execute(query)]


def test_a_story_found_again_is_the_same_row_in_the_same_cluster(db: Database) -> None:
    assert documents.keep(db, PAGE, reading(KIND), NOW) == Kept(new=1)
    before = rows(db, "select number, id, cluster from stories")
    assert documents.keep(db, PAGE, reading("An introduction.", KIND), NOW).known == 1
    assert rows(db, "select number, id, cluster from stories where text like 'The man%'") == before


def test_a_story_no_longer_found_is_gone_and_back_when_it_is_found_again(db: Database) -> None:
    documents.keep(db, PAGE, reading(KIND), NOW)
    assert documents.keep(db, PAGE, reading(), NOW + timedelta(days=1)) == Kept(gone=1)
    assert inbox(db, limit=9) == []
    documents.keep(db, PAGE, reading(KIND), NOW + timedelta(days=2))
    assert len(inbox(db, limit=9)) == 1


def test_what_an_editor_approved_stays_approved_after_a_loss(db: Database) -> None:
    documents.keep(db, PAGE, reading(KIND), NOW)
    cluster = inbox(db, limit=1)[0].cluster
    decide(db, cluster, Verb.APPROVE, who="test", at=NOW)
    documents.keep(db, PAGE, reading(), NOW)
    assert rows(db, "select cluster, state, tellings from cluster_list") == [(cluster, "approved", 0)]


def test_a_thread_read_again_adds_what_is_new_and_notices_what_was_edited_or_removed(db: Database) -> None:
    documents.keep(db, PAGE, reading(KIND), NOW)
    later = NOW + timedelta(days=3)
    changed = (replace(COMMENTS[0], text="Lovely, all of it."), Comment(text="New here.", author="Cy"))
    documents.keep(db, PAGE, reading(KIND, comments=changed), later)
    assert rows(db, "select author, position, found_at, changed_at, gone_at from comments order by author") == [
        ("Ada", 0, "2026-05-01T09:30:00Z", "2026-05-04T09:30:00Z", None),
        ("Bo", None, "2026-05-01T09:30:00Z", None, "2026-05-04T09:30:00Z"),
        ("Cy", 1, "2026-05-04T09:30:00Z", None, None),
    ]


def test_the_same_words_twice_in_a_thread_are_two_comments(db: Database) -> None:
    twice = (Comment(text="+1", author="Ada"), Comment(text="+1", author="Ada"))
    documents.keep(db, PAGE, reading(comments=twice), NOW)
    documents.keep(db, PAGE, reading(comments=twice), NOW)
    assert rows(db, "select position, gone_at from comments order by position") == [(0, None), (1, None)]


def test_a_page_that_cannot_be_read_keeps_its_outcome_and_reason(db: Database) -> None:
    documents.keep(db, PAGE, Reading(document=Unreadable(outcome=Outcome.EMPTY, reason="no text")), NOW)
    assert rows(db, "select reading, reading_reason from pages") == [("empty", "no text")]
    assert pages.unread(db, 9) == []


def test_undecided_clusters_are_placed_anew_and_decided_ones_kept(db: Database) -> None:
    documents.keep(db, PAGE, reading(KIND), NOW)
    (known,) = inbox(db, limit=9)
    decide(db, known.cluster, Verb.APPROVE, who="test", at=NOW)
    other = "The florist in Anholt drove back with the right flowers at ten at night and would take nothing for it."
    documents.keep(db, PAGE, reading(KIND, other), NOW)
    assert anew.place_anew(db) == {"before": 2, "now": 2}
    assert [t.cluster for t in tellings(db, known.cluster)] == [known.cluster]


def test_a_decided_story_stays_while_its_words_stand_whatever_is_found(db: Database) -> None:
    documents.keep(db, PAGE, reading(KIND), NOW)
    decide(db, inbox(db, limit=1)[0].cluster, Verb.REJECT, why=WhyNot.UNRELATED, who="test", at=NOW)
    before = rows(db, "select * from stories")
    nothing = replace(reading(KIND), stories=())
    assert documents.keep(db, PAGE, nothing, NOW) == Kept(known=1)
    longer = reading(f"{KIND} We wrote to thank him.")
    assert documents.keep(db, PAGE, longer, NOW) == Kept(known=1), "nothing that overlaps it is added"
    better = replace(reading(KIND).stories[0][0], score=0.9, title="At the station")
    again = replace(reading(KIND), stories=((better, telling(better)),))
    assert documents.keep(db, PAGE, again, NOW) == Kept(known=1), "its facts are those that were decided on"
    assert rows(db, "select * from stories") == before


def test_the_place_of_a_decided_story_follows_its_words(db: Database) -> None:
    documents.keep(db, PAGE, reading(KIND), NOW)
    decide(db, inbox(db, limit=1)[0].cluster, Verb.APPROVE, who="test", at=NOW)
    documents.keep(db, PAGE, replace(reading("An introduction.", KIND), stories=()), NOW)
    assert rows(db, "select place, start, text, gone_at from stories") == [(None, 17, KIND, None)]
    commented = reading("All of it is in a comment.", comments=(COMMENTS[0], replace(COMMENTS[1], text=KIND)))
    documents.keep(db, PAGE, replace(commented, stories=()), NOW)
    assert rows(db, "select place, start, gone_at from stories") == [(1, 0, None)]


def test_a_decided_story_that_comes_again_is_as_it_was(db: Database) -> None:
    documents.keep(db, PAGE, reading(KIND), NOW)
    decide(db, inbox(db, limit=1)[0].cluster, Verb.APPROVE, who="test", at=NOW)
    before = rows(db, "select * from stories")
    assert documents.keep(db, PAGE, reading("Taken down."), NOW).gone == 1
    again = replace(reading(KIND).stories[0][0], score=0.9)
    documents.keep(db, PAGE, replace(reading(KIND), stories=((again, telling(again)),)), NOW)
    assert rows(db, f"select * from stories where text = '{KIND}'") == before


def test_what_is_gone_already_is_not_counted_again(db: Database) -> None:
    documents.keep(db, PAGE, reading(KIND), NOW)
    assert documents.keep(db, PAGE, reading(), NOW) == Kept(gone=1)
    assert documents.keep(db, PAGE, reading(), NOW) == Kept()
