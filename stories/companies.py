"""Which companies a passage is about, by well-known names, by the shape of a name and by the words beside it. Pure.

A name is a run of up to four capitalised words (joined by `&`, *of*, *de*, *og* and the like, in German by few of
these) without the small words that it begins with; where it may be two names (*Anna at Hotel Sol*) each half is one
too (`names.py`). Only names within 2,000 characters of the passage are looked at.

A name has marks: some by its own shape (a word of trade and another, `&`, `.com`, an ending like *-tel*, a first
name), some by a place where it stands (after *at*, after a word of trade, after *I called*, before *in Leeds*, in the
heading, in the passage, in its first third, just before it); a mark that it has anywhere counts once. Its points are
the sum of POINTS, the log odds that this name is the company against that none is; `bench/train_facts.py` fits them.
The best two from ENOUGH on are taken, none that is part of a better one.

ENOUGH is below zero because a wrong name is struck out at the desk more quickly than one is typed. Words of trade and
of staff are those of the language's vocabulary; the patterns below are of all eight languages.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Set

from stories.brands import brands_in
from stories.names import CAPITAL, GIVEN, Place, names
from stories.vocabulary import Vocabulary

POINTS: Mapping[str, float] = {
    "brand": 2.4,
    "ending": 2.0,
    "joined": 2.0,
    "served": 1.7,
    "brand heading": 1.6,
    "contact": 1.6,
    "label": 1.6,
    "located": 1.6,
    "first third": 1.5,
    "above": 1.3,
    "capital inside": 1.3,
    "brand above": 1.2,
    "inside": 1.2,
    "brand inside": 1.1,
    "to": 1.1,
    "trade inside": 1.1,
    "at sign": 1.0,
    "hyphen": 0.9,
    "several": 0.9,
    "legal": 0.8,
    "possessive": 0.7,
    "close": 0.6,
    "parenthesis": 0.5,
    "trade before": 0.4,
    "brand again": 0.3,
    "staff after": 0.3,
    "heading": 0.1,
    "first alone": -0.3,
    "german article": -0.8,
    "begins": -0.9,
    "in": -0.9,
    "person": -0.9,
    "staff inside": -0.9,
    "word": -1.0,
    "titled": -1.1,
    "acronym": -1.2,
    "german noun": -1.2,
    "lower case": -1.2,
    "street": -1.2,
    "age": -1.3,
    "given": -1.6,
    "given and more": -1.8,
    "short": -1.8,
    "any": -5.6,
}
ENOUGH, MOST = -1.4, 2
DECIMALS = 3  # of sums, so that the order of adding, which differs from run to run, never decides
REACH = 2_000  # characters around a passage in which its company may be named
CLOSE, ABOVE = 600, 150  # characters around a passage, and before it: the heading of a list's item
NEARBY = 40  # characters before or after a name that are its neighbours
LABEL, WIDE = 1, 4  # words before a name that may say what it is
SHORT = 4  # letters; shorter names are initials

_ARTICLE = r"(?:\s(?:the|a|an|my|our|der|die|das|dem|den|de|het|een|la|le|les|el|los|las))?"
_MARK = r"\s[\"“„«»'(]*$"
_CALLED = r"""
    call(?:ed|ing)?|phon(?:ed|ing)|r[au]ng|rings?|e-?mail(?:ed|ing)?|wr(?:ote|itten|iting)(?:\sa\s\w+)?(?:\sto)?
    |texted|tweet(?:ed|s)?|contact(?:ed)?|order(?:ed)?|bought|thank(?:s|ed)?|ring(?:ede|te|de|er)?(?:\still?)?
    |skr(?:ev|eiv|iva?|iver)(?:\s\w+){0,2}\still?|mail(?:ede|et|ade|te|de|er|a)?|mejla(?:de|r)?
    |konta(?:kte(?:de|t)|ktade)|rief|an(?:ge)?rufen|schrieb(?:en|e)?(?:\s\w+)?(?:\san)?|gemailt|b[eo]lde|gebeld
    |bellen|gemaild|schreef(?:\s\w+){0,2}\saan|appel(?:é|ai|le|er|a)|téléphoné(?:\sà)?
    |écri(?:t|vis|vit|vait)(?:\s\w+){0,2}\s(?:à|au|aux|chez)|contacté|commandé(?:\schez)?
    |llam(?:é|ó|aron|amos|ar|a)(?:\sal?)?|escrib(?:í|ió|imos|ir)(?:\s\w+){0,2}\sal?|contact(?:é|ó)"""
_KIN = r"""
    mr|mrs|ms|miss|dr|herr|herrn|frau|onkel|tante|fru|hr|mme|mlle|m|monsieur|madame|señora?|sra?|don|doña|mevrouw
    |mevr|meneer|named|name|namens|navn|navnet|namn|hette|hieß|heißt|hed|hedder|heter|heitte|heette|heet|llamad[oa]
    |llamaba|(?:pré)?nommée?|wife|husband|son|daughter|sister|brother|friend|sohn|tochter|schwester|bruder|søster
    |bror|datter|sønn?|dochter|zoon|zus|broer|fille|fils|mari|femme|frère|sœur|hij[oa]|marido|herman[oa]|niet[oa]
    |dotter|syster"""
_BEFORE: Mapping[str, re.Pattern[str]] = {
    "served": re.compile(rf"(?:\b(?:at|from|by|bei|beim|vom|hos|fra|från|frå|bij|chez){_ARTICLE}{_MARK}|@$)", re.I),
    "to": re.compile(
        rf"\b(?:to|with|called|into|outside|of|for|zu|zum|zur|von|an|mit|im|til|till|med|av|af|på|ved|vid|i|van|naar|met|aan|à|au|aux|de|du"
        rf"|avec|dans|en|a|al|del|con){_ARTICLE}{_MARK}",
        re.I,
    ),
    "contact": re.compile(rf"\b(?:{_CALLED})(?:\s(?:the|die|den|de|la|le|el|bei|op|upp|an))?{_MARK}", re.I | re.X),
    "person": re.compile(rf"\b(?:{_KIN})\.?,?\s$", re.I | re.X),
}
_ARTICLED = re.compile(
    r"\b(?:d(?:er|ie|as|em|en|es)|k?ein(?:e[mnrs]?)?|[ms]ein(?:e[mnrs]?)?|ihre?[mnrs]?|unsere?[mnrs]?|diese[mnrs]?|\w{3,}e[nrsm])\s$"
)
_IN: Mapping[str, re.Pattern[str]] = {  # towns stand after these
    language: re.compile(rf"\b(?:{words})\s$", re.I)
    for language, words in {
        "en": "in|near|outside|to|around|north of|south of|east of|west of",
        "de": "in|aus|nach|bei|um",
        "da": "i|til|ved|omkring",
        "no": "i|til|ved|på",
        "sv": "i|till|vid|utanför",
        "nl": "in|te|naar|uit|bij|rond",
        "fr": "à|en|vers|près de|au",
        "es": "en|a|hacia|cerca de|desde",
    }.items()
}
_AFTER: Mapping[str, re.Pattern[str]] = {
    "located": re.compile(
        rf"^,?\s(?:in|i|à|te|en|at|on|near|am|an|bei|ved|vid|på|aux?|op|aan|près|cerca|de)\s(?:(?:the|la|le|der|den|de)\s)?[{CAPITAL}]"
    ),
    "parenthesis": re.compile(rf"^\s\([{CAPITAL}]"),
    "age": re.compile(r"^,?\s?\(?(?:aged\s)?\d{1,2}(?:\)|,|\s(?:ans|años|jaar|år|jahre))"),
}
_SHAPE: Mapping[str, re.Pattern[str]] = {
    "joined": re.compile(
        r"&|\b(?:og|och|und|et|y|and) "
        r"(?:Sons?|Daughters?|Söhne|Sohn|Töchter|Søn|Sønn?er|Söner|Fils|Filles?|Zn|Zoon|Zonen|Hij[oa]s?)\b"
    ),
    "legal": re.compile(
        r"\b(?:GmbH|AG|KG|Inc|Ltd|LLC|A/S|ApS|ASA|AB|B\.?V|S\.?A|SL|SARL|Co|Corp|Group|Gruppe)\b"
        r"|\.(?:com|co\.uk|de|no|dk|se|nl|be|fr|es|ch|at|io|net|org|eu|shop|app)\b"
    ),
    "ending": re.compile(
        r"(?:air|jet|wings?|fl[yu]|luft|avia|vinge|tel|tele|nett?|nät|fib(?:er|re)|mobil\w*|lines?|lini?e|linje|bank|kasse|caja|banco|post|pak(?:et|ke)"
        r"|express|bud|kurier|cargo|rail|bahn|tåg|tog|trans\w*|bus|buss|trafik|taxi|ferry|færge|ferries|ma?rkt|mart|markedet|shop|store|butik\w*|we?rke?"
        r"|energi\w*|strom|strøm|volt\w*|soft|app|cloud|data|care|med|klinik|apotek\w*|optik|gut|goed|huset|haus|hus|huis|laden|handel|boden|hallen|hof"
        r"|hotell?\w*|inn|lodge|krone|kro|insurance|mutual|assur\w*|forsikring|versicher\w*|mutuelle|pay|card|cash)\b"
        r"|\b(?:aero|trans|tele|euro|inter|nord|sky|fjord|vest)",
        re.I,
    ),
    "capital inside": re.compile(r"[a-zà-ÿ][A-Z]"),
    "hyphen": re.compile("-"),
    "acronym": re.compile(rf"(?<!\w)[{CAPITAL}]{{2,}}(?!\w)"),
    "several": re.compile(r"\w \S"),
    "possessive": re.compile(r"'s\b"),
    "short": re.compile(rf"^.{{1,{SHORT - 1}}}$"),
    "street": re.compile(
        r"(?:straat|stra(?:ß|ss)e|gade|gata|gatan|gate|vej|vei|vägen|laan|plein|platz|plads|allee)\b|^(?:Rue|Calle|Plaza|Avenue|Avenida)\b|\b(?:Street|Road)$",
        re.I,
    ),
    "titled": re.compile(
        r"^(?:Mr|Mrs|Ms|Miss|Dr|Herr|Frau|Fru|Hr|Mme|Mlle|M|Monsieur|Madame|Señora?|Don|Doña|Mevrouw|Meneer|Sir|Aunt|Uncle|Tante|Onkel)\b"
    ),
}
_SENTENCE = re.compile(r"[.!?;:\n]")


def companies(text: str, span: Place, title: str | None, words: Vocabulary) -> tuple[str, ...]:
    """The companies that the passage at `span` is about, the surest first."""
    points = {
        name: round(sum(map(POINTS.__getitem__, marks)), DECIMALS)
        for name, marks in evidence(text, span, title, words).items()
    }
    found: list[str] = []
    for name in sorted(points, key=lambda name: (-points[name], name)):
        if points[name] < ENOUGH or len(found) == MOST:
            break
        if not any(name in better or better in name for better in found):
            found.append(name)
    return tuple(found)


def evidence(text: str, span: Place, title: str | None, words: Vocabulary) -> dict[str, set[str]]:
    """The names around a passage, each with its marks: keys of POINTS, "any" always among them."""
    text = text.replace("’", "'")
    near = max(0, span[0] - REACH), span[1] + REACH
    places = defaultdict(list)
    for start, end in names(text, words.language):
        if near[0] <= start <= near[1]:
            places[text[start:end]].append(start)
    known, common = set(brands_in(text[slice(*near)])), set(re.findall(r"\b[a-zà-ÿ][\w'-]*", text))
    found = {}
    for name, starts in places.items():
        brand = name in known
        marks = {"any"} | _shape(name, brand, words, text)
        marks |= {"lower case"} if name.lower() in common and not brand else set()
        for start in starts:
            marks |= _beside(text, start, start + len(name), words) | _where(text, start, span)
        marks |= {"heading"} if title and name in title else set()
        if brand:
            marks |= {f"brand {mark}" for mark in ("inside", "above", "heading") if mark in marks}
            marks |= {"brand"} | ({"brand again"} if len(starts) > 1 else set())
        found[name] = marks
    return found


def _shape(name: str, brand: bool, words: Vocabulary, text: str) -> set[str]:
    marks = {mark for mark, shape in _SHAPE.items() if shape.search(name)}
    first, *rest = name.split()
    means = [_named(word, words) for word in (name, first, *rest)]
    if rest and any(_trade(meaning) and "staff" not in meaning for meaning in means):
        marks.add("trade inside")
    if any(meaning & {"staff", "kin", "person"} for meaning in means):
        marks.add("staff inside")
    if first.removesuffix("'s") in GIVEN:
        marks.add("given and more" if rest else "given")
    if rest and text.count(first) > text.count(name):
        marks.add("first alone")  # people are named in full, then by their first name
    if not rest and words.language == "de":
        marks.add("german noun")
    if not rest and words.meaning(name.lower()).names:
        marks.add("word")
    return marks - {"short", "acronym", "german noun", "given", "word"} if brand else marks


def _beside(text: str, start: int, end: int, words: Vocabulary) -> set[str]:
    """The marks of a place by the words before and after it."""
    before, after = text[max(0, start - NEARBY) : start], text[end : end + NEARBY]
    line = before.rsplit("\n", 1)[-1]
    marks = {mark for mark, pattern in _BEFORE.items() if pattern.search(before)}
    marks |= {mark for mark, pattern in _AFTER.items() if pattern.search(after)}
    marks |= {"in"} if _IN[words.language].search(before) else set()
    same = _SENTENCE.split(line)[-1].split()
    marks |= {"label"} if _trade(_named(" ".join(same[-LABEL:]), words)) else set()
    marks |= {"trade before"} if _trade(_named(" ".join(same[-WIDE:]), words)) else set()
    follows = _named(" ".join(re.split(r"[.!?;:,\n]", after)[0].split()[:2]), words)
    marks |= {"staff after"} if _trade(follows) or follows & {"staff", "service"} else set()
    marks |= {"german article"} if words.language == "de" and _ARTICLED.search(before) else set()
    marks |= {"at sign"} if text[start] == "@" else set()
    begins = not line.strip() or line.rstrip()[-1] in '.!?…:"“„«»–-*#/>'
    return marks | ({"begins"} if begins and " " not in text[start:end] else set())


def _where(text: str, start: int, span: Place) -> set[str]:
    """The marks of a place by where it is from the passage and the text's first line."""
    line = text[:start].rsplit("\n", 1)[-1].strip("*#0123456789.)>/- ")
    marks = {"heading"} if not line or "\n" not in text[:start].strip("\n*# ") else set()
    marks |= {"close"} if span[0] - CLOSE <= start < span[1] + CLOSE / 2 else set()
    marks |= {"above"} if span[0] - ABOVE <= start < span[0] else set()
    marks |= {"inside"} if span[0] <= start < span[1] else set()
    return marks | ({"first third"} if span[0] <= start < span[0] + (span[1] - span[0]) / 3 else set())


def _named(text: str, words: Vocabulary) -> set[str]:
    return {name for *_, name in words.named(words.words(text))}


def _trade(names: Set[str]) -> bool:
    return "place" in names or any(name.startswith("sectors.") for name in names)
