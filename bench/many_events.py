"""Which events `bench.many_stories` makes: how often each is told, how, when it is found."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations

from bench.many_texts import Author, Written
from storage.database import identity
from stories import likeness
from stories.grouping import UNLIKE

CLUSTERS = 0.85  # for each story
TOLD_AGAIN, MOST_TELLINGS = 0.1, 30  # share of clusters with several tellings; of one
PERHAPS_EVERY = 40  # clusters, of which the last tells perhaps the event of the one before, which has two tellings
END, YEARS = datetime(2026, 11, 1, 9, tzinfo=UTC), timedelta(days=730)
KINDS = {"copy": 5, "near": 3, "retold": 4}  # of tellings after the first, and how often
TOGETHER = 3.0, 6.0  # log odds of two tellings in a cluster: more than of any that is suggested
SAFELY = 0.05  # log odds by which what is drawn keeps from its bounds


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A cluster to be: its tellings, the first one first, when it was found, and the log odds that its texts share."""

    id: str
    found_at: datetime
    told: Sequence[Written]
    odds: Sequence[tuple[int, int, float]]

    @property
    def searched(self) -> bool:
        """Whether it has others that it is compared with."""
        return bool(self.odds)


class Events:
    """Makes events, in the order in which they are found."""

    def __init__(self, stories: int, seed: int) -> None:
        self.dice = random.Random(seed)
        self.author = Author(self.dice)
        self.model = likeness.model()
        self.sizes = self._sizes(stories)

    def __iter__(self) -> Iterator[Event]:
        before: Sequence[Written] = ()
        for number, size in enumerate(self.sizes):
            nth = number % PERHAPS_EVERY
            first = self.author.retold(before[0]) if nth == PERHAPS_EVERY - 1 else self.author.new()
            again = self.author.retold if nth == PERHAPS_EVERY - 2 else self._again
            told = [first, *(again(first) for _ in range(size - 1))]
            odds = self._odds(combinations(told, 2), *TOGETHER)
            if nth == PERHAPS_EVERY - 1:
                odds += self._odds([(before[0], first)], *self._perhaps())
            found = END - YEARS + YEARS * (number / len(self.sizes))
            yield Event(id=identity("event", str(number)), found_at=found, told=told, odds=odds)
            before = told

    def _perhaps(self) -> tuple[float, float]:
        """The log odds of one story and the first of a cluster of two that lead to a suggestion (`likeness.suggests`,
        the other pair being unlike), and not yet to one cluster."""
        return (4 * self.model.perhaps - UNLIKE) / 3, 2 * self.model.sure - UNLIKE

    def _sizes(self, stories: int) -> list[int]:
        """How many tellings each cluster has: some very many, most one; a two and a one where one is suggested."""
        clusters = max(1, round(stories * CLUSTERS))
        suggested = clusters // PERHAPS_EVERY
        again = round(clusters * TOLD_AGAIN) - suggested
        sizes = [2] * again + [1] * (clusters - again - 2 * suggested)
        left = stories - sum(sizes) - 3 * suggested
        while left > 0 and again:
            at = int(again * self.dice.random() ** 3)
            sizes[at] += (more := sizes[at] < MOST_TELLINGS)
            left -= more
        self.dice.shuffle(sizes)
        for at in range(PERHAPS_EVERY - 2, clusters, PERHAPS_EVERY)[:suggested]:
            sizes[at:at] = [2, 1]
        return sizes

    def _again(self, first: Written) -> Written:
        kind = self.dice.choices(list(KINDS), list(KINDS.values()))[0]
        if kind == "copy":
            return first
        return self.author.near(first) if kind == "near" else self.author.retold(first)

    def _odds(
        self, pairs: Iterable[tuple[Written, Written]], least: float, most: float
    ) -> list[tuple[int, int, float]]:
        numbers = {(one.number, other.number) for one, other in pairs if one is not other}
        return [(*two, round(self.dice.uniform(least + SAFELY, most - SAFELY), 3)) for two in sorted(numbers)]
