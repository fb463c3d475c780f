"""What `goodturn doctor` looks at, and what it says of it: one sentence for each thing, which names it and says what to
do about it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from config import Settings


class Level(StrEnum):
    """Whether a thing is well, might be better, or must be mended."""

    FINE = "fine"
    ADVICE = "advice"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What was found of a thing."""

    about: str
    level: Level
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is looked at, since a moment of this machine's two clocks (`began`). What only other rooms can tell is
    handed in: the mistakes of feeds.txt and the addresses in it, what is wrong with where the desk stands, whether the
    learned model is of today's shape (None: none was learned), what is spoiled of the newest backup, hosts that were
    looked up with what is in their way."""

    settings: Settings
    now: datetime
    began: tuple[float, float] | None = None
    thorough: bool = False
    mistakes: Sequence[str] = ()
    addresses: Sequence[str] = ()
    desk: Sequence[str] = ()
    model_fits: bool | None = None
    spoiled: Sequence[str] = ()
    lookups: Mapping[str, str] = field(default_factory=dict)


Check = Callable[[Case], Iterator[Said]]


def fine(about: str, said: str) -> Said:
    """All is well with a thing."""
    return Said(about=about, level=Level.FINE, said=said)


def advice(about: str, said: str) -> Said:
    """It might be better."""
    return Said(about=about, level=Level.ADVICE, said=said)


def wrong(about: str, said: str) -> Said:
    """It must be mended."""
    return Said(about=about, level=Level.WRONG, said=said)
