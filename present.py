"""What time it is, for whatever is not told: this machine's clock.

In a simulation the setting `clock` names another one, for all processes alike: a moment, the moment of this machine's
clock at which it was that, and how often faster it runs: `2026-01-01T00:00:00Z 2026-11-22T10:00:00Z 60`.
"""

from datetime import UTC, datetime

from config import settings


def now() -> datetime:
    """The present moment, UTC."""
    return at(datetime.now(UTC), settings().clock)


def at(real: datetime, clock: str) -> datetime:
    """What a clock says, as the setting has it, when it is `real` by this machine's."""
    if not clock:
        return real
    began, then, speed = clock.split()
    return datetime.fromisoformat(began) + (real - datetime.fromisoformat(then)) * float(speed)
