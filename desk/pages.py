"""The desk's pages: Jinja templates with everything escaped, and how they show addresses, days and moments.

Every page is rendered with who asks (`user`), their time zone (`zone`) and the token of their forms. What depends on
them, `day`, `moment` and `csrf()`, reads it there; so macros that use one of them are imported `with context`. `root`
stands before every address of ours: "" or the prefix behind a proxy.
"""

import hashlib
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from desk import words
from desk.csrf import FIELD
from desk.facets import chips
from storage.filters import State
from stories.languages import LANGUAGES
from stories.story import EVEN, Channel, Sector

STATIC = Path(__file__).parent / "static"
DAY_CHARACTERS = len("2026-11-21")
NEAR = {0: "today", 1: "yesterday"}
AGES = ((14, 1, "day"), (60, 7, "week"), (365, 30, "month"))  # under so many days it is told in units of so many


def environment(root: str = "") -> Environment:
    """The templates, with all they need to know; `root` stands before each address of ours."""
    made = Environment(
        loader=PackageLoader("desk"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.tests["unsure"] = lambda score: score < EVEN
    made.filters |= {"host": host, "link": link, "day": day, "moment": moment, "plain": words.plain, "percent": percent}
    made.filters |= {"sides": sides, "chips": chips, "ago": ago, "grouped": grouped, "gist": gist}
    made.globals |= {
        "root": root,
        "csrf": csrf,
        "languages": LANGUAGES,
        "sectors": list(Sector),
        "channels": list(Channel),
        "states": [state for state in State if state is not State.ANY],
        "state_names": words.STATES,
        "sorts": words.SORTS,
        "verb_names": words.VERBS,
        "private_kinds": words.PRIVATE,
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


@pass_context
def csrf(context: Context) -> Markup:
    """The hidden field that every form carries which changes something."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, context["token"]())


@pass_context
def day(context: Context, text: str | None) -> str:
    """A stored day as `3 May 2013`; a stored moment likewise, in the reader's time zone."""
    if not text:
        return ""
    there = date.fromisoformat(text) if len(text) == DAY_CHARACTERS else _there(context, text).date()
    return f"{there.day} {there:%B %Y}"


@pass_context
def moment(context: Context, text: str) -> str:
    """A stored moment as `3 May 2013, 09:30` in the reader's time zone; where that is UTC, it is said."""
    said = f"{day(context, text)}, {_there(context, text):%H:%M}"
    return f"{said} UTC" if context["zone"].key == "UTC" else said


def _there(context: Context, text: str) -> datetime:
    zone: ZoneInfo = context["zone"]
    return datetime.fromisoformat(text).astimezone(zone)


@pass_context
def ago(context: Context, text: str) -> str:
    """How long ago a stored moment is: *today*, *3 days ago*, *5 weeks ago*; the month, where that is over a year."""
    there = _there(context, text)
    days = (context["now"].astimezone(context["zone"]).date() - there.date()).days
    for most, size, unit in AGES:
        if days < most:
            count = max(days // size, 1)
            return NEAR.get(days) or f"{count} {unit}{'s' * (count > 1)} ago"
    return f"in {there:%B %Y}"


def grouped(number: int) -> str:
    """A number with its thousands apart: 12,345."""
    return f"{number:,}"


def gist(reason: str) -> str:
    """A reason without the words that stand for it."""
    return reason.partition(":")[0]


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
