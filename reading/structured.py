"""Comments that a page declares to machines: JSON-LD, microdata and microformats2.

JSON-LD: the `comment`s of the object that describes the post, of each other, and the answers of a question, wherever
they lie; only such as bring their words. Microdata: elements whose `itemtype` is a comment, a forum posting or an
answer. Microformats2: `h-entry` or `h-cite` within a `p-comment`, or marked so themselves. The two in the markup are
read like an engine's declaration, since that is what they are.
"""

from collections.abc import Iterator

from lxml import etree, html

from reading.dates import Calendar
from reading.declared import Declared, Node, types
from reading.draft import Draft, Thread
from reading.engine import Engine
from reading.names import name
from reading.prose import Prose, prose

_ANSWERS = frozenset(("Comment", "Answer", "UserComments", "DiscussionForumPosting"))
_INNER = ("comment", "comments", "suggestedAnswer", "acceptedAnswer", "hasPart")
_DEEPEST = 30
_MOST = 2_000  # comments of one page
_WORDS = ("text", "articleBody", "commentText", "description")

MICRODATA = Engine(
    name="microdata",
    signs=("schema.org/Comment", "schema.org/UserComments", "schema.org/Answer"),
    comment=(
        "[itemtype$='schema.org/Comment'], [itemtype$='schema.org/UserComments'], [itemtype$='schema.org/Answer']",
    ),
    text=("[itemprop=text], [itemprop=commentText], [itemprop=description], [itemprop=articleBody]",),
    author=(
        "[itemprop=author] [itemprop=name], [itemprop=creator] [itemprop=name]",
        "[itemprop=author], [itemprop=creator]",
    ),
    date=(
        "[itemprop=dateCreated]::attr(datetime), [itemprop=datePublished]::attr(datetime),"
        " [itemprop=commentTime]::attr(datetime)",
        "[itemprop=dateCreated]::attr(content), [itemprop=datePublished]::attr(content),"
        " [itemprop=commentTime]::attr(content)",
        "[itemprop=dateCreated], [itemprop=datePublished], [itemprop=commentTime]",
    ),
    permalink=("a[itemprop=url]::attr(href), link[itemprop=url]::attr(href)",),
)

MICROFORMATS = Engine(
    name="microformats2",
    signs=("p-comment", "u-comment"),
    comment=(".p-comment.h-entry, .p-comment.h-cite, .u-comment.h-entry, .u-comment.h-cite", ".p-comment .h-entry"),
    text=(".e-content", ".p-content, .p-name, .p-summary"),
    author=(".p-author .p-name", ".p-author"),
    date=("time.dt-published::attr(datetime)", ".dt-published"),
    permalink=(".u-url::attr(href)",),
)


def read_json_ld(said: Declared, calendar: Calendar) -> Thread:
    """The comments of a page's JSON-LD."""
    drafts: list[Draft] = []
    for root in said.nodes:
        if not _ANSWERS.isdisjoint(types(root)) and not drafts:
            continue  # an answer met before what it answers; it is found there
        for node, parent in _answers(root, None, 0):
            if len(drafts) < _MOST and id(node) not in {draft.key for draft in drafts}:
                drafts.append(_draft(node, parent, calendar))
        if drafts:
            break
    return Thread(drafts=[draft for draft in drafts if draft.prose.text], reader="json-ld")


def _answers(node: Node, parent: int | None, depth: int) -> Iterator[tuple[Node, int | None]]:
    """The comments below an object, each before its answers, with the identity of what it answers."""
    for key in _INNER:
        inner = node.get(key)
        for one in inner if isinstance(inner, list) else [inner]:
            if isinstance(one, dict) and depth < _DEEPEST and not _ANSWERS.isdisjoint(types(one)):
                yield one, parent
                yield from _answers(one, id(one), depth + 1)


def _draft(node: Node, parent: int | None, calendar: Calendar) -> Draft:
    said = next((text for key in _WORDS if isinstance(text := node.get(key), str) and text.strip()), "")
    author = node.get("author") or node.get("creator")
    names = author if isinstance(author, list) else [author]
    first = names[0].get("name") if names and isinstance(names[0], dict) else names[0] if names else None
    date = node.get("dateCreated") or node.get("datePublished") or node.get("commentTime")
    link = node.get("url") or node.get("@id")
    return Draft(
        elements=(),
        prose=_words(said),
        author=name(first) if isinstance(first, str) else None,
        when=calendar.find(date) if isinstance(date, str) else None,
        permalink=link if isinstance(link, str) else None,
        key=id(node),
        parent=parent,
    )


def _words(said: str) -> Prose:
    """The text of a comment; some pages put HTML there."""
    if "<" not in said or ">" not in said:
        return Prose(text="\n".join(" ".join(line.split()) for line in said.splitlines() if line.strip()))
    try:
        return prose(html.fragment_fromstring(said, create_parent="div"))
    except (etree.LxmlError, ValueError):
        return Prose(text=" ".join(said.split()))
