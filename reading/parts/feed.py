"""A feed of comments: RSS and Atom by feedparser, which gets bytes in memory only and is kept from changing them.

What an entry answers is told by `thr:in-reply-to` (RFC 4685) or, on Blogger, by a link of the relation `related`; in
WordPress's RSS by a first paragraph "In reply to <a>Name</a>." that is then no word of the comment. WordPress does not
mark pingbacks in feeds: a text that begins and ends in [...] is taken for one. Entries come newest first: they are
put into the order of their times.
"""

import io
import re
from collections.abc import Mapping
from typing import Any

import feedparser
from lxml import etree

from reading.dates import Calendar
from reading.document import CommentKind
from reading.draft import Draft
from reading.parse import remove
from reading.parts.told import is_excerpt, told, words
from reading.prose import line

_BY = re.compile(r"^[^:]{2,20}:\s*(?P<name>.+)$", re.S)  # "By: Name", the title that WordPress gives
_COMMENT = re.compile(r"#(?:comment-?|c)\w*\d")
_BESIDE_NAME = 30  # characters of "In reply to ." in any language
_BLOGGER_ID = re.compile(r"post-(\d+)$")
_BLOGGER_LINK = re.compile(r"/comments/default/(\d+)")


def drafts(body: bytes, url: str, content_type: str, calendar: Calendar) -> list[Draft]:
    """The comments of a feed, oldest first. May raise what feedparser raises on hostile input."""
    headers = {"content-type": content_type, "content-location": url}
    found = feedparser.parse(
        io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    entries = list(reversed(found.entries))
    entries.sort(key=lambda entry: entry.get("published_parsed") or ())
    return [draft for entry in entries if (draft := _draft(entry, calendar)).prose.text]


def _draft(entry: Mapping[str, Any], calendar: Calendar) -> Draft:
    contents = [str(content.get("value") or "") for content in entry.get("content") or ()]
    answered: list[str] = []
    text = words(
        next(filter(None, contents), None) or str(entry.get("summary") or ""),
        before=lambda tree: answered.extend(_taken_reply_line(tree)),
    )
    title = _BY.match(str(entry.get("title") or ""))
    return told(
        calendar,
        words=text,
        author=_author(entry) or (title["name"] if title else None),
        date=str(entry.get("published") or entry.get("updated") or ""),
        permalink=str(entry.get("link") or "") or None,
        name=_name(entry),
        answers=_answers(entry) or next(iter(answered), None),
        kind=CommentKind.PINGBACK if is_excerpt(text.text) else CommentKind.COMMENT,
    )


def _author(entry: Mapping[str, Any]) -> str:
    detail = entry.get("author_detail")
    return str((detail.get("name") if isinstance(detail, Mapping) else None) or entry.get("author") or "")


def _name(entry: Mapping[str, Any]) -> str | None:
    """What the entry is called where it stands in the page: the fragment of its address, else of its id."""
    for said in (str(entry.get("link") or ""), str(entry.get("id") or "")):
        if "#" in said:
            return "#" + said.rpartition("#")[2]
    found = _BLOGGER_ID.search(str(entry.get("id") or ""))
    return f"#c{found[1]}" if found else None


def _answers(entry: Mapping[str, Any]) -> str | None:
    for link in entry.get("links") or ():
        if link.get("rel") == "related" and (found := _BLOGGER_LINK.search(str(link.get("href") or ""))):
            return f"#c{found[1]}"
    said = entry.get("thr_in-reply-to")
    if not isinstance(said, Mapping):
        return None
    for target in (str(said.get("href") or ""), str(said.get("ref") or "")):
        if "#" in target:
            return "#" + target.rpartition("#")[2]
    found = _BLOGGER_ID.search(str(said.get("ref") or ""))
    return f"#c{found[1]}" if found else None  # the post's own number is no comment's


def _taken_reply_line(tree: etree._Element) -> list[str]:
    """Takes the line "In reply to Name." out of the tree; gives what its link leads to."""
    first = next((one for one in tree.iter("p", "a") if line(one)), None)
    if first is None:
        return []
    links = [first] if first.tag == "a" else list(first.iter("a"))
    target = links[0].get("href") or "" if len(links) == 1 else ""
    if not _COMMENT.search(target) or len(line(first)) - len(line(links[0])) > _BESIDE_NAME:
        return []
    if first.tag == "p" and line(first).endswith((".", "。", ":")):
        remove(first)
        return ["#" + target.rpartition("#")[2]]
    return []
