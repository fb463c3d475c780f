"""What is done with findings: how long each kind must stay well before its alarm is over, what is told at once, and
what is to be done about it."""

from datetime import timedelta

from storage.alarms import Alarm, Kind
from storage.database import stamp

HOUR = timedelta(hours=1)
CALM = {
    Kind.FAILING: 6 * HOUR,
    Kind.NETWORK: HOUR,
    Kind.ERRORS: 3 * HOUR,
    Kind.BACKLOG: HOUR,
    Kind.DISK: HOUR,
    Kind.JOBS: HOUR,
    Kind.NOTICES: HOUR,
    Kind.SILENT: HOUR,
    Kind.BARREN: HOUR,
}
"""For how long nothing of a kind must be found until its alarm is over; at once for those that are not here."""

URGENT = {Kind.DISK, Kind.DATABASE, Kind.NETWORK}
"""What is told at once; the rest waits until a quarter of an hour has passed since the last notice."""

ADVICE = {
    Kind.SILENT: "look whether it is over, or its pages have changed: goodturn sources test ADDRESS; "
    "take its line out of feeds.txt, or goodturn pause ADDRESS, and this is over",
    Kind.BARREN: "its markup may have changed: goodturn explain on one of its new pages says where it stops",
    Kind.FAILING: "look at its address in a browser; it is asked ever more seldom, and at once again when it answers",
    Kind.STOPPED: "take its line out of feeds.txt, or goodturn collect --source ADDRESS tries it again",
    Kind.MOVED: "write the new address into its line in feeds.txt",
    Kind.NETWORK: "look at this machine's network and name server; nothing is lost, sources are asked when it is back",
    Kind.ERRORS: "goodturn status shows how fetches end; the site may refuse us, or have trouble of its own",
    Kind.BACKLOG: "do the jobs run (goodturn status)? goodturn read reads the pages that wait, more workers= faster; "
    "where addresses or stories are too many, take fewer sources or a smaller budget= for them, or ask more editors in",
    Kind.DISK: "make room: goodturn tidy, the settings keep_pages_days and keep_pages_gb, old backups elsewhere",
    Kind.BACKUP: "goodturn backup makes one now, and says what is in its way",
    Kind.FEEDS: "mend the line; until then the sources are those of before",
    Kind.JOBS: "goodturn status shows its last runs; its lines in the log say why",
    Kind.DATABASE: "stop Goodturn, keep a copy of the data folder, and goodturn restore the last backup",
    Kind.NOTICES: "look at the setting notify; goodturn watch --test sends a message",
}
"""What to do about each."""


def as_row(alarm: Alarm) -> dict[str, str | int | None]:
    """An alarm for a table or a program."""
    moments = {"since": alarm.since, "told": alarm.told, "over": alarm.over, "over_told": alarm.over_told}
    said = {"number": alarm.number, "kind": alarm.kind.value, "subject": alarm.subject, "said": alarm.said}
    return said | {name: stamp(at) if at else None for name, at in moments.items()} | {"advice": ADVICE[alarm.kind]}
