"""The widget in a real browser where things are not as they should be, and the page of the API."""

from collections.abc import Iterator
from contextlib import closing
from threading import Event

import pytest
from playwright.sync_api import Browser, expect

from publish.page import STATIC
from storage.database import connect
from storage.decisions import decide
from storage.edits import edit
from storage.log import Field, Verb
from tests.browsing import Bureau
from tests.builders import NOW, tell
from tests.test_desk_looks_browser import faults
from tests.test_pages_browser import elsewhere, publisher
from tests.web import HTML, Answer, Asked, Web

PAGE = '<main><script src="{}/widget.js" data-count="3" async></script></main>'


@pytest.fixture(scope="module")
def readers(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """Six stories, of which the oldest was edited last."""
    folder = tmp_path_factory.mktemp("readers")
    with publisher(browser, folder) as running:
        with closing(connect(running.settings.database)) as db:
            for minute in range(6):
                tell(db, f"c{minute}", title=f"Story {minute}")
                decide(db, f"c{minute}", Verb.APPROVE, who="Ada", at=NOW.replace(minute=minute))
            edit(db, "c0", Field.TITLE, "Mended", who="Ada", at=NOW)
        yield running


def test_the_widget_shows_the_newest_stories_and_not_those_edited_last(readers: Bureau) -> None:
    page = readers.visitor()
    with elsewhere(PAGE.format(readers.address)) as address:
        page.goto(address)
        expect(page.locator("li a")).to_have_text(["Story 5", "Story 4", "Story 3"])
        expect(page.locator("small").first).to_have_attribute("lang", "en")


def test_the_widget_is_a_link_where_its_site_does_not_answer(browser: Browser) -> None:
    enough = Event()

    def slow(asked: Asked) -> Answer:
        enough.wait(10)
        return Answer()

    page = browser.new_page()
    with Web() as web:
        soon = (STATIC / "widget.js").read_text().replace("10_000", "200").encode()
        web.answers["/"] = Answer(body=PAGE.format(web.url("")).encode(), headers={"content-type": HTML})
        web.answers["/widget.js"] = Answer(body=soon, headers={"content-type": "text/javascript"})
        web.answers["/feed.json"] = slow
        page.goto(web.url("/"))
        expect(page.get_by_role("link", name="Stories of kind service")).to_be_visible(timeout=4000)
        enough.set()
    page.close()


def test_the_page_of_the_api_is_for_everybody(readers: Bureau) -> None:
    page = readers.visitor()
    page.goto("/feeds")
    page.get_by_role("link", name="JSON API").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("API")
    assert faults(page) == ""
