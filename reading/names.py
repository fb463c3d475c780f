"""The name in a line that names an author: "by Ann Lee", "Ann Lee says:", "Posted by Ann Lee on"."""

import re

_LONGEST = 80  # characters; a longer line is no name
_BEFORE = re.compile(
    r"^\W*(?:(?:(?i:posted|written|published|comment|geschrieben|verfasst|veröffentlicht|skrevet|skriven|publié|écrit|"
    r"publicado|escrito|geplaatst|geschreven|gepost|innlegg|indlæg|kommentar|commentaire|submitted|eingetragen)\s+)?"
    r"(?:[Bb]y|BY|[Vv]on|[Aa]v|[Aa]f|[Pp]ar|[Pp]or|[Dd]oor)|"
    r"(?i:autore?r?|author|auteur|forfatter|författare|tekst|texte?|posted by|from|name)\s*:)\s*:?\s+",
)
_AFTER = re.compile(
    r"\s*(?:\b(?:says?|said|writes|wrote|commented|replied|sagt|sagte|schreibt|schrieb|meint|sier|skriver|skrev|"
    r"siger|säger|zegt|schreef|dit|a dit|a écrit|dice|dijo|escribió|on|am|den|le|el|at)\b\s*)?"
    r"(?:[\s:,…|·•–—-]|(?<!\s[^\W\d_])\.)*$",  # "Ann L." keeps its point
    re.I,
)
_LONGEST_BYLINE = 160  # characters
_SEPARATORS = re.compile(r"\s*[|·•»«—–]\s*|,\s")
_CLOCK = re.compile(
    r"\d\d?[:.]\d\d|^\W*(?:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|montag|dienstag|mittwoch|donnerstag|freitag"
    r"|samstag|sonntag|man|tir|ons|tor|lør|søn|fre|lun|mar|mer|jeu|ven|sam|dim|at|um|on|am|kl|le|el)\W*$",
    re.I,
)
_SIGNED = re.compile(
    r"(?:^|(?P<verb>(?i:posted|written|published|submitted|verfasst|geschrieben|veröffentlicht|publié|écrit|publicado"
    r"|escrito|skrevet|skriven|geplaatst|tekst|text|words))\s|\d.*\s)"
    r"(?:[Bb]y|BY|[Vv]on|VON|[Pp]ar|[Pp]or|[Dd]oor|[Aa]v|[Aa]f|[Aa]utore?r?:|[Ff]orfatter:):?\s+(?=[^\W\d_])(?P<name>.+)"
)
_DATED = re.compile(r"^\W*\d[\d:./,\s-]*$|\d{4}-\d\d|\d:\d\d|\d[./]\d\d?[./]\d")  # a date or a time is no name
_PARTICLE = re.compile(r"^(?:de|der|den|van|von|la|le|da|di|del|af|av|el|al|bin|ter|ten|dos)$")
_MOST_WORDS = 6  # in a name
_INITIAL = 2  # characters of "J."
_LETTERS = re.compile(r"[^\W\d_]{2}")
_NONE = re.compile(r"^(?:by|von|av|af|par|por|door|author|admin by)?\W*$", re.I)


def name(text: str | None) -> str | None:
    """The name in `text`, None if there is none."""
    said = " ".join((text or "").split())
    if not said or len(said) > _LONGEST:
        return None
    said = _BEFORE.sub("", said, count=1)
    said = _AFTER.sub("", said, count=1).strip(' \t:,|·•–—-«»"“”')
    return None if _NONE.match(said) or _DATED.search(said) else said


def credit(said: str, date: str) -> str | None:
    """The name in a byline that also tells `date`: "Ann Lee wrote on May 3", "Ann Lee | 3 May"."""
    said = " ".join(said.split())
    if not said or len(said) > _LONGEST_BYLINE:
        return None
    before, _, after = said.partition(date) if date else (said, "", "")
    for part in (*_SEPARATORS.split(before), *_SEPARATORS.split(after)):
        if (found := name(part)) and _LETTERS.search(found) and not _CLOCK.search(part):
            return found
    return None


def signed(said: str) -> str | None:
    """The name in a line that signs: "Monday 4 May by Ann Lee", "Written by Ann Lee at 12:53"."""
    said = " ".join(said.split())
    match = _SIGNED.search(said) if len(said) <= _LONGEST_BYLINE else None
    if match is None:
        return None
    words: list[str] = []
    for word in _SEPARATORS.split(match["name"])[0].split():
        small = not word[:1].isupper() and not (words and _PARTICLE.match(word))
        if small and not (match["verb"] and not words):
            break
        words.append(word)
        if word.endswith((",", ".", ":")) and len(word) > _INITIAL:
            break
    return name(" ".join(words)) if 0 < len(words) <= _MOST_WORDS else None
