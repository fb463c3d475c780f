"""Whether a source has been silent for longer than its own past makes plausible. Pure.

What is learned of a source is its gaps: the days between two days that brought an article, of the 400 days before it
fell silent, so that last summer and last Christmas are among them. No mean is taken and no multiple of one: a weekly
column, a paper without weekends and a blog of whims differ in the shape of their gaps, not only in their length. What
counts is the longest of the gaps: a silence is strange when it is `stretch` times as long as any before it.

How often does that happen by chance? If gaps had the exponential tail of news that comes when it comes, the next gap
would be `k` times the longest of `n` with probability n! k! / (n + k)!, whatever their mean; what is more regular
than that does it more seldom. A source that brings something `r` times a week gives that chance r times a week. So
`stretch` is the k with which that makes BUDGET false alarms a source-week: 2.8 after 12 gaps of a week, 1.5 after 52,
1.4 after 250 workdays; after a few gaps so much that the source is only given time.

A silence is held against gaps of its own time of year. In the high summer and around Christmas blogs rest, so in
these weeks all gaps count, and where the source's first such weeks are now, the silence may last twice as long; in
the rest of the year the gaps of the holidays do not count, where there are enough others.

Time counts only as far as the source was asked with success: a machine that slept, a source that fails, one that is
paused or has quiet hours makes no silence.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise
from math import exp, lgamma

from storage.alarms import Finding, Kind
from storage.history import QUIET, Past

BUDGET = 0.003  # false alarms a source-week by chance
FEWEST = 6  # gaps, below which nothing is known of a source's rhythm
MOST = 8.0  # times the longest gap
LEAST = QUIET / timedelta(days=1)
LOOK_BACK = timedelta(days=400)  # a year and five weeks: this season's counterpart is in it whole
A_DAY = timedelta(days=1)
A_YEAR = timedelta(days=350)  # so that a source need not have brought something on the very day
SEASONS = (((6, 15), (9, 10)), ((12, 18), (12, 31)), ((1, 1), (1, 8)))  # from, to: month and day
FIRST_SEASON = 2  # times as long a silence in the first high summer or Christmas that we see of a source


def silent(past: Past, now: datetime) -> Finding | None:
    """The silence of a source, if it is strange."""
    if past.last_new is None or past.last_success is None:
        return None
    since, quiet = past.last_new, (min(past.last_success, now) - past.last_new) / A_DAY
    if quiet < LEAST:
        return None
    first = (since - LOOK_BACK).date()
    longest = plausible([day.day for day in past.days if day.new and day.day >= first], since.date(), now.date())
    if longest is None or quiet <= longest:
        return None
    said = f"nothing new since {since:%Y-%m-%d}, {quiet:.0f} days; its own past makes {longest:.0f} days plausible"
    return Finding(kind=Kind.SILENT, subject=past.address, said=said)


def plausible(days: Sequence[date], since: date, today: date) -> float | None:
    """The longest silence in days that a source's past makes plausible, by the days that brought something; None where
    too little is known of it."""
    gaps = list(pairwise(days))
    rested = _rests(since, today)
    if not rested and len(others := [gap for gap in gaps if not _rests(*gap)]) >= FEWEST * 2:
        gaps = others
    if len(gaps) < FEWEST:
        return None
    lengths = [(end - begin).days for begin, end in gaps]
    longest = max(lengths)
    allowed = longest * stretch(len(lengths), round(7 * len(lengths) / sum(lengths), 1))
    if rested and days[0] > since - A_YEAR:
        allowed *= FIRST_SEASON
    return max(allowed, longest + 1.0, LEAST)


@cache
def stretch(gaps: int, a_week: float, budget: float = BUDGET) -> float:
    """How many times the longest of so many gaps a silence must be, for so many false alarms a week."""
    low, high = 1.0, MOST
    for _ in range(20):  # halvings: to a hundred-thousandth
        middle = (low + high) / 2
        chance = a_week * exp(lgamma(gaps + 1) + lgamma(middle + 1) - lgamma(gaps + middle + 1))
        low, high = (middle, high) if chance > budget else (low, middle)
    return high


def _rests(begin: date, end: date) -> bool:
    """Whether a gap touches the time when blogs rest; it has three days looked at, as none is so short there."""
    return any(_is_season(day) for day in (begin, begin + (end - begin) / 2, end))


@cache
def _is_season(day: date) -> bool:
    return any(first <= (day.month, day.day) <= last for first, last in SEASONS)
