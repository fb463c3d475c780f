"""What is sent in, on the desk: an editor adds an address or a text, and sees what became of each."""

import html
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from config import Settings
from desk.adding import ROWS, Adding
from desk.asking import UTC, Asking
from desk.desk import Desk
from desk.pages import environment
from desk.place import place_of
from jobs.read_page import read_sent
from jobs.submitted import queue, settle
from reading.sent import CONSENT, Contact, Kind, Sent
from storage import contacts, documents, pages, submissions
from storage.database import Database, connect, connect_private
from storage.decisions import decide
from storage.log import Verb
from storage.people import Person, Role
from stories.detect import Detector
from tests.builders import NOW

STORY = (
    "The clerk at the little station in Vik kept the waiting room open and warm for us until the last train came. " * 2
)
NOBODY = Contact()


class AsIf:
    """Somebody of this role has signed in."""

    def __init__(self, app: ASGIApp, role: Role) -> None:
        self.app, self.person = app, Person(number=1, name="Ada", role=role, zone=None, able=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["asking"] = Asking(person=self.person, session=None, zone=UTC)
        await self.app(scope, receive, send)


class Office:
    """A desk with these pages alone."""

    def __init__(self, folder: Path, role: Role = Role.EDITOR) -> None:
        settings = Settings(data=folder, desk_site="https://desk.example/good")
        self.db, self.private = connect(settings.database), connect_private(settings.private)
        place = place_of(settings)
        desk = Desk(
            database=settings.database,
            private=settings.private,
            place=place,
            templates=environment(place.root),
            now=lambda: NOW,
        )
        app = Starlette(routes=Adding(desk=desk).routes(), middleware=[Middleware(AsIf, role=role)])
        self.browser = TestClient(app, base_url="https://desk.example", follow_redirects=False)

    def page(self, path: str = "/submissions") -> str:
        answer = self.browser.get(path)
        assert answer.status_code == 200
        return html.unescape(answer.text)

    def send(self, contact: Contact = NOBODY, **said: object) -> int:
        return submissions.add(self.db, self.private, Sent(**said), contact, NOW)  # type: ignore[arg-type]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def read(db: Database) -> None:
    settle(db, NOW)
    for id in pages.unread(db, 9):
        documents.keep(db, id, read_sent((pages.load(db, id), ()), Detector()), NOW)


def test_an_editor_adds_an_address_and_a_text_under_their_name(office: Office) -> None:
    assert 'value="https://blog.example/a"' in office.page("/add?url=https://blog.example/a")
    for form in ({"kind": "link", "url": "blog.example/a"}, {"kind": "text", "words": STORY, "title": "The clerk"}):
        answer = office.browser.post("/add", data=form)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/good/submissions#s")
    one, two = submissions.get(office.db, 1), submissions.get(office.db, 2)
    assert (one.url, one.who) == ("https://blog.example/a", "Ada")
    assert (two.kind, two.title, two.who) == ("text", "The clerk", "Ada")
    assert "added by Ada" in office.page()


def test_a_mistake_is_told_and_what_was_typed_stays(office: Office) -> None:
    answer = office.browser.post("/add", data={"kind": "link", "url": "javascript:alert(1)", "title": "<b>So</b>"})
    assert answer.status_code == 422
    assert 'id="url-wrong">Give the whole address' in answer.text
    assert 'value="&lt;b&gt;So&lt;/b&gt;"' in answer.text
    assert office.db.table("submissions").count == 0


def test_the_list_says_what_became_of_each(office: Office) -> None:
    office.send(kind=Kind.LINK, url="https://blog.example/waits")
    office.send(kind=Kind.TEXT, words=STORY, title="The clerk")
    aside = office.send(kind=Kind.VIDEO, url="https://film.example/1")
    office.send(kind=Kind.LINK, url="https://[bad/", title="A glove")
    submissions.close(office.db, aside, who="Ada", at=NOW)
    page = office.page()
    assert "Waits to be fetched" in page
    assert "Waits to be read" in page
    assert "Set aside (by Ada" in page
    queue(office.db, NOW)
    read(office.db)
    page = office.page()
    assert page.index("A glove") < page.index("The clerk") < page.index("blog.example/waits"), "newest first"
    cluster = office.db.execute("select cluster from stories where title = 'The clerk'").fetchone()[0]
    assert f'In the inbox: <a href="/good/cluster/{cluster}">The clerk</a>' in page
    decide(office.db, cluster, Verb.APPROVE, who="Ada", at=NOW)
    assert f'Decided on: <a href="/good/cluster/{cluster}">The clerk</a> (approved)' in office.page()
    assert "The link led to nothing (it is no address of an article); what was said of it stands instead" in page


def test_contact_and_consent_are_shown_and_can_be_erased(office: Office) -> None:
    contact = Contact(name="Ellen Vik", mail="ellen@example.org", consent=CONSENT)
    number = office.send(contact, kind=Kind.TEXT, words=STORY)
    page = office.page()
    assert all(said in page for said in ("Ellen Vik", "ellen@example.org", f"Agreed to: “{CONSENT}”"))
    assert office.browser.post(f"/submissions/{number}/withdraw").status_code == 303
    assert contacts.of(office.private, [number]) == {}
    page = office.page()
    assert "Ellen" not in page
    assert "No consent is on record." in page
    assert office.browser.post(f"/submissions/{number}/close").status_code == 303
    assert submissions.get(office.db, number).closed_by == "Ada"


def test_the_list_is_paged_and_an_empty_one_says_what_to_do(office: Office) -> None:
    assert "Nothing was sent in yet" in office.page()
    for number in range(ROWS + 1):
        office.send(kind=Kind.LINK, url=f"https://blog.example/{number}")
    assert f"/good/submissions?offset={ROWS}" in office.page()
    last = office.page(f"/submissions?offset={ROWS}")
    assert "https://blog.example/0" in last
    assert "/good/submissions?offset=0" in last


@pytest.mark.parametrize("path", ["/add", "/submissions"])
def test_a_reader_of_the_desk_sees_no_contacts(tmp_path: Path, path: str) -> None:
    assert Office(tmp_path, Role.READER).browser.get(path).status_code == 403


@pytest.mark.parametrize("number", ["0", "x", "9" * 99, "-1"])
def test_a_number_that_is_none_is_refused(office: Office, number: str) -> None:
    assert office.browser.post(f"/submissions/{number}/close").status_code in {400, 404}
