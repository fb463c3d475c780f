"""Text to tree: one parse that serves everything else."""

from lxml import etree, html

from reading.document import Unreadable
from reading.page import Outcome

_MOST_ELEMENTS = 120_000  # the largest real thread page seen has 15,000; reading costs time for each


def parse(text: str) -> etree._Element | Unreadable:
    """The page as a tree. The parser mends what is broken and gives up on nesting over 255 deep."""
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    source = text.replace("\x00", "").encode("utf-8", "replace")
    try:
        tree = etree.fromstring(source, parser)
    except etree.LxmlError as error:
        return Unreadable(outcome=Outcome.BROKEN, reason=f"no HTML: {error}")
    if tree is None or not len(tree):
        return Unreadable(outcome=Outcome.EMPTY, reason="the page holds no element")
    return tree


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
