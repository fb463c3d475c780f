"""The desk in a real browser: coming in, deciding by keyboard alone, and the story in the feed."""

from pathlib import Path

import feedparser
import pytest
from playwright.sync_api import Page, expect

import desk.serve
import publish.serve
from config import ConfigError, Settings
from storage.log import Verb, history
from stories.story import WhyNot
from tests.browsing import Bureau, heading, notice
from tests.builders import tell
from tests.signed_in import CHEAP, give_password, link, somebody

PASSWORD = "four words that rhyme"
NAMES = ("First", "Second", "Third", "Fourth", "Fifth", "Sixth")


@pytest.fixture
def inbox(at_desk: Bureau) -> Page:
    """The inbox of six stories, the first the best."""
    with at_desk.opened() as db:
        for place, name in enumerate(NAMES):
            tell(db, name.lower(), title=name, score=0.9 - place / 20)
    return at_desk.editor()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def made(at_desk: Bureau, cluster: str) -> list[tuple[Verb, WhyNot | None]]:
    return [(each.verb, each.why) for each in at_desk.ask(history, cluster)]


def test_one_comes_in_by_password_and_goes_out_again(at_desk: Bureau) -> None:
    somebody(at_desk.settings, "Ada")
    give_password(at_desk.settings, "Ada", CHEAP.hash(PASSWORD))
    page = at_desk.visitor()
    page.goto("/log")
    expect(heading(page)).to_have_text("Sign in")
    for password in ("not this one", PASSWORD):
        page.get_by_label("Name").fill("Ada")
        page.get_by_label("Password").fill(password)
        page.keyboard.press("Enter")
        expect(heading(page)).to_have_text("Sign in" if password != PASSWORD else "Log")
        expect(page.get_by_role("alert").filter(visible=True)).to_have_count(0 if password == PASSWORD else 1)
    page.get_by_role("button", name="Sign out").click()
    expect(heading(page)).to_have_text("Sign in")
    page.go_back()
    page.reload()
    expect(heading(page)).to_have_text("Sign in")


def test_one_comes_in_by_a_link_that_works_once(at_desk: Bureau) -> None:
    page, way_in = at_desk.visitor(), link(at_desk.settings)
    page.goto(way_in)
    page.get_by_role("button", name="Come in").click()
    expect(page.get_by_role("link", name="Ada")).to_be_visible()
    late = at_desk.visitor()
    late.goto(way_in)
    expect(late.get_by_role("button", name="Come in")).to_have_count(0)


def test_an_editor_reads_and_approves_by_key_and_the_story_is_in_the_feed(inbox: Page, at_desk: Bureau) -> None:
    press(inbox, "j", "Enter")
    expect(heading(inbox)).to_have_text("First")
    press(inbox, "a")
    expect(heading(inbox)).to_have_text("Second")
    expect(notice(inbox)).to_contain_text("Approved: “First”")
    feeds = publish.serve.start(at_desk.settings)
    found = feedparser.parse(f"{feeds.address}/feed.atom")
    feeds.stop()
    assert [entry.title for entry in found.entries] == ["First"]
    assert found.feed.id.endswith(":feed")


def test_an_inbox_is_worked_through_by_keyboard_alone(inbox: Page, at_desk: Bureau) -> None:
    press(inbox, "j", "j", "k", "Enter")
    expect(heading(inbox)).to_have_text("First")
    press(inbox, "j")
    expect(heading(inbox)).to_have_text("Second")
    press(inbox, "k")
    expect(heading(inbox)).to_have_text("First")
    press(inbox, "h")
    expect(heading(inbox)).to_have_text("Second")
    press(inbox, "r")
    expect(inbox.get_by_text("Why is it not a story for us?")).to_be_visible()
    press(inbox, "p")
    expect(heading(inbox)).to_have_text("Third")
    press(inbox, "u")
    expect(heading(inbox)).to_have_text("Second")
    expect(notice(inbox)).to_contain_text("Took back: rejected as praise only")
    press(inbox, "n")
    inbox.keyboard.type("aru: keys are letters here")
    press(inbox, "Enter")
    expect(notice(inbox)).to_contain_text("Noted")
    press(inbox, "i")
    expect(inbox.locator(".queue .title")).to_have_text(list(NAMES[1:]))
    assert made(at_desk, "first") == [(Verb.HOLD, None)]
    verbs = [(Verb.REJECT, WhyNot.PRAISE_ONLY), (Verb.UNDO, None), (Verb.NOTE, None)]
    assert made(at_desk, "second") == verbs


def test_selected_stories_are_decided_on_together_and_all_of_it_is_taken_back(inbox: Page, at_desk: Bureau) -> None:
    press(inbox, "j", "x", "j", "j", "x")
    expect(inbox.get_by_text("2 selected")).to_be_visible()
    press(inbox, "a")
    expect(notice(inbox)).to_contain_text("2 stories: Approved")
    expect(inbox.locator(".queue .title")).to_have_text(["Second", "Fourth", "Fifth", "Sixth"])
    press(inbox, "u")
    expect(inbox.locator(".queue .title")).to_have_text(list(NAMES))
    press(inbox, "j", "r", "u")
    expect(notice(inbox)).to_contain_text("Rejected as unrelated: “First”")
    press(inbox, "j", "x", "j", "x", "m")
    expect(notice(inbox)).to_contain_text("Merged with")
    assert [verb for verb, _ in made(at_desk, "first")] == [Verb.APPROVE, Verb.UNDO, Verb.REJECT]


def test_the_keys_are_shown_by_a_question_mark_and_closed_by_escape(inbox: Page) -> None:
    legend = inbox.get_by_role("dialog", name="Keys")
    for path in ("/", "/cluster/first", "/log", "/you"):
        inbox.goto(path)
        press(inbox, "?")
        expect(legend).to_be_visible()
        press(inbox, "a", "j", "Escape")
        expect(legend).to_be_hidden()
        assert inbox.url.endswith(path)


def test_the_list_is_searched_while_one_types(inbox: Page) -> None:
    press(inbox, "/")
    inbox.keyboard.type("thi")
    expect(inbox.locator(".queue .title")).to_have_text(["Third"])
    expect(inbox.get_by_role("searchbox")).to_have_value("thi")
    expect(inbox.get_by_role("searchbox")).to_be_focused()
    assert "words=thi" in inbox.url
    press(inbox, "Escape", "j", "Enter")
    expect(heading(inbox)).to_have_text("Third")


def test_o_opens_the_page_that_the_story_comes_from_and_tells_it_nothing(inbox: Page) -> None:
    inbox.goto("/cluster/first")
    with inbox.context.expect_event("request", lambda asked: "blog1.example" in asked.url) as asked:
        press(inbox, "o")
    assert asked.value.url == "http://blog1.example/post" and "referer" not in asked.value.headers


def test_a_desk_that_does_not_answer_is_said_to_be_silent(inbox: Page, at_desk: Bureau) -> None:
    inbox.goto("/cluster/first")
    inbox.context.set_offline(True)
    press(inbox, "a")
    expect(inbox.get_by_role("alert")).to_contain_text("The desk does not answer")
    inbox.context.set_offline(False)
    press(inbox, "a")
    expect(heading(inbox)).to_have_text("Second")
    at_desk.faults.clear()  # that it was offline


@pytest.mark.parametrize("room", [desk.serve, publish.serve], ids=["the desk", "the feeds"])
def test_a_port_that_is_taken_is_a_clear_error(tmp_path: Path, room: object) -> None:
    settings = Settings(data=tmp_path, desk_port=0, feed_port=0)
    running = room.start(settings)  # type: ignore[attr-defined]  # both rooms have it
    port = int(running.address.rsplit(":", 1)[1])
    with pytest.raises(ConfigError, match=rf"port {port} of 127\.0\.0\.1 cannot be used .*_port"):
        room.start(settings, port)  # type: ignore[attr-defined]
    running.stop()
