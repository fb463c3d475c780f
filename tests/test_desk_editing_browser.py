"""What readers get, made in a real browser: title, summary, facts, bounds marked with the mouse, masked words; and the
feed gives just that."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import publish.serve
from storage.decisions import decide
from storage.log import Verb
from tests.browsing import Bureau, heading, notice
from tests.builders import NOW, PASSAGE, tell

BEFORE, AFTER = "It was the winter of the great snow. ", " Call her on 030 1234567 if you doubt it. So much for trains."
BOXES = """([first, last]) => {
    const walk = document.createTreeWalker(document.querySelector(".telling .text"), NodeFilter.SHOW_TEXT);
    const box = (words, end) => {
        walk.currentNode = walk.root;
        while (walk.nextNode()) {
            const at = walk.currentNode.data.indexOf(words);
            if (at < 0) continue;
            const range = document.createRange();
            range.setStart(walk.currentNode, end ? at + words.length - 1 : at);
            range.setEnd(walk.currentNode, end ? at + words.length : at + 1);
            const {left, right, top, bottom} = range.getBoundingClientRect();
            return [end ? right : left, (top + bottom) / 2];
        }
    };
    return [box(first, false), box(last, true)];
}"""


@pytest.fixture
def page(at_desk: Bureau) -> Page:
    """The page of a story that is published."""
    with at_desk.opened() as db:
        tell(db, "a", PASSAGE, before=BEFORE, after=AFTER)
        decide(db, "a", Verb.APPROVE, who="Ada", at=NOW)
    return at_desk.editor(at="/cluster/a")


@pytest.fixture
def feed(at_desk: Bureau) -> Iterator[str]:
    """The address of the feed."""
    feeds = publish.serve.start(at_desk.settings)
    yield f"{feeds.address}/feed.json"
    feeds.stop()


def item(page: Page, feed: str) -> dict[str, Any]:
    """The one story in the feed."""
    (found,) = page.request.get(feed).json()["items"]
    return dict(found)


def preview(page: Page) -> str:
    return " ".join(page.locator(".preview").inner_text().split())


def mark(page: Page, first: str, last: str) -> None:
    """Mark words with the mouse."""
    page.locator(".telling .text").scroll_into_view_if_needed()
    begin, end = page.evaluate(BOXES, [first, last])
    page.mouse.move(*begin)
    page.mouse.down()
    page.mouse.move(*end, steps=4)
    page.mouse.up()


def test_title_summary_and_facts_are_changed_for_readers_and_changed_back(page: Page, feed: str) -> None:
    page.locator("summary", has_text="Edit title, summary and facts").click()
    page.get_by_label("Title").fill("Forty kilometres of snow")
    page.get_by_label("Summary").fill("A porter drives a stranded guest home.")
    page.get_by_label("Companies").fill("Lindgaard Hotel\nNordbanen")
    page.get_by_label("Sector").select_option("transport")
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(heading(page)).to_have_text("Forty kilometres of snow")
    expect(notice(page)).to_contain_text("Changed the summary")
    assert "A porter drives a stranded guest home." in preview(page)
    given = item(page, feed)
    assert given["title"] == "Forty kilometres of snow"
    assert given["summary"] == "A porter drives a stranded guest home."
    assert {"transport", "Lindgaard Hotel", "Nordbanen"} <= {
        *given["_goodturn"]["companies"],
        given["_goodturn"]["sector"],
    }
    page.keyboard.press("u")
    expect(notice(page)).to_contain_text("Took back")
    assert item(page, feed)["title"] == "The porter who drove home"


def test_a_story_begins_and_ends_where_it_is_marked_with_the_mouse(page: Page, feed: str) -> None:
    page.get_by_text("Another beginning or end?").click()
    mark(page, "It was the winter", "had missed her train")
    expect(page.get_by_label("Begins with")).to_have_value("It was the winter of the great snow.")
    page.get_by_role("button", name="Set").click()
    expect(notice(page)).to_contain_text("Set where the story begins and ends")
    wanted = (
        "It was the winter of the great snow. The night porter at the Lindgaard heard that my mother had missed her"
    )
    assert wanted in preview(page) and "forty kilometres" not in preview(page)
    assert wanted in item(page, feed)["content_html"] and "forty" not in item(page, feed)["content_html"]
    page.keyboard.press("u")
    expect(notice(page)).to_contain_text("Took back")
    assert PASSAGE in item(page, feed)["content_html"]


def test_words_that_do_not_stand_there_are_said_to_be_missing(page: Page) -> None:
    page.get_by_text("Another beginning or end?").click()
    page.get_by_label("Begins with").fill("nowhere at all")
    page.get_by_label("Ends with").fill("her train")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(visible=True)).to_contain_text("nowhere at all")


def test_a_private_detail_is_masked_by_one_click_and_shown_again_by_another(page: Page, feed: str) -> None:
    page.get_by_text("Another beginning or end?").click()
    mark(page, "The night porter", "if you doubt it.")
    page.get_by_role("button", name="Set").click()
    expect(notice(page)).to_contain_text("Set where the story begins and ends")
    assert "030 1234567" in item(page, feed)["content_html"]
    page.get_by_role("button").filter(has_text="Mask “030 1234567”").click()
    expect(notice(page)).to_contain_text("Masked “030 1234567”")
    assert "1234567" not in preview(page) + item(page, feed)["content_html"]
    page.get_by_role("button").filter(has_text="Show “030 1234567” again").click()
    expect(notice(page)).to_contain_text("Took back: masked")
    assert "030 1234567" in preview(page) and "030 1234567" in item(page, feed)["content_html"]
    page.keyboard.press("E")
    page.keyboard.type("Lindgaard")
    page.keyboard.press("Enter")
    expect(notice(page)).to_contain_text("Masked “Lindgaard” as “[…]”")
    assert "porter at the […] heard" in item(page, feed)["content_html"]
