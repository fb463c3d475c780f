"""What a page declares of itself to machines: JSON-LD, and its meta tags.

JSON-LD comes as one object, a list or a graph, in one script or several, sometimes with raw line breaks in its texts;
what does not parse is passed over. An author may be a text, an object, a list, or a reference to another object.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from reading.prose import tags

Node = dict[str, Any]

_POSTS = tags(
    "Article NewsArticle BlogPosting Report ReportageNewsArticle TechArticle ScholarlyArticle OpinionNewsArticle"
    " SocialMediaPosting DiscussionForumPosting Question LiveBlogPosting Recipe Review CreativeWork"
)
_MOST_NODES = 20_000  # objects looked at; more is no description of a page
_DEEPEST = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """`metas`: the content of each meta tag by its property or name, lower case; `nodes`: all JSON-LD objects."""

    metas: dict[str, str]
    nodes: list[Node] = field(default_factory=list)

    def post(self) -> Node:
        """The object that describes the post; empty if none does."""
        return next((node for node in self.nodes if _POSTS.intersection(types(node))), {})

    def names(self, value: object) -> list[str]:
        """The names in an author: a text, an object, a reference, or several of them."""
        if isinstance(value, list):
            return [name for one in value[:10] for name in self.names(one)]
        if isinstance(value, str):
            return [value] if value.strip() and "://" not in value else []
        if not isinstance(value, dict):
            return []
        name = value.get("name") or value.get("alternateName")
        if name is None and (key := value.get("@id")):
            name = next((node["name"] for node in self.nodes if node.get("@id") == key and "name" in node), None)
        return self.names(name) if not isinstance(name, dict) else []


def declared(tree: etree._Element) -> Declared:
    """What the page declares."""
    return Declared(metas=_metas(tree), nodes=list(_nodes(tree)))


def types(node: Node) -> list[str]:
    """The schema.org types of an object, without their address."""
    said = node.get("@type")
    return [str(one).rsplit("/", 1)[-1] for one in (said if isinstance(said, list) else [said]) if one]


def _metas(tree: etree._Element) -> dict[str, str]:
    said: dict[str, str] = {}
    for element in tree.iter("meta"):
        key = element.get("property") or element.get("name") or element.get("itemprop")
        if key and (content := element.get("content")):
            said.setdefault(key.lower(), " ".join(content.split()))
    return said


def _nodes(tree: etree._Element) -> Iterator[Node]:
    left = _MOST_NODES
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "") or not script.text:
            continue
        try:
            stack = [(json.loads(script.text.strip().rstrip(";"), strict=False), 0)]
        except (ValueError, RecursionError):
            continue
        while stack and left:
            value, depth = stack.pop()
            left -= 1
            if isinstance(value, dict):
                yield value
            inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
            stack.extend((one, depth + 1) for one in reversed(list(inner)) if depth < _DEEPEST and _holds(one))


def _holds(value: object) -> bool:
    return isinstance(value, dict | list)
