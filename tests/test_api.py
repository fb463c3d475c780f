"""The JSON API: what it answers is what its document says, page by page, also to who asks nonsense or too often."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis
from starlette.testclient import TestClient

from config import Settings
from publish.app import application
from publish.openapi import document, written
from publish.serve import start
from storage.decisions import decide
from storage.edits import edit, mask
from storage.log import Field, Verb
from tests.builders import NOW, tell
from tests.published import SITE, Published

DOCUMENT = Path(__file__).parent.parent / "docs" / "openapi.json"
STORIES = "/api/v1/stories"
NEVER = 10**5  # requests; so many that no test meets the limit


@pytest.fixture
def published(tmp_path: Path) -> Iterator[Published]:
    made = Published(tmp_path, api_burst=NEVER)
    yield made
    made.close()


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """A publisher of odd stories; look, do not write."""
    made = Published(tmp_path_factory.mktemp("odd"), api_burst=NEVER)
    made.tell("0a", title="\x00\u202eodd \U0001f600" + "x" * 900)
    made.tell("0b", language="da", companies=["Ærø Færge", " "], author=None, date=None, channel="unknown")
    made.tell("0c", url="urn:isbn:1", language=None, text="\u0645\u0631\u062d\u0628\u0627 ]]> <b>&amp;", companies=[])
    made.tell("0d", place=3, title="<script>alert(1)</script>")
    tell(made.db, "0d", "Told again.", relation="copy", language="de", companies=["Nobody has looked at this"])
    made.tell("0e")
    decide(made.db, "0e", Verb.UNPUBLISH, who="Ada", at=NOW + timedelta(hours=1))
    tell(made.db, "0f", companies=["Secret & Co"])
    media = json.dumps([{"kind": "image", "url": "http://x.example/a"}])
    made.db.conn.execute("update documents set media = ?", (media,))
    made.db.conn.execute("update pages set reserved = 'nosnippet' where id = (select id from pages limit 1)")
    yield made
    made.close()


def ids(answer: Any) -> list[str]:
    return [told["id"] for told in answer["stories"]]


def walk(published: Published, address: str) -> Iterator[Any]:
    """The pages of a list."""
    following: str | None = address
    while following:
        page = published.json(following)
        yield page
        following = page.get("next")


def test_the_document_in_the_docs_is_that_of_the_code(odd: Published) -> None:
    now = written("https://stories.example.org")
    assert DOCUMENT.read_text() == now, "write it anew, as publish.openapi.written gives it"
    served = odd.get("/api/v1/openapi.json")
    assert served.json() == document(SITE) and served.headers["content-type"] == "application/json"
    assert "/api/v1/changes" in odd.get("/api").text and "<script" not in odd.get("/api").text


@pytest.fixture(scope="module")
def address(odd: Published) -> Iterator[str]:
    """Where the odd stories are served."""
    running = start(odd.settings, 0)
    yield f"{running.address}/api/v1"
    running.stop()


def closed(schema: Any) -> Any:
    """The document for the tests: a field that it does not name is a mistake."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    rest = {"additionalProperties": False} if schema.get("type") == "object" and "properties" in schema else {}
    return {name: closed(one) for name, one in schema.items()} | rest


DOCUMENTED = schemathesis.openapi.from_dict(closed(document("http://127.0.0.1")))
DOCUMENTED.config.checks.positive_data_acceptance.expected_statuses = ["200", "404", "410"]


@DOCUMENTED.parametrize()
@hypothesis.settings(max_examples=25, deadline=None, derandomize=True, database=None)
def test_what_is_answered_is_what_the_document_says(address: str, case: schemathesis.Case[Any]) -> None:
    case.call_and_validate(base_url=address)


def test_a_client_made_from_the_document_reads_what_is_added_one_day() -> None:
    schemas = document(SITE)["components"]["schemas"]
    assert "additionalProperties" not in schemas["Story"], "a field"
    assert not any("enum" in said for said in schemas["Story"]["properties"].values()), "a word"


def test_a_story_has_the_words_of_json_feed_and_our_own_beside_them(published: Published) -> None:
    published.tell("a", language="da", sector="bank", companies=["Fjordbank"])
    (told,) = published.json(STORIES)["stories"]
    feed = published.json("/feed.json")["items"][0]
    own = feed.pop("_goodturn")
    assert told == feed | own | {"id": "a", "tag": feed["id"]}
    assert published.json(f"{STORIES}/a") == told


def test_a_story_that_was_taken_back_is_gone_and_one_that_never_was_is_not_there(odd: Published) -> None:
    gone = odd.get(f"{STORIES}/0e")
    assert gone.status_code == 410 and gone.headers["content-type"] == "application/problem+json"
    assert gone.json() | {"id": "0e", "removed_at": "2026-05-01T10:30:00Z", "title": "Gone"} == gone.json()
    assert odd.get(f"{STORIES}/0f").status_code == 404, "nobody has approved it"
    assert odd.get(f"{STORIES}/nobody").json()["detail"] == "there is no story of that id"


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        pytest.param("", "dcba", id="first approved last"),
        pytest.param("sort=updated", "acbd", id="changed last"),
        pytest.param("sort=told", "abdc", id="told most often"),
        pytest.param("sort=best", "cdba", id="best score"),
    ],
)
@pytest.mark.parametrize("limit", [1, 3, 100])
def test_stories_come_in_an_order_page_by_page(published: Published, sort: str, expected: str, limit: int) -> None:
    published.tell("a", "b", "c", "d")
    for cluster in "baa":
        tell(published.db, cluster, f"Again of {cluster}.", relation="copy", score=0.1)
    published.db.conn.execute("update stories set score = 0.95 where cluster = 'c'")
    edit(published.db, "a", Field.TITLE, "Another", who="Ada", at=NOW)
    pages = list(walk(published, f"{STORIES}?limit={limit}&{sort}"))
    assert "".join(id for page in pages for id in ids(page)) == expected
    assert [len(page["stories"]) for page in pages[:-1]] == [limit] * (len(pages) - 1)
    assert {page["total"] for page in pages} == {4}


@pytest.mark.parametrize("sort", ["approved", "updated", "told", "best"])
def test_who_walks_while_editors_work_skips_nothing_and_meets_nothing_twice_that_stays(
    published: Published, sort: str
) -> None:
    before = [f"{number:02}" for number in range(12)]
    published.tell(*before)
    met: list[str] = []
    for number, page in enumerate(walk(published, f"{STORIES}?sort={sort}&limit=3")):
        met += ids(page)
        if number < 2:
            edit(published.db, before[-1 - number], Field.TITLE, f"Another {number}", who="Ada", at=NOW)
            tell(published.db, before[number], f"Again {number}.", relation="copy")
            published.tell(f"new {number}")
    touched = {*before[:2], *before[-2:]}
    assert set(before) <= set(met)
    assert [id for id in met if met.count(id) > 1 and id not in touched] == []


def test_stories_are_found_by_the_filters_of_the_desk(odd: Published) -> None:
    for asked, found in {
        "language=da": ["0b"],
        "language=da&language=de": ["0d", "0b"],
        "company=færge&channel=unknown": ["0b"],
        "words=porter&teller=customer&state=approved&told=2": ["0d"],
        "words=state:open": [],
        "until=2026-04-30": [],
        "limit=1&sort=updated&told=2": ["0d"],
    }.items():
        assert ids(odd.json(f"{STORIES}?{asked}")) == found, asked


def test_companies_are_those_that_readers_see(published: Published) -> None:
    published.tell("a", "b", companies=["Fjordbank", "Lindqvist & Son"])
    published.tell("c", companies=["fjord Rail"], language="da")
    tell(published.db, "a", "Again.", relation="copy", companies=["Nobody has looked at this"])
    tell(published.db, "open", companies=["Fjord of Secrets"])
    for cluster in "ab":
        mask(published.db, cluster, "Lindqvist", "L.", who="Ada", at=NOW)
    rail = {"name": "fjord Rail", "stories": 1, "languages": ["da"]}
    bank = {"name": "Fjordbank", "stories": 2, "languages": ["en"]}
    assert published.json("/api/v1/companies?prefix=FJORD") == {"total": 2, "companies": [rail, bank]}
    named = published.json("/api/v1/companies?sort=stories")["companies"]
    assert [one["name"] for one in named] == ["Fjordbank", "L. & Son", "fjord Rail"]
    edit(published.db, "c", Field.COMPANIES, ["Fjordbank"], who="Ada", at=NOW)
    decide(published.db, "b", Verb.HOLD, who="Ada", at=NOW)
    assert published.json("/api/v1/companies?prefix=fj")["companies"] == [bank | {"languages": ["da", "en"]}]


def test_counts_are_of_what_is_published(published: Published) -> None:
    assert published.json("/api/v1/stats")["total"] == 0
    published.tell("a", "b")
    published.tell("c", language="da", sector="bank")
    tell(published.db, "open", language="da")
    told = published.json("/api/v1/stats")
    assert (told["total"], told["language"], told["month"]) == (3, {"en": 2, "da": 1}, {"2026-05": 3})
    assert (told["sector"], told["updated"]) == ({"hotel": 2, "bank": 1}, "2026-05-01T09:30:00Z")


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        pytest.param(f"{STORIES}?limt=5", 400, "did you mean 'limit'", id="an unknown parameter"),
        pytest.param(f"{STORIES}?sector=", 400, "sector is empty", id="an empty parameter"),
        pytest.param(f"{STORIES}?sector=zoo", 400, "“zoo” is no sector", id="an unknown value"),
        pytest.param(f"{STORIES}?state=open", 400, "no state 'open' here", id="what is open"),
        pytest.param(f"{STORIES}?sort=oldest", 400, "sort is one of approved, updated", id="an unknown order"),
        pytest.param(f"{STORIES}?limit=0&limit=5", 400, "given twice", id="a number given twice"),
        pytest.param("/api/v1/companies?prefix=a&prefix=b", 400, "given twice", id="a word given twice"),
        pytest.param(f"{STORIES}?limit=101", 400, "from 1 to 100", id="too many"),
        pytest.param(f"{STORIES}?cursor=best.x", 400, "the next page", id="no cursor"),
        pytest.param(f"{STORIES}?since=17.3", 400, "/api/v1/changes", id="a cursor of changes for a day"),
        pytest.param(f"{STORIES}?content=all", 400, "content is one of excerpt, full", id="another content"),
        pytest.param(f"{STORIES}?words={'x' * 4000}", 400, "too long", id="a long address"),
        pytest.param(f"{STORIES}/a?language=da", 400, "there are content", id="a filter for one story"),
        pytest.param("/api/v1/stats?language=da", 400, "takes none", id="a filter for the counts"),
        pytest.param("/api/v1/changes?since=x", 400, "“x” is none", id="no cursor of changes"),
        pytest.param("/api/v1/changes?since=99999", 410, "begin anew", id="a cursor that is ahead"),
        pytest.param("/api/v1/stories/", 404, "/api says", id="an address that there is not"),
        pytest.param("/api/v2/stories", 404, "/api says", id="a version that there is not"),
    ],
)
def test_a_mistake_is_a_problem_with_one_sentence(odd: Published, address: str, status: int, said: str) -> None:
    answer = odd.get(address)
    told = answer.json()
    assert (answer.status_code, told["status"], said in told["detail"]) == (status, status, True), told
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["access-control-allow-origin"] == "*"


def test_an_address_without_a_version_leads_to_the_present_one(odd: Published) -> None:
    for path in ("stories?sector=bank&words=a%26b", "stories/0a", "companies", "stats"):
        answer = odd.get(f"/api/{path}")
        assert (answer.status_code, answer.headers["location"]) == (308, f"{SITE}/api/v1/{path}")
        assert answer.headers["access-control-allow-origin"] == "*"


def test_an_answer_is_kept_packed_and_asked_for_by_its_tag(odd: Published) -> None:
    first = odd.get(f"{STORIES}?limit=4", accept_encoding="gzip")
    assert first.headers["content-encoding"] == "gzip" and "max-age=60" in first.headers["cache-control"]
    assert odd.get(f"{STORIES}?limit=4", accept_encoding="gzip", if_none_match=first.headers["etag"]).status_code == 304
    assert odd.web.head(STORIES).content == b"" and odd.web.options(STORIES).status_code == 204
    refused = odd.web.post(STORIES)
    assert (refused.status_code, {*refused.headers["allow"].split(", ")}) == (405, {"GET", "HEAD"})
    following = odd.get(f"{STORIES}?limit=2")
    assert following.headers["link"] == f'<{following.json()["next"]}>; rel="next"'


def test_without_a_database_the_answer_says_when_to_come_again(tmp_path: Path) -> None:
    answer = TestClient(application(Settings(data=tmp_path))).get(STORIES)
    assert (answer.status_code, answer.headers["retry-after"], answer.json()["status"]) == (503, "60", 503)
