"""The public form, asked over HTTP: what readers see and send, what is kept where, what comes of hostile input."""

import re
import stat
import urllib.parse
import urllib.request
from datetime import datetime, timedelta
from pathlib import Path
from time import process_time

import pytest
from itsdangerous import URLSafeSerializer
from starlette.testclient import TestClient

from config import ConfigError, Settings
from reading import sent
from reading.sent import CONSENT, address
from storage import arrivals, contacts, submissions
from storage.database import Database, connect, connect_private
from storage.sessions import secret
from storage.submissions import Submitted
from submissions import serve
from submissions.app import FEWEST_SECONDS, MOST_BODY_BYTES, application
from tests.builders import NOW

STORY = (
    "The bus had gone and it was raining hard. The driver of the next one stopped, let me in and brought me home,\n"
    "twenty kilometres out of his way. <script>alert('Ola & co')</script>"
)
LINK = {"kind": "link", "url": "https://blog.example/a-story"}
OWN = {"kind": "text", "words": STORY, "consent": "yes", "name": "Ellen Vik", "mail": "ellen@example.org"}


class Reader:
    """Somebody with a browser, and a clock of their own."""

    def __init__(self, folder: Path, **settings: object) -> None:
        self.settings = Settings(data=folder, **{"submissions": True} | settings)  # type: ignore[arg-type]
        self.now, self.wait = NOW, timedelta(seconds=FEWEST_SECONDS)
        self.browser = TestClient(application(self.settings, lambda: self.now), base_url="http://127.0.0.1:8072")

    def began(self) -> str:
        found = re.search(r'name="began" value="([^"]+)"', self.browser.get("/").text)
        assert found
        return found[1]

    def send(self, headers: dict[str, str] | None = None, /, **form: str) -> tuple[int, str]:
        """The status of the first answer, and the page that it leads to."""
        form = {"began": self.began()} | form
        self.now += self.wait
        answer = self.browser.post("/", data=form, headers=headers)
        return (answer.history or [answer])[0].status_code, answer.text

    @property
    def db(self) -> Database:
        return connect(self.settings.database)

    @property
    def private(self) -> Database:
        return connect_private(self.settings.data / "private.db")

    def kept(self) -> list[Submitted]:
        return [submissions.get(self.db, row["number"]) for row in self.db.table("submissions").rows]


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    return Reader(tmp_path)


def test_a_link_is_kept_and_thanked_for(reader: Reader) -> None:
    status, page = reader.send(**LINK, title="The driver", language="en")
    assert status == 303
    assert "Thank you" in page
    (kept,) = reader.kept()
    assert (kept.kind, kept.url, kept.title, kept.language, kept.who) == ("link", LINK["url"], "The driver", "en", None)
    assert contacts.of(reader.private, [kept.number]) == {}


def test_contact_and_consent_are_kept_apart_from_the_story(reader: Reader) -> None:
    reader.send(**OWN, printed="E. V.")
    (kept,) = reader.kept()
    assert (kept.words, kept.printed) == (STORY, "E. V.")
    found = contacts.of(reader.private, [kept.number])[kept.number]
    assert (found.name, found.mail, found.consent) == ("Ellen Vik", "ellen@example.org", CONSENT)
    for file in reader.settings.data.glob("goodturn.db*"):
        assert b"Ellen" not in file.read_bytes()
    assert stat.S_IMODE((reader.settings.data / "private.db").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("form", "field", "said"),
    [
        pytest.param({}, "kind", "Choose what you have", id="no kind"),
        pytest.param({"kind": "feed"}, "kind", "Choose what you have", id="another kind"),
        pytest.param({"kind": "link"}, "url", "Give the whole address", id="no address"),
        pytest.param({"kind": "video", "url": "my film"}, "url", "Give the whole address", id="no web address"),
        pytest.param({**LINK, "url": "https://e.example/" + "a" * 2000}, "url", "Shorten it", id="long address"),
        pytest.param({**LINK, "title": "a" * 201}, "title", "Shorten it to 200", id="long title"),
        pytest.param({**LINK, "words": "a" * 20_001}, "words", "Shorten it to 20,000", id="long words"),
        pytest.param({**OWN, "words": "It was nice."}, "words", "Tell the story", id="no story"),
        pytest.param({**OWN, "consent": ""}, "consent", "We need your consent", id="no consent"),
        pytest.param({**OWN, "mail": "ellen"}, "mail", "Give an address like", id="no mail address"),
        pytest.param(
            {**OWN, "mail": "a@b.example\r\nBcc: c@d.example"}, "mail", "Give an address like", id="two headers"
        ),
        pytest.param({**LINK, "language": "xx"}, "language", "Choose one", id="no such language"),
    ],
)
def test_a_mistake_is_told_beside_its_field_and_what_was_typed_stays(
    reader: Reader, form: dict[str, str], field: str, said: str
) -> None:
    status, page = reader.send(**form)
    assert status == 422
    assert re.search(rf'id="{field}-wrong">{said}', page)
    assert f'aria-describedby="{field}-wrong' in page
    assert f'<a href="#{field if field != "kind" else "kind-link"}">{said}' in page
    assert form.get("url", "") in page
    assert form.get("name", "") in page
    assert reader.kept() == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("https://blog.example/a?b=c#d", "https://blog.example/a?b=c#d"),
        ("blog.example/a", "https://blog.example/a"),
        ("www.blog.example", "https://www.blog.example"),
        ("HTTP://Blog.example/", "HTTP://Blog.example/"),
        ("javascript:alert(1)", None),
        ("javascript://blog.example/%0aalert(1)", None),
        ("data:text/html,<b>", None),
        ("file:///etc/passwd", None),
        ("ftp://blog.example/a", None),
        ("//blog.example/a", None),
        ("https://", None),
        ("https://ada:secret@blog.example/", None),
        ("https://blog.example:port/", None),
        ("http://[::1", None),
        ('https://blog.example/"><b>', None),
        ("https://blog.example/a b", None),
        ("https://blog.example\\@evil.example/", None),
        ("", None),
    ],
)
def test_only_a_web_address_is_taken(typed: str, meant: str | None) -> None:
    assert address(typed) == meant


def test_what_cannot_be_seen_is_taken_out_and_markup_stays_text(reader: Reader) -> None:
    words = f"\x00One\x1b[31m\u202e line\r\n\r\n \t \n<b>{'two ' * 20}</b>\ud800".encode("utf-8", "replace").decode()
    reader.send(kind="text", consent="yes", words=words, title="A\r\nB\x00", printed="\u2066<i>Ola</i>")
    (kept,) = reader.kept()
    assert kept.words == f"One[31m line\n<b>{'two ' * 20}</b>?"
    assert (kept.title, kept.printed) == ("A B", "<i>Ola</i>")
    assert "&lt;b&gt;" in sent.entry(1, kept.sent, NOW.date()).html
    _, page = reader.send(kind="text", words="</textarea><script>alert(1)</script>")
    assert "<script" not in page
    assert "&lt;/textarea&gt;&lt;script&gt;" in page


@pytest.mark.parametrize(
    ("body", "type", "status"),
    [
        pytest.param(b"kind=link&url=%ff%fe%00", "application/x-www-form-urlencoded", 422, id="no UTF-8"),
        pytest.param(b"\xff\xfe=%&&&;=%zz&kind", "application/x-www-form-urlencoded", 422, id="no form"),
        pytest.param(b"kind=link&kind=text&kind=" + b"a" * 999, "application/x-www-form-urlencoded", 422, id="thrice"),
        pytest.param(b"a=1&" * 1000, "application/x-www-form-urlencoded", 400, id="a thousand fields"),
        pytest.param(b"words=" + b"a" * MOST_BODY_BYTES, "application/x-www-form-urlencoded", 413, id="huge"),
        pytest.param(b"{}", "application/json", 415, id="JSON"),
        pytest.param(b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x", 415, id="files"),
        pytest.param(b"", "application/x-www-form-urlencoded; charset=utf-7", 422, id="nothing"),
        pytest.param(b"kind=text", "", 415, id="no type"),
    ],
)
def test_a_body_that_is_no_form_of_ours_is_refused(reader: Reader, body: bytes, type: str, status: int) -> None:
    answer = reader.browser.post("/", content=body, headers={"content-type": type})
    assert answer.status_code == status
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert reader.kept() == []


def test_a_machine_that_fills_all_fields_is_thanked_and_kept_nowhere(reader: Reader) -> None:
    status, page = reader.send(**LINK, website="https://spam.example")
    assert (status, "Thank you" in page) == (303, True)
    assert reader.kept() == []
    assert reader.private.table("arrivals").count == 0


def test_who_is_faster_than_any_person_is_asked_to_look_again(reader: Reader) -> None:
    reader.wait = timedelta(seconds=1)
    assert reader.send(**LINK)[0] == 422
    assert reader.send(**LINK, began="forged")[0] == 422
    assert reader.kept() == []
    reader.wait = timedelta(hours=9)
    assert reader.send(**LINK)[0] == 303


def test_five_an_hour_and_twenty_a_day_may_be_sent_from_one_address_also_after_a_restart(tmp_path: Path) -> None:
    reader, sent_at = Reader(tmp_path), 0
    for number in range(5):
        assert reader.send(**LINK, title=str(number))[0] == 303
    status, page = reader.send(**LINK, title="kept as typed")
    assert (status, "in an hour" in page, "kept as typed" in page) == (429, True, True)
    again = Reader(tmp_path)
    again.now = reader.now
    assert again.send(**LINK)[0] == 429
    for hour in range(1, 5):
        again.now = reader.now + timedelta(hours=hour)
        sent_at += sum(again.send(**LINK, title=f"{hour} {number}")[0] == 303 for number in range(5))
    assert sent_at == 15
    again.now += timedelta(days=1)
    assert again.send(**LINK)[0] == 303


def test_all_together_may_send_two_hundred_an_hour(reader: Reader) -> None:
    private = reader.private
    assert sum(arrivals.admitted(private, f"192.0.2.{number}", NOW) for number in range(210)) == 200
    assert reader.send(**LINK)[0] == 429


def test_addresses_are_kept_as_keyed_hashes_for_a_day(tmp_path: Path) -> None:
    private = connect_private(tmp_path / "private.db")
    for address_ in ("198.51.100.7", "2001:db8:1:2::3", "::ffff:198.51.100.7"):
        assert arrivals.admitted(private, address_, NOW)
    key = secret(private, arrivals.SECRET)
    known = [row["who"] for row in private.table("arrivals").rows]
    assert known == [arrivals.sender(key, each) for each in ("198.51.100.7", "2001:db8:1:2:ffff::", "198.51.100.7")]
    assert arrivals.sender("another key", "198.51.100.7") not in known
    assert b"198.51.100.7" not in b"".join(file.read_bytes() for file in tmp_path.iterdir() if file.is_file())
    assert arrivals.forget(private, NOW + timedelta(days=1)) == 3


def test_forwarded_addresses_are_nobodys_word_unless_an_own_server_says_them(reader: Reader) -> None:
    for number in range(5):
        reader.send({"x-forwarded-for": f"192.0.2.{number}"}, **LINK, title=str(number))
    assert reader.send({"x-forwarded-for": "192.0.2.99"}, **LINK)[0] == 429


def test_no_answer_runs_a_script_sets_a_cookie_or_is_kept(reader: Reader) -> None:
    for path in ("/", "/thanks", "/nowhere", "/static/submit.css"):
        answer = reader.browser.get(path)
        assert "script" not in answer.text
        assert "set-cookie" not in answer.headers
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
    assert not re.search(r"style=|\son\w+=", reader.browser.get("/").text)


@pytest.mark.parametrize("path", ["/thanks/", "/static", "/stories/thanks/"])
def test_no_answer_leads_to_the_host_that_was_asked_for(tmp_path: Path, path: str) -> None:
    reader = Reader(tmp_path, submit_site="https://example.org/stories/")
    answer = reader.browser.get(path, headers={"host": "evil.example"}, follow_redirects=False)
    assert (answer.status_code, answer.headers.get("location")) == (404, None)


def test_a_long_blank_takes_no_time() -> None:
    began = process_time()
    assert sent.fields({"words": "One" + " \u2800" * 140_000 + "\n \n two"})["words"] == "One\ntwo"
    assert sent.fields({"words": " " * 280_000 + "x"})["words"] == "x"
    assert process_time() - began < 3


def test_each_field_has_a_label_and_headings_are_in_order(reader: Reader) -> None:
    _, page = reader.send(kind="link")
    ids = re.findall(r'<(?:input|select|textarea) [^>]*?id="([^"]+)"', page)
    assert set(ids) <= set(re.findall(r'<label for="([^"]+)"', page))
    described = " ".join(re.findall(r'aria-describedby="([^"]+)"', page)).split()
    assert set(described) <= set(re.findall(r'id="([^"]+)"', page))
    assert re.findall(r"<h(\d)", page) == ["1", "2"]


def test_it_works_under_a_path_whether_or_not_the_proxy_cuts_it_off(tmp_path: Path) -> None:
    reader = Reader(tmp_path, submit_site="https://example.org/stories/")
    for path in ("/stories/", "/stories", "/"):
        page = reader.browser.get(path).text
        assert 'action="/stories/"' in page
        assert 'href="/stories/static/submit.css"' in page
    assert reader.browser.get("/stories/static/submit.css").status_code == 200
    began = reader.began()
    reader.now += reader.wait
    answer = reader.browser.post("/stories/", data=LINK | {"began": began}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/stories/thanks")


@pytest.mark.parametrize(("proxies", "counted"), [("", 1), ("127.0.0.1", 2)], ids=["alone", "behind a proxy"])
def test_it_is_served_on_a_port_of_its_own_and_believes_its_own_proxy(
    tmp_path: Path, proxies: str, counted: int
) -> None:
    running = serve.start(Settings(data=tmp_path, submissions=True, submit_port=0, submit_proxies=proxies))
    private = connect_private(tmp_path / "private.db")
    try:
        with urllib.request.urlopen(running.address) as answer:
            assert "Send us a story" in answer.read().decode()
        for number in (1, 2):
            began = _signed(secret(private, arrivals.SECRET), NOW)
            body = urllib.parse.urlencode(OWN | {"began": began, "title": str(number)}).encode()
            said = {"X-Forwarded-For": f"203.0.113.9, 198.51.100.{number}"}
            with urllib.request.urlopen(urllib.request.Request(running.address, body, said)) as answer:
                assert answer.url.endswith("/thanks")
    finally:
        running.stop()
    assert connect(tmp_path / "goodturn.db").table("submissions").count == 2
    assert len({row["who"] for row in private.table("arrivals").rows}) == counted


def _signed(key: str, at: datetime) -> str:
    return str(URLSafeSerializer(key, salt="began").dumps(int(at.timestamp())))


def test_it_is_off_until_it_is_switched_on(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="set submissions = true"):
        serve.start(Settings(data=tmp_path))
