"""Whether the pages of a source have stopped yielding text, or comments, as they do when its markup has changed.
Pure.

It is a sequential test (CUSUM) over the source's pages in the order in which they came. Each page that lacks what is
asked for adds the logarithm of how much likelier that is if nearly all lack it (LOST) than by the source's own share;
each that has it takes off likewise; the sum never falls below zero. It is strange when the sum passes a bound that
such luck reaches so many times a week as its budget says, at so many pages a week as the source brings: two or
three pages in a row where all had it before, five or six where seven in ten had, ten where half had.

The share is not known, but learned: by Laplace's rule from the pages before the sum began to rise, and from those
since as they come, so that it takes more pages where few are known. What has lasted for half a year is how the source
is from then on. Pages of one day may share one accident: two days at least must have brought such pages. And the
last two days that brought any must be of that sort: with a few good pages it is over.

Comments (and text) also have a rhythm, as news has, and are missed where it is broken: when, while pages went on to
come, none had any for so many times the longest such time before as rules_silent.py says. Of a source where three in
four posts have no comments nothing is said about these; nor of pages younger than four days, as they may have none yet.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from math import lgamma, log

from storage.alarms import Finding, Kind
from storage.history import FEW, LAST_DAYS, RIPE, Past
from watch.rules_silent import stretch

LOST = 0.98  # the share of pages that lack it once markup has changed
OVER = 1.25  # bounds, at most, the sum rises to, so that two or three good pages end it
SELDOM = 0.25  # pages a week: what comes more seldom has that bound
DAYS = 2  # that brought such pages, at least
LASTING = timedelta(days=180)  # after which a change is how the source is
DROUGHT = 0.004  # false alarms a source-week
FEWEST_GAPS = 4  # between days with comments, below which nothing is known of their rhythm


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The pages of a day: how many have what is asked for, and how many lack it."""

    day: date
    had: int
    lacked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """What is asked of pages: the false alarms a source-week that may be had, the pages (with it, without) that are
    believed before any was seen, and the share without from which on their lack says nothing."""

    budget: float
    had: float
    lacked: float
    rare: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """Pages have lacked something since a day: how many of how many, where once it was a share of them."""

    since: date
    lacked: int
    pages: int
    once: float


TEXT = Test(budget=0.005, had=1.5, lacked=0.5, rare=0.9)
COMMENTS = Test(budget=0.002, had=0.5, lacked=0.5, rare=0.75)
FEWEST = 3  # pages, before which nothing is said


def barren(past: Past, now: datetime) -> Finding | None:
    """What the pages of a source have stopped yielding, if anything."""
    ripe = (now - RIPE).date()
    texts = [Batch(day=day.day, had=day.texts, lacked=day.judged - day.texts) for day in past.days if day.judged]
    if loss := lost(texts, TEXT) or dry(texts, TEXT):
        return _found(past, loss, "text")
    days = [day for day in past.days if day.texts and day.day <= ripe]
    talks = [Batch(day=day.day, had=day.talked, lacked=day.texts - day.talked) for day in days]
    loss = lost(talks, COMMENTS) or dry(talks, COMMENTS)
    return _found(past, loss, "comments") if loss else None


def _found(past: Past, loss: Loss, what: str) -> Finding:
    said = f"{loss.lacked} of {loss.pages} pages since {loss.since} have no {what}; before, {loss.once:.0%} had"
    return Finding(kind=Kind.BARREN, subject=past.address, said=said)


def lost(batches: Sequence[Batch], test: Test) -> Loss | None:
    """Whether the last pages lack what those before them had."""
    had = lacked = 0  # before the sum began to rise
    rise: list[Batch] = []  # the days since
    total = bound = 0.0
    if not _lack(batches[-LAST_DAYS:]):
        return None
    for batch in batches:
        if not (total or batch.lacked):
            had += batch.had
            continue
        weeks = max((batch.day - batches[0].day).days / 7, 1)
        bound = log(max((had + lacked) / weeks, SELDOM) / test.budget)
        total = min(max(total + _weight(batch, had, lacked, rise, test), 0.0), bound * OVER)
        rise.append(batch)
        if total == 0 or batch.day - rise[0].day > LASTING:
            had, lacked = had + sum(day.had for day in rise), lacked + sum(day.lacked for day in rise)
            total, rise = 0.0, []
    if total < bound or sum(day.lacked > 0 for day in rise) < DAYS:
        return None
    return _loss(rise, had, lacked)


def dry(batches: Sequence[Batch], test: Test) -> Loss | None:
    """Whether pages have lacked it for longer than the rhythm of those that have it makes plausible."""
    wet = [batch.day for batch in batches if batch.had]
    if len(wet) <= FEWEST_GAPS:
        return None
    tail = [batch for batch in batches if batch.day > wet[-1]]
    had, lacked = sum(batch.had for batch in batches), sum(batch.lacked for batch in batches if batch.day <= wet[-1])
    if len(tail) < DAYS or lacked > test.rare * (had + lacked):
        return None
    lengths = [(end - begin).days for begin, end in pairwise(wet)]
    allowed = max(lengths) * stretch(len(lengths), round(7 * len(lengths) / sum(lengths), 2), DROUGHT)
    return _loss(tail, had, lacked) if (tail[-1].day - wet[-1]).days > allowed else None


def _lack(batches: Iterable[Batch]) -> bool:
    """Whether nearly all of these pages lack it."""
    had, lacked = sum(batch.had for batch in batches), sum(batch.lacked for batch in batches)
    return lacked > 0 and had <= FEW * (had + lacked)


def _loss(rise: Sequence[Batch], had: int, lacked: int) -> Loss:
    missing = sum(batch.lacked for batch in rise)
    return Loss(
        since=rise[0].day,
        lacked=missing,
        pages=missing + sum(batch.had for batch in rise),
        once=had / (had + lacked),
    )


def _weight(batch: Batch, had: int, lacked: int, rise: Sequence[Batch], test: Test) -> float:
    """How much likelier a day is if nearly all pages lack it than by the source's share, as a logarithm."""
    with_it, without = had + test.had, lacked + test.lacked
    if had + lacked < FEWEST or without > test.rare * (with_it + without):
        return 0.0
    with_it, without = with_it + sum(day.had for day in rise), without + sum(day.lacked for day in rise)
    usual = _beta(with_it + batch.had, without + batch.lacked) - _beta(with_it, without)
    return batch.lacked * log(LOST) + batch.had * log(1 - LOST) - usual


def _beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)
