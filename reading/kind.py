"""Tells what is text to read from what is not: by the declared type, and by the first bytes."""

from collections.abc import Mapping

_TEXT_TYPES = ("text/", "application/xhtml", "application/xml", "application/x-httpd-php")
_UNKNOWN_TYPES = ("", "application/octet-stream", "unknown/unknown", "application/unknown")
_MAGIC = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "an archive or an office file",
    b"\x89PNG": "an image",
    b"GIF8": "an image",
    b"\xff\xd8\xff": "an image",
    b"RIFF": "an image or a sound",
    b"\x1f\x8b": "compressed",
    b"BZh": "compressed",
    b"\x00asm": "a program",
    b"\x7fELF": "a program",
    b"wOFF": "a font",
    b"wOF2": "a font",
    b"OggS": "a sound or a film",
    b"ID3": "a sound",
    b"\xd0\xcf\x11\xe0": "an office file",
}
_LOOKED_AT = 2048  # bytes
_SPACE = 0x20  # codes below it are controls
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_MOST_CONTROLS = 0.1  # of the bytes looked at; text has hardly any


def not_text(body: bytes, headers: Mapping[str, str]) -> str:
    """Why the body is not text to read; empty if it is."""
    declared = headers.get("content-type", "").split(";")[0].strip().lower()
    for start, what in _MAGIC.items():
        if body.startswith(start):
            return f"the body is {what}"
    if declared not in _UNKNOWN_TYPES and not declared.startswith(_TEXT_TYPES) and not _looks_like_html(body):
        return f"declared as {declared}"
    head = body[:_LOOKED_AT]
    if not head.startswith(_WIDE_MARKS) and head:
        controls = sum(byte < _SPACE and byte not in b"\t\n\r\f\x1b" for byte in head)
        if controls > _MOST_CONTROLS * len(head):
            return "the body is binary"
    return ""


def _looks_like_html(body: bytes) -> bool:
    return body[:_LOOKED_AT].lstrip()[:14].lower().startswith((b"<!doctype html", b"<html"))
