"""Running the desk: `serve` in the foreground, `start` in a thread. On 127.0.0.1 only.

Both raise ConfigError where the port is taken.
"""

import serving
from config import Settings
from desk.app import application

SETTING = "desk_port"


def start(settings: Settings, port: int | None = None) -> serving.Running:
    """Serve the desk in a thread, on the port of the settings or another."""
    listener = serving.listen(settings.desk_port if port is None else port, SETTING)
    return serving.start(application(settings), listener)


def serve(settings: Settings, port: int | None = None) -> None:
    """Serve the desk until Ctrl-C, on the port of the settings or another."""
    listener = serving.listen(settings.desk_port if port is None else port, SETTING)
    serving.serve(application(settings), listener, "desk")
