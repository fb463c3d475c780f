"""Running the form: `serve` in the foreground, `start` in a thread; behind a web server of your own.

Both raise ConfigError where the port is taken, and where the form is not switched on.
"""

import serving
from config import ConfigError, Settings
from submissions.app import application

SETTING = "submit_port"
OFF = "the public form is off; set submissions = true in goodturn.toml (or GOODTURN_SUBMISSIONS=true) to switch it on"


def start(settings: Settings, port: int | None = None) -> serving.Running:
    """Serve the form in a thread, on the port of the settings or another."""
    listener = _listen(settings, port)
    return serving.start(application(settings), listener, proxies=_proxies(settings))


def serve(settings: Settings, port: int | None = None) -> None:
    """Serve the form until Ctrl-C, on the port of the settings or another."""
    listener = _listen(settings, port)
    serving.serve(application(settings), listener, "submissions", proxies=_proxies(settings))


def _listen(settings: Settings, port: int | None) -> serving.Listener:
    if not settings.submissions:
        raise ConfigError(OFF)
    return serving.listen(settings.submit_port if port is None else port, SETTING, settings.submit_bind)


def _proxies(settings: Settings) -> list[str]:
    return [address.strip() for address in settings.submit_proxies.split(",") if address.strip()]
