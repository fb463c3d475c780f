"""What is made once for many tests: the made-up web, collected and read, and a browser; and a desk for each test."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from config import Settings
from demo.web import Web, serve
from jobs.collect import collect
from jobs.read import Report, read_unread
from reading.page import Outcome
from tests.browsing import CHROMIUM, WHY_NOT, Bureau, bureau, chromium
from tests.crawls import settings_in

LONG = ("test_desk_looks_browser", "test_desk_hostile_browser")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep on one worker what shares a fixture: the tests of a file, all that look at the collected web, and those in
    a browser, in two halves of about the same length, so that two browsers start at most."""
    for item in items:
        used = getattr(item, "fixturenames", ())
        browses = f"browser: {item.path.stem in LONG}" if "browser" in used else item.path.stem
        item.add_marker(pytest.mark.xdist_group("collected" if "collected" in used else browses))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, running; where there is none the test is skipped and says so."""
    if CHROMIUM is None:
        pytest.skip(WHY_NOT)
    with chromium() as running:
        yield running


@pytest.fixture
def at_desk(browser: Browser, tmp_path: Path) -> Iterator[Bureau]:
    """A desk over an empty database, and the browser."""
    with bureau(browser, Settings(data=tmp_path, desk_port=0, feed_port=0)) as running:
        yield running


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """The made-up web while it is served, and what was made of it."""

    web: Web
    settings: Settings
    fetched: dict[Outcome, int]
    report: Report


@pytest.fixture(scope="session")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collected]:
    """A real crawl and reading of the whole made-up web. Look, but do not write: tests share it."""
    folder: Path = tmp_path_factory.mktemp("collected")
    with serve() as web:
        settings = settings_in(folder, web.feeds_txt)
        fetched = collect(settings, now=datetime.now(UTC))
        yield Collected(web=web, settings=settings, fetched=fetched, report=read_unread(settings))
