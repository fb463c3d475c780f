"""A test client that is signed in at the desk and sends the token of forms itself.

The session's row is made directly: no password is hashed, so it costs a few milliseconds.
"""

import re
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from argon2 import PasswordHasher
from starlette.testclient import TestClient

from config import Settings
from desk.app import application
from desk.csrf import FIELD
from desk.place import place_of
from storage.database import connect_private, writing
from storage.invitations import Purpose, invite
from storage.logins import Origin
from storage.people import PeopleError, Person, Role, add, named

HERE = Origin(address="testclient", agent="tests", who="tests")
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
TOKEN_FIELD = re.compile(rf'name="{FIELD}" value="([^"]+)"')


class Visitor(TestClient):
    """A browser without JavaScript, as far as tokens go: a form that it sends carries the one it was given."""

    token = ""

    def request(self, method: str, url: Any, **asked: Any) -> Any:
        """Ask; what changes something carries the token, unless it brings its own or `headers` say otherwise."""
        headers = dict(asked.pop("headers", None) or {})
        if method == "POST" and self.token:
            headers.setdefault("x-csrftoken", self.token)
        answer = super().request(method, url, headers=headers, **asked)
        found = TOKEN_FIELD.search(answer.text)
        self.token = found[1] if found else self.token
        return answer


def visitor(settings: Settings, *, now: Callable[[], datetime] | None = None, **more: Any) -> Visitor:
    """Somebody at the desk's door, with the token of its forms."""
    app = application(settings, now) if now else application(settings)
    client = Visitor(app, base_url=more.pop("base_url", f"http://127.0.0.1:{settings.desk_port}"), **more)
    client.get(f"{place_of(settings).root}/sign-in")
    return client


def client(
    settings: Settings,
    *,
    role: Role = Role.EDITOR,
    name: str = "Ada",
    now: Callable[[], datetime] | None = None,
    **more: Any,
) -> Visitor:
    """Somebody who is signed in."""
    made = visitor(settings, now=now, **more)
    path = link(settings, name, role, at=now() if now else datetime.now(UTC))
    assert made.post(f"{place_of(settings).root}{path}", follow_redirects=False).status_code == 303
    return made


def somebody(settings: Settings, name: str = "Ada", role: Role = Role.EDITOR, *, at: datetime | None = None) -> Person:
    """Somebody who may use the desk, made where there is nobody of the name."""
    with closing(connect_private(settings.private)) as db:
        try:
            return named(db, name)
        except PeopleError:
            return add(db, name, role, at=at or datetime.now(UTC), origin=HERE)


def link(settings: Settings, name: str = "Ada", role: Role = Role.EDITOR, *, at: datetime | None = None) -> str:
    """The path of a one-time link that signs somebody in."""
    who, at = somebody(settings, name, role, at=at), at or datetime.now(UTC)
    with closing(connect_private(settings.private)) as db:
        return f"/link/{invite(db, Purpose.ENTER, who, at=at, origin=HERE)}"


def give_password(settings: Settings, name: str, hash: str) -> None:
    """A password that was hashed before."""
    with closing(connect_private(settings.private)) as db, writing(db):
        db.conn.execute("update users set password = ? where name = ?", (hash, name))
