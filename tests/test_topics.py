"""Threads from places without pages: each answer in tests/topics is read as its expected.json says.

The answers are written for the project: the real fields of each place, invented people, companies and words.
"""

import json
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reading.document import Document, Unreadable
from reading.page import Outcome, Page, PageKind
from reading.reader import read, read_thread
from reading.rest import rest_of_thread
from reading.topics.topic import MOST_COMMENTS
from tests.test_reading_rest import shown

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
FOLDERS = sorted((Path(__file__).parent / "topics").iterdir())
JSON = "application/json; charset=utf-8"
HN = "https://hn.algolia.com/api/v1"


def fetched(url: str, body: object, kind: PageKind = PageKind.ARTICLE) -> Page:
    return Page(
        requested=url,
        url=url,
        kind=kind,
        outcome=Outcome.STORED,
        fetched_at=NOW,
        headers={"content-type": JSON},
        body=body if isinstance(body, bytes) else json.dumps(body).encode(),
    )


def saved(folder: Path) -> tuple[Page, list[Page], dict[str, Any]]:
    told = json.loads((folder / "expected.json").read_text())
    parts = [fetched(url, (folder / name).read_bytes(), PageKind.THREAD) for name, url in told.get("parts", {}).items()]
    return fetched(told["url"], (folder / "thread.json").read_bytes()), parts, told


def document(page: Page, parts: Iterable[Page] = ()) -> Document:
    found = read_thread(page, list(parts))
    assert isinstance(found, Document), found
    return found


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_thread_in_json_is_read_as_expected(folder: Path) -> None:
    page, parts, told = saved(folder)
    found = document(page, parts)
    about = {key: getattr(found, key) for key in told["document"]}
    about |= {"date": found.date.isoformat()} if found.date else {}
    assert about == told["document"]
    got = [shown(comment) for comment in found.comments]
    wanted = told["comments"]
    assert [{key: have[key] for key in want} for have, want in zip(got, wanted, strict=True)] == wanted


def test_a_topic_of_discourse_names_the_posts_it_does_not_hold_and_other_threads_name_nothing() -> None:
    for folder in FOLDERS:
        page, parts, _ = saved(folder)
        assert [link.url for link in rest_of_thread(page)] == [part.url for part in parts]


def test_a_thread_speaks_only_for_the_host_that_answered() -> None:
    story = {"id": 7, "type": "story", "title": "T", "text": "Words.", "children": []}
    assert document(fetched("https://evil.example/items/7", story)).url == "https://evil.example/item?id=7"
    story = {"short_id": "ab", "comments_url": "https://good.example//x.example/s/ab", "description": "Words."}
    found = document(fetched("https://evil.example/s/ab.json", story | {"comments": []}))
    assert found.url == "https://evil.example/x.example/s/ab"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"title": "Settings", "children": [], "id": 3}, id="no thread"),
        pytest.param([{"kind": "Listing", "data": {"children": []}}], id="a list of posts"),
        pytest.param([], id="an empty list"),
        pytest.param({"topic_list": {"topics": []}}, id="a list of topics"),
    ],
)
def test_json_that_is_no_thread_is_refused(body: object) -> None:
    found = read(fetched("https://a.example/x.json", body))
    assert isinstance(found, Unreadable)
    assert (found.outcome, found.reason) == (Outcome.NOT_TEXT, "declared as application/json")


def test_a_story_that_is_only_a_link_is_empty() -> None:
    found = read(fetched(f"{HN}/items/7", {"id": 7, "type": "story", "title": "T", "text": None, "children": []}))
    assert isinstance(found, Unreadable)
    assert found.outcome is Outcome.EMPTY


def deep(levels: int) -> bytes:
    return b'{"id":1,"type":"story","children":[' * levels + b"]}" * levels


def wide(count: int) -> bytes:
    children = [{"id": at, "text": f"Words {at}.", "author": "a", "children": []} for at in range(2, count)]
    return json.dumps({"id": 1, "type": "story", "text": "Hello.", "children": children}).encode()


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(deep(10_000), id="nested deeper than can be read"),
        pytest.param(deep(300), id="nested deep"),
        pytest.param(b"[" * 100_000, id="open brackets"),
        pytest.param(b'{"post_stream":' + b"9" * 5_000 + b"}", id="a number too long"),
        pytest.param(b'{"id":NaN,"type":"story","children":[{"id":Infinity}]}', id="no numbers"),
        pytest.param(json.dumps({"id": 1, "type": "story", "text": "a<b" * 350_000, "children": []}), id="a long text"),
        pytest.param(json.dumps({"id": 1, "type": "story", "title": "x" * 10**6, "children": []}), id="a long title"),
        pytest.param(json.dumps({"id": 1, "type": "story", "text": "\ud800\x00Hi.", "children": []}), id="surrogates"),
        pytest.param(wide(30_000), id="more comments than are read"),
    ],
)
def test_an_answer_made_to_break_reading_is_read_or_refused_in_time(body: bytes | str) -> None:
    started = time.process_time()
    found = read(fetched(f"{HN}/items/1", body.encode() if isinstance(body, str) else body))
    assert time.process_time() - started < 3.0
    if isinstance(found, Document):
        assert len(found.comments) <= MOST_COMMENTS
        json.dumps([found.text, found.title, *(c.text for c in found.comments)], ensure_ascii=False).encode()
    else:
        assert not found.reason.split(":")[0].endswith("Error"), found.reason


ANSWERS = [json.loads((folder / "thread.json").read_text()) for folder in FOLDERS]
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 10**30),
    st.floats(),
    st.text(max_size=9),
    st.sampled_from(["http://[", "//x", "\ud800", "<", "<p>&#0;", [], {}, [[]], [None], {"data": 1}, {"children": 1}]),
)


def places(said: Any, way: tuple[Any, ...] = ()) -> Iterable[tuple[Any, ...]]:
    """Where something stands in an answer."""
    yield way
    for key, value in said.items() if isinstance(said, dict) else enumerate(said) if isinstance(said, list) else ():
        yield from places(value, (*way, key))


def changed(said: Any, way: tuple[Any, ...], value: object) -> Any:
    """The answer with something else in one place."""
    if not way:
        return value
    copied = said.copy()
    copied[way[0]] = changed(said[way[0]], way[1:], value)
    return copied


@st.composite
def odd(draw: st.DrawFn, answers: list[Any]) -> Any:
    """An answer with wrong things in some places."""
    said = draw(st.sampled_from(answers))
    for _ in range(draw(st.integers(1, 4))):
        said = changed(said, draw(st.sampled_from(list(places(said)))), draw(ODD))
    return said


FUZZ = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@FUZZ
@given(said=odd(ANSWERS), part=odd(ANSWERS))
def test_an_answer_of_wrong_types_is_read_or_refused(said: Any, part: Any) -> None:
    page = fetched("https://a.example/t/1.json", said)
    rest_of_thread(page)
    found = read_thread(page, [fetched("https://a.example/t/1/posts.json", part, PageKind.THREAD)])
    if isinstance(found, Document):
        told = [found.url, found.title, found.author, *((c.text, c.author, c.permalink) for c in found.comments)]
        json.dumps(told, ensure_ascii=False).encode()
    else:
        assert not found.reason.split(":")[0].endswith("Error"), found.reason
