"""The demo: the real collect, read and cluster on a made-up web, in a database that is thrown away."""

import re
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from urllib.parse import urlsplit

from rich import box
from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

import desk.serve
import publish.serve
from config import Settings
from demo.web import Truth, Web, serve
from jobs.collect import collect
from jobs.read import read_unread
from jobs.terminal import counts, progress
from storage.database import connect
from storage.inbox import ClusterRow, TellingRow, inbox, tellings
from storage.stories import StoryRow, everything

MOST = 1_000  # stories; the made-up web has a few dozen
REASONS = 3  # of a story; the desk shows all
PLAIN_WIDTH = 110  # columns, where the output is no terminal
COMMENT_PAGE = re.compile(r"comment-page-\d+/$")


def demo(*, once: bool) -> None:
    """Collect, read, print what was found and why; then, unless `once`, serve desk and feeds until Ctrl-C."""
    console = Console()
    console.width = console.width if console.is_terminal else PLAIN_WIDTH
    with TemporaryDirectory(prefix="goodturn-demo-") as folder, serve() as web:
        settings = _settings(Path(folder), web)
        console.print(f"A made-up web is served on this machine, at http://localhost:{web.port}/ for your browser:")
        console.print(f"{len(web.addresses)} blogs, {len(web.posts())} posts, in the markup of real engines.\n")
        _collect_and_read(settings, console)
        db = connect(settings.database)
        found = inbox(db, limit=MOST)
        _show(console, found)
        _show_retold(console, [tellings(db, cluster.cluster) for cluster in found if cluster.tellings > 1])
        _compare(console, web.truth(), everything(db))
        db.close()
        if not once:
            _serve_until_ended(settings, console)


def _settings(folder: Path, web: Web) -> Settings:
    feeds = folder / "feeds.txt"
    feeds.write_text(web.feeds_txt, encoding="utf-8")
    return Settings(
        data=folder,
        feeds=feeds,
        allow_private=True,
        delay=0,
        contact="https://goodturn.example/demo",
        desk_port=0,
        feed_port=0,
    )


def _collect_and_read(settings: Settings, console: Console) -> None:
    began = perf_counter()
    with progress("collect") as advance:
        fetched = collect(settings, now=datetime.now(UTC), advance=advance, quiet=True)
    console.print(f"{counts('collected', fetched)} ({perf_counter() - began:.1f} s)")
    began = perf_counter()
    with progress("read") as advance:
        report = read_unread(settings, advance=advance)
    read, stories = counts("pages", report.outcomes), counts("stories", report.stories)
    console.print(f"{read}; {stories} ({perf_counter() - began:.1f} s)\n")


def _show(console: Console, found: Sequence[ClusterRow]) -> None:
    table = Table(title="What waits for an editor, best first", title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column("score", justify="right")
    table.add_column("language")
    table.add_column("story, and why it was taken for one", ratio=3)
    table.add_column("company or trade", ratio=1)
    for row in found:
        story = Text(row.title, style="bold")
        story.append("\n" + "; ".join(row.because[:REASONS]), style="not bold dim")
        table.add_row(f"{row.score:.2f}", row.language, story, ", ".join(row.companies) or row.sector)
    console.print(table)


def _show_retold(console: Console, clusters: Sequence[Sequence[TellingRow]]) -> None:
    """The events that are told more than once: who told it, and what the tellings share."""
    console.print("Told more than once, and kept as one event each:\n")
    for told in clusters:
        for row in told:
            shared = f": {'; '.join(row.shared)}" if row.shared else ""
            console.print(f"  {row.relation:10} {row.language}  {urlsplit(row.page_url).hostname}{shared}")
        console.print()


def _compare(console: Console, truth: Sequence[Truth], found: Sequence[StoryRow]) -> None:
    """Say how many of the stories that the made-up web really tells were found: it knows where they are."""
    left, hit = list(found), 0
    for told in truth:  # one find tells one story, however much it swallows
        if own := next((row for row in left if _tells(row, told)), None):
            left.remove(own)
            hit += 1
    console.print(f"The made-up web tells {len(truth)} stories: {hit} were found, {len(truth) - hit} missed.")
    console.print(f"Taken for stories that are none: {len(left)} more. That is what the desk is for.\n")


def _tells(row: StoryRow, truth: Truth) -> bool:
    said = _letters(row.text)
    return _post(row.page_url) == _post(truth.url) and (_letters(truth.starts) in said or _letters(truth.ends) in said)


def _post(url: str) -> str:
    """The address of a post, whichever page of its comments is meant."""
    return COMMENT_PAGE.sub("", url.split("#", maxsplit=1)[0])


def _letters(text: str) -> str:
    return re.sub(r"\W+", "", text).casefold()


def _serve_until_ended(settings: Settings, console: Console) -> None:
    with _running(settings) as (desk_address, feed_address):
        lines = (
            "[bold]desk[/]   approve a story there (key a); this link signs you in, once:",
            desk.serve.entering_link(settings, desk_address, "you"),
            f"[bold]feeds[/]  {feed_address}   ... and it is in the feeds",
            "\nCtrl-C ends the demo and throws its database away.",
        )
        console.print(Panel("\n".join(lines), expand=False))
        ended = threading.Event()
        for sign in (signal.SIGINT, signal.SIGTERM):
            signal.signal(sign, lambda *_: ended.set())
        ended.wait()


@contextmanager
def _running(settings: Settings) -> Iterator[tuple[str, str]]:
    publisher = publish.serve.start(settings)
    editors = desk.serve.start(settings)
    try:
        yield editors.address, publisher.address
    finally:
        editors.stop()
        publisher.stop()
