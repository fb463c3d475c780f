"""What was ever approved, each with a number that changes whenever what readers get of it may have changed.

So that whoever keeps something made of an entry (a file, say) knows without reading the entry whether it is still good.
It reads two narrow tables and takes a second for a hundred thousand entries, where the board takes many
(storage/board.py).
"""

from dataclasses import dataclass

from sqlite_utils import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A cluster that was approved once, its version, and when an editor acted on it last."""

    id: str
    version: int
    acted_at: str


def states(db: Database) -> list[State]:
    """All of them, in the order of their first approval."""
    return [State(id=id, version=version, acted_at=at) for id, version, at in db.conn.execute(_STATES)]


_STATES = """
select a.cluster, c.version, a.at
from (select cluster, min(case verb when 'approve' then number end) as first, max(at) as at
    from decisions where verb <> 'note' group by cluster) a
join clusters c on c.id = a.cluster where a.first is not null order by a.first
"""
