"""Feeds and sitemaps as sites really send them, made into XML that a parser takes. Pure.

Real ones come with a layer of gzip left around them, in another charset than they declare, with white space, a comment
or a server's warnings before their beginning, with control characters, a stray `&`, and HTML's entities, which XML does
not know. So: bytes are inflated, and decoded by our own rules (reading/charset.py). What stands before the root element
goes, the XML declaration with its charset included; characters that XML has none of go; an `&` that begins no reference
is escaped, and an entity of HTML becomes its character. CDATA sections stay as they are. What is still wrong after that
(an end that is missing, a prefix that was never declared) is left to the parser.
"""

import re
import zlib
from html import escape
from html.entities import html5

from reading.charset import decode

MOST_BYTES = 8 * 2**20  # of a gzip'd body; as the setting max_body, over which nothing is fetched
GZIP = b"\x1f\x8b"
WITH_GZIP_HEADER = 31  # zlib's word for it
NO_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
REFERENCE = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?:#(\w{1,8});|(\w{1,31});)?", re.DOTALL)
XML_ENTITIES = {"amp", "lt", "gt", "quot", "apos"}


def text_of(body: bytes, content_type: str = "") -> str:
    """The text of a body, without the gzip that may be left around it. Never fails."""
    return decode(inflated(body), {"content-type": content_type})


def inflated(body: bytes) -> bytes:
    """A body without the gzip that may be left around it, up to MOST_BYTES; empty where that is broken."""
    if not body.startswith(GZIP):
        return body
    try:
        return zlib.decompressobj(WITH_GZIP_HEADER).decompress(body, MOST_BYTES)
    except zlib.error:
        return b""


def mended(text: str, root: re.Match[str]) -> str:
    """The XML from its root element on."""
    return REFERENCE.sub(_reference, NO_CHARACTERS.sub("", text[root.start() :]))


def _reference(found: re.Match[str]) -> str:
    number, name = found.groups()
    if number:
        character = _character(number)
        return "" if NO_CHARACTERS.match(character) else escape(character)
    if name and name not in XML_ENTITIES:
        return escape(html5.get(f"{name};", f"&{name};"))
    return "&amp;" if found[0] == "&" else found[0]


def _character(number: str) -> str:
    """The character of a numeric reference; NUL, which XML has not, where there is none of that number."""
    try:
        return chr(int(number[1:], 16) if number[0] in "xX" else int(number))
    except (ValueError, OverflowError):
        return "\0"
