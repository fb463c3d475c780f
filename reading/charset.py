"""Bytes to text: which character set a page is written in.

Decided in this order: a byte order mark; the charset of the Content-Type header; the charset a `<meta>` or an XML
declaration names in the first 4,096 bytes; strict UTF-8; else Windows-1252, which decodes everything. One exception:
bytes that hold multi-byte characters and are valid UTF-8 throughout are UTF-8 whatever is declared, as text in
another character set is hardly ever so by chance, while pages that were converted and kept their old declaration are
common. What a declared character set cannot decode is replaced, unless UTF-8 decodes it all.
"""

import codecs
import re
from collections.abc import Mapping

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_META = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_META_WITHIN = 4096  # bytes; browsers look at 1,024, real pages put it later
_FALLBACK = "cp1252"
_ASCII = 0x7F  # the last code
# What pages declare and what they mean by it, as browsers read them.
_MEANT = {"iso8859-1": _FALLBACK, "ascii": _FALLBACK, "iso8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030"}


def decode(body: bytes, headers: Mapping[str, str]) -> str:
    """The text of `body`; header names are lower case. Never fails."""
    for mark, charset in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(charset, "replace")
    try:
        text = body.decode("utf-8")
        valid = True
    except UnicodeDecodeError:
        text, valid = "", False
    if valid and len(text) != len(body):
        return text
    declared = _declared(body, headers)
    if declared and declared != "utf-8":
        return body.decode(declared, "replace")
    return text if valid else _broken_utf8(body, declared)


def _broken_utf8(body: bytes, declared: str | None) -> str:
    """Declared UTF-8 with a few bad bytes stays UTF-8; with many it was never UTF-8."""
    if declared == "utf-8":
        text = body.decode("utf-8", "replace")
        if text.count("�") * 4 < sum(byte > _ASCII for byte in body):
            return text
    return body.decode(_FALLBACK, "replace")


def _declared(body: bytes, headers: Mapping[str, str]) -> str | None:
    header = _HEADER.search(headers.get("content-type", ""))
    meta = _META.search(body[:_META_WITHIN])
    for name in (header and header[1], meta and meta[1].decode("ascii", "replace")):
        if name and (known := _known(name)):
            return known
    return None


def _known(name: str) -> str | None:
    """The codec for a declared name; None if there is none that makes text."""
    try:
        codec = codecs.lookup(name)
        b"\xff".decode(name, "replace")  # raises for codecs that do not make text, such as base64
    except (LookupError, ValueError):
        return None
    if codec.name.startswith(("utf-16", "utf-32")):  # the declaration itself was read as ASCII, so it is not true
        return "utf-8"
    return _MEANT.get(codec.name, codec.name)
