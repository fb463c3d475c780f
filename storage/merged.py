"""Where a cluster has gone: one that became part of another has no stories any more, and leads to where they are."""

from sqlite_utils import Database


class MovedError(LookupError):
    """The cluster has become part of another one, `now`."""

    def __init__(self, gone: str, now: str) -> None:
        super().__init__(f"cluster {gone} has become part of cluster {now}: nothing was changed; look there")
        self.gone, self.now = gone, now


def whereabouts(db: Database, id: str) -> str:
    """The cluster that one has become, to the end; itself where it has stories, or became nothing."""
    (now,) = db.conn.execute(_WHEREABOUTS, {"id": id}).fetchone()
    return str(now)


def still(db: Database, id: str) -> None:
    """Make sure that a cluster has not become part of another. Raises MovedError."""
    if (now := whereabouts(db, id)) != id:
        raise MovedError(id, now)


_WHEREABOUTS = """
with recursive went (id, steps) as (
    select :id, 0
    union select c.became, w.steps + 1 from went w join clusters c on c.id = w.id
    where c.became is not null and w.steps < 1000
        and not exists (select 1 from stories s where s.cluster = w.id))
select id from went order by steps desc limit 1
"""
