"""A desk that runs, and a real browser that looks at it.

Chromium is the distribution's, without its windows where that is installed, as it then takes half the time; it is
started once for all tests of a worker, and tests/conftest.py hands it out. Each editor has
a browser context of their own, as if at another machine. Whatever a page complains of (an exception, an error in the
console, which a breach of the content-security-policy is too) fails the test; that an answer has the status of a
refusal is no complaint.
"""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright
from sqlite_utils import Database

import desk.serve
from config import Settings
from storage.database import connect
from storage.people import Role
from tests.signed_in import TOKEN_FIELD, link

CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
WHY_NOT = "there is no chromium on this machine: apt-get install chromium-headless-shell"
ARGUMENTS = [
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
PATIENCE_MS = 10_000  # of a step; two cores may be busy with other tests
ANSWER = "Failed to load resource: the server responded with a status of"
OWN_HOST = re.compile(r"https?://127\.0\.0\.1[:/]|data:|blob:|about:")


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser, while it runs."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bureau:
    """A desk at `address` over the databases of the settings; `faults` is what its pages complained of, `strays` the
    addresses on other hosts that they asked for, of which none is ever reached."""

    browser: Browser
    settings: Settings
    address: str
    contexts: list[BrowserContext] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)

    def visitor(self, **like: Any) -> Page:
        """A page of somebody who is not signed in; `like` is what the browser is like."""
        context = self.browser.new_context(base_url=self.address, **like)
        context.set_default_timeout(PATIENCE_MS)
        context.on("request", partial(_stray, self.strays))
        context.on("page", partial(_watch, self.faults))
        self.contexts.append(context)
        return context.new_page()

    def editor(self, name: str = "Ada", role: Role = Role.OPERATOR, *, at: str = "/", **like: Any) -> Page:
        """A page of somebody who is signed in, with the page `at` open."""
        page = self.visitor(**like)
        way_in = link(self.settings, name, role)
        found = TOKEN_FIELD.search(page.request.get(way_in).text())
        assert found
        page.request.post(way_in, form={"csrftoken": found[1]})
        page.goto(at)
        return page

    @contextmanager
    def opened(self) -> Iterator[Database]:
        """The database of stories."""
        with closing(connect(self.settings.database)) as db:
            yield db

    def ask(self, question: Callable[..., Any], *more: Any) -> Any:
        """What a function of the storage says of the database now."""
        with self.opened() as db:
            return question(db, *more)


@contextmanager
def bureau(browser: Browser, settings: Settings) -> Iterator[Bureau]:
    """A desk, and no complaint of its pages."""
    running = desk.serve.start(settings)
    made = Bureau(browser=browser, settings=settings, address=running.address)
    yield made
    for context in made.contexts:
        context.close()
    running.stop()
    assert made.faults == []


def notice(page: Page) -> Any:
    """The line above a page that says what was done."""
    return page.locator(".notice[role=status]")


def heading(page: Page) -> Any:
    """The heading of a page."""
    return page.get_by_role("heading", level=1)


def _watch(faults: list[str], page: Page) -> None:
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", partial(_hear, faults))


def _hear(faults: list[str], said: ConsoleMessage) -> None:
    if said.type == "error" and not said.text.startswith(ANSWER):
        faults.append(said.text)


def _stray(strays: list[str], asked: Request) -> None:
    if not OWN_HOST.match(asked.url):
        strays.append(asked.url)
