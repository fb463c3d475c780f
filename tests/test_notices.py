"""Who is told of alarms, what, how often; and what happens where telling fails. Real servers for mail and webhooks."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from jobs.watch import TOLD_OF_TROUBLE, look
from storage import alarms
from storage.alarms import Alarm, Finding, Kind
from storage.database import Database, DatabaseError, SQLiteError, connect
from tests.crawls import settings_in
from watch import notices
from watch.alarms import CALM

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PASSWORD = "hunter2hunter2"


class Hook:
    """A webhook that notes what it is sent, and answers with a status, or not in time."""

    def __init__(self, status: int = 200, seconds: float = 0) -> None:
        self.status, self.got, self.headers = status, list[dict[str, Any]](), list[dict[str, str]]()
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                hook.got.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
                hook.headers.append(dict(self.headers))
                time.sleep(seconds)
                self.send_response(hook.status)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"json://ellen:{PASSWORD}@127.0.0.1:{self._server.server_address[1]}/alarms"

    def __enter__(self) -> "Hook":
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class Mailbox:
    """What a mail server was sent; it may refuse."""

    def __init__(self, answer: str = "250 OK") -> None:
        self.answer, self.got = answer, list[Message]()

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802 -- aiosmtpd's
        self.got.append(message_from_bytes(envelope.content))
        return self.answer


@contextmanager
def mail(answer: str = "250 OK") -> Iterator[tuple[Mailbox, str]]:
    box, port = Mailbox(answer), free_port()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    yield box, f"mailto://127.0.0.1:{port}?from=goodturn@desk.example&to=ops@desk.example&mode=insecure"
    server.stop()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def db() -> Iterator[Database]:
    opened = connect()
    yield opened
    opened.close()


def finding(kind: Kind = Kind.SILENT, subject: str = "http://blog.example/feed") -> Finding:
    return Finding(kind=kind, subject=subject, said="nothing new since 2026-04-20")


def settle(db: Database, at: datetime, *found: Finding) -> None:
    alarms.settle(db, found, set(Kind), at, CALM)


def test_an_alarm_is_told_once_and_that_it_is_over_once_by_mail_and_webhook(db: Database) -> None:
    with Hook() as hook, mail() as (box, address):
        for minutes in range(0, 240, 20):
            at = NOW + minutes * MINUTE
            settle(db, at, *([finding()] if minutes < 60 else []))
            notices.tell(db, f"{hook.address} {address}", at)
    subjects = ["Goodturn: silent: http://blog.example/feed", "Goodturn: over: silent: http://blog.example/feed"]
    assert [sent["title"] for sent in hook.got] == subjects
    assert [" ".join(str(message["subject"]).split()) for message in box.got] == subjects
    assert box.got[0].get_content_type() == "text/plain"
    assert box.got[0]["X-Goodturn-Notice"] == hook.headers[0]["X-Goodturn-Notice"]
    assert "What to do: look whether it is over" in hook.got[0]["message"]


def test_many_at_once_are_one_message(db: Database) -> None:
    many = [finding(Kind.FAILING, f"http://blog{n}.example/") for n in range(37)]
    with Hook() as hook:
        settle(db, NOW, *many)
        notices.tell(db, hook.address, NOW)
    (sent,) = hook.got
    assert sent["title"] == "Goodturn: 37 sources fail"
    assert "- and 27 more" in sent["message"]


def test_what_can_wait_waits_a_quarter_of_an_hour_and_a_full_disk_does_not(db: Database) -> None:
    with Hook() as hook:
        found = [finding()]
        for minute, more in ((0, None), (5, Kind.BACKLOG), (10, None), (16, None), (18, Kind.DISK)):
            found += [finding(more, "")] if more else []
            settle(db, NOW + minute * MINUTE, *found)
            notices.tell(db, hook.address, NOW + minute * MINUTE)
    said = "nothing new since 2026-04-20"
    assert [sent["title"] for sent in hook.got[1:]] == [f"Goodturn: backlog: {said}", f"Goodturn: disk: {said}"]


def test_a_place_that_fails_is_tried_again_and_the_other_is_not_told_twice(db: Database) -> None:
    with Hook() as good, Hook(status=500) as bad:
        to = f"{good.address} {bad.address}"
        settle(db, NOW, finding())
        for minutes in (0, 0.5, 1, 5, 6):
            notices.tell(db, to, NOW + minutes * MINUTE)
        assert (len(good.got), len(bad.got)) == (1, 3)
        (trouble,) = notices.troubles(db, to)
        assert (trouble.subject, "500" in trouble.said) == ("json://... (address 2 of notify)", True)
        bad.status = 200
        notices.tell(db, to, NOW + HOUR)
    assert bad.got[0] == bad.got[3]
    assert (len(good.got), notices.troubles(db, to)) == (1, [])


def test_who_was_killed_before_writing_that_it_was_sent_sends_it_again_under_the_same_id(db: Database) -> None:
    with Hook() as hook:
        settle(db, NOW, finding())
        notices.tell(db, hook.address, NOW)
        db.execute("update notices set sent_at = null")  # as the kill left it
        notices.tell(db, hook.address, NOW + MINUTE)
        notices.tell(db, hook.address, NOW + 2 * MINUTE)
    assert [headers["X-Goodturn-Notice"] for headers in hook.headers] == [hook.headers[0]["X-Goodturn-Notice"]] * 2


def test_what_is_over_before_anyone_was_told_is_not_told(db: Database) -> None:
    with Hook() as hook:
        settle(db, NOW, finding())
        settle(db, NOW + 2 * HOUR)
        notices.tell(db, hook.address, NOW + 2 * HOUR)
    assert hook.got == []


def test_a_place_that_refuses_hangs_or_is_not_there_is_said_in_words_without_its_password(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with Hook(status=403) as refuses, Hook(seconds=1.5) as hangs, mail("550 no such user") as (_, box):
        gone = f"json://ellen:{PASSWORD}@127.0.0.1:{free_port()}/"
        unknown = f"nonsense://ellen:{PASSWORD}@host/"
        to = notices.places(" ".join((refuses.address, f"{hangs.address}?rto=0.5", box, gone, unknown)))
        said = [notices.send(place, "subject", "text", "id") for place in to]
    assert all(said)
    written = " ".join(said) + caplog.text + "".join(capfd.readouterr())
    assert PASSWORD not in written


def test_an_address_that_apprise_does_not_know_is_named_without_its_password() -> None:
    with pytest.raises(notices.PlaceError) as mistake:
        notices.check(f"json://127.0.0.1/ nonsense://ellen:{PASSWORD}@host/ ellen@desk.example")
    wrong = "nonsense://... (address 2 of notify), an address without a scheme (address 3 of notify)"
    assert str(mistake.value) == f"setting 'notify': Apprise does not know what to do with {wrong}"


def test_a_hostile_name_forges_no_line() -> None:
    evil = Alarm(
        number=1,
        kind=Kind.SILENT,
        subject="http://x/\r\nBcc: all@example.org",
        said="a\nOver:\n- all",
        since=NOW,
        told=None,
        over=None,
        over_told=None,
    )
    subject, body = notices.digest([evil], [])
    assert "\n" not in subject
    assert "\nBcc" not in body
    assert "\nOver" not in body


def test_a_damaged_database_is_told_at_once_and_once_a_day(tmp_path: Path) -> None:
    with Hook() as hook:
        chosen = settings_in(tmp_path, notify=hook.address)
        connect(chosen.database).close()
        chosen.database.write_bytes(b"x" * 8192)
        for hours in (0, 1, 25):
            with pytest.raises((DatabaseError, SQLiteError)):
                look(chosen, NOW + hours * HOUR)
    assert [sent["title"] for sent in hook.got] == ["Goodturn: the database cannot be used"] * 2
    assert (chosen.data / TOLD_OF_TROUBLE).exists()


def test_a_place_that_hangs_is_tried_once_a_look_and_is_told_the_rest_in_one_message(db: Database) -> None:
    with Hook(status=500) as hook:
        found = []
        for hours in range(4):
            found.append(finding(Kind.FAILING, f"http://blog{hours}.example/"))
            settle(db, NOW + hours * HOUR, *found)
            notices.tell(db, hook.address, NOW + hours * HOUR)
        settle(
            db, NOW + 4 * HOUR, *found, finding(Kind.DISK, "")
        )  # cannot wait: is written, and waits behind the first
        notices.tell(db, hook.address, NOW + 4 * HOUR)
        assert len(hook.got) == 5
        hook.status = 200
        for minutes in (300, 320):
            notices.tell(db, hook.address, NOW + minutes * MINUTE)
    titles = [sent["title"] for sent in hook.got[5:]]
    assert titles == [
        "Goodturn: failing: http://blog0.example/",
        "Goodturn: disk: nothing new since 2026-04-20; 3 sources fail",
    ]


@pytest.mark.parametrize("jump", [timedelta(days=1), timedelta(days=366)])
def test_a_clock_that_went_ahead_and_is_set_back_leaves_no_alarm_that_never_ends_and_no_notice_unsent(
    db: Database, jump: timedelta
) -> None:
    with Hook(status=500) as hook:
        settle(db, NOW + jump, finding())
        notices.tell(db, hook.address, NOW + jump)
        hook.status = 200
        settle(db, NOW, finding())
        notices.tell(db, hook.address, NOW)
        settle(db, NOW + 2 * HOUR)
        notices.tell(db, hook.address, NOW + 2 * HOUR)
    assert alarms.open_alarms(db) == []
    assert [sent["title"][:14] for sent in hook.got] == ["Goodturn: sile", "Goodturn: sile", "Goodturn: over"]
