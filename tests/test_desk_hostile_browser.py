"""Hostile stories (tests/hostile_stories.py) in a real browser: on the desk, in the feeds and in the public form none
of them runs, opens or asks for anything, and the content-security-policy never has to stand against them."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path
from urllib.parse import quote, urlencode
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

import publish.serve
import serving
from config import Settings
from publish.feed import Format
from storage.database import connect, connect_private
from storage.decisions import decide
from storage.edits import edit
from storage.log import Field, Verb
from submissions.app import FEWEST_SECONDS, application
from submissions.serve import SETTING
from tests.browsing import Bureau, bureau, heading
from tests.builders import NOW
from tests.hostile_stories import ATTRIBUTES, DRAWN, ENDS, EVIL, STRINGS, TAGS, TEMPLATES, fill
from tests.signed_in import somebody

FEWEST = 60
LISTENS = """
document.addEventListener("securitypolicyviolation", (event) => console.error(`refused ${event.violatedDirective}`));
"""
OPENED = "document.querySelectorAll('details').forEach((each) => { each.open = true; })"
LEADS = """() => [...document.querySelectorAll("[href], [src], [action], [formaction]")]
    .map((e) => e.href || e.src || e.formAction || e.action)
    .filter((to) => /^[a-z][a-z0-9+.-]*:/i.test(to) && !/^(https?:|mailto:|about:)/.test(to))"""
SWAP = """(path) => htmx.ajax("GET", path, {target: "body", select: "main"})"""
CLUSTERS = tuple(f"/cluster/c{place}" for place in range(6))
SEARCHED = (TAGS[0], ATTRIBUTES[4], ENDS[0], TEMPLATES[3], DRAWN[0])
PATHS = (
    "/",
    "/?state=any&sort=told&offset=1",
    *CLUSTERS,
    *(f"/?{urlencode({'words': string, 'company': string, 'because': string})}" for string in SEARCHED),
    *(f"/log?{urlencode({'words': string, 'who': string})}" for string in SEARCHED[:2]),
    *(f"/cluster/{quote(string, safe='')}" for string in SEARCHED[:2]),
    f"/add?{urlencode({'url': ATTRIBUTES[0]})}",
    *(f"/{path}" for path in ("log", "searches", "submissions", "submissions?offset=60", "people", "people/3", "you")),
    "/people/log",
    "/?sector=%3Cscript%3E",
)


@pytest.fixture(scope="module")
def hostile(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """A desk full of hostile stories."""
    settings = Settings(data=tmp_path_factory.mktemp("hostile"), desk_port=0, feed_port=0)
    with closing(connect(settings.database)) as db, closing(connect_private(settings.private)) as private:
        fill(db, private, NOW)
    for string in STRINGS:
        if len(string) <= 60 and string.isprintable():
            somebody(settings, string)
    with bureau(browser, settings) as running:
        yield running


def dismissed(faults: list[str], dialog: Dialog) -> None:
    faults.append(dialog.message)
    dialog.dismiss()


def trapped(bureau: Bureau, page: Page) -> Page:
    """The same page; a dialog or a breach of the policy is a fault."""
    page.on("dialog", partial(dismissed, bureau.faults))
    page.add_init_script(LISTENS)
    return page


def assert_nothing_ran(bureau: Bureau, page: Page, where: str) -> None:
    page.evaluate(OPENED)
    assert page.evaluate("window.__hit") is None, where
    assert page.evaluate(LEADS) == [], where
    assert (bureau.faults, bureau.strays) == ([], []), where


def test_there_are_enough_of_them() -> None:
    assert len(set(STRINGS)) >= FEWEST


def test_they_do_run_where_nothing_stands_against_them(at_desk: Bureau) -> None:
    page = trapped(at_desk, at_desk.visitor())
    for html in (TAGS[0], TAGS[4], DRAWN[0], f'<input title="{ATTRIBUTES[0]}">', f"<textarea>{ENDS[0]}</textarea>"):
        page.set_content(html)
        page.wait_for_function("window.__hit")
        page.goto("about:blank")
    page.set_content(TAGS[5])
    assert at_desk.strays == [f"{EVIL}/2.png"]
    at_desk.faults.clear()  # that it was not reached


def test_nothing_of_a_hostile_story_runs_on_the_desk(hostile: Bureau) -> None:
    page = trapped(hostile, hostile.editor(STRINGS[0], at="/guide"))
    for path in PATHS:
        page.goto(path)
        assert_nothing_ran(hostile, page, path)
        page.evaluate(SWAP, path)
        assert_nothing_ran(hostile, page, f"{path} put in by htmx")


def test_nothing_of_it_runs_where_editors_type_act_and_meet(hostile: Bureau) -> None:
    page = trapped(hostile, hostile.editor(TAGS[4], at="/"))
    for string in SEARCHED:
        page.get_by_role("searchbox").fill(string)
        page.keyboard.press("Enter")
        expect(page.locator(".chips")).to_contain_text(string[:6])
        assert_nothing_ran(hostile, page, string)
    page.goto("/cluster/c5")
    with closing(connect(hostile.settings.database)) as db:
        edit(db, "c5", Field.TITLE, f"Meanwhile {TAGS[0]}", who=DRAWN[0], at=NOW)
        decide(db, "c5", Verb.HOLD, who=TAGS[0], at=NOW, note=DRAWN[0])
    page.keyboard.press("n")
    page.keyboard.type(TAGS[4] + ATTRIBUTES[4])
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(heading(page)).to_have_text("Changed meanwhile")
    assert_nothing_ran(hostile, page, "a conflict")
    page.get_by_role("button", name="Do mine all the same").click()
    expect(page.locator(".notice[role=status]")).to_contain_text("Approved")
    assert_nothing_ran(hostile, page, "a notice")
    page.goto("/add")
    page.get_by_role("textbox", name="Words").fill(ENDS[0])
    page.get_by_role("textbox", name="Title").fill(ATTRIBUTES[0])
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_text("It is not added yet")).to_be_visible()
    assert_nothing_ran(hostile, page, "mistakes")


def contents(page: Page, address: str) -> Iterator[str]:
    """What a reader of the feed takes for markup, in each of its formats."""
    yield from (item["content_html"] for item in page.request.get(f"{address}/feed.json").json()["items"])
    for format in (Format.ATOM, Format.RSS):
        root = ElementTree.fromstring(page.request.get(f"{address}/feed.{format}").body())
        named = ("content", "description", "encoded")
        items = (found for found in root.iter() if found.tag.rpartition("}")[2] in ("entry", "item"))
        yield from (e.text or "" for item in items for e in item.iter() if e.tag.rpartition("}")[2] in named)


def test_nothing_of_it_runs_in_a_reader_of_the_feeds_that_allows_everything(hostile: Bureau) -> None:
    feeds = publish.serve.start(hostile.settings)
    page = trapped(hostile, hostile.visitor())
    page.goto(feeds.address)
    assert_nothing_ran(hostile, page, "the feeds")
    found = list(contents(page, feeds.address))
    feeds.stop()
    assert len(found) >= 6
    for html in found:
        page.goto("about:blank")
        page.set_content(html)  # as written into the page: scripts would run
        assert_nothing_ran(hostile, page, html)
        page.evaluate("(html) => { document.body.innerHTML = html; }", html)
        assert_nothing_ran(hostile, page, html)


def test_nothing_of_it_runs_in_the_public_form_that_brings_it_back(hostile: Bureau, tmp_path: Path) -> None:
    moments = (NOW + number * timedelta(seconds=FEWEST_SECONDS) for number in range(999))
    running = serving.start(application(Settings(data=tmp_path), lambda: next(moments)), serving.listen(0, SETTING))
    page = trapped(hostile, hostile.visitor())
    names = ("url", "words", "title", "printed", "name", "mail")
    for first in range(0, len(STRINGS), len(names)):
        strings = STRINGS[first : first + len(names)]
        answer = page.request.post(running.address, form=dict(zip(names, strings, strict=False)))
        assert answer.status == 422
        page.set_content(answer.text())  # without its policy, so that anything would run
        assert_nothing_ran(hostile, page, strings[0])
    running.stop()
