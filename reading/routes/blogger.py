"""Blogger: the comment feed of a post, where the page shows fewer comments than it says.

The feed gives at most 500 at a time and names its next page in its head.
"""

import re

from reading.page import Link
from reading.routes.sight import Sight, part

_FEED = re.compile(r"/feeds/\d+/comments/default$")
_IN_SOURCE = re.compile(r"https?:(?://|\\/\\/)[\w.-]+(?:/|\\/)feeds(?:/|\\/)\d+(?:/|\\/)comments(?:/|\\/)default")
_MOST = 500  # entries; more are not given at a time


def comment_feed(sight: Sight) -> tuple[Link, ...]:
    """The feed of the post's comments; nothing where the page names none."""
    for rel, _, href in sight.head_links:
        if rel == "alternate" and _FEED.search(href.partition("?")[0]):
            return (part(f"{href.partition('?')[0]}?max-results={_MOST}"),)
    found = _IN_SOURCE.search(sight.source)
    return (part(found[0].replace("\\/", "/") + f"?max-results={_MOST}"),) if found else ()
