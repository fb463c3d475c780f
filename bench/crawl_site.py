"""A large made-up site on loopback, served fast, for measuring crawls: articles of 58 kB, and feeds that list them.

Each article has 60 menu links, ten paragraphs, twelve comments and 70 archive links, as a blog's page has, and no two
are alike. Each host has one feed of its articles; for polling there are many more feeds, which name a few posts each.
Hosts are 127.0.0.1, 127.0.0.2 and on, so that no pace of one host is what is measured, and no name is looked up.

nginx serves it where there is one (its own configuration, one worker, no rights needed), else `bench/small_server.py`.
Both write when they got each request and what they answered, so that ours and others are timed by the same clock.
"""

import random
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import sleep

NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
MENU, PARAGRAPHS, COMMENTS, ARCHIVE = 60, 10, 12, 70  # of an article
SENTENCES_OF_PARAGRAPH, SENTENCES_OF_COMMENT = 38, 12  # which make an article of 58 kB
LISTED = 3  # posts that a feed of the polled ones names: few, as the first poll is not what is measured
POOL = 6_000  # sentences to take from: enough that no two pages share a paragraph
SEED = 6
START_SECONDS, LOOK_SECONDS = 10.0, 0.02  # for a server to begin to listen

CONFIGURATION = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    types {{ text/html html; application/rss+xml xml; text/plain txt; }}
    charset utf-8; sendfile on; tcp_nodelay on; keepalive_requests 1000000;
    log_format times '$msec $status $uri'; access_log {folder}/access.log times buffer=64k flush=1s;
    client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
    uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
    server {{ {listen} root {folder}/site; }}
}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A request as the server saw it: when, in seconds since the epoch, and what it answered."""

    at: float
    status: int
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The site while it is served: the addresses to ask, and its files."""

    server: str
    feeds: Sequence[str]
    articles: Sequence[str]
    polled: Sequence[str]
    folder: Path

    def validators(self, address: str) -> dict[str, str]:
        """What a client that has the page would send to hear that it is unchanged. Both servers make it so."""
        about = (self.folder / "site" / address.split("/", 3)[3]).stat()
        return {"If-None-Match": f'"{int(about.st_mtime):x}-{about.st_size:x}"'}

    def log(self) -> list[Served]:
        """All requests so far but the last second's, in order."""
        lines = (self.folder / "access.log").read_text("utf-8").splitlines()
        parts = [line.split(" ", 2) for line in lines]
        return [Served(at=float(at), status=int(status), path=path) for at, status, path in parts]


@contextmanager
def serve(folder: Path, *, articles: int, feeds: int, hosts: int) -> Iterator[Site]:
    """Write the site into `folder` and serve it: so many articles, and feeds for polling, over so many hosts."""
    port = _free_port()
    machines = [f"127.0.0.{n + 1}" for n in range(hosts)]
    names = [f"http://{machine}:{port}" for machine in machines]
    write = _Writer(folder / "site", names)
    article_paths = [write.article(n) for n in range(articles)]
    feed_paths = [write.feed(f"feed/{h}.xml", names[h], article_paths[h::hosts]) for h in range(hosts)]
    polled = [write.polled(n, names[n % hosts], article_paths[n % hosts :: hosts]) for n in range(feeds)]
    with _server(folder, machines, port) as server:
        yield Site(
            server=server,
            feeds=[f"{name}/{path}" for name, path in zip(names, feed_paths, strict=True)],
            articles=[f"{names[n % hosts]}/{path}" for n, path in enumerate(article_paths)],
            polled=[f"{names[n % hosts]}/{path}" for n, path in enumerate(polled)],
            folder=folder,
        )


class _Writer:
    """Writes the files of the site."""

    def __init__(self, folder: Path, hosts: Sequence[str]) -> None:
        self._folder, self._hosts, self._dice = folder, hosts, random.Random(SEED)
        for name in ("post", "feed", "polled"):
            (folder / name).mkdir(parents=True)
        letters = "aaeeiioudnrstlmkgbfhpvæøy"
        words = ["".join(self._dice.choices(letters, k=self._dice.randint(2, 10))) for _ in range(4_000)]
        self._sentences = [" ".join(self._dice.choices(words, k=self._dice.randint(6, 16))) + "." for _ in range(POOL)]

    def article(self, number: int) -> str:
        """Write an article; returns its path."""
        menu = self._links(MENU, "menu")
        paragraphs = "".join(f"<p>{self._text(SENTENCES_OF_PARAGRAPH)}</p>\n" for _ in range(PARAGRAPHS))
        comments = "".join(
            f'<li class="comment" id="c{n}"><b class="author">Reader {n}</b> <time>2026-03-{n + 1:02}</time>'
            f"<p>{self._text(SENTENCES_OF_COMMENT)}</p></li>\n"
            for n in range(COMMENTS)
        )
        return self._write(
            f"post/{number}.html",
            f"<!doctype html><html><head><meta charset='utf-8'><title>Post {number}</title></head><body>\n"
            f"<nav><ul>{menu}</ul></nav><main><article><h1>Post {number}</h1>\n{paragraphs}</article>\n"
            f"<section id='comments'><h2>{COMMENTS} comments</h2><ol>{comments}</ol></section></main>\n"
            f"<aside><h2>Archive</h2><ul>{self._links(ARCHIVE, 'archive')}</ul></aside></body></html>",
        )

    def feed(self, path: str, host: str, articles: Sequence[str]) -> str:
        """Write a feed that leads to these articles of its host; returns its path."""
        items = "".join(
            f"<item><title>{article}</title><link>{host}/{article}</link>"
            f"<description>{self._text(2)}</description></item>\n"
            for article in articles
        )
        return self._write(path, f'<rss version="2.0"><channel><title>Blog</title>{items}</channel></rss>')

    def polled(self, number: int, host: str, articles: Sequence[str]) -> str:
        """Write one of the feeds that are polled; those of a host name the same posts."""
        return self.feed(f"polled/{number}.xml", host, articles[:LISTED])

    def _links(self, count: int, name: str) -> str:
        chosen = self._dice.choices(self._sentences, k=count)
        return "".join(
            f"<li><a class='{name}-item' href='/{name}/{self._dice.randrange(10**6)}.html'>{said[:40]}</a></li>\n"
            for said in chosen
        )

    def _text(self, sentences: int) -> str:
        return " ".join(self._dice.choices(self._sentences, k=sentences))

    def _write(self, path: str, text: str) -> str:
        (self._folder / path).write_text(text, "utf-8")
        return path


@contextmanager
def _server(folder: Path, machines: Sequence[str], port: int) -> Iterator[str]:
    """A process that serves the folder; gives its name."""
    listen = " ".join(f"listen {machine}:{port};" for machine in machines)
    (folder / "nginx.conf").write_text(CONFIGURATION.format(folder=folder, listen=listen), "utf-8")
    command = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    if NGINX is None:
        command = [sys.executable, "-m", "bench.small_server", str(folder), str(port), *machines]
    process = subprocess.Popen([part for part in command if part])
    try:
        _wait_for(port)
        yield "nginx" if NGINX else "the small server (no nginx here; bare Scrapy may be held up by it)"
    finally:
        process.terminate()
        process.wait(START_SECONDS)


def _wait_for(port: int) -> None:
    for _ in range(int(START_SECONDS / LOOK_SECONDS)):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        sleep(LOOK_SECONDS)
    raise RuntimeError("the server of the made-up site did not start")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
