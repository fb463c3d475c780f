"""The desk as it runs for editors, a process of its own on loopback, and a client that is signed in and keeps its
connection.

A time is what a client on the same machine waits for: from the request until the whole answer is there, not compressed.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from pathlib import Path
from time import perf_counter
from urllib.parse import urlencode, urlsplit

from config import PREFIX, Settings
from desk.csrf import FIELD
from desk.serve import entering_link

COMMAND = [sys.executable, "-c", "from cli import main; main()", "desk", "--port", "0"]
ADDRESS = re.compile(r"http://\S+")
TOKEN = re.compile(rf'name="{FIELD}" value="([^"]+)"')
REDIRECTS = (303,)
END_SECONDS = 10
KIB = 1024
NANOSECONDS = 1_000_000  # of a millisecond
LATEST = 999_999_999  # an act that no act comes after: who has seen it has seen all


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back, after how many milliseconds, and how many of them the desk's process was at work."""

    status: int
    location: str
    text: str
    ms: float
    worked: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """The desk while it is served: its address, its process, and how many seconds its start took."""

    address: str
    settings: Settings
    process: int
    seconds: float

    def worked(self) -> float:
        """How long its threads have been at work, milliseconds."""
        threads = Path(f"/proc/{self.process}/task").glob("*/schedstat")
        return sum(int(thread.read_text("ascii").split()[0]) for thread in threads) / NANOSECONDS

    def megabytes(self) -> float:
        """What its process holds in memory now."""
        said = Path(f"/proc/{self.process}/status").read_text("ascii")
        found = re.search(r"VmRSS:\s+(\d+) kB", said)
        return int(found[1]) / KIB if found else float("nan")


@contextmanager
def serve(folder: Path) -> Iterator[Served]:
    """Serve the desk over the databases of a folder."""
    began = perf_counter()
    environment = os.environ | {f"{PREFIX}DATA": str(folder), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(COMMAND, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        said = next((found[0] for line in process.stdout if (found := ADDRESS.search(line)) and "link" not in line), "")
        if not said:
            raise RuntimeError("the desk did not start")
        seconds = perf_counter() - began
        yield Served(address=said, settings=Settings(data=folder), process=process.pid, seconds=seconds)
    finally:
        process.terminate()
        process.wait(END_SECONDS)


class Client:
    """Somebody who is signed in, on one connection."""

    def __init__(self, served: Served, name: str) -> None:
        self.served = served
        link = urlsplit(entering_link(served.settings, served.address, name)).path
        self.cookies: dict[str, str] = {}
        self.connection = HTTPConnection(urlsplit(served.address).netloc)
        self.token = ""
        self.get(link)
        self.post(link, {})
        self.get("/")

    def get(self, path: str) -> Answer:
        """Ask for a page."""
        return self._asked("GET", path, None, {})

    def post(self, path: str, fields: Mapping[str, str | Sequence[str]]) -> Answer:
        """Send a form, as somebody who has seen everything; the answer leads to another page."""
        body = urlencode({FIELD: self.token, "seen": LATEST, **fields}, doseq=True)
        answer = self._asked("POST", path, body, {"content-type": "application/x-www-form-urlencoded"})
        if answer.status not in REDIRECTS:
            raise RuntimeError(f"{path} answered {answer.status}: {answer.text[:500]}")
        return answer

    def _asked(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        worked, began = self.served.worked(), perf_counter()
        try:
            self.connection.request(method, path, body, headers | {"cookie": cookies})
            response = self.connection.getresponse()
        except ConnectionError:  # an idle connection is closed after some seconds
            self.connection.close()
            self.connection.request(method, path, body, headers | {"cookie": cookies})
            response = self.connection.getresponse()
        text = response.read().decode("utf-8")
        ms = (perf_counter() - began) * 1000
        worked = self.served.worked() - worked
        for name, value in response.headers.items():
            if name.lower() == "set-cookie":
                self.cookies |= {key: said.value for key, said in SimpleCookie(value).items()}
        self.token = found[1] if (found := TOKEN.search(text)) else self.token
        return Answer(
            status=response.status, location=response.headers.get("location", ""), text=text, ms=ms, worked=worked
        )
