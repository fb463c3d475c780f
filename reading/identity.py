"""Whether two comments, read from two parts of a thread, are one.

A comment's name is what an address points to it with: `#comment-93`, `c93`, `/posts/93/`, else the id of its element.
Of a name that ends in figures these are the number and the letters before them the scheme, so that `div-comment-93` in
the page and `#comment-93` in the feed are one name.

Two comments of one number are the same if they also agree in author or in words: some engines count the comments of
each page anew. Two numbers of one scheme are two comments, whatever they say. Where names do not tell, two comments
are the same if author, day and words are; what one of them lacks does not count. Words are compared as letters and
figures alone, as feeds and pages write quotes and dashes differently; days may be one apart, as feeds tell the time of
Greenwich and pages that of the place.
"""

import datetime
import re
from dataclasses import dataclass

from reading.draft import Draft

_NUMBERED = re.compile(r"(?:.*[-_])?([a-z]*)[-_]?(\d+)", re.I)
_IN_PATH = re.compile(r"(?:(comment|post|msg|message|reply|answer)s?[/=-]|/t/[^/]+/\d+/|[?&](p|pid|id)=)(\d+)/?$", re.I)
_A_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """What a comment is called: `token` is the number where there is one, else all of the name."""

    token: str
    scheme: str

    @property
    def number(self) -> int | None:
        return int(self.token) if self.token.isdecimal() else None


def name_of(draft: Draft) -> Name | None:
    """A comment's name, None if nothing names it."""
    if isinstance(draft.key, str) and draft.key.startswith("#"):
        return name(draft.key)
    if draft.permalink:
        fragment = draft.permalink.partition("#")[2]
        if any(map(str.isdigit, fragment)):
            return name(fragment)
        if found := _IN_PATH.search(draft.permalink.partition("#")[0]):
            return Name(token=found[3], scheme=(found[1] or found[2] or "post").lower())
    ids = [one for element in draft.elements[:1] if (one := element.get("id")) and any(map(str.isdigit, one))]
    return name(ids[0]) if ids else None


def name(anchor: str) -> Name:
    """The name that an anchor, an id or a key is."""
    anchor = anchor.lstrip("#").lower()
    found = _NUMBERED.fullmatch(anchor)
    return Name(token=found[2], scheme=found[1]) if found else Name(token=anchor, scheme="")


def words(draft: Draft) -> str:
    """The letters and figures of a comment."""
    return _letters(draft.prose.text)


def same(one: Draft, other: Draft) -> bool:
    """Whether two comments are one."""
    first, second = name_of(one), name_of(other)
    if first and second and first.token == second.token:
        return _same_author(one, other) or words(one) == words(other)
    if first and second and first.scheme == second.scheme and first.number and second.number:
        return False
    return _same_author(one, other) and _same_day(one, other) and words(one) == words(other)


def days(draft: Draft) -> set[datetime.date]:
    """The days that a comment's date may be."""
    return {day for day in (draft.when.day_first, draft.when.month_first) if day} if draft.when else set()


def _same_author(one: Draft, other: Draft) -> bool:
    return not (one.author and other.author) or _letters(one.author) == _letters(other.author)


def _same_day(one: Draft, other: Draft) -> bool:
    first, second = days(one), days(other)
    return not (first and second) or any(abs(a - b) <= _A_DAY for a in first for b in second)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
