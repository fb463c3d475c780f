"""The `<meta>` or `<link>` tags of a page's head, quickly: for the few words that are needed while crawling. Pure.

No tree is made. The source is walked from tag to tag as far as `</head>` or `<body>`, or 100,000 bytes; comments and
what stands in scripts, styles, titles, `<noscript>` and `<template>` are leapt over. Of the tags on the way only those
are taken apart whose source speaks of what is looked for. As in a browser the first of two attributes of one name
counts, quotes are not needed, and a comment, a script or a tag that never ends hides all that follows.
"""

import re
from collections.abc import Iterator
from html import unescape

MOST_BYTES = 100_000  # of a page; heads with more are inline styles and scripts, which end before what we look for
_HIDES = (b"script", b"style", b"noscript", b"template", b"title")
_ATTRIBUTE = re.compile(rb"""(?<![^\s=>"'/])([^\s=>"'/]++)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>"']++))""")
# The case is ignored after the `<` only: a byte that has one spelling is found several times as quickly.
_ENDS = {name: re.compile(rb"<(?i:/%s\b)" % name) for name in _HIDES}
_TAG = rb"""<(?i:%s\b((?:[^>"']++|"[^"]*+"|'[^']*+')*+)(>?)|(!--)|(%s)\b|/head\b|body\b)"""
_NEXT = {name: re.compile(_TAG % (name, b"|".join(_HIDES))) for name in (b"meta", b"link")}


def tags(body: bytes, name: bytes, about: re.Pattern[bytes]) -> Iterator[dict[str, str]]:
    """The attributes of each `name` tag, meta or link, whose source matches `about`; their names in lower case."""
    at, search = 0, _NEXT[name].search
    while found := search(body, at, MOST_BYTES):
        source, ends, comment, hides = found.groups()
        at = found.end()
        if ends:
            if about.search(source):
                yield _attributes(source)
        elif comment:
            at = body.find(b"-->", found.start() + 2, MOST_BYTES)  # `<!-->` is a whole comment
        elif hides:
            at = close.start() if (close := _ENDS[hides.lower()].search(body, at, MOST_BYTES)) else -1
        else:
            at = -1
        if at < 0:
            return


def _attributes(source: bytes) -> dict[str, str]:
    named: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(source):
        named.setdefault(_text(name).lower(), unescape(_text(b"".join(values))))
    return named


def _text(source: bytes) -> str:
    """What is looked for is ASCII, or an address: UTF-8 on nearly all pages, else one of the 8-bit charsets."""
    try:
        return source.decode()
    except UnicodeDecodeError:
        return source.decode("latin-1")
