"""How the sources and the database are, in lines an operator can act on."""

from datetime import datetime

from config import Settings
from jobs.condition import words
from storage import upkeep
from storage.database import connect
from storage.health import Health, health

MANY_FAILURES = 3  # in a row; one or two are the web's weather


def checkup(settings: Settings, now: datetime) -> list[str]:
    """A sentence for each thing that wants an operator; empty when all is well."""
    db = connect(settings.database)
    found = [f"the database is damaged: {what}; restore a copy of {settings.database}" for what in upkeep.damage(db)]
    return found + [f"{source.address}: {said}" for source in health(db) if (said := _wants(source, now))]


def _wants(source: Health, now: datetime) -> str:
    if not source.active or (0 < source.failures < MANY_FAILURES and not source.stopped):
        return ""
    if said := words(source, now):
        return said
    if source.pages > 1 and not source.read:
        return f"{source.pages} pages fetched, none read; try 'goodturn read'"
    return ""
