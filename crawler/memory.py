"""The one connection that a crawl has to the database: a crawl is a process of its own, and has one thread.

The queue, the pages, the hosts and the rules of sites are written and read through it, so that what one part has just
written is in the memory of the others.

Where the database cannot be used (locked for half a minute, disk full, read-only, damaged, gone) the crawl ends at
once: what it went on to ask sites for could not be kept, and a page that cannot be kept for that reason is not to
blame. It ends as by a kill, which loses nothing: what it held is fetched by the next one.
"""

import logging
import os
from functools import cache

from config import settings
from storage.database import Database, SQLiteError, connect

log = logging.getLogger("goodturn.crawl")
UNUSABLE = 74  # exit status: EX_IOERR of sysexits.h


@cache
def database() -> Database:
    """The database of this process. Raises DatabaseError where it cannot be used."""
    return connect(settings().database, on_trouble=_end)


def _end(error: SQLiteError) -> None:
    log.error("ended database=%s because=%s", settings().database, error)
    logging.shutdown()
    os._exit(UNUSABLE)
