"""The gates before a page is kept: why an address was not fetched yet, or came to nothing, in plain words.

An address that waits is asked at each gate, in the order in which they stand, and stops at the first that is shut: a
crawl holds it, its source has stopped, rests, is paused or has quiet hours, its source has spent its pages, its host
rests, another try has its time, or its source is not due. One that passes all only waits for its turn. A gate is a
function that says why it is shut, else nothing.
"""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from reading.page import Outcome, Page
from storage import hosts
from storage.database import Database
from storage.times import quiet_until
from storage.whereabouts import Place, Stored

Gate = Callable[[Place, datetime], str]


def waits_for(place: Place, now: datetime) -> str:
    """What an address that is not fetched waits for."""
    return next(filter(None, (gate(place, now) for gate in GATES)))


def came_to(page: Page, stored: Stored | None, place: Place | None, now: datetime) -> str:
    """What it means that a fetch brought no body, and what will happen; "" where the outcome says all."""
    match page.outcome:
        case _ if place and place.is_source:
            return source_stopped(place, now) or source_is_not_due(place, now) or waits_for(place, now)
        case Outcome.FORBIDDEN if stored and stored.reserved:
            return f"its site asks that it is not kept: {', '.join(stored.reserved)}"
        case Outcome.FORBIDDEN if page.reason == "robots.txt":
            return "the robots.txt of its site asks us to keep out"
        case Outcome.LATER if place and (place.waits or place.run):
            return waits_for(place, now)
        case Outcome.LATER:
            return GIVEN_UP if place else "asked just now for this answer; it is in no queue"
    return MEANINGS.get(page.outcome, "")


def is_held(place: Place, now: datetime) -> str:
    if place.run is None:
        return ""
    until = f" until {moment(place.leased_until)}" if place.leased_until else ""
    return f"is being fetched: crawl {place.run} holds it{until}"


def source_stopped(place: Place, now: datetime) -> str:
    return f"its source has stopped: {place.stopped}" if place.stopped else ""


def source_rests(place: Place, now: datetime) -> str:
    return "" if place.active else f"its source rests: feeds.txt has no line {place.source} any more"


def source_is_paused(place: Place, now: datetime) -> str:
    if place.paused_until is None or place.paused_until <= now:
        return ""
    return "its source is paused: 'goodturn sources' says by whom, and 'goodturn resume' ends it"


def source_is_quiet(place: Place, now: datetime) -> str:
    over = quiet_until(place.quiet, now)
    return f"its source has quiet hours until {moment(over)}" if over else ""


def budget_is_spent(place: Place, now: datetime) -> str:
    if place.spent < place.budget:
        return ""
    turn = f"; its next turn is due {moment(place.next_due)}" if place.next_due else ""
    return f"waits for its turn: its source has had all {place.budget} pages that it may have at a time{turn}"


def host_rests(place: Place, now: datetime) -> str:
    if place.rests_until is None or place.rests_until <= now:
        return ""
    why = f": {place.rests_why}" if place.rests_why else ""
    return f"its host {place.host} rests until {moment(place.rests_until)}{why}"


def host_rests_now(db: Database, address: str, now: datetime) -> str:
    """Whether the host of an address that was never seen is left alone."""
    name = urlsplit(address).hostname or ""
    host = hosts.host(db, name)
    if host.rests_until is None or host.rests_until <= now:
        return ""
    return f"its host {name} rests until {moment(host.rests_until)}: {host.reason}"


def try_has_its_time(place: Place, now: datetime) -> str:
    if place.not_before is None or place.not_before <= now:
        return ""
    return f"another try at {moment(place.not_before)}, after {place.tries} that failed"


def source_is_not_due(place: Place, now: datetime) -> str:
    if not place.is_source or place.waits or place.next_due is None or place.next_due <= now:
        return ""
    return f"is a source, not due until {moment(place.next_due)}"


def waits_its_turn(place: Place, now: datetime) -> str:
    return "waits for its turn: the next 'goodturn collect' asks for it"


GATES: tuple[Gate, ...] = (
    is_held,
    source_stopped,
    source_rests,
    source_is_paused,
    source_is_quiet,
    budget_is_spent,
    host_rests,
    try_has_its_time,
    source_is_not_due,
    waits_its_turn,
)
GIVEN_UP = "given up for now: it is asked for again when somebody asks, or its source leads to it anew"
MEANINGS = {
    Outcome.FORBIDDEN: "its site, or its address, is none that we may ask",
    Outcome.GONE: "it is no longer there; what was stored of it before stays",
    Outcome.TOO_LARGE: "its body is larger than the setting max_body",
    Outcome.NOT_TEXT: "it is an image, a PDF, an archive: nothing to read",
    Outcome.EMPTY: "it answered with nothing",
    Outcome.BROKEN: "another try will not help",
}


def moment(at: datetime) -> str:
    """A moment as people read it."""
    return f"{at:%Y-%m-%d %H:%M} UTC"
