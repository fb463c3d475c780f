"""How much of a story may be shown: what its page asks for, what its licence allows, and what an operator has set.

The words are other people's. Title, author, link and licence are always shown, and an editor's summary, which is ours.

- **An excerpt** of 1,200 characters at most (setting `excerpt`, or the source's own `excerpt=` in feeds.txt; 0: none)
  is a quotation, whatever the licence. It is cut at the end of a sentence where there is one in its last third, else
  of a word; never in a word or in brackets, which is what masks leave. Where its first word is longer there is none.
- **The whole story** is shown only where it is asked for and allowed: by the operator's word for the source
  (`licence=`), or else by a Creative Commons licence that the page names. One that forbids changes (nd) allows a
  passage word for word, be it the finder's or an editor's, but not one in which words were masked. One without
  commerce (nc) is for the website to heed: the licence stands in the entry. A comment is not under its page's licence.
- **What its page asks for** counts more than either, also when it came after the story was approved: with `nosnippet`,
  `noindex` or a reservation of text and data mining (`tdm`) by title and link alone; with `noarchive` an excerpt, never
  more than that, and no archive holds it; with `max-snippet:N` an excerpt of N characters at most.
"""

import re
from dataclasses import dataclass

from reading.deeds import allows_changes, deed
from storage.entries import Entry

EXCERPT, LICENCE = "excerpt", "licence"  # the source's settings
ALL = "all"  # as a licence: the owner allows all of it
PERMISSION = "with the owner's permission"  # what readers see of that
LINK_ONLY = frozenset({"nosnippet", "noindex", "tdm"})
SNIPPET = "max-snippet:"
MORE = " …"
LONGEST_BRACKETS = 202  # characters: a mask (storage/edits.py) and its brackets
_SENTENCE = re.compile(r"[.!?…؟۔][»”“\"'’)\]]*+(?=\s|$)")
_WORD = re.compile(r"\S(?=\s|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What is shown of a story: its text, and whether that is all of it. `licence` is the address or name of its
    licence, `archived` whether an archive may hold it, `asked` what its page asks for that lets only title and link be
    shown: no text, and no pictures either."""

    text: str
    whole: bool
    licence: str | None
    archived: bool
    asked: frozenset[str] = frozenset()


def shown(entry: Entry, characters: int, *, whole: bool) -> Shown:
    """What may be shown of an entry, `characters` of it where its source says nothing else; all of it where `whole` is
    asked for and allowed."""
    said = entry.options.get(LICENCE)
    licence = PERMISSION if said == ALL else said or deed(entry.licence or "")
    archived = "noarchive" not in entry.reserved
    if asked := entry.reserved & LINK_ONLY:
        return Shown(text="", whole=False, licence=licence, archived=archived, asked=asked)
    free = licence is not None and (allows_changes(licence) or not entry.altered)
    limits = [int(word.removeprefix(SNIPPET)) for word in entry.reserved if word.startswith(SNIPPET)]
    most = min(int(entry.options.get(EXCERPT, characters)), *limits, len(entry.text))
    text = entry.text if whole and free and archived and not limits else cut(entry.text, most)
    return Shown(text=text, whole=text == entry.text, licence=licence, archived=archived)


def explained(entry: Entry, characters: int) -> str:
    """What readers get of an entry, and why, for whoever asks."""
    most = shown(entry, characters, whole=True)
    if most.asked:
        return f"title and link alone: its page asks for {', '.join(sorted(most.asked))}"
    excerpt = shown(entry, characters, whole=False)
    said = f"{len(excerpt.text):,} of {len(entry.text):,} characters"
    if limit := next((word for word in entry.reserved if word.startswith(SNIPPET)), None):
        return f"{said}: its page asks for {limit}"
    if most.whole and not excerpt.whole:
        return f"{said}; all of it where content=full is asked for: {most.licence}"
    if not most.archived:
        return f"{said}, in no archive: its page asks for noarchive"
    if excerpt.whole:
        return said
    return f"{said}: {'masks changed it, and its licence forbids changes' if most.licence else 'no licence is known'}"


def cut(text: str, most: int) -> str:
    """The first characters of a text, to the end of a sentence or a word, with a sign that it goes on; at most `most`
    with that sign, and nothing where no word fits."""
    if len(text) <= most:
        return text
    room = max(most - len(MORE), 0)
    start = text.rfind("[", 0, room)
    if start >= 0 and room <= text.find("]", start, start + LONGEST_BRACKETS):
        room = start
    ends = [*_ends(_WORD, text, 0, room)[-1:], *_ends(_SENTENCE, text, 2 * room // 3, room)[-1:]]
    return text[: ends[-1]] + MORE if ends else ""


def _ends(pattern: re.Pattern[str], text: str, start: int, room: int) -> list[int]:
    """Where the pattern ends in a stretch of a text, seen with the character that follows."""
    return [end for found in pattern.finditer(text, start, room + 1) if (end := found.end()) <= room]
