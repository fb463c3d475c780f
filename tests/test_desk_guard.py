"""Nobody but this machine's own browser, on the desk's own pages, reaches the desk."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from config import Settings
from storage.database import connect
from storage.log import history
from tests.builders import tell
from tests.signed_in import client

OWN = "127.0.0.1:8070"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(data=tmp_path)
    tell(connect(settings.database), "a")
    return settings


@pytest.fixture
def desk(settings: Settings) -> TestClient:
    return client(settings, raise_server_exceptions=False)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        pytest.param(OWN, 200, id="loopback"),
        pytest.param("localhost:8070", 200, id="its name"),
        pytest.param("127.0.0.1:8071", 403, id="another port"),
        pytest.param("127.0.0.1", 403, id="no port"),
        pytest.param("evil.example:8070", 403, id="a name that was bent to point here"),
        pytest.param("127.0.0.1.evil.example:8070", 403, id="a name that begins like ours"),
        pytest.param("", 403, id="none"),
    ],
)
def test_only_a_loopback_name_with_our_port_is_answered(desk: TestClient, host: str, status: int) -> None:
    assert desk.get("/", headers={"host": host}).status_code == status


@pytest.mark.parametrize(
    ("headers", "comes_in"),
    [
        pytest.param({"sec-fetch-site": "same-origin"}, True, id="our own page"),
        pytest.param({"sec-fetch-site": "cross-site"}, False, id="a foreign page"),
        pytest.param({"sec-fetch-site": "same-site"}, False, id="another port of this machine"),
        pytest.param({"origin": f"http://{OWN}"}, True, id="our own page in an old browser"),
        pytest.param({"origin": "http://evil.example"}, False, id="a foreign page in an old browser"),
        pytest.param({"origin": "null"}, False, id="a page without an origin"),
        pytest.param({"sec-fetch-site": "cross-site", "origin": f"http://{OWN}"}, False, id="both must hold"),
        pytest.param({}, True, id="no browser"),
    ],
)
def test_only_our_own_page_decides(
    desk: TestClient, settings: Settings, headers: dict[str, str], comes_in: bool
) -> None:
    answer = desk.post("/cluster/a/approve", data={"seen": "0"}, headers=headers, follow_redirects=False)
    assert answer.status_code == (303 if comes_in else 403)
    assert len(history(connect(settings.database), "a")) == comes_in


@pytest.mark.parametrize("path", ["/", "/cluster/a", "/nowhere", "/static/desk.css", "/?language=xx"])
def test_every_answer_forbids_foreign_scripts_and_frames(desk: TestClient, path: str) -> None:
    policy = desk.get(path).headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy


def test_pages_are_not_kept_by_the_browser_and_static_files_are(desk: TestClient) -> None:
    assert desk.get("/").headers["cache-control"] == "no-store"
    assert "immutable" in desk.get("/static/desk.css").headers["cache-control"]


def test_a_broken_desk_answers_with_its_own_page_and_its_headers(desk: TestClient, settings: Settings) -> None:
    db = connect(settings.database)
    tell(db, "a")
    db.conn.execute("update stories set companies = 'no list'")
    answer = desk.get("/")
    assert answer.status_code == 500 and "Something broke" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
