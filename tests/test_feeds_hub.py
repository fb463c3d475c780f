"""A hub is told of each feed that has changed, once, and again where it did not take it."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs

import pytest

from crawler.ping import ping as told
from jobs.ping import FILE, MOST_REFUSED, WAITS, ping
from storage.edits import edit
from storage.filters import Filters
from storage.log import Field
from storage.searches import save
from tests.builders import NOW
from tests.published import SITE, Published


class Hub(ThreadingHTTPServer):
    """A hub that notes what it is told; `answers` are its next statuses, then 204."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Asked)
        self.topics: list[str] = []
        self.answers: list[int] = []
        self.address = f"http://127.0.0.1:{self.server_address[1]}/hub?x=1"


class _Asked(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        hub = self.server
        assert isinstance(hub, Hub) and self.path == "/hub?x=1"
        said = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
        assert said["hub.mode"] == ["publish"] and self.headers["user-agent"].startswith("Goodturn/")
        status = hub.answers.pop(0) if hub.answers else 204
        if status == 204:
            hub.topics += said["hub.url"]
        self.send_response(status)
        self.send_header("location", "http://127.0.0.1:1/")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub() as made:
        Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield made
        made.shutdown()


@pytest.fixture
def published(tmp_path: Path, hub: Hub) -> Iterator[Published]:
    made = Published(tmp_path, hub=hub.address, allow_private=True)
    made.tell("a", language="da")
    yield made
    made.close()


def test_a_hub_is_told_of_the_feeds_that_have_changed_and_of_no_others(published: Published, hub: Hub) -> None:
    save(published.db, "On the phone", Filters(channel=("phone",)), who="Ada", at=NOW, public=True)
    assert ping(published.settings)["told"] == 10 * 3 and len(set(hub.topics)) == 30
    assert f"{SITE}/feed.atom" in hub.topics and f"{SITE}/feeds/on-the-phone.json" in hub.topics
    hub.topics.clear()
    assert ping(published.settings) == {"unchanged": 30} and not hub.topics
    edit(published.db, "a", Field.TITLE, "Another", who="Ada", at=NOW)
    ping(published.settings)
    changed = [f"{SITE}/feed{each}.{format}" for each in ("", ".da") for format in ("atom", "json", "rss")]
    assert sorted(hub.topics) == sorted(changed)


def test_a_hub_that_does_not_take_it_is_asked_again_and_then_at_the_next_beat(published: Published, hub: Hub) -> None:
    waited: list[float] = []
    ping(published.settings)
    hub.topics.clear()
    edit(published.db, "a", Field.TITLE, "Another", who="Ada", at=NOW)
    hub.answers = [503, 307]
    assert ping(published.settings, wait=waited.append)["told"] == 6 and waited == list(WAITS)
    edit(published.db, "a", Field.TITLE, "A third", who="Ada", at=NOW)
    hub.answers = [500] * (MOST_REFUSED * (len(WAITS) + 1))
    assert ping(published.settings, wait=waited.append)["refused"] == 6 and not hub.answers
    hub.topics.clear()
    assert ping(published.settings)["told"] == 6 == len(hub.topics)


def test_without_a_hub_nobody_is_told(published: Published, hub: Hub) -> None:
    assert not ping(published.settings.model_copy(update={"hub": ""})) and not hub.topics


@pytest.mark.parametrize(
    ("address", "trouble"),
    [
        ("http://127.0.0.1:9/", "no public address"),
        ("https://localhost:9/", "no public address"),
        ("http://169.254.169.254/latest", "no public address"),
        ("file:///etc/passwd", "no web address"),
    ],
)
def test_a_hub_on_a_private_address_is_not_asked(address: str, trouble: str) -> None:
    assert trouble in (told(address, f"{SITE}/feed.atom") or "")


@pytest.mark.parametrize("address", ["http://hub.example:123456/", f"http://{'x' * 70}.example/", "http://[/"])
def test_an_address_that_is_none_is_said_and_stops_nothing(address: str) -> None:
    assert told(address, f"{SITE}/feed.atom")


def test_a_hub_is_told_once_more_where_nobody_remembers(published: Published, hub: Hub) -> None:
    save(published.db, "!!!", Filters(), who="Ada", at=NOW, public=True)  # it has no address
    ping(published.settings)
    (published.settings.data / FILE).write_text("")
    assert ping(published.settings) == {"told": 9 * 3}
