"""The pages that people read, the short list and the widget in a real browser: for everybody, and with hostile stories
that run nothing."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

import serving
from config import Settings
from publish.app import application
from storage.database import connect, connect_private
from storage.decisions import decide
from storage.edits import edit
from storage.filters import Filters
from storage.log import Field, Verb
from storage.searches import save
from tests.browsing import Bureau
from tests.builders import NOW, PASSAGE, tell
from tests.hostile_stories import fill
from tests.test_desk_hostile_browser import LEADS, trapped
from tests.test_desk_looks_browser import LONG, faults
from tests.web import HTML, Answer, Web

EXAMPLE = Path(__file__).parent.parent / "docs" / "examples" / "embed.html"
THEIRS = "https://stories.example.org"
PATHS = ("/", "/page/1", "/feeds", "/story/long", "/story/bare", "/story/gone", "/embed", "/embed.sv")
PRIVATE = "default-src 'none'; script-src {site}; connect-src {site}; frame-src {site}"


@contextmanager
def publisher(browser: Browser, folder: Path) -> Iterator[Bureau]:
    """A publisher that runs over the database in a folder, and no complaint of its pages."""
    listener = serving.listen(0, "feed_port")
    settings = Settings(data=folder, site=serving.address(listener), feed_authority="stories.example,2026")
    app = application(settings)
    running = serving.start(app, listener)
    made = Bureau(browser=browser, settings=settings, address=running.address)
    yield made
    for context in made.contexts:
        context.close()
    running.stop()
    app.shelf.close()
    assert (made.faults, made.strays) == ([], [])


@pytest.fixture(scope="module")
def readers(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """A publisher of stories of every kind."""
    folder = tmp_path_factory.mktemp("readers")
    with closing(connect(Settings(data=folder).database)) as db:
        for number in range(41):
            tell(db, f"s{number:02}", title=f"Story {number}")
        tell(db, "long", f"{PASSAGE}\n{LONG}", title=LONG, author=LONG, language="de", companies=[LONG, "Fjordbank"])
        tell(db, "long", "Again.", relation="retelling", language="da")
        media = f'[{{"kind": "video", "url": "https://video.example/{"a" * 90}", "alt": ""}}]'
        db.conn.execute(
            "update documents set media = ?, licence = 'https://creativecommons.org/licenses/by/4.0/'", (media,)
        )
        tell(db, "bare", title="\u05e9\u05dc\u05d5\u05dd", author="", language="en", date=None)
        db.conn.execute("update pages set reserved = 'nosnippet' where url like '%blog44.%'")
        tell(db, "gone")
        for id in (*(f"s{number:02}" for number in range(41)), "long", "bare", "gone"):
            decide(db, id, Verb.APPROVE, who="Ada", at=NOW)
        edit(db, "long", Field.SUMMARY, f"A porter. {LONG}", who="Ada", at=NOW)
        decide(db, "gone", Verb.REOPEN, who="Ada", at=NOW)
        save(db, "German porters", Filters(language=("de",), words="porter"), who="Ada", at=NOW, public=True)
    with publisher(browser, folder) as running:
        yield running


@pytest.fixture(scope="module")
def page(readers: Bureau) -> Page:
    return readers.visitor()


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_for_everybody(page: Page, path: str) -> None:
    page.goto(path)
    assert faults(page) == ""


def test_a_story_can_be_printed_and_reached_by_keys(page: Page) -> None:
    page.goto("/story/long")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="Site")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.emulate_media(media="screen")


@contextmanager
def elsewhere(body: str, policy: str | None = None) -> Iterator[str]:
    """A page of another origin; its address."""
    with Web() as web:
        headers = {"content-type": HTML} | ({"content-security-policy": policy} if policy else {})
        web.answers["/"] = Answer(body=body.encode(), headers=headers)
        yield web.url("/")


def example(site: str) -> str:
    """The documents' example for a site of ours."""
    return EXAMPLE.read_text().replace(THEIRS, site)


def test_the_widget_and_the_iframe_show_stories_on_another_site(readers: Bureau) -> None:
    page = trapped(readers, readers.visitor())
    with elsewhere(example(readers.address), PRIVATE.format(site=readers.address)) as address:
        page.goto(address)
        listed = page.locator("script + div >> li")
        expect(listed).to_have_count(3)
        title = listed.first.get_by_role("link")
        expect(title).to_have_attribute("lang", "en")
        expect(title).to_have_attribute("rel", "noopener")
        expect(title).to_have_attribute("href", f"{readers.address}/story/bare")
        framed = page.frame_locator("iframe")
        expect(framed.get_by_role("listitem")).to_have_count(3)
        expect(framed.get_by_role("link").first).to_have_attribute("target", "_blank")
        assert page.context.cookies() == []


@pytest.mark.parametrize("data", ['data-language="de"', 'data-language="de" data-sector="hotel" data-count="7"'])
def test_the_widget_shows_what_it_is_asked_for(readers: Bureau, data: str) -> None:
    page = readers.visitor()
    with elsewhere(f'<main><script src="{readers.address}/widget.js" {data}></script></main>') as address:
        page.goto(address)
        expect(page.locator("li")).to_have_count(1)
        expect(page.locator("li a")).to_have_attribute("lang", "de")


def test_the_widget_is_a_link_where_the_feed_cannot_be_had(readers: Bureau) -> None:
    page = readers.visitor()
    with elsewhere(
        f'<main><script src="{readers.address}/widget.js" data-sector="nowhere"></script></main>'
    ) as address:
        page.goto(address)
        found = page.get_by_role("link", name="Stories of kind service")
        expect(found).to_have_attribute("href", f"{readers.address}/")
        expect(page.locator("li")).to_have_count(0)


def test_nothing_of_a_hostile_story_runs_on_a_page_or_in_the_widget(browser: Browser, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    with closing(connect(settings.database)) as db, closing(connect_private(settings.private)) as private:
        fill(db, private, NOW)
        for place in range(6):
            decide(db, f"c{place}", Verb.APPROVE, who="Ada", at=NOW)
    with publisher(browser, tmp_path) as hostile:
        page = trapped(hostile, hostile.visitor())
        for path in ("/", "/feeds", "/embed", *(f"/story/c{place}" for place in range(6))):
            answer = page.goto(path)
            assert answer and answer.ok
            _assert_nothing_ran(page, path)
            page.set_content(answer.text())  # without its policy, so that anything would run
            _assert_nothing_ran(page, path)
        with elsewhere(example(hostile.address)) as address:
            page.goto(address)
            expect(page.locator("script + div >> li")).not_to_have_count(0)
            _assert_nothing_ran(page, "the widget")


def _assert_nothing_ran(page: Page, where: str) -> None:
    assert page.evaluate("window.__hit") is None, where
    assert page.evaluate(LEADS) == [], where
