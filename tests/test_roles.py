"""Who may do what at the desk, under which address it stands, and in whose time its moments are shown."""

import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from click.testing import CliRunner, Result
from starlette.applications import Starlette
from starlette.requests import Request as Asked
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

import desk.serve
from config import ConfigError, Settings
from desk.app import application
from desk.asking import UTC, Asking, SignInError, admitting
from desk.place import place_of, warnings
from storage import passwords
from storage.database import Database, connect, connect_private
from storage.decisions import decide
from storage.log import Verb, history
from storage.logins import logins
from storage.people import Person, Role
from tests.builders import NOW, tell
from tests.signed_in import CHEAP, TOKEN_FIELD, Visitor, client, give_password, somebody, visitor
from verbs.people import people

GOOD = "four quiet brown kettles"
SITE = "https://desk.example.org/goodturn"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing that takes no time; the real parameters have a test of their own."""
    monkeypatch.setattr(passwords, "_HASHER", CHEAP)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path)


@pytest.fixture
def db(settings: Settings) -> Iterator[Database]:
    db = connect(settings.database)
    tell(db, "a")
    tell(db, "b")
    yield db
    db.close()


READS = ["/", "/cluster/a", "/log", "/guide", "/you"]
DECIDES = ["/cluster/a/approve", "/cluster/a/merge", "/cluster/a/apart", "/cluster/a/split"]
OPERATES = ["/people", "/people/log", "/people/1"]
LETS_IN = ["/people", "/people/1/role", "/people/1/link", "/people/1/end", "/people/1/sessions", "/people/1/sessions/1"]


def test_every_address_needs_a_role(settings: Settings, db: Database) -> None:
    desks = {role: client(settings, role=role, name=role) for role in Role} | {None: visitor(settings)}
    for role, there in desks.items():
        may = [role is not None, role is not None and role.may(Role.EDITOR), role is Role.OPERATOR]
        for method, paths, allowed in (
            ("GET", READS, may[0]),
            ("POST", DECIDES, may[1]),
            ("GET", OPERATES, may[2]),
            ("POST", LETS_IN, may[2]),
        ):
            for path in paths:
                answer = there.request(method, path, follow_redirects=False)
                if allowed:
                    assert answer.status_code not in (403, 500) and "sign-in" not in answer.headers.get("location", "")
                elif role:
                    assert answer.status_code == 403 and "perator" in answer.text, (role, path)
                else:
                    assert answer.headers["location"].startswith("/sign-in"), path


@pytest.mark.parametrize(
    ("role", "seen", "sent"), [(Role.READER, 200, 403), (Role.EDITOR, 200, 200), (Role.OPERATOR, 200, 200)]
)
def test_a_route_that_says_nothing_needs_an_editor_to_change_and_a_reader_to_see(
    role: Role, seen: int, sent: int
) -> None:
    async def asked_by(scope: Scope, receive: Receive, send: Send) -> None:
        who = Person(number=1, name="Ada", role=role, zone=None, able=True)
        await app({**scope, "asking": Asking(person=who, session=None, zone=UTC)}, receive, send)

    routes = [Route("/", lambda request: PlainTextResponse("in")), Route("/", open_door, methods=["POST"])]
    app = Starlette(routes=admitting(routes))
    assert (TestClient(asked_by).get("/").status_code, TestClient(asked_by).post("/").status_code) == (seen, sent)
    with pytest.raises(SignInError):
        TestClient(app).get("/")


async def open_door(request: Asked) -> Response:
    return PlainTextResponse("in")


def test_no_route_of_the_desk_is_open_but_those_that_lead_in(settings: Settings, db: Database) -> None:
    there, opened = visitor(settings), set()
    for route in application(settings).routes:
        if isinstance(route, Route):
            path = re.sub(r"\{\w+\}", "1", route.path)
            answer = there.request("POST" if "POST" in (route.methods or ()) else "GET", path, follow_redirects=False)
            if not answer.headers.get("location", "").startswith("/sign-in"):
                opened.add(route.path)
    assert opened == {"/sign-in", "/link/{token}"}


def test_a_reader_sees_everything_and_no_button_that_changes_it(settings: Settings, db: Database) -> None:
    decide(db, "b", Verb.APPROVE, who="Ada", at=NOW)
    reader, editor = client(settings, role=Role.READER, name="Bo"), client(settings)
    for path in ("/cluster/a", "/cluster/b", "/cluster/b?done=1", "/", "/log"):
        posts = set(re.findall(r'(?:action|formaction)="(/[^"?]*)', reader.get(path).text)) - {"/", "/sign-out"}
        assert posts <= {"/log"}  # where it is searched
        pressed = re.findall("<button[^>]*>([^<]*)", reader.get(path).text.split("<main")[1].split("<dialog")[0])
        assert set(pressed) <= {"Search"}
    assert 'class="approve"' in editor.get("/cluster/a").text


def test_the_log_names_who_decided(settings: Settings, db: Database) -> None:
    client(settings, name="Søren Ægir").post("/cluster/a/approve", data={"seen": "0"})
    assert history(db, "a")[-1].who == "Søren Ægir"


def test_an_operator_lets_somebody_in_and_ends_them(settings: Settings, db: Database) -> None:
    give_password(settings, somebody(settings, "Ada", Role.OPERATOR).name, CHEAP.hash(GOOD))
    ada = client(settings)
    page = ada.post("/people", data={"name": "Bo <b>", "role": "reader"}).text
    made = re.search(r'value="http://127\.0\.0\.1:8070(/link/[^"]+)"', page)
    assert made and "Bo &lt;b&gt;" in page and made[1] not in ada.get("/people").text
    bo = visitor(settings)
    bo.post(made[1], data={"password": GOOD, "again": GOOD})
    number = somebody(settings, "Bo <b>").number
    assert "testclient" in ada.get(f"/people/{number}").text
    assert ada.post("/people", data={"name": "BO <b>", "role": "editor"}).status_code == 400
    assert ada.post("/people", data={"name": "Cy", "role": "king"}).status_code == 400
    ada.post(f"/people/{number}/end")
    assert bo.get("/", follow_redirects=False).status_code == 303 and "ended" in ada.get("/people").text
    assert "last operator" in ada.post("/people/1/end").text
    for path in ("/people/99", "/people/99/end"):
        assert ada.request("POST" if path.endswith("end") else "GET", path).status_code == 404
    assert ada.get("/people/9999999999999999999").status_code == 400


def test_you_change_your_password_and_this_browser_stays(settings: Settings) -> None:
    give_password(settings, somebody(settings, "Ada", Role.READER).name, CHEAP.hash(GOOD))
    here, elsewhere = client(settings), client(settings)
    new = "nine slow paper boats"
    for form, says in (
        ({"old": "wrong", "password": new, "again": new}, "not your password"),
        ({"old": GOOD, "password": new, "again": "x"}, "not the same"),
        ({"old": GOOD, "password": "x", "again": "x"}, "12 to 200"),
    ):
        answer = here.post("/you/password", data=form)
        assert answer.status_code == 400 and says in answer.text
    assert here.post("/you/password", data={"old": GOOD, "password": new, "again": new}).url.path == "/you"
    assert here.get("/", follow_redirects=False).status_code == 200
    assert elsewhere.get("/", follow_redirects=False).status_code == 303


def test_you_see_where_you_are_signed_in_and_end_it(settings: Settings) -> None:
    here, elsewhere, bo = client(settings), client(settings), client(settings, name="Bo")
    page = here.get("/you").text
    ends = re.findall(r'action="(/you/sessions/\d+)"', page)
    assert len(ends) == 2 and page.count("This browser") == 1
    bo.post(ends[0])
    assert elsewhere.get("/you", follow_redirects=False).status_code == 200  # only one's own
    for path in ends:
        if "This browser" not in page.split(path)[0].rsplit("<tr>", 1)[1]:
            here.post(path)
    assert elsewhere.get("/you", follow_redirects=False).status_code == 303
    assert here.post("/you/sessions", follow_redirects=False).headers["location"] == "/sign-in"
    assert here.get("/you", follow_redirects=False).status_code == 303


def test_moments_are_shown_in_the_readers_zone(settings: Settings, db: Database) -> None:
    decide(db, "a", Verb.APPROVE, who="Ada", at=NOW)
    there = client(settings)
    assert '<time datetime="2026-05-01T09:30:00Z">1 May 2026, 09:30 UTC</time>' in there.get("/log").text
    there.cookies.set("zone", "Europe/Copenhagen", domain="127.0.0.1", path="/")
    assert "1 May 2026, 11:30</time>" in there.get("/log").text
    there.post("/you/zone", data={"zone": "Pacific/Auckland"})
    assert "1 May 2026, 21:30</time>" in there.get("/log").text
    assert there.post("/you/zone", data={"zone": "Nowhere"}).status_code == 400


def behind(settings: Settings, **more: str) -> Settings:
    return settings.model_copy(update={"desk_site": SITE} | more)


@pytest.mark.parametrize("kept", [True, False], ids=["a proxy that keeps the prefix", "a proxy that strips it"])
def test_behind_a_proxy_every_address_has_the_prefix(settings: Settings, db: Database, kept: bool) -> None:
    there = visitor(behind(settings), base_url="https://desk.example.org")
    prefix = "/goodturn" if kept else ""
    page = there.get(f"{prefix}/log", follow_redirects=False)
    assert page.headers["location"] == "/goodturn/sign-in?next=%2Flog"
    set_cookie = there.get(f"{prefix}/sign-in", headers={"cookie": ""}).headers["set-cookie"]
    assert "Path=/goodturn" in set_cookie and "Secure" in set_cookie
    signed = client(behind(settings), base_url="https://desk.example.org") if kept else Stripped.client(settings)
    for path in ("", "/", "/cluster/a", "/log", "/guide", "/people", "/you", "/nowhere", "/?language=xx"):
        answer = signed.get(f"{prefix}{path}" or "/")
        addresses = re.findall(r'(?:href|src|action|formaction|hx-get)="(/[^"]*)"', answer.text)
        assert addresses and all(each.startswith("/goodturn/") for each in addresses), path
        assert answer.headers["strict-transport-security"]
    assert signed.get(f"{prefix}/static/desk.css").status_code == 200
    answer = signed.post(f"{prefix}/cluster/a/approve", data={"seen": "0"}, follow_redirects=False)
    assert answer.headers["location"] == "/goodturn/cluster/b?done=1"


class Stripped(Visitor):
    """A visitor behind a proxy that takes the prefix off; the cookies have it still."""

    @staticmethod
    def client(settings: Settings) -> Visitor:
        there = client(behind(settings), base_url="https://desk.example.org", role=Role.OPERATOR)
        own = "; ".join(f"{name}={value}" for name, value in there.cookies.items())
        bare = Visitor(there.app, base_url="https://desk.example.org", headers={"cookie": own})
        bare.token = there.token
        return bare


@pytest.mark.parametrize(
    ("host", "headers", "status"),
    [
        pytest.param("desk.example.org", {"origin": "https://desk.example.org"}, 303, id="our own page"),
        pytest.param("127.0.0.1:8070", {"origin": "https://desk.example.org"}, 303, id="a proxy that names itself"),
        pytest.param("DESK.example.org:443", {"sec-fetch-site": "same-origin"}, 303, id="with a port, in capitals"),
        pytest.param("desk.example.org", {"origin": "http://desk.example.org"}, 403, id="the same without https"),
        pytest.param("desk.example.org", {"origin": "https://evil.example"}, 403, id="a foreign page"),
        pytest.param("desk.example.org:8070", {}, 403, id="another port"),
        pytest.param("evil.example", {}, 403, id="another name"),
    ],
)
def test_behind_a_proxy_only_our_own_names_and_pages_get_in(
    settings: Settings, db: Database, host: str, headers: dict[str, str], status: int
) -> None:
    there = Stripped.client(settings)
    sent = {"host": host, "cookie": there.headers["cookie"], "x-csrftoken": there.token} | headers
    answer = there.post("/cluster/a/approve", data={"seen": "0"}, headers=sent, follow_redirects=False)
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"desk_site": SITE}, "desk_proxies is empty"),
        ({"desk_site": "http://desk.lan:8070", "desk_bind": "0.0.0.0"}, "travel in the clear"),
        ({"desk_site": SITE, "desk_proxies": "127.0.0.1"}, ""),
        ({"desk_site": "http://127.0.0.1:8070"}, ""),
        ({}, ""),
    ],
)
def test_a_careless_set_up_is_warned_of(tmp_path: Path, given: dict[str, str], says: str) -> None:
    said = warnings(Settings(data=tmp_path, **given))  # type: ignore[arg-type]  # all of these are text
    assert says in " ".join(said) and bool(said) == bool(says)


def test_a_desk_that_others_reach_says_by_which_address(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="set desk_site"):
        desk.serve.start(Settings(data=tmp_path, desk_bind="0.0.0.0", desk_port=0))


@pytest.mark.parametrize(
    "given",
    [
        {"desk_site": "desk.example.org"},
        {"desk_site": "https://desk.example.org/a?b"},
        {"desk_site": "https://u:p@desk.example.org"},
        {"desk_site": "https://desk.example.org//x"},
        {"desk_bind": "everywhere"},
        {"desk_proxies": "*"},
        {"desk_proxies": "127.0.0.1, proxy"},
    ],
    ids=str,
)
def test_a_setting_that_makes_no_sense_is_refused(tmp_path: Path, given: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="desk_"):
        Settings(data=tmp_path, **given)  # type: ignore[arg-type]  # all of these are text


@pytest.mark.parametrize(
    ("site", "root", "origin"),
    [
        ("", "", "http://127.0.0.1:8070"),
        ("https://desk.example.org", "", "https://desk.example.org"),
        ("https://Desk.example.org:8443/a/b/", "/a/b", "https://desk.example.org:8443"),
        ("http://[2001:db8::1]/x", "/x", "http://[2001:db8::1]"),
    ],
)
def test_the_address_of_the_desk_follows_from_its_setting(tmp_path: Path, site: str, root: str, origin: str) -> None:
    place = place_of(Settings(data=tmp_path, desk_site=site))
    assert (place.root, place.origin) == (root, origin)


@pytest.mark.parametrize(
    ("believed", "address"),
    [("", "127.0.0.1"), ("192.0.2.1", "127.0.0.1"), ("127.0.0.0/8", "203.0.113.9")],
    ids=["no proxy", "another proxy", "our proxy"],
)
def test_only_our_proxy_is_believed_who_asks(tmp_path: Path, believed: str, address: str) -> None:
    settings = Settings(data=tmp_path, desk_port=0, desk_proxies=believed)
    running = desk.serve.start(settings)
    with urlopen(f"{running.address}/sign-in") as page:
        cookie, token = page.headers["set-cookie"].partition(";")[0], TOKEN_FIELD.search(page.read().decode())
    assert token
    sent = {"cookie": cookie, "x-csrftoken": token[1], "x-forwarded-for": "198.51.100.1, 203.0.113.9"}
    with pytest.raises(HTTPError, match="401"):
        urlopen(Request(f"{running.address}/sign-in", data=b"name=Ada&password=x", headers=sent))
    running.stop()
    with closing(connect_private(settings.private)) as kept:
        assert [row.address for row in logins(kept, limit=9)] == [address]


def test_people_are_managed_from_the_terminal(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verbs.people.settings", lambda: settings)

    def goodturn(*words: str) -> Result:
        return CliRunner().invoke(people, words, catch_exceptions=False)

    made = goodturn("add", "Ada", "--role", "operator").output
    path = re.search(r"http://127\.0\.0\.1:8070(/link/\S{43})\n", made)
    assert path
    form = {"password": GOOD, "again": GOOD}
    assert visitor(settings).post(path[1], data=form, follow_redirects=False).headers["location"] == "/"
    (row,) = [json.loads(line) for line in goodturn("--json").output.splitlines()]
    assert (row["name"], row["role"], row["password"], bool(row["last_seen"])) == ("Ada", "operator", True, True)
    goodturn("add", "Bo")
    assert "/link/" in goodturn("link", "bo").output and goodturn("role", "Bo", "reader").output == "Bo: reader\n"
    assert "has not set a password yet" in goodturn().output
    for words, says in (
        (("end", "Ada"), "last operator"),
        (("link", "Cy"), "nobody called"),
        (("add", "ADA"), "already"),
    ):
        answer = goodturn(*words)
        assert answer.exit_code == 2 and says in answer.output
    assert goodturn("end", "Bo").exit_code == 0 and "ended" in goodturn().output
