"""The operators' page in a real browser: for everybody, on a phone, zoomed, without JavaScript; its charts drawn."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from config import Settings
from storage import alarms, days, schedule, sources
from storage.alarms import Finding, Kind
from storage.database import Database, connect, stamp
from storage.schedule import Ended
from storage.sources import Source
from tests.browsing import Bureau, bureau
from tests.builders import tell
from tests.test_desk_looks_browser import LONG, faults

NOW = datetime.now(UTC)
FEW = 9  # sources; more than a chart has patterns
OPEN = "document.querySelectorAll('main details').forEach((each) => { each.open = true; })"


def line(number: int) -> Source:
    label = LONG if number == 0 else f"Blog {number}"
    return Source(
        address=f"https://blog{number}.example/feed", kind="feed", every=timedelta(hours=6), pages=1, label=label
    )


def fill(db: Database) -> None:
    """Nine sources with six weeks of stories, one of them ill; jobs and alarms."""
    sources.sync(db, [line(number) for number in range(FEW)])
    for number in range(60):
        tell(db, f"c{number}", language=("en", "da", "de", "fr")[number % 4], found_at=stamp(NOW - _days(number)))
    pages = db.conn.execute("select id from pages order by rowid").fetchall()
    for number, (page,) in enumerate(pages):
        moved = (line(number * number % FEW).id, stamp(NOW - _days(number)), page)
        db.conn.execute("update pages set source = ?, first_fetched_at = ? where id = ?", moved)
    days.catch_up(db, NOW)
    ill = "update sources set failures = 5, last_started = ?, last_reason = ? where id = ?"
    db.conn.execute(ill, (stamp(NOW), f"status 404 {LONG}", line(0).id))
    schedule.plan(db, {"collect": NOW, "tidy": NOW})
    schedule.claim(db, "collect", NOW, "collect-1")
    schedule.finish(db, "collect-1", NOW, Ended.FAILED, f"it said {LONG}", due=NOW, failures=1)
    found = [
        Finding(kind=Kind.FAILING, subject=line(0).address, said=LONG),
        Finding(kind=Kind.DISK, said="0.1 GB free"),
    ]
    alarms.settle(db, found, (), NOW, {})


def _days(number: int) -> timedelta:
    return timedelta(days=number * 7 % 40)


@pytest.fixture(scope="module")
def house(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """A desk with something wrong."""
    settings = Settings(data=tmp_path_factory.mktemp("operations"), desk_port=0, feed_port=0)
    with closing(connect(settings.database)) as db:
        fill(db)
    with bureau(browser, settings) as running:
        yield running


@pytest.fixture(scope="module")
def page(house: Bureau) -> Page:
    """An operator's."""
    return house.editor()


@pytest.mark.parametrize(
    "path", ["/operations?by=source", "/operations/sources", f"/operations/sources/{line(0).id}", "/log"]
)
def test_an_operators_page_is_for_everybody(page: Page, path: str) -> None:
    page.goto(path)
    page.evaluate(OPEN)
    assert faults(page) == ""


def test_an_operator_pauses_a_source_without_javascript(house: Bureau) -> None:
    page = house.editor("Cleo", at="/operations/sources", java_script_enabled=False)
    page.get_by_role("link", name="Blog 3").click()
    page.get_by_text("Let it rest").click()
    page.get_by_label("Why").fill("They move.")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused by Cleo")).to_be_visible()
    page.get_by_role("button", name="Let it go on").click()
    expect(page.get_by_text("Paused by Cleo")).to_have_count(0)
    page.goto("/operations/sources")
    page.get_by_label("Order").select_option(label="By name")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("tbody tr").first).to_contain_text("Blog 1")


def test_a_chart_is_drawn_and_said(page: Page) -> None:
    page.goto("/operations?by=source")
    chart = page.get_by_role("img", name="Pages a day")
    expect(chart).to_be_visible()
    box = chart.bounding_box()
    assert box and box["width"] > 250
    filled = chart.locator("g rect").first.evaluate("each => getComputedStyle(each).fill")
    assert filled.startswith("url(")
