"""What is wrong with the machine, the jobs and the web as a whole. Pure: what was seen of them in, findings out.

Disk: less is free than the setting `low_disk_gb`. Backlog: a page has waited to be read for longer than
`backlog_hours`; or a queue (of addresses, pages, or stories for an editor) that is no small one was longer each week
than the week before, for four weeks, and is twice as long as it was. Backup: the newest good one is older than two
days, or the last try failed. Feeds: feeds.txt has a mistake, and the sources are those of before. Jobs: three
failures in a row; or an hour past its time, though the clock was there half an hour after it was due; or no clock at
all where there was one; a part of `goodturn run` that cannot start, or that ended five times in an hour.

Errors: of a host that used to answer (seven in ten fetches of the week before), eight in ten of the last day's
fetches have failed, ten at least over two hours at least. Of all hosts together: three in ten of a hundred fetches
have failed, and three times the share of the week before; then single hosts are not named.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from storage.alarms import Finding, Kind
from storage.days import Queue
from storage.history import Host
from storage.schedule import Ended, JobRun, Scheduled
from watch.condition import span
from watch.parts import Part, State

GIGABYTE = 1_000_000_000
BACKUP_AGE = timedelta(days=2)
FAILURES = 3  # in a row
WEEKS, GROWN = 4, 2  # for which a queue has grown, and how many times as long it is then, at least
LONG = {Queue.ADDRESSES: 5_000, Queue.UNREAD: 500, Queue.INBOX: 200}  # from which on it matters
WAIT = {
    Queue.ADDRESSES: "addresses wait to be fetched",
    Queue.UNREAD: "pages wait to be read",
    Queue.INBOX: "stories wait for an editor",
}
LATE = timedelta(hours=1)
THERE = timedelta(minutes=30)  # after a job was due the clock has been there: it is not just awake again
ENDS, AN_HOUR = 5, timedelta(hours=1)
BAD = {Ended.ATTENTION, Ended.FAILED, Ended.KILLED}
HOST_FETCHES, HOST_SPAN, HOST_FAILED, HOST_USUAL = 10, timedelta(hours=2), 0.8, 0.3
MANY_HOSTS = 2
ALL_FETCHES, ALL_FAILED, TIMES_USUAL = 100, 0.3, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Clockwork:
    """The schedule, the last run of each job, whether a clock runs, and the parts of `goodturn run`."""

    schedule: Sequence[Scheduled] = ()
    last: Mapping[str, JobRun]
    ticks: bool = True
    parts: Sequence[Part] = ()


def disk(free: Mapping[str, int], low_gb: float) -> list[Finding]:
    """Of folders and the bytes that are free where they are."""
    said = {folder: bytes / GIGABYTE for folder, bytes in free.items() if bytes < low_gb * GIGABYTE}
    return [
        Finding(kind=Kind.DISK, subject=folder, said=f"{left:.1f} GB are free for {folder}; low_disk_gb is {low_gb:g}")
        for folder, left in said.items()
    ]


def backlog(unread: int, since: datetime | None, now: datetime, most: timedelta) -> list[Finding]:
    """Of pages that wait to be read, the oldest since a moment."""
    if since is None or now - since <= most:
        return []
    return [Finding(kind=Kind.BACKLOG, said=f"{unread} pages wait to be read, the first for {span(now - since)}")]


def growth(queue: Queue, lengths: Mapping[date, int], today: date) -> list[Finding]:
    """Of how long a queue was at the days on which it was measured."""
    weekly = [lengths.get(today - timedelta(weeks=week)) for week in range(WEEKS, -1, -1)]
    known = [length for length in weekly if length is not None]
    if len(known) < len(weekly) or any(later <= earlier for earlier, later in pairwise(known)):
        return []
    first, last = known[0], known[-1]
    if last < max(LONG[queue], GROWN * first):
        return []
    said = f"{last:,} {WAIT[queue]}, more each week; four weeks ago it was {first:,}"
    return [Finding(kind=Kind.BACKLOG, subject=queue, said=said)]


def backup(newest: datetime | None, began: datetime | None, last: JobRun | None, now: datetime) -> list[Finding]:
    """Of the newest good backup, the first page there was, and the last try."""
    if last and last.outcome in BAD and (newest is None or last.began > newest):
        return [Finding(kind=Kind.BACKUP, said=f"the backup of {last.began:%Y-%m-%d %H:%M} failed: {last.said}")]
    since = newest or began
    if since is None or now - since <= BACKUP_AGE:
        return []
    said = f"the last good backup is of {newest:%Y-%m-%d}" if newest else "there is no backup"
    return [Finding(kind=Kind.BACKUP, said=said)]


def feeds(mistakes: Sequence[str]) -> list[Finding]:
    """Of the mistakes of feeds.txt."""
    more = f" (and {len(mistakes) - 1} more)" if len(mistakes) > 1 else ""
    said = f"{mistakes[0]}{more}; the sources are those of before" if mistakes else ""
    return [Finding(kind=Kind.FEEDS, said=said)] if said else []


def jobs(clockwork: Clockwork, now: datetime) -> list[Finding]:
    """Of what runs by itself."""
    if clockwork.schedule and not clockwork.ticks:
        return [_job("clock", "the clock does not run: start goodturn run"), *_parts(clockwork.parts, now)]
    looked = clockwork.last.get("watch")
    found = []
    for row in clockwork.schedule:
        last = clockwork.last.get(row.job)
        if row.failures >= FAILURES:
            found.append(_job(row.job, f"{row.job} failed {row.failures} times in a row: {last.said if last else ''}"))
        elif row.run is None and row.due and now - row.due > LATE and looked and looked.began > row.due + THERE:
            found.append(_job(row.job, f"{row.job} was due at {row.due:%Y-%m-%d %H:%M} and has not run"))
    return found + _parts(clockwork.parts, now)


def _parts(parts: Sequence[Part], now: datetime) -> list[Finding]:
    found = [_job(part.name, f"it cannot start: {part.said}") for part in parts if part.state is State.STUCK]
    for part in parts:
        ends = sum(end > now - AN_HOUR for end in part.ends)
        if part.state is not State.STUCK and ends >= ENDS:
            found.append(_job(part.name, f"{part.name} ended {ends} times in the last hour"))
    return found


def errors(lately: Collection[Host], before: Collection[Host]) -> list[Finding]:
    """Of the fetches of the last day, and of the week before, by host."""
    if rate := _over_all(lately, before):
        return [rate]
    usual = {host.host: host for host in before}
    return [
        Finding(kind=Kind.ERRORS, subject=host.host, said=f"{host.failed} of {host.fetches} fetches failed in a day")
        for host in suspects(lately)
        if host.host in usual and _share(usual[host.host]) <= HOST_USUAL
    ]


def suspects(lately: Collection[Host]) -> list[Host]:
    """The hosts whose fetches nearly all fail: only with one, or all, is it worth it to count the week before."""
    return [
        host
        for host in lately
        if host.fetches >= HOST_FETCHES and host.last - host.first >= HOST_SPAN and _share(host) >= HOST_FAILED
    ]


def is_suspect(lately: Collection[Host]) -> bool:
    """Whether the fetches of all hosts together fail often."""
    fetches, failed = _sums(lately)
    return fetches >= ALL_FETCHES and failed >= ALL_FAILED * fetches


def _over_all(lately: Collection[Host], before: Collection[Host]) -> Finding | None:
    (fetches, failed), (usual, usual_failed) = _sums(lately), _sums(before)
    if len(lately) < MANY_HOSTS or not is_suspect(lately) or usual < ALL_FETCHES:
        return None
    if failed / fetches < TIMES_USUAL * usual_failed / usual:
        return None
    once = f"{usual_failed / usual:.0%} did in the week before"
    return Finding(kind=Kind.ERRORS, said=f"{failed} of {fetches} fetches failed in a day; {once}")


def _sums(hosts: Collection[Host]) -> tuple[int, int]:
    return sum(host.fetches for host in hosts), sum(host.failed for host in hosts)


def _share(host: Host) -> float:
    return host.failed / host.fetches


def _job(name: str, said: str) -> Finding:
    return Finding(kind=Kind.JOBS, subject=name, said=said)
