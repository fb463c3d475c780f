"""The publisher over HTTP: exactly what editors approve, at the price of a 304, and nothing else whatever is asked."""

import gzip
import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from config import Settings
from publish import shelf
from publish.app import application
from storage.database import DatabaseError, connect
from storage.decisions import decide
from storage.edits import edit, mask
from storage.entries import NoDatabaseError, entries, read_only
from storage.filters import Filters, State
from storage.log import Field, Verb, history
from storage.searches import save
from storage.ties import GroupingError, merge, split
from storage.undo import undo
from stories.story import WhyNot
from tests.builders import NOW, tell
from tests.published import FORMATS, SITE, Published, known


@pytest.fixture
def published(tmp_path: Path) -> Iterator[Published]:
    made = Published(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="module")
def one_story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """A publisher of one story, to be asked alone."""
    made = Published(tmp_path_factory.mktemp("one"))
    made.tell("a")
    yield made
    made.close()


@pytest.mark.parametrize("format", FORMATS)
def test_a_story_that_is_reopened_or_rejected_leaves_the_feed(published: Published, format: str) -> None:
    published.tell("a", "b", "c")
    first = published.get(f"/feed.{format}")
    assert [one["title"] for one in known(first.content, format)] == ["c", "b", "a"]
    decide(published.db, "a", Verb.REOPEN, who="Ada", at=NOW + timedelta(hours=1))
    decide(published.db, "c", Verb.REJECT, why=WhyNot.PROMO, who="Ada", at=NOW)
    then = published.get(f"/feed.{format}")
    assert [one["title"] for one in known(then.content, format)] == ["b"]
    assert then.text.count("story/a") and then.text.count("story/c"), "it says what it took back"
    assert then.headers["etag"] != first.headers["etag"]
    assert then.headers["last-modified"] == "Fri, 01 May 2026 10:30:00 GMT", "the date does not go back"


def test_an_id_stays_the_same_whatever_happens(published: Published) -> None:
    published.tell("a")
    first = published.json()["items"][0]["id"]
    decide(published.db, "a", Verb.REOPEN, who="Ada", at=NOW)
    tell(published.db, "a", "A better telling.", score=1.0, title="Better")
    published.approve("a")
    moved = TestClient(application(published.settings.model_copy(update={"site": "https://elsewhere.example"})))
    assert moved.get("/feed.json").json()["items"][0]["id"] == first == "tag:goodturn.invalid,2026:story/a"


def test_a_feed_with_filters_has_what_meets_them(published: Published) -> None:
    published.tell("a", language="en", sector="bank", companies=["Fjordbank"])
    published.tell("b", language="da", title="Dansk", channel="phone")
    assert published.titles("/feed.da.json") == ["Dansk"] and "Goodturn (Danish)" in published.get("/feed.da.rss").text
    for asked in (
        "sector=bank",
        "company=fjord",
        "words=porter&sector=bank",
        "words=sector:bank",
        "language=en&told=1",
    ):
        assert published.titles(f"/feed.json?{asked}") == ["a"], asked
    feed = published.json("/feed.json?sector=bank&sector=hotel&content=full")
    assert feed["feed_url"] == f"{SITE}/feed.json?sector=bank&sector=hotel&content=full"
    assert published.titles("/feed.json?until=2026-04-30") == []


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        pytest.param("/feed.json?sectr=bank", 400, "did you mean 'sector'", id="an unknown filter"),
        pytest.param("/feed.json?sector=zoo", 400, "“zoo” is no sector", id="an unknown value"),
        pytest.param("/feed.json?state=open", 400, "no state 'open' here", id="what is open"),
        pytest.param("/feed.json?state=any", 400, "no state 'any' here", id="any state"),
        pytest.param("/feed.json?words=state:held", 400, "no state 'held' here", id="a state among words"),
        pytest.param("/feed.json?sort=newest", 400, "an order of its own", id="another order"),
        pytest.param("/feed.json?content=all", 400, "content is full or excerpt", id="another content"),
        pytest.param("/feed.da.json?before=x", 400, "before must be a number", id="no number"),
        pytest.param("/feed.json?before=3", 400, "its archive", id="before of everything"),
        pytest.param("/feed.da.json?sector=bank", 400, "has its filters already", id="filters twice"),
        pytest.param(f"/feed.json?words={'x' * 4000}", 400, "too long", id="a long address"),
        pytest.param("/feed.xx.json", 404, "Not Found", id="a language that there is not"),
        pytest.param("/feeds/nobody.json", 404, "no search of that name", id="a search that there is not"),
        pytest.param("/archive/0-abc.json", 404, "no page of that number", id="page nought"),
        pytest.param("/archive/99999999999999999999-abc.json", 404, "no page", id="a page far away"),
    ],
)
def test_what_cannot_be_asked_is_said_in_a_sentence(one_story: Published, address: str, status: int, said: str) -> None:
    answer = one_story.get(address)
    assert (answer.status_code, said in answer.text, answer.text.count("\n")) == (status, True, 1), answer.text
    assert answer.headers["access-control-allow-origin"] == "*"


def test_a_public_search_has_a_feed_and_a_private_one_none(published: Published) -> None:
    published.tell("a", "b", sector="bank")
    tell(published.db, "open", sector="bank")
    asked = Filters(state=State.OPEN, sector=("bank",))
    save(published.db, "Banks & øre", asked, who="Ada", at=NOW)
    assert published.get("/feeds/banks-øre.json").status_code == 404
    save(published.db, "Banks & øre", asked, who="Ada", at=NOW, public=True)
    feed = published.json("/feeds/banks-øre.json")
    assert [item["title"] for item in feed["items"]] == ["b", "a"], "only what is approved, whatever state it names"
    assert feed["feed_url"] == f"{SITE}/feeds/banks-%C3%B8re.json"
    assert published.titles(feed["feed_url"]) == ["b", "a"]
    save(published.db, "Banks & øre", asked, who="Ada", at=NOW, public=False)
    assert published.get("/feeds/banks-øre.json").status_code == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"if-none-match": "{etag}"}, 304, id="its tag"),
        pytest.param({"if-none-match": 'W/"a,b", W/{etag}'}, 304, id="one of several tags, weak"),
        pytest.param({"if-none-match": "*"}, 304, id="any tag"),
        pytest.param({"if-none-match": '"other"', "if-modified-since": "{date}"}, 200, id="another tag beats the date"),
        pytest.param({"if-modified-since": "{date}"}, 304, id="its date"),
        pytest.param({"if-modified-since": "Fri, 01 May 2026 09:29:59 GMT"}, 200, id="an older date"),
        pytest.param({"if-modified-since": "yesterday"}, 200, id="no date"),
        pytest.param({"if-none-match": "{etag}", "accept-encoding": "gzip"}, 200, id="the tag of the other coding"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_client_may_ask_by_tag_or_by_date(
    one_story: Published, headers: dict[str, str], status: int, method: str
) -> None:
    plain = {"accept-encoding": "identity"}
    first = one_story.web.get("/feed.atom", headers=plain).headers
    asked = {name: value.format(etag=first["etag"], date=first["last-modified"]) for name, value in headers.items()}
    answer = one_story.web.request(method, "/feed.atom", headers=plain | asked)
    assert answer.status_code == status and bool(answer.content) == (status == 200 and method == "GET")
    assert answer.headers["cache-control"] == "public, max-age=60, stale-while-revalidate=300"
    if status == 304:
        assert answer.headers["etag"] == first["etag"] and "content-type" not in answer.headers


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip", "gzip"),
        ("br, gzip;q=0.5", "gzip"),
        ("deflate,gzip", "gzip"),
        ("gzip;q=0", None),
        ("gzip;q=0.0, br", None),
        ("identity", None),
        ("notgzip", None),
    ],
)
def test_a_feed_comes_packed_to_those_who_take_that(one_story: Published, accepted: str, coding: str | None) -> None:
    with one_story.web.stream("GET", "/feed.json", headers={"accept-encoding": accepted}) as answer:
        body = b"".join(answer.iter_raw())
        headers = answer.headers
    assert headers.get("content-encoding") == coding and headers["vary"] == "accept-encoding"
    assert int(headers["content-length"]) == len(body)
    assert (gzip.decompress(body) if coding else body).startswith(b'{"version"')
    assert headers["etag"].endswith('-gzip"') == bool(coding)


def test_an_answer_has_all_that_a_website_needs_and_no_more(published: Published) -> None:
    published.tell("a")
    got, head = published.get("/feed.json"), published.web.head("/feed.json")
    assert dict(head.headers) == dict(got.headers) and head.content == b""
    assert got.headers["content-type"] == "application/feed+json; charset=utf-8"
    assert got.headers["access-control-allow-origin"] == "*" and "ETag" in got.headers["access-control-expose-headers"]
    assert got.headers["x-content-type-options"] == "nosniff" and "set-cookie" not in got.headers
    asked = {"origin": "https://x.example", "access-control-request-method": "GET"}
    preflight = published.web.options("/feed.json", headers=asked)
    assert preflight.status_code == 204 and "If-None-Match" in preflight.headers["access-control-allow-headers"]
    assert published.web.post("/feed.json").status_code == 405


def test_a_copy_is_made_anew_only_when_readers_would_get_another(published: Published) -> None:
    published.tell("a")
    published.get("/feed.json")
    key = ("/feed.json", b"")
    first = published.app.shelf.ready(key)
    assert first is not None
    tell(published.db, "open")
    assert published.app.shelf.ready(key) is None, "somebody wrote: it is to be looked at"
    published.get("/feed.json")
    assert published.app.shelf.ready(key) is first, "but nothing that readers get has changed"
    edit(published.db, "a", Field.TITLE, "Another", who="Ada", at=NOW)
    assert published.titles() == ["Another"]
    published.now += timedelta(seconds=shelf.FRESH_SECONDS)
    assert published.app.shelf.ready(key) is None, "it is old"


def test_what_a_page_asks_for_later_holds_within_a_quarter_of_an_hour(published: Published) -> None:
    published.tell("a")
    assert "night porter" in published.get("/feed.atom").text
    published.db.conn.execute("update pages set reserved = 'tdm'")
    published.now += timedelta(seconds=shelf.FRESH_SECONDS)
    assert "night porter" not in published.get("/feed.atom").text


def test_what_is_kept_has_an_end(published: Published, monkeypatch: pytest.MonkeyPatch) -> None:
    published.tell("a", "b", "c")
    monkeypatch.setattr(shelf, "MOST_BYTES", 20_000)
    monkeypatch.setattr(shelf, "MOST_PIECES", 2)
    for number in range(30):
        assert len(published.titles(f"/feed.json?words=porter&told={number % 2}&score=0.{number}")) == 3
    kept = published.app.shelf
    taken = sum(shelf._size(key, copy) for key, copy in kept._copies.items())
    assert taken == kept._bytes <= 20_000 and len(kept._pieces) == 2


def test_without_a_database_the_answer_is_not_an_empty_feed(tmp_path: Path) -> None:
    feeds = TestClient(application(Settings(data=tmp_path)))
    answer = feeds.get("/feed.atom")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    connect(tmp_path / "goodturn.db").close()
    assert feeds.get("/feed.atom").status_code == 200


def test_the_publisher_cannot_write(published: Published) -> None:
    with pytest.raises(Exception, match="readonly"):
        read_only(published.settings.database).conn.execute("delete from stories")
    (published.settings.data / "other.db").write_text("a shopping list, longer than one hundred bytes " * 9)
    with pytest.raises(DatabaseError, match=r"cannot publish from .*other\.db: file is not a database"):
        read_only(published.settings.data / "other.db")


SECRET = "Lindqvist"


def something(published: Published, dice: random.Random) -> None:
    """Something that editors do, to stories whose titles name a cluster and whose texts have a name to be masked."""
    db, by = published.db, {"who": "Ada", "at": NOW}
    ids = sorted({row[0] for row in db.conn.execute("select cluster from stories")})
    id, other = dice.choice(ids), dice.choice(ids)
    numbers = [made.number for made in history(db, id)]
    stories = [row[0] for row in db.conn.execute("select id from stories where cluster = ?", (id,))]
    acts: list[Any] = [
        lambda: decide(db, id, dice.choice([Verb.APPROVE, Verb.APPROVE, Verb.HOLD, Verb.REOPEN]), **by),  # type: ignore[arg-type]
        lambda: decide(db, id, Verb.REJECT, why=WhyNot.PROMO, **by),  # type: ignore[arg-type]
        lambda: merge(db, id, other, **by),  # type: ignore[arg-type]
        lambda: split(db, id, stories[:1], **by),  # type: ignore[arg-type]
        lambda: mask(db, id, SECRET, "L.", **by),  # type: ignore[arg-type]
        lambda: edit(db, id, Field.SUMMARY, f"Of {SECRET}", **by),  # type: ignore[arg-type]
        lambda: undo(db, dice.choice(numbers), **by) if numbers else None,  # type: ignore[arg-type]
        lambda: tell(db, id, f"Again of {SECRET}.", relation="copy", title=f"again {SECRET}"),
    ]
    try:
        dice.choice(acts)()
    except (GroupingError, ValueError):
        return


QUESTIONS = (
    "/feed.json",
    "/feed.json?content=full",
    "/feed.da.json",
    "/feed.json?state=approved",
    "/feed.json?words=lindqvist",
    "/feed.json?company=lindgaard&sector=hotel",
    "/feeds/everything.json",
)


@pytest.mark.parametrize("seed", range(3))
def test_whatever_editors_do_and_readers_ask_only_what_is_approved_comes_out(published: Published, seed: int) -> None:
    dice, db = random.Random(seed), published.db
    save(db, "Everything", Filters(state=State.ANY), who="Ada", at=NOW, public=True)
    for number in range(12):
        facts = {"title": f"{SECRET} {number}", "language": dice.choice(["en", "da"])}
        tell(db, f"c{number}", f"A clerk helped {SECRET}.", **facts)
    for _ in range(25):
        something(published, dice)
        right = {row["cluster"] for row in db.query("select cluster from published")}
        hidden = {row["cluster"] for row in db.query("select distinct cluster from masks")}
        for address in dice.sample(QUESTIONS, 3):
            for page in published.pages(address):
                told = {item["id"].rpartition("/")[2]: str(item) for item in page["items"]}
                assert told.keys() <= right, address
                assert not [id for id in told.keys() & hidden if SECRET in told[id]], address
                assert not {one["id"].rpartition("/")[2] for one in page["_removed"]} & right
        pages = published.pages("/feed.json?state=approved")
        met = {item["id"].rpartition("/")[2] for page in pages for item in page["items"]}
        assert met == right == {entry.id for entry in entries(db, sorted(right))}, "and all of it does"


def test_a_database_of_an_older_version_is_named_and_not_published(published: Published) -> None:
    published.db.conn.execute("delete from _sqlite_migrations where name = 'm008_publish'")
    with pytest.raises(NoDatabaseError, match="is of an older version: 'goodturn read'"):
        read_only(published.settings.database)
