"""How the sources and the database are, in lines an operator can act on."""

from config import Settings
from storage import upkeep
from storage.database import connect

MANY_FAILURES = 3  # in a row; one or two are the web's weather


def checkup(settings: Settings) -> list[str]:
    """A sentence for each thing that wants an operator; empty when all is well."""
    db = connect(settings.database)
    found = [f"the database is damaged: {what}; restore a copy of {settings.database}" for what in upkeep.damage(db)]
    for source in (s for s in upkeep.health(db) if s.active):
        if source.failures >= MANY_FAILURES:
            found.append(f"{source.address}: {source.failures} failures in a row, the last one '{source.last_outcome}'")
        elif source.pages > 1 and not source.read:
            found.append(f"{source.address}: {source.pages} pages fetched, none read; try 'goodturn read'")
        elif source.last_fetch and source.pages <= 1:
            found.append(f"{source.address}: fetched, but it led to no article; is 'kind=' right?")
    return found
