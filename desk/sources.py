"""The table of all sources, as an address asks for it: those of one condition, with some words in their name, in an
order. Five hundred of them stay a page that one can use."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request

from desk.address import word
from storage.database import stamp
from storage.figures import Condition, SourceRow

MOST_WORDS = 200  # characters of a search


class Order(StrEnum):
    """How the sources stand in their table."""

    HEALTH = "health"
    NAME = "name"
    PAGES = "pages"
    STORIES = "stories"
    APPROVED = "approved"
    SILENCE = "silence"


WORST = (
    Condition.FAILING,
    Condition.STOPPED,
    Condition.BARREN,
    Condition.SILENT,
    Condition.NEVER,
    Condition.PAUSED,
    Condition.WELL,
)
ORDERS: Mapping[Order, Callable[[SourceRow], Any]] = {
    Order.HEALTH: lambda row: WORST.index(row.condition),
    Order.NAME: lambda row: "",
    Order.PAGES: lambda row: -row.pages,
    Order.STORIES: lambda row: -row.stories,
    Order.APPROVED: lambda row: -row.approved,
    Order.SILENCE: lambda row: stamp(row.last_new) if row.last_new else "",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What an address asks of the sources: those of one condition, with some words in their name, in an order."""

    health: Condition | None = None
    words: str = ""
    order: Order = Order.HEALTH

    def query(self, **more: object) -> str:
        """Its part of an address, with its question mark."""
        order = None if self.order is Order.HEALTH else self.order
        asked = {"health": self.health, "words": self.words, "order": order} | more
        kept = {name: str(value) for name, value in asked.items() if value}
        return f"?{urlencode(kept)}" if kept else ""

    def of(self, rows: Sequence[SourceRow]) -> list[SourceRow]:
        """The sources it asks for, in its order, and by name where that says nothing."""
        wanted = self.words.casefold()
        kept = [row for row in rows if self.health in (None, row.condition) and wanted in _called(row).casefold()]
        return sorted(kept, key=lambda row: (ORDERS[self.order](row), (row.label or row.address).casefold()))


def asked_of(request: Request) -> Asked:
    """What an address asks for. Raises HTTPException (400) for a condition or an order that there is not."""
    asked, health = request.query_params, request.query_params.get("health")
    return Asked(
        health=word(Condition, health) if health else None,
        words=asked.get("words", "").strip()[:MOST_WORDS],
        order=word(Order, asked.get("order") or Order.HEALTH),
    )


def _called(row: SourceRow) -> str:
    return f"{row.label or ''} {row.address}"
