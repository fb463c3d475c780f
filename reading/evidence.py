"""Whether things that repeat are comments: evidence for and against, added up.

For: words such as `comment` or `reply` in the classes and ids of the items or of the box around them, links that
answer or point to the item itself, an author whose markup says so, words that are no links, and several of them.
Against: headings that lead to other pages (teasers), boxes called related, recent or popular, live tickers, reviews
with stars, an `<aside>` or a `<nav>`, and hardly any words. Each piece of evidence is a number below; two in sum are
enough, so that a name alone never is.
"""

import math
import re
from collections.abc import Sequence
from itertools import pairwise

from lxml import etree

from reading.learnt import Learnt
from reading.prose import line, tags
from reading.repeats import Item

ENOUGH = 2.0
MORE = 2.5  # what reading the items may add

_COMMENT = re.compile(
    r"comment|komment|comentario|reactie|reaktion|reaction|talkback|disqus|respon[ds]|r[ée]pon[ds]|antwort|\brepl[yi]"
    r"|(?:^|[\s_-])svar",
    re.I,
)
_POST = re.compile(
    r"(?:^|[\s_-])(?:post|message|msg|thread|topic|forum|discussion|answer|inl[aä]gg|indl[aæ]g|innlegg|beitr[aä]g"
    r"|bericht|mensaje|tr[aå]d\b)",
    re.I,
)
_OTHER = re.compile(
    r"related|recent|sidebar|side-bar|widget|popular|latest|teaser|archive|breadcrumb|author-?(?:box|bio)|about-author"
    r"|live-?(?:blog|ticker)|ticker|event|product|trending|read-?more|recommend|carousel|slider|gallery|similar|navig"
    r"|menu|most-?read|newest|neueste|letzte|senaste|seneste|job|tweet|calendar|changelog|revision|history",
    re.I,
)
_REVIEW = re.compile(r"review|rating|stars?\b|bewertung|anmeld|testimonial", re.I)
_ANSWER = re.compile(
    r"^(?:reply|answer|quote|report|antworten?|zitieren|svara?|besvar|citera|répondre|citer|signaler|responder|citar"
    r"|beantwoord(?:en)?|reageer|reageren|ответить|flag|permalink|reply to.*)$",
    re.I,
)
_ANSWER_HREF = re.compile(r"reply|replyto|respond|quote|report|antwort", re.I)
_LEVELS = 4  # elements around the list whose names count
_HALF = 0.5
_FEWEST_WORDS = 10  # characters of the items in the middle
_SHORTEST_TITLE = 12  # characters
_TITLE_START = 25  # characters that tell a title
_BEFORE_FIRST = 350  # characters between a title and the first post of a thread: bylines, tags, tools, not a post
_NO_WORDS = tags("a script style form nav select button noscript head template")


def promise(items: Sequence[Item]) -> float:
    """What speaks for these being comments before they are read, and at most MORE of what reading may add."""
    inside, around = _names_inside(items), _names_around(items)
    weight = 1.5 * bool(_COMMENT.search(inside)) + 1.0 * bool(_COMMENT.search(around))
    weight += 0.5 * bool(_POST.search(inside)) + 0.5 * bool(_POST.search(around))
    weight += 0.5 * (len(items) > 2) + 0.5 * _in_order(items) + 0.1 * math.log2(len(items))  # noqa: PLR2004
    weight -= 1.5 * bool(_OTHER.search(inside)) + 1.5 * bool(_OTHER.search(around))
    weight -= 1.0 * bool(_REVIEW.search(inside) or _REVIEW.search(around))
    weight -= 1.0 * any(one.tag in ("aside", "nav") for one in items[0].elements[0].iterancestors())
    return weight - 1.5 * (len(items) == 1 and not _COMMENT.search(inside))


def evidence(items: Sequence[Item], learnt: Sequence[Learnt]) -> float:
    """How much reading them adds to the promise; far below zero where they say or name hardly anything."""
    words = sorted(len(one.prose.text) for one in learnt)
    if words[len(words) // 2] < _FEWEST_WORDS or sum(bool(one.author) for one in learnt) < _HALF * len(items):
        return -ENOUGH * 10
    weight = 1.0 * (_answerable(items) >= _HALF) + 0.5 * all(one.hinted for one in learnt)
    weight += 0.5 * (sum(bool(one.permalink) for one in learnt) >= _HALF * len(items))
    weight += 0.5 * (len({one.author for one in learnt}) > 1)
    return weight - 2.0 * (_leading(items, learnt) >= _HALF)


def is_forum(items: Sequence[Item], tree: etree._Element) -> bool:
    """Whether the items are the posts of a thread, the first of them the post itself."""
    return is_opening(items[0].elements[0], _inside(items), tree)


def is_opening(first: etree._Element, named: Sequence[etree._Element], tree: etree._Element) -> bool:
    """Whether the first of a page's comments is the post: between the page's title and it stand hardly any words.

    The title is the last heading before it that the `<title>` holds. What is called a comment, by the classes or ids
    of the elements `named`, is no post.
    """
    called = " ".join(f"{one.get('class') or ''} {one.get('id') or ''}" for one in named)
    if _COMMENT.search(called):
        return False
    title = " ".join((tree.findtext(".//title") or "").split())
    words = _BEFORE_FIRST  # without a title nothing is a thread's first page
    walk = etree.iterwalk(tree, events=("start", "end"), tag=etree.Element)
    for event, element in walk:
        if element is first:
            return words < _BEFORE_FIRST
        if event == "start" and element.tag in _NO_WORDS:
            walk.skip_subtree()
        elif event == "start":
            words += len((element.text or "").strip())
            if element.tag in ("h1", "h2") and _titles(line(element), title):
                words = -len(line(element))
        if event == "end" and element is not first:
            words += len((element.tail or "").strip())
    return False


def _titles(heading: str, title: str) -> bool:
    return len(heading) > _SHORTEST_TITLE and (heading in title or title[:_TITLE_START] in heading)


def _in_order(items: Sequence[Item]) -> bool:
    """Whether the days go up or down nearly throughout, as those of a thread do and those of memberships do not."""
    days = [item.spot.when.day_first or item.spot.when.month_first for item in items]
    steps = [(a > b) - (a < b) for a, b in pairwise(days) if a and b and a != b]
    return (len(steps) > 1 and abs(sum(steps)) >= _HALF * len(steps)) or len(set(days)) == 1


def _named(element: etree._Element) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''} {element.get('itemtype') or ''}"


def _names_inside(items: Sequence[Item]) -> str:
    return " ".join(map(_named, _inside(items)))


def _inside(items: Sequence[Item]) -> list[etree._Element]:
    """An item's element and those directly around its date."""
    item = items[len(items) // 2]
    chain = [item.elements[0]]
    for element in item.spot.element.iterancestors():
        if element is item.elements[0]:
            break
        chain.append(element)
    return chain


def _names_around(items: Sequence[Item]) -> str:
    outer = [one for one in items[-1].elements[0].iterancestors() if one.tag not in ("body", "html")]
    return " ".join(map(_named, outer[:_LEVELS]))


def _answerable(items: Sequence[Item]) -> float:
    """The share of items with a link or a button to answer, quote or report."""
    return sum(_has_answer(item) for item in items) / len(items)


def _has_answer(item: Item) -> bool:
    return any(_answers(link) for root in item.elements for link in root.iter("a", "button"))


def _answers(link: etree._Element) -> bool:
    return bool(_ANSWER_HREF.search(link.get("href") or "") or _ANSWER.match(line(link) if len(link) < 4 else ""))  # noqa: PLR2004


def _leading(items: Sequence[Item], learnt: Sequence[Learnt]) -> float:
    """The share of items whose heading is a link that leads away, as those of teasers do."""
    return sum(_leads(item, one.author or "") for item, one in zip(items, learnt, strict=True)) / len(items)


def _leads(item: Item, author: str) -> bool:
    for root in item.elements:
        for heading in root.iter("h1", "h2", "h3", "h4", "h5", "h6"):
            for link in heading.iter("a"):
                said = line(link)
                if "#" not in (link.get("href") or "#") and len(said) > _SHORTEST_TITLE and author not in said:
                    return True
    return False
