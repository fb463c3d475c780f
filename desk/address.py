"""What an address asks for: filters, numbers, words of closed sets. Mistakes are answered 400, naming what there is."""

from enum import StrEnum
from typing import TypeVar

from starlette.exceptions import HTTPException
from starlette.requests import Request

from storage.filters import OTHERS, FilterError, Filters, filters_of

BAD_REQUEST = 400
MOST_DIGITS = 15  # far more acts than anybody can do, far below SQLite's largest integer
MOST_NUMBERS = 200  # of one address: what a selection can hold
MOST_ROWS = 1_000_000  # where a list ends, whatever is asked

Word = TypeVar("Word", bound=StrEnum)


def view_of(request: Request) -> Filters:
    """The list that an address belongs to. Raises FilterError for filters that there are not."""
    return filters_of(request.query_params.multi_items(), others=OTHERS)


def view_and_mistake(request: Request) -> tuple[Filters, str]:
    """The list that an address asks for, and what is wrong with a filter that was typed among its words: a mistake in
    typing is no dead end. Raises FilterError for filters of the address that there are not."""
    try:
        return view_of(request), ""
    except FilterError as error:
        view = filters_of(request.query_params.multi_items(), others=OTHERS, typed=False)
        return view, sentence(error)


def offset_of(request: Request) -> int:
    """Where in a list a page begins."""
    return min(number(request.query_params.get("offset"), "offset"), MOST_ROWS)


def numbers_of(request: Request, name: str) -> list[int]:
    """Numbers of an address, separated by commas: `12,13`."""
    asked = request.query_params.get(name, "")
    return [number(part, name) for part in asked.split(",") if part][:MOST_NUMBERS]


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


def sentence(error: Exception) -> str:
    """What an error says, as a sentence."""
    said = str(error)
    return f"{said[:1].upper()}{said[1:]}{'' if said.endswith(('.', '?', '!')) else '.'}"
