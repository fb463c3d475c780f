"""Leases: which addresses of the queue a run fetches.

Leasing takes the waiting addresses host by host, so that one host with thousands of them does not keep the others
waiting; a host that another living run holds addresses of is left to that run, so that two crawls at once do not
double the pace at which a site is asked, and so is one that rests. A source gets no more addresses than its budget,
and none while it is paused or has quiet hours.

What a dead run held waits again (`bury`), after the rest; a run is dead when its file's lock is free (storage/runs.py).
An address that five dead runs held is a suspect: it is leased alone, when nothing else is left, so that a page that
ends the process that fetches it is found out; with which three more runs died, it waits an hour, two, four ... between
two tries. What a run held that lives and hangs waits again once its lease is over (`expire`).
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from sqlite3 import Row

from sqlite_utils import Database

from reading.page import PageKind
from storage import rest
from storage.database import stamp, writing
from storage.frontier import MAY, Address

LEASE = timedelta(minutes=30)  # ten times as long as one request can take; a living run renews its leases
WHOLE = timedelta(days=7)  # after which a page is asked for whole, whatever its validators say
SUSPECT, GUILTY = 5, 8  # deaths of runs that held an address
MOST = 500  # addresses leased at a time: some milliseconds, and more hosts than a crawl has connections


def lease(
    db: Database,
    *,
    spider: str | None,
    run: str,
    now: datetime,
    each: int,
    without: Collection[str] = (),
    after: str = "",
) -> list[Address]:
    """Lease to a run up to `each` addresses of every host, best first, and MOST in all; none of the hosts `without`.

    The hosts are taken in their order from the one behind `after` on, then from the first, so that each has its turn.
    `spider` limits it to the addresses of one; None: of all.
    """
    asked: dict[str, object] = {
        "spider": spider,
        "run": run,
        "now": stamp(now),
        "each": each,
        "most": MOST,
        "without": json.dumps(sorted(without)),
        "until": stamp(now + LEASE),
        "whole": stamp(now - WHOLE),
        "resting": rest.as_json(db, now),
    }
    free = _free(db, asked | {"suspects": False}, after)
    if not free and not without and not db.conn.execute(_HOLDS, (run,)).fetchone():
        free = _free(db, asked | {"suspects": True, "each": 1, "most": 1}, "")
    if not free:
        return []
    with writing(db):
        ids = _within_budgets(db, free)
        db.conn.execute(_LEASE, asked | {"ids": ids})
        rows = db.conn.execute(_LEASED, asked | {"ids": ids}).fetchall()
    turn = {host: n for n, host in enumerate(dict.fromkeys(row["host"] for row in free))}
    return sorted((_address(row) for row in rows), key=lambda address: turn[address.host])


def _free(db: Database, asked: dict[str, object], after: str) -> list[Row]:
    """What may be leased, read without holding up who writes."""
    free = db.conn.execute(_FREE, asked | {"after": after}).fetchall()
    most = int(str(asked["most"])) - len(free)
    if after and most > 0:
        seen = {*json.loads(str(asked["without"])), *(row["host"] for row in free)}
        rest = {"after": "", "most": most, "without": json.dumps(sorted(seen))}
        free += db.conn.execute(_FREE, asked | rest).fetchall()
    return free


def _within_budgets(db: Database, free: Iterable[Row]) -> str:
    """The ids that the budgets of their sources still allow, as JSON; they are counted as spent."""
    left: dict[str, int] = {}
    ids, spent = [], Counter[str]()
    for row in free:
        source = row["source"]
        if source is None:
            ids.append(row["id"])
        elif row["own"] or left.setdefault(source, row["left"]) > spent[source]:
            ids.append(row["id"])
            spent[source] += 1
    db.conn.executemany("update sources set spent = spent + ? where id = ?", [(n, s) for s, n in spent.items()])
    return json.dumps(ids)


def _address(row: Row) -> Address:
    return Address(
        id=row["id"],
        url=row["url"],
        host=row["host"],
        spider=row["spider"],
        kind=PageKind(row["kind"]),
        depth=row["depth"],
        tries=row["tries"],
        source=row["source"],
        home=row["home"],
        pages=row["pages"],
        options=json.loads(row["options"]),
        etag=row["etag"],
        last_modified=row["last_modified"],
        hints=row["hints"],
    )


def holders(db: Database) -> list[str]:
    """The runs that hold addresses."""
    return [row[0] for row in db.conn.execute("select distinct run from frontier where state = 'leased'")]


def renew(db: Database, run: str, now: datetime) -> None:
    """A run lives: what it holds stays leased to it."""
    with writing(db):
        db.conn.execute(
            "update frontier set leased_until = ? where state = 'leased' and run = ?", (stamp(now + LEASE), run)
        )


def release(db: Database, run: str, only: Collection[str] | None = None) -> int:
    """Let what a run holds, or these of it by their ids, wait again; returns how many."""
    with writing(db):
        if only is None:
            return _give_back(db, "run = :run", {"run": run})
        held = {"run": run, "ids": json.dumps(list(only))}
        return _give_back(db, "run = :run and id in (select value from json_each(:ids))", held)


def bury(db: Database, run: str, now: datetime) -> int:
    """Let what a dead run held wait again; returns how many."""
    with writing(db):
        db.conn.execute(_BURY, {"run": run, "now": stamp(now)})
        return _give_back(db, "run = :run", {"run": run})


def expire(db: Database, now: datetime) -> int:
    """Let all wait again whose lease is over, as its holder hangs; returns how many."""
    with writing(db):
        return _give_back(db, "leased_until < :now", {"now": stamp(now)})


def _give_back(db: Database, where: str, values: Mapping[str, object]) -> int:
    held = f"state = 'leased' and {where}"
    db.conn.execute(
        f"update sources set spent = max(0, spent - h.held) from (select source, count(*) as held from frontier"
        f" where {held} group by source) h where sources.id = h.source",
        values,
    )
    return db.conn.execute(
        f"update frontier set state = 'waiting', run = null, leased_until = null where {held}", values
    ).rowcount


# The hosts are found by skipping through the index, not by reading all that waits.
_FREE = f"""
with recursive queues (host) as (
    select min(host) from frontier where state = 'waiting' and host > :after
    union all
    select (select min(host) from frontier where state = 'waiting' and host > queues.host)
    from queues where host is not null
)
select f.id, f.host, f.source, s.budget - s.spent as left, coalesce(f.id = s.id or f.url = s.asked, 0) as own
from queues join frontier f on f.rowid in (
    select w.rowid from frontier w left join sources s on s.id = w.source
    where w.state = 'waiting' and w.host = queues.host and (:spider is null or w.spider = :spider)
        and (w.deaths >= {SUSPECT}) = :suspects and {MAY}
    order by w.priority desc, w.rowid limit :each)
left join sources s on s.id = f.source
where queues.host not in (select value from json_each(:without))
    and not exists (select 1 from frontier o where o.host = queues.host and o.state = 'leased' and o.run <> :run)
    and not exists (select 1 from hosts h where h.host = queues.host and h.rests_until > :now)
limit :most
"""

_LEASE = """
update frontier set state = 'leased', run = :run, leased_until = :until
where state = 'waiting' and id in (select value from json_each(:ids)) and not exists (
    select 1 from frontier o where o.host = frontier.host and o.state = 'leased' and o.run <> :run)
"""

# What came whole long ago, and what was let go, is asked for without its validators.
_LEASED = """
select f.*, coalesce(s.pages, 1) as pages, coalesce(s.options, '{}') as options, s.address as home,
    coalesce(p.hints, '') as hints,
    case when p.full_at > :whole and (b.body <> x'' or f.kind in ('feed', 'archive')) then p.etag end as etag,
    case when p.full_at > :whole and (b.body <> x'' or f.kind in ('feed', 'archive')) then p.last_modified
        end as last_modified
from json_each(:ids) j join frontier f on f.id = j.value and f.state = 'leased' and f.run = :run
left join sources s on s.id = f.source left join pages p on p.id = f.id left join bodies b on b.id = p.body
order by f.priority desc, f.rowid
"""

_HOLDS = "select 1 from frontier where state = 'leased' and run = ?"

_BURY = f"""
update frontier set deaths = deaths + 1, priority = priority - 1,
    not_before = case when deaths + 1 >= {GUILTY}
        then strftime('%Y-%m-%dT%H:%M:%SZ', :now, '+' || (1 << min(deaths + 1 - {GUILTY}, 9)) || ' hours')
        else not_before end
where state = 'leased' and run = :run
"""
