"""What an editor asks for in a real browser: by three clicks or one line, sent on, kept, exported; days as at home."""

import csv
import io
import json
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from storage.decisions import decide
from storage.log import Verb
from tests.browsing import Bureau, heading
from tests.builders import NOW, tell

WANTED = "Banken ringede hende op"
ASKED = {"channel=phone", "sector=bank", "language=da"}


@pytest.fixture
def page(at_desk: Bureau) -> Page:
    """The inbox of four stories, one of which is by phone with a bank in Danish."""
    with at_desk.opened() as db:
        tell(db, "a", title=WANTED, language="da", sector="bank", channel="phone")
        tell(db, "b", title="The bank rang", sector="bank", channel="phone")
        tell(db, "c", title="Banken skrev", language="da", sector="bank", channel="email")
        tell(db, "d", title="Hotellet ringede", language="da", sector="hotel", channel="phone")
        tell(db, "e", title="Approved before", language="de")
        decide(db, "e", Verb.APPROVE, who="Bo", at=NOW)
    return at_desk.editor()


def titles(page: Page) -> list[str]:
    return page.locator(".queue .title").all_text_contents()


def test_three_clicks_or_one_line_find_stories_by_phone_with_banks_in_danish(page: Page, at_desk: Bureau) -> None:
    facets = page.get_by_role("complementary", name="Narrow down")
    for value in ("Danish", "Bank", "Phone"):
        facets.get_by_role("link", name=value).click()
        expect(page.locator(".chips")).to_contain_text(value, ignore_case=True)
    expect(page.locator(".queue .title")).to_have_text([WANTED])
    clicked = urlsplit(page.url).query
    assert set(clicked.split("&")) == ASKED
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type("channel:phone sector:bank language:da")
    page.keyboard.press("Enter")
    expect(page.locator(".queue .title")).to_have_text([WANTED])
    other = at_desk.editor("Bo", at=f"/?{clicked}")
    assert titles(other) == [WANTED]
    for _ in ASKED:
        before = other.url
        other.locator(".chips a").first.click()
        expect(other).not_to_have_url(before)
    expect(other.locator(".queue .title")).to_have_count(4)


def test_what_a_facet_says_one_would_see_is_what_one_sees(page: Page) -> None:
    link = page.get_by_role("complementary").get_by_role("link", name="Danish")
    expect(link).to_contain_text("3")
    link.click()
    expect(page.get_by_text("3 stories", exact=True)).to_be_visible()
    expect(page.locator(".queue .title")).to_have_count(3)


def test_a_search_is_kept_under_a_name_and_opened_again_by_another(page: Page, at_desk: Bureau) -> None:
    page.goto("/?language=da&sector=bank")
    page.get_by_text("Keep this search").click()
    page.get_by_label("Name").fill("Danish banks")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("table")).to_contain_text("Inbox, Danish, bank")
    other = at_desk.editor("Bo")
    other.get_by_role("link", name="Danish banks").click()
    expect(other.locator(".queue .title")).to_have_count(2)
    other.goto("/searches")
    other.get_by_role("button", name="Forget Danish banks").click()
    expect(other.get_by_role("heading", name="No search is kept yet")).to_be_visible()


@pytest.mark.parametrize("format", ["csv", "json"])
def test_a_view_is_downloaded(page: Page, format: str) -> None:
    page.goto("/?language=da&sort=date")
    with page.expect_download() as waiting:
        page.get_by_role("link", name=format.upper(), exact=True).click()
    text = waiting.value.path().read_text()
    rows = list(csv.DictReader(io.StringIO(text))) if format == "csv" else json.loads(text)
    assert [row["title"] for row in rows] == titles(page) and len(rows) == 3
    assert waiting.value.suggested_filename == f"stories.{format}"


def test_the_next_story_is_the_next_of_the_list_that_one_came_from(page: Page) -> None:
    page.goto("/?sector=bank")
    order = titles(page)
    page.locator(".queue .card").first.click()
    for place, title in enumerate(order):
        expect(heading(page)).to_have_text(title)
        page.keyboard.press("a" if place else "j")
        if not place:
            expect(heading(page)).to_have_text(order[1])
            page.keyboard.press("k")
            expect(heading(page)).to_have_text(title)
            page.keyboard.press("a")
    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    page.go_back()
    expect(heading(page)).to_have_text(order[-1])


def test_a_storys_words_are_marked_with_its_language(page: Page) -> None:
    expect(page.get_by_text(WANTED, exact=True)).to_have_attribute("lang", "da")
    page.goto("/cluster/a")
    alien = "() => [...document.querySelectorAll('h1, main .text, .preview h3, .preview .text')].map((e) => e.lang)"
    assert set(page.evaluate(alien)) == {"da"}
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.evaluate("getComputedStyle(document.querySelector('.text p')).hyphens") == "auto"


def test_moments_are_told_in_the_browsers_time_zone_after_the_first_page(at_desk: Bureau, page: Page) -> None:
    away = at_desk.editor("Bo", timezone_id="America/New_York", at="/log")
    away.reload()
    expect(away.locator("td time").first).to_have_text("1 May 2026, 05:30")
    away.goto("/you")
    away.get_by_label("Time zone").select_option("Asia/Tokyo")
    away.locator("form.row").get_by_role("button").click()
    away.goto("/log")
    expect(away.locator("td time").first).to_have_text("1 May 2026, 18:30")
