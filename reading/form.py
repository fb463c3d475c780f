"""Which form a part of a thread has, told by its first bytes: sites declare feeds and JSON as all sorts of things."""

import re
from enum import StrEnum

_FEED = re.compile(rb"^[\s\xef\xbb\xbf]*+(?:<!--(?:(?!-->).)*+-->\s*+|<[?!][^>]*+>\s*+)*+<(?:rss|feed|rdf:RDF)\b", re.S)
_JSON = re.compile(rb"^[\s\xef\xbb\xbf]*[\[{]")
HEAD = 8_192  # bytes in which a feed begins


class Form(StrEnum):
    """What a part is written in."""

    JSON = "json"
    FEED = "feed"
    HTML = "html"


def form(body: bytes) -> Form:
    """The form of a body."""
    if _JSON.match(body):
        return Form.JSON
    return Form.FEED if _FEED.match(body[:HEAD]) else Form.HTML
