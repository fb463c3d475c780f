"""Which link of an archive page leads to the next older one. Pure.

The first of these: rel=next; a link of a class like older or next (nav-previous is WordPress's word for older); one
whose text says so in one of the eight languages (older.txt); in numbered pages, the number after the current one. It
stays on the site, is not the page itself, and its text does not say newer.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from lxml.html import HtmlElement

from crawler.addresses.urls import canonical, host_of
from crawler.lists.links import base_of

OLDER_CLASS = re.compile(
    r"(?:^|\s|(?<!nav)[_-])(?:next|older|nextpostslink|nav-previous|load-more)(?=$|[\s_-])", re.IGNORECASE
)  # WordPress says nav-next for newer


def next_page(tree: HtmlElement, url: str) -> str | None:
    """The canonical address of the archive page after the one at `url`; None where there is none."""
    base, here = base_of(tree, url), canonical(url)
    for element in _candidates(tree):
        target = canonical(element.get("href") or "", base)
        if "nofollow" in (element.get("rel") or "").lower().split():
            continue
        if target and target != here and host_of(target) == host_of(url):
            return target
    return None


def _candidates(tree: HtmlElement) -> Iterator[HtmlElement]:
    """Links that may be the next older page, the surest first."""
    links = [a for a in tree.iter("a") if a.get("href") and not _phrases("-").intersection(_text_words(a))]
    yield from (e for e in [*tree.iter("link"), *links] if "next" in (e.get("rel") or "").lower().split())
    yield from (a for a in links if OLDER_CLASS.search(f"{a.get('class') or ''} {_parent_class(a)}"))
    yield from (a for a in links if " ".join(_text_words(a)) in _phrases(""))
    yield from _after_the_current(tree)


def _after_the_current(tree: HtmlElement) -> Iterator[HtmlElement]:
    for element in tree.xpath("//*[@aria-current='page' or contains(concat(' ', @class, ' '), ' current ')]"):
        number = element.text_content().strip()
        if number.isdecimal():
            after = str(int(number) + 1)
            box = next((e for e in element.iterancestors() if e.tag not in ("li", "span", "a", "strong")), element)
            yield from (a for a in box.iter("a") if a.get("href") and a.text_content().strip() == after)


def _parent_class(a: HtmlElement) -> str:
    parent = a.getparent()
    return (parent.get("class") or "") if parent is not None else ""


def _text_words(a: HtmlElement) -> list[str]:
    """The words of a link, in lower case and without arrows."""
    return re.findall(r"\w+", a.text_content().lower())


@cache
def _phrases(mark: str) -> frozenset[str]:
    """The phrases of older.txt that say older (no mark), or the words that say newer (`-`)."""
    lines = (Path(__file__).parent / "older.txt").read_text("utf-8").splitlines()
    said = [line for line in lines if line and not line.startswith("#") and line.startswith("-") == bool(mark)]
    return frozenset(line.removeprefix(mark) for line in said)
