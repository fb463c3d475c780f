"""Where a text names private people by their surname. Pure; its words are in `private.toml`.

A surname is the one to three capitalised words, with particles before them (*van der*, *de la*, *af*), that follow one
to three given names or a title (*Mrs*, *Herr*, *fru*), or that end what begins with *my name is*. Of two given names
the second is a surname (*Peter Martin*), unless the two are usual as one (*Anne Marie*).

It is none where the name is a company's or a street's: a word of that kind in it, just before or just after it (*Peter
Hansen A/S*, *Hotel Anna Sacher*), or a well-known name. In German, where every noun has a capital, everyday nouns and
those that the vocabulary of stories knows end it (*als Anna Kuchen brachte*), except professions, which are surnames
too. A surname that was found is found again where it stands alone (*Hansen laughed*), if it is long enough.

Whoever is called founder or director is found too: who is private, an editor decides.
"""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from stories.brands import brand_places
from stories.names import CAPITAL, GIVEN, Place
from stories.vocabulary import vocabulary

TABLE = Path(__file__).parent / "private.toml"
MOST_GIVEN, MOST_WORDS = 3, 3  # given names of one person, and words of a surname
SHORTEST_ALONE = 4  # letters of a surname that is found without a given name: *Lund*, not *Ray*
BESIDE = 24  # characters before a name in which a company's word is looked for: *Restaurant*, and an article

_LETTER = r"[^\W\d_]"
WORD = rf"(?:(?:[ODL]['’]|Mc|Mac)[{CAPITAL}]|[{CAPITAL}]){_LETTER}{{1,30}}(?:-{_LETTER}{{1,30}}){{0,3}}"
_PARTICLE = (
    r"(?:[Vv]an(?: de[nr]?| 't)?|[Vv]on(?: de[mr])?|vom|zu[mr]?|[Dd]e(?:[lnr]| las?| los)?|du|des|di|da|te[nr]?|af|av)"
)
_WORD = re.compile(rf"(?<![\w'’@.-]){WORD}(?![\w@])")
_MORE = re.compile(rf"[  ](?:({WORD})|[{CAPITAL}]\.?(?=[  ]))(?!\w)")
_SURNAME = re.compile(rf"[  ]((?:{_PARTICLE}[  ])?{WORD}(?:[  ]{WORD}){{0,{MOST_WORDS - 1}}})(?!\w)")
_PARTS = re.compile(r"[\w'’-]+")
_BEFORE = re.compile(r"([\w'’-]+)[  ]\Z")
_ENDING = r"\s?[&+]\s?\w|\.(?:com|org|net|dk|no|se|nl|be|de|at|ch|fr|es|eu)\b"


def surnames(text: str, language: str | None) -> list[Place]:
    """The places of surnames, in order, in code points."""
    brands = set(brand_places(text))
    found: set[Place] = set()
    done = 0
    for begin, end in sorted(_people(text, language)):
        if begin >= done and (place := _surname(text, end, language)):
            done = place[1]
            if not _company(text, begin, place) and not brands & {begin, place[0]}:
                found.add(place)
    taken = brands | {place for start, end in found for place in range(start, end)}
    alone = _alone(text, {text[start:end] for start, end in found}, language)
    return sorted(found | {place for place in alone if place[0] not in taken})


def initials(surname: str) -> str:
    """What stands for a surname: *H.* for Hansen, *G. V.* for García Vidal, *B.* for van der Berg."""
    words = [word for word in surname.split() if word[0].isupper()]
    names = [word for word in words if word not in ("Van", "Von", "De", "Del", "Der", "Den")] or words
    return " ".join(f"{word[0]}." for word in names)


def _people(text: str, language: str | None) -> Iterator[Place]:
    """Where a person's name begins, and where a surname may."""
    given = words("given")
    for word in _WORD.finditer(text):
        if _is_given(word.group(), given):
            yield word.span()
    for word in _titles().finditer(text):
        if word["title"] != "M." or language == "fr":
            yield word.span()
    for word in _called().finditer(text):
        yield word.span()


def _surname(text: str, end: int, language: str | None) -> Place | None:
    """The surname that follows what ends at `end`, after further given names."""
    given, before = words("given"), text[max(0, end - BESIDE) : end].rsplit(maxsplit=1)[-1]
    last: Place | None = None
    for _ in range(MOST_GIVEN - 1):
        more = _MORE.match(text, end)
        if more is None or (more[1] and not _is_given(more[1], given)):
            break
        last = None if more[1] is None or before in words("surnames", "doubled") else more.span(1)
        end = more.end()
    found = _SURNAME.match(text, end)
    kept = _kept(text, *found.span(1), language) if found else None
    return kept or last


def _kept(text: str, start: int, end: int, language: str | None) -> Place | None:
    """A surname up to its first word that is none."""
    kept = None
    for part in _PARTS.finditer(text, start, end):
        word = part.group()
        if word in words("surnames", "never") or (language == "de" and word[0].isupper() and _noun(word)):
            break
        kept = part.end() if word[0].isupper() else kept
    return (start, kept) if kept else None


def _noun(word: str) -> bool:
    names = vocabulary("de").meaning(word.lower()).names
    return word in words("surnames", "nouns") or bool(names and "staff" not in names)


def _company(text: str, begin: int, place: Place) -> bool:
    """Whether a name is a company's, a street's or a well-known one."""
    start, end = place
    trade, name = words("surnames", "companies"), text[begin:end].replace("’", "'")
    before = _BEFORE.search(text, max(0, begin - BESIDE), begin)
    return (
        any(name.startswith(known) for known in words("surnames", "known"))
        or not trade.isdisjoint(_PARTS.findall(text, start, end))
        or (before is not None and before[1] in trade)
        or _trading().match(text, end) is not None
    )


def _alone(text: str, names: set[str], language: str | None) -> Iterator[Place]:
    """Where the last word of a surname stands by itself."""
    last = {name.split()[-1] for name in names}
    again = {word for word in last if len(word) >= SHORTEST_ALONE and word not in words("given")}
    if language == "de":
        again = {word for word in again if not vocabulary("de").meaning(word.lower()).names}
    for word in _WORD.finditer(text) if again else ():
        if word.group() in again and not _company(text, *(word.start(), word.span())):
            yield word.span()


def _is_given(word: str, given: frozenset[str]) -> bool:
    return word in given or ("-" in word and all(part in given for part in word.split("-")))


@cache
def words(table: str, row: str | None = None) -> frozenset[str]:
    """The words of a row of `private.toml`, or of all rows of a table."""
    rows = listed()[table]
    found = (word.replace("_", " ") for name, said in rows.items() if row in (None, name) for word in said.split())
    return frozenset(found) | (GIVEN if table == "given" else frozenset())


@cache
def listed() -> dict[str, dict[str, str]]:
    """The tables of `private.toml`."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


def either(table: str, row: str) -> str:
    """A pattern for any word of a row, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words(table, row), key=lambda word: (-len(word), word)))


@cache
def _trading() -> re.Pattern[str]:
    """What follows a company's name: *& Sons*, *.com*, *A/S*, *'s Bakery*."""
    trade = either("surnames", "companies")
    return re.compile(rf"{_ENDING}|(?:['’]?s)?,?\s(?:(?:og|och|und|and|et|y|en)\s)?(?:{trade})(?!\w)")


@cache
def _titles() -> re.Pattern[str]:
    titles = either("surnames", "titles")
    return re.compile(rf"(?<![\w.-])(?:(?P<title>(?i:{titles})\b\.?|M\.)(?:[  ](?:Dr|Prof)\.?)?)(?=[  ])")


@cache
def _called() -> re.Pattern[str]:
    return re.compile(rf"\b(?i:{either('surnames', 'called')})[  ]{WORD}(?=[  ])")
