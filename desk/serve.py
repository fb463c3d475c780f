"""Running the desk: `serve` in the foreground, `start` in a thread; and the links that a terminal prints.

Both raise ConfigError where the port is taken, or where the desk would be open to others without an address.
"""

import sys
import threading
from contextlib import closing
from datetime import UTC, datetime

import serving
from config import Settings
from desk.app import application
from desk.perhaps import prepare
from desk.place import place_of, proxies, refuse_openness, warnings
from storage.database import connect_private
from storage.invitations import Purpose, invite
from storage.logins import Origin
from storage.people import Person, Role, add, nobody_yet

SETTING = "desk_port"
TERMINAL = Origin(who="terminal")


def start(settings: Settings, port: int | None = None) -> serving.Running:
    """Serve the desk in a thread, on the port of the settings or another."""
    listener, here = _listen(settings, port)
    return serving.start(application(here), listener, proxies=proxies(here))


def serve(settings: Settings, port: int | None = None) -> None:
    """Serve the desk until Ctrl-C, on the port of the settings or another."""
    listener, here = _listen(settings, port)
    app = application(here)
    for warning in warnings(here):
        print(f"desk: {warning}", file=sys.stderr)
    if link := first_link(here):
        print(f"desk: nobody may use it yet. This link makes the first operator, once, within an hour:\n\n  {link}\n")
    threading.Thread(target=prepare, daemon=True).start()
    serving.serve(app, listener, "desk", proxies=proxies(here), at=place_of(here).address)


def first_link(settings: Settings) -> str | None:
    """A one-time link that makes the first operator; None where there is one who can sign in."""
    with closing(connect_private(settings.private)) as db:
        if not nobody_yet(db):
            return None
        return place_of(settings).link(invite(db, Purpose.FIRST, at=datetime.now(UTC), origin=TERMINAL))


def password_link(settings: Settings, who: Person) -> str:
    """A one-time link with which somebody sets a password."""
    with closing(connect_private(settings.private)) as db:
        return place_of(settings).link(invite(db, Purpose.PASSWORD, who, at=datetime.now(UTC), origin=TERMINAL))


def entering_link(settings: Settings, address: str, name: str) -> str:
    """Make an operator without a password for the desk at `address`; a one-time link that signs them in."""
    now = datetime.now(UTC)
    with closing(connect_private(settings.private)) as db:
        who = add(db, name, Role.OPERATOR, at=now, origin=TERMINAL)
        return f"{address}/link/{invite(db, Purpose.ENTER, who, at=now, origin=TERMINAL)}"


def _listen(settings: Settings, port: int | None) -> tuple[serving.Listener, Settings]:
    """The port, taken, and the settings with that port in them."""
    refuse_openness(settings)
    asked = settings.desk_port if port is None else port
    listener = serving.listen(asked, SETTING, settings.desk_bind)
    return listener, settings.model_copy(update={"desk_port": listener.getsockname()[1]})
