"""How the sources and the database are, in lines an operator can act on."""

from datetime import datetime, timedelta

from config import Settings
from crawler.sources import SourcesError
from jobs.collect import sync
from storage import upkeep
from storage.database import connect
from storage.health import Health, health
from watch.condition import has_spent_all, words

MANY_FAILURES = 3  # in a row; one or two are the web's weather
A_DAY = timedelta(days=1)  # in which the clock reads many times what was fetched


def checkup(settings: Settings, now: datetime) -> list[str]:
    """A sentence for each thing that wants an operator; empty when all is well."""
    try:
        found = [] if sync(settings) else [f"{settings.feeds}: names no source; 'goodturn sources add URL' finds one"]
    except SourcesError as mistakes:
        found = [f"nothing is collected until this is mended: {mistake}" for mistake in str(mistakes).splitlines()]
    db = connect(settings.database)
    found += [f"the database is damaged: {what}; restore a copy of {settings.database}" for what in upkeep.damage(db)]
    sources = [source for source in health(db) if source.active]
    if len(sources) > 1 and all(source.failures for source in sources):
        found.append("every source fails: is this machine on the network?")
    return found + [f"{source.address}: {said}" for source in sources if (said := _wants(source, now))]


def _wants(source: Health, now: datetime) -> str:
    if 0 < source.failures < MANY_FAILURES and not source.stopped:
        return ""
    said = words(source, now)
    if said and said != has_spent_all(source, now):  # its next turn comes by itself
        return said
    if source.unread and source.unread_since and now - source.unread_since > A_DAY:
        return f"{source.unread} pages have waited to be read for a day; does 'goodturn read' run?"
    return ""
