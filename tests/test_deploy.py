"""What is in deploy/: the files fit the program, and what can be tried on this machine is."""

import getpass
import http.client
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config import NAMES
from tests.web import Web

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
CONF = """
user {user}; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1;
events {{ }}
http {{
    client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
    uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
{server}
}}
"""


def test_the_files_name_only_settings_that_there_are() -> None:
    for path in DEPLOY.iterdir():
        text = path.read_text()
        assert {name.lower() for name in re.findall(r"GOODTURN_([A-Z_]+)", text)} <= set(NAMES), path
    example = (DEPLOY / "nginx.conf").read_text().partition("\n\n")[0]
    named = re.findall(r"^#     (\w+) = ", example, re.M)
    assert named
    assert set(named) <= set(NAMES)


def test_the_container_gets_every_room_that_is_installed() -> None:
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "bench"}
    rooms |= {
        path.parent.name for path in ROOT.glob("*/*.py") if path.parent.name in (ROOT / "pyproject.toml").read_text()
    }
    copied = set(re.findall(r"^COPY (\w+) \1$", (DEPLOY / "Containerfile").read_text(), re.M))
    assert rooms - {"tests", "bench"} == copied


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd on this machine")
def test_the_unit_is_understood_and_exposes_little(tmp_path: Path) -> None:
    unit = (DEPLOY / "goodturn.service").read_text()
    (tmp_path / "goodturn.service").write_text(
        unit.replace("ExecStart=/opt/goodturn/.venv/bin/goodturn", "ExecStart=/bin/true")
    )
    said = subprocess.run(
        ["systemd-analyze", "verify", tmp_path / "goodturn.service"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (said.returncode, said.stderr) == (0, "")


@contextmanager
def nginx(folder: Path, ports: dict[str, int]) -> Iterator[int]:
    """A web server that is set up as the example says, without https, over servers at these ports; its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    told = (DEPLOY / "nginx.conf").read_text().partition("\nserver {\n    listen 80;")[0]
    told = re.sub(r"^    ssl_certificate.*\n", "", told, flags=re.M).replace(
        "listen 443 ssl", f"listen 127.0.0.1:{port}"
    )
    told = told.replace("/var/log/nginx/stories.log", f"{folder}/access.log")
    for was, now in ports.items():
        told = told.replace(f"127.0.0.1:{was}", f"127.0.0.1:{now}")
    (folder / "nginx.conf").write_text(CONF.format(user=getpass.getuser(), folder=folder, server=told))
    process = subprocess.Popen(["nginx", "-c", str(folder / "nginx.conf")], stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.02)
        yield port
    finally:
        process.terminate()
        process.wait()


@pytest.mark.skipif(shutil.which("nginx") is None, reason="there is no nginx on this machine: apt-get install nginx")
def test_the_web_server_of_the_example_leads_to_desk_feeds_and_form(tmp_path: Path) -> None:
    secret = "A" * 43
    with Web() as feeds, Web() as desk, Web() as form:
        feeds.put("/feed.atom", "the feed")
        desk.put("/desk/", "the desk")
        desk.put(f"/desk/link/{secret}", "come in")
        form.put("/send-a-story/", "the form")
        with nginx(tmp_path, {"8071": feeds.port, "8070": desk.port, "8072": form.port}) as port:
            answers = {}
            for path in ("/feed.atom", "/desk/", f"/desk/link/{secret}", "/send-a-story/", "/desk"):
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
                connection.request("GET", path, headers={"Host": "stories.example.org", "X-Forwarded-For": "1.2.3.4"})
                answer = connection.getresponse()
                answers[path] = answer.read().decode() if answer.status == 200 else str(answer.status)
                connection.close()
    assert list(answers.values()) == ["the feed", "the desk", "come in", "the form", "301"]
    assert {asked.headers["host"] for web in (feeds, desk, form) for asked in web.asked} == {"stories.example.org"}
    assert desk.asked[0].headers["x-forwarded-for"] == "127.0.0.1"  # what a client says of itself is not handed on
    log = (tmp_path / "access.log").read_text()
    assert "/feed.atom" in log
    assert secret not in log
