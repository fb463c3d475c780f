"""A comment as first found, before its date and its place in the thread are settled.

The three readers of comments (structured data, engines, the general reader) all end in drafts, so that dates, depths
and parents are settled in one way: the dates of a page together, since one of them may show how all are written; the
places by what the markup says (an element, a key, or a number that gives the depth).
"""

from dataclasses import dataclass, field
from urllib.parse import urljoin

from lxml import etree

from reading.dates import Calendar, When
from reading.document import Comment, CommentKind
from reading.prose import Prose

_DEEPEST = 100  # no thread is deeper; a larger number is no depth


@dataclass(slots=True, kw_only=True)
class Draft:
    """What a reader found of one comment. Of `key` and `parent` or `depth` only one needs to be known."""

    elements: tuple[etree._Element, ...]  # where it stands; empty if only structured data has it
    prose: Prose
    author: str | None = None
    when: When | None = None
    permalink: str | None = None
    kind: CommentKind = CommentKind.COMMENT
    edited: bool = False
    key: object = None
    parent: object = None
    depth: int | None = None
    number: int | None = None  # its place in a forum's thread, from 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """The drafts of a page, in its order; with `forum` the first may be the post itself.

    `shown` is where the page shows the thread, if the drafts do not know because structured data told them.
    """

    drafts: list[Draft] = field(default_factory=list)
    reader: str = ""
    forum: bool = False
    shown: tuple[etree._Element, ...] = ()

    def elements(self) -> list[etree._Element]:
        """All elements that hold comments."""
        return [*self.shown, *(element for draft in self.drafts for element in draft.elements)]


def comments(drafts: list[Draft], calendar: Calendar, url: str) -> tuple[Comment, ...]:
    """The drafts as comments, dates and places settled."""
    days = calendar.settle(draft.when for draft in drafts)
    parents = answered(drafts)
    depths: list[int] = []
    for parent in parents:
        depths.append(0 if parent is None else depths[parent] + 1)
    return tuple(
        Comment(
            text=draft.prose.text,
            author=draft.author,
            date=day,
            depth=depth,
            parent=parent,
            permalink=_absolute(url, draft.permalink),
            kind=draft.kind,
            edited=draft.edited,
            quotes=draft.prose.quotes,
        )
        for draft, day, parent, depth in zip(drafts, days, parents, depths, strict=True)
    )


def answered(drafts: list[Draft]) -> list[int | None]:
    """The index of what each answers; always an earlier one, so that no circle can be."""
    index: dict[object, int] = {}
    open_at: dict[int, int] = {}  # the last comment of each depth
    parents: list[int | None] = []
    for place, draft in enumerate(drafts):
        parent = index.get(draft.parent) if draft.parent is not None else None
        if parent is None and draft.depth:
            parent = max((open_at[d] for d in open_at if d < min(draft.depth, _DEEPEST)), default=None)
        parents.append(parent)
        if draft.key is not None:
            index.setdefault(draft.key, place)
        if draft.depth is not None:
            open_at = {d: at for d, at in open_at.items() if d < draft.depth} | {draft.depth: place}
    return parents


def _absolute(url: str, link: str | None) -> str | None:
    try:
        return urljoin(url, link) if link else None
    except ValueError:  # no address, such as http://[
        return None
