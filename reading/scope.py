"""Each comment in its own scope: its elements, without those of the answers within it.

A selector is evaluated once, over the element that holds the whole thread, and what it finds is handed to the comment
that it stands in; only what means the comment itself (`::attr(id)`, XPath) is evaluated for each. That makes long
threads cheap.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lxml import etree

from reading.engine import Selectors
from reading.selector import Found, is_relative, owner, select


@dataclass(slots=True)
class _Finder:
    """What selectors find in a thread, by the comment that it stands in."""

    top: etree._Element
    owners: dict[etree._Element, int]
    found: dict[str, dict[int, list[Found]]] = field(default_factory=dict)

    def hits(self, selector: str) -> dict[int, list[Found]]:
        if selector not in self.found:
            self.found[selector] = {}
            for hit in select(selector, self.top):
                if (at := self.owner_of(owner(hit))) is not None:
                    self.found[selector].setdefault(at, []).append(hit)
        return self.found[selector]

    def owner_of(self, element: etree._Element | None) -> int | None:
        while element is not None:
            if element in self.owners:
                return self.owners[element]
            element = element.getparent()
        return None


@dataclass(slots=True)
class Scope:
    """One comment: its first and further elements, and those of the comments within it."""

    at: int
    roots: tuple[etree._Element, ...]
    finder: _Finder
    inner: set[etree._Element] = field(default_factory=set)

    def found(self, selectors: Selectors) -> Iterator[list[Found]]:
        """What each selector finds of this comment's own, where it finds anything."""
        for selector in selectors:
            if hits := self._relative(selector) if is_relative(selector) else self.finder.hits(selector).get(self.at):
                yield hits

    def has(self, selectors: Selectors) -> bool:
        """Whether any of them finds something."""
        return next(self.found(selectors), None) is not None

    def outer(self) -> int | None:
        """The comment that this one lies in."""
        return self.finder.owner_of(self.roots[0].getparent())

    def _relative(self, selector: str) -> list[Found]:
        hits = (hit for root in self.roots for hit in select(selector, root))
        return [hit for hit in hits if self.finder.owner_of(owner(hit)) == self.at]


def scopes(starts: Sequence[etree._Element], *, flat: bool) -> list[Scope]:
    """The scopes of the comments that begin with these elements; with `flat` each reaches up to the next."""
    known = set(starts)
    runs = [tuple(_run(start, known)) if flat else (start,) for start in starts]
    finder = _Finder(_common(starts), {root: at for at, run in enumerate(runs) for root in run})
    found = [Scope(at, run, finder) for at, run in enumerate(runs)]
    for scope in found:
        if (outer := scope.outer()) is not None:
            found[outer].inner.update(scope.roots)
    return found


def _run(start: etree._Element, starts: set[etree._Element]) -> Iterator[etree._Element]:
    """The element and its following siblings up to the next comment."""
    yield start
    for sibling in start.itersiblings():
        if sibling in starts:
            return
        yield sibling


def _common(starts: Sequence[etree._Element]) -> etree._Element:
    """The innermost element around all of them."""
    around = list(starts[0].iterancestors())
    for start in starts[1:]:
        outer = set(start.iterancestors())
        around = [element for element in around if element in outer]
    return around[0] if around else starts[0]
