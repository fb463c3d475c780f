"""The temperaments of made-up sources: when each posts, in days since the beginning.

The rules for alarms were tuned on those that TUNED names; HELD_OUT were left aside.
"""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from math import exp, sin, tau

BEGIN = datetime(2024, 3, 1, tzinfo=UTC)
YEARS = 730  # days: a past, and the year that is replayed
END = 1300  # days, until which every fault of that year can be found
A_DAY = timedelta(days=1)
FRIDAY = 4
HOLIDAYS = 0.04  # of workdays
Temper = Callable[[random.Random], Iterator[float]]


def weekly(dice: random.Random) -> Iterator[float]:
    """A column: the same day, now and then a day late, one in forty left out."""
    for week in range(END // 7):
        if dice.random() > 1 / 40:
            yield week * 7 + 0.4 + abs(dice.gauss(0, 0.4))


def monthly(dice: random.Random) -> Iterator[float]:
    """Once a month, within a week."""
    return (month * 30.4 + dice.uniform(0, 7) for month in range(END // 30))


def workdays(dice: random.Random) -> Iterator[float]:
    """One to three a workday; bank holidays now and then."""
    for day in range(END):
        if (BEGIN + day * A_DAY).weekday() <= FRIDAY and dice.random() > HOLIDAYS:
            yield from (day + dice.uniform(0.3, 0.8) for _ in range(dice.randint(1, 3)))


def chance(dice: random.Random, mean: float | None = None) -> Iterator[float]:
    """When it comes it comes: gaps of a mean between five hours and twelve days."""
    mean, at = mean or exp(dice.uniform(-1.6, 2.5)), 0.0
    while (at := at + dice.expovariate(1 / mean)) < END:
        yield at


def bursty(dice: random.Random) -> Iterator[float]:
    """Some posts within days, then nothing for a week or two."""
    at = 0.0
    while at < END:
        for _ in range(dice.randint(1, 6)):
            yield (at := at + dice.expovariate(1.2))
        at += dice.expovariate(1 / 9)


def slowing(dice: random.Random) -> Iterator[float]:
    """Tires: from every other day to every other week."""
    at = 0.0
    while at < END:
        yield at
        at += dice.gammavariate(3, 1 / 3) * 2 * exp(2 * at / YEARS)


def resting(dice: random.Random) -> Iterator[float]:
    """Twice a week, but three to five weeks of summer, and Christmas."""
    rests = [(dice.uniform(122, 140) + 365 * year, dice.uniform(20, 35)) for year in range(4)]
    rests += [(294 + dice.uniform(-3, 3) + 365 * year, dice.uniform(10, 18)) for year in range(4)]
    return (at for at in chance(dice, 3) if not any(begin <= at < begin + long for begin, long in rests))


def heavy(dice: random.Random) -> Iterator[float]:
    """Gaps with a long tail (log-normal)."""
    at, mean = 0.0, dice.uniform(0.3, 1.2)
    while (at := at + dice.lognormvariate(mean, 0.8)) < END:
        yield at


def wavy(dice: random.Random) -> Iterator[float]:
    """Busier in some months than in others, threefold."""
    at, turn = 0.0, dice.random() * 365
    while at < END:
        yield at
        at += dice.expovariate(1) * 3 * exp(0.55 * sin(tau * (at + turn) / 365))


def biweekly(dice: random.Random) -> Iterator[float]:
    """Every other week, in pairs, and a few weeks off at any time of year."""
    off = [dice.uniform(0, END) for _ in range(5)]
    for at in range(3, END, 14):
        if not any(begin <= at < begin + 21 for begin in off):
            yield from (at + dice.uniform(0, 2), at + dice.uniform(0, 2))


def paper(dice: random.Random) -> Iterator[float]:
    """Ten to thirty a day, half at weekends."""
    for day in range(END):
        many = dice.randint(10, 30) // (2 if (BEGIN + day * A_DAY).weekday() > FRIDAY else 1)
        yield from (day + dice.random() for _ in range(many))


def terms(dice: random.Random) -> Iterator[float]:
    """A teacher: three workdays in five, but for a week in autumn and in February, and two at Easter."""
    for day in range(END):
        week, weekday = divmod((day + 60) % 365, 7)[0], (BEGIN + day * A_DAY).weekday()
        if week not in (7, 14, 15, 42) and weekday <= FRIDAY and dice.random() < 3 / 5:
            yield day + dice.uniform(0.6, 0.9)


def letter(dice: random.Random) -> Iterator[float]:
    """A letter each month, on the day, and in one month of three a second."""
    for month in range(END // 30):
        yield month * 30.4 + 1
        if dice.random() < 1 / 3:
            yield month * 30.4 + dice.uniform(10, 20)


def diary(dice: random.Random) -> Iterator[float]:
    """A journey: nearly every day for some weeks, then at home for one to three."""
    at = 0.0
    while at < END:
        for _ in range(dice.randint(15, 40)):
            at += 1
            if dice.random() < 1 - HOLIDAYS:
                yield at + dice.random() / 2
        at += dice.uniform(7, 20)


TUNED: tuple[Temper, ...] = (
    weekly,
    workdays,
    chance,
    bursty,
    slowing,
    resting,
    monthly,
    heavy,
    wavy,
    biweekly,
    paper,
)
HELD_OUT: tuple[Temper, ...] = (terms, letter, diary)
EVERY = TUNED + HELD_OUT
