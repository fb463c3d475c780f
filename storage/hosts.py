"""What is known of hosts and sites between two crawls: when each host was asked last and how gently it wants to be
asked, and what each site allows. So a new crawl keeps the delay towards a host that the one before it asked last, a
host that asked for patience has it from the next crawl too, and robots.txt is asked for once a day.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from sqlite_utils import Database

from storage.database import moment, stamp, writing

KEPT = timedelta(hours=24)  # RFC 9309, 2.4: a cached robots.txt is not used for longer


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """How a host is to be asked: seconds between two requests where it wants more than the setting `delay`, and the
    moment until which it is left alone, with the reason."""

    asked_at: datetime | None = None
    wait: float = 0.0
    rests_until: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a site answered for one of its well-known files."""

    status: int
    body: bytes


def host(db: Database, name: str) -> Host:
    """What is known of a host."""
    row = db.conn.execute("select * from hosts where host = ?", (name,)).fetchone()
    if row is None:
        return Host()
    return Host(
        asked_at=moment(row["asked_at"]),
        wait=row["wait_s"],
        rests_until=moment(row["rests_until"]),
        reason=row["reason"],
    )


def keep(db: Database, hosts: Mapping[str, Host]) -> None:
    """Write down how hosts are to be asked. Within a transaction of the caller's."""
    db.conn.executemany(
        "insert into hosts (host, asked_at, wait_s, rests_until, reason) values (?, ?, ?, ?, ?)"
        " on conflict (host) do update set asked_at = excluded.asked_at, wait_s = excluded.wait_s,"
        " rests_until = excluded.rests_until, reason = excluded.reason",
        [
            (name, _precise(host.asked_at), host.wait, _precise(host.rests_until), host.reason)
            for name, host in hosts.items()
        ],
    )


def robots(db: Database, site: str, now: datetime) -> Said | None:
    """What a site answered for its robots.txt within the last day."""
    row = db.conn.execute("select * from sites where site = ? and robots_at > ?", (site, stamp(now - KEPT))).fetchone()
    return Said(status=row["robots_status"], body=row["robots"]) if row else None


def keep_robots(db: Database, site: str, said: Said, now: datetime) -> None:
    """Remember a site's robots.txt."""
    with writing(db):
        db.conn.execute(
            "insert into sites (site, robots_at, robots_status, robots) values (?, ?, ?, ?) on conflict (site)"
            " do update set robots_at = excluded.robots_at, robots_status = excluded.robots_status,"
            " robots = excluded.robots",
            (site, stamp(now), said.status, said.body),
        )


def reservations(db: Database, site: str, now: datetime) -> bytes | None:
    """A site's tdmrep.json, if it was asked for within the last day; empty where it has none."""
    row = db.conn.execute("select tdm from sites where site = ? and tdm_at > ?", (site, stamp(now - KEPT))).fetchone()
    return row["tdm"].encode() if row else None


def keep_reservations(db: Database, site: str, body: bytes, now: datetime) -> None:
    """Remember a site's tdmrep.json."""
    with writing(db):
        db.conn.execute(
            "insert into sites (site, tdm_at, tdm) values (?, ?, ?) on conflict (site)"
            " do update set tdm_at = excluded.tdm_at, tdm = excluded.tdm",
            (site, stamp(now), body.decode("utf-8", "replace")),
        )


def reserve(db: Database, site: str, mined: Callable[[str], bool]) -> None:
    """Note with the stored articles of a site which of their addresses it reserves from mining now."""
    with writing(db):
        rows = db.conn.execute(
            "select id, url, reserved from pages where kind = 'article' and url >= ?1 || '/'"
            " and url < ?1 || '0' and ' ' || reserved || ' ' not like '% tdm %'",
            (site,),
        ).fetchall()
        found = [(f"{row['reserved']} tdm".strip(), row["id"]) for row in rows if mined(row["url"])]
        db.conn.executemany("update pages set reserved = ? where id = ?", found)


def wake(db: Database, reason: str) -> None:
    """Let the hosts rest no more that rest for this reason."""
    with writing(db):
        db.conn.execute("update hosts set rests_until = null, reason = '' where reason = ?", (reason,))


def copy(source: Database, to: Database, only: Collection[str] | None = None) -> None:
    """Let one database know of hosts, or `only` of those of these names, and of their sites, what another knows that is
    newer: for a crawl that stores nothing."""
    for table, newest in (("hosts", "asked_at"), ("sites", "robots_at")):
        known = [row[0] for row in source.conn.execute(f"select {table[:-1]} from {table}")]
        wanted = [name for name in known if only is None or (urlsplit(name).hostname or name) in only]
        rows = [
            source.conn.execute(f"select * from {table} where {table[:-1]} = ?", (name,)).fetchone() for name in wanted
        ]
        with writing(to):
            for row in rows:
                there = to.conn.execute(f"select {newest} from {table} where {table[:-1]} = ?", (row[0],)).fetchone()
                if there is None or (row[newest] or "") > (there[0] or ""):
                    places = ", ".join("?" * len(row))
                    to.conn.execute(f"insert or replace into {table} values ({places})", tuple(row))


def _precise(at: datetime | None) -> str | None:
    """A moment with its milliseconds, as a delay of half a second is one."""
    if at is None:
        return None
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
