"""Compare and group the stories anew, with today's comparison."""

from config import Settings
from storage import anew
from storage.database import connect


def cluster_anew(settings: Settings) -> dict[str, int]:
    """Compare all stories anew; returns how many clusters there were and are."""
    return anew.place_anew(connect(settings.database))
