"""Which stories are shown, and what one that is not shown any more has become part of."""

import numpy as np
from numpy.typing import NDArray

from publish.shelf import Reading
from storage.board import STATES
from storage.facts import NEVER
from storage.filters import State
from storage.merged import whereabouts


def leads_to(reading: Reading, id: str) -> str | None:
    """The story that one which is not shown any more has become part of; None where that is not shown either."""
    now = whereabouts(reading.db, id)
    row = reading.board.row_of.get(now)
    return now if now != id and row is not None and shown(reading)[row] else None


def shown(reading: Reading) -> NDArray[np.bool_]:
    """Which rows of the board are shown: what has become part of another, or was taken down, is approved still."""
    numbers = reading.board.numbers
    marks: NDArray[np.bool_] = (numbers["state"] == STATES.index(State.APPROVED)) & (numbers["found"] != NEVER)
    return marks
