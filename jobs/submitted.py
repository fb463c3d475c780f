"""What was sent in, on its way to the inbox: all of it lands there.

A link or a video goes into the queue, where `goodturn collect` takes it as politely as anything else; a page that is
stored already is not asked for again. Before and after `goodturn read` reads, each submission that has led to no story
is looked at: its page is read as one that has a story; where there is no such page for good, or it tells nothing, what
the sender said of it is made a page of its own, and so is a story in words.
"""

from datetime import datetime

from crawler.addresses.twins import twin_key
from crawler.addresses.urls import canonical
from reading.entry import CONTENT_TYPE
from reading.page import Outcome, Page, PageKind
from reading.sent import SCHEME, Kind, entry
from storage import submissions
from storage.database import Database, moment
from storage.submissions import Standing, Submitted


def queue(db: Database, now: datetime) -> None:
    """Put the links and videos that were sent into the queue."""
    for sent in submissions.unqueued(db):
        url = canonical(sent.url or "")
        submissions.queue(db, sent.number, url, twin_key(url) if url else "", now)


def settle(db: Database, now: datetime) -> int:
    """Give each submission without a story the page that is to tell it, where that is known by now; how many."""
    return sum(_settle(db, standing, now) for standing in submissions.unsettled(db))


def _settle(db: Database, standing: Standing, now: datetime) -> bool:
    sent = standing.submitted
    came = standing.held or standing.readable
    if sent.kind is not Kind.TEXT and came and sent.page != standing.came:
        submissions.take_page(db, standing)
    elif standing.waits or (standing.readable and not standing.read):
        return False
    else:
        submissions.make_page(db, sent.number, _page(sent, now))
    return True


def _page(sent: Submitted, now: datetime) -> Page:
    """A page of what was said."""
    at = moment(sent.at) or now
    address = f"{SCHEME}{sent.number}"
    return Page(
        requested=address,
        url=address,
        kind=PageKind.ARTICLE,
        outcome=Outcome.STORED,
        fetched_at=now,
        headers={"content-type": CONTENT_TYPE},
        body=entry(sent.number, sent.sent, at.date()).to_body(),
    )
