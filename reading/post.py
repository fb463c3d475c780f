"""The post of a page: its text by trafilatura, without a word of the comments.

The comments are taken out of the tree before trafilatura sees it, with the boxes around them (count, form, "older
comments") as long as such a box says little else. On a forum the post is the thread's first comment.

The fast mode comes first; where it falls back to one line of everything, the full one keeps paragraphs and headings.
"""

import logging
from collections.abc import Iterable

import trafilatura
from lxml import etree
from trafilatura.metadata import Document

from reading.parse import remove
from reading.prose import Prose, is_longer, prose

_MOST_ELEMENTS = 8_000  # that trafilatura is given; beyond it takes seconds, and such a page is no article
_TOO_MANY = etree.XPath(f"count(//*) > {_MOST_ELEMENTS}")
# What trafilatura would copy several times and then drop.
_NO_WORDS = ("style", "svg", "noscript", "iframe", "link", "select", "button")
_PAGE = ("html", "body", "article", "main")
_FORM = 1_500  # characters of a form to write a comment, its notes on data protection included
_LABEL = 90  # characters of a paragraph that may belong to a form
_BOX = 300  # characters that a box around comments may hold beside them: count, form, "older comments"

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it reports an empty page as an error; to us it is a value


def post(tree: etree._Element, url: str, comments: Iterable[etree._Element]) -> Prose:
    """The text of the post. Takes the comments out of `tree` for good, so it comes last."""
    _take_out(list(comments))
    _take_out_forms(tree)
    if _TOO_MANY(tree):
        return _whole(tree)
    etree.strip_elements(tree, *_NO_WORDS, with_tail=False)
    fast = _extracted(tree, url, fast=True)
    if "\n" in fast.text:
        return fast
    return _extracted(tree, url, fast=False)


def _whole(tree: etree._Element) -> Prose:
    """All words of a page's body but those of its frame."""
    body = next(tree.iter("article", "main", "body"), tree)
    return prose(body, set(body.iter("nav", "header", "footer", "aside")))


def _extracted(tree: etree._Element, url: str, *, fast: bool) -> Prose:
    found = trafilatura.bare_extraction(tree, url=url, include_comments=False, fast=fast)
    if not isinstance(found, Document) or found.body is None:
        return Prose()
    return prose(found.body)


def _take_out(comments: list[etree._Element]) -> None:
    boxes = {box for one in comments if (box := one.getparent()) is not None}
    for one in comments:
        remove(one)
    for box in boxes:
        while (outer := box.getparent()) is not None and box.tag not in _PAGE and not _says_more(box):
            remove(box)
            box = outer  # noqa: PLW2901 -- climbs from the box that was empty to the one around it


def _take_out_forms(tree: etree._Element) -> None:
    """Forms to write a comment; not such as hold a whole page."""
    for form in list(tree.iter("form")):
        if next(form.iter("textarea"), None) is not None and not is_longer(form, _FORM):
            remove(form)


def _says_more(box: etree._Element) -> bool:
    """Whether a box holds more than what belongs to a thread."""
    if is_longer(box, _BOX) or next(box.iter("h1"), None) is not None:
        return True
    return any(is_longer(paragraph, _LABEL) for paragraph in box.iter("p"))
