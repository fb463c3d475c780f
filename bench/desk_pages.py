"""Pictures of each page of the desk, in light, in dark and on a phone, for docs/desk.

usage: python -m bench.desk_pages [--to docs/desk] [--only NAME ...]

Chromium shows the database of `bench.desk_show`, at a fixed moment and in a fixed zone, so that the pictures are the
same each time. They are written as PNG with a palette of 256 colours, a third of the size: the browser gives the
pixels, numpy counts their colours.

Playwright, of the requirements for developing, and the distribution's Chromium are needed.
"""

import argparse
import base64
import struct
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

import desk.app
import serving
import submissions.app
from bench.desk_keys import ARGUMENTS, CHROMIUM
from bench.desk_show import ADA, BIRK, NOW, TERMINAL, ZONE, fill
from config import Settings
from storage import alarms, days, schedule
from storage.alarms import Finding, Kind
from storage.database import Database, connect, connect_private, stamp
from storage.decisions import decide
from storage.invitations import Purpose, invite
from storage.log import Verb
from storage.people import named
from storage.schedule import Ended

LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1180, "height": 820}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1180, "height": 820}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 740}, "color_scheme": "light", "has_touch": True},
}
A_DAY = timedelta(days=1)
DAYS = 26  # over which pages have come
JOBS = {"collect": "collected: 4 stored, 31 unchanged", "read": "pages: 4 read", "backup": "212 MB"}
COLOURS = 256  # of a palette
STEP = 8  # shades that are taken for one when colours are counted
PNG = b"\x89PNG\r\n\x1a\n"
PIXELS = """async (png) => {
    const picture = await createImageBitmap(await (await fetch("data:image/png;base64," + png)).blob());
    const canvas = new OffscreenCanvas(picture.width, picture.height), context = canvas.getContext("2d");
    context.drawImage(picture, 0, 0);
    const bytes = context.getImageData(0, 0, picture.width, picture.height).data;
    let text = "";
    for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
    return [picture.width, picture.height, btoa(text)];
}"""


class Shown:
    """The desk in a browser, for one look."""

    def __init__(self, page: Page, address: str, form: str, cluster: str, settings: Settings) -> None:
        self.page, self.address, self.form, self.cluster, self.settings = page, address, form, cluster, settings

    def at(self, path: str) -> None:
        """Open a page of the desk."""
        self.page.goto(self.address + path)

    def one(self, where: str) -> str:
        """The first cluster of which this is so."""
        with closing(connect(self.settings.database)) as db:
            (id,) = db.conn.execute(f"select cluster from cluster_list where {where} order by score desc").fetchone()
        return str(id)

    def story(self, where: str, scroll: str = "") -> None:
        """Open a story, at a part of its page."""
        self.at(f"/cluster/{self.one(where)}")
        self.to(scroll)

    def to(self, part: str) -> None:
        """Scroll to a part of the page."""
        if part:
            self.page.locator(part).first.evaluate("each => each.scrollIntoView({block: 'start'})")

    def readers(self) -> None:
        """What readers get, with the edit form open."""
        self.at(f"/cluster/{self.cluster}")
        self.page.locator("summary", has_text="Edit title").click()
        self.to("#readers")

    def selection(self) -> None:
        """Three stories of the list selected."""
        self.at("/")
        for number in (0, 1, 3):
            self.page.locator(".queue .pick input").nth(number).check()

    def conflict(self) -> None:
        """Somebody else was faster."""
        id = self.one("state = 'open' and language = 'sv'")
        self.at(f"/cluster/{id}")
        with closing(connect(self.settings.database)) as db:
            decide(db, id, Verb.HOLD, who=BIRK, at=NOW, note="I am asking the shop.")
            self.page.locator(".bar .approve").click()
            self.page.wait_for_load_state("networkidle")
            decide(db, id, Verb.REOPEN, who=BIRK, at=NOW)

    def rejecting(self) -> None:
        """The reasons of a rejection."""
        self.at(f"/cluster/{self.cluster}")
        self.page.locator("details.reject > summary").click()

    def operations(self, path: str = "", part: str = "") -> None:
        """What operators see, after some weeks of work."""
        with closing(connect(self.settings.database)) as db:
            _work(db)
        self.at(f"/operations{path}")
        self.to(part)

    def outside(self, path: str) -> None:
        """A page for who is not signed in."""
        self.page.context.clear_cookies()
        self.page.goto(path)


PAGES: dict[str, Callable[[Shown], None]] = {
    "inbox": lambda shown: shown.at("/"),
    "narrowed": lambda shown: shown.at("/?words=shop&sort=newest&score=0.7"),
    "selection": Shown.selection,
    "story": lambda shown: shown.at(f"/cluster/{shown.cluster}"),
    "reject": Shown.rejecting,
    "tellings": lambda shown: shown.story("tellings > 2", "h1"),
    "suggestion": lambda shown: shown.story("url like '%gatepost%'", ".perhaps"),
    "readers": Shown.readers,
    "conflict": Shown.conflict,
    "log": lambda shown: shown.at("/log"),
    "searches": lambda shown: shown.at("/searches"),
    "sent-in": lambda shown: shown.at("/submissions"),
    "add": lambda shown: shown.at("/add"),
    "operations": Shown.operations,
    "charts": lambda shown: shown.operations("?by=language", "#charts"),
    "sources": lambda shown: shown.operations("/sources"),
    "people": lambda shown: shown.at("/people"),
    "you": lambda shown: shown.at("/you"),
    "guide": lambda shown: shown.at("/guide"),
    "sign-in": lambda shown: shown.outside(f"{shown.address}/sign-in"),
    "public-form": lambda shown: shown.outside(f"{shown.form}/"),
}


def main() -> None:
    """Take all pictures."""
    parser = argparse.ArgumentParser(prog="python -m bench.desk_pages", description=__doc__.splitlines()[0])
    parser.add_argument("--to", type=Path, default=Path("docs/desk"))
    parser.add_argument("--only", nargs="+", choices=PAGES, default=list(PAGES), metavar="NAME")
    asked = parser.parse_args()
    if not CHROMIUM:
        sys.exit("no pictures were taken: there is no chromium here (apt-get install chromium)")
    asked.to.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="goodturn-desk-") as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        with _served(Path(folder)) as (settings, address, form, cluster):
            for look in LOOKS:
                shown = Shown(_entered(browser, look, settings, address), address, form, cluster, settings)
                for name in asked.only:
                    PAGES[name](shown)
                    shown.page.wait_for_load_state("networkidle")
                    picture = small(shown.page.screenshot(animations="disabled", caret="hide"), browser)
                    (asked.to / f"{name}-{look}.png").write_bytes(picture)
                    print(f"{name}-{look}.png {len(picture) / 1000:.0f} kB")
        browser.close()


@contextmanager
def _served(folder: Path) -> Iterator[tuple[Settings, str, str, str]]:
    """The desk and the public form, at their moment; and the story that has everything."""
    known: dict[str, Any] = {
        "contact": "https://goodturn.example/demo",
        "submissions": True,
        "allow_private": True,
        "delay": 0,
    }
    settings = Settings(data=folder, feeds=folder / "feeds.txt", **known)
    cluster = fill(settings)
    listener, other = serving.listen(0, "desk_port"), serving.listen(0, "submit_port")
    settings = settings.model_copy(update={"desk_port": listener.getsockname()[1]})
    editors = serving.start(desk.app.application(settings, lambda: NOW), listener)
    readers = serving.start(submissions.app.application(settings, lambda: NOW), other)
    yield settings, editors.address, readers.address, cluster
    editors.stop()
    readers.stop()


def _work(db: Database) -> None:
    """Let pages and stories have come over some weeks, jobs have run, and one source be silent; again if need be."""
    ids = [row[0] for row in db.conn.execute("select id from pages where kind = 'article' order by id")]
    for number, id in enumerate(ids):
        at = stamp(NOW - A_DAY * (number * number % DAYS))
        db.conn.execute("update pages set first_fetched_at = ?, read_at = ? where id = ?", (at, at, id))
        db.conn.execute("update stories set found_at = ? where document = ?", (at, id))
    address = db.conn.execute("select address from sources order by id limit 1").fetchone()[0]
    said = "nothing new since 2026-10-20, 31 days; its own past makes 12 days plausible"
    alarms.settle(db, [Finding(kind=Kind.SILENT, subject=address, said=said)], (), NOW, {})
    schedule.beat(db, "clock", NOW)
    schedule.plan(db, dict.fromkeys(JOBS, NOW))
    for job, words in JOBS.items():
        if schedule.claim(db, job, NOW, job):
            schedule.finish(db, job, NOW, Ended.DONE, words, due=NOW + A_DAY / 96, failures=0)
    days.catch_up(db, NOW)


def _entered(browser: Browser, look: str, settings: Settings, address: str) -> Page:
    """A page of somebody who is signed in."""
    page = browser.new_page(**LOOKS[look], timezone_id=str(ZONE), locale="en-GB", reduced_motion="reduce")
    with closing(connect_private(settings.private)) as db:
        token = invite(db, Purpose.ENTER, named(db, ADA), at=NOW, origin=TERMINAL)
    page.goto(f"{address}/link/{token}")
    page.get_by_role("button", name="Come in").click()
    page.wait_for_url(f"{address}/")
    return page


def small(png: bytes, browser: Browser) -> bytes:
    """The same picture with a palette: its most frequent colours, for each other one the nearest of them."""
    page = browser.new_page()
    width, height, pixels = page.evaluate(PIXELS, base64.b64encode(png).decode())
    page.close()
    shown = np.frombuffer(base64.b64decode(pixels), dtype=np.uint8).reshape(-1, 4)[:, :3]
    coarse = (shown // STEP).astype(np.int64) @ (1 << 16, 1 << 8, 1)
    _, first, place, often = np.unique(coarse, return_index=True, return_inverse=True, return_counts=True)
    colours = shown[first].astype(np.int64)
    palette = colours[np.argsort(-often)[:COLOURS]]
    nearest = ((colours[:, None, :] - palette[None, :, :]) ** 2).sum(axis=2).argmin(axis=1).astype(np.uint8)
    rows = nearest[place].reshape(height, width)
    lines = np.hstack([np.zeros((height, 1), dtype=np.uint8), rows])  # each line says first that it is not filtered
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = (
        (b"IHDR", head),
        (b"PLTE", palette.astype(np.uint8).tobytes()),
        (b"IDAT", zlib.compress(lines.tobytes(), 9)),
    )
    return PNG + b"".join(_part(name, data) for name, data in (*parts, (b"IEND", b"")))


def _part(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


if __name__ == "__main__":
    main()
