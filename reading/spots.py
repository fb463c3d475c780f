"""Where dates stand in a page, and which of them stand alike: the traces of anything that repeats.

A spot is an element that tells a date and little else: by an attribute (`datetime`, a `title`, a timestamp) or by a
text of its own with at most 45 characters beside the date. Spots are alike when they and the elements around them
have the same tags and classes; numbers and passing states (`odd`, `first`) in classes do not count.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from lxml import etree

from reading.dates import Calendar, When
from reading.prose import tags

_MOST_SPOTS = 3_000  # three for each comment of the largest thread page; more is a table or a trap
_BESIDE = 45  # characters: "Posted on ... at 14:05 by"
_LONGEST_RAW = 330  # characters before white space collapses
_LONGEST = 110  # characters of a text that is looked at
_FIGURE = re.compile(r"\d")
_DAY = re.compile(
    r"\bago\b|yester|gestern|\big[åa]r\b|gister|\bhier\b|ayer|today|heute|idag|vandaag|aujourd|\bhoy\b", re.I
)
_LONGEST_DAY = 50  # characters of a text that tells a date without a figure
_ATTRIBUTES = "datetime title content data-timestamp data-time data-date data-created data-utime".split()  # noqa: SIM905
_NOT_IN = tags("script style head select option textarea form noscript template svg button meta")
_MEMBER = re.compile(
    r"\bjoin(?:ed| date)|member since|mitglied seit|registriert|dabei seit|registrert|medlem s|inscri(?:t|ption)"
    r"|registrado|miembro desde|lid sinds|geregistreerd|^\W*(?:since|seit|desde|depuis|sedan|siden|sinds)\W*$",
    re.I,
)
_PASSING = re.compile(
    r"(?:^|[_-])(?:odd|even|alt|clear|cf|row|col|first|last|active|open|closed|hidden|new|old|parent|clearfix|bypostauthor|byuser"
    r"|by-?(?:anonymous|user|viewer)|op|online|offline|alternate|starter|unread|read|collapsed|expanded|leaf|staff"
    r"|highlighted|hover)(?=$|[_-])",
    re.I,
)
_FIGURES = re.compile(r"\d+")
_SHORTEST_CLASS = 3  # letters


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """An element that tells a date."""

    element: etree._Element
    when: When
    said: str  # the text that tells it

    @property
    def date(self) -> str:
        """The part of the text that is the date."""
        return self.said[self.when.start : self.when.end]


Shape = tuple[str, ...]


def shape(element: etree._Element) -> str:
    """An element's tag and lasting classes: `li.comment`."""
    return ".".join(_lasting(str(element.tag), element.get("class") or ""))


def traits(element: etree._Element) -> tuple[str, ...]:
    """What an element may have in common with others: its tag with each lasting class, or the tag alone."""
    tag, *classes = _lasting(str(element.tag), element.get("class") or "")
    return tuple(f"{tag}.{name}" for name in classes) or (tag,)


@lru_cache(maxsize=8192)
def _lasting(tag: str, classes: str) -> tuple[str, ...]:
    names = {_FIGURES.sub("", name).strip("-_") for name in classes.split() if not _PASSING.search(name)}
    return (tag, *sorted(name for name in names if len(name) >= _SHORTEST_CLASS))


def spots(tree: etree._Element, calendar: Calendar) -> list[Spot]:
    """The spots of the page, in its order."""
    hopeful = (element for element in tree.iter(etree.Element) if element.tag not in _NOT_IN and _may_tell(element))
    return list(islice((spot for element in hopeful if (spot := spot_at(element, calendar))), _MOST_SPOTS))


def _may_tell(element: etree._Element) -> bool:
    """A cheap first look: most elements hold neither a figure nor the name of a day."""
    if (text := element.text) and _may_be_date(text):
        return True
    if any(key in _ATTRIBUTES and _may_be_date(str(value)) for key, value in element.items()):
        return True
    return any((tail := child.tail) and _may_be_date(tail) for child in element)


def _may_be_date(said: str) -> bool:
    if len(said) > _LONGEST_RAW:
        return False
    return bool(_FIGURE.search(said) or (len(said) <= _LONGEST_DAY and _DAY.search(said)))


def spot_at(element: etree._Element, calendar: Calendar) -> Spot | None:
    """The date that an element tells itself, if it tells little else."""
    if element.tag in _NOT_IN:
        return None
    shown = (element.text, *(child.tail for child in element))
    for said in (*map(element.get, _ATTRIBUTES), *shown):
        if said and (when := _told(said, calendar)) is not None:
            return None if _is_membership(element) else Spot(element=element, when=when, said=" ".join(said.split()))
    return None


def _is_membership(element: etree._Element) -> bool:
    """Whether a date tells since when somebody is a member: beside a label such as "Joined"."""
    before = element.getprevious()
    label = "" if before is None or len(before) else before.text or ""
    return bool(_MEMBER.search(label[:_LONGEST]) or _MEMBER.search((element.text or "")[:_LONGEST]))


def _told(said: str, calendar: Calendar) -> When | None:
    """A date that is nearly all of a text."""
    if not _may_be_date(said):
        return None
    said = " ".join(said.split())
    if len(said) > _LONGEST:
        return None
    when = calendar.find(said)
    return when if when and len(said) - (when.end - when.start) <= _BESIDE else None


def alike(found: list[Spot]) -> list[list[Spot]]:
    """The spots in groups that stand alike, seen narrowly and widely; larger groups first."""
    groups: dict[Shape, list[Spot]] = defaultdict(list)
    for spot in found:
        around = tuple(map(shape, [spot.element, *spot.element.iterancestors()][:3]))
        kinds = {around, around[:2]}
        if "." in around[0]:  # its classes say enough
            kinds.add((around[0], around[1].split(".")[0]))
        for kind in kinds:
            groups[kind].append(spot)
    different = {tuple(id(spot) for spot in group): group for group in groups.values()}
    return sorted(different.values(), key=len, reverse=True)
