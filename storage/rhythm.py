"""When a source is asked again. Pure: moments and counts in, moments out.

A source whose line gives one interval (`every=6h`) is asked at that interval; one that gives two bounds
(`every=1h-2d`, and all that give none) at half the time in which it has lately brought a new article, within its
bounds. That time is the harmonic mean over its news, so that a long silence is soon forgotten, and the newest counts
a third; while nothing new comes, a quarter of the silence counts if that is more. A source that led to stories which
editors approved lately is asked up to twice as often. Sources of one age drift apart by a jitter of up to a tenth.

A source that fails is asked after 10 minutes, then four times as late with each failure in a row, 30 days at most;
where another try soon cannot help (not found, forbidden, no feed), after twice its usual wait at least, then
four times. The first success sets it back. In all of this the site's own word on when to ask again is kept.

A thread is looked at again when it is twice as old as at the last look: a day, two, four ... after its newest
comment, until it has been quiet for 64 days.
"""

from datetime import datetime, timedelta

NEWEST = 0.3  # weight of the newest gap in the mean
OF_GAP, OF_SILENCE = 2, 4  # asked twice in the mean gap, and four times in a silence
FIRST = timedelta(hours=6)  # the wait of a source that was never seen to bring something new
MANY = 3  # approved stories, of the last 90 days, from which on a source is asked twice as often
JITTER = 0.1  # of a wait
FIRST_FAILURE = timedelta(minutes=10)
LONGEST_FAILURE = timedelta(days=30)
FIRST_LOOK = timedelta(days=1)
QUIET = timedelta(days=64)


def gap(before: timedelta | None, elapsed: timedelta, new: int) -> timedelta:
    """The mean time for a new article, after `new` ones came in `elapsed`."""
    newest = elapsed / new
    return newest if before is None else newest / (NEWEST + (1 - NEWEST) * (newest / before))


def wait(
    shortest: timedelta, longest: timedelta | None, gap: timedelta | None, silence: timedelta, approved: int
) -> timedelta:
    """How long to wait after a success. `longest` None: always `shortest`."""
    if longest is None:
        return shortest
    usual = FIRST if gap is None else gap / OF_GAP
    wanted = max(usual, silence / OF_SILENCE) / (1 + min(approved, MANY) / MANY)
    return min(max(wanted, shortest), longest)


def jittered(wait: timedelta, digest: str) -> timedelta:
    """A wait, and up to a tenth of it more, as the first four hexadecimal digits of a hash say."""
    return wait * (1 + JITTER * int(digest[:4], 16) / 0xFFFF)


def backoff(failures: int, usual: timedelta, *, soon: bool) -> timedelta:
    """How long to wait after so many failures in a row; `soon`: another try soon may help."""
    wait = min(FIRST_FAILURE * (1 << 2 * min(failures - 1, 9)), LONGEST_FAILURE)
    return wait if soon else max(wait, min(usual * (1 << min(failures, 9)), LONGEST_FAILURE))


def look_again(newest: datetime, now: datetime) -> datetime | None:
    """When to look at a thread again whose newest words are of `newest`; None where it has been quiet for long."""
    age = now - newest
    return None if age >= QUIET else now + max(age, FIRST_LOOK)
