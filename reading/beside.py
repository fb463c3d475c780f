"""The line that a licence's link stands in: whether it says something of words or of pictures. Pure.

A line ends at a line break or another block; 200 characters before and after the link are looked at. What it speaks of
is the thing that is named last before the link, else first after it: "Text by Mette. Photo: Anna, CC BY" speaks of a
photo, "Theme by Anna. Content: CC BY" of content, "Text and photos" of both, and "the photos in this post" of photos.
The things are named in eight languages. A picture in the line, or a block above it that is a picture, speaks for
itself.
"""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, takewhile

from lxml import etree

from reading.prose import tags

MOST_BESIDE = 20  # nodes before and after a link that are its line
LONGEST_LINE = 200  # characters before and after a link; the chooser's text has some 120
_PICTURES = ("img", "picture", "video", "iframe", "embed", "object")
_BADGE = re.compile(r"creativecommons\.org/|licensebuttons\.net/", re.I)
_INLINE = tags("a abbr b bdi big cite em font i img ins mark small span strong sub sup u code wbr")
_MEDIA = (
    r"(?:photo(?:graph|graphie)?s?|fotos?|foto'?s|fotografier?|fotografías?|images?|imag[eé]n(?:es)?|pictures?|bild(?:er)?"
    r"|billede[rt]?|bilde[rt]?|afbeelding(?:en)?|illustrations?|illustrationen|videos?|vidéos?|vídeos?|music|musik|musique"
    r"|música|sounds?|icons?|themes?|thèmes?|templates?|tema|layout|designs?|fonts?|maps|karten|code|software|logos?"
    r"|data|daten|données|datos|gegevens|comments?|kommentar\w*|commentaires?|comentarios?|reacties"
    r"|credits?|source|kilde|källa|quelle|bron|fuente|courtesy|via)"
)
_TEXT = (
    r"(?:texts?|texte[nrs]?|tekst(?:er|en|ene)?|text(?:en|erna)|textos?|contents?|inhalte?|indhold(?:et)?|innehåll(?:et)?"
    r"|innhold(?:et)?|inhoud|contenus?|contenidos?|articles?|artikel|artículos?|posts?|entr(?:y|ies)|entradas?|billets?"
    r"|beitr[aä]ge?|beitrag|indlæg(?:get)?|innlegg(?:et)?|inlägg(?:et)?|bericht(?:en)?|works?|werke?|verk|værk|œuvre|oeuvre"
    r"|obra|stor(?:y|ies)|writings?)"
)
_WHERE = re.compile(
    r"\b(?:in|on|of|for|from|i|på|til|im|auf|zu[mr]?|von|van|bij|dans|de|du|en|del)\W+(?:(?:this|the|my|our|dette|denne"
    rf"|detta|diesem|diesen|dem|deze|dit|ce|cet|cette|est[ea]|el|la)\W+)?(?:\w+\W+)?{_TEXT}\b",
    re.I,
)
_NOT = r"(?!\W+(?:\w+\W+){0,2}?(?:not|never|no longer|nicht|kein\w*|ikke|inte|niet|geen)\b)"
_AND = r"\W{1,3}(?:and|og|och|und|en|et|y|&)\W{1,3}(?:\w+\W+)?"
_NOUNS = re.compile(rf"\b(?:(?P<both>{_TEXT}{_AND}{_MEDIA}|{_MEDIA}{_AND}{_TEXT})|(?P<media>{_MEDIA})|{_TEXT})\b", re.I)
_STATED = re.compile(
    r"\b(?:this|these|all|our|my|diese[rs]?|alle[ns]?|dette|denne|disse|detta|den här|dit|deze|ce|cet|cette|tous"
    rf"|est[ea]|el|la|los)\W+(?:\w+\W+){{0,2}}(?:{_TEXT}|blog|(?:web)?site|webs(?:i|eid)e|seite|page|side|sida|página"
    r"|sitio)"
    r"(?:\W+(?:by|von|af|av|door|par|de|por|on|here|in)\b[^.!?]{1,60}?)?\W+(?:is|are|may|can|steht|stehen|ist|sind|er|är"
    rf"|valt|vallen|zijn|est|sont|está|están|se)\b{_NOT}[^.!?]{{0,60}}(?:licen[cs]|li[cz]en[zs]|lisens|bajo|under|unter|onder|sous)",
    re.I,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The words before a link and from it on in its line, and whether a picture stands there or right above."""

    before: str
    after: str
    pictured: bool

    @property
    def text(self) -> str:
        """All of it."""
        return " ".join(f"{self.before}{self.after}".split())

    @property
    def is_of_media(self) -> bool:
        """Whether it speaks of a picture or the like, or shows one and does not speak of words."""
        before = deque(_NOUNS.finditer(_WHERE.sub(" ", self.before)), 1)
        noun = before[0] if before else _NOUNS.search(_WHERE.sub(" ", self.after))
        return self.pictured if noun is None else noun["media"] is not None

    @property
    def states(self) -> bool:
        """Whether it says of this page or site that it is under something: "This post is licensed under ..."."""
        return bool(_STATED.search(self.text))


def line_of(link: etree._Element) -> Line:
    """The line that a link stands in."""
    before, after, pictured, node = "", _text(link), _shows(link), link
    while True:
        earlier, later = _nodes(node.itersiblings(preceding=True)), _nodes(node.itersiblings())
        outer, first = node.getparent(), (earlier or [node])[-1].getprevious()
        start = first.tail if first is not None else None if outer is None else outer.text
        before = "".join([start or "", *(_text(one) + (one.tail or "") for one in reversed(earlier)), before])
        before = before[-LONGEST_LINE:]
        after = "".join([after, node.tail or "", *(_text(one) + (one.tail or "") for one in later)])[:LONGEST_LINE]
        pictured = pictured or any(map(_shows, (*earlier, *later)))
        if outer is None or outer.tag not in _INLINE:
            return Line(before=before, after=after, pictured=pictured or _is_under_picture(node))
        node = outer


def _nodes(siblings: Iterator[etree._Element]) -> list[etree._Element]:
    """Those of the siblings that go on with the line, nearest first."""
    return list(islice(takewhile(lambda one: one.tag in _INLINE, siblings), MOST_BESIDE))


def _text(element: etree._Element) -> str:
    return "".join(map(str, islice(element.itertext(), MOST_BESIDE)))


def _shows(element: etree._Element) -> bool:
    """Whether an element shows a picture that is no badge or sign of a licence."""
    shown = islice(element.iter(*_PICTURES), MOST_BESIDE)
    return any(not _BADGE.search(one.get("src") or one.get("data-src") or "") for one in shown)


def _is_under_picture(top: etree._Element) -> bool:
    """Whether an element, or the block that it stands in, follows one that is a picture and has no words."""
    block = top.getparent()
    above = (top.getprevious(), None if block is None else block.getprevious())
    return any(one is not None and _shows(one) and not _text(one).strip() for one in above)
