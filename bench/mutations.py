"""Breaks saved pages in the ways in which the web breaks them; what is drawn is decided by the given random source."""

import random
from collections.abc import Callable

LONG = 200_000  # characters of a huge attribute; real ones hold inlined images
DEEP = 2_000  # elements in each other; parsers give up at 256
TAGS = (
    b"<div>",
    b"</div>",
    b"<li>",
    b"</li>",
    b"<table>",
    b"</tr>",
    b"<p>",
    b"<blockquote>",
    b"<script>",
    b"<!--",
    b"-->",
)
ODD = (b"\x00", b"\xff\xfe", b"&#0;", b"&#x110000;", b"\xed\xa0\x80", b"]]>", b"<![CDATA[", b"\x1b", "\u202e".encode())
DATES = (b"2013-02-31", b"99/99/9999", b"0000-00-00", b"in 999 years", b"999 years ago", b"31.12.9999", b"-1", b"1e308")

Mutation = Callable[[random.Random, bytes], bytes]


def _at(dice: random.Random, page: bytes) -> int:
    return dice.randrange(len(page) + 1)


def truncate(dice: random.Random, page: bytes) -> bytes:
    """The connection broke."""
    return page[: _at(dice, page)]


def cut(dice: random.Random, page: bytes) -> bytes:
    """A stretch is missing."""
    start = _at(dice, page)
    return page[:start] + page[start + dice.randrange(2_000) :]


def repeat(dice: random.Random, page: bytes) -> bytes:
    """A stretch stands there many times."""
    start = _at(dice, page)
    return page[:start] + page[start : start + dice.randrange(1, 500)] * dice.randrange(2, 50) + page[start:]


def swap(dice: random.Random, page: bytes) -> bytes:
    """Two stretches have changed places."""
    one, two, three = sorted(_at(dice, page) for _ in range(3))
    return page[:one] + page[two:three] + page[one:two] + page[three:]


def noise(dice: random.Random, page: bytes) -> bytes:
    """Some bytes are others."""
    broken = bytearray(page)
    for _ in range(min(len(broken), dice.randrange(1, 60))):
        broken[dice.randrange(len(broken))] = dice.randrange(256)
    return bytes(broken)


def _insert(dice: random.Random, page: bytes, pieces: tuple[bytes, ...]) -> bytes:
    for _ in range(dice.randrange(1, 8)):
        at = _at(dice, page)
        page = page[:at] + dice.choice(pieces) + page[at:]
    return page


def tags(dice: random.Random, page: bytes) -> bytes:
    """Elements that nobody closes, or opens."""
    return _insert(dice, page, TAGS)


def odd(dice: random.Random, page: bytes) -> bytes:
    """Characters that must not be."""
    return _insert(dice, page, ODD)


def dates(dice: random.Random, page: bytes) -> bytes:
    """Dates that cannot be."""
    return _insert(dice, page, DATES)


def deep(dice: random.Random, page: bytes) -> bytes:
    """Elements in each other without end."""
    at = _at(dice, page)
    return page[:at] + dice.choice((b"<div>", b"<b>", b"<ul><li>", b"<blockquote>")) * dice.randrange(DEEP) + page[at:]


def attribute(dice: random.Random, page: bytes) -> bytes:
    """A huge attribute."""
    at = page.find(b"<div", _at(dice, page))
    long = dice.choice((b"class", b"title", b"href", b"datetime")) + b'="' + b"x1 " * dice.randrange(LONG // 3) + b'" '
    return page if at < 0 else page[: at + 5] + long + page[at + 5 :]


ALL: tuple[Mutation, ...] = (truncate, cut, repeat, swap, noise, tags, odd, dates, deep, attribute)


def mutated(dice: random.Random, page: bytes) -> bytes:
    """The page, broken in one to three ways."""
    for mutation in dice.choices(ALL, k=dice.randrange(1, 4)):
        page = mutation(dice, page)
    return page
