"""An element of a page as lines of text, with the places of its headings and quotes.

Every block (paragraph, list item, heading, table row ...) and every `<br>` starts a new line; white space within a
line collapses; empty lines fall away. What is never prose (scripts, forms, buttons, players) is left out. Reads HTML
and trafilatura's own element names alike, in one pass without recursion.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from lxml import etree

Spans = tuple[tuple[int, int], ...]


def tags(names: str) -> frozenset[str]:
    """A set of names, written as one text."""
    return frozenset(names.split())


_HEADINGS = tags("h1 h2 h3 h4 h5 h6 head")
_QUOTES = tags("blockquote quote")
_BLOCKS = (
    _HEADINGS
    | _QUOTES
    | tags(
        "address article aside body center dd details dir div dl dt fieldset figcaption figure footer header hgroup hr"
        " item legend li list main menu nav ol p pre row section summary table tbody tfoot thead tr ul"
    )
)
_BREAKS = tags("br lb")
_CELLS = tags("td th cell")
_NEVER = tags(
    "applet audio button canvas datalist embed form iframe input map noembed noframes noscript object option script"
    " select style svg template textarea title video"
)
_HIDDEN = ("script", "style", "noscript", "svg", "button", "select", "textarea")
_KEPT_LINES = tags("pre")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """Lines of text; `headings` and `quotes` are (start, end) in code points of `text`."""

    text: str = ""
    headings: Spans = ()
    quotes: Spans = ()


@dataclass(slots=True)
class _Writer:
    """Collects the pieces of one line, and the lines."""

    lines: list[str] = field(default_factory=list)
    kinds: list[tuple[bool, bool]] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    heading: int = 0
    quote: int = 0
    kept: int = 0

    def say(self, text: str | None) -> None:
        if not text:
            return
        if self.kept and "\n" in text:
            first, *rest = text.split("\n")
            self.pieces.append(first)
            for line in rest:
                self.end_line()
                self.pieces.append(line)
        else:
            self.pieces.append(text)

    def end_line(self) -> None:
        if self.pieces:
            line = " ".join("".join(self.pieces).split())
            self.pieces.clear()
            if line:
                self.lines.append(line)
                self.kinds.append((self.heading > 0, self.quote > 0))

    def enter(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.end_line()
            self._count(tag, 1)
        elif tag in _BREAKS:
            self.end_line()
        elif tag in _CELLS:
            self.pieces.append(" ")

    def leave(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.end_line()
            self._count(tag, -1)
        elif tag in _CELLS:
            self.pieces.append(" ")
        elif tag == "cite" and self.quote:  # who is quoted, before the words
            self.end_line()

    def _count(self, tag: str, by: int) -> None:
        self.heading += by * (tag in _HEADINGS)
        self.quote += by * (tag in _QUOTES)
        self.kept += by * (tag in _KEPT_LINES)

    def prose(self) -> Prose:
        headings: list[tuple[int, int]] = []
        quotes: list[tuple[int, int]] = []
        start = 0
        for line, (heading, quote) in zip(self.lines, self.kinds, strict=True):
            end = start + len(line)
            if heading:
                headings.append((start, end))
            if quote and quotes and quotes[-1][1] == start - 1:
                quotes[-1] = (quotes[-1][0], end)
            elif quote:
                quotes.append((start, end))
            start = end + 1
        return Prose(text="\n".join(self.lines), headings=tuple(headings), quotes=tuple(quotes))


def prose(
    element: etree._Element,
    skip: Collection[etree._Element] = (),
    quoted: Collection[etree._Element] = (),
) -> Prose:
    """What stands in `element`, without the elements in `skip`; those in `quoted` count as quotes."""
    writer = _Writer()
    walk = etree.iterwalk(element, events=("start", "end", "comment", "pi"))
    for event, node in walk:
        tag = "div" if node is element and node.tag in _QUOTES else node.tag  # all of it is what it says itself
        if event == "start":
            if tag in _NEVER or node in skip:
                walk.skip_subtree()
                continue
            _enter(writer, node, str(tag), quoted)
        elif event == "end" and not (tag in _NEVER or node in skip):
            if node in quoted:
                writer.end_line()
                writer.quote -= 1
            writer.leave(tag)
        if event != "start" and node is not element:
            writer.say(node.tail)
    writer.end_line()
    return writer.prose()


def _enter(writer: _Writer, node: etree._Element, tag: str, quoted: Collection[etree._Element]) -> None:
    writer.enter(tag)
    if node in quoted:
        writer.end_line()
        writer.quote += 1
    writer.say(node.text)


def line(element: etree._Element) -> str:
    """All that stands in `element`, in one line, quickly: for names, dates and titles."""
    if next(element.iter(*_HIDDEN), None) is not None:
        return " ".join(prose(element).text.split())
    return " ".join(" ".join(map(str, element.itertext())).split())


def is_longer(element: etree._Element, most: int) -> bool:
    """Whether an element holds more than `most` characters beside white space; looks no further than it must."""
    length = 0
    for text in element.itertext():
        length += len(text.strip())
        if length > most:
            return True
    return False
