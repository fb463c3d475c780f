"""Which companies a passage is about, by well-known names and by the shape of a name and the words beside it. Pure.

A name is a run of up to four capitalised words (joined by `&`, `of`, `de` and the like). It earns 3 points for being
a well-known company (`brands.toml`), 2 for a word of trade in it or beside it (*Hotel*, *Bäckerei*, *Airlines*,
*GmbH*), 1.5 for standing after a word that places or addresses (*at*, *bei*, *chez*, *hos*), 1 for standing in the
title, half a point for each time it is named again, up to 3; it loses 3 for standing beside a title or a verb of
speech, as people do, and a single word loses 1 at the beginning of a sentence. In the passage itself all points
count, in the 2,000 characters on each side of it seven tenths. From 2 points on it
may be a company, and is one if it is well known, has a word of trade in it, or is named twice (once, if it has several
words), once of them after a word like *at*, and never in lower case, as a rabbit or a parcel is.
The best two are taken.
"""

import re
from collections import Counter, defaultdict

from stories.brands import brands, brands_in

KNOWN, TRADE, PLACED, IN_TITLE, AGAIN, PERSON, BEGINNING = 3.0, 2.0, 1.5, 1.0, 0.5, -3.0, -1.0
MOST_AGAIN = 3  # repetitions that count
OUTSIDE = 0.7  # what points in the text around the passage are worth
ENOUGH, MOST = 2.0, 2
_WORD = r"(?:[A-ZÀ-ÞØÅÄÖ][\w]+(?:['’.\-][\w]+)*|[a-z]?[A-Z][\w]+(?:\.(?:com|de|no|dk|se|nl|fr|es))?)"
_NAME = re.compile(rf"\b{_WORD}(?:\s(?:(?:&|of|de|del|du|von|van|the|og|och|y)\s)?{_WORD}){{0,3}}")
_BEFORE = re.compile(
    r"\b(?:at|into|from|by|with|to|called|bei|beim|von|vom|zu|zum|zur|im|hos|fra|från|på|i|til|till|med|av|bij|van|naar|met|chez|de|du|à|au"
    r"|en|con|a|al|del)(?:\s(?:the|a|an|my|our|der|die|das|de|het|la|le|el|los))?\s$",
    re.I,
)
_SERVED = re.compile(  # where one is served; towns stand after others (in, to, i, til, à, en)
    r"\b(?:at|from|by|called|bei|beim|von|vom|hos|fra|från|bij|van|chez)(?:\s(?:the|der|die|das|dem|de|het|la|le))?\s$",
    re.I,
)
_PERSON = re.compile(
    r"\b(?:mr|mrs|ms|dr|herr|herrn|frau|fru|mme|mlle|monsieur|madame|señora?|don|doña|mevrouw|meneer|named|namens|navn|namn|hette|hieß|hed|heter"
    r"|llamad[oa]|nommée?|wife|son|daughter|husband|sohn|tochter|ehemann)\.?\s$",
    re.I,
)
_SPEECH = re.compile(
    r"^,?\s(?:said|says|told|asked|replied|wrote|smiled|laughed|sagte|sagt|fragte|meinte|sagde|siger|spurgte|sa|sier|spurte|säger|frågade|zei"
    r"|zegt|vroeg|dit|dijo|dice|preguntó)\b"
)
_TRADE = re.compile(
    r"\b(?:\w*hotell?|hôtel|inn|resort|airlines?|airways|bank|banco|banque|restaurant\w*|café|cafe|pizzeria|bakery|books|bookshop|pharmacy|market|store|stores"
    r"|shop|steakhouse|grill|gmbh|ag|kg|inc|ltd|llc|a/s|aps|asa|b\.v|s\.a|bäckerei|apotheke|buchhandlung|gasthof|bageri|boghandel|apotek|kro|kafé"
    r"|bakeri|bokhandel|bokhandeln|konditori|bakkerij|boekhandel|slagerij|webshop|webwinkel|boulangerie|librairie|pharmacie|auberge|panadería|librería|farmacia"
    r"|hospital|sykehus|sjukhus|ziekenhuis|krankenhaus|klinik|supermarkt|taxi\w*|sparkasse)\b",
    re.I,
)
REACH = 2_000  # characters around a passage in which its company may be named
NEARBY = 24  # characters before or after a name that are its neighbours


def companies(text: str, span: tuple[int, int], title: str | None) -> tuple[str, ...]:
    """The companies that the passage at `span` is about, the surest first."""
    inside = _points(text[slice(*span)])
    near = text[max(0, span[0] - REACH) : span[0]], text[span[1] : span[1] + REACH]
    parts = (title or "", near[0], text[slice(*span)], near[1])
    outside = _points("\n".join((title or "", *near)))
    points = {name: inside[name] + OUTSIDE * outside[name] for name in {*inside, *outside}}
    for name in points:
        points[name] += IN_TITLE * (name in (title or ""))
    best = sorted(
        (name for name in points if points[name] >= ENOUGH and _signed(name, "\n".join(parts))),
        key=lambda name: (-points[name], name),
    )
    return tuple(best[:MOST])


def _signed(name: str, text: str) -> bool:
    """Is a name surely a company's: well known, with a word of trade, or named again and placed where one is served?"""
    if name in brands() or _TRADE.search(name):
        return True
    places = [match.start() for match in re.finditer(rf"\b{re.escape(name)}\b", text)]
    served = any(_SERVED.search(text[max(0, place - NEARBY) : place]) for place in places)
    common = re.search(rf"\b{re.escape(name.lower())}\b", text)
    return served and not common and len(name) > 1 and (len(places) > 1 or _compound(name))


def _compound(name: str) -> bool:
    """Of several words, or with a dot or a capital inside."""
    return any(c in " .&" or c.isupper() for c in name[1:])


def _points(text: str) -> defaultdict[str, float]:
    points: defaultdict[str, float] = defaultdict(float)
    times: Counter[str] = Counter()
    text = text.replace("’", "'")
    for name in brands_in(text):
        points[name] = KNOWN
        times[name] += 1
    for match in _NAME.finditer(text):
        name = match.group().rstrip(".'")
        earned = _shape(text, match)
        points[name] = max(points[name], earned)
        times[name] += 1
    for name in points:
        points[name] += AGAIN * min(times[name] - 1, MOST_AGAIN)
    return points


def _shape(text: str, match: re.Match[str]) -> float:
    before, after = text[max(0, match.start() - NEARBY) : match.start()], text[match.end() : match.end() + NEARBY]
    begins = not before.strip() or before.rstrip()[-1:] in '.!?…:"“„«»–-\n' or before.endswith("\n")
    return (
        TRADE * bool(_TRADE.search(match.group()))
        + PLACED * bool(_BEFORE.search(before))
        + PERSON * bool(_PERSON.search(before) or _SPEECH.search(after))
        + BEGINNING * (begins and " " not in match.group())
    )
