"""Discourse: the JSON of a topic, where the page shows no posts because scripts load them.

A topic's JSON has its first twenty posts and the ids of all (`post_stream.stream`); the others are asked for by id.
"""

import json
import re
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from reading.page import Link, Page
from reading.routes.sight import Sight, part

_TOPIC = re.compile(r"^(?P<root>.*)/t/(?:[^/]+/)?(?P<id>\d+)(?:/\d+)?/?$")
_TOPIC_JSON = re.compile(r"^(?P<root>.*)/t/(?:[^/]+/)?(?P<id>\d+)\.json$")
_SIGNS = ('content="Discourse', "data-discourse-setup", "discourse-assets", 'id="data-preloaded"')
_POSTS = ("crawler-post", "DiscussionForumPosting", 'itemprop="comment"', "itemprop='comment'")
_AT_ONCE = 50  # ids in one request: an address of 1,200 characters; the page itself would give 20 posts


def topic_json(sight: Sight) -> tuple[Link, ...]:
    """The topic's JSON, if the page is a topic that shows no post."""
    if not any(sign in sight.source for sign in _SIGNS) or any(sign in sight.source for sign in _POSTS):
        return ()
    parts = urlsplit(sight.page.url)
    found = _TOPIC.match(parts.path)
    if found is None:
        return ()
    path = f"{found['root']}/t/{found['id']}.json"
    return (part(urlunsplit((parts.scheme, parts.netloc, path, "", ""))),)


def further(page: Page) -> tuple[Link, ...]:
    """The posts that a topic's JSON names and does not hold."""
    parts = urlsplit(page.url)
    found = _TOPIC_JSON.match(parts.path)
    stream, held = _stream(page.body)
    if found is None or not stream:
        return ()
    start = urlunsplit((parts.scheme, parts.netloc, f"{found['root']}/t/{found['id']}/posts.json", "", ""))
    rest = [one for one in stream if one not in held]
    return tuple(part(f"{start}?{'&'.join(f'post_ids%5B%5D={one}' for one in ids)}") for ids in _lots(rest))


def _lots(ids: list[int]) -> list[list[int]]:
    return [ids[at : at + _AT_ONCE] for at in range(0, len(ids), _AT_ONCE)]


def _stream(body: bytes) -> tuple[list[int], set[int]]:
    """All ids of a topic, and those of the posts that are there."""
    try:
        said: Any = json.loads(body)
        found = said["post_stream"]
        return [one for one in found["stream"] if isinstance(one, int)], {post["id"] for post in found["posts"]}
    except (ValueError, LookupError, TypeError, RecursionError):
        return [], set()
