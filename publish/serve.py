"""Running the feeds: `serve` in the foreground, `start` in a thread. On 127.0.0.1, behind a web server of your own.

Both raise ConfigError where the port is taken. Where no public address (`site`) is set, the feeds name the one that
they are served at.
"""

import sys

import serving
from config import Settings
from publish.app import Publisher, application
from storage.entries import NoDatabaseError, read_only

SETTING = "feed_port"


def start(settings: Settings, port: int | None = None) -> serving.Running:
    """Serve the feeds in a thread, on the port of the settings or another."""
    listener = serving.listen(settings.feed_port if port is None else port, SETTING)
    return serving.start(_application(settings, serving.address(listener)), listener, proxies=_proxies(settings))


def serve(settings: Settings, port: int | None = None) -> None:
    """Serve the feeds until Ctrl-C, on the port of the settings or another."""
    listener = serving.listen(settings.feed_port if port is None else port, SETTING)
    try:
        read_only(settings.database).close()
    except NoDatabaseError as error:
        print(f"feeds: {error}; until then readers are told to come back", file=sys.stderr)
    serving.serve(_application(settings, serving.address(listener)), listener, "feeds", proxies=_proxies(settings))


def _proxies(settings: Settings) -> list[str]:
    return [address.strip() for address in settings.feed_proxies.split(",") if address.strip()]


def _application(settings: Settings, address: str) -> Publisher:
    public = {} if "site" in settings.model_fields_set else {"site": address}
    return application(settings.model_copy(update=public))
