"""What is sent in lands in the inbox: a real crawl of loopback, a real reading, from what was sent to a cluster."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from config import Settings
from crawler.addresses.twins import twin_key
from jobs.collect import collect
from jobs.read import read_unread
from jobs.read_page import read_page, read_sent
from jobs.submitted import queue, settle
from reading.page import Outcome, Page, PageKind
from reading.sent import Contact, Kind, Sent
from storage import contacts, documents, frontier, pages, submissions
from storage.database import Database, connect, connect_private, identity, writing
from storage.fates import Stage, fates
from storage.inbox import ClusterRow, inbox
from stories.detect import Detector
from tests.crawls import settings_in
from tests.web import Web

NOW = datetime.now(UTC)
STORY = (
    "Our kettle broke two days before the wedding. I rang the little shop in Halden that had sold it to us nine years "
    "ago. The woman there listened, laughed, and said she would see what she could do. That evening she stood at our "
    "door with a new one under her arm. She would not take any money for it, and she wished my sister luck."
)
DULL = "The bridge was built in spring of stone from the quarry. " * 6
SAID = "In this film a baker in Halden drives all night to bring an old man the cake that his late wife used to order."
OURS = (
    "The bus had gone and it was raining hard. The driver of the next one, on his way to the depot, stopped, let me\n"
    "in and brought me home to Vik, twenty kilometres out of his way. “My shift is over anyway,” he said."
)


def page(text: str) -> str:
    return f"<html lang=en><body><article><h1>A page</h1><p>{text}</p></article></body></html>"


def send(db: Database, folder: Path, who: str | None = None, **said: object) -> int:
    private = connect_private(folder / "private.db")
    return submissions.add(db, private, Sent(**said), Contact(), NOW, who=who)  # type: ignore[arg-type]


def landed(settings: Settings) -> list[ClusterRow]:
    return inbox(connect(settings.database), limit=50)


def test_links_videos_and_stories_all_land_in_the_inbox(tmp_path: Path) -> None:
    with Web() as web:
        web.put("/story", page(STORY))
        web.put("/dull", page(DULL))
        web.put("/video", "<html><body><video src='/a.mp4'></video></body></html>")
        settings = settings_in(tmp_path)
        db = connect(settings.database)
        send(db, tmp_path, kind=Kind.LINK, url=web.url("/story"))
        send(db, tmp_path, kind=Kind.LINK, url=web.url("/story?utm_source=mail"), who="Ada")
        send(db, tmp_path, kind=Kind.LINK, url=web.url("/dull"))
        send(db, tmp_path, kind=Kind.VIDEO, url=web.url("/video"), words=SAID, title="The cake")
        send(db, tmp_path, kind=Kind.LINK, url=web.url("/missing"), title="The lost glove")
        send(db, tmp_path, kind=Kind.LINK, url="http://[::1/odd", words=SAID)
        send(db, tmp_path, kind=Kind.TEXT, words=OURS, title="Ours", printed="Ellen")
        send(db, tmp_path, kind=Kind.TEXT, words="Ḽoren ipsa <b>sita</b> amun dolo " * 5)
        assert {fate.stage for fate in fates(db, limit=9)} == {Stage.FETCH, Stage.READ}
        collect(settings, now=datetime.now(UTC))
        read_unread(settings)
        asked = web.paths()
        found = {row.url: row for row in landed(settings)}
        told = {f.submitted.number: f for f in fates(db, limit=9)}
    assert sorted(asked) == ["/dull", "/missing", "/story", "/video"], "one page is asked for once"
    assert all(fate.stage is Stage.TOLD and fate.told for fate in told.values())
    assert set(found[web.url("/story")].because) >= {submissions.BY_READER, submissions.BY_EDITOR}
    assert found[web.url("/story")].score > 0.5 > found[web.url("/dull")].score
    assert found[web.url("/dull")].because[0] == submissions.BY_READER
    assert found[web.url("/video")].text == SAID
    assert found[web.url("/missing")].text == "The lost glove"
    assert told[5].trouble.startswith("gone")
    own = found["submission:7"]
    assert (own.author, own.title, own.date) == ("Ellen", "Ours", NOW.date().isoformat())
    assert "<b>sita</b>" in found["submission:8"].text
    cluster = found[web.url("/story")].cluster
    assert [(s.number, s.who) for s in submissions.submitted(db, cluster)] == [(1, None), (2, "Ada")]


def fetched(db: Database, url: str, text: str) -> None:
    """As the crawler would keep it."""
    with writing(db):
        frontier.put(db, url, spider="feed", kind=PageKind.ARTICLE, now=NOW, twin=twin_key(url))
    body, headers = page(text).encode(), {"content-type": "text/html"}
    pages.keep(
        db,
        Page(
            requested=url,
            url=url,
            kind=PageKind.ARTICLE,
            outcome=Outcome.STORED,
            fetched_at=NOW,
            status=200,
            headers=headers,
            body=body,
        ),
    )


def read_here(db: Database) -> None:
    """As `goodturn read` does, without its processes."""
    while settle(db, NOW) or pages.unread(db, 1):
        for id in pages.unread(db, 99):
            reader = read_sent if id in submissions.to_be_kept(db) else read_page
            documents.keep(db, id, reader((pages.load(db, id), ()), Detector()), NOW)


def test_a_page_that_is_known_is_not_asked_for_again_and_its_story_stays(tmp_path: Path) -> None:
    db = connect()
    for path, text in (("story", STORY), ("dull", DULL), ("other", OURS)):
        fetched(db, f"http://a.example/{path}", text)
    read_here(db)
    was = {row.url: row.because for row in inbox(db, limit=9)}
    assert set(was) == {"http://a.example/story", "http://a.example/other"}
    send(db, tmp_path, kind=Kind.LINK, url="http://a.example/story")
    send(db, tmp_path, kind=Kind.LINK, url="https://www.a.example/dull/")
    queue(db, NOW)
    assert frontier.waiting(db, NOW) == 0
    read_here(db)
    found = {row.url: row.because for row in inbox(db, limit=9)}
    assert set(found) == {"http://a.example/story", "http://a.example/dull", "http://a.example/other"}
    assert found["http://a.example/story"] == (*was["http://a.example/story"], submissions.BY_READER)
    assert found["http://a.example/dull"][0] == submissions.BY_READER
    assert found["http://a.example/other"] == was["http://a.example/other"], "an ordinary page is as before"

    before = {row["id"]: row["gone_at"] for row in db.table("stories").rows}
    documents.forget_readings(db)
    read_here(db)
    assert {row["id"]: row["gone_at"] for row in db.table("stories").rows} == before


def test_a_page_that_may_not_be_kept_is_told_in_the_senders_words(tmp_path: Path) -> None:
    db = connect()
    fetched(db, "http://a.example/dull", DULL)
    read_here(db)
    with writing(db):
        db.execute("update bodies set body = x''")  # as after `noarchive`
    send(db, tmp_path, kind=Kind.LINK, url="http://a.example/dull", words=SAID)
    queue(db, NOW)
    read_here(db)
    (row,) = inbox(db, limit=9)
    assert (row.text, row.url) == (SAID, "http://a.example/dull")
    assert [fate.trouble for fate in fates(db, limit=1)] == ["its page tells no story"]


def test_what_was_sent_goes_ahead_of_articles_and_never_takes_a_sources_place(tmp_path: Path) -> None:
    db = connect()
    for number in range(3):
        frontier.add(db, f"http://a.example/{number}", spider="feed", kind=PageKind.ARTICLE, now=NOW)
    frontier.add(db, "http://a.example/feed", spider="feed", kind=PageKind.FEED, now=NOW)
    send(db, tmp_path, kind=Kind.LINK, url="http://a.example/2")
    send(db, tmp_path, kind=Kind.LINK, url="http://a.example/feed")
    queue(db, NOW)
    rows = db.execute("select url, kind from frontier order by priority desc, rowid").fetchall()
    assert [(url.rpartition("/")[2], kind) for url, kind in rows] == [
        ("feed", "feed"),
        ("2", "article"),
        ("0", "article"),
        ("1", "article"),
    ]
    assert [s.address for s in (submissions.get(db, 1), submissions.get(db, 2))] == [identity("http://a.example/2"), ""]


def test_what_is_set_aside_is_not_fetched(tmp_path: Path) -> None:
    db = connect()
    number = send(db, tmp_path, kind=Kind.LINK, url="http://a.example/1")
    submissions.close(db, number, who="Ada", at=NOW)
    queue(db, NOW)
    assert settle(db, NOW) == 0
    assert fates(db, limit=1)[0].stage is Stage.CLOSED
    assert db.table("frontier").count == 0


def test_the_same_thing_sent_twice_within_the_hour_is_one(tmp_path: Path) -> None:
    db, private = connect(), connect_private()
    sent, one = Sent(kind=Kind.LINK, url="http://a.example/1"), Contact(name="Ellen")
    first = submissions.add(db, private, sent, one, NOW)
    assert submissions.add(db, private, sent, Contact(name="Mallory"), NOW + timedelta(minutes=5)) == first
    assert contacts.of(private, [first])[first].name == "Ellen"
    second = submissions.add(db, private, sent, Contact(), NOW + timedelta(hours=2))
    assert second == first + 1
    assert submissions.add(db, private, sent, one, NOW + timedelta(hours=2)) == second
    assert contacts.of(private, [second])[second].name == "Ellen", "it brings the contact that was missing"


def test_a_kill_between_the_two_databases_leaves_no_contact_with_anothers_story() -> None:
    db, private = connect(), connect_private()
    contacts.put(private, 1, Contact(name="Ellen", mail="ellen@example.org"), NOW)  # and then a kill
    number = submissions.add(db, private, Sent(kind=Kind.LINK, url="http://a.example/1"), Contact(), NOW)
    assert number == 1
    assert contacts.of(private, [1]) == {}
