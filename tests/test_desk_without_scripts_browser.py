"""The desk in a real browser that runs no scripts: all that an editor does, by plain pages, links and forms."""

import pytest
from playwright.sync_api import Page, expect

from storage.inbox import cluster, tellings
from storage.log import Verb, history
from storage.submissions import get
from tests.browsing import Bureau, heading, notice
from tests.builders import tell
from tests.retold import compare_by
from tests.signed_in import link
from tests.test_desk_grouping import CAREFUL, FERRY, FERRY_AGAIN
from tests.test_desk_grouping import publish as put


@pytest.fixture
def ferry(at_desk: Bureau) -> str:
    """A cluster beside one that is perhaps the same event, and three others."""
    with at_desk.opened() as db:
        compare_by(db, **CAREFUL)
        one, _ = put(db, "Ferry", FERRY), put(db, "Fähre", FERRY_AGAIN, "de", day=2)
        for place, name in enumerate(("First", "Second", "Third")):
            tell(db, name.lower(), title=name, score=0.8 - place / 20, language="da" if place else "en")
    return one


@pytest.fixture
def page(at_desk: Bureau, ferry: str) -> Page:
    """The inbox."""
    page = at_desk.visitor(java_script_enabled=False)
    page.goto(link(at_desk.settings))
    page.get_by_role("button", name="Come in").click()
    return page


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).first.click()


def titles(page: Page) -> list[str]:
    return page.locator(".queue .title").all_text_contents()


def test_stories_are_narrowed_down_searched_and_decided_on(page: Page, at_desk: Bureau) -> None:
    page.get_by_role("complementary").get_by_role("link", name="Danish").click()
    assert titles(page) == ["Second", "Third"]
    page.get_by_role("searchbox").fill("thir")
    press(page, "Search")
    assert titles(page) == ["Third"]
    page.get_by_role("link", name="“thir”").click()
    page.locator(".queue .card").first.click()
    page.locator(".reject > summary").click()
    press(page, "Advice")
    expect(heading(page)).to_have_text("Third")
    press(page, "Approve")
    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    press(page, "Undo")
    expect(heading(page)).to_have_text("Third")
    assert [made.verb for made in at_desk.ask(history, "second")] == [Verb.REJECT]
    assert [made.verb for made in at_desk.ask(history, "third")] == [Verb.APPROVE, Verb.UNDO]


def test_selected_stories_are_decided_on_and_taken_back_from_the_log(page: Page, at_desk: Bureau) -> None:
    for name in ("First", "Third"):
        page.get_by_role("checkbox", name=f"Select “{name}”").check()
    press(page, "Hold")
    expect(notice(page)).to_contain_text("2 stories")
    page.get_by_role("link", name="Log", exact=True).click()
    for _ in range(2):
        page.locator(".log button", has_text="Undo: Put on hold").first.click()
    expect(page.locator("tr.past")).to_have_count(2)
    assert {at_desk.ask(cluster, id).state for id in ("first", "third")} == {"open"}


def test_stories_are_merged_split_and_edited_and_words_are_masked(page: Page, at_desk: Bureau, ferry: str) -> None:
    page.goto(f"/cluster/{ferry}")
    press(page, "Same event: merge")
    assert len(at_desk.ask(tellings, ferry)) == 2
    page.get_by_text("or another event?").last.click()
    page.get_by_role("button", name="Not this event: split off").last.click()
    assert len(at_desk.ask(tellings, ferry)) == 1
    page.locator("summary", has_text="Edit title, summary and facts").click()
    page.get_by_label("Title").fill("The hearing aid")
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(heading(page)).to_have_text("The hearing aid")
    page.locator("summary", has_text="Mask other words").click()
    page.get_by_label("Words").fill("Anselm")
    page.get_by_role("button", name="Mask", exact=True).click()
    assert "Anselm" not in page.locator(".preview").inner_text()
    page.get_by_role("button").filter(has_text="Show “Anselm” again").click()
    assert "Anselm" in page.locator(".preview").inner_text()
    page.get_by_text("Another beginning or end?").click()
    page.get_by_label("Begins with").fill("A sailor called")
    page.get_by_label("Ends with").fill("under a deckchair.")
    press(page, "Set")
    assert page.locator(".preview .text").inner_text() == "A sailor called Tjark found it under a deckchair."


def test_a_story_is_added_and_a_search_is_kept(page: Page, at_desk: Bureau) -> None:
    page.get_by_role("link", name="Add a story").click()
    page.get_by_label("Address").fill("blog.example/kindness")
    press(page, "Add it")
    expect(page.get_by_role("main")).to_contain_text("Waits to be fetched")
    assert at_desk.ask(get, 1).url == "https://blog.example/kindness"
    page.goto("/?language=da")
    page.get_by_text("Keep this search").click()
    page.get_by_label("Name").fill("Danish ones")
    page.get_by_role("button", name="Keep", exact=True).click()
    page.get_by_role("link", name="Danish ones").click()
    assert titles(page) == ["Second", "Third"]
