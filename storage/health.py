"""How each source is: what it brings, when it is asked, and what keeps it from being asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from storage import alarms, schedule
from storage.database import moment
from storage.schedule import EVERYTHING, Pause
from storage.times import NEVER


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """A source. `last_new` is when it last led to an article never seen, `gap` the mean time between two of those;
    `waiting` are its addresses in the queue, `unread` its articles that wait to be read, since `unread_since`;
    `approved` the clusters of its stories that stand approved; `moved` is the address at which it is asked since it
    moved for good; `quiet` its quiet hours, `paused` what an operator said last of a rest. None where there was none.
    `strange` is what an alarm that is on says of its silence, or of its pages.
    """

    address: str
    kind: str
    label: str | None
    active: bool
    stopped: str | None
    moved: str | None
    failures: int
    last_outcome: str | None
    last_reason: str
    last_started: datetime | None
    last_success: datetime | None
    last_new: datetime | None
    gap: timedelta | None
    due: datetime | None
    budget: int
    spent: int
    waiting: int
    pages: int
    read: int
    unread: int
    unread_since: datetime | None
    stories: int
    approved: int
    quiet: str | None = None
    paused: Pause | None = None
    strange: str = ""

    @property
    def per_hundred(self) -> float | None:
        """Approved stories on a hundred pages: what the source is worth."""
        return 100 * self.approved / self.pages if self.pages else None


def health(db: Database) -> list[Health]:
    """Every source, those with failures first."""
    pauses, strange = schedule.pauses(db), alarms.strange(db)
    return [of_row(row, pauses, strange) for row in db.query(_HEALTH)]


def of_row(row: Mapping[str, Any], pauses: Mapping[str, Pause], strange: Mapping[str, str] | None = None) -> Health:
    """A source by its row of `source_health`, with its quiet hours."""
    return Health(
        address=row["address"],
        kind=row["kind"],
        label=row["label"],
        active=bool(row["active"]),
        stopped=row["stopped"],
        moved=row["asked"],
        failures=row["failures"],
        last_outcome=row["last_outcome"],
        last_reason=row["last_reason"],
        last_started=moment(row["last_started"]),
        last_success=moment(row["last_success"]),
        last_new=moment(row["last_new"]),
        gap=timedelta(seconds=row["gap_s"]) if row["gap_s"] is not None else None,
        due=moment(row["next_due"]),
        budget=row["budget"],
        spent=row["spent"],
        waiting=row["waiting"],
        pages=row["pages"],
        read=row["read"],
        unread=row["unread"],
        unread_since=moment(row["unread_since"]),
        stories=row["stories"],
        approved=row["approved"],
        quiet=row["quiet"],
        paused=_longest(pauses.get(row["id"]), pauses.get(EVERYTHING)),
        strange=(strange or {}).get(row["address"], ""),
    )


def _longest(*pauses: Pause | None) -> Pause | None:
    """The one that is over last."""
    return max(filter(None, pauses), key=lambda pause: pause.until or NEVER, default=None)


_HEALTH = """
select h.*, s.quiet from source_health h join sources s on s.id = h.id
order by h.active desc, h.failures desc, h.address
"""
