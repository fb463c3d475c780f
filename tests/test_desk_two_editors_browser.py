"""Two editors at one time, each in a browser of their own: nobody overwrites the other, and each has the choice."""

import pytest
from playwright.sync_api import Page, expect

from storage.inbox import cluster
from storage.log import Verb, history
from storage.ties import merge
from tests.browsing import Bureau, heading, notice
from tests.builders import NOW, tell


@pytest.fixture
def both(at_desk: Bureau) -> tuple[Page, Page]:
    """Ada and Bo, each with the first of three stories open."""
    with at_desk.opened() as db:
        for place, name in enumerate(("First", "Second", "Third")):
            tell(db, name.lower(), title=name, score=0.9 - place / 20)
    return at_desk.editor("Ada", at="/cluster/first"), at_desk.editor("Bo", at="/cluster/first")


def approve(page: Page) -> None:
    page.keyboard.press("a")
    expect(notice(page)).to_contain_text("Approved")


def verbs(at_desk: Bureau, id: str) -> list[tuple[str, Verb]]:
    return [(made.who, made.verb) for made in at_desk.ask(history, id)]


@pytest.mark.parametrize("insists", [False, True], ids=["leaves it", "does it all the same"])
def test_a_decision_on_what_another_has_decided_on_is_a_choice(
    at_desk: Bureau, both: tuple[Page, Page], insists: bool
) -> None:
    ada, bo = both
    approve(ada)
    bo.keyboard.press("n")
    bo.keyboard.type("too long ago")
    bo.keyboard.press("Escape")
    bo.keyboard.press("r")
    bo.keyboard.press("c")
    expect(heading(bo)).to_have_text("Changed meanwhile")
    expect(bo.get_by_role("main")).to_contain_text("Approved by Ada")
    expect(bo.get_by_role("main")).to_contain_text("You wanted to reject it")
    assert verbs(at_desk, "first") == [("Ada", Verb.APPROVE)]
    if insists:
        bo.get_by_role("button", name="Do mine all the same").click()
        expect(notice(bo)).to_contain_text("Rejected as complaint")
        assert [made.note for made in at_desk.ask(history, "first")] == ["", "too long ago"]
    else:
        bo.get_by_role("link", name="Leave it as it is now").click()
        expect(heading(bo)).to_have_text("First")
    assert at_desk.ask(cluster, "first").state == ("rejected" if insists else "approved")


@pytest.mark.parametrize("insists", [False, True], ids=["leaves it", "does it all the same"])
def test_an_edit_of_what_another_has_edited_is_a_choice(
    at_desk: Bureau, both: tuple[Page, Page], insists: bool
) -> None:
    for page, title in zip(both, ("What Ada calls it", "What Bo calls it"), strict=True):
        page.locator("summary", has_text="Edit title, summary and facts").click()
        page.get_by_label("Title").fill(title)
        page.get_by_role("button", name="Keep", exact=True).click()
        expect(heading(page)).to_have_text("Changed meanwhile" if page is both[1] else title)
    bo = both[1]
    expect(bo.get_by_role("main")).to_contain_text("Changed the title to “What Ada calls it” by Ada")
    if insists:
        bo.get_by_role("button", name="Do mine all the same").click()
    else:
        bo.get_by_role("link", name="Leave it as it is now").click()
    expect(heading(bo)).to_have_text("What Bo calls it" if insists else "What Ada calls it")


def test_of_a_selection_what_another_has_decided_on_is_left_and_named(at_desk: Bureau, both: tuple[Page, Page]) -> None:
    ada, bo = both
    bo.keyboard.press("i")
    expect(heading(bo)).to_have_text("Inbox")
    for _ in range(2):  # from the story that Bo comes from
        bo.keyboard.press("x")
        bo.keyboard.press("j")
    approve(ada)
    bo.keyboard.press("h")
    expect(notice(bo).filter(has_text="Not decided")).to_contain_text("“First” (approved by Ada)")
    expect(notice(bo).filter(has_text="Undo")).to_contain_text("Put on hold: “Second”")
    assert [at_desk.ask(cluster, id).state for id in ("first", "second", "third")] == ["approved", "held", "open"]


def test_what_another_has_merged_away_is_found_where_it_is_now(at_desk: Bureau, both: tuple[Page, Page]) -> None:
    with at_desk.opened() as db:
        merge(db, "second", "first", who="Cleo", at=NOW)
    both[1].keyboard.press("a")
    expect(heading(both[1])).to_have_text("Elsewhere meanwhile")
    both[1].get_by_role("link", name="Look where it is now").click()
    expect(both[1].get_by_text("2 tellings")).to_be_visible()
