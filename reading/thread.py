"""Reads the comments of a page by an engine's declaration.

Each comment is read in its own scope (`scope.py`). Its text is what the
declaration's `text` selects, without author, date and what is dropped; the innermost element around author or date
that says nothing else goes with them. A theme may write the date as bare text: then the first short line that is a
date, all but a few letters, is taken for it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from reading.dates import Calendar, When
from reading.document import CommentKind
from reading.draft import Draft, Thread
from reading.engine import Answers, Engine, Indented, Inside, Level, narrow
from reading.names import credit, is_filler, name
from reading.prose import Prose, Spans, is_longer, line, prose
from reading.scope import Scope, scopes
from reading.selector import elements, narrowed, owner

_AROUND = 24  # letters beside author and date that an element around them may hold: "says:", "posted on"
_DATE_LINES = 3  # the lines a bare date may stand in, from the top
_BESIDE_DATE = 30  # characters such a line may hold beside the date


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What one selector of a declaration finds."""

    engine: Engine
    starts: list[etree._Element]


def candidates(engine: Engine, tree: etree._Element, source: str, present: frozenset[str]) -> list[Candidate]:
    """What each of the engine's selectors for comments finds in a page with these classes and ids, if it has its signs.

    The source is searched for signs last: it is long, and the classes and ids rule out most engines.
    """
    selectors = [kept for selector in engine.comment if (kept := narrowed(selector, present))]
    if not selectors or not any(sign in source for sign in engine.signs):
        return []
    engine = narrow(engine, present)
    found = [elements(selector, tree) for selector in selectors]
    return [Candidate(engine=engine, starts=starts) for starts in found if starts]


def read_thread(candidate: Candidate, tree: etree._Element, calendar: Calendar) -> Thread:
    """The comments as the declaration says."""
    engine = candidate.engine
    drafts = _drafts(engine, candidate.starts, tree, calendar)
    return Thread(drafts=drafts, reader=engine.name, forum=engine.forum)


def worth(drafts: Sequence[Draft]) -> int:
    """How much is known of how many comments: to tell the better of two readings."""
    return sum(1 + bool(draft.author) + bool(draft.when) for draft in drafts)


def _drafts(engine: Engine, starts: list[etree._Element], tree: etree._Element, calendar: Calendar) -> list[Draft]:
    wrappers = set(elements(engine.nesting.wrapper, tree)) if isinstance(engine.nesting, Indented) else set()
    drafts = []
    for scope in scopes(starts, flat=engine.flat):
        if scope.has(engine.ignore):
            continue
        draft = _draft(engine, scope, calendar)
        _place(engine, scope, draft, wrappers)
        if draft.prose.text or draft.kind is not CommentKind.COMMENT:
            drafts.append(draft)
    return drafts


def _draft(engine: Engine, scope: Scope, calendar: Calendar) -> Draft:
    author_at, author = _author(engine, scope, calendar)
    date_at, when = _date(engine, scope, calendar)
    text = _text(engine, scope, [at for at in (author_at, date_at) if at is not None])
    if when is None and not scope.has(engine.pingback):
        when, text = _bare_date(text, calendar)
    link = next((str(hit) for hits in scope.found(engine.permalink) for hit in hits), None)
    return Draft(
        elements=scope.roots,
        prose=text,
        author=author,
        when=when,
        permalink=link,
        kind=_kind(engine, scope),
        edited=scope.has(engine.edited),
        number=_number(engine, scope),
    )


def _number(engine: Engine, scope: Scope) -> int | None:
    for hits in scope.found(engine.number):
        for hit in hits:
            if digits := re.search(r"\d+", hit if isinstance(hit, str) else line(hit)):
                return int(digits[0])
    return None


def _kind(engine: Engine, scope: Scope) -> CommentKind:
    if scope.has(engine.pingback):
        return CommentKind.PINGBACK
    return CommentKind.DELETED if scope.has(engine.deleted) else CommentKind.COMMENT


def _author(engine: Engine, scope: Scope, calendar: Calendar) -> tuple[etree._Element | None, str | None]:
    for hits in scope.found(engine.author):
        for hit in hits:
            said = hit if isinstance(hit, str) else line(hit)
            when = None if isinstance(hit, str) else calendar.find(said)
            if found := credit(said, said[when.start : when.end]) if when else name(said):
                return owner(hit), found
    return None, None


def _date(engine: Engine, scope: Scope, calendar: Calendar) -> tuple[etree._Element | None, When | None]:
    for hits in scope.found(engine.date):
        for hit in hits:
            if when := calendar.find(hit if isinstance(hit, str) else line(hit)):
                return owner(hit), when
    return None, None


def _text(engine: Engine, scope: Scope, heads: list[etree._Element]) -> Prose:
    skip = scope.inner | {hit for hits in scope.found(engine.drop) for hit in hits if isinstance(hit, etree._Element)}
    quoted = {hit for hits in scope.found(engine.quote) for hit in hits if isinstance(hit, etree._Element)}
    bodies: list[etree._Element] = []
    for hits in scope.found(engine.text):
        bodies = [hit for hit in hits if isinstance(hit, etree._Element)]
        break
    bodies = _outermost(bodies) or list(scope.roots)
    skip -= set(bodies)
    skip |= {_around(head, bodies, heads) for head in heads} - set(bodies)
    return _unsaid(joined([prose(body, skip, quoted) for body in bodies]))


def _unsaid(text: Prose) -> Prose:
    """The text without "says:" and the like above the words."""
    for _ in range(_DATE_LINES):
        first, _, rest = text.text.partition("\n")
        if not rest or not is_filler(first):
            break
        text = without(text, 0)
    return text


def _outermost(found: list[etree._Element]) -> list[etree._Element]:
    """Of elements within each other the outer ones only."""
    known = set(found)
    return [one for one in found if known.isdisjoint(one.iterancestors())]


def _around(head: etree._Element, bodies: list[etree._Element], heads: list[etree._Element]) -> etree._Element:
    """The largest element around an author or a date that says nothing else."""
    most = sum(len(line(one)) for one in heads) + _AROUND
    while (outer := head.getparent()) is not None and outer not in bodies and not is_longer(outer, most):
        if outer.find(".//p") is not None:
            break
        head = outer
    return head


def joined(parts: Sequence[Prose]) -> Prose:
    """Several texts as one, a line after the other."""
    parts = [part for part in parts if part.text]
    if len(parts) == 1:
        return parts[0]
    text, headings, quotes = "", [], []
    for part in parts:
        text += "\n" if text else ""
        headings += [(start + len(text), end + len(text)) for start, end in part.headings]
        quotes += [(start + len(text), end + len(text)) for start, end in part.quotes]
        text += part.text
    return Prose(text=text, headings=tuple(headings), quotes=tuple(quotes))


def _bare_date(text: Prose, calendar: Calendar) -> tuple[When | None, Prose]:
    """A date that stands in the text as a line of its own, and the text without that line."""
    lines = text.text.split("\n")
    for at, said in enumerate(lines[:_DATE_LINES]):
        when = calendar.find(said)
        if when and len(said) - (when.end - when.start) <= _BESIDE_DATE and len(lines) > 1:
            return when, without(text, at)
    return None, text


def without(text: Prose, at: int) -> Prose:
    """The text without line `at`."""
    lines = text.text.split("\n")
    start = sum(len(one) + 1 for one in lines[:at])
    gone = len(lines[at]) + 1

    def moved(spans: Spans) -> Spans:
        shifted = ((s if s < start else s - gone, e if e <= start else e - gone) for s, e in spans)
        return tuple((max(s, 0), e) for s, e in shifted if max(s, 0) < e)

    rest = "\n".join(lines[:at] + lines[at + 1 :])
    return Prose(text=rest, headings=moved(text.headings), quotes=moved(text.quotes))


def _place(engine: Engine, scope: Scope, draft: Draft, wrappers: set[etree._Element]) -> None:
    """What the markup says of the comment's place in the thread."""
    first = scope.roots[0]
    match engine.nesting:
        case Inside():
            draft.key = scope.at
            draft.parent = scope.outer()
        case Indented():
            draft.depth = sum(outer in wrappers for outer in first.iterancestors())
        case Level(at=at, pattern=pattern, first=lowest, step=step):
            number = _match(pattern, scope, at)
            draft.depth = max(0, (int(number) - lowest) // step) if number else 0
        case Answers(key=key, parent=parent, pattern=pattern):
            draft.key, draft.parent = _match(pattern, scope, key), _match(pattern, scope, parent)


def _match(pattern: str, scope: Scope, selector: str) -> str | None:
    for hits in scope.found((selector,)):
        for hit in hits:
            if found := re.search(pattern, hit if isinstance(hit, str) else line(hit)):
                return found[1]
    return None
