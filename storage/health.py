"""How each source is: what it brings, when it is asked, and what keeps it from being asked."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from storage.database import moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """A source. `last_new` is when it last led to an article never seen, `gap` the mean time between two of those;
    `waiting` are its addresses in the queue, `unread` its articles that wait to be read, since `unread_since`;
    `approved` the clusters of its stories that stand approved; `moved` is the address at which it is asked since it
    moved for good. None where there was none.
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

    @property
    def per_hundred(self) -> float | None:
        """Approved stories on a hundred pages: what the source is worth."""
        return 100 * self.approved / self.pages if self.pages else None


def health(db: Database) -> list[Health]:
    """Every source, those with failures first."""
    rows = db.query("select * from source_health order by active desc, failures desc, address")
    return [
        Health(
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
        )
        for row in rows
    ]
