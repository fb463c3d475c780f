"""Text to tree: one parse that serves everything else, cut to a size that can be read in time.

The largest real thread page seen has 5,144 elements. What stands after the 20,000th is cut off, so that reading costs
at most some two seconds. Attributes over 4,000 characters hold images or state, nothing that is read, and are dropped.
"""

import re
from itertools import islice

from lxml import etree, html

from reading.document import Unreadable
from reading.page import Outcome

_MOST_ELEMENTS = 20_000
_LONGEST_ATTRIBUTE = 4_000  # characters
_LONG_ATTRIBUTES = etree.XPath(f"//*[@*[string-length() > {_LONGEST_ATTRIBUTE}]]")
_TOO_MANY = etree.XPath(f"count(//*) > {_MOST_ELEMENTS}")
# What no text holds and trees refuse: as it is, and written as a reference.
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\f\r") + b"\x7f"
_WHITE = bytes.maketrans(b"\f", b" ")  # white space to HTML, refused by trees
_NO_CHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")
_REFERENCES = re.compile(
    rb"&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01])(?![0-9])|[xX]0*(?:[0-8bBcCeEfF]|1[0-9a-fA-F])(?![0-9a-fA-F]));?"
)


def parse(text: str) -> etree._Element | Unreadable:
    """The page as a tree. The parser mends what is broken and gives up on nesting over 255 deep."""
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    source = _clean(text.encode("utf-8", "replace"))
    try:
        tree = etree.fromstring(source, parser)
    except etree.LxmlError as error:
        return Unreadable(outcome=Outcome.BROKEN, reason=f"no HTML: {error}")
    if tree is None or not len(tree):
        return Unreadable(outcome=Outcome.EMPTY, reason="the page holds no element")
    _shorten(tree)
    return tree


def _clean(source: bytes) -> bytes:
    source = source.translate(_WHITE, _CONTROLS)
    for character in _NO_CHARACTERS:
        source = source.replace(character, b"")
    return _REFERENCES.sub(b"", source)


def _shorten(tree: etree._Element) -> None:
    for element in _LONG_ATTRIBUTES(tree):  # type: ignore[union-attr]  # the path finds elements
        for key, value in element.items():  # type: ignore[union-attr]
            if len(value) > _LONGEST_ATTRIBUTE:
                del element.attrib[key]  # type: ignore[union-attr]
    last = next(islice(tree.iter(), _MOST_ELEMENTS, None), None) if _TOO_MANY(tree) else None
    while last is not None:
        for after in list(last.itersiblings()):
            remove(after)
        last = last.getparent()


def remove(element: etree._Element) -> None:
    """Takes an element out of its tree and leaves the text that follows it."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)
