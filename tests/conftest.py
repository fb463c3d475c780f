"""The made-up web, collected and read once for all tests that only look at the result."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config import Settings
from demo.web import Web, serve
from jobs.collect import collect
from jobs.read import Report, read_unread
from reading.page import Outcome
from tests.crawls import settings_in


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep on one worker what shares a fixture: the tests of a file, and all that look at the collected web."""
    for item in items:
        shared = "collected" in getattr(item, "fixturenames", ())
        item.add_marker(pytest.mark.xdist_group("collected" if shared else item.path.stem))


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
