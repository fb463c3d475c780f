"""How often the public form is used, and by whom: the memory of its rate limit, which a restart does not forget.

In the private database, an address only as a keyed hash, for a day. A sender may send 5 times an hour and 20 times a
day, which nobody with stories to tell needs; all together 200 times an hour, which editors could not read anyway. An
IPv6 sender is a network of 64 bits (storage/networks.py).
"""

import hashlib
import hmac
from datetime import datetime, timedelta

from sqlite_utils import Database

from storage.database import stamp, writing
from storage.networks import network
from storage.sessions import secret

AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)
MOST_AN_HOUR, MOST_A_DAY, MOST_OF_ALL = 5, 20, 200
SECRET = "submissions"  # the name of the key of these hashes, and of the form's signatures


def admitted(private: Database, address: str, now: datetime) -> bool:
    """Whether somebody at this address may send now; if so it counts."""
    who = sender(secret(private, SECRET), address)
    hour, day = stamp(now - AN_HOUR), stamp(now - A_DAY)
    with writing(private):
        private.conn.execute("delete from arrivals where at <= ?", (day,))
        row = private.conn.execute(_COUNTS, {"who": who, "hour": hour}).fetchone()
        if row["hour"] >= MOST_AN_HOUR or row["day"] >= MOST_A_DAY or row["everybody"] >= MOST_OF_ALL:
            return False
        private.conn.execute("insert into arrivals (who, at) values (?, ?)", (who, stamp(now)))
        return True


def forget(private: Database, now: datetime) -> int:
    """Delete what is a day old; returns how many."""
    with writing(private):
        return private.conn.execute("delete from arrivals where at <= ?", (stamp(now - A_DAY),)).rowcount


def sender(key: str, address: str) -> str:
    """A sender as a keyed hash."""
    return hmac.new(key.encode(), network(address).encode(), hashlib.sha256).hexdigest()


_COUNTS = """
select count(*) filter (where who = :who and at > :hour) as hour, count(*) filter (where who = :who) as day,
    count(*) filter (where at > :hour) as everybody
from arrivals
"""
