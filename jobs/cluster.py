"""Place the stories of undecided clusters anew, with today's comparison."""

from datetime import UTC, datetime

from config import Settings
from storage import documents
from storage.database import connect


def cluster_anew(settings: Settings) -> dict[str, int]:
    """Compare anew what no editor decided on; returns how many clusters there were and are."""
    return documents.place_anew(connect(settings.database), datetime.now(UTC))
