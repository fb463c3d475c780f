"""One address through the whole path: each hop's answer, and the reason where it stopped.

What the database knows is told from there, except that the page is read and judged anew, by today's reader and
detector. What leads to another address, under which the same page is kept, is followed there. An address that waits to
be fetched stops at a gate (jobs/gates.py). One that the database does not know is fetched now, under the same rules as
any other, into a database that is thrown away: asking changes nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, pairwise

from config import Settings
from crawler.addresses.traps import trap
from crawler.addresses.twins import twin_key
from crawler.addresses.urls import canonical
from crawler.lines import interval
from jobs import gates
from jobs.collect import CrawlError, fetch, thrown_away
from jobs.read_page import detector
from publish.rules import explained
from reading.document import Document, Unreadable
from reading.page import Outcome, Page, PageKind
from reading.reader import read_thread
from storage import blocked, entries, inbox, pages, sources, whereabouts
from storage.database import Database, connect, identity
from storage.stories import StoryRow, of_page
from storage.whereabouts import Place, Stored
from stories.detect import Verdict, judge

MOST_SHORT = 5  # passages that fell short, the nearest first; nobody reads more
OPENING = 90  # characters of a passage
ENDED = {Outcome.TOO_SLOW, Outcome.CRASHED}  # readings that are not tried again here: they would end this process too
TAKEN_DOWN = "it was taken down, or its site was, and is never asked for; 'goodturn takedown --list' says when and why"
ARTICLES = {PageKind.ARTICLE, PageKind.THREAD}


class AddressError(ValueError):
    """What was given is no address of a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One hop's answer: `passed` is False where the path stopped; `details` are further lines."""

    number: int
    name: str
    answer: str
    passed: bool = True
    details: tuple[str, ...] = ()


def explain(settings: Settings, url: str, now: datetime) -> list[Hop]:
    """Take `url` through the path; the last hop is where it stopped, or the entry that readers get."""
    hops = []
    if (address := canonical(url)) is None:
        raise AddressError(f"{url!r} is no address of a page: it wants http:// or https:// and a host")
    for hop in _path(settings, address, now):
        hops.append(hop)
        if not hop.passed:
            break
    return hops


def _path(settings: Settings, address: str, now: datetime) -> Iterator[Hop]:
    """The hops in their order; not asked for a further one after one that did not pass."""
    db = connect(settings.database)
    if blocked.bars(db, address, twin_key(address)):
        yield Hop(number=2, name="page", answer=f"{Outcome.FORBIDDEN}: {TAKEN_DOWN}", passed=False)
    *before, address = _followed(db, address)
    known, place = pages.find(db, address), whereabouts.place(db, address)
    led = tuple(f"{one} leads to the page of {other}" for one, other in pairwise([*before, address]))
    if known is None and place:
        yield _source_of(place)
        yield Hop(number=2, name="page", answer=gates.waits_for(place, now), passed=False, details=led)
    page = known or _fetched(settings, address, now)
    stored = whereabouts.stored(db, page.requested) if known else None
    yield _source(db, page, address, trap(address, now.date()) if place is None else None)
    yield _fetch(page, led, gates.came_to(page, stored, place, now))
    yield _kept(page, known is not None)
    document = read_thread(page, pages.parts(db, identity(page.requested))) if _is_readable(page, stored) else None
    yield _read(document, stored) if document else _unreadable(page, stored)
    assert isinstance(document, Document)  # else the hop before did not pass
    by = detector(settings)
    yield _judged(judge(document, by), by.threshold)
    told = of_page(db, identity(page.requested))
    yield _told(told, stored)
    yield _decided(db, told)
    yield _entry(db, told, settings.excerpt)


def _followed(db: Database, address: str) -> list[str]:
    """The address, and those that it leads to one after the other, to the one under which its page is kept."""
    way = [address]
    while (further := _further(db, way[-1])) and further not in way:
        way.append(further)
    return way


def _further(db: Database, address: str) -> str | None:
    if (other := whereabouts.leads_to(db, address)) or pages.find(db, address):
        return other
    place = whereabouts.place(db, address)
    return place.twin if place else None


def _fetched(settings: Settings, address: str, now: datetime) -> Page:
    if why := gates.host_rests_now(connect(settings.database), address, now):
        raise CrawlError(f"{address} cannot be asked for now: {why}")
    with thrown_away(settings, [address]) as of:
        fetch(of, address)
        db = connect(of.database)
        page = pages.find(db, address)
        db.close()
    if page is None:
        raise CrawlError(f"the crawl of {address} kept no page; 'scrapy crawl link -a address={address}' shows its log")
    return page


def _source(db: Database, page: Page, address: str, why_trap: str | None) -> Hop:
    found = next((s for s in sources.active(db) if s.id == page.source or s.address == address), None)
    answer = (
        f"{found.address} ({found.kind}, every {interval(found)})" if found else "none: no line of feeds.txt led to it"
    )
    details = (f"links to it are not followed: {why_trap}",) if why_trap else ()
    return Hop(number=1, name="source", answer=answer, details=details)


def _source_of(place: Place) -> Hop:
    return Hop(number=1, name="source", answer=place.source or "none: no line of feeds.txt led to it")


def _fetch(page: Page, led: tuple[str, ...], meaning: str) -> Hop:
    status = f", status {page.status}" if page.status else ""
    reason = f": {page.reason}" if page.reason else ""
    moved = (f"led to {page.url}",) if page.url != page.requested else ()
    means = (meaning,) if meaning and not page.body else ()
    answer = f"{page.outcome}{status}, {gates.moment(page.fetched_at)}, {page.ms} ms{reason}"
    return Hop(number=2, name="page", answer=answer, passed=bool(page.body), details=(*led, *moved, *means))


def _kept(page: Page, known: bool) -> Hop:
    where = "in the database" if known else "not in the database: fetched for this answer, and thrown away"
    return Hop(number=3, name="kept raw", answer=f"{len(page.body):,} bytes, {where}")


def _is_readable(page: Page, stored: Stored | None) -> bool:
    return page.kind in ARTICLES and not (stored and stored.reading in ENDED)


def _unreadable(page: Page, stored: Stored | None) -> Hop:
    """Of a page that is not read here."""
    answer = f"this is the {page.kind} of a source: it leads to articles, and is not read itself"
    if page.kind in ARTICLES and stored:
        answer = f"{stored.reading}: {stored.reason}; 'goodturn read --again' tries it anew, with all others"
    return Hop(number=4, name="document", answer=answer, passed=False)


def _read(document: Document | Unreadable, stored: Stored | None) -> Hop:
    if isinstance(document, Unreadable):
        return Hop(number=4, name="document", answer=f"{document.outcome}: {document.reason}", passed=False)
    said = [
        f"by {document.author}" if document.author else "no author",
        f"{document.date}" if document.date else "no date",
        f"language {document.language}" if document.language else "language unknown",
        f"{len(document.text.split())} words",
        f"{len(document.comments)} comments",
    ]
    waits = ("not read yet but for this answer: the next 'goodturn read' keeps it",) if _is_unread(stored) else ()
    details = (", ".join(said), *waits)
    return Hop(number=4, name="document", answer=f"{document.title or 'no title'!r}", details=details)


def _is_unread(stored: Stored | None) -> bool:
    return stored is not None and stored.reading is None


def _judged(verdicts: tuple[Verdict, ...], threshold: float) -> Hop:
    best = sorted(verdicts, key=lambda verdict: -verdict.score)
    stories = [verdict for verdict in best if verdict.score >= threshold]
    answer = f"{len(stories)} of {len(verdicts)} passages reach {threshold:g}"
    short = islice((verdict for verdict in best if verdict.score < threshold), MOST_SHORT)
    details = tuple(line for verdict in [*stories, *short] for line in _verdict(verdict))
    return Hop(number=5, name="stories", answer=answer, passed=bool(stories), details=details)


def _verdict(verdict: Verdict) -> Iterator[str]:
    place = "post" if verdict.place is None else f"comment {verdict.place}"
    opening = " ".join(verdict.text.split())
    yield f"{verdict.score:.2f} {place}: {opening[:OPENING]}" + ("…" if len(opening) > OPENING else "")
    why = [f"likely {verdict.why_not}"] if verdict.why_not else []
    yield "     " + "; ".join([*why, *verdict.because])


def _told(told: list[StoryRow], stored: Stored | None) -> Hop:
    if not told:
        answer = "none: it is not kept"
        if stored:
            answer = "none yet: 'goodturn read' places its stories"
        if stored and stored.read_at and stored.reading:
            when = gates.moment(stored.read_at)
            answer = f"none: read {when}, when no story was found; 'goodturn reread --apply' judges all anew"
        return Hop(number=6, name="cluster", answer=answer, passed=False)
    details = tuple(f"{row.cluster} {row.relation}: {'; '.join(row.shared) or 'told nowhere else'}" for row in told)
    return Hop(number=6, name="cluster", answer=f"{len({row.cluster for row in told})}", details=details)


def _decided(db: Database, told: list[StoryRow]) -> Hop:
    rows = [row for row in (inbox.cluster(db, id) for id in dict.fromkeys(row.cluster for row in told)) if row]
    details = tuple(
        f"{row.cluster} {row.state}"
        + (f" by {row.decided_by}, {row.decided_at}" if row.decided_by else "")
        + (f": {row.why}" if row.why else "")
        for row in rows
    )
    passed = any(row.state == "approved" for row in rows)
    answer = "approved" if passed else "waits for an editor" if any(r.state == "open" for r in rows) else "rejected"
    return Hop(number=7, name="decision", answer=answer, passed=passed, details=details)


def _entry(db: Database, told: list[StoryRow], characters: int) -> Hop:
    found = entries.entries(db, list(dict.fromkeys(row.cluster for row in told)))
    details = tuple(f"{entry.id} {explained(entry, characters)}" for entry in found)
    return Hop(number=8, name="entry", answer="in the feeds that readers get", details=details)
