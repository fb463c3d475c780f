"""Throw away what nobody asks for any more."""

from datetime import UTC, datetime, timedelta

from config import Settings
from storage import upkeep
from storage.database import connect


def tidy(settings: Settings) -> dict[str, int]:
    """Delete old fetches and unused bodies; returns how many of each."""
    return upkeep.tidy(connect(settings.database), datetime.now(UTC) - timedelta(days=settings.keep_fetches_days))
