"""What in a text may tell who or where a private person is, for an editor to mask. Pure; words in `private.toml`.

`hints` finds surnames (`surnames.py`), telephone numbers, mail addresses, numbers of orders, cases, customers,
accounts, cards and citizens, and streets with a house number, and says what to put instead. It prefers one hint too
many: an editor passes over it at a glance, and does not see what is missing.

- A telephone number has a country code and 9 to 15 digits, or a leading zero and 9 to 12; eight digits as the Danes and
  Norwegians group them, nine as the Spanish, ten as the Americans; or it has 6 to 12 after a word like *call*. No
  date, price or span of years is one, nor a free number: those are companies'.
- A mail address counts unless it is an office's (*info@*, *kundeservice@*).
- A number of somebody's own stands after a word for it (*order*, *Sendungs-*, *póliza*): three digits or more where a
  word like *number* or a `#` stands between, else five. Bank accounts (IBAN), cards, the Danish, Norwegian and Swedish
  citizens' numbers have a shape of their own; car plates need a word for them.
- A street is a word with an ending or a beginning of streets, and a house number beside it.

Where two hints overlap, the kind that stands first in KINDS wins.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from stories.names import CAPITAL, Place
from stories.surnames import either, initials, surnames, words


class PrivateKind(StrEnum):
    """What may tell who somebody is."""

    SURNAME = "surname"
    PHONE = "phone"
    MAIL = "mail"
    ORDER = "order"  # any number that leads to a person: order, case, customer, account, card, citizen, car
    ADDRESS = "address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """A place in a text, in code points, what stands there, and what could stand there instead."""

    kind: PrivateKind
    start: int
    end: int
    text: str
    instead: str


INSTEAD = {
    PrivateKind.PHONE: "[phone number]",
    PrivateKind.MAIL: "[mail address]",
    PrivateKind.ORDER: "[number]",
    PrivateKind.ADDRESS: "[address]",
}
BESIDE = 30  # characters before a number in which a word like *call* is looked for
FEWEST_CALLED, MOST_CALLED = 6, 12  # digits of a telephone number after such a word
FEWEST_NAMED, FEWEST_BARE = 3, 5  # digits of an order's number, with *number* before it and without
_YEAR = re.compile(r"(?:19|20)\d\d")
_DATE = re.compile(
    r"\d{1,2}([./-])(?:0?[1-9]|1[0-2])\1(?:(?:19|20)\d\d|\d\d)(?![./-]?\d)|\d{4}-\d\d-\d\d"
    r"|(?:19|20)\d\d\s?[-–]\s?(?:19|20)\d\d\b"
)
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,5}[^\W\d_]{2,24}(?!\w)")

_DIGITS = re.compile(r"(?<![\w.,/+-])(?:\+|\(\+?)?\d[\d  ()./–-]{5,24}\d(?![\w])")
_ABROAD = re.compile(r"\(?(?:\+|00)")
_GROUPED = re.compile(
    r"[2-9]\d(?: \d\d){3}|[2-9]\d{3} \d{4}|[49]\d\d \d\d \d{3}"  # Denmark and Norway
    r"|[6-9]\d\d(?: \d{3}){2}|[6-9]\d\d(?: \d\d){3}|9\d \d{3} \d\d \d\d|[67]\d{8}"  # Spain
    r"|(?:1 )?[2-9]\d\d [2-9]\d\d \d{4}"  # North America
)
_FREE = re.compile(
    r"(?:0080|080[08]|0900|0180|0[38]4[45]|087[01]|1?8(?:00|33|44|55|66|77|88)(?=\d{7}$)|90[0-2](?=\d{6}$))"
)

_DAY, _MONTH = r"(?:0[1-9]|[12]\d|3[01])", r"(?:0[1-9]|1[0-2])"
_SHAPED = re.compile(
    rf"(?<![\w-])(?:{_DAY}{_MONTH}\d\d(?:-\d{{4}}| ?\d{{5}})|(?:19|20)?\d\d{_MONTH}{_DAY}[-+]\d{{4}}"  # citizens
    r"|\d{4}([ -])\d{4}\1\d{4}\1\d{4}"  # cards
    r"|(?:AT|BE|CH|DE|DK|ES|FI|FR|GB|IE|IS|IT|LU|NL|NO|PL|PT|SE)\d\d(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?"  # IBAN
    r")(?![\w-])"
)
_NUMBER = r"\d{3,12}(?: \d{3,8}){1,3}|[A-Z0-9]{1,20}(?:[-/][A-Z0-9]{1,20}){0,4}"
_PLATE = (
    r"[A-ZÄÖÜ]{1,3}-[A-Z]{1,2} ?\d{1,4}|[A-Z]{2} ?\d\d ?\d{3}|[A-Z]{2} ?\d{5}|[A-Z]{3} ?\d\d[A-Z0-9]"
    r"|[A-Z]{2}\d\d ?[A-Z]{3}|\d{4} ?[A-Z]{3}|[A-Z0-9]{1,3}-[A-Z0-9]{2,3}-[A-Z0-9]{1,3}"
)

_NAME = rf"[{CAPITAL}][\w'’-]{{1,30}}"
_HOUSE = r"\d{1,4}(?: ?[A-Za-z](?!\w))?(?!\w|[.,]\d|\s?[%€$£])"
_LINKS = r"(?:(?:de|du|des|la|le|les|los|las|del|l'|l’|d'|d’|el)\s?){0,3}"
_STREETS = (
    rf"\d{{1,5}}[A-Za-z]? (?:{_NAME} ){{1,3}}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Close|Court|Ct|Way"
    r"|Terrace|Place|Crescent|Gardens|Boulevard|Blvd|Square|Hill|Row|Mews|Grove)\b",
    rf"(?:{_NAME} ){{0,2}}[{CAPITAL}][\w'’-]{{0,30}}(?:stra(?:ß|ss)e|str\.|gasse|allee|platz|damm|ufer|steig|weg"
    r"|straat|laan|plein|gracht|kade|dijk|singel|steeg|vej|vejen|gaden?|gate|allé|stræde|plads|vænget?|toften|parken"
    rf"|vei|veien|gata|plass|bakken|gatan|vägen|gränd|torget|stigen|backen) {_HOUSE}",
    rf"(?:{_NAME} ){{1,2}}(?:Straße|Strasse|Str\.|Allee|Platz|Weg|Damm|Ring|Gasse|Ufer) {_HOUSE}",
    rf"(?:Am|An der|Auf dem|Auf der|Im|In der|Zum|Zur) (?:{_NAME} )?(?!Jahr|Zimmer|Gate|Gleis){_NAME} {_HOUSE}"
    r"(?! (?:Uhr|Jahre|Minuten|Stunden|Tage))",
    r"\d{1,4}(?: ?(?:bis|ter))?,? (?:rue|avenue|boulevard|place|allée|chemin|impasse|quai|route|cours) "
    rf"{_LINKS}{_NAME}(?:[ -]{_LINKS}{_NAME}){{0,3}}",
    r"(?:[Cc]alle|[Cc]/|[Aa]venida|[Aa]vda\.?|[Aa]v\.|[Pp]laza|[Pp]aseo|[Cc]amino|[Tt]ravesía|[Rr]onda) ?"
    rf"{_LINKS}{_NAME}(?: {_LINKS}{_NAME}){{0,3}},? (?:n\.?[ºo°] ?)?{_HOUSE}",
)
_STREET = re.compile(rf"(?<![\w-])(?:{'|'.join(_STREETS)})")


def hints(text: str, language: str | None) -> tuple[Hint, ...]:
    """What may be private in a text, in order of place; `language` is ISO 639-1."""
    taken = bytearray(len(text))
    found = []
    for kind, places in (
        (PrivateKind.MAIL, _mails(text)),
        (PrivateKind.ORDER, _orders(text)),
        (PrivateKind.ADDRESS, (street.span() for street in _STREET.finditer(text))),
        (PrivateKind.PHONE, _phones(text, language)),
        (PrivateKind.SURNAME, iter(surnames(text, language))),
    ):
        for start, end in places:
            if not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                found.append(_hint(kind, text, start, end))
    return tuple(sorted(found, key=lambda hint: hint.start))


def _hint(kind: PrivateKind, text: str, start: int, end: int) -> Hint:
    said = text[start:end]
    instead = INSTEAD.get(kind) or initials(said)
    if kind is PrivateKind.SURNAME and text[end : end + 1] == ".":
        instead = instead.removesuffix(".")  # the sentence's own full stop follows
    return Hint(kind=kind, start=start, end=end, text=said, instead=instead)


def _mails(text: str) -> Iterator[Place]:
    for mail in _MAIL.finditer(text):
        if mail.group().split("@")[0].lower() not in words("numbers", "offices"):
            yield mail.span()


def _phones(text: str, language: str | None) -> Iterator[Place]:
    for found in _DIGITS.finditer(text):
        start, said = found.start(), found.group()
        called = bool(_calls().search(text[max(0, start - BESIDE) : start]))
        ends = [part.end() for part in re.finditer(r"\d+\)?", said)]
        if _priced(text, start, found.end()) or _DATE.match(said):
            continue
        end = next((end for end in reversed(ends) if _is_phone(said[:end], language, called)), None)
        if end:
            yield start, start + end


def _is_phone(said: str, language: str | None, called: bool) -> bool:
    groups = re.findall(r"\d+", said)
    digits = "".join(groups)
    if _ABROAD.match(said):
        return 9 <= len(digits) <= 15  # noqa: PLR2004  # with the country's code
    if _FREE.match(digits) or (language in ("da", "no") and digits[:2] in ("80", "81")):
        return False
    if len(groups) > 1 and all(map(_YEAR.fullmatch, groups)):
        return False
    national = digits[0] == "0" and 9 <= len(digits) <= 12  # noqa: PLR2004  # Europe, as one dials at home
    return (
        national
        or bool(_GROUPED.fullmatch(" ".join(groups)))
        or (called and FEWEST_CALLED <= len(digits) <= MOST_CALLED)
    )


def _orders(text: str) -> Iterator[Place]:
    yield from (shaped.span() for shaped in _SHAPED.finditer(text))
    yield from (plate.span("plate") for plate in _plates().finditer(text))
    for found in _numbered().finditer(text):
        said, digits = found["number"], sum(map(str.isdigit, found["number"]))
        sure = bool(_strong().search(found["word"] + found["gap"]))
        coded = len(said) >= FEWEST_BARE and not said.isdigit() and said.isupper() and (digits > 1 or sure)
        enough = digits >= (FEWEST_NAMED if sure else FEWEST_BARE) and not (_YEAR.fullmatch(said) and not sure)
        if (coded or enough) and not _priced(text, *found.span("number")):
            yield found.span("number")


def _priced(text: str, start: int, end: int) -> bool:
    """Whether a number is an amount."""
    return bool(_money().match(text, end)) or text[max(0, start - 2) : start].strip()[-1:] in tuple("€$£")


@cache
def _money() -> re.Pattern[str]:
    return re.compile(rf"[.,]\d|\s?(?i:{either('numbers', 'money')})(?!\w)")


@cache
def _calls() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{either('numbers', 'calls')})\b[^\d\n]*$", re.I)


@cache
def _strong() -> re.Pattern[str]:
    return re.compile(rf"(?:{either('numbers', 'strong')})(?!\w)", re.I)


@cache
def _numbered() -> re.Pattern[str]:
    return re.compile(_after("orders", rf"(?P<number>{_NUMBER})(?!\w)"))


@cache
def _plates() -> re.Pattern[str]:
    return re.compile(_after("plates", rf"(?P<plate>{_PLATE})(?!\w)"))


def _after(row: str, number: str) -> str:
    """A pattern for a number after one of a row's words and a few small words and marks."""
    gap = rf"(?:[  :#,.=]|(?<!\w)(?i:{either('numbers', 'between')})(?![^\W\d_])){{0,14}}"
    return rf"(?<!\w)(?P<word>(?i:(?:{either('numbers', row)})[^\W\d_]{{0,16}}))(?P<gap>{gap})(?<![^\W\d_]){number}"
