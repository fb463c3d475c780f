"""Which list an editor works through: a state, and filters that narrow it. It travels in the address of every page."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from starlette.exceptions import HTTPException

from stories.languages import LANGUAGES
from stories.story import Sector

BAD_REQUEST = 400
MOST_CHARACTERS = 200  # of search words; a longer text is a paste gone wrong
MOST_DIGITS = 15  # far more decisions than anybody can take, far below SQLite's largest integer

Word = TypeVar("Word", bound=StrEnum)


class State(StrEnum):
    """Where a cluster is."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A list of clusters: those in one state, in which a telling meets all the filters."""

    state: State = State.OPEN
    language: str | None = None
    sector: Sector | None = None
    words: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether any filter is set."""
        return bool(self.language or self.sector or self.words)

    @property
    def asked(self) -> dict[str, str]:
        """Its filters, as the storage takes them."""
        named = {"state": self.state, "language": self.language, "sector": self.sector, "words": self.words}
        return {name: str(value) for name, value in named.items() if value}

    def query(self, **more: object) -> str:
        """Its part of an address, with its question mark; empty for the whole inbox."""
        named = self.asked | {name: str(value) for name, value in more.items() if value}
        if self.state is State.OPEN:
            del named["state"]
        return f"?{urlencode(named)}" if named else ""


def queue_of(parameters: Mapping[str, str]) -> Queue:
    """The queue that an address asks for. Raises HTTPException (400) for words that there are not."""
    language = parameters.get("language") or None
    if language and language not in LANGUAGES:
        raise HTTPException(BAD_REQUEST, f"“{language}” is none of the languages: {', '.join(LANGUAGES)}.")
    return Queue(
        state=word(State, parameters.get("state") or State.OPEN),
        language=language,
        sector=word(Sector, parameters["sector"]) if parameters.get("sector") else None,
        words=" ".join(parameters.get("words", "").split())[:MOST_CHARACTERS],
    )


def word(kind: type[Word], text: str) -> Word:
    """A word of a closed set. Raises HTTPException (400) that names the words there are."""
    try:
        return kind(text)
    except ValueError:
        raise HTTPException(BAD_REQUEST, f"“{text}” is none of: {', '.join(kind)}.") from None


def number(text: str | None, name: str) -> int:
    """A number from an address or a form, 0 where there is none. Raises HTTPException (400) for anything else."""
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise HTTPException(BAD_REQUEST, f"{name} must be a number, and “{text}” is not.")
    return int(text)
