"""What `bench.endurance` looks for when all has ended: anything lost, half done, there twice, or growing."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bench.endurance_harm import Samples, slope
from bench.endurance_people import Editor, Reader
from bench.endurance_web import AWAY, NOBODY, World
from config import Settings
from jobs.read_page import detector, read_page
from storage import backup, documents, frontier, pages
from storage.alarms import Kind, recent
from storage.database import Database, connect
from tests.kills import damage

PARTS = ("run", "clock", "read", "desk", "publish")
A_DAY = 86_400.0  # seconds
SETTLED_SECONDS = 60.0  # below which a process has not lived long enough to be judged
GROWTH = 12.0  # megabytes by which a part may grow in a simulated day: what it knows grows by some, too
MEANT = {Kind.NETWORK, Kind.JOBS, Kind.ERRORS}
"""Alarms that should be: the web was gone for a while, and parts were killed over and over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Something that was looked for: what was found, and whether that is as it should be."""

    what: str
    found: str
    well: bool


def addresses(db: Database, world: World, until: datetime) -> Iterator[Line]:
    """Every post that was in a feed is there with an outcome, or waits and says why."""
    kept = {row[0]: row[1] for row in db.conn.execute("select requested, outcome from pages")}
    waits = {row[0]: row[1] for row in db.conn.execute("select url, state from frontier where state = 'waiting'")}
    told = dict(world.told(until))
    lost = [url for url in told if url not in kept and url not in waits]
    yield Line(what="posts that were in a feed", found=str(len(told)), well=bool(told))
    yield Line(what="of these lost", found=", ".join(lost[:5]) or "0", well=not lost)
    wrong = [url for url, post in told.items() if not post.harm and kept.get(url) not in ("stored", "unchanged")]
    yield Line(what="good posts without their text", found=", ".join(wrong[:5]) or "0", well=not wrong)
    outcomes = Counter(kept[url] for url in told if url in kept)
    yield Line(what="how they ended", found=", ".join(f"{n} {what}" for what, n in outcomes.most_common()), well=True)


def whole(db: Database) -> Iterator[Line]:
    """Nothing is broken, half done or there twice."""
    found = damage(db)
    yield Line(what="broken, half done or twice", found="; ".join(found[:3]) or "0", well=not found)
    stories = db.conn.execute("select count(*), count(distinct cluster) from stories").fetchone()
    yield Line(what="stories, clusters", found=f"{stories[0]}, {stories[1]}", well=stories[0] > 0)
    unread = len(pages.unread(db, 1000))
    yield Line(what="pages not read", found=str(unread), well=unread == 0)


def events(db: Database, folder: Path, at: datetime, settings: Settings) -> Iterator[Line]:
    """What was found and how it was grouped is what an undisturbed reading of the same pages makes."""
    undisturbed = _read_again(db, folder, at, settings)
    ours, theirs = _groups(db), _groups(undisturbed)
    mine, other = set().union(*ours, set()), set().union(*theirs, set())
    yield Line(what="stories that only one reading found", found=str(len(mine ^ other)), well=mine == other)
    decided = _reach({row[0] for row in db.conn.execute(_DECIDED)}, [*ours, *theirs])
    others = [group for group in theirs if group not in ours]
    strange = [group for group in others if not group & decided]
    shown = f"{len(strange)} of {len(theirs)}, and {len(others) - len(strange)} by what the editor decided before"
    yield Line(what="events grouped otherwise than undisturbed", found=shown, well=not strange)


def _reach(touched: set[str], groups: Sequence[frozenset[str]]) -> set[str]:
    """What hangs together with what an editor has decided on: that stays together, whatever comes to it."""
    while more := [group for group in groups if group & touched and not group <= touched]:
        touched = touched.union(*more)
    return touched


def _read_again(db: Database, folder: Path, at: datetime, settings: Settings) -> Database:
    """A new database with the pages as they are, read one after the other."""
    new, by = connect(folder / "undisturbed.db"), detector(settings)
    rows = db.conn.execute(
        "select id from pages where kind = 'article' and body is not null and thread is null order by first_fetched_at"
    )
    for (id,) in rows.fetchall():
        page = replace(pages.load(db, id), source=None, links=())
        frontier.add(new, page.requested, spider="link", kind=page.kind, now=at)
        pages.keep(new, page)
        documents.keep(new, id, read_page((page, ()), by), at)
    return new


def _groups(db: Database) -> set[frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for cluster, told in db.conn.execute(_TOLD):
        found[cluster].add(told)
    return {frozenset(group) for group in found.values()}


def decisions(db: Database, editor: Editor) -> Iterator[Line]:
    """The editor's journal stands in the log."""
    log = {row[0]: (row[1], row[2], row[3]) for row in db.conn.execute("select number, verb, cluster, other from log")}
    lost = [number for number, (verb, _) in editor.journal.done.items() if number not in log]
    other = [
        number
        for number, (verb, cluster) in editor.journal.done.items()
        if number in log and verb != "undo" and (log[number][0] != verb or cluster not in log[number][1:])
    ]
    beyond = len(log.keys() - editor.journal.done.keys())
    yield Line(what="decisions in the editor's journal", found=str(len(editor.journal.done)), well=bool(log))
    yield Line(what="of these lost, or other in the log", found=f"{len(lost)}, {len(other)}", well=not lost + other)
    said = f"{beyond}; {editor.journal.unknown} times nobody answered"
    yield Line(what="decisions beyond the journal", found=said, well=beyond <= editor.journal.unknown)


def mirror(reader: Reader, published: set[str]) -> Iterator[Line]:
    """The reader's copy is what is published."""
    copy = set(reader.stories)
    said = f"{len(copy)} of {len(published)}, {len(copy ^ published)} differ"
    yield Line(what="stories in the reader's copy", found=said, well=copy == published and bool(copy))


def alarms(db: Database, world: World) -> Iterator[Line]:
    """What was raised should have been."""
    meant_hosts = (NOBODY, *(f"{blog}.localhost" for blog in AWAY))
    raised = recent(db)
    strange = [
        alarm
        for alarm in raised
        if alarm.kind not in MEANT and not (alarm.kind is Kind.FAILING and any(h in alarm.subject for h in meant_hosts))
    ]
    count = ", ".join(f"{n} {kind}" for kind, n in Counter(alarm.kind.value for alarm in raised).most_common())
    yield Line(what="alarms", found=count or "0", well=True)
    shown = "; ".join(f"{alarm.kind}: {alarm.subject} {alarm.said}" for alarm in strange[:3])
    yield Line(what="alarms that should not be", found=shown or "0", well=not strange)


def memory(samples: Samples, speed: float) -> Iterator[Line]:
    """No part grows."""
    for what, taken in samples.longest().items():
        lived = taken[-1][0] - taken[0][0]
        if what in PARTS and lived > SETTLED_SECONDS:
            grown = slope(taken) * A_DAY / speed
            peak = max(megabytes for _, megabytes in taken)
            shown = f"{peak:.0f} MB at most, {grown:+.1f} MB a simulated day, seen for {lived * speed / 3600:.1f} h"
            yield Line(what=f"memory of {what}", found=shown, well=grown < GROWTH)


def backups(settings: Settings) -> Iterator[Line]:
    """There are good ones."""
    made = backup.backups(settings.backups)
    yield Line(what="backups", found=str(len(made)), well=bool(made))


def published(path: Path) -> set[str]:
    """The ids of what is published."""
    with closing(connect(path)) as db:
        return {row[0] for row in db.conn.execute("select cluster from published")}


def table(lines: Mapping[str, list[Line]]) -> list[str]:
    """All of it, for people."""
    width = max(len(line.what) for part in lines.values() for line in part)
    return [
        f"{'  ' if line.well else '! '}{line.what:{width}}  {line.found}" for part in lines.values() for line in part
    ]


_NAME = "url || ' ' || coalesce(place, '') || ' ' || start || ' ' || text"  # of a telling
_TOLD = f"select cluster, {_NAME} from stories where gone_at is null"
_DECIDED = f"""
select {_NAME} from stories where gone_at is null and cluster in (
    select cluster from decisions where verb <> 'note' union select other from decisions where other is not null)
"""
