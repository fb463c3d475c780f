"""A source's turn: when it is due next, where it is asked then, and how far back it is looked. Pure: a row of the
table and a page in, new values out.

A source with `every=` is due as storage/rhythm.py says; one with `cron=` at the first turn of that line which is not
before the site's own word on when to ask again, to within a tenth: a page that is fresh for a day is asked for daily.
After a failure it is asked as any other while that is before the coming turn, and at turns from then on. What falls
into quiet hours is due when they end.

A turn comes late where the machine slept, or the source rested, or failed. A feed may have rolled over by then, so the
turn looks at as many times more pages as its usual wait has passed since its last success, ten times at most.
"""

from datetime import datetime, timedelta
from sqlite3 import Row
from typing import Any

from reading.page import Outcome, Page
from storage import rhythm
from storage.database import identity, moment, stamp
from storage.times import awake, next_turn

GONE_FOR_GOOD = 410
MOVES = 3  # so often in a row a source says that it has moved for good before it is believed
SLACK = 0.1  # of the time for which a page is fresh
MOST_LOOK_BACK = 10  # times its usual pages: thirty days of a feed that is asked every third
LEAST_WAIT = timedelta(hours=1)  # of which several must have passed: what is asked every five minutes is not late yet


def claimed(row: Row, now: datetime) -> datetime:
    """When a source is due that was claimed now; for the time being, its page will say."""
    if row["cron"]:
        return awake(row["quiet"], next_turn(row["cron"], now))
    every = timedelta(seconds=row["every_s"])
    return awake(row["quiet"], now + (every if row["longest_s"] is None else max(every, rhythm.FIRST)))


def look_back(row: Row, now: datetime) -> int:
    """How many times as many pages as usual are looked at in a turn that begins now."""
    usual, last = _span(row["wait_s"]), moment(row["last_success"])
    if usual is None or last is None:
        return 1
    return max(1, min((now - last) // max(usual, LEAST_WAIT), MOST_LOOK_BACK))


def success(row: Row, page: Page) -> dict[str, Any]:
    """What a success changes: the first one begins the count, as all that it brought was there before."""
    now, before, last_new = page.fetched_at, _span(row["gap_s"]), moment(row["last_new"])
    if row["last_success"] is None:
        last_new = now
    elif row["fresh"]:
        before = rhythm.gap(before, max(now - (last_new or now), timedelta(minutes=1)), row["fresh"])
        last_new = now
    due, wait = _next(row, page, before, now - (last_new or now))
    return {
        "failures": 0,
        "success": stamp(now),
        "last_new": stamp(last_new) if last_new else None,
        "gap": round(before.total_seconds()) if before else None,
        "wait": round(wait.total_seconds()),
        "due": stamp(awake(row["quiet"], due)),
        "stopped": None,
    }


def _next(row: Row, page: Page, gap: timedelta | None, silence: timedelta) -> tuple[datetime, timedelta]:
    """When a source is due after a success, quiet hours aside; and how long it usually waits by now."""
    now, fresh = page.fetched_at, max((page.fresh_until or page.fetched_at) - page.fetched_at, timedelta())
    if row["cron"]:
        due = next_turn(row["cron"], now + fresh * (1 - SLACK))
        return due, due - now
    wait = rhythm.wait(timedelta(seconds=row["every_s"]), _span(row["longest_s"]), gap, silence, row["approved"])
    began = moment(row["last_started"]) or now
    due = began + rhythm.jittered(wait, identity(row["id"], stamp(began)))
    return max(due, now + wait / 2, now + fresh), max(wait, fresh)


def failure(row: Row, page: Page) -> dict[str, Any]:
    """What a failure changes."""
    failures, now = row["failures"] + 1, page.fetched_at
    usual = _span(row["wait_s"]) or timedelta(seconds=row["every_s"])
    soon = page.outcome is Outcome.LATER
    wait = rhythm.jittered(rhythm.backoff(failures, usual, soon=soon), identity(row["id"], stamp(now)))
    due = max(now + wait, page.again_at or now)
    if row["cron"] and due > next_turn(row["cron"], now):
        due = next_turn(row["cron"], due)
    gone = page.status == GONE_FOR_GOOD and not row["asked"]
    return {
        "failures": failures,
        "success": row["last_success"],
        "last_new": row["last_new"],
        "gap": row["gap_s"],
        "wait": row["wait_s"],
        "due": stamp(awake(row["quiet"], due)),
        "stopped": f"its site said on {now:%Y-%m-%d} that it is gone for good (410)" if gone else row["stopped"],
    }


def moved(row: Row, page: Page, *, failed: bool) -> dict[str, Any]:
    """Where a source is asked next: a new address that failed is forgotten."""
    if failed:
        return {"asked": None, "moving_to": None, "moves": 0}
    if page.moved_to is None:
        return {"asked": row["asked"], "moving_to": None, "moves": 0}
    moves = row["moves"] + 1 if page.moved_to == row["moving_to"] else 1
    if moves >= MOVES:
        return {"asked": page.moved_to, "moving_to": None, "moves": 0}
    return {"asked": row["asked"], "moving_to": page.moved_to, "moves": moves}


def _span(seconds: int | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
