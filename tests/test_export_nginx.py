"""The static export behind a real web server that is set up as the documents say: the addresses, answers and headers
of the live one."""

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

from publish.export import export
from storage.decisions import decide
from storage.filters import Filters
from storage.log import Verb
from storage.searches import save
from tests.builders import NOW
from tests.published import Published

DOCS = Path(__file__).parent.parent / "docs" / "feeds.md"
CONF = """
user {user}; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
    uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
{server}
}}
"""


@contextmanager
def nginx(folder: Path, root: Path) -> Iterator[int]:
    """A web server set up as the documents say; its port."""
    server = re.search(r"^    server \{.*?^    \}", DOCS.read_text(), re.S | re.M)
    assert server
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    told = server[0].replace("listen 80", f"listen 127.0.0.1:{port}").replace("/var/www/stories", str(root))
    folder.mkdir()
    (folder / "nginx.conf").write_text(CONF.format(user=getpass.getuser(), folder=folder, server=told))
    process = subprocess.Popen(["nginx", "-c", str(folder / "nginx.conf")], stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            time.sleep(0.02)
    yield port
    process.terminate()
    process.wait()


@pytest.mark.skipif(shutil.which("nginx") is None, reason="there is no nginx on this machine: apt-get install nginx")
def test_a_web_server_that_is_set_up_as_documented_has_the_same_addresses(tmp_path: Path) -> None:
    many = Published(tmp_path / "data")
    many.tell(*(f"s{number:03}" for number in range(65)), language="da")
    save(many.db, "Hotels", Filters(sector=("hotel",)), who="Ada", at=NOW, public=True)
    decide(many.db, "s003", Verb.REOPEN, who="Ada", at=NOW)
    export(many.settings, tmp_path / "site", NOW)
    with nginx(tmp_path / "nginx", tmp_path / "site") as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        for path in (
            *("/", "/feeds", "/page/2", "/story/s000", "/story/s003", "/story/nowhere", "/embed.da", "/widget.js"),
            *("/feed.atom", "/feed.da.rss", "/feed.json", "/feeds/hotels.json", "/sitemap.xml", "/static/pages.css"),
        ):
            connection.request("GET", path)
            answer = connection.getresponse()
            body, served = answer.read(), many.get(path)
            assert answer.status == served.status_code, path
            if path not in ("/feeds", "/story/nowhere") and "before=" not in served.text:
                assert body == served.content, path
            if answer.status == 200:
                kind = served.headers["content-type"].partition(";")[0]
                assert (answer.headers["content-type"] or "").partition(";")[0] == kind, path
                assert answer.headers["access-control-allow-origin"] == "*", path
                policy = served.headers["content-security-policy"]
                assert answer.headers["content-security-policy"] == policy, path
        connection.close()
    many.close()
