"""What became of what was sent in, for the list on the desk: where each submission is, and why it is not further."""

from dataclasses import dataclass
from enum import StrEnum

from sqlite_utils import Database

from reading.sent import SCHEME
from storage.submissions import NO_ADDRESS, Submitted, get

OPEN = "open"  # the state of a cluster that nobody has decided on


class Stage(StrEnum):
    """Where a submission is."""

    FETCH = "waits to be fetched"
    READ = "waits to be read"
    TOLD = "in the inbox"
    DECIDED = "decided on"
    NOTHING = "led to no story"
    CLOSED = "set aside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A cluster that a submission led to: its id, its title, its state (open, approved, rejected)."""

    cluster: str
    title: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """A submission, where it is, and to which clusters it led; `trouble`: why its link could not be fetched or read."""

    submitted: Submitted
    stage: Stage
    told: tuple[Told, ...]
    trouble: str


def fates(db: Database, *, limit: int, offset: int = 0) -> list[Fate]:
    """What was sent in, newest first."""
    rows = db.conn.execute(_FATES, {"limit": limit, "offset": offset}).fetchall()
    return [_fate(db, dict(row)) for row in rows]


def _fate(db: Database, row: dict[str, object]) -> Fate:
    submitted = get(db, int(str(row["number"])))
    told = tuple(Told(**dict(each)) for each in db.conn.execute(_TOLD, (submitted.page,)))
    return Fate(submitted=submitted, stage=_stage(submitted, row, told), told=told, trouble=_trouble(submitted, row))


def _stage(submitted: Submitted, row: dict[str, object], told: tuple[Told, ...]) -> Stage:
    if told:
        return Stage.TOLD if any(each.state == OPEN for each in told) else Stage.DECIDED
    if submitted.closed_at:
        return Stage.CLOSED
    if submitted.url and submitted.page is None and (submitted.address is None or row["waits"]):
        return Stage.FETCH
    return Stage.READ if submitted.page is None or not row["was_read"] else Stage.NOTHING


def _trouble(submitted: Submitted, row: dict[str, object]) -> str:
    if submitted.address == NO_ADDRESS:
        return "it is no address of an article"
    if row["outcome"] and not row["body"] and row["outcome"] != "unchanged":
        return f"{row['outcome']}: {row['reason']}" if row["reason"] else str(row["outcome"])
    of_words = submitted.url and str(row["requested"] or "").startswith(SCHEME)
    return str(row["reading_reason"] or "its page tells no story") if of_words else ""


_FATES = """
select s.number, f.state in ('waiting', 'leased') as waits, a.outcome, a.reason, a.body, a.reading_reason,
    p.requested, p.reading is not null as was_read
from submissions s
left join frontier f on f.id = s.address
left join pages a on a.id = s.address
left join pages p on p.id = s.page
order by s.number desc limit :limit offset :offset
"""

_TOLD = """
select cluster, title, state from cluster_list where cluster in (select cluster from stories where document = ?)
order by score desc
"""
