"""Telling the hub (WebSub) which feeds have changed since it was told last.

The feeds are those of everything, of each language and of each public search, in all formats. What the hub was told is
kept beside the database, `pings.json`: each feed's address with its ETag. A feed whose ETag is another one is told of;
where the hub does not take it, it is asked again after one second and after five, and what it did not take then is told
of at the next beat, as it is not remembered. After three feeds in a row that it did not take, the hub is left alone
until then.
"""

import json
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from config import Settings
from crawler.ping import ping as told
from publish.feed import Format, at
from publish.feeds import EVERYTHING, in_language, made
from publish.routes import public, saved
from publish.shelf import Shelf
from stories.languages import LANGUAGES

WAITS = (1.0, 5.0)  # seconds
MOST_REFUSED = 3
FILE = "pings.json"

log = logging.getLogger("goodturn.ping")


def ping(settings: Settings, *, wait: Callable[[float], None] = time.sleep) -> Counter[str]:
    """Tell the hub of the feeds that have changed. Returns how many it took, were unchanged, and it did not take.
    Raises NoDatabaseError."""
    report: Counter[str] = Counter()
    if not settings.hub:
        return report
    file = settings.data / FILE
    known = _known(file)
    row = 0
    for address, etag in list(_feeds(settings)):  # the database is let go before the hub is waited for
        if known.get(address) == etag:
            report["unchanged"] += 1
        elif row < MOST_REFUSED and _tell(settings, address, wait):
            known[address], row = etag, 0
            report["told"] += 1
        else:
            row += 1
            report["refused"] += 1
    part = file.with_suffix(".part")
    part.write_text(json.dumps(known, indent=1))
    part.replace(file)
    return report


def _known(file: Path) -> dict[str, str]:
    """What the hub was told; nothing where a power cut left the file empty: it is told once more."""
    try:
        known: dict[str, str] = json.loads(file.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return known


def _feeds(settings: Settings) -> Iterator[tuple[str, str]]:
    """The address of each feed, and its ETag."""
    shelf = Shelf(settings)
    try:
        with shelf.reading() as reading:
            questions = [EVERYTHING, *map(in_language, LANGUAGES), *map(saved, public(reading.db).values())]
            for question in questions:
                for format in Format:
                    yield at(question.address(settings.site), format), made(reading, question, format).plain.etag
    finally:
        shelf.close()


def _tell(settings: Settings, address: str, wait: Callable[[float], None]) -> bool:
    for seconds in (*WAITS, None):
        trouble = told(settings.hub, address, loopback=settings.allow_private)
        if trouble is None:
            return True
        log.warning("pinged hub=%s feed=%s trouble=%s", settings.hub, address, trouble)
        if seconds is not None:
            wait(seconds)
    return False
