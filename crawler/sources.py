"""feeds.txt, the list of sources: one a line, the address first, then `key=value`; `#` begins a comment.

    https://example.org/feed  lang=da every=6h label="An example"
    https://example.org/blog/ kind=listing pages=5   # a blog without a feed
    https://example.org/news  cron="0 6 * * 1-5" quiet=22:00-06:00

Keys: `kind` (feed, listing, sitemap, or a spider of your own; feed if not given), `lang` (two letters), `every` (how
often: 30m, 6h, 2d, or two bounds: 1h-2d, which is what a source has that says nothing), `cron` (instead of that: at
which times, as crontab has them), `quiet` (hours in which it is not asked, or none; both UTC, storage/times.py),
`pages` (how many pages of the archive or paged feed to look at; 3 for a listing, 1 for a feed), `budget` (how many
pages to ask for between two of its turns; 500), `label`, `content` (page: fetch each entry's page; feed: the feed has
the whole text), `sites` (own: follow links only on its own site; any), `thread` (how many further pages of a post's
comments to look at; 10 if not given), `revisit` (ask again for posts that are still listed and were fetched longer ago
than this; never: not at all), `excerpt` (characters of its stories that feeds show) and `licence` (under which its
owner allows all of them to be shown: the name of a Creative Commons licence, an address, or all). All mistakes are
reported at once, each with its line and the nearest known word.
"""

import difflib
import re
import shlex
from collections.abc import Callable, Collection, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

from crawler.addresses.urls import canonical
from reading.deeds import deed, spdx
from storage import times
from storage.sources import Source

__all__ = ["Source", "SourcesError", "parse", "read"]

KINDS = ("feed", "listing", "sitemap")
LANGUAGES = ("en", "da", "no", "sv", "de", "nl", "fr", "es")
CONTENTS = ("page", "feed")
SITES = ("own", "any")
NEVER = "never"
ALL = "all"  # as a licence: the owner allows it, by no licence that has a name
OPTIONS = ("content", "sites", "thread", "revisit", "excerpt", "licence")
TERMS = re.compile(r"https://[\w-]+(?:\.[\w-]+)+(?:/[^\s\"'<>]{0,300})?")
UNITS = {"m": 1, "h": 60, "d": 24 * 60, "w": 7 * 24 * 60}  # minutes
EVERY = timedelta(hours=1), timedelta(days=2)  # bounds: a news site and a blog that is asleep
SHORTEST, LONGEST = timedelta(minutes=5), timedelta(days=90)
PAGES = {"feed": 1, "sitemap": 10}
LISTING_PAGES = 3
MOST_PAGES = 500
BUDGET, MOST_BUDGET = 500, 100_000  # pages: a quarter of an hour at two seconds each
LONGEST_LABEL = 200  # characters
LONGEST_EXCERPT = 100_000  # characters; more than any story has


class SourcesError(ValueError):
    """feeds.txt has mistakes; the message has a line for each."""


class _MistakeError(ValueError):
    """What is wrong with a value."""


def read(path: Path, kinds: Collection[str] = KINDS) -> tuple[Source, ...]:
    """The sources of a file. Raises SourcesError, also where there is no such file."""
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise SourcesError(f"{path}: no such file; it lists the sources, see docs/sources.md") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SourcesError(f"{path}: cannot be read: {error}") from None
    return parse(text, str(path), kinds)


def parse(text: str, name: str, kinds: Collection[str] = KINDS) -> tuple[Source, ...]:
    """The sources of a text; `name` is what messages call it. Raises SourcesError with all mistakes."""
    sources: dict[str, tuple[int, Source]] = {}
    mistakes: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        source, wrong = _line(line, kinds)
        if source and source.address in sources:
            wrong.append(f"{source.address} is already in line {sources[source.address][0]}; remove one of them")
        elif source:
            sources[source.address] = (number, source)
        mistakes += [f"{name}:{number}: {mistake}" for mistake in wrong]
    if mistakes:
        raise SourcesError("\n".join(mistakes))
    return tuple(source for _, source in sources.values())


def _line(line: str, kinds: Collection[str]) -> tuple[Source | None, list[str]]:
    """The source of a line, None for an empty one; and its mistakes."""
    try:
        words = _words(line)
    except ValueError:
        return None, ['a quotation mark is missing; write label="Two words"']
    if not words:
        return None, []
    address = canonical(words[0]) if words[0].startswith(("http://", "https://")) else None
    wrong = [] if address else [f"'{words[0]}' is no address; a line begins with http:// or https://"]
    values, mistakes = _values(words[1:], kinds)
    wrong += mistakes
    if wrong or address is None:
        return None, wrong
    kind = values.get("kind", "feed")
    if "every" in values and "cron" in values:
        return None, ["cron: a source has either every= or cron=; take one of them out"]
    every, longest = values.get("every", EVERY)
    options = {key: values[key] for key in OPTIONS if key in values}
    return Source(
        address=address,
        kind=kind,
        every=every,
        longest=longest,
        cron=values.get("cron"),
        quiet=values.get("quiet"),
        pages=values.get("pages", PAGES.get(kind, LISTING_PAGES)),
        budget=values.get("budget", BUDGET),
        language=values.get("lang"),
        label=values.get("label"),
        options=options,
    ), []


def _words(line: str) -> list[str]:
    """Split as a shell does; `#` begins a comment only after a space, as addresses may hold one."""
    lexer = shlex.shlex(re.sub(r"(?:^|(?<=\s))#.*", "", line) if '"' not in line else line, posix=True)
    lexer.whitespace_split, lexer.commenters, lexer.escape, lexer.quotes = True, "", "", '"'
    words = list(lexer)
    comment = next((i for i, word in enumerate(words) if word.startswith("#")), len(words))
    return words[:comment]


def _values(words: Iterable[str], kinds: Collection[str]) -> tuple[dict[str, Any], list[str]]:
    checks: dict[str, Callable[[str], Any]] = {
        "kind": lambda value: _one_of(value, kinds),
        "lang": lambda value: _one_of(value, LANGUAGES),
        "every": _every,
        "cron": times.cron,
        "quiet": _quiet,
        "pages": lambda value: _number(value, 1),
        "budget": lambda value: _number(value, 1, MOST_BUDGET),
        "label": _label,
        "content": lambda value: _one_of(value, CONTENTS),
        "sites": lambda value: _one_of(value, SITES),
        "thread": lambda value: str(_number(value, 0)),
        "revisit": lambda value: NEVER if value == NEVER else str(int(_interval(value).total_seconds())),
        "excerpt": lambda value: str(_number(value, 0, LONGEST_EXCERPT)),
        "licence": _licence,
    }
    values: dict[str, Any] = {}
    mistakes = []
    for word in words:
        key, equals, value = word.partition("=")
        if not equals:
            mistakes.append(f"'{word}' is no key=value; write for instance every=6h")
        elif key not in checks:
            mistakes.append(f"unknown key '{key}'" + _nearest(key, checks))
        elif key in values:
            mistakes.append(f"'{key}' is given twice; keep one")
        else:
            try:
                values[key] = checks[key](value)
            except (_MistakeError, times.TimeError) as mistake:
                mistakes.append(f"{key}: {mistake}")
    return values, mistakes


def _one_of(value: str, known: Collection[str]) -> str:
    if value not in known:
        raise _MistakeError(f"unknown '{value}'" + (_nearest(value, known) or f"; it is one of {', '.join(known)}"))
    return value


def _every(value: str) -> tuple[timedelta, timedelta | None]:
    """An interval, or its two bounds."""
    least, dash, most = value.partition("-")
    shortest, longest = _interval(least), _interval(most) if dash else None
    if longest and longest <= shortest:
        raise _MistakeError(f"'{value}' is no span; write the shorter interval first")
    return shortest, longest


def _interval(value: str) -> timedelta:
    found = re.fullmatch(r"(\d{1,4})([mhdw])", value)
    interval = timedelta(minutes=int(found[1]) * UNITS[found[2]]) if found else None
    if interval is None or not SHORTEST <= interval <= LONGEST:
        raise _MistakeError(f"'{value}' is no interval from 5m to 90d; write for instance 30m, 6h or 2d")
    return interval


def _quiet(value: str) -> str:
    found = times.HOURS.fullmatch(value)
    if value != times.NONE and (found is None or found.group(1, 2) == found.group(3, 4)):
        raise _MistakeError(f"'{value}' is no span of hours; write for instance 22:00-06:00 (UTC), or none")
    return value


def _number(value: str, least: int, most: int = MOST_PAGES) -> int:
    if not value.isdecimal() or not least <= int(value) <= most:
        raise _MistakeError(f"'{value}' is no number from {least} to {most}")
    return int(value)


def _label(value: str) -> str:
    if not value.strip() or len(value) > LONGEST_LABEL:
        raise _MistakeError(f"a label has 1 to {LONGEST_LABEL} characters")
    return value.strip()


def _licence(value: str) -> str:
    """The address of a licence, or ALL."""
    known = value if value == ALL or TERMS.fullmatch(value) else None
    if (found := spdx(value) or deed(value) or known) is None:
        raise _MistakeError(f"'{value}' is no licence; write for instance CC-BY-4.0, an https address of terms, or all")
    return found


def _nearest(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word.lower(), list(known), 1)
    return f"; did you mean '{close[0]}'?" if close else ""
