"""Throw away what nobody asks for any more."""

from datetime import timedelta

import present
from config import Settings
from storage import arrivals, upkeep
from storage.database import connect, connect_private


def tidy(settings: Settings) -> dict[str, int]:
    """Drop old fetches, unused bodies, and who sent forms; returns how many of the first two."""
    arrivals.forget(connect_private(settings.private), present.now())
    return upkeep.tidy(connect(settings.database), present.now() - timedelta(days=settings.keep_fetches_days))
