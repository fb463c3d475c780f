"""What is made once for many tests: the made-up web, collected and read, and a browser; and a desk for each test."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from xdist.scheduler import LoadScopeScheduling

import jobs.collect
import storage.database
from config import Settings
from demo.web import Web, serve
from jobs import pool
from jobs.collect import collect
from jobs.read import Report, read_unread
from reading.page import Outcome
from tests.browsing import CHROMIUM, WHY_NOT, Bureau, bureau, chromium
from tests.copied import copied_if_new
from tests.crawls import settings_in
from tests.forked import LOADED, crawl

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # else each process that tests start compiles us anew
jobs.collect.begin = crawl  # type: ignore[assignment]  # as much of it as is needed
pool.PRELOADED += LOADED
storage.database._upgrade = copied_if_new(storage.database._upgrade)  # type: ignore[assignment]  # of the same shape

TOGETHER = {
    "test_cli": "collected",
    "test_whole_path": "collected",
    "test_desk_looks_browser": "browser, one half",
    "test_desk_hostile_browser": "browser, one half",
}  # files that share something that takes seconds to make; of the others in a browser, as many again


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long comes first, so that no worker is left with it alone at the end (`--no-loadscope-reorder`)."""
    items.sort(key=lambda item: not (item.path.stem in TOGETHER or item.path.stem.endswith("_browser")))


class ByFile(LoadScopeScheduling):  # type: ignore[misc]  # published without type information
    """Sends a file's tests to one worker, and the files that share something to the same one."""

    def _split_scope(self, nodeid: str) -> str:
        stem = Path(nodeid.partition("::")[0]).stem
        return TOGETHER.get(stem, "browser, the other half" if stem.endswith("_browser") else stem)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    """Called by xdist. (Its own way, marks for `--dist loadgroup`, has no effect in pytest 9.2.)"""
    return ByFile(config, log)


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
        settings = settings_in(folder, web.feeds_txt, workers=2)
        fetched = collect(settings, now=datetime.now(UTC))
        yield Collected(web=web, settings=settings, fetched=fetched, report=read_unread(settings))
