"""Coming in at the desk and going out: signing in, one-time links, sessions, the token of forms, and the audit."""

import re
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import anyio
import pytest
from starlette.exceptions import HTTPException
from starlette.types import Message

import desk.serve
from config import Settings
from desk.app import MOST_BODY_BYTES
from desk.csrf import BROKEN, FIELD, TOO_OLD
from desk.forms import MOST_WAITING, slowly
from storage import passwords
from storage.database import connect_private
from storage.invitations import Purpose, invite
from storage.logins import Login, logins
from storage.people import Role, people
from storage.sessions import end_all
from tests.signed_in import CHEAP, HERE, Visitor, client, give_password, link, somebody, visitor

GOOD = "four quiet brown kettles"
START = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)


def apart(work: Callable[..., Awaitable[object]], *arguments: object) -> None:
    """Run it in an event loop of its own, in a thread: the browser of other tests may hold this one's."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(anyio.run, work, *arguments).result()


class Clock:
    """A clock that the tests turn."""

    now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing that takes no time; the real parameters have a test of their own."""
    monkeypatch.setattr(passwords, "_HASHER", CHEAP)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path)


@pytest.fixture
def ada(settings: Settings) -> Iterator[str]:
    """An operator with a password."""
    somebody(settings, "Ada", Role.OPERATOR)
    give_password(settings, "Ada", CHEAP.hash(GOOD))
    yield "Ada"


def sign_in(there: Visitor, name: str, password: str, wanted: str = "/") -> tuple[int, str]:
    """The status, and where it leads or what it says."""
    form = {"name": name, "password": password, "next": wanted}
    answer = there.post("/sign-in", data=form, follow_redirects=False)
    said = re.search(r'class="said" role="alert">([^<]*)<', answer.text)
    return answer.status_code, answer.headers.get("location") or (said[1] if said else "")


def audit(settings: Settings) -> list[Login]:
    with closing(connect_private(settings.private)) as db:
        return logins(db, limit=1000)


def test_who_signs_in_gets_to_the_page_that_was_wanted(settings: Settings, ada: str, clock: Clock) -> None:
    there = visitor(settings, now=clock)
    answer = there.get("/log?offset=30", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Flog%3Foffset%3D30")
    form = there.get(answer.headers["location"]).text
    assert 'name="next" value="/log?offset=30"' in form
    assert sign_in(there, ada, GOOD, "/log?offset=30") == (303, "/log?offset=30")
    assert there.get("/log").status_code == 200


@pytest.mark.parametrize(
    ("name", "password"),
    [("Ada", "four quiet brown kettle"), ("Nobody", GOOD), ("Ada", ""), ("", ""), ("Bo", GOOD), ("Ada\x00", GOOD)],
    ids=["a wrong password", "an unknown name", "none", "nothing", "one who has set none", "a control character"],
)
def test_what_does_not_go_together_is_refused_alike(settings: Settings, ada: str, name: str, password: str) -> None:
    somebody(settings, "Bo")
    there = visitor(settings)
    assert sign_in(there, name, password) == (401, "That name and password do not go together.")
    assert there.get("/", follow_redirects=False).status_code == 303


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "/\tx", "javascript:alert(1)"],
)
def test_signing_in_leads_nowhere_else(settings: Settings, ada: str, wanted: str) -> None:
    assert sign_in(visitor(settings), ada, GOOD, wanted) == (303, "/")


def test_five_wrong_passwords_shut_the_door_for_a_while_even_for_the_right_one(
    settings: Settings, ada: str, clock: Clock
) -> None:
    there = visitor(settings, now=clock)
    for _ in range(5):
        assert sign_in(there, ada, "wrong")[0] == 401
    answer = there.post("/sign-in", data={"name": ada, "password": GOOD})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "900")
    assert "Try again in 15 minutes" in answer.text
    clock.now += timedelta(minutes=15, seconds=1)
    assert sign_in(there, ada, GOOD) == (303, "/")


def test_of_a_crowd_at_the_door_only_so_many_wait() -> None:
    done, refused = Event(), []

    async def one() -> None:
        try:
            await slowly(done.wait, 5)
        except HTTPException as error:
            refused.append(error.status_code)
            done.set()

    async def crowd() -> None:
        async with anyio.create_task_group() as group:
            for _ in range(2 + MOST_WAITING + 3):
                group.start_soon(one)

    apart(crowd)
    assert refused == [503] * 3


def test_each_sign_in_makes_a_new_session_and_ends_the_one_before(settings: Settings, ada: str) -> None:
    there = visitor(settings)
    sign_in(there, ada, GOOD)
    old = dict(there.cookies)
    sign_in(there, ada, GOOD)
    assert old["desk-8070"] != there.cookies["desk-8070"]
    other = visitor(settings, cookies={"desk-8070": old["desk-8070"]})
    assert other.get("/", follow_redirects=False).status_code == 303


@pytest.mark.parametrize("spoil", [lambda c: c[:-3] + "abc", lambda c: "x", lambda c: ""], ids=["changed", "x", "none"])
def test_a_cookie_that_we_did_not_sign_is_nobodys(settings: Settings, spoil: object) -> None:
    there = client(settings)
    there.cookies.set("desk-8070", spoil(there.cookies["desk-8070"]), domain="127.0.0.1", path="/")  # type: ignore[operator]
    other = visitor(settings, cookies={"desk-8070": spoil("eyJ0b2tlbiI6ICJ4In0=.abc.def")})  # type: ignore[operator]
    assert other.get("/", follow_redirects=False).status_code == 303


def test_signing_out_ends_the_session_for_who_kept_the_cookie_too(settings: Settings, clock: Clock) -> None:
    there = client(settings, now=clock)
    kept = there.cookies["desk-8070"]
    assert there.post("/sign-out", follow_redirects=False).headers["location"] == "/sign-in"
    assert visitor(settings, now=clock, cookies={"desk-8070": kept}).get("/", follow_redirects=False).status_code == 303


def test_a_session_that_is_not_used_ends_and_use_is_written_once_a_minute(settings: Settings, clock: Clock) -> None:
    there = client(settings, now=clock)

    def seen_at() -> str:
        with closing(connect_private(settings.private)) as db:
            return str(db.conn.execute("select seen_at from sessions").fetchone()[0])

    clock.now += timedelta(seconds=59)
    there.get("/guide")
    assert seen_at() == "2026-05-01T09:30:00Z"
    clock.now += timedelta(seconds=1)
    there.get("/guide")
    assert seen_at() == "2026-05-01T09:31:00Z"
    clock.now += timedelta(hours=12)
    assert there.get("/guide", follow_redirects=False).status_code == 303


def test_the_first_start_makes_an_operator_once(settings: Settings) -> None:
    shown = desk.serve.first_link(settings)
    assert shown
    there = visitor(settings)
    assert "Nobody may use this desk yet" in there.get("/sign-in").text
    path = shown.removeprefix("http://127.0.0.1:8070")
    for _ in range(2):  # looking does not use it up
        assert "Make the first operator" in there.get(path).text
    form = {"name": "Ada", "password": GOOD, "again": GOOD}
    for wrong, says in (
        ({"again": "x"}, "not the same"),
        ({"password": "x", "again": "x"}, "12 to 200"),
        ({"name": ""}, "1 to 60"),
    ):
        answer = there.post(path, data=form | wrong)
        assert answer.status_code == 400 and says in answer.text
    assert there.post(path, data=form, follow_redirects=False).headers["location"] == "/"
    assert "People" in there.get("/").text
    assert there.post(path, data=form).status_code == 404
    assert desk.serve.first_link(settings) is None
    assert sign_in(visitor(settings), "ada", GOOD) == (303, "/")


def test_a_link_sets_a_password_and_the_old_sessions_end(settings: Settings, ada: str) -> None:
    there = client(settings, name=ada)
    with closing(connect_private(settings.private)) as db:
        path = "/link/" + invite(db, Purpose.PASSWORD, somebody(settings, ada), at=datetime.now(UTC), origin=HERE)
    other, new = visitor(settings), "nine slow paper boats"
    assert other.post(path, data={"password": new, "again": new}, follow_redirects=False).status_code == 303
    assert there.get("/", follow_redirects=False).status_code == 303
    assert sign_in(visitor(settings), ada, GOOD)[0] == 401
    assert sign_in(visitor(settings), ada, new) == (303, "/")


def test_a_part_of_a_page_that_needs_signing_in_leads_the_whole_page_there(settings: Settings) -> None:
    there = visitor(settings)
    headers = {"hx-request": "true", "hx-current-url": "http://127.0.0.1:8070/?sector=bank"}
    for method, path in (("GET", "/?words=a"), ("POST", "/cluster/a/approve")):
        answer = there.request(method, path, headers=headers)
        assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/sign-in?next=%2F%3Fsector%3Dbank")
        assert answer.text == ""


@pytest.fixture(scope="module")
def at_desk(tmp_path_factory: pytest.TempPathFactory) -> Visitor:
    """Somebody who is signed in, at a desk where nothing is changed."""
    return client(Settings(data=tmp_path_factory.mktemp("data")))


FORM = {"content-type": "application/x-www-form-urlencoded"}
MULTIPART = "multipart/form-data"


@pytest.mark.parametrize(
    ("sent", "status", "says"),
    [
        pytest.param((FORM, b"name=x"), 403, TOO_OLD, id="no token"),
        pytest.param((FORM, b"csrftoken=x"), 403, TOO_OLD, id="a wrong token"),
        pytest.param((FORM, "csrftoken=å".encode()), 400, BROKEN, id="a token that is not ASCII"),
        pytest.param((FORM, b"csrftoken=\xff\xfe"), 400, BROKEN, id="a body that is no UTF-8"),
        pytest.param(({"x-csrftoken": "å"}, b""), 400, BROKEN, id="a header that is not ASCII"),
        pytest.param(({"content-type": MULTIPART}, b"x"), 400, BROKEN, id="multipart without a boundary"),
        pytest.param(
            ({"content-type": f"{MULTIPART}; boundary=b"}, b"--c\r\n\r\n"), 400, BROKEN, id="broken multipart"
        ),
        pytest.param(({"content-type": f"{MULTIPART}; boundary="}, b"--\r\n"), 400, BROKEN, id="an empty boundary"),
        pytest.param(({"content-type": "text/plain"}, b"csrftoken=x"), 403, TOO_OLD, id="another kind of body"),
        pytest.param(({"content-type": "application/json"}, b"{}"), 403, TOO_OLD, id="JSON"),
        pytest.param(({}, b""), 403, TOO_OLD, id="nothing at all"),
        pytest.param(({"authorization": "Bearer x"}, b""), 403, TOO_OLD, id="what a proxy knows them by"),
        pytest.param((FORM, b"x" * (MOST_BODY_BYTES + 1)), 413, "Content Too Large", id="too long"),
    ],
)
@pytest.mark.parametrize("cookies", [True, False], ids=["with cookies", "without"])
def test_what_changes_something_carries_the_token(
    at_desk: Visitor, sent: tuple[dict[str, str], bytes], status: int, says: str, cookies: bool
) -> None:
    there = Visitor(at_desk.app, base_url="http://127.0.0.1:8070", raise_server_exceptions=False)
    there.cookies = at_desk.cookies if cookies else there.cookies
    headers = {name.encode(): value.encode() for name, value in sent[0].items()}
    answer = there.post("/cluster/a/approve", content=sent[1], headers=headers)
    assert (answer.status_code, says in answer.text) == (status, True)
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_who_is_ended_while_their_form_trickles_in_changes_nothing(settings: Settings) -> None:
    there = client(settings, role=Role.OPERATOR)
    number = somebody(settings, "Ada").number
    parts = [f"{FIELD}={there.token}&name=Eve&".encode(), b"role=operator"]
    said: list[Message] = []

    async def receive() -> Message:
        if len(parts) == 1:
            with closing(connect_private(settings.private)) as db:
                end_all(db, number, name="Ada", at=datetime.now(UTC), origin=HERE)
        return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

    async def send(message: Message) -> None:
        said.append(message)

    cookies = "; ".join(f"{name}={value}" for name, value in there.cookies.items())
    given = {"host": "127.0.0.1:8070", "cookie": cookies} | FORM
    headers = [(name.encode(), value.encode()) for name, value in given.items()]
    asked = {"type": "http", "method": "POST", "path": "/people", "query_string": b"", "headers": headers}
    apart(there.app, asked, receive, send)
    assert (said[0]["status"], dict(said[0]["headers"])[b"location"]) == (303, b"/sign-in")
    with closing(connect_private(settings.private)) as db:
        assert [who.name for who in people(db)] == ["Ada"]


@pytest.mark.parametrize(
    "cookie",
    [b"\xff\xfe=\xff", b"a(b=1; c@d=2", b"desk-8070=\xff; zone=\xff", b"zone=Nowhere/At-all", b"zone=../../etc/passwd"],
)
def test_what_other_programs_set_as_cookies_harms_nobody(settings: Settings, cookie: bytes) -> None:
    there = client(settings)
    own = "; ".join(f"{name}={value}" for name, value in there.cookies.items()).encode()
    assert there.get("/guide", headers={b"cookie": cookie + b"; " + own}).status_code == 200
    assert there.get("/sign-in", headers={b"cookie": cookie}).status_code == 200


def test_the_audit_tells_what_happened_at_the_door(settings: Settings, ada: str) -> None:
    there = visitor(settings, headers={"user-agent": "B" * 999})
    sign_in(there, ada, "wrong")
    sign_in(there, ada, GOOD)
    there.post("/people", data={"name": "Bo", "role": "reader"})
    bo = somebody(settings, "Bo").number
    there.post(f"/people/{bo}/role", data={"role": "editor"})
    other = visitor(settings)
    other.post(link(settings, "Bo"))
    there.post(f"/people/{bo}/sessions")
    there.post(f"/people/{bo}/end")
    there.post("/sign-out")
    told = [(row.outcome, row.name) for row in reversed(audit(settings)) if row.who != HERE.who]
    assert told == [
        ("failed", "Ada"),
        ("signed in", "Ada"),
        ("added", "Bo"),
        ("link made", "Bo"),
        ("role changed", "Bo"),
        ("link used", "Bo"),
        ("signed in", "Bo"),
        ("sessions ended", "Bo"),
        ("let in no more", "Bo"),
        ("signed out", "Ada"),
    ]
    assert {len(row.agent) for row in audit(settings) if row.who == "Ada"} == {200}
