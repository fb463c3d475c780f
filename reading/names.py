"""The name in a line that names an author: "by Ann Lee", "Ann Lee says:", "Posted by Ann Lee on Friday, 3 May".

What stands before a name (a verb and a preposition, or "Author:") and after it (says, on, a weekday, punctuation) is
taken off, in the languages of our sources. Words after a name count only in lower case, since Le and On are names too.
A line that is long, a date or a time is no name.
"""

import re

from reading.datewords import date_words, fold
from reading.prose import tags

_LONGEST = 80  # characters; a longer line is no name
_LONGEST_BYLINE = 160  # characters
_MOST_WORDS = 6  # in a name
_INITIAL = 2  # characters of "J."

_VERBS = tags(
    "posted written published comment commented submitted saved added words geschrieben verfasst veröffentlicht"
    " gespeichert eingestellt erstellt kommentar skrevet indsendt oprettet innlegg indlæg skriven upplagd inlagd"
    " publicerad geplaatst geschreven gepost ingezonden reactie publié écrit rédigé posté commentaire publicado escrito"
    " enviado comentario tekst text"
) | {"lagt inn"}
_VERB = "|".join(map(re.escape, sorted(_VERBS, key=len, reverse=True)))
_BY = "[Bb]y|BY|[Vv]on|VON|[Aa]v|[Aa]f|[Pp]ar|[Pp]or|[Dd]oor"
_LABEL = r"(?i:autore?r?|author|auteur|forfatter|författare|tekst|texte?|from|name)\s*:"
_BEFORE = re.compile(rf"^\W*(?:(?:(?i:{_VERB})\s+)?(?:{_BY})|{_LABEL})\s*:?\s+")
_SIGNED = re.compile(
    rf"(?:^|(?P<verb>(?i:{_VERB}))\s|\d.*\s)(?:{_BY}|{_LABEL}):?\s+(?=[^\W\d_])(?P<name>.+)",
)
_AFTER = tags(
    "say says said write writes wrote comments commented replied asked hat sagt sagte gesagt schreibt schrieb"
    " geschrieben meint meinte sier sa skriver skrev siger sagde säger sade zegt zei schreef schrijft dit a écrit dice"
    " dijo escribió comentó on am at um den le el op om kl à às"
)
_PARTICLE = re.compile(r"^(?:de|der|den|van|von|la|le|da|di|del|af|av|el|al|bin|ter|ten|dos)$")
_SEPARATORS = re.compile(r"\s*[|·•»«—–]\s*|,\s")
_AROUND = ' \t:;,.…|·•–—-«»"“”()'
_NONE = re.compile(r"^(?:by|von|av|af|par|por|door|author|admin by)?\W*$", re.I)
_DATED = re.compile(r"^\W*\d[\d:./,\s-]*$|\d{4}-\d\d|\d:\d\d|\d[./]\d\d?[./]\d")
_LETTERS = re.compile(r"[^\W\d_]{2}")


def name(text: str | None) -> str | None:
    """The name in `text`, None if there is none."""
    said = " ".join((text or "").split())
    if not said or len(said) > _LONGEST:
        return None
    words = _BEFORE.sub("", said, count=1).split()
    while len(words) > 1 and _is_after(words[-1]):
        words.pop()
    said = " ".join(words).strip(' \t:,|·•–—-«»"“”…')
    return None if _NONE.match(said) or _DATED.search(said) else said


def _is_after(word: str) -> bool:
    bare = word.strip(_AROUND)
    return not bare or bare in _AFTER or (bare != word and fold(bare) in date_words().weekdays)


def is_filler(said: str) -> bool:
    """Whether a line is only what stands around names and dates: "says:", "on", "|"."""
    return all(_is_after(word) for word in said.split())


def credit(said: str, date: str) -> str | None:
    """The name in a byline that also tells `date`: "Ann Lee wrote on May 3", "Ann Lee | 3 May"."""
    said = " ".join(said.split())
    if not said or len(said) > _LONGEST_BYLINE:
        return None
    before, _, after = said.partition(date) if date else (said, "", "")
    for part in (*_SEPARATORS.split(before), *_SEPARATORS.split(after)):
        found = name(part)
        if found and _LETTERS.search(found) and fold(found.strip(_AROUND)) not in date_words().weekdays | _AFTER:
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
