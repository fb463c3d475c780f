"""Every page of the desk in every state: nothing for axe-core to find in light and dark, and nothing wider than the
screen or cut off at 1280 pixels, on a phone (360), and at 200 % zoom of a window of 1280 (640)."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from config import Settings
from reading.sent import Contact, Kind, Sent
from storage import submissions
from storage.database import Database, connect, connect_private
from storage.decisions import decide
from storage.edits import edit, mask
from storage.filters import Filters
from storage.invitations import Purpose, invite
from storage.log import Field, Verb, newest
from storage.people import Role
from storage.searches import save
from storage.ties import merge, split
from storage.undo import undo
from stories.story import WhyNot
from tests.accessible import violations
from tests.browsing import Bureau, bureau, heading
from tests.builders import NOW, PASSAGE, tell
from tests.retold import compare_by
from tests.signed_in import HERE, somebody
from tests.test_desk_grouping import CAREFUL, FERRY, FERRY_AGAIN
from tests.test_desk_grouping import publish as put

DESK, ZOOMED, PHONE = 1280, 640, 360  # pixels
HEIGHT = 800
LONG = "Donaudampfschifffahrtsgesellschaftskundendienstmitarbeiterin " * 2
CUT = """() => {
    const scrolls = (e) => e && (/auto|scroll/.test(getComputedStyle(e).overflowX) || scrolls(e.parentElement));
    const own = (e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    const cut = [...document.querySelectorAll("body *")]
        .filter((e) => own(e) && e.checkVisibility() && !e.closest(".hidden, .skip, option, select"))
        .filter((e) => {
            const box = e.getBoundingClientRect(), hides = getComputedStyle(e).overflowX !== "visible";
            const outside = box.right > innerWidth + 1 || box.left < -1;
            return (hides && e.scrollWidth > e.clientWidth + 1) || (outside && !scrolls(e));
        });
    const wide = document.documentElement.scrollWidth > innerWidth ? ["the page is wider than the screen"] : [];
    return cut.map((e) => e.outerHTML.slice(0, 200)).concat(wide);
}"""

State = Callable[[Page, Bureau], None]


def at(path: str) -> State:
    """A page as it comes."""

    def go(page: Page, house: Bureau) -> None:
        page.goto(path)

    return go


def unfolded(path: str) -> State:
    """A page with everything open that can be, apart from panels, which stand above others."""

    def go(page: Page, house: Bureau) -> None:
        page.goto(path)
        opened = "document.querySelectorAll('main details:not([data-panel])').forEach((each) => { each.open = true; })"
        page.evaluate(opened)

    return go


def keyed(path: str, *keys: str) -> State:
    """A page on which keys were pressed."""

    def go(page: Page, house: Bureau) -> None:
        page.goto(path)
        for key in keys:
            page.keyboard.press(key)

    return go


def sent(path: str, button: str, **fields: str) -> State:
    """What follows a form; fields by label."""

    def go(page: Page, house: Bureau) -> None:
        page.goto(path)
        for label, value in fields.items():
            page.get_by_label(label, exact=True).fill(value)
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            page.get_by_role("button", name=button).first.click()

    return go


def conflicting(page: Page, house: Bureau) -> None:
    page.goto("/cluster/third")
    with house.opened() as db:
        decide(db, "third", Verb.HOLD, who="Bo", at=NOW, note="Let us ask the bank first.")
    page.keyboard.press("a")
    expect(heading(page)).to_have_text("Changed meanwhile")


def missed(page: Page, house: Bureau) -> None:
    page.goto("/?state=any&words=Fourth")
    with house.opened() as db:
        decide(db, "fourth", Verb.HOLD, who="Bo", at=NOW)
    page.locator(".pick input").first.check()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Not decided, as somebody else was faster")).to_be_visible()


def moved(page: Page, house: Bureau) -> None:
    page.goto("/cluster/fifth")
    with house.opened() as db:
        merge(db, "sixth", "fifth", who="Bo", at=NOW)
    page.keyboard.press("a")
    expect(heading(page)).to_have_text("Elsewhere meanwhile")


def later(page: Page, house: Bureau) -> None:
    with house.opened() as db:
        made = merge(db, "seventh", "eighth", who="Ada", at=NOW)
        moved_on = db.conn.execute("select id from stories where cluster = ? limit 1", (made.cluster,)).fetchone()[0]
        split(db, made.cluster, [moved_on], who="Bo", at=NOW)
    page.goto(f"/log?cluster={made.cluster}")
    page.locator("tr", has_text="Merged with").get_by_role("button").click()
    expect(heading(page)).to_have_text("Something came after")


def signed_out(step: State) -> State:
    """The same for somebody who is not signed in."""

    def go(page: Page, house: Bureau) -> None:
        kept = page.context.cookies()
        page.context.clear_cookies()
        step(page, house)
        page.context.add_cookies(kept)  # type: ignore[arg-type]  # as they came

    return go


def beside(page: Page, house: Bureau) -> None:
    with house.opened() as db:
        (ferry,) = db.conn.execute("select cluster from stories where title = 'Ferry'").fetchone()
    unfolded(f"/cluster/{ferry}")(page, house)
    expect(page.get_by_role("heading", name="Perhaps the same event")).to_be_visible()


def linked(purpose: Purpose) -> State:
    def go(page: Page, house: Bureau) -> None:
        with closing(connect_private(house.settings.private)) as private:
            who = somebody(house.settings, "Cleo")
            page.goto(f"/link/{invite(private, purpose, who, at=datetime.now(UTC), origin=HERE)}")

    return go


STATES: dict[str, State] = {
    "the inbox": at("/"),
    "the inbox, narrowed": unfolded("/?language=de&words=porter"),
    "the inbox, all": unfolded("/?state=any&sort=told"),
    "approved": at("/?state=approved"),
    "nothing matches": at("/?words=nowhere&state=held"),
    "some selected": keyed("/", "j", "x", "j", "x"),
    "why some are rejected": keyed("/", "j", "r"),
    "keys": keyed("/", "?"),
    "somebody was faster": missed,
    "a cluster": unfolded("/cluster/first"),
    "a cluster of several": unfolded("/cluster/told"),
    "a cluster beside another": beside,
    "why one is rejected": keyed("/cluster/first", "r"),
    "a note": keyed("/cluster/first", "n"),
    "masks": keyed("/cluster/first", "E"),
    "a notice": keyed("/cluster/second", "h"),
    "a conflict": conflicting,
    "moved": moved,
    "something later": later,
    "the log": at("/log"),
    "nothing in the log": at("/log?words=nowhere"),
    "searches": at("/searches"),
    "the guide": at("/guide"),
    "sent in": unfolded("/submissions"),
    "adding": at("/add"),
    "a mistake": sent("/add", "Add it", Address="no address"),
    "people": at("/people"),
    "somebody": at("/people/1"),
    "somebody let in": sent("/people", "Add and make a link", Name="Dora"),
    "somebody there already": sent("/people", "Add and make a link", Name="Ada"),
    "at the door": at("/people/log"),
    "you": at("/you"),
    "no such story": at("/cluster/nowhere"),
    "no such filter": at("/?sector=nowhere"),
    "signing in": signed_out(at("/sign-in")),
    "a wrong password": signed_out(sent("/sign-in", "Sign in", Name="Ada", Password="not this one")),
    "coming in": signed_out(linked(Purpose.ENTER)),
    "choosing a password": signed_out(linked(Purpose.PASSWORD)),
    "a link that is over": signed_out(at("/link/over")),
}
EMPTY = ("/", "/?state=approved", "/log", "/searches", "/submissions")


def fill(db: Database) -> None:
    """Stories in every state."""
    compare_by(db, **CAREFUL)
    private = " Mrs Ellen Brandwijk is on 030 1234567."
    tell(
        db,
        "first",
        f"{PASSAGE}{private}",
        before="It was winter.\nIt snowed.\nIt was late. ",
        title="First",
        score=0.95,
    )
    mask(db, "first", "Brandwijk", "B.", who="Ada", at=NOW)
    edit(db, "first", Field.SUMMARY, "A porter drives a guest home.", who="Ada", at=NOW)
    names = ("Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth")
    for place, name in enumerate(names):
        tell(db, name.lower(), title=f"{name} {LONG if place == 0 else ''}", score=0.9 - place / 10, language="de")
    for place in range(3):
        tell(db, "told", f"{PASSAGE} {place}", relation="retelling" if place else "first", shared=["forty kilometres"])
    tell(db, "unsure", score=0.3, channel="phone", companies=[LONG], author=LONG)
    media = f'[{{"kind": "video", "url": "https://video.example/{"a" * 90}", "alt": ""}}]'
    db.conn.execute("update documents set media = ?", (media,))
    put(db, "Ferry", FERRY)
    put(db, "Fähre", FERRY_AGAIN, "de", day=2)
    tell(db, "in", title="In the feed")
    tell(db, "out", title="Not a story")
    decide(db, "in", Verb.APPROVE, who="Ada", at=NOW, note="Lovely.")
    decide(db, "out", Verb.REJECT, why=WhyNot.ADVICE, who="Ada", at=NOW)
    undo(db, newest(db), who="Bo", at=NOW)
    save(db, "German porters", Filters(language=("de",), words="porter"), who="Ada", at=NOW, public=True)


@pytest.fixture(scope="module")
def house(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """A desk with everything on it."""
    settings = Settings(data=tmp_path_factory.mktemp("looks"), desk_port=0, feed_port=0)
    with closing(connect(settings.database)) as db, closing(connect_private(settings.private)) as private:
        fill(db)
        said = Sent(kind=Kind.TEXT, title="A porter", words=PASSAGE, language="en", printed="Ellen")
        consent = Contact(name="Ellen", mail="ellen@mail.example", consent="We may publish this.")
        submissions.add(db, private, said, consent, NOW)
    with bureau(browser, settings) as running:
        yield running


@pytest.fixture(scope="module")
def page(house: Bureau) -> Page:
    """Ada's page, of an operator."""
    return house.editor()


LOOKS = ((DESK, "light"), (PHONE, "dark"), (ZOOMED, None))


def faults(page: Page, looks: Sequence[tuple[int, str | None]] = LOOKS) -> str:
    """What is wrong with a page, a line for each, with the width and scheme in which it is."""
    found = list[str]()
    for width, scheme in looks:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        if scheme == "light":
            page.emulate_media(color_scheme="light", reduced_motion="reduce")
        elif scheme:
            page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        said = (violations(page) if scheme else []) + page.evaluate(CUT)
        found += [f"{width} {scheme or 'zoomed'}: {each}" for each in said]
    return "\n".join(found)


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_a_page_is_for_everybody(page: Page, house: Bureau, state: State) -> None:
    page.set_viewport_size({"width": DESK, "height": HEIGHT})
    state(page, house)
    assert faults(page) == ""


def test_empty_pages_are_for_everybody(at_desk: Bureau) -> None:
    page = at_desk.editor()
    for path in EMPTY:
        page.goto(path)
        assert faults(page, LOOKS[1:2]) == "", path
    with at_desk.opened() as db:
        tell(db, "a")
        decide(db, "a", Verb.APPROVE, who="Ada", at=NOW)
    page.goto("/")
    expect(page.get_by_role("heading", name="All read")).to_be_visible()
    assert faults(page) == ""


def test_what_a_reader_sees_is_for_everybody(house: Bureau) -> None:
    page = house.editor("Rosa", Role.READER)
    for path in ("/", "/cluster/first", "/log", "/people"):
        page.goto(path)
        assert faults(page, LOOKS[:1]) == "", path
