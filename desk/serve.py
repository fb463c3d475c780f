"""Running the desk: `serve` in the foreground, `start` in a thread. On 127.0.0.1 only."""

import serving
from config import Settings
from desk.app import application

SETTING = "desk_port"


def start(settings: Settings, port: int | None = None) -> serving.Running:
    """Serve the desk in a thread. Raises ConfigError where the port is taken."""
    return serving.start(application(settings), settings.desk_port if port is None else port, SETTING)


def serve(settings: Settings, port: int | None = None) -> None:
    """Serve the desk until Ctrl-C. Raises ConfigError where the port is taken."""
    serving.serve(application(settings), settings.desk_port if port is None else port, SETTING, "desk")
