"""The form over HTTP: for anybody, and able to do one thing, to add a row.

It shows nothing of what is stored, so that there is nothing to steal; it keeps no session and sets no cookie, so a
foreign page that has a browser send the form gains nothing that it could not send itself: no token stands against that.
Against machines stand a field that people do not see (filled, it is thanked for and kept nowhere), three seconds that
nobody fills a form in, and the rate limit (storage/arrivals.py).

A mistake brings the form back with all that was typed. Nothing is parsed of a body over MOST_BODY_BYTES, nor of files.
"""

import logging
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from itsdangerous import BadData, URLSafeSerializer
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from config import Settings
from reading import sent
from reading.sent import Mistakes, Sent
from storage import arrivals, submissions
from storage.database import connect, connect_private
from storage.sessions import secret
from stories.languages import LANGUAGES

log = logging.getLogger("goodturn.submissions")

MOST_BODY_BYTES = 300_000  # 20,000 characters, of four bytes each, of three letters each, and the other fields
MOST_FIELDS = 50
FORM = "application/x-www-form-urlencoded"
TRAP = "website"  # the field that people do not see
BEGAN = "began"
FEWEST_SECONDS = 3  # between getting the form and sending it
RETRY_SECONDS = 3_600
OK, SEE_OTHER, BAD_REQUEST, NOT_A_FORM, UNFIT, TOO_MANY, BROKEN = 200, 303, 400, 415, 422, 429, 500
HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
EMPTY = dict.fromkeys(("kind", "url", "title", "words", "language", "printed", "name", "mail", "consent"), "")
TOO_OFTEN = "We have had much from you, or from everybody, in a short time. Please send it again in an hour."
TOO_FAST = "That was quick. Please look it over once more, then send it again."
SAID = {
    400: "That form could not be read.",
    404: "There is nothing at this address.",
    405: "That cannot be done here.",
    413: "That is too long to be sent.",
    415: "That is not our form. Files cannot be sent; give a link instead.",
}


class Static(StaticFiles):
    """The style sheet."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        """The file, to be kept for an hour."""
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they come
        response.headers["cache-control"] = "max-age=3600"
        return response


class Headed:
    """Adds to every answer what it says to the browser, but for what it says itself."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""

        async def send_headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_headed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The form's answers. `key` signs when a form was begun, `root` is the path that it is under."""

    database: Path
    private: Path
    pages: Environment
    key: str
    root: str
    now: Callable[[], datetime]

    def blank(self, request: Request) -> Response:
        """The form."""
        return self._form(EMPTY, {}, OK, self._began())

    async def take(self, request: Request) -> Response:
        """Take what was sent, or show what is wrong with it."""
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
            raise HTTPException(NOT_A_FORM)
        async with request.form(max_files=0, max_fields=MOST_FIELDS) as form:
            given = sent.fields({name: value for name, value in form.items() if isinstance(value, str)})
        return await run_in_threadpool(self._take, request.client.host if request.client else "", EMPTY | given)

    def thanks(self, request: Request) -> Response:
        """What happens next."""
        return self._page("thanks.html", OK)

    def refused(self, request: Request, error: Exception) -> Response:
        """A page that says what was wrong with the request."""
        status = error.status_code if isinstance(error, HTTPException) else BROKEN
        said = SAID.get(status, "Something broke. Please send it again later.")
        return self._page("error.html", status, said=said)

    def _take(self, address: str, given: dict[str, str]) -> Response:
        if given.get(TRAP):
            log.info("taken outcome=trapped")
            return self._thank()
        found = sent.checked(given, LANGUAGES)
        if not isinstance(found, Sent):
            return self._form(given, found, UNFIT, given.get(BEGAN, ""))
        if not self._took_time(given.get(BEGAN, "")):
            return self._form(given, {"": TOO_FAST}, UNFIT, self._began())
        with closing(connect_private(self.private)) as private, closing(connect(self.database)) as db:
            if not arrivals.admitted(private, address, self.now()):
                log.info("taken outcome=too-often")
                return self._form(given, {"": TOO_OFTEN}, TOO_MANY, given.get(BEGAN, ""))
            number = submissions.add(db, private, found, sent.contact(given), self.now())
        log.info("taken outcome=kept number=%d kind=%s", number, found.kind)
        return self._thank()

    def _thank(self) -> Response:
        return RedirectResponse(f"{self.root}/thanks", status_code=SEE_OTHER)

    def _form(self, given: dict[str, str], wrong: Mistakes, status: int, began: str) -> Response:
        response = self._page("form.html", status, given=given, wrong=wrong, began=began)
        if status == TOO_MANY:
            response.headers["retry-after"] = str(RETRY_SECONDS)
        return response

    def _page(self, name: str, status: int, **shown: object) -> Response:
        text = self.pages.get_template(name).render(root=self.root, **shown)
        return HTMLResponse(text, status_code=status, headers=HEADERS)  # that something broke is said outside of Headed

    def _began(self) -> str:
        return str(URLSafeSerializer(self.key, salt=BEGAN).dumps(int(self.now().timestamp())))

    def _took_time(self, began: str) -> bool:
        try:
            at = URLSafeSerializer(self.key, salt=BEGAN).loads(began)
        except BadData:
            return False
        return isinstance(at, int) and self.now().timestamp() - at >= FEWEST_SECONDS


def application(settings: Settings, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Starlette:
    """The form over the databases of the settings, which are made where there are none yet."""
    with closing(connect_private(settings.private)) as private, closing(connect(settings.database)):
        key = secret(private, arrivals.SECRET)
    form = Form(
        database=settings.database,
        private=settings.private,
        pages=_pages(),
        key=key,
        root=urlsplit(settings.submit_site).path.rstrip("/"),
        now=now,
    )
    app = Starlette(
        routes=[route for root in {form.root, ""} for route in _routes(form, root)],  # the path may be cut off
        exception_handlers={HTTPException: form.refused, Exception: form.refused},
        middleware=[Middleware(Headed), Middleware(RequestBodyLimitMiddleware, max_body_size=MOST_BODY_BYTES)],
    )
    app.router.redirect_slashes = False  # it would lead to whatever host was asked for, and out of https
    return app


def _routes(form: Form, root: str) -> list[BaseRoute]:
    """The form's addresses under a path."""
    return [
        Route(root or "/", form.blank),
        Route(f"{root}/", form.blank),
        Route(f"{root}/", form.take, methods=["POST"]),
        Route(f"{root}/thanks", form.thanks),
        Mount(f"{root}/static", Static(directory=Path(__file__).parent / "static")),
    ]


def _pages() -> Environment:
    pages = Environment(
        loader=PackageLoader("submissions"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.globals |= {
        "languages": LANGUAGES,
        "trap": TRAP,
        "began_field": BEGAN,
        "limits": _limits(),
        "agreed": sent.CONSENT,
    }
    return pages


def _limits() -> dict[str, int]:
    return {
        "url": sent.MOST_URL,
        "title": sent.MOST_TITLE,
        "words": sent.MOST_WORDS,
        "printed": sent.MOST_NAME,
        "name": sent.MOST_NAME,
        "mail": sent.MOST_MAIL,
    }
