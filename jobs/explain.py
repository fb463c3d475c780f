"""One address through the whole path: each hop's answer, and the reason where it stopped.

What the database knows is told from there, except that the page is read and judged anew, by today's reader and
detector. An address that the database does not know is fetched now, under the same rules as any other, into a database
that is thrown away: asking changes nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from config import Settings
from crawler.urls import canonical
from jobs.collect import CrawlError, fetch
from jobs.read_page import detector
from reading.document import Document, Unreadable
from reading.page import Page
from reading.reader import read_thread
from storage import inbox, pages, sources
from storage.database import Database, connect, identity
from storage.stories import Filters, StoryRow, search
from stories.detect import Verdict, judge

MOST_SHORT = 5  # passages that fell short, the nearest first; nobody reads more
OPENING = 90  # characters of a passage


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


def explain(settings: Settings, url: str) -> list[Hop]:
    """Take `url` through the path; the last hop is where it stopped, or the entry that readers get."""
    hops = []
    if (address := canonical(url)) is None:
        raise AddressError(f"{url!r} is no address of a page: it wants http:// or https:// and a host")
    for hop in _path(settings, address):
        hops.append(hop)
        if not hop.passed:
            break
    return hops


def _path(settings: Settings, address: str) -> Iterator[Hop]:
    """The hops in their order; not asked for a further one after one that did not pass."""
    db = connect(settings.database)
    known = pages.find(db, address)
    page = known or _fetched(settings, address)
    yield _source(db, page, address)
    yield _fetch(page)
    yield _kept(page, known is not None)
    document = read_thread(page, pages.parts(db, identity(page.requested)))
    yield _read(document)
    assert isinstance(document, Document)  # else the hop before did not pass
    by = detector(settings)
    yield _judged(judge(document, by), by.threshold)
    told = search(db, Filters(page=identity(page.requested)), limit=20)
    yield _told(told, known is not None)
    yield _decided(db, told)
    yield Hop(number=8, name="entry", answer="in the feeds that readers get")


def _fetched(settings: Settings, address: str) -> Page:
    with TemporaryDirectory(prefix="goodturn-explain-") as folder:
        aside = settings.model_copy(update={"data": Path(folder)})
        fetch(aside, address)
        db = connect(aside.database)
        page = pages.find(db, address)
        db.close()
    if page is None:
        raise CrawlError(f"the crawl of {address} kept no page; 'scrapy crawl link -a address={address}' shows its log")
    return page


def _source(db: Database, page: Page, address: str) -> Hop:
    found = next((s for s in sources.active(db) if s.id == page.source or s.address == address), None)
    answer = f"{found.address} ({found.kind}, every {found.every})" if found else "none: no line of feeds.txt led to it"
    return Hop(number=1, name="source", answer=answer)


def _fetch(page: Page) -> Hop:
    status = f", status {page.status}" if page.status else ""
    reason = f": {page.reason}" if page.reason else ""
    moved = (f"led to {page.url}",) if page.url != page.requested else ()
    answer = f"{page.outcome}{status}, {page.fetched_at:%Y-%m-%d %H:%M} UTC, {page.ms} ms{reason}"
    return Hop(number=2, name="page", answer=answer, passed=bool(page.body), details=moved)


def _kept(page: Page, known: bool) -> Hop:
    where = "in the database" if known else "not in the database: fetched for this answer, and thrown away"
    return Hop(number=3, name="kept raw", answer=f"{len(page.body):,} bytes, {where}")


def _read(document: Document | Unreadable) -> Hop:
    if isinstance(document, Unreadable):
        return Hop(number=4, name="document", answer=f"{document.outcome}: {document.reason}", passed=False)
    said = [
        f"by {document.author}" if document.author else "no author",
        f"{document.date}" if document.date else "no date",
        f"language {document.language}" if document.language else "language unknown",
        f"{len(document.text.split())} words",
        f"{len(document.comments)} comments",
    ]
    return Hop(number=4, name="document", answer=f"{document.title or 'no title'!r}", details=(", ".join(said),))


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


def _told(told: list[StoryRow], known: bool) -> Hop:
    if not told:
        answer = "none yet: 'goodturn read' places its stories" if known else "none: it is not kept"
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
