"""The public form in a real browser, narrow and dark: sent without scripts, and nothing for axe-core to find."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

import serving
from config import Settings
from storage import submissions
from storage.database import connect
from submissions.app import FEWEST_SECONDS, application
from submissions.serve import SETTING
from tests.accessible import violations
from tests.builders import NOW

NARROW = 360
PATIENCE_MS = 10_000


@pytest.fixture
def form(tmp_path: Path) -> Iterator[str]:
    """Its address; each look at its clock finds it long enough after the last."""
    moments = (NOW + number * timedelta(seconds=FEWEST_SECONDS) for number in range(99))
    app = application(Settings(data=tmp_path), lambda: next(moments))
    running = serving.start(app, serving.listen(0, SETTING))
    yield running.address
    running.stop()


def test_it_is_sent_without_scripts(browser: Browser, form: str, tmp_path: Path) -> None:
    page = browser.new_page(java_script_enabled=False, viewport={"width": NARROW, "height": 800})
    page.set_default_timeout(PATIENCE_MS)
    page.goto(form)
    page.get_by_label("A link to a story").check()
    page.get_by_label("Its address").fill("my story")
    page.get_by_role("button", name="Send it").click()
    assert page.get_by_role("heading", name="It is not sent yet").is_visible()
    assert page.get_by_label("Its address").input_value() == "my story"
    page.get_by_label("Its address").fill("blog.example/a")
    page.get_by_role("button", name="Send it").click()
    page.get_by_role("heading", name="Thank you").wait_for()
    page.close()
    assert submissions.get(connect(tmp_path / "goodturn.db"), 1).url == "https://blog.example/a"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible_with_its_mistakes_too(browser: Browser, form: str, scheme: str) -> None:
    dark = scheme == "dark"
    page = browser.new_page(viewport={"width": NARROW, "height": 800}, color_scheme="dark" if dark else "light")
    page.set_default_timeout(PATIENCE_MS)
    page.goto(form)
    assert violations(page) == []
    page.get_by_label("My own story").check()
    page.get_by_role("button", name="Send it").click()
    page.get_by_role("heading", name="It is not sent yet").wait_for()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW
    page.close()
