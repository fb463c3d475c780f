"""What tells an author from a label: words of markup and of buttons, in the languages of our sources."""

import re

from lxml import etree

_AUTHOR = re.compile(
    r"author|user-?_?(?:name|link|nick|info)?(?:$|[\s_-])|nick|(?:^|\s)fn(?:$|\s)|poster|commenter|posted-?by|by-?line"
    r"|screen-?_?name|verfasser|forfatter|auteur|autor|creator|display-?name"
    r"|(?:^|[\s_-])(?:name|by|who|person|login|handle)(?:$|[\s_-])",
    re.I,
)
_NO_AUTHOR = re.compile(
    r"title|rank|level|group|badge|count|location|joined|custom|stat|role|karma|score|avatar|domain|time|date|reply"
    r"|action|button|vote|mood|permalink|subject|topic|headline",
    re.I,
)
_PROFILE = re.compile(
    r"/(?:users?|members?|profiles?|people|u|author|@|~)[/\w.~@-]|[?&](?:u|user|uid|userid|author)=|member\.php", re.I
)
_SURELY = re.compile(r"user-?_?name|author-?_?name", re.I)
NO_NAME = re.compile(
    r"^(?:repl(?:y|ies)|antworten?|zitieren|quote|report|melden|svar\w*|répondre|responder|beantwoord\w*|reageer|link"
    r"|permalink|share|like|gilla|liker|top|#?\d+|edit|delete|löschen|slet|says|guest|\d+ .*|.*\d{4}.*|posts?|joined"
    r"|.*:|.*:\s*\d.*|.*#\d.*|(?:\S+\s+){2,}\S+[.!?…]|\S+\s+\S+[!?])$",
    re.I,
)
BUTTONS = re.compile(
    r"^\W*(?:reply|reply to this.*|antworten?|auf diesen kommentar antworten|zitieren|quote|report( abuse)?|melden"
    r"|svar(a|e)?|besvar|répondre( à .*)?|responder|beantwoorden|reageer|reageren|citer|citera|citar|permalink|share"
    r"|like|unlike|likes?|gilla|vote|up|down|edit(ed)?|delete|flag|link|parent|translate|gefällt mir|teilen|partager"
    r"|compartir|anmeld|rapporter|signaler|denunciar|top|nach oben|helpful\??|yes|no|more|\d+|[+-]\d+|#\d+"
    r"|\d+ (likes?|points?|votes?|replies|answers?))\W*$",
    re.I,
)


def author_hint(element: etree._Element) -> float:
    """How much the markup says that an element names an author, from -1 to 2; what it lies in counts half."""
    parent = element.getparent()
    around = 0.0 if parent is None else _hint(parent)
    return _hint(element) + max(0.0, around / 2)


def _hint(element: etree._Element) -> float:
    said = " ".join(filter(None, map(element.get, ("class", "itemprop", "rel", "id"))))
    if _NO_AUTHOR.search(said) and not _SURELY.search(said):
        return -1.0
    return 1.0 * bool(_AUTHOR.search(said)) + 0.5 * bool(_PROFILE.search(element.get("href") or ""))
