"""Who follows the changes has what is published: nothing is skipped, and nothing is told twice that has not changed."""

import random
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.testclient import TestClient

from publish.app import application
from storage.database import connect
from storage.decisions import decide
from storage.edits import edit
from storage.log import Field, Verb
from tests.builders import NOW, tell
from tests.published import Published
from tests.test_publish import something

CHANGES, STORIES = "/api/v1/changes", "/api/v1/stories"


@pytest.fixture
def published(tmp_path: Path) -> Iterator[Published]:
    made = Published(tmp_path, api_burst=100_000)
    yield made
    made.close()


class Follower:
    """A client that keeps a copy of what is published."""

    def __init__(self, published: Published, limit: int = 100) -> None:
        self.published, self.limit, self.cursor = published, limit, "0"
        self.copy: dict[str, Any] = {}

    def step(self) -> tuple[list[str], bool]:
        """Ask once: what was told, and whether there is more."""
        told = self.published.json(f"{CHANGES}?since={self.cursor}&limit={self.limit}")
        self.cursor = told["cursor"]
        for story in told["stories"]:
            self.copy[story["id"]] = story
        for back in told["removed"]:
            self.copy.pop(back["id"], None)
        return [one["id"] for one in (*told["stories"], *told["removed"])], told["more"]

    def all(self) -> list[str]:
        """Ask until there is no more."""
        told, more = self.step()
        while more:
            further, more = self.step()
            told += further
        return told


def stories(published: Published) -> dict[str, Any]:
    """All that is published."""
    page = published.json(f"{STORIES}?limit=100")
    assert "next" not in page
    return {story["id"]: story for story in page["stories"]}


def test_a_client_is_told_what_has_changed_and_what_was_taken_back(published: Published) -> None:
    client = Follower(published)
    assert client.all() == []
    published.tell("a", "b")
    tell(published.db, "open")
    assert client.all() == ["a", "b"] and client.all() == []
    edit(published.db, "a", Field.TITLE, "Another", who="Ada", at=NOW)
    decide(published.db, "b", Verb.UNPUBLISH, who="Ada", at=NOW + timedelta(hours=1))
    told = published.json(f"{CHANGES}?since={client.cursor}")
    assert [story["title"] for story in told["stories"]] == ["Another"]
    assert told["removed"] == [{"id": "b", "removed_at": "2026-05-01T10:30:00Z"}]
    client.all()
    assert client.copy == stories(published) and client.copy.keys() == {"a"}


def test_many_that_change_at_once_are_told_page_by_page(published: Published) -> None:
    names = [f"{number:02}" for number in range(10)]
    published.tell(*names)
    client = Follower(published, limit=3)
    client.all()
    published.db.conn.execute("update clusters set version = (select max(version) from clusters) + 1")
    told, more = client.step()
    assert (told, more) == (names[:3], True)
    edit(published.db, "05", Field.TITLE, "Another", who="Ada", at=NOW)
    assert client.all() == [*names[3:5], *names[6:], "05"]


def test_a_poll_that_brings_nothing_is_a_304_also_after_a_restart(published: Published) -> None:
    published.tell("a")
    address = f"{CHANGES}?since={published.json(CHANGES)['cursor']}"
    first = published.get(address).headers["etag"]
    tell(published.db, "open")
    anew = TestClient(application(published.settings))
    assert anew.get(address, headers={"if-none-match": first}).status_code == 304


@pytest.mark.parametrize("seed", range(4))
def test_nothing_is_told_twice_that_has_not_changed(published: Published, seed: int) -> None:
    dice, client, met = random.Random(seed), Follower(published, limit=seed + 1), dict[str, int]()
    for number in range(8):
        tell(published.db, f"c{number}", f"A clerk helped Lindqvist, {number}.", title=f"Lindqvist {number}")
    for step in range(60):
        something(published, dice)
        told = client.all() if step % 7 == 0 else client.step()[0]
        now = dict(published.db.conn.execute("select id, version from clusters").fetchall())
        assert len(told) == len(set(told)) and all(now[id] > met.get(id, 0) for id in told)
        met |= {id: now[id] for id in told}
    client.all()
    assert client.copy == stories(published) and client.all() == []


def test_a_client_that_follows_while_editors_work_has_what_is_published(published: Published) -> None:
    for number in range(12):
        tell(published.db, f"c{number}", f"A clerk helped Lindqvist, {number}.", title=f"Lindqvist {number}")
    published.approve(*(f"c{number}" for number in range(6)))

    enough = Event()

    def work(seed: int) -> None:
        dice, db = random.Random(seed), connect(published.settings.database)
        while not enough.is_set():
            try:
                something(SimpleNamespace(db=db), dice)  # type: ignore[arg-type]  # all that it uses
            except (LookupError, sqlite3.IntegrityError):  # another editor was faster
                continue
        db.close()

    client = Follower(published, limit=3)
    cursors: list[tuple[int, ...]] = []
    with ThreadPoolExecutor(3) as editors:
        working = [editors.submit(work, seed) for seed in range(3)]
        try:
            while len(cursors) < 40 and not any(one.done() for one in working):
                told, _ = client.step()
                assert len(told) == len(set(told)) <= 3
                cursors += [tuple(map(int, client.cursor.partition("-")[0].split(".")))] if told else []
        finally:
            enough.set()
        for one in working:
            one.result()
    client.all()
    assert cursors == sorted(set(cursors)), "a cursor only goes on"
    assert client.copy == stories(published)
    assert client.all() == []
