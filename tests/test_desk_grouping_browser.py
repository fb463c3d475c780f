"""Merging, splitting and taking back in a real browser: at once, a while later from the log, and in what order."""

import pytest
from playwright.sync_api import Page, expect

from storage.inbox import tellings
from storage.log import Verb, history
from tests.browsing import Bureau, heading, notice
from tests.builders import tell
from tests.retold import compare_by
from tests.test_desk_grouping import CAREFUL, FERRY, FERRY_AGAIN
from tests.test_desk_grouping import publish as put


@pytest.fixture
def ferry(at_desk: Bureau) -> str:
    """A cluster beside another one that is perhaps the same event."""
    with at_desk.opened() as db:
        compare_by(db, **CAREFUL)
        one, _ = put(db, "Ferry", FERRY), put(db, "Fähre", FERRY_AGAIN, "de", day=2)
        tell(db, "porter", title="Porter", score=0.5)
    return one


@pytest.fixture
def page(at_desk: Bureau, ferry: str) -> Page:
    return at_desk.editor(at=f"/cluster/{ferry}")


def told(at_desk: Bureau, cluster: str) -> list[str]:
    return [each.title for each in at_desk.ask(tellings, cluster)]


def test_m_merges_and_u_takes_it_back_and_does_it_again(page: Page, at_desk: Bureau, ferry: str) -> None:
    page.keyboard.press("m")
    both = ["Ferry", "Fähre"]
    for said, names, key in (("Merged", both, "u"), ("Took back: merged", ["Ferry"], "U"), ("Did again", both, "u")):
        expect(notice(page)).to_contain_text(said)
        assert told(at_desk, ferry) == names
        page.keyboard.press(key)
    expect(notice(page)).to_contain_text("Took back")
    verbs = [Verb.MERGE, Verb.UNDO, Verb.REDO, Verb.UNDO]
    assert [made.verb for made in at_desk.ask(history, ferry)] == verbs


def test_a_telling_is_split_off_from_a_menu_and_that_is_taken_back(page: Page, at_desk: Bureau, ferry: str) -> None:
    page.keyboard.press("m")
    expect(notice(page)).to_contain_text("Merged with “Fähre”")
    split = page.get_by_role("button", name="Not this event: split off")
    expect(split).to_have_count(0)  # while the menu is closed
    page.get_by_text("or another event?").last.click()
    split.click()
    expect(notice(page)).to_contain_text("Split off “Fähre”")
    assert told(at_desk, ferry) == ["Ferry"]
    page.keyboard.press("u")
    expect(notice(page)).to_contain_text("Took back: split off")
    assert told(at_desk, ferry) == ["Ferry", "Fähre"]


def test_x_keeps_apart_what_was_suggested_and_u_suggests_it_again(page: Page) -> None:
    page.get_by_text("side by side").click()
    expect(page.locator(".beside td").first).to_be_visible()
    page.keyboard.press("x")
    expect(notice(page)).to_contain_text("Kept apart from “Fähre”")
    expect(page.get_by_role("heading", name="Perhaps the same event")).to_have_count(0)
    page.keyboard.press("u")
    expect(page.get_by_role("heading", name="Perhaps the same event")).to_be_visible()


def test_what_was_done_a_while_ago_is_taken_back_from_the_log_in_an_order_that_makes_sense(
    page: Page, at_desk: Bureau, ferry: str
) -> None:
    page.keyboard.press("m")
    expect(notice(page)).to_contain_text("Merged with")
    page.get_by_text("or another event?").last.click()
    page.get_by_role("button", name="Not this event: split off").click()
    expect(notice(page)).to_contain_text("Split off")
    page.keyboard.press("a")
    expect(heading(page)).to_have_text("Fähre")
    page.goto("/log")
    rows = page.locator("table.log tbody tr")
    expect(rows).to_have_count(3)
    rows.nth(2).get_by_role("button").click()  # the merge, under a split of the same tellings
    expect(heading(page)).to_have_text("Something came after")
    page.goto("/log")
    rows.nth(1).get_by_role("button").click()  # the split
    expect(notice(page)).to_contain_text("Took back: split off “Fähre”")
    assert told(at_desk, ferry) == ["Ferry", "Fähre"]
    rows.nth(3).get_by_role("button").click()  # the merge
    expect(notice(page)).to_contain_text("Took back: merged with “Fähre”")
    assert told(at_desk, ferry) == ["Ferry"]
    rows.filter(has_text="Approved").get_by_role("button").click()
    expect(notice(page)).to_contain_text("Took back: approved")
    page.get_by_role("link", name="Inbox").click()
    expect(page.locator(".queue .title")).to_have_count(3)
