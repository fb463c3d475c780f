"""The comments of an article and of the further parts of its thread as one list, each once.

Parts come as they were fetched, in any order. Pages of the thread are put in the order of their numbers: an article
without a number is the first page, or the last where there is a comment page 1 beside it; and where comments stand
newest first in each page, the page with the newest first. Then each part's comments are compared with those that are
there (`identity.py`); what is new is added, and what is known gives what was lacking: author, date, permalink, and, if
a feed or an API says it, what it answers.

Comments keep the places that the pages give them. What only feeds and APIs tell goes after what it answers and between
its neighbours by number or day. An answer never stands before what it answers; in a thread that shows answers below
what they answer it stands there, in one that shows all by time (forums) it keeps its place.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from reading.draft import Draft, answered
from reading.identity import days, name, name_of, same, words
from reading.page import Page
from reading.parts.part import Part, read_part, with_whole_links
from reading.routes.numbers import numbered

_MOST_ALIKE = 50  # comments of the same words that are compared: "+1"
_CLEARLY = 0.8  # of the steps between days of a page's comments go one way: it is sorted by time


@dataclass(slots=True, eq=False)
class _Node:
    """A comment and what it answers."""

    draft: Draft
    parent: "_Node | None" = None


def joined(
    drafts: list[Draft], parts: Sequence[Page], *, url: str, post: Draft | None = None, forum: bool = False
) -> list[Draft]:
    """The comments of the article at `url` and of its parts; `post` is what opens a forum's thread: no comment."""
    found = [part for page in parts if (part := read_part(page))]
    if not found:
        return drafts
    pages = _in_order(Part(drafts=with_whole_links(drafts, url), number=_own_number(url, parts)), found)
    thread = _Thread(post)
    for part in pages:
        thread.add_page(part.drafts)
    flat = forum or thread.nodes != _below(thread.nodes)
    told: list[_Node] = []
    for part in found:
        if part.number is None:
            told += thread.add_told(part.drafts)
    thread.find_parents()
    return _drafts(_placed(thread.nodes, told, flat=flat))


def post_of(parts: Sequence[Page]) -> Draft | None:
    """What opens the thread, where an API tells it and the article shows nothing: a forum that scripts load."""
    for page in parts:
        part = read_part(page)
        if part and part.number is None and (first := part.drafts[0]).number == 1:
            return first
    return None


class _Thread:
    """What is known of a thread so far."""

    def __init__(self, post: Draft | None) -> None:
        self.nodes: list[_Node] = []
        self._post = post
        self._open: dict[int, _Node] = {}  # the last comment of each depth, for a page that begins within an answer
        self._named: dict[str, list[_Node]] = defaultdict(list)
        self._worded: dict[str, list[_Node]] = defaultdict(list)
        self._loose: list[tuple[_Node, str]] = []  # what answers a comment that was not there yet

    def add_page(self, drafts: list[Draft]) -> None:
        """Adds a page's comments, as the page places them."""
        for node in self._met(drafts):
            self.nodes.append(node)
            if (depth := node.draft.depth) is not None:
                if depth and node.parent is None:
                    node.parent = self._open.get(max((d for d in self._open if d < depth), default=-1))
                self._open = {d: one for d, one in self._open.items() if d < depth} | {depth: node}

    def add_told(self, drafts: list[Draft]) -> list[_Node]:
        """What a feed or an API tells and no page shows."""
        return list(self._met([draft for draft in drafts if draft.number != 1], told=True))

    def find_parents(self) -> None:
        """Finds what comments answer in other parts."""
        for node, key in self._loose:
            candidates = self._named.get(key)
            if node.parent is None and candidates and not _is_below(candidates[0], node):
                node.parent = candidates[0]

    def _met(self, drafts: list[Draft], *, told: bool = False) -> Iterator[_Node]:
        """Those that are new; the known ones give what was lacking."""
        places = answered(drafts)
        nodes: list[_Node] = []
        taken: set[_Node] = set()
        fresh: list[_Node] = []
        for draft, place in zip(drafts, places, strict=True):
            parent = None if place is None else nodes[place]
            known = next((one for one in self._alike(draft) if one not in taken and same(one.draft, draft)), None)
            if known is None:
                node = _Node(draft, parent)
                fresh.append(node)
            else:
                node = known
                taken.add(node)
                _complete(node.draft, draft)
                if told and node.parent is None and parent is not None and not _is_below(parent, node):
                    node.parent = parent
            nodes.append(node)
            if place is None and isinstance(draft.parent, str) and (known is None or told):
                self._loose.append((node, name(draft.parent).token))
            if known is None and not (self._post is not None and same(self._post, draft)):
                yield node
        for node in fresh:
            self._remember(node)

    def _alike(self, draft: Draft) -> Iterable[_Node]:
        called = name_of(draft)
        yield from self._named.get(called.token, ()) if called else ()
        yield from self._worded.get(words(draft), ())[:_MOST_ALIKE]

    def _remember(self, node: _Node) -> None:
        if called := name_of(node.draft):
            self._named[called.token].append(node)
        if isinstance(node.draft.key, str) and (key := name(node.draft.key).token) not in self._named:
            self._named[key].append(node)
        self._worded[words(node.draft)].append(node)


def _complete(known: Draft, other: Draft) -> None:
    known.author = known.author or other.author
    known.when = known.when or other.when
    known.permalink = known.permalink or other.permalink
    known.edited = known.edited or other.edited


def _own_number(url: str, parts: Sequence[Page]) -> int:
    """The article's place among the pages."""
    others = [found for page in parts if (found := numbered(page.url))]
    if (own := numbered(url)) and any(other.style == own.style for other in others):
        return own.number
    comment_pages = [found.number for found in others if found.of_comments and not found.counts_comments]
    return max(comment_pages) + 1 if 1 in comment_pages else -1


def _in_order(article: Part, parts: Sequence[Part]) -> list[Part]:
    """The pages of the thread, the earlier ones first, or the newest where that is how each page goes."""
    pages = sorted([article, *(part for part in parts if part.number is not None)], key=lambda part: part.number or 0)
    way = _way(part.drafts for part in pages)
    firsts = [min(days(part.drafts[0])) for part in pages if part.drafts and days(part.drafts[0])]
    if way and len(firsts) > 1 and (firsts[-1] > firsts[0]) - (firsts[-1] < firsts[0]) == -way:
        pages.reverse()
    return pages


def _way(pages: Iterable[list[Draft]]) -> int:
    """How comments stand in each page; 1: oldest first, -1: newest first, 0: neither clearly."""
    steps: list[int] = []
    for drafts in pages:
        known = [min(days(draft)) for draft in drafts if days(draft) and not draft.depth and draft.parent is None]
        steps += [(b > a) - (b < a) for a, b in pairwise(known) if a != b]
    return 0 if not steps or abs(sum(steps)) < _CLEARLY * len(steps) else (1 if sum(steps) > 0 else -1)


def _is_below(node: _Node | None, other: _Node) -> bool:
    while node is not None:
        if node is other:
            return True
        node = node.parent
    return False


def _below(nodes: Iterable[_Node]) -> list[_Node]:
    """The comments with each answer below what it answers."""
    answers: dict[_Node | None, list[_Node]] = defaultdict(list)
    for node in nodes:
        answers[node.parent].append(node)
    placed: list[_Node] = []
    waiting = answers[None][::-1]
    while waiting:
        node = waiting.pop()
        placed.append(node)
        waiting += answers[node][::-1]
    return placed


def _placed(paged: list[_Node], told: list[_Node], *, flat: bool) -> list[_Node]:
    """All comments in the order of the thread."""
    way = _way([[node.draft for node in paged if node.parent is None]])
    lines: dict[_Node | None, list[_Node]] = defaultdict(list)
    for node in paged:
        lines[None if flat else node.parent].append(node)
    for node in told:
        line = lines[None if flat else node.parent]
        newest_first = way < 0 and (flat or node.parent is None)
        line.insert(_place(line, node, newest_first=newest_first), node)
    whole = [node for line in lines.values() for node in line]
    return _after_parents(whole) if flat else _below(whole)


def _place(line: list[_Node], node: _Node, *, newest_first: bool) -> int:
    if newest_first:
        return next((at for at, other in enumerate(line) if _is_later(node, other)), len(line))
    at = len(line)
    while at and _is_later(line[at - 1], node):
        at -= 1
    return at


def _is_later(one: _Node, other: _Node) -> bool:
    first, second = name_of(one.draft), name_of(other.draft)
    if first and second and first.scheme == second.scheme and first.number and second.number:
        return first.number > second.number
    return bool(days(one.draft) and days(other.draft)) and min(days(one.draft)) > min(days(other.draft))


def _after_parents(nodes: list[_Node]) -> list[_Node]:
    """The comments in their order, but none before what it answers."""
    placed: dict[_Node, None] = {}
    for node in nodes:
        chain = [node]
        while chain[-1].parent is not None and chain[-1].parent not in placed:
            chain.append(chain[-1].parent)
        placed |= dict.fromkeys(reversed([one for one in chain if one not in placed]))
    return list(placed)


def _drafts(nodes: list[_Node]) -> list[Draft]:
    """The drafts, their places told by what they answer alone."""
    for at, node in enumerate(nodes):
        node.draft.key, node.draft.depth = at, None
    known = {node: at for at, node in enumerate(nodes)}
    for node in nodes:
        node.draft.parent = None if node.parent is None else known.get(node.parent)
    return [node.draft for node in nodes]
