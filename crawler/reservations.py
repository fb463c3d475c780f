"""What a page asks of those who fetch it: not to index it, not to follow its links, not to mine it. Pure.

Six words count for us: `noindex`, `nofollow`, `noarchive`, `nosnippet`, `max-snippet:N` and `tdm`.

The first four come from the header X-Robots-Tag and from `<meta name=robots>` and `<meta name=goodturn>` in the head.
`none` is noindex and nofollow, `unavailable_after` is noindex once its date has passed, `max-snippet:0` is nosnippet;
of several numbers the smallest counts, and -1 is no limit.
What is said to another agent (`googlebot: noindex`) is not said to us, as far as the next agent's name or the end of
the header (each on a line of its own); what is said to us adds to what is said to all, so the most restrictive counts.
Other words are passed over.

`tdm` is the reservation of text and data mining by the W3C's TDMRep (final report of 2024-05-10): 1 reserves, 0 does
not, anything else says nothing. It may stand in `/.well-known/tdmrep.json`, in the header `tdm-reservation` and in
`<meta name=tdm-reservation>`; by its section "Processing priority" the header supersedes the file, and the page both,
so a page's 0 frees it where the file reserves the whole site. Of the file's rules the first that matches counts, with
patterns as in robots.txt, which is why Protego matches them; where none matches nothing is reserved.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Self

from protego import Protego

from crawler.tags import tags

US = "goodturn"
MEANING = {word: {word} for word in ("noindex", "nofollow", "noarchive", "nosnippet")} | {
    "none": {"noindex", "nofollow"},
    "max-snippet:0": {"nosnippet"},
}
SNIPPET = re.compile(r"max-snippet:0*([1-9]\d{0,5})")  # a million characters are no limit
MOST_RULES = 1_000  # of a tdmrep.json: each address is held against them one by one
_ABOUT = re.compile(rb"""=[\s"']*+(?i:robots|goodturn|tdm-reservation)""")
_UNTIL = re.compile(r"unavailable_after\s*:\s*((?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,)?[^,]*)", re.IGNORECASE)
_SEPARATORS = re.compile(r"[\s,;]+")
_COLON = re.compile(r"(?<!\s)\s*:\s*")


def of_page(body: bytes, headers: Mapping[str, str], now: datetime, by_file: bool = False) -> frozenset[str]:
    """The words that count for us. `by_file` is what the site's tdmrep.json says of the page's address."""
    said = {word for line in headers.get("x-robots-tag", "").splitlines() for word in _words(line, now)}
    header, page = [headers.get("tdm-reservation", "")], []
    for meta in tags(body, b"meta", _ABOUT):
        name, content = meta.get("name", "").strip().lower(), meta.get("content", "")
        if name in ("robots", US):
            said |= _words(content, now)
        elif name == "tdm-reservation":
            page.append(content)
    reserved = next((says for values in (page, header) if (says := _reserves(values)) is not None), by_file)
    return frozenset(_strictest(said) | {"tdm"} if reserved else _strictest(said))


def _strictest(said: set[str]) -> set[str]:
    """The words, with the smallest limit of a snippet alone."""
    limits = [int(found[1]) for word in said if (found := SNIPPET.fullmatch(word))]
    return {word for word in said if not SNIPPET.fullmatch(word)} | {
        f"max-snippet:{each}" for each in sorted(limits)[:1]
    }


def _words(text: str, now: datetime) -> set[str]:
    """The words that are said to us or to all, in a header or in the content of a meta."""
    text = _UNTIL.sub(lambda found: "noindex" if _is_past(found[1], now) else "", text)
    said: set[str] = set()
    to_us = True
    for word in _SEPARATORS.split(_COLON.sub(":", text.lower())):
        agent, colon, rest = word.partition(":")
        if colon and not agent.startswith("max-"):
            to_us, word = agent in (US, "*"), rest  # noqa: PLW2901 - an agent's name stands before its first word
        if to_us:
            said |= {word} if SNIPPET.fullmatch(word) else MEANING.get(word, set())
    return said


def _is_past(text: str, now: datetime) -> bool:
    """Whether a date, as in mail, in HTTP or in ISO 8601, has passed; one that cannot be read has not."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text.strip())
            return (found if found.tzinfo else found.replace(tzinfo=UTC)) <= now
        except (ValueError, TypeError, OverflowError):
            continue
    return False


def _reserves(values: Iterable[str]) -> bool | None:
    """What the values of `tdm-reservation` say; of several the most restrictive, None where they say nothing."""
    said = {value.strip() for text in values for value in text.split(",")} & {"0", "1"}
    return "1" in said if said else None


@dataclass(frozen=True, slots=True, kw_only=True)
class WellKnown:
    """A site's tdmrep.json: patterns of addresses, in order, and whether mining them is reserved."""

    rules: tuple[tuple[Protego, bool], ...] = ()

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """The rules that can be read; none of what is no JSON. One rule without brackets is taken as meant."""
        try:
            found = json.loads(body)
        except (ValueError, RecursionError):
            return cls()
        entries = found if isinstance(found, list) else [found]
        return cls(rules=tuple(rule for entry in entries[:MOST_RULES] if (rule := _rule(entry))))

    def reserved(self, url: str) -> bool:
        return next((reserves for pattern, reserves in self.rules if not pattern.can_fetch(url, US)), False)


def _rule(entry: object) -> tuple[Protego, bool] | None:
    if not isinstance(entry, dict):
        return None
    location, value = entry.get("location"), str(entry.get("tdm-reservation"))
    if not isinstance(location, str) or value not in ("0", "1"):
        return None
    path = "".join(location.split()).partition("#")[0]  # what would begin another line of robots.txt is no part of one
    path = path if path.startswith(("/", "*")) or not path else f"/{path}"
    return Protego.parse(f"User-agent: *\nDisallow: {path}"), value == "1"
