"""The operators' page: whether all is well, what runs, waits and came, each source by its health, and what one does."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from config import Settings
from storage import alarms, days, schedule, sources
from storage.alarms import Finding, Kind
from storage.database import Database, connect, stamp
from storage.people import Role
from storage.schedule import EVERYTHING, Ended
from storage.sources import Source
from tests.builders import NOW, tell
from tests.signed_in import Visitor, client, visitor

HOUR = timedelta(hours=1)
GOOD, BAD, ODD = "https://good.example/feed", "https://bad.example/feed", "https://odd.example/<b>?a=1&b='"
SCRIPT = '<script>alert("label")</script>'
SEEN = ["/operations", "/operations/sources", "/operations/sources/{id}"]
DONE = ["/operations/pause", "/operations/resume", *(f"/operations/sources/{{id}}/{act}" for act in ("pause", "ask"))]


def line(address: str, **more: str) -> Source:
    return Source(address=address, kind="feed", every=6 * HOUR, pages=1, **more)  # type: ignore[arg-type]  # its label


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, backup_at="", low_disk_gb=0)


@pytest.fixture
def db(settings: Settings) -> Iterator[Database]:
    db = connect(settings.database)
    sources.sync(db, [line(GOOD, label="Good"), line(BAD, label=SCRIPT), line(ODD)])
    db.conn.execute("update sources set last_started = ?, last_new = ?, next_due = ?", (stamp(NOW - HOUR),) * 3)
    failed = "update sources set failures = 4, last_reason = ?, last_outcome = 'gone' where address = ?"
    db.conn.execute(failed, ("<i>status 404</i>", BAD))
    schedule.beat(db, "clock-1", NOW)
    yield db
    db.close()


@pytest.fixture
def operator(settings: Settings, db: Database) -> Visitor:
    return client(settings, role=Role.OPERATOR, now=lambda: NOW)


def page_of(address: str) -> str:
    return f"/operations/sources/{line(address).id}"


@pytest.mark.parametrize("role", [Role.READER, Role.EDITOR, Role.OPERATOR, None])
def test_the_operators_page_is_for_operators(settings: Settings, db: Database, role: Role | None) -> None:
    there = client(settings, role=role, now=lambda: NOW) if role else visitor(settings, now=lambda: NOW)
    for method, paths in (("GET", SEEN), ("POST", DONE)):
        for path in paths:
            answer = there.request(method, path.format(id=line(GOOD).id), data={}, follow_redirects=False)
            if role is Role.OPERATOR:
                assert answer.status_code in (200, 303) and "sign-in" not in answer.headers.get("location", "")
            elif role:
                assert answer.status_code == 403
            else:
                assert answer.headers["location"].startswith("/sign-in")
    assert role is Role.OPERATOR or schedule.pauses(db) == {}
    assert role is None or ("/operations" in there.get("/").text) == (role is Role.OPERATOR)


def test_the_page_says_first_whether_all_is_well_and_what_to_do(operator: Visitor, db: Database) -> None:
    assert "<h1>All is well</h1>" in operator.get("/operations").text
    found = [
        Finding(kind=Kind.FAILING, subject=BAD, said=f"failed 4 times: {SCRIPT}"),
        Finding(kind=Kind.DISK, said="0"),
    ]
    alarms.settle(db, found, (), NOW, {})
    page = operator.get("/operations").text
    assert "<h1>2 things want you</h1>" in page and "look at its address in a browser" in page
    assert SCRIPT not in page and "failed 4 times: &lt;script&gt;" in page
    assert "since 1 May 2026, 09:30 UTC" in page


def test_every_page_tells_operators_what_cannot_wait(settings: Settings, operator: Visitor, db: Database) -> None:
    alarms.settle(db, [Finding(kind=Kind.FAILING, subject=BAD, said="x")], (), NOW, {})
    page = operator.get("/log").text
    assert 'class="notice alarms"' not in page and 'Operations <span class="count">1</span>' in page
    alarms.settle(db, [Finding(kind=kind, said="x") for kind in (Kind.DISK, Kind.DATABASE)], (), NOW, {})
    assert "2 alarms: disk, database</a>" in operator.get("/log").text
    editor = client(settings, role=Role.EDITOR, name="Bo", now=lambda: NOW).get("/log").text
    assert "alarms" not in editor and "Operations" not in editor


def test_jobs_are_shown_with_their_last_run(operator: Visitor, db: Database) -> None:
    schedule.plan(db, {"collect": NOW - HOUR, "tidy": NOW + HOUR})
    schedule.claim(db, "collect", NOW - HOUR, "collect-1")
    schedule.finish(db, "collect-1", NOW, Ended.FAILED, f"no route {SCRIPT}", due=NOW + HOUR, failures=1)
    page = operator.get("/operations").text
    assert '<span class="verdict">failed</span>' in page and "no route &lt;script&gt;" in page and SCRIPT not in page
    assert "in 60 minutes" in page


def test_sources_are_found_by_health_words_and_order(operator: Visitor, db: Database) -> None:
    def shown(query: str) -> list[str]:
        found = re.findall(r'/operations/sources/(\w{16})"', operator.get(f"/operations/sources{query}").text)
        names = {line(each).id: each for each in (GOOD, BAD, ODD)}
        return [names[id] for id in found]

    assert shown("") == [BAD, GOOD, ODD], "the worst first"
    assert shown("?health=failing") == [BAD] and shown("?health=silent") == []
    assert shown("?order=name") == [SCRIPT and BAD, GOOD, ODD]
    assert shown("?words=GOOD") == [GOOD] and shown("?words=nowhere") == []
    for wrong in ("?health=fine", "?order=up", "?offset=x"):
        assert operator.get(f"/operations/sources{wrong}").status_code == 400
    for wrong in ("?by=moon", "?days=5"):
        assert operator.get(f"/operations{wrong}").status_code == 400


def test_five_hundred_sources_come_in_pages(operator: Visitor, db: Database) -> None:
    sources.sync(db, [line(f"https://blog{number:03}.example/feed") for number in range(500)])
    first = operator.get("/operations/sources?order=name").text
    assert first.count("<tr>") == 31 and "500 sources" in first
    more = re.search(r'href="([^"]+)">More', first)
    assert more and "blog030.example" in operator.get(more[1].replace("&amp;", "&")).text


def test_the_page_of_a_source_says_what_is_wrong_with_it_and_what_it_brought(operator: Visitor, db: Database) -> None:
    number = tell(db, "a")
    id = line(BAD).id
    db.conn.execute("update pages set source = ?", (id,))
    page = db.conn.execute("select document from stories where number = ?", (number,)).fetchone()[0]
    values = (page, id, stamp(NOW))
    db.conn.execute("insert into fetches values (1, ?, ?, ?, 'stored', 200, 1234, 5678)", values)
    alarms.settle(db, [Finding(kind=Kind.FAILING, subject=BAD, said="four times")], (), NOW, {})
    days.catch_up(db, NOW)
    shown = operator.get(page_of(BAD)).text
    assert "Failed 4 times in a row" in shown and SCRIPT not in shown and "<i>status" not in shown
    assert "Stories a day" in shown and "1 stories from 31 Jan to 1 May 2026" in shown
    assert "four times" in shown and "1.2 s, 5.7 kB" in shown and "every 6 hours" in shown
    assert "All is well with it" in operator.get(page_of(GOOD)).text
    assert "&lt;b&gt;" in operator.get(page_of(ODD)).text
    assert operator.get("/operations/sources/0123456789abcdef").status_code == 404


def test_a_source_is_paused_resumed_and_asked_at_once(operator: Visitor, db: Database) -> None:
    page, id = page_of(GOOD), line(GOOD).id
    shown = operator.post(f"{page}/pause", data={"for": "a week", "note": "they  move <b>"})
    assert shown.url.path == page and "Paused by Ada" in shown.text and "they move &lt;b&gt;" in shown.text
    pause = schedule.paused(db, NOW)[id]
    assert (pause.until, pause.who, pause.note) == (NOW + timedelta(days=7), "Ada", "they move <b>")
    assert "1 paused" in operator.get("/operations").text
    assert "Paused by" not in operator.post(f"{page}/resume").text and schedule.paused(db, NOW) == {}
    db.conn.execute("update sources set next_due = ?", (stamp(NOW + HOUR),))
    assert [source.address for source in sources.due(db, NOW)] == []
    operator.post(f"{page}/ask")
    assert [source.address for source in sources.due(db, NOW)] == [GOOD]
    assert operator.post(f"{page}/pause", data={"for": "a while"}).status_code == 400


def test_everything_is_paused_and_resumed(operator: Visitor, db: Database) -> None:
    assert "All of them rest, said Ada: moving" in operator.post("/operations/pause", data={"note": "moving"}).text
    assert schedule.paused(db, NOW)[EVERYTHING].until is None
    assert "3 paused" in operator.get("/operations").text
    operator.post("/operations/resume")
    assert schedule.paused(db, NOW) == {}


def test_charts_tell_by_language_and_source_and_have_their_table(operator: Visitor, db: Database) -> None:
    tell(db, "a", language="da")
    tell(db, "b", language="en")
    db.conn.execute("update pages set source = ?", (line(BAD).id,))
    days.catch_up(db, NOW)
    page = operator.get("/operations").text
    assert page.count('role="img"') == 3 and "Danish" in page and "As a table" in page
    by_source = operator.get("/operations?by=source&days=91").text
    assert SCRIPT not in by_source and "&lt;script&gt;" in by_source
    assert operator.get("/operations?by=&days=365").status_code == 200


def test_a_database_that_cannot_be_read_is_said_and_the_machine_is_shown(operator: Visitor, settings: Settings) -> None:
    whole = settings.database.read_bytes()
    for each in ("-wal", "-shm"):
        settings.database.with_name(settings.database.name + each).unlink(missing_ok=True)
    settings.database.write_bytes(b"no database at all" + whole[18:])
    answer = operator.get("/operations")
    assert answer.status_code == 200 and "One thing wants you" in answer.text and "goodturn restore" in answer.text
    assert "Free disk" in answer.text
