"""What an editor asks the database is answered, whatever is typed into the search box."""

import contextlib
import json
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from storage import words
from storage.database import connect, identity, stamp, writing
from storage.filters import FilterError, filters_of, filters_of_query
from storage.inbox import cluster, inbox, tellings
from storage.search import quoted

NOW = stamp(datetime(2026, 5, 1, 9, tzinfo=UTC))
TOLD = [  # cluster, text, language, sector, score
    ("a", "Ein Mitarbeiter vom Kundendienst brachte den Schlüssel nach Gießen.", "de", "retail", 0.9),
    ("a", "The man from customer service brought the key to my door.", "en", "retail", 0.7),
    ("b", "Pigen på hotellet fandt min trøje, og Søren kørte den til ærø.", "da", "hotel", 0.8),
    ("c", "It wasn't his job, but he drove me home in the rain.", "en", "transport", 0.6),
]


@pytest.fixture
def db() -> Database:
    db = connect()
    with writing(db):
        for id in sorted({t[0] for t in TOLD}):
            db.table("clusters").insert({"id": id, "made_at": NOW})
        for number, telling in enumerate(TOLD):
            insert(db, number, telling)
    return db


def insert(db: Database, number: int, telling: tuple[str, str, str, str, float]) -> None:
    id, text, language, sector, score = telling
    page = identity(text)
    url = f"http://blog.example/{number}"
    db.table("pages").insert(
        {"id": page, "url": url, "requested": url, "kind": "entry", "outcome": "stored"}
        | dict.fromkeys(("fetched_at", "first_fetched_at"), NOW)
    )
    db.table("documents").insert({"id": page, "url": url, "title": "A day", "text": text, "read_at": NOW})
    words.enter(db, language, text)
    db.table("stories").insert(
        {"id": page, "document": page, "start": 0, "end": len(text), "text": text, "title": text[:20]}
        | {"language": language, "score": score, "sector": sector, "channel": "in-person", "teller": "customer"}
        | {"companies": json.dumps(["Nordlys"]), "because": json.dumps(["somebody drove"])}
        | {"cluster": id, "relation": "first" if score > 0.7 else "retelling", "url": url, "found_at": NOW}
    )


def test_the_inbox_lists_open_clusters_best_first(db: Database) -> None:
    rows = inbox(db, limit=10)
    assert [(r.cluster, r.tellings, r.languages) for r in rows] == [("a", 2, 2), ("b", 1, 1), ("c", 1, 1)]
    assert rows[0].companies == ("Nordlys",) and rows[0].because == ("somebody drove",)
    assert [r.cluster for r in inbox(db, limit=2)] == ["a", "b"]


def test_a_decided_cluster_leaves_the_inbox_and_is_still_found(db: Database) -> None:
    with writing(db):
        db.table("decisions").insert({"cluster": "b", "verb": "approve", "who": "Ada", "at": NOW})
    assert [r.cluster for r in inbox(db, limit=10)] == ["a", "c"]
    found = cluster(db, "b")
    assert found and (found.state, found.decided_by) == ("approved", "Ada")
    assert cluster(db, "nowhere") is None


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param({"language": "en"}, ["a", "c"], id="a language that one of the tellings is in"),
        pytest.param({"sector": "hotel"}, ["b"], id="a sector"),
        pytest.param({"words": "kunden"}, ["a"], id="the beginning of a word"),
        pytest.param({"words": "GIESSEN"}, ["a"], id="sharp s as ss"),
        pytest.param({"words": "GIE\u1e9eEN"}, ["a"], id="a capital sharp s"),
        pytest.param({"words": "wasn\u02bct"}, ["c"], id="a letter that is an apostrophe"),
        pytest.param({"words": "soren aero"}, ["b"], id="ø as o and æ as ae"),
        pytest.param({"words": "trøje"}, ["b"], id="the letters as they are"),
        pytest.param({"words": "wasn’t"}, ["c"], id="a typographic apostrophe"),
        pytest.param({"words": "key rain"}, [], id="all words in one telling"),
        pytest.param({"words": "key", "language": "de"}, ["a"], id="a fact may be another telling's"),
        pytest.param({"words": '"home in the rain"'}, ["c"], id="words that stand together"),
        pytest.param({"words": '"rain in the home"'}, [], id="not in that order"),
        pytest.param({"words": "„vom Kundendienst“"}, ["a"], id="in other quotation marks"),
        pytest.param({"words": '"unfinished key'}, [], id="a quotation that does not end"),
        pytest.param({"words": "arbeiter"}, ["a"], id="a part of a compound"),
        pytest.param({"words": "trojen"}, [], id="a word that is none of theirs"),
        pytest.param({"words": "sector:hotel"}, ["b"], id="a filter that is typed"),
        pytest.param({"words": "rain language:English company:nord"}, ["c"], id="typed among words"),
        pytest.param({"company": "NORD"}, ["a", "b", "c"], id="part of a company's name"),
        pytest.param({"because": "somebody"}, ["a", "b", "c"], id="a reason"),
        pytest.param({"source": "blog"}, ["a", "b", "c"], id="part of a host"),
        pytest.param({"told": "2"}, ["a"], id="how often it is told"),
        pytest.param({"score": "0.8"}, ["a", "b"], id="a least score"),
        pytest.param({"age": "30"}, ["a", "b", "c"], id="found of late"),
        pytest.param({"since": "2026-05-02"}, [], id="found since a day"),
        pytest.param({"until": "2026-05-01", "since": "2026-05-01"}, ["a", "b", "c"], id="found on a day"),
        pytest.param({"sort": "told"}, ["a", "b", "c"], id="most told first"),
        pytest.param({"origin": "submitted"}, [], id="what was sent in"),
        pytest.param({"words": 'NEAR("key" AND (* title:'}, [], id="search syntax is only words"),
        pytest.param({"words": ' "- * '}, ["a", "b", "c"], id="no words at all"),
    ],
)
def test_the_inbox_is_searched(db: Database, asked: dict[str, str], expected: list[str]) -> None:
    filters = filters_of(asked.items())
    assert [r.cluster for r in inbox(db, filters, limit=10, now=datetime(2026, 5, 3, tzinfo=UTC))] == expected
    assert filters_of_query(filters.query()) == filters, "what is asked stands in an address"


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        pytest.param({"language": "xx"}, "“xx” is no language; there are da, de", id="no language"),
        pytest.param({"state": "lost"}, "no state; there are open, held", id="no state"),
        pytest.param({"score": "nan"}, "between 0 and 100", id="not a number"),
        pytest.param({"told": "-1"}, "whole number", id="less than nothing"),
        pytest.param({"age": "9" * 30}, "whole number", id="older than the world"),
        pytest.param({"since": "yesterday"}, "a day like 2026-05-31", id="no day"),
        pytest.param({"words": "sector:casino"}, "no sector", id="a mistake that is typed"),
    ],
)
def test_a_filter_that_there_is_not_is_named(asked: dict[str, str], says: str) -> None:
    with pytest.raises(FilterError, match=says):
        filters_of(asked.items())


@given(words=st.text(max_size=80))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_that_is_typed_raises(db: Database, words: str) -> None:
    db.conn.execute("select rowid from stories_fts where stories_fts match ?", (quoted(f"a {words}", db),)).fetchall()
    with contextlib.suppress(FilterError):
        inbox(db, filters_of([("words", words)]), limit=5)


def test_the_tellings_of_a_cluster_come_best_first_and_those_gone_last(db: Database) -> None:
    assert [t.language for t in tellings(db, "a")] == ["de", "en"]
    with writing(db):
        db.conn.execute("update stories set gone_at = ? where language = 'de'", (NOW,))
    assert [(t.language, t.page_title) for t in tellings(db, "a")] == [("en", "A day"), ("de", "A day")]
    assert tellings(db, "nowhere") == []


@pytest.mark.parametrize("typed", ['"' + "a " * 149, "a'" * 150, '"' + "ab " * 99 + '"'], ids=["open", "parts", "long"])
def test_no_word_or_phrase_is_longer_than_what_is_found_quickly(typed: str) -> None:
    assert all(len(phrase.split()) <= 24 for phrase in quoted(typed).split('"')), "each word costs a walk of its own"
    assert all(each.count("'") <= 3 for each in quoted(typed).split())


def test_every_search_word_is_quoted() -> None:
    assert quoted("tag* OR ærø") == '"tag"* "OR"* "aero"*'
