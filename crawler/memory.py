"""The one connection that a crawl has to the database: a crawl is a process of its own, and has one thread.

The queue, the pages, the hosts and the rules of sites are written and read through it, so that what one part has just
written is in the memory of the others.
"""

from functools import cache

from config import settings
from storage.database import Database, connect


@cache
def database() -> Database:
    """The database of this process. Raises DatabaseError where it cannot be used."""
    return connect(settings().database)
