"""How long an editor waits between two stories who works by keyboard, in a real browser.

usage: python -m bench.desk_keys [--stories 100000] [--folder DIR] [--decisions 50]

In Chromium, at the desk over the database of `bench.many_stories`: from the best story of the inbox on, each is
approved (a), rejected (r and a letter) or held (h), as a seed draws it. A wait is what the page itself
measures: from the key that decides until the browser has drawn another story's title. The target is 200 ms each.

Playwright, of the requirements for developing, and the distribution's Chromium are needed.
"""

import argparse
import random
import shutil
import statistics
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, sync_playwright

from bench.desk_served import Served, serve
from bench.desk_speed import NAME, provide
from bench.many_stories import STORIES
from desk.serve import entering_link
from desk.words import REASONS

DECISIONS, TARGET_MS = 50, 200
WARM = 3  # decisions before those that count: the browser compiles its scripts
CHROMIUM = shutil.which("chromium")
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
P95 = 0.95
WATCH = """() => {
    window.waits = [];
    let pressed = 0, title = document.querySelector("h1");
    addEventListener("keydown", (event) => { pressed = event.timeStamp; }, true);
    new MutationObserver(() => {
        const now = document.querySelector("h1");
        if (!now || now === title) return;
        title = now;
        const began = pressed;
        requestAnimationFrame(() => setTimeout(() => { window.waits.push(performance.now() - began); }));
    }).observe(document, {subtree: true, childList: true});
}"""


def main() -> None:
    """Decide, and print how long it took."""
    parser = argparse.ArgumentParser(prog="python -m bench.desk_keys", description=__doc__.splitlines()[0])
    parser.add_argument("--stories", type=int, default=STORIES)
    parser.add_argument("--folder", type=Path, help="where the database is, or is made to be used again")
    parser.add_argument("--decisions", type=int, default=DECISIONS)
    asked = parser.parse_args()
    if not CHROMIUM:
        sys.exit("the keyboard run did not run: there is no chromium here (apt-get install chromium)")
    with TemporaryDirectory(prefix="goodturn-desk-") as there:
        provide(asked.folder or Path(there), asked.stories, Path(there, NAME))
        with serve(Path(there)) as served:
            found = sorted(waits(served, asked.decisions))
    median, p95 = statistics.median(found), found[min(len(found) - 1, round(P95 * len(found)))]
    over = sum(wait > TARGET_MS for wait in found)
    print(f"{len(found)} decisions by keyboard, ms until the next story's title is drawn:")
    print(f"median {median:.0f}, 95 % {p95:.0f}, worst {found[-1]:.0f}; {over} over {TARGET_MS}")


def waits(served: Served, decisions: int) -> list[float]:
    """Decide as often; the milliseconds of each wait."""
    dice = random.Random(5)
    keys = [["a"], *(["r", reason.key] for reason in REASONS), ["h"], ["a"], ["h"]]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page()
        _enter(page, served)
        page.evaluate(WATCH)
        for number in range(WARM + decisions):
            for key in dice.choice(keys):
                page.keyboard.press(key)
            page.wait_for_function("count => window.waits.length > count", arg=number, polling=5)
        found: list[float] = page.evaluate("window.waits")
        browser.close()
    return found[WARM:]


def _enter(page: Page, served: Served) -> None:
    """Sign in, and open the first story."""
    page.goto(entering_link(served.settings, served.address, "Ada"))
    page.get_by_role("button", name="Come in").click()
    page.locator(".queue .card").first.click()
    page.wait_for_selector("article.cluster")


if __name__ == "__main__":
    main()
