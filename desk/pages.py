"""The desk's pages: Jinja templates with everything escaped, and how they show addresses, days and moments."""

import hashlib
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined

from desk import words
from desk.queue import State
from stories.languages import LANGUAGES
from stories.story import EVEN, Sector

STATIC = Path(__file__).parent / "static"
TYPOGRAPHY = str.maketrans({"-": " "})


def environment() -> Environment:
    """The templates, with all they need to know."""
    made = Environment(
        loader=PackageLoader("desk"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.tests["unsure"] = lambda score: score < EVEN
    made.filters |= {"host": host, "link": link, "day": day, "moment": moment, "plain": plain, "percent": percent}
    made.filters["sides"] = sides
    made.globals |= {
        "languages": LANGUAGES,
        "sectors": list(Sector),
        "states": list(State),
        "reasons": words.REASONS,
        "why": words.WHY,
        "relations": words.RELATIONS,
        "tellers": words.TELLERS,
        "keys": words.KEYS,
        "version": _version(),
    }
    return made


def link(url: str) -> str | None:
    """The address, if it is one that a page of ours may link to."""
    try:
        parts = urlsplit(url)
    except ValueError:  # `http://[`
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def host(url: str) -> str:
    """The host of an address, as one says it; what is no web address is shown as it is."""
    return (urlsplit(url).hostname or url).removeprefix("www.") if link(url) else url


def day(text: str | None) -> str:
    """A stored day or moment as `3 May 2013`."""
    if not text:
        return ""
    there = date.fromisoformat(text[:10])
    return f"{there.day} {there:%B %Y}"


def moment(text: str) -> str:
    """A stored moment as `3 May 2013, 09:30`, in UTC."""
    return f"{day(text)}, {datetime.fromisoformat(text):%H:%M}"


def plain(word: str) -> str:
    """A word of a closed set as one writes it: `online-shop` is *online shop*."""
    return word.translate(TYPOGRAPHY)


def percent(score: float) -> int:
    """A score as whole hundredths; 100 is for certainty only."""
    return min(99, round(score * 100)) if score < 1 else 100


def sides(line: str, one: str, other: str) -> str:
    """What two tellings differ in, with who says what: `numbers: 9 | 10` is *numbers: 9 here, 10 there*."""
    kind, _, said = line.partition(": ")
    ours, _, theirs = said.partition(" | ")
    return f"{kind}: {ours} {one}, {theirs} {other}"


def _version() -> str:
    """Of the static files: a new one lets browsers forget the old."""
    return hashlib.sha256(b"".join(p.read_bytes() for p in sorted(STATIC.iterdir()))).hexdigest()[:8]
