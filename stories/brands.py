"""Well-known companies, by name and trade. Pure, read once from `brands.toml`."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

TABLE = Path(__file__).parent / "brands.toml"
FIRST_WORD = re.compile(r"(?<![\w-])[a-zé]{0,4}[A-ZÅÄÖØÆÉ0-9]\w*")


@cache
def brands() -> dict[str, str]:
    """The trade of each well-known company, by its name."""
    tables = tomllib.loads(TABLE.read_text("utf-8"))
    return {" ".join(n.split()): trade for trade, names in tables.items() for n in names.split(";") if n.strip()}


def brands_in(text: str) -> list[str]:
    """The well-known companies that a text names, in order, again for each time; the longest name where several fit."""
    return [name for _, name in _found(text)]


def brand_places(text: str) -> list[int]:
    """Where well-known companies are named, in code points."""
    return [place for place, _ in _found(text)]


def _found(text: str) -> Iterator[tuple[int, str]]:
    text = text.replace("’", "'")
    known = _by_first_word()
    for word in FIRST_WORD.finditer(text):
        for name in known.get(word.group(), ()):
            end = word.start() + len(name)
            if text.startswith(name, word.start()) and not text[end : end + 2].strip("s").isalnum():
                yield word.start(), name
                break


@cache
def _by_first_word() -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    for name in sorted(brands(), key=len, reverse=True):
        first = FIRST_WORD.match(name)
        if first:
            names.setdefault(first.group(), []).append(name)
    return names
