"""What somebody sends in by a form: a link to a story, a link to a video, or a story in their own words. Pure.

A form is anybody's text. Control characters and marks that turn the direction of writing are taken out, white space at
the ends too; a paragraph is a line. Then, field by field, either all is well and there is a `Sent`, or each field that
is not has one sentence that says what to do. An address must be http or https, name a host and no user; one without its
scheme (`example.org/a`) gets https. Whether it may be asked for is for the crawler to say, which refuses private ones.

`entry` makes a page of it, for what is told in words and for links that could not be read: as of an entry in a feed, so
that it is read like everything else. Its address is `submission:12`, which no page of the web has.
"""

import datetime
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from urllib.parse import urlsplit

from reading.entry import Entry

MOST_URL, MOST_TITLE, MOST_WORDS, MOST_NAME, MOST_MAIL = 2_000, 200, 20_000, 100, 254  # characters; mail: RFC 5321
FEWEST_WORDS = 20  # of a story in words: fewer tell none (stories/detect.py)
SCHEME = "submission:"
CONSENT = "We may publish this story, shortened if need be."
_TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # the direction of writing
_BLANKS = str.maketrans("\t\u2800", "  ")  # Braille's empty cell looks like a space
_BARE = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}(?:[/?#]|$)")
_MAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;.]{2,}")


class Kind(StrEnum):
    """What was sent."""

    LINK = "link"
    VIDEO = "video"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What was sent: `words` are the story itself, or what is said of the link; `printed` the name to print with it."""

    kind: Kind
    url: str | None = None
    title: str = ""
    words: str = ""
    language: str | None = None
    printed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How to reach who sent it, for editors alone, and the words that they agreed to; empty where none were needed."""

    name: str = ""
    mail: str = ""
    consent: str = ""


Mistakes = Mapping[str, str]
"""For each field that is wrong, in the order of the form, what to do about it."""


def clean(text: str) -> str:
    """Text without what cannot be seen, on lines of its own where it had any."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").translate(_BLANKS)
    return "".join(c for c in lines if c == "\n" or (unicodedata.category(c) not in ("Cc", "Cs") and c not in _TURNS))


def fields(form: Mapping[str, str]) -> dict[str, str]:
    """The fields of a form, cleaned: `words` a paragraph a line, the others one line."""
    lines = {name: " ".join(clean(value).split()) for name, value in form.items() if name != "words"}
    paragraphs = (line.strip() for line in clean(form.get("words", "")).split("\n"))
    return lines | {"words": "\n".join(filter(None, paragraphs))}


def checked(given: Mapping[str, str], languages: Mapping[str, str], *, editor: bool = False) -> Sent | Mistakes:
    """What the cleaned fields say, or what is wrong with them. An editor needs nobody's consent here."""
    kind = Kind(given["kind"]) if given.get("kind") in list(Kind) else None
    if kind is None:
        return {"kind": "Choose what you have: a link, a video or a story."}
    url = None if kind is Kind.TEXT else address(given.get("url", ""))
    agreed = editor or kind is not Kind.TEXT or given.get("consent")
    found = {
        "url": _about_url(kind, url, given.get("url", "")),
        "words": _about_words(kind, given["words"]),
        "title": _too_long(given.get("title", ""), MOST_TITLE),
        "language": "Choose one of the list." if given.get("language") and given["language"] not in languages else "",
        "printed": _too_long(given.get("printed", ""), MOST_NAME),
        "consent": "" if agreed else "We need your consent to print it.",
        "name": _too_long(given.get("name", ""), MOST_NAME),
        "mail": _about_mail(given.get("mail", "")),
    }
    if wrong := {field: said for field, said in found.items() if said}:
        return wrong
    return Sent(
        kind=kind,
        url=url,
        title=given.get("title", ""),
        words=given["words"],
        language=given.get("language") or None,
        printed=given.get("printed", ""),
    )


def contact(given: Mapping[str, str]) -> Contact:
    """Name, mail and consent of cleaned fields."""
    consent = CONSENT if given.get("consent") else ""
    return Contact(name=given.get("name", ""), mail=given.get("mail", ""), consent=consent)


def address(text: str) -> str | None:
    """The web address that somebody typed; None where it is none that can be asked for."""
    text = f"https://{text}" if _BARE.match(text) else text
    try:
        parts = urlsplit(text)
        bad = not parts.hostname or "@" in parts.netloc or parts.port == 0
    except ValueError:  # `http://[`, or a port that is no number
        return None
    if bad or parts.scheme not in ("http", "https") or len(text) > MOST_URL or re.search(r"[\s\\<>\"]", text):
        return None
    return text


def entry(number: int, sent: Sent, day: datetime.date) -> Entry:
    """What was said as an entry to be read, under the link that it speaks of or the number of its own."""
    said = sent.words or sent.title or sent.url or ""
    return Entry(
        link=sent.url or f"{SCHEME}{number}",
        title=sent.title or None,
        author=sent.printed or None,
        published=day if sent.kind is Kind.TEXT else None,
        html="".join(f"<p>{escape(line)}</p>" for line in said.split("\n") if line.strip()),
        language=sent.language,
    )


def _about_url(kind: Kind, url: str | None, typed: str) -> str:
    if kind is Kind.TEXT or url:
        return ""
    return (
        f"Shorten it to {MOST_URL:,} characters."
        if len(typed) > MOST_URL
        else "Give the whole address, such as https://example.org/a-story."
    )


def _about_words(kind: Kind, words: str) -> str:
    if len(words) > MOST_WORDS:
        return f"Shorten it to {MOST_WORDS:,} characters; it has {len(words):,}."
    if kind is Kind.TEXT and len(words.split()) < FEWEST_WORDS:
        return f"Tell the story, in {FEWEST_WORDS} words at least."
    return ""


def _about_mail(mail: str) -> str:
    if not mail or (_MAIL.fullmatch(mail) and len(mail) <= MOST_MAIL):
        return ""
    return "Give an address like name@example.org, or leave it empty."


def _too_long(text: str, most: int) -> str:
    return f"Shorten it to {most} characters; it has {len(text)}." if len(text) > most else ""
