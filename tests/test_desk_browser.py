"""The whole way in a real browser: open the inbox, read a story, decide by key, and see it in the feed."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import feedparser
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

import desk.serve
import publish.serve
from config import ConfigError, Settings
from storage.database import connect
from storage.inbox import tellings
from storage.log import Verb, history
from storage.people import Role
from stories.story import WhyNot
from tests.builders import tell
from tests.retold import compare_by
from tests.signed_in import link
from tests.test_desk_grouping import CAREFUL, FERRY, FERRY_AGAIN
from tests.test_desk_grouping import publish as put

CHROMIUM = shutil.which("chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, desk_port=0, feed_port=0)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


def enter(page: Page, address: str, settings: Settings) -> None:
    """Sign in with a one-time link; the page is then the inbox."""
    page.goto(address + link(settings, role=Role.OPERATOR))
    page.get_by_role("button", name="Come in").click()
    page.wait_for_url(f"{address}/")


@pytest.fixture
def inbox(settings: Settings, browser: Browser) -> Iterator[Page]:
    """A page at the inbox of three stories, that reports no error of its own."""
    db = connect(settings.database)
    for score, name in enumerate(("Third", "Second", "First")):
        tell(db, name.lower(), title=name, score=0.5 + score / 10)
    db.close()
    running, page, errors = desk.serve.start(settings), browser.new_page(), list[str]()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    enter(page, running.address, settings)
    yield page
    page.close()
    running.stop()
    assert not errors


@needs_browser
def test_an_editor_reads_and_approves_by_key_and_the_story_is_in_the_feed(inbox: Page, settings: Settings) -> None:
    inbox.keyboard.press("j")
    inbox.keyboard.press("Enter")
    expect(inbox.get_by_role("heading", level=1)).to_have_text("First")
    inbox.keyboard.press("a")
    expect(inbox.get_by_role("heading", level=1)).to_have_text("Second")
    expect(inbox.get_by_role("status")).to_contain_text("Approved “First”")
    feeds = publish.serve.start(settings)
    found = feedparser.parse(f"{feeds.address}/feed.atom")
    feeds.stop()
    assert [entry.title for entry in found.entries] == ["First"]
    assert found.feed.id == f"{feeds.address}/feed.atom"


@needs_browser
def test_r_and_a_letter_reject_and_u_takes_it_back(inbox: Page, settings: Settings) -> None:
    inbox.get_by_text("Second", exact=True).click()
    expect(inbox.get_by_role("heading", level=1)).to_have_text("Second")
    inbox.keyboard.press("r")
    expect(inbox.get_by_text("Why is it not a story for us?")).to_be_visible()
    inbox.keyboard.press("p")
    expect(inbox.get_by_role("heading", level=1)).to_have_text("Third")
    inbox.keyboard.press("u")
    expect(inbox.get_by_role("heading", level=1)).to_have_text("Second")
    made = [(d.verb, d.why) for d in history(connect(settings.database), "second")]
    assert made == [(Verb.REJECT, WhyNot.PRAISE_ONLY), (Verb.REOPEN, None)]


@needs_browser
def test_the_list_is_searched_while_one_types(inbox: Page) -> None:
    inbox.keyboard.press("/")
    inbox.keyboard.type("thi")
    expect(inbox.locator(".queue .title")).to_have_text(["Third"])
    expect(inbox.get_by_role("searchbox")).to_have_value("thi")
    assert "words=thi" in inbox.url


@needs_browser
def test_everything_works_without_javascript(inbox: Page, browser: Browser, settings: Settings) -> None:
    page = browser.new_page(java_script_enabled=False)
    enter(page, inbox.url.rstrip("/"), settings)
    page.get_by_text("First", exact=True).click()
    page.locator(".reject > summary").click()
    page.get_by_role("button", name="Advice").click()
    assert page.locator("h1").text_content() == "Second"
    page.get_by_role("button", name="Undo").click()
    assert page.locator("h1").text_content() == "First"
    page.close()
    assert [d.verb for d in history(connect(settings.database), "first")] == [Verb.REJECT, Verb.REOPEN]


@pytest.fixture
def ferry(inbox: Page, settings: Settings) -> str:
    """A cluster beside another one that is perhaps the same event."""
    db = connect(settings.database)
    compare_by(db, **CAREFUL)
    one, _ = put(db, "Ferry", FERRY), put(db, "Fähre", FERRY_AGAIN, "de", day=2)
    db.close()
    return one


@needs_browser
def test_m_merges_and_u_takes_it_back(inbox: Page, ferry: str, settings: Settings) -> None:
    inbox.goto(f"{inbox.url}cluster/{ferry}")
    inbox.keyboard.press("m")
    expect(inbox.get_by_role("status")).to_contain_text("Merged with “Fähre”")
    inbox.keyboard.press("u")
    expect(inbox.get_by_role("status")).to_contain_text("Split off “Fähre”")
    inbox.keyboard.press("u")
    expect(inbox.get_by_role("status")).to_contain_text("Merged with “Fähre”")
    db = connect(settings.database)
    assert [made.verb for made in history(db, ferry)] == [Verb.MERGE, Verb.SPLIT, Verb.MERGE]
    assert [told.title for told in tellings(db, ferry)] == ["Ferry", "Fähre"]


@needs_browser
def test_a_telling_is_split_off_from_a_menu(inbox: Page, ferry: str, settings: Settings) -> None:
    inbox.goto(f"{inbox.url}cluster/{ferry}")
    inbox.keyboard.press("m")
    expect(inbox.get_by_role("button", name="Not this event: split off")).to_have_count(0)  # while the menu is closed
    inbox.get_by_text("Another event?").last.click()
    inbox.get_by_role("button", name="Not this event: split off").click()
    expect(inbox.get_by_role("status")).to_contain_text("Split off “Fähre”")


@needs_browser
def test_x_keeps_apart_what_was_suggested(inbox: Page, ferry: str) -> None:
    inbox.goto(f"{inbox.url}cluster/{ferry}")
    inbox.get_by_text("side by side").click()
    expect(inbox.locator(".beside td").first).to_be_visible()
    inbox.keyboard.press("x")
    expect(inbox.get_by_role("status")).to_contain_text("Kept apart from “Fähre”")
    expect(inbox.get_by_text("Perhaps the same event")).to_have_count(0)


READABLE = """() => {
    const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
    const colour = (css) => {
        canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = css; canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const part = (v) => v <= 10 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4;
    const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
    const behind = (e) => {
        const css = colour(getComputedStyle(e).backgroundColor);
        return css[3] === 255 || !e.parentElement ? css : behind(e.parentElement);
    };
    const words = (e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    const faint = [...document.querySelectorAll("body *")].filter(words).filter((e) => {
        const [a, b] = [colour(getComputedStyle(e).color), behind(e)].map(light);
        return e.getClientRects().length && (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5;
    });
    const nameless = [...document.querySelectorAll("input:not([type=hidden]), select")].filter((e) => !e.labels.length);
    const wide = document.documentElement.scrollWidth > innerWidth ? ["wider than the screen"] : [];
    return [...faint, ...nameless].map((e) => e.outerHTML).concat(wide);
}"""


@needs_browser
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")], ids=["a desk", "a phone at night"])
def test_every_word_is_readable_and_every_field_named(
    inbox: Page, ferry: str, browser: Browser, width: int, scheme: Literal["light", "dark"]
) -> None:
    known = inbox.context.storage_state()
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme, storage_state=known)
    stories = ("", "cluster/first", f"cluster/{ferry}", "log", "guide", "cluster/nowhere", "?state=rejected")
    for path in (*stories, "you", "people", "people/1", "people/log", "sign-in"):
        if path == "sign-in":
            page.context.clear_cookies()
        page.goto(inbox.url + path)
        page.evaluate("document.querySelectorAll('main details').forEach((each) => { each.open = true; })")
        assert page.evaluate(READABLE) == [], path
    page.close()


@pytest.mark.parametrize("room", [desk.serve, publish.serve], ids=["the desk", "the feeds"])
def test_a_port_that_is_taken_is_a_clear_error(settings: Settings, room: object) -> None:
    running = room.start(settings)  # type: ignore[attr-defined]  # both rooms have it
    port = int(running.address.rsplit(":", 1)[1])
    with pytest.raises(ConfigError, match=rf"port {port} of 127\.0\.0\.1 cannot be used .*_port"):
        room.start(settings, port)  # type: ignore[attr-defined]
    running.stop()
