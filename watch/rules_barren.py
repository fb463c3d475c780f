"""Whether the pages of a source have stopped yielding text, or comments, as they do when its markup has changed.
Pure.

It is a sequential test (CUSUM) over the source's pages in the order in which they came. Each page that lacks what is
asked for adds the logarithm of how much likelier that is if nearly all lack it (LOST) than by the source's own share
so far; each that has it takes off likewise; the sum never falls below zero. It is strange when the sum passes a bound
that such luck reaches BUDGET times a week, at so many pages a week as the source brings: two pages in a row for a
weekly blog whose posts could all be read, three or four for a paper, eight where every other post has no comments.

The share is learned from all pages before the sum began to rise, and begins with a page and a half that had it to
half a one that had not, so that little is believed of a new source. What has lasted for half a year is how
the source is from then on. Pages of one day may share one accident: two days at least must have brought such pages.
Of a source where three in four posts have no comments nothing is said about comments; nor of pages younger than four
days, which may have none yet.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import log

from storage.alarms import Finding, Kind
from storage.history import Past

LOST = 0.98  # the share of pages that lack it once markup has changed
BUDGET = 0.005  # false alarms a source-week
OVER = 1.25  # bounds, at most, the sum rises to, so that two or three good pages end it
HAD, LACKED = 1.5, 0.5  # pages that are believed before any was seen
MOST = 0.9  # the usual share that is believed: below LOST, so that a page without weighs something
FEWEST, FEWEST_TALKS = 5, 20  # pages, before which nothing is said of text, of comments
DAYS = 2  # that brought such pages, at least
RARE = 0.75  # the share without comments from which on their lack says nothing
RIPE = timedelta(days=4)  # the age at which a page has comments if it ever has
LASTING = timedelta(days=180)  # after which a change is how the source is


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The pages of a day: how many have what is asked for, and how many lack it."""

    day: date
    had: int
    lacked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """Pages have lacked something since a day: how many of how many, where once it was a share of them."""

    since: date
    lacked: int
    pages: int
    once: float


def barren(past: Past, now: datetime) -> Finding | None:
    """What the pages of a source have stopped yielding, if anything."""
    days, ripe = [day for day in past.days if day.judged], (now - RIPE).date()
    texts = [Batch(day=day.day, had=day.texts, lacked=day.judged - day.texts) for day in days]
    if loss := lost(texts):
        return _found(past, loss, "text")
    talks = [Batch(day=day.day, had=day.talked, lacked=day.texts - day.talked) for day in days if day.day <= ripe]
    loss = lost(talks, RARE, FEWEST_TALKS)
    return _found(past, loss, "comments") if loss else None


def _found(past: Past, loss: Loss, what: str) -> Finding:
    said = f"{loss.lacked} of {loss.pages} pages since {loss.since} have no {what}; before, {loss.once:.0%} had"
    return Finding(kind=Kind.BARREN, subject=past.address, said=said)


def lost(batches: Iterable[Batch], rare: float = 1.0, fewest: int = FEWEST) -> Loss | None:
    """Whether the last pages lack what those before them had; `rare`: the usual share that lacks it, above which that
    says nothing; `fewest`: the pages that must be known."""
    had = lacked = 0  # before the sum began to rise
    rise: list[Batch] = []  # the days since
    total = bound = 0.0
    first = None
    for batch in batches:
        first = first or batch.day
        if not (total or batch.lacked):
            had += batch.had
            continue
        rise.append(batch)
        weeks = max((batch.day - first).days / 7, 1)
        bound = log(max((had + lacked) / weeks, 1) / BUDGET)
        weight = _weight(batch, had, lacked, rare) if had + lacked >= fewest else 0.0
        total = min(max(total + weight, 0.0), bound * OVER)
        if total == 0 or batch.day - rise[0].day > LASTING:
            had, lacked = had + sum(day.had for day in rise), lacked + sum(day.lacked for day in rise)
            total, rise = 0.0, []
    days = [day for day in rise if day.lacked]
    if total < bound or len(days) < DAYS:
        return None
    pages, missing = sum(day.had + day.lacked for day in rise), sum(day.lacked for day in days)
    return Loss(since=rise[0].day, lacked=missing, pages=pages, once=had / (had + lacked))


def _weight(batch: Batch, had: int, lacked: int, rare: float) -> float:
    """How much likelier a day is if nearly all pages lack it than as before, as a logarithm."""
    usual = (lacked + LACKED) / (had + lacked + HAD + LACKED)
    if usual > rare:
        return 0.0
    usual = min(usual, MOST)
    return batch.lacked * log(LOST / usual) + batch.had * log((1 - LOST) / (1 - usual))
