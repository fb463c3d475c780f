"""Throw away what nobody asks for any more."""

from datetime import UTC, datetime, timedelta

from config import Settings
from storage import arrivals, upkeep
from storage.database import connect, connect_private


def tidy(settings: Settings) -> dict[str, int]:
    """Drop old fetches, unused bodies, and who sent forms; returns how many of the first two."""
    arrivals.forget(connect_private(settings.private), datetime.now(UTC))
    return upkeep.tidy(connect(settings.database), datetime.now(UTC) - timedelta(days=settings.keep_fetches_days))
