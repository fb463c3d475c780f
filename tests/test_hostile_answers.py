"""Whatever a server sends, and however slowly: its page gets one word and a reason, and the crawl stays small."""

import gzip
import os
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import brotli  # type: ignore[import-untyped]
import pytest
from backports import zstd
from sqlite_utils import Database

from jobs.collect import collect
from reading.charset import decode
from reading.page import Page
from storage import pages
from storage.database import connect
from tests.crawls import settings_in
from tests.hostile import RESET, Hostile, Pieces, dripping, endless, head, moved, page, raw, silence
from tests.web import RULES

MB = 1_048_576
BOMB = 2048  # MB of zeros
LARGEST = 3_000_000  # bytes of a body
MOST_MEMORY = 200  # MB that a crawl may take at its largest: 105 to begin with, and here some 70 answers at once

GARBAGE = ("broken", "its answer is no HTTP")
ENDLESS_HEAD = ("too-large", "its headers have no end")
CUT = ("later", "the connection broke off")
FAILED = ("later", "the connection failed")
SLOW = ("later", "time-out")
TOO_LARGE = ("too-large", "over the setting max_body")
BOMBED = ("too-large", "over the setting max_body when decompressed")
LIE = ("broken", "it is not compressed as it says")
ASTRAY = ("broken", "it redirects to no web address")
ROUND = ("broken", "max redirections reached")
STORED = ("stored", "")
ENCODINGS = ("gzip", "deflate", "br", "zstd")


def chunk(body: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(body), body)


def zeros(compressor: "zlib._Compress") -> bytes:
    """Very many zeros: what is flushed ends at a byte, and so can be repeated."""
    first, again = (compressor.compress(bytes(MB)) + compressor.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    return first + again * (BOMB - 1)


def brotli_zeros() -> bytes:
    compressor = brotli.Compressor(quality=5, lgwin=16)
    first, second, again = (compressor.process(bytes(MB)) + compressor.flush() for _ in range(3))
    return bytes(first + second + again * (BOMB - 2))


GZIP_BOMB = zeros(zlib.compressobj(wbits=31))

HEADS: dict[str, tuple[Pieces, tuple[str, str]]] = {
    "words-for-a-status": (raw(b"What do you want?\r\n\r\n<p>Hello"), GARBAGE),
    "a-status-that-is-no-number": (raw(b"HTTP/1.1 fine OK\r\n\r\n<p>Hello"), GARBAGE),
    "a-status-below-zero": (page(status="-200 OK"), ("broken", "status -200")),
    "a-version-that-is-none": (raw(b"HTTP/one 200 OK\r\n\r\n<p>Hello"), GARBAGE),
    "a-greeting-of-another-protocol": (raw(b"SSH-2.0-OpenSSH_9.2\r\n"), GARBAGE),
    "noise": (raw(bytes(range(256)) * 20), GARBAGE),
    "a-few-interim-answers": (raw(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 3, *page()()), STORED),
    "interim-answers-without-end": (endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 99), ENDLESS_HEAD),
    "headers-without-end": (endless(b"HTTP/1.1 200 OK\r\n", b"x-a: b\r\n" * 999), ENDLESS_HEAD),
    "a-header-folded-without-end": (endless(b"HTTP/1.1 200 OK\r\nx-a: b\r\n", b" b\r\n" * 999), ENDLESS_HEAD),
    "a-header-line-without-end": (endless(b"HTTP/1.1 200 OK\r\nx-a: ", b"b" * 999), ENDLESS_HEAD),
    "a-hundred-thousand-headers": (raw(b"HTTP/1.1 200 OK\r\n", b"x-a: b\r\n" * 100_000, b"\r\n<p>Hello"), ENDLESS_HEAD),
    "headers-byte-by-byte": (dripping(b"HTTP/1.1 200 OK\r\n", b"x-a: b\r\n"), SLOW),
    "silence": (silence, SLOW),
    "nothing": (raw(), FAILED),
    "a-reset-at-once": (raw(RESET), FAILED),
}
BODIES: dict[str, tuple[Pieces, tuple[str, str]]] = {
    "a-body-without-end": (endless(head(), b"x" * 65_536), TOO_LARGE),
    "chunks-without-end": (endless(head(transfer_encoding="chunked"), chunk(b"x" * 65_536)), TOO_LARGE),
    "a-body-byte-by-byte": (dripping(head()), SLOW),
    "a-chunk-byte-by-byte": (dripping(head(transfer_encoding="chunked") + b"ffff\r\n"), SLOW),
    "a-chunk-of-no-length": (raw(head(transfer_encoding="chunked"), b"many\r\n<p>Hello"), CUT),
    "a-chunk-header-without-end": (endless(head(transfer_encoding="chunked"), b"5;" + b"x" * 999), CUT),
    "trailers-without-end": (endless(head(transfer_encoding="chunked") + b"0\r\n", b"x-a: b\r\n" * 999), CUT),
    "a-transfer-that-is-unknown": (page(transfer_encoding="secret"), GARBAGE),
    "a-length-too-long": (page(content_length="1000"), CUT),
    "a-length-too-short": (page(b"<p>Well done", content_length="7"), STORED),
    "a-length-below-zero": (page(content_length="-1"), GARBAGE),
    "a-length-that-is-no-number": (page(content_length="many"), GARBAGE),
    "a-length-past-all-bounds": (page(content_length="9" * 14), TOO_LARGE),
    "two-lengths": (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\n<p>Well"), GARBAGE),
    "a-reset-in-the-middle": (raw(head(content_length="1000"), b"<p>Well", RESET), CUT),
    "an-image-said-to-be-a-page": (page(b"\x89PNG\r\n\x1a\n" * 9), ("not-text", "its body is not text")),
    "a-page-said-to-be-an-image": (page(type="image/png"), ("not-text", "its content type is not text")),
    "no-type": (page(type=""), STORED),
    "a-type-of-noise": (page(type="\x01;;charset==;"), ("not-text", "its content type is not text")),
}
COMPRESSED: dict[str, tuple[Pieces, tuple[str, str]]] = {
    "a-gzip-bomb": (page(GZIP_BOMB, content_encoding="gzip"), BOMBED),
    "a-deflate-bomb": (page(zeros(zlib.compressobj()), content_encoding="deflate"), BOMBED),
    "a-brotli-bomb": (page(brotli_zeros(), content_encoding="br"), BOMBED),
    "a-zstd-bomb": (page(zstd.compress(bytes(64 * MB)) * (BOMB // 64), content_encoding="zstd"), BOMBED),
    "a-bomb-in-gzip-in-gzip": (page(gzip.compress(GZIP_BOMB), content_encoding="gzip, gzip"), BOMBED),
    "gzip-in-gzip": (page(gzip.compress(gzip.compress(b"<p>Twice")), content_encoding="gzip, gzip"), STORED),
    "gzip-many-times": (page(content_encoding="gzip" + ", gzip" * 99), ("broken", "it is compressed again and again")),
    **{
        f"plain-text-said-to-be-{name}": (page(content_encoding=name), LIE)
        for name in ("gzip", "deflate", "br", "zstd")
    },
}
MOVED: dict[str, tuple[Pieces, tuple[str, str]]] = {
    "to-itself": (moved("/to-itself"), ROUND),
    "to-a-long-chain": (moved("/1"), ROUND),
    "to-a-file": (moved("file:///etc/hostname"), ASTRAY),
    "to-data": (moved("data:text/html,<p>Hello"), ASTRAY),
    "to-ftp": (moved("ftp://to-ftp.localhost/1"), ASTRAY),
    "to-a-script": (moved("javascript:alert(1)"), ASTRAY),
    "to-gopher": (moved("gopher://to-gopher.localhost/1"), ASTRAY),
    "to-an-address-of-5000-characters": (moved("/" + "a" * 5000), ASTRAY),
    "to-a-user-with-a-password": (moved("http://user:password@to-a-user.localhost/"), ASTRAY),
    "to-a-port-past-all-bounds": (moved("http://to-a-port.localhost:99999/"), ASTRAY),
    "to-half-an-address": (moved("http://[::1"), ASTRAY),
    "to-no-host": (moved("http://"), ROUND),
    "to-nowhere": (page(b"<p>Moved", "302 Found"), ("broken", "status 302")),
    "to-a-refresh": (page(refresh="0; url=/trap"), STORED),
    "to-a-meta-refresh": (page(b"<meta http-equiv=refresh content='0; url=/trap'><p>Hello"), STORED),
    "to-a-page-with-a-cookie": (moved("/found", "302 Found\r\nSet-Cookie: who=you"), STORED),
}
ROWS = HEADS | BODIES | COMPRESSED | MOVED

DANISH, FRENCH = "<p>Blåbærgrød på øen – så sød", "<p>L’élève reçut où ça cœur"
TEXTS = {  # name: content type, body, the text that is read
    "danish-undeclared": ("text/html", DANISH.encode("cp1252"), DANISH),
    "french-undeclared": ("text/html", FRENCH.encode("cp1252"), FRENCH),
    "french-without-a-type": ("", FRENCH.encode("cp1252"), FRENCH),
    "utf-8-said-to-be-latin-1": ("text/html; charset=iso-8859-1", DANISH.encode(), DANISH),
    "cp1252-said-to-be-utf-8": ("text/html; charset=utf-8", FRENCH.encode("cp1252"), FRENCH),
    "a-charset-that-is-unknown": ("text/html; charset=secret", DANISH.encode("cp1252"), DANISH),
    "utf-8-with-a-mark": ("text/html; charset=iso-8859-1", DANISH.encode("utf-8-sig"), DANISH),
    "utf-16-with-a-mark": ("text/html", b"\xff\xfe" + DANISH.encode("utf-16-le"), DANISH),
    "utf-16-the-other-way": ("text/html", b"\xfe\xff" + DANISH.encode("utf-16-be"), DANISH),
}


@dataclass(slots=True)
class Watch:
    """What the processes of crawls are seen to take, each time it is called."""

    memory: int = 0  # MB at most
    ports: set[str] = field(default_factory=set)
    processes: set[str] = field(default_factory=set)

    def __call__(self, done: int, of: int) -> None:
        for process in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split():
            with suppress(OSError):  # it just ended
                self._look(Path("/proc") / process)

    def _look(self, process: Path) -> None:
        status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
        if b"scrapy" not in (process / "cmdline").read_bytes() or "VmHWM" not in status:
            return
        self.processes.add(process.name)
        self.memory = max(self.memory, int(status["VmHWM"].split()[0]) // 1024)
        sockets = {str(handle.readlink()).strip("socket:[]") for handle in (process / "fd").iterdir()}
        for table in ("tcp", "tcp6"):
            rows = [line.split() for line in (process / "net" / table).read_text().splitlines()[1:]]
            self.ports |= {row[1] for row in rows if row[3] == "0A" and row[9] in sockets}  # 0A: it listens


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawl:
    web: Hostile
    watch: Watch
    db: Database

    def page(self, name: str) -> Page:
        found = pages.find(self.db, self.web.url(f"{name}.localhost/{name}"))
        assert found is not None
        return found


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawl]:
    rows = {name: pieces for name, (pieces, _) in ROWS.items()}
    rows |= {name: page(body, type=type) for name, (type, body, _) in TEXTS.items()}
    answers = {f"{name}.localhost/{name}": pieces for name, pieces in rows.items()}
    places = list(answers)
    answers |= {f"to-a-long-chain.localhost/{n}": moved(f"/{n + 1}") for n in range(1, 20)}
    answers["to-a-page-with-a-cookie.localhost/found"] = page(set_cookie="who=you")
    with Hostile(answers) as web:
        feed = web.put_feed("blog.localhost/feed", [web.url(place) for place in places])
        folder = tmp_path_factory.mktemp("hostile")
        settings = settings_in(folder, feed, timeout=3, max_body=LARGEST, concurrency=64)
        watch = Watch()
        collect(settings, now=datetime.now(UTC), advance=watch)
        yield Crawl(web=web, watch=watch, db=connect(settings.database))


@pytest.mark.parametrize("name", ROWS)
def test_a_hostile_answer_ends_with_its_outcome_and_reason(crawl: Crawl, name: str) -> None:
    page = crawl.page(name)
    assert (page.outcome, page.reason) == ROWS[name][1]
    assert bool(page.body) == (page.outcome == "stored")


@pytest.mark.parametrize("name", TEXTS)
def test_a_page_arrives_byte_for_byte_and_its_charset_is_ours_to_tell(crawl: Crawl, name: str) -> None:
    _, body, text = TEXTS[name]
    page = crawl.page(name)
    assert page.body == body
    assert decode(page.body, page.headers) == text


def test_no_answer_makes_a_crawl_large(crawl: Crawl) -> None:
    assert crawl.watch.processes
    assert crawl.watch.memory < MOST_MEMORY


def test_a_crawl_opens_no_port(crawl: Crawl) -> None:
    assert crawl.watch.processes
    assert crawl.watch.ports == set()


def test_a_cookie_is_never_sent_back(crawl: Crawl) -> None:
    assert "/found" in {asked.path for asked in crawl.web.asked}
    assert not [asked for asked in crawl.web.asked if "cookie" in asked.headers]


def test_a_refresh_is_not_followed(crawl: Crawl) -> None:
    assert "/trap" not in {asked.path for asked in crawl.web.asked}


def test_a_chain_of_redirects_is_followed_five_steps(crawl: Crawl) -> None:
    asked = {asked.path for asked in crawl.web.asked if asked.host == "to-a-long-chain.localhost"}
    assert asked - {*RULES} == {"/to-a-long-chain", "/1", "/2", "/3", "/4", "/5"}
