"""How many comments a page says it has, and how many it shows: more said than shown is a sign of more.

Said: by structured data, if it names one number only; else by a heading or a counter of the comments ("18 responses
to", "Kommentare (12)", "Ett svar till"), in eight languages. Shown: the ids that engines give to comments.
"""

import re

from lxml import etree

from reading.prose import line
from reading.routes.sight import Sight
from reading.selector import elements, select

_DECLARED = re.compile(
    r"\"commentCount\"\s*:\s*\"?(\d{1,6})|itemprop=[\"']commentCount[\"'][^>]{0,40}?content=[\"'](\d{1,6})"
    r"|UserComments:(\d{1,6})"
)
_DECLARING = ("commentCount", "UserComments:")
_COUNTER = re.compile(
    r"comments?[_-]{0,2}(?:title|head(?:ing|er)?|count|number|link|total)|comment-?title|^comments$", re.I
)
_WORD = (
    r"comments?|responses?|repl(?:y|ies)|thoughts?|reactions?|kommentar\w*|innlegg|inlägg|svar|tanke[rn]?|tankar|reaktion\w*"
    r"|antwort\w*|gedanken?|meinung\w*|reacties?|gedachten?|antwoord\w*|commentaires?|réponses?|réflexions?|réactions?"
    r"|comentarios?|respuestas?|pensamientos?|ideas?"
)
_FIGURE = re.compile(
    rf"(?<![\d.,])(\d{{1,3}}(?:[.,\s]\d{{3}})+|\d{{1,6}})\s+(?:{_WORD})(?!\w)|(?:{_WORD})\s*[(:]\s*(\d{{1,6}})", re.I
)
_ONE = re.compile(rf"^(?:one|an?|eine?|en|et[tn]?|één|une?|un[oa]?)\s+(?:{_WORD})(?!\w)", re.I)
_LONGEST = 200  # characters of a heading
_HEADINGS = ("h1", "h2", "h3", "h4", "h5")
_SHOWN_ID = re.compile(r"^(?:[a-z]{1,6}-)?(?:comment[-_]?|c|wpd-comm-)(\d+)(?:_\d+)?$", re.I)
_NAMED = "[class*=omment], [id*=omment]"
_IDS = "[id*=omm]::attr(id), [id^=c]::attr(id), a[name^=c]::attr(name)"


def said(sight: Sight) -> int:
    """How many comments the page says it has; 0 where it says nothing."""
    declared: set[int] = set()
    if any(sign in sight.source for sign in _DECLARING):
        declared = {int(next(filter(None, found))) for found in _DECLARED.findall(sight.source)}
    if len(declared) == 1:
        return declared.pop()
    for element in _counters(sight.tree):
        text = line(element)
        if len(text) > _LONGEST:
            continue
        if found := _FIGURE.search(text):
            return int(re.sub(r"\D", "", found[1] or found[2]))
        if _ONE.search(text):
            return 1
    return 0


def shown(sight: Sight) -> int:
    """How many comments stand in the page, told by their ids."""
    return len({found[1] for one in select(_IDS, sight.tree) if (found := _SHOWN_ID.search(str(one)))})


def _counters(tree: etree._Element) -> list[etree._Element]:
    """The headings and counters that may tell it: those named for it, then the headings of a box of comments."""
    named, headings = [], []
    for element in elements(_NAMED, tree):
        if _COUNTER.search(element.get("class") or "") or _COUNTER.search(element.get("id") or ""):
            named.append(element)
            headings += list(element.iter(*_HEADINGS))
    return named + headings
